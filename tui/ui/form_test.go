package ui

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

func typed(s string) Key { return Key{Name: s, Text: s} }

func TestInput(t *testing.T) {
	var in Input
	in.History = []string{"older", "newer"}
	steps := []struct {
		key  Key
		want string
	}{
		{typed("a"), "a"},
		{typed("q"), "aq"},
		{typed("1"), "aq1"},
		{typed("?"), "aq1?"},
		{typed("D"), "aq1?D"},
		{Key{Name: "left"}, "aq1?D"},
		{Key{Name: "backspace"}, "aq1D"},
		{Key{Name: "ctrl+a"}, "aq1D"},
		{typed("é"), "éaq1D"},
		{Key{Name: "ctrl+k"}, "é"},
		{Key{Name: "ctrl+e"}, "é"},
		{Key{Text: " two\r\nwords\n", Paste: true}, "é two words"},
		{Key{Name: "ctrl+w"}, "é two "},
		{Key{Name: "up"}, "newer"},
		{Key{Name: "up"}, "older"},
		{Key{Name: "up"}, "older"},
		{Key{Name: "down"}, "newer"},
		{Key{Name: "down"}, "é two "},
		{Key{Name: "ctrl+u"}, ""},
		{Key{Name: "backspace"}, ""},
		{Key{Name: "delete"}, ""},
	}
	for i, s := range steps {
		if !in.Key(s.key) {
			t.Fatalf("step %d: %v is not for the input", i, s.key)
		}
		if have := in.String(); have != s.want {
			t.Fatalf("step %d: %v gives %q, want %q", i, s.key, have, s.want)
		}
	}
	for _, k := range []string{"enter", "esc", "tab", "ctrl+c"} {
		if in.Key(Key{Name: k}) {
			t.Errorf("%s is taken for text", k)
		}
	}
	in.Key(Key{Text: strings.Repeat("x", 3*inputMax), Paste: true})
	if n := len(in.String()); n != inputMax {
		t.Errorf("a long paste leaves %d characters, want %d", n, inputMax)
	}
}

func TestInputView(t *testing.T) {
	th := NewTheme(None, false)
	var in Input
	in.Set("ada@example.com")
	if have := Strip(in.View(th, 20, true)); have != "ada@example.com▏    " {
		t.Errorf("have %q", have)
	}
	if have := Strip(in.View(th, 8, true)); have != "…le.com▏" {
		t.Errorf("scrolled: %q", have)
	}
	in.Key(Key{Name: "home"})
	if have := in.View(th, 8, true); have != "\x1b[7ma\x1b[0mda@exa…" {
		t.Errorf("at the start: %q", have)
	}
}

