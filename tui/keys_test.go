package tui

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

// someKeys is a fixture: a key of each kind.
func someKeys() []store.Key {
	ago := func(d time.Duration) time.Time { return start.Add(-d) }
	const hour, oneDay = time.Hour, 24 * time.Hour
	return []store.Key{
		{ID: 1, Name: "okta-dev", Prefix: "scimdeck_7Fq2", Created: ago(hour), LastUsed: ago(8 * time.Second), Uses: 1031},
		{ID: 2, Name: "entra-test", Prefix: "scimdeck_Qx0b", Created: ago(30 * hour), Expires: start.Add(50 * hour), LastUsed: ago(26 * hour), Uses: 84},
		{ID: 3, Name: "ci", Prefix: "scimdeck_m3ZZ", Created: ago(12 * oneDay), Disabled: true, LastUsed: ago(3*oneDay + hour), Uses: 12},
		{ID: 4, Name: "old-demo", Prefix: "scimdeck_a81K", Created: ago(40 * oneDay), Revoked: ago(oneDay), LastUsed: ago(12 * oneDay), Uses: 402},
		{ID: 5, Name: "never", Prefix: "scimdeck_0000", Created: ago(2 * oneDay), Expires: ago(hour)},
	}
}

// withKeys is a dashboard that shows the keys of the fixture.
func withKeys(t testing.TB, w, h int, change ...func(*Options)) *app {
	a := newApp(t, w, h, change...)
	a.d.data.keys = someKeys()
	a.feed(oktaDay()...)
	a.press("3")
	return a
}

// fresh takes in what the store holds, as after a ping.
func (a *app) fresh() {
	snap := *a.d.data
	snap.keys = a.d.opts.Store.Keys()
	snap.users = a.d.opts.Store.Count(a.d.cat.Type("User"))
	a.send(changes{snap: snap})
}

// wait lets time pass.
func (a *app) wait(d time.Duration) { a.clock = a.clock.Add(d) }

func TestKeysFrames(t *testing.T) {
	for name, size := range map[string][2]int{"80x24": {80, 24}, "140x40": {140, 40}} {
		a := withKeys(t, size[0], size[1])
		a.golden("keys-" + name)
		a.press("a")
		a.golden("keys-new-" + name)
		a.press("esc", "D")
		a.golden("keys-revoke-" + name)
		a.wait(time.Second)
		a.press("esc")
		a.d.push(newSecretBox(a.d, store.Key{Name: "okta-dev-2", Prefix: "scimdeck_9hT4"}, []byte("scimdeck_9hT4mQ2Zr7Lx0cVbN5sKd8Wf3Yp6Aj1GeB7tUoIiEwQyXzM3kJvH0"), "", ""))
		a.golden("keys-secret-" + name)
		a.wait(time.Second)
		a.press("esc")
		a.golden("keys-secret-leave-" + name)
	}
	a := withKeys(t, 80, 24)
	a.press("enter")
	a.golden("keys-detail-80x24")
	a.press("esc")
	a.sees("[3 Keys]")
	a = newApp(t, 80, 24)
	a.feed(oktaDay()...)
	a.press("3")
	a.golden("keys-empty-80x24")
}

// newSecret makes a key by the dialog and returns its secret, as the box shows it.
func newSecret(t *testing.T, a *app, name string) (secret string) {
	t.Helper()
	a.press("3", "a")
	a.write(name)
	a.press("enter")
	for _, word := range strings.Fields(a.text()) {
		if strings.HasPrefix(word, "scimdeck_") && len(word) > 40 {
			secret = word
		}
	}
	if secret == "" {
		t.Fatalf("no secret on screen\n%s", a.text())
	}
	a.fresh()
	return secret
}

func TestAcceptance41_SecretIsShownOnce(t *testing.T) {
	a := newApp(t, 80, 24)
	secret := newSecret(t, a, "okta-dev")
	if k, reason := a.store().Authenticate(secret); reason != "" || k.Name != "okta-dev" {
		t.Fatalf("the shown secret is refused: %s", reason)
	}
	for _, line := range strings.Split(a.text(), "\n") {
		if strings.Contains(line, secret) && strings.TrimSpace(line) != secret {
			t.Errorf("the secret's line holds more than the secret: %q", line)
		}
	}
	a.send(tea.WindowSizeMsg{Width: 60, Height: 15})
	a.sees(secret, "y  copy it", "Not copied yet.", "[ Done ]")
	a.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	box := a.r.top().(*secretBox)
	memory := box.secret
	a.sees("Not copied yet.")
	a.press("y")
	a.sees("Copied.")
	a.wait(time.Second)
	if len(a.copied) != 1 || a.copied[0] != secret {
		t.Errorf("copied %q", a.copied)
	}
	a.press("c")
	if a.copied[1] != "Authorization: Bearer "+secret {
		t.Errorf("copied %q", a.copied[1])
	}
	a.press("enter")
	if _, open := a.r.top().(*secretBox); open {
		t.Fatal("enter does not close the box after a copy")
	}
	for _, b := range memory {
		if b != 0 {
			t.Fatal("the secret is still in memory")
		}
	}
	for _, key := range []string{"1", "2", "3", "4", "L", "esc", "?", "esc"} {
		a.press(key)
		a.wait(time.Second)
		if strings.Contains(a.text(), secret) || strings.Contains(a.r.View(), secret) {
			t.Fatalf("after %s the secret is on screen", key)
		}
	}
	for _, n := range a.r.notices {
		if strings.Contains(n, secret) {
			t.Errorf("a notice repeats the secret: %q", n)
		}
	}
}

