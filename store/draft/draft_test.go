package draft

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The editor of these tests is the test binary: "BINARY edit HOW FILE".
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "edit" {
		if err := edit(os.Args[2], os.Args[3]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	os.Exit(m.Run())
}

// edit does what an editor may do to a file.
func edit(how, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	switch how {
	case "append":
		text = append(text, "more\n"...)
	case "empty":
		text = []byte("\n \n")
	case "look":
	case "touch":
		return os.WriteFile(file, text, 0o600)
	case "long":
		text = make([]byte, MaxBytes+1)
	case "remove":
		return os.Remove(file)
	case "folder":
		return errors.Join(os.Remove(file), os.Mkdir(file, 0o700))
	case "rename": // as many editors save; a backup stays
		if err := os.Rename(file, file+"~"); err != nil {
			return err
		}
		text = append(text, "renamed\n"...)
	case "fail":
		return errors.New("quit with an error")
	case "save and fail":
		return errors.Join(os.WriteFile(file, append(text, "more\n"...), 0o600), errors.New("quit with an error"))
	case "empty and fail":
		return errors.Join(os.WriteFile(file, nil, 0o600), errors.New("quit with an error"))
	case "save and hang":
		if err := os.WriteFile(file, append(text, "more\n"...), 0o600); err != nil {
			return err
		}
		fmt.Println("started")
		return hang()
	case "modes":
		return modes(file)
	case "die": // a swap file stays, as after kill -9
		if err := os.WriteFile(filepath.Join(filepath.Dir(file), ".swap"), text, 0o600); err != nil {
			return err
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return err
		}
		return errors.Join(self.Kill(), hang())
	case "hang":
		fmt.Println("started")
		return hang()
	default:
		return fmt.Errorf("no such editor: %q", how)
	}
	return os.WriteFile(file, text, 0o600)
}

func hang() error { select {} }

// modes fails unless nobody else can read the file, in a folder that has nothing else.
func modes(file string) error {
	for name, want := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		if got := info.Mode().Perm(); runtime.GOOS != "windows" && got != want {
			return fmt.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err == nil && len(entries) != 1 {
		err = fmt.Errorf("the folder has %d files", len(entries))
	}
	return errors.Join(err, os.WriteFile(file, []byte("fine\n"), 0o600))
}

// as makes options with the editor of a kind.
func as(t *testing.T, how string) Options {
	env := map[string]string{"VISUAL": `"` + os.Args[0] + `" edit "` + how + `"`, "EDITOR": "never"}
	if runtime.GOOS != "windows" {
		env["VISUAL"] = "'" + os.Args[0] + "' edit '" + how + "'"
	}
	env["PAGER"] = env["VISUAL"]
	return Options{Dir: t.TempDir(), Getenv: func(name string) string { return env[name] }}
}

// empty fails if anything is left in the folder.
func empty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 0 {
		t.Errorf("left in the folder: %v %v", entries, err)
	}
}

// TestView: a pager gets the text in a file of mode 0600 that is gone afterwards; what
// it does to the file is nobody's concern, how it ends is.
func TestView(t *testing.T) {
	for how, want := range map[string]string{"modes": "", "append": "", "remove": "", "fail": "the pager ended with", "die": "the pager ended with"} {
		o := as(t, how)
		err := View(t.Context(), o, "request.json", []byte("text"))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", how, err)
		}
		empty(t, o.Dir)
	}
	o := as(t, "look")
	o.Getenv = func(string) string { return "no-such-pager" }
	var bad *EditorError
	if err := View(t.Context(), o, "request.json", nil); !errors.As(err, &bad) || bad.Hint() != "name one in PAGER" {
		t.Errorf("no pager: %v", err)
	}
}

// Statement 46: files have mode 0600 and are gone after use, also after a kill of the editor.
func TestAcceptance46_TemporaryFiles(t *testing.T) {
	for how, want := range map[string]string{
		"append": "text\nmore\n", "rename": "text\nrenamed\n", "modes": "fine\n",
		"look": "", "touch": "", "empty": "", "remove": "",
	} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			o := as(t, how)
			got, err := Edit(t.Context(), o, "../request.http", []byte("text"))
			if string(got) != want || (want == "") != errors.Is(err, ErrUnchanged) || want != "" && err != nil {
				t.Errorf("%q, %v", got, err)
			}
			empty(t, o.Dir)
		})
	}
	for _, how := range []string{"die", "fail", "long", "folder"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			o := as(t, how)
			got, err := Edit(t.Context(), o, "user.json", []byte("text"))
			if got != nil || err == nil || errors.Is(err, ErrUnchanged) {
				t.Errorf("%q, %v", got, err)
			}
			var bad *EditorError
			if errors.As(err, &bad) != (how == "die" || how == "fail") {
				t.Errorf("not the editor's error: %v", err)
			}
			empty(t, o.Dir)
		})
	}
}

