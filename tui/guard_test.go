//go:build linux || darwin

package tui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/tui/scene"
	"scimdeck/tui/ui"
)

// breaker is a model that breaks when a key is pressed.
type breaker struct {
	tea.Model
	inView bool
}

func (b *breaker) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok {
		switch k.String() {
		case "U":
			panic("broken in Update")
		case "V":
			b.inView = true
		case "X":
			return b, func() tea.Msg { panic("broken in a command") }
		case "B":
			return b, tea.Batch(nil, func() tea.Msg { return nil }, func() tea.Msg { return []int{}[len(k.Runes)] })
		case "H":
			select {}
		case "W":
			d := b.Model.(*root).d
			return b, editText(d, "letter.txt", []byte("Dear\n"), func(text []byte, err error) tea.Msg {
				if err != nil {
					return notEdited(d, "the letter", err)
				}
				return told{done, ui.Clean(string(text), false)}
			})
		}
	}
	var cmd tea.Cmd
	b.Model, cmd = b.Model.Update(msg)
	return b, cmd
}

func (b *breaker) View() string {
	if b.inView {
		panic("broken in View")
	}
	return b.Model.View()
}

// The tests below start this test binary again, as a program with a dashboard
// that can be broken.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "edit" {
		fmt.Println(editorMain(os.Args[2]))
		return
	}
	if dir := os.Getenv("SCIMDECK_TEST_DASHBOARD"); dir != "" {
		fmt.Println(dashboardMain(dir))
		return
	}
	os.Exit(m.Run())
}

// dashboardMain runs a dashboard in the terminal and a web server beside it,
// and goes on with plain lines when the dashboard breaks.
func dashboardMain(dir string) error {
	st, err := store.Open(store.Options{Catalog: scim.NewCatalog(false)})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "address"), []byte(ln.Addr().String()), 0o600); err != nil {
		return err
	}
	go http.Serve(ln, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		st.Log(exchange("ada@example.com"))
		w.WriteHeader(http.StatusNoContent)
	}))
	if os.Getenv("VISUAL") != "" { // the test is about editing
		hangTime = shortHang
	}
	o := Options{
		Store: st, Catalog: scim.NewCatalog(false), Listen: "127.0.0.1:7644", BaseURL: "http://127.0.0.1:7644/api/scim/v2",
		DataDir: dir, In: os.Stdin, Out: os.Stdout,
	}
	err = run(context.Background(), o, func(m tea.Model) tea.Model { return &breaker{Model: m} })
	fmt.Printf("ended: %v\n", err)
	if !errors.Is(err, ErrBroken) {
		return st.Close()
	}
	return Plain(context.Background(), st, os.Stdout, false)
}

// shortHang is when the watchdog bites while an editor is tested.
const shortHang = 500 * time.Millisecond

// editorMain is an editor: it appends the line that is typed, after a time that
// the watchdog would not bear.
func editorMain(file string) error {
	time.Sleep(3 * shortHang)
	for _, f := range []*os.File{os.Stdin, os.Stdout} {
		if !term.IsTerminal(f.Fd()) {
			return fmt.Errorf("%s is no terminal", f.Name())
		}
	}
	fmt.Println("Type a line:")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return err
	}
	fmt.Print("\x1b[2J\x1b[H") // the next one's question is not to be taken for this
	if line == "die\n" {
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	return errors.Join(err, f.Close())
}