func TestAcceptance43_LeavingTheSecretUncopiedAsksOnce(t *testing.T) {
	for _, leave := range []string{"esc", "enter"} {
		t.Run(leave, func(t *testing.T) {
			a := newApp(t, 80, 24)
			secret := newSecret(t, a, "a")
			a.wait(time.Second)
			a.press(leave, leave, leave) // the second and third come too soon to answer
			a.sees("Not copied. It cannot be shown again. Leave?", secret)
			a.wait(time.Second)
			a.press("enter") // the safe one
			a.sees("Not copied yet.", secret)
			a.press(leave)
			a.wait(time.Second)
			a.press("q")
			if strings.Contains(a.text(), secret) {
				t.Error("the box is still open")
			}
		})
	}
}

func TestLeavingWaitsForTheCopy(t *testing.T) {
	a := newApp(t, 80, 24)
	secret := newSecret(t, a, "a")
	a.wait(time.Second)
	_, cmd := a.r.Update(keyMsg("y"))
	a.press("enter") // before the clipboard has answered
	a.sees(secret)
	a.run(cmd)
	if strings.Contains(a.text(), secret) {
		t.Error("the box does not go after the copy")
	}
	if len(a.copied) != 1 || a.copied[0] != secret {
		t.Errorf("copied %q", a.copied)
	}
}

func TestSecretWithoutClipboard(t *testing.T) {
	a := newApp(t, 80, 24)
	secret := newSecret(t, a, "a")
	a.d.copy = func(_ ctx, _ []byte) (ui.Known, error) { return ui.NotCopied, nil }
	a.wait(time.Second)
	a.press("y")
	a.sees(secret, "Not copied yet.", "select it with the mouse")
	a.d.copy = func(_ ctx, _ []byte) (ui.Known, error) { return ui.NotCopied, errors.New("exit status 1") }
	a.press("y")
	a.sees("exit status 1")
	a.d.copy = func(_ ctx, _ []byte) (ui.Known, error) { return ui.SentToTerm, nil }
	a.press("y")
	a.sees("Sent to the terminal's clipboard.")
}

func TestNewKeyForm(t *testing.T) {
	a := newApp(t, 80, 24)
	a.press("3", "a")
	a.wait(time.Second)
	a.write("q1?D no")
	a.sees("q1?D no")
	a.press("enter")
	a.sees("take letters, digits, - and _")
	if n := len(a.d.opts.Store.Keys()); n != 0 {
		t.Fatalf("%d keys", n)
	}
	a.press("ctrl+u", "tab", "right", "right", "enter")
	keys := a.d.opts.Store.Keys()
	if len(keys) != 1 || keys[0].Name != "okta" {
		t.Fatalf("keys %v", keys)
	}
	if want := a.clock.AddDate(0, 0, 7); !keys[0].Expires.Equal(want.UTC().Truncate(time.Millisecond)) {
		t.Errorf("expires %v, want %v", keys[0].Expires, want)
	}
}

func TestAcceptance45_KeyIsRenamedDisabledAndRevoked(t *testing.T) {
	a := newApp(t, 80, 24)
	st := a.d.opts.Store
	if _, _, err := st.CreateKey("one", time.Time{}); err != nil {
		t.Fatal(err)
	}
	a.fresh()
	a.press("3", "e")
	a.wait(time.Second)
	a.press("ctrl+u")
	a.write("two")
	a.press("enter")
	a.fresh()
	if k := st.Keys()[0]; k.Name != "two" || !k.Expires.IsZero() {
		t.Fatalf("key %+v", k)
	}
	a.sees("two", "key two saved")
	a.press("d")
	a.fresh()
	a.sees("disabled", "d enables it again", "d enable")
	a.press("d")
	a.fresh()
	if s := st.Keys()[0].Status(a.clock); s != "active" {
		t.Fatalf("status %s", s)
	}
	a.press("D", "y") // too soon
	a.wait(time.Second)
	a.press("enter") // the safe button
	if s := st.Keys()[0].Status(a.clock); s != "active" {
		t.Fatalf("status %s after enter", s)
	}
	a.press("D")
	a.wait(time.Second)
	a.press("n", "D")
	a.wait(time.Second)
	a.press("esc")
	if s := st.Keys()[0].Status(a.clock); s != "active" {
		t.Fatalf("status %s after n and esc", s)
	}
	a.press("D")
	a.wait(time.Second)
	a.press("y")
	a.fresh()
	if s := st.Keys()[0].Status(a.clock); s != "revoked" {
		t.Fatalf("status %s after y", s)
	}
	a.press("d")
	a.sees("a revoked key cannot be used again")
}