// What was saved before the editor ended badly is not lost; what it left as it was, or emptied, is nothing.
func TestEditGivesBackWhatWasSaved(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{"save and fail": "text\nmore\n", "empty and fail": "", "fail": ""} {
		o := as(t, how)
		got, err := Edit(t.Context(), o, "user.json", []byte("text"))
		var bad *EditorError
		if string(got) != want || !errors.As(err, &bad) || bad.Hint() != "nothing was done" {
			t.Errorf("%s: %q, %v", how, got, err)
		}
		empty(t, o.Dir)
	}
}

// An editor that does not end by itself ends with the context; what it has saved by then is not lost.
func TestEditEndsWithContext(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{"hang": "", "save and hang": "text\nmore\n"} {
		ctx, cancel := context.WithCancel(t.Context())
		o := as(t, how)
		o.Stdout = writerFunc(func(p []byte) (int, error) { cancel(); return len(p), nil })
		if got, err := Edit(ctx, o, "a", []byte("text")); string(got) != want || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %q, %v", how, got, err)
		}
		empty(t, o.Dir)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestNoEditor(t *testing.T) {
	t.Parallel()
	o := Options{Dir: t.TempDir(), Getenv: func(string) string { return "no-such-editor --wait" }}
	_, err := Edit(t.Context(), o, "a", []byte("text"))
	var bad *EditorError
	if !errors.As(err, &bad) || !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), `"no-such-editor --wait"`) || bad.Hint() == "" {
		t.Errorf("%v", err)
	}
	empty(t, o.Dir)
	for command, want := range map[string]string{
		"no-such-editor --wait":              "name one in VISUAL or EDITOR",
		filepath.FromSlash("/no such/ed -w"): "name one in VISUAL or EDITOR; quote a path that has blanks",
	} {
		o.Getenv = func(string) string { return command }
		if _, err := Edit(t.Context(), o, "a", []byte("text")); !errors.As(err, &bad) || bad.Hint() != want {
			t.Errorf("%s: %v, hint %q", command, err, bad.Hint())
		}
	}
	o.Dir = filepath.Join(o.Dir, "missing")
	if _, err := Edit(t.Context(), o, "a", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
	if _, err := Edit(t.Context(), o, "a", make([]byte, MaxBytes+1)); err == nil || errors.Is(err, os.ErrNotExist) {
		t.Errorf("a long text: %v", err)
	}
}

func TestEditorOfTheUser(t *testing.T) {
	spaced := filepath.Join(t.TempDir(), "my editor.exe")
	if err := os.WriteFile(spaced, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	fallback := "vi"
	if runtime.GOOS == "windows" {
		fallback = "notepad"
	}
	for _, c := range []struct {
		visual, editor string
		want           []string
	}{
		{"", "", []string{fallback}},
		{"  ", "nano", []string{"nano"}},
		{"code --wait", "nano", []string{"code", "--wait"}},
		{spaced, "", []string{spaced}},
		{`"` + spaced + `" -n`, "", []string{spaced, "-n"}},
		{`''`, "", []string{""}},
	} {
		if strings.HasPrefix(c.visual, `"`) && runtime.GOOS != "windows" {
			c.visual = "'" + spaced + "' -n"
		}
		_, got := editor(func(name string) string { return map[string]string{"VISUAL": c.visual, "EDITOR": c.editor}[name] })
		if !slices.Equal(got, c.want) {
			t.Errorf("VISUAL=%s EDITOR=%s: %q, want %q", c.visual, c.editor, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for line, want := range map[string][]string{
		`vim -c "set ft=json" x`:      {"vim", "-c", "set ft=json", "x"},
		`my\ editor 'a "b"' "c 'd'"`:  {"my editor", `a "b"`, "c 'd'"},
		`emacsclient -a '' --eval=1 `: {"emacsclient", "-a", "", "--eval=1"},
		`a"b"'c'`:                     {"abc"},
		`open "quote`:                 {"open", "quote"},
		" \t ":                        nil,
	} {
		if got := words(line, true); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if got := words(`"C:\Program Files\x.exe" -w`, false); !slices.Equal(got, []string{`C:\Program Files\x.exe`, "-w"}) {
		t.Errorf("%q", got)
	}
}

// What a killed scimdeck left is gone; what belongs to others, or to one that runs, stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	dead := exec.Command(os.Args[0], "edit", "touch", os.DevNull)
	if err := dead.Run(); err != nil && dead.Process == nil {
		t.Fatal(err)
	}
	alive := exec.Command(os.Args[0], "edit", "hang", os.DevNull)
	if err := alive.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = alive.Process.Kill(); _ = alive.Wait() }() // its state is no matter
	draftOf := func(pid int) string { return prefix + strconv.Itoa(pid) + "-1" }
	keep := []string{draftOf(alive.Process.Pid), prefix + "x-1", "keys", prefix}
	for _, name := range append([]string{draftOf(dead.Process.Pid), draftOf(os.Getpid())}, keep...) {
		if err := os.MkdirAll(filepath.Join(dir, name, "sub"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "user.json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := Sweep(dir); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(keep)
	if err != nil || !slices.Equal(left, keep) {
		t.Errorf("left: %q, want %q (%v)", left, keep, err)
	}
	if err := Sweep(filepath.Join(dir, "missing")); err != nil {
		t.Error(err)
	}
}