func FuzzInputView(f *testing.F) {
	for _, tt := range cleanTests {
		f.Add(tt.in, 3, 20)
	}
	th := NewTheme(Dark, false)
	f.Fuzz(func(t *testing.T, s string, at, w int) {
		w = w&63 + 3
		var in Input
		in.Set(s)
		for range at & 31 {
			in.Key(Key{Name: "left"})
		}
		for _, focused := range []bool{true, false} {
			if err := Check([]string{in.View(th, w, focused)}, w, 1); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func newKeyForm() *Form {
	return &Form{
		Fields: []Field{
			{Label: "Name", Hint: "letters, digits, - and _; shown in the log by each request"},
			{Label: "Expires", Options: []Safe{"never", "1 day", "7 days", "30 days"}},
		},
		Buttons: []Safe{"Create", "Cancel"},
	}
}

// A secret is drawn as signs, wherever the cursor is, and nothing is left of it.
func TestSecretInput(t *testing.T) {
	in := Input{Secret: true}
	for _, c := range "hunter2" {
		in.Key(Key{Name: string(c), Text: string(c)})
	}
	th := NewTheme(None, false)
	for _, focused := range []bool{true, false} {
		for range 3 {
			if s := Strip(in.View(th, 20, focused)); strings.ContainsAny(s, "hunter2") || strings.Count(s, "*") < 6 {
				t.Errorf("drawn: %q", s)
			}
			in.Key(Key{Name: "left"})
		}
	}
	text := in.text
	if in.Wipe(); in.String() != "" || strings.Trim(string(text), "\x00") != "" {
		t.Errorf("left: %q", text)
	}
}

func TestForm(t *testing.T) {
	f := newKeyForm()
	for _, k := range []Key{typed("o"), typed("k"), {Name: "tab"}, {Name: "right"}, {Name: "l", Text: "l"}} {
		if b := f.Key(k); b != -1 {
			t.Fatalf("%v presses button %d", k, b)
		}
	}
	if f.Fields[0].Input.String() != "ok" || f.Fields[1].Chosen != 2 {
		t.Errorf("name %q, choice %d", f.Fields[0].Input.String(), f.Fields[1].Chosen)
	}
	if b := f.Key(Key{Name: "enter"}); b != 0 {
		t.Errorf("enter in a field presses %d", b)
	}
	f.Key(Key{Name: "tab"})
	f.Key(Key{Name: "right"})
	if b := f.Key(Key{Name: "enter"}); b != 1 {
		t.Errorf("enter on the last button presses %d", b)
	}
	if b := f.Key(Key{Name: "esc"}); b != 1 {
		t.Errorf("esc presses %d", b)
	}
}

func question(opened time.Time) *Dialog {
	return &Dialog{
		Title: "Revoke key okta-dev?", Opened: opened,
		Text: []Paragraph{
			{Text: "It was used 8 s ago and has made 1,031 requests. From now on every request with it gets 401."},
			{Text: ""},
			{Text: "This cannot be undone."},
		},
		Buttons: []Button{{Label: "Keep it"}, {Label: "Revoke", Key: "y"}},
	}
}

func TestDialog(t *testing.T) {
	start := time.Date(2025, 1, 2, 14, 0, 0, 0, time.UTC)
	awake := start.Add(deaf)
	if b := question(start).Key(typed("y"), awake.Add(-1)); b != -1 {
		t.Errorf("a key within 250 ms presses %d", b)
	}
	tests := []struct {
		keys string
		want int
	}{{"y", 1}, {"n", 0}, {"esc", 0}, {"enter", 0}, {"tab enter", 1}, {"tab tab enter", 0}, {"x", -1}, {"Y", -1}}
	for _, tt := range tests {
		d, have := question(start), -1
		for _, k := range strings.Fields(tt.keys) {
			have = d.Key(Key{Name: k, Text: k}, awake)
		}
		if have != tt.want {
			t.Errorf("%s presses %d, want %d", tt.keys, have, tt.want)
		}
	}
	if b := question(start).Key(Key{Text: "y", Name: "y", Paste: true}, awake); b != -1 {
		t.Errorf("a paste presses %d", b)
	}
}

func TestDialogKeepsTheContract(t *testing.T) {
	secret := Paragraph{Text: Safe("scimdeck_" + strings.Repeat("x", 49)), Bare: true}
	long := question(time.Time{})
	long.Text = append([]Paragraph{secret}, long.Text...)
	for _, ascii := range []bool{false, true} {
		for p := Dark; p <= None; p++ {
			th := NewTheme(p, ascii)
			for w := 20; w <= 120; w += 7 {
				for h := 5; h < 40; h += 3 {
					for i, d := range []*Dialog{question(time.Time{}), long, {Title: "New key", Form: newKeyForm()}} {
						lines := d.View(th, w, h)
						if err := Check(lines, w, h); err != nil {
							t.Fatalf("dialog %d at %d by %d: %v", i, w, h, err)
						}
						if w >= 60 && h >= 11 && i == 1 && !strings.Contains(Plain(lines), string(secret.Text)) {
							t.Fatalf("the bare line is cut at %d by %d:\n%s", w, h, Plain(lines))
						}
						if h >= 8 && i == 0 && !strings.Contains(Plain(lines), "[ Keep it ]") {
							t.Fatalf("the buttons are gone at %d by %d:\n%s", w, h, Plain(lines))
						}
					}
				}
			}
		}
	}
}

func TestClipboardWay(t *testing.T) {
	all := func(string) bool { return true }
	none := func(string) bool { return false }
	tests := []struct {
		name, goos, env string
		have            func(string) bool
		want            string
	}{
		{"tmux", "linux", "TMUX=/tmp/x SSH_TTY=/dev/pts/1 DISPLAY=:0", all, "tmux load-buffer -w -"},
		{"ssh never uses the remote machine's tool", "linux", "SSH_CONNECTION=1 DISPLAY=:0 TERM=xterm", all, "OSC"},
		{"mac", "darwin", "TERM=xterm", all, "pbcopy"},
		{"wayland before X", "linux", "WAYLAND_DISPLAY=w DISPLAY=:0 TERM=xterm", all, "wl-copy"},
		{"X", "linux", "DISPLAY=:0 TERM=xterm", all, "xclip -selection clipboard"},
		{"xsel", "linux", "DISPLAY=:0 TERM=xterm", func(s string) bool { return s == "xsel" }, "xsel --clipboard --input"},
		{"windows", "windows", "TERM=xterm", all, "clip.exe"},
		{"no tool", "linux", "DISPLAY=:0 TERM=xterm", none, "OSC"},
		{"no desktop", "linux", "TERM=xterm", all, "OSC"},
		{"nothing at all", "linux", "TERM=linux", none, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := func(k string) string {
				for _, kv := range strings.Fields(tt.env) {
					if v, ok := strings.CutPrefix(kv, k+"="); ok {
						return v
					}
				}
				return ""
			}
			w := ClipboardWay(env, tt.goos, tt.have)
			have := strings.Join(w.Tool, " ")
			if w.OSC {
				have = "OSC"
			}
			if have != tt.want {
				t.Errorf("have %q, want %q", have, tt.want)
			}
		})
	}
}

func TestCopy(t *testing.T) {
	var term bytes.Buffer
	ctx := context.Background()
	if k, err := Copy(ctx, Way{OSC: true}, []byte("hi"), &term); k != SentToTerm || err != nil || term.String() != "\x1b]52;c;aGk=\a" {
		t.Errorf("OSC 52: %v, %v, %q", k, err, term.String())
	}
	term.Reset()
	if k, _ := Copy(ctx, Way{OSC: true}, make([]byte, oscMax+1), &term); k != TooLongTerm || term.Len() > 0 {
		t.Errorf("too long: %v, %d bytes sent", k, term.Len())
	}
	if k, err := Copy(ctx, Way{Tool: []string{"cat"}}, []byte("hi"), &term); k != Copied || err != nil {
		t.Errorf("tool: %v, %v", k, err)
	}
	if k, err := Copy(ctx, Way{Tool: []string{"false"}}, []byte("hi"), &term); k != NotCopied || err == nil {
		t.Errorf("failing tool: %v, %v", k, err)
	}
	if k, err := Copy(ctx, Way{}, []byte("hi"), &term); k != NotCopied || err != nil {
		t.Errorf("no way: %v, %v", k, err)
	}
}

func TestNumbers(t *testing.T) {
	for want, have := range map[string]string{
		"1,042": Thousands(1042), "-1,042,000": Thousands(-1042000), "7": Thousands(7),
		"812 B": Size(812), "1.1 kB": Size(1100), "2.0 MB": Size(2_000_000), "1.0 MB": Size(999_990),
		"4ms": Took(4200 * time.Microsecond), "1.2s": Took(1200 * time.Millisecond), "3m": Took(190 * time.Second),
		"8 s ago": Ago(8 * time.Second), "yesterday": Ago(30 * time.Hour), "3 days ago": Ago(80 * time.Hour),
	} {
		if have != want {
			t.Errorf("have %q, want %q", have, want)
		}
	}
}

func TestSVG(t *testing.T) {
	th := NewTheme(Dark, false)
	svg := SVG([]string{th.Row(20, true, Part{Text: "a < b"}), th.Paint(Err, "5xx"), "plain"}, 20, true)
	for _, want := range []string{`<rect x="12.0" y="12" width="168.0"`, "a &lt; b", `fill="#ff8787" font-weight="bold">5xx`, ">plain</text>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is not in\n%s", want, svg)
		}
	}
	if fmt.Sprint(palette(244)) != "[128 128 128]" || palette(75).hex() != "#5fafff" {
		t.Errorf("palette: %v, %v", palette(244), palette(75).hex())
	}
}