func TestKeyRequests(t *testing.T) {
	a := withKeys(t, 80, 24)
	a.press("r")
	a.sees("[1 Requests]", "key:okta-dev")
}

func TestKeySelectionIsAKey(t *testing.T) {
	a := withKeys(t, 80, 24)
	a.press("j", "j")
	a.d.data.keys = a.d.data.keys[1:]
	a.feed()
	a.sees("› ci")
}

// Under NO_COLOR only SGR 0, 1 and 7 occur, and the selected
// row is still told by reverse and by its sign .
func TestAcceptance51And52_WithoutColour(t *testing.T) {
	for _, screen := range []string{"2", "3", "4"} {
		a := withKeys(t, 80, 24, func(o *Options) { o.Theme = "none" })
		withUsers(a)
		a.press(screen)
		marked := 0
		for _, line := range a.frame() {
			for _, code := range regexp.MustCompile("\x1b\\[([0-9;]*)m").FindAllStringSubmatch(line, -1) {
				if code[1] != "0" && code[1] != "1" && code[1] != "7" {
					t.Errorf("screen %s: SGR %s in %q", screen, code[1], line)
				}
			}
			if strings.HasPrefix(line, "\x1b[7m›") && strings.HasSuffix(line, "\x1b[0m") {
				marked++
			}
		}
		if marked != 1 {
			t.Errorf("screen %s: %d rows are selected", screen, marked)
		}
	}
}

// Also from these screens and their boxes.
func TestAcceptance30_EscNeverQuitsBoxes(t *testing.T) {
	for _, keys := range [][]string{{"2"}, {"2", "/"}, {"2", "enter"}, {"2", "D"}, {"3"}, {"3", "a"}, {"3", "D"}, {"4"}, {"4", "n"}, {"4", "u"}} {
		a := withKeys(t, 80, 24)
		withUsers(a)
		a.press(keys...)
		for range 20 {
			a.wait(time.Second)
			a.press("esc")
		}
		if a.quit || a.r.top().typing() {
			t.Errorf("after %v and esc: quit %v, still in a box %v", keys, a.quit, a.r.top().typing())
		}
	}
}

// A paste lands in one line, and outside inputs it does nothing.
func TestAcceptance33_PasteIntoAForm(t *testing.T) {
	a := withKeys(t, 80, 24)
	paste := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("Da\ny" + strings.Repeat("D", 2000)), Paste: true}
	a.send(paste)
	a.sees("[3 Keys]", "pasted text ignored")
	a.press("a")
	a.wait(time.Second)
	a.send(paste)
	a.sees("New key", "DDDD")
	if text := a.r.top().(*keyForm).dialog.Form.Fields[0].Input.String(); text != "Da y"+strings.Repeat("D", 2000) {
		t.Errorf("typed %.20q", text)
	}
	a.press("esc", "D")
	a.wait(time.Second)
	a.send(paste)
	a.sees("Revoke key")
}

// TestOwnScreensKeepTheContract draws Users, Keys, Setup and their boxes in
// every size, profile and glyph set, and presses the keys that need nothing.
func TestOwnScreensKeepTheContract(t *testing.T) {
	for _, look := range []struct {
		theme string
		ascii bool
	}{{"dark", false}, {"none", true}, {"16", true}} {
		a := withKeys(t, 80, 24, func(o *Options) { o.Theme, o.ASCII = look.theme, look.ascii })
		withUsers(a)
		for _, key := range strings.Fields("2 / x esc enter tab esc D esc a esc 3 a esc e esc D esc enter esc 4 G l u esc n esc") {
			a.press(key)
			a.wait(time.Second)
			for _, w := range []int{60, 79, 110, 200} {
				for _, h := range []int{15, 24, 37, 60} {
					a.send(tea.WindowSizeMsg{Width: w, Height: h})
					frame := a.frame()
					if look.ascii {
						checkASCII(t, key, frame)
					}
				}
			}
			a.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		}
	}
}

// checkASCII fails if a frame holds anything but ASCII and the fixture's letters (statement 54).
func checkASCII(t *testing.T, after string, frame []string) {
	t.Helper()
	for i, line := range frame {
		for _, c := range ui.Strip(line) {
			if c > 0x7e && !strings.ContainsRune(usersLetters, c) {
				t.Fatalf("after %s, line %d: %q in ASCII mode\n%s", after, i+1, c, line)
			}
		}
	}
}