// The editor has the terminal for as long as it likes, and the dashboard has it
// as before afterwards, with nothing left behind (statement 46).
func TestEditorInTheTerminal(t *testing.T) {
	t.Parallel()
	s, dir := dashboard(t, "VISUAL='"+os.Args[0]+"' edit")
	s.Type("M")
	if err := s.Wait(20*time.Second, "mouse on"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ typed, want string }{
		{"Ada\n", "Dear␊Ada␊"},
		{"die\n", "nothing was done: the editor ended with"},
		{"Bob\n", "Dear␊Bob␊"},
	} {
		s.Type("W")
		if err := s.Wait(20*time.Second, "Type a line:"); err != nil {
			t.Fatal(err)
		}
		if cooked, err := s.Cooked(); err != nil || !cooked || s.Mode(1049) || s.Mode(1002) {
			t.Errorf("the editor does not get the terminal as it was (%v)", err)
		}
		s.Type(c.typed)
		if err := s.Wait(20*time.Second, c.want); err != nil {
			t.Fatal(err)
		}
		if cooked, err := s.Cooked(); err != nil || cooked || !s.Mode(1049) || !s.Mode(2004) {
			t.Errorf("the dashboard does not get the terminal back (%v)", err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "scimdeck-draft-*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %q %v", left, err)
		}
	}
	if err := s.Wait(20*time.Second, "No request has come in yet"); err != nil || !s.Mode(1002) {
		t.Errorf("the mouse is not on again (%v)", err)
	}
	s.Type("\x03\x03")
	if err := s.Wait(5*time.Second, "ended: <nil>"); err != nil {
		t.Error(err)
	}
}

// dashboard starts dashboardMain in a terminal.
func dashboard(t *testing.T, env ...string) (s *scene.Scene, dir string) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "SCIMDECK_TEST_DASHBOARD="+dir, "LC_ALL=C.UTF-8", "VISUAL="), env...)
	s, err := scene.Start(cmd, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if err := s.Wait(20*time.Second, "No request has come in yet"); err != nil {
		t.Fatal(err)
	}
	return s, dir
}

// address is where the server beside the dashboard listens.
func address(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "address"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Statements 57 and 58: after a panic anywhere or a hang the terminal is as it
// was, the server answers, and plain lines follow.
func TestAcceptance57_BrokenDashboard(t *testing.T) {
	for _, key := range []string{"U", "V", "X", "B", "H"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			s, dir := dashboard(t)
			if cooked, err := s.Cooked(); err != nil || cooked {
				t.Fatalf("the terminal is cooked under the dashboard (%v)", err)
			}
			s.Type(key)
			if err := s.Wait(15*time.Second, "the dashboard broke"); err != nil {
				t.Fatal(err)
			}
			if cooked, err := s.Cooked(); err != nil || !cooked {
				t.Errorf("the terminal is not cooked again (%v)", err)
			}
			for _, mode := range []int{1049, 1004, 2004} {
				if s.Mode(mode) {
					t.Errorf("mode %d is still on", mode)
				}
			}
			if res, err := http.Get("http://" + address(t, dir)); err != nil {
				t.Errorf("the server does not answer: %v", err)
			} else {
				res.Body.Close()
			}
			if err := s.Wait(5*time.Second, "PUT 200 9ms replace ada@example.com"); err != nil {
				t.Error(err)
			}
			if strings.Contains(s.Text(), "Caught panic") || strings.Contains(s.Text(), "goroutine ") {
				t.Errorf("the stack is on the terminal:\n%s", s.Text())
			}
			files, err := filepath.Glob(filepath.Join(dir, "dashboard-*.txt"))
			if err != nil || len(files) != 1 {
				t.Fatalf("reports: %v %v", files, err)
			}
			report, err := os.ReadFile(files[0])
			if err != nil || !strings.Contains(string(report), "guard_test.go") || strings.Contains(string(report), "ada@example") {
				t.Errorf("the report: %v\n%s", err, report)
			}
			s.Type("\x03") // an interrupt again, since the terminal is cooked
			if _, err := s.Exit(5 * time.Second); err != nil {
				t.Error(err)
			}
		})
	}
}

// Statement 64: after quitting the terminal is as it was.
func TestAcceptance64_TerminalAfterQuitting(t *testing.T) {
	t.Parallel()
	s, _ := dashboard(t)
	s.Type("M")
	s.Type("\x03")
	s.Type("\x03")
	if err := s.Wait(5*time.Second, "ended: <nil>"); err != nil {
		t.Fatal(err)
	}
	if cooked, err := s.Cooked(); err != nil || !cooked {
		t.Errorf("not cooked (%v)", err)
	}
	for _, mode := range []int{1000, 1002, 1003, 1004, 1006, 1049, 2004} {
		if s.Mode(mode) {
			t.Errorf("mode %d is still on", mode)
		}
	}
}
