package tui

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	sharing "scimdeck/scim/wire/share"
)

// exporter is a dashboard with n requests whose files go to a folder of their own.
func exporter(t *testing.T, n int) (a *app, dir string) {
	t.Helper()
	dir = t.TempDir()
	a = newApp(t, 80, 24, func(o *Options) { o.WorkDir = dir })
	a.log(bodies(n)...)
	return a, dir
}

func readFile(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Statement 50: the archive has one entry for each request shown.
func TestAcceptance50_ExportWhatIsShown(t *testing.T) {
	a, dir := exporter(t, 30)
	a.filter("method:PUT status:409")
	a.press("x", "shift+tab", "right", "enter")
	a.sees("2 requests written to requests.har (")
	var har struct{ Log struct{ Entries []any } }
	if err := json.Unmarshal([]byte(readFile(t, dir, "requests.har")), &har); err != nil || len(har.Log.Entries) != 2 {
		t.Errorf("%d entries, %v", len(har.Log.Entries), err)
	}
	if info, err := os.Stat(filepath.Join(dir, "requests.har")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	a.press("x", "enter") // the selected one alone
	a.sees("1 request written to request-24.har")
	a.press("g", "m", "esc", "m", "x", "shift+tab", "left", "enter")
	if n := strings.Count(readFile(t, dir, "requests.har"), `"startedDateTime"`); n != 2 {
		t.Errorf("overwritten without a question: %d entries", n)
	}
}

// Each format is written, its file named after it, and the choice is remembered.
func TestExportFormats(t *testing.T) {
	a, dir := exporter(t, 3)
	a.press("x")
	for i, f := range sharing.Formats() {
		if i > 0 {
			a.press("x", "right")
		}
		a.press("enter")
		name := strings.Replace(f.File, "requests", "request-3", 1)
		a.sees("1 request written to " + name)
		if text := readFile(t, dir, name); text == "" || strings.Contains(text, "7Fq2") {
			t.Errorf("%s: %s", f.Name, text)
		}
	}
}

// Statement 45: a file that is there is overwritten only when asked to.
func TestAcceptance45_ExportAsks(t *testing.T) {
	a, dir := exporter(t, 3)
	mine := filepath.Join(dir, "mine.txt")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.press("x", "tab", "ctrl+u")
	a.write("mine.txt")
	a.press("enter")
	a.sees("Overwrite the file?", "mine.txt is there already", "Keep it")
	a.clock = a.clock.Add(time.Second)
	a.press("enter") // the safe button
	if readFile(t, dir, "mine.txt") != "mine" {
		t.Fatal("enter overwrote the file")
	}
	a.sees("Write", "mine.txt") // the form again
	a.press("enter")
	a.clock = a.clock.Add(time.Second)
	a.press("y")
	if !strings.Contains(readFile(t, dir, "mine.txt"), `"log"`) {
		t.Error("y does not overwrite")
	}
	a.sees("1 request written to mine.txt")
}

func TestExportTrouble(t *testing.T) {
	a, dir := exporter(t, 3)
	a.press("x", "tab", "ctrl+u", "enter")
	a.sees("a file needs a name")
	a.write("no/such/folder.har")
	a.press("enter")
	a.sees("such file or directory") // the folder before it has a length of its own, and the line is wrapped
	a.press("esc")

	cut := exchange("ada@example.com")
	cut.Note("the log keeps only the beginning of the request body")
	a.log(cut)
	a.press("x", "right", "enter")
	a.sees("request #4 cannot be sent again: its request body")
	if strings.Contains(a.text(), "leave it out") {
		t.Error("the only request is to be left out")
	}
	a.press("shift+tab", "right", "enter")
	a.sees("leave it out with", "-#4")

	a.press("right") // another format
	if strings.Contains(a.text(), "cannot be sent") {
		t.Error("the error stays when the format changes")
	}
	a.press("esc")

	a.press("x")
	a.r.Update(keyMsg("enter")) // the command has not run
	box := a.r.top().(*exportBox)
	ctx, stop := context.WithCancel(context.Background())
	box.job.stop = stop
	a.press("x", "enter", "j") // nothing but esc is heard
	a.press("esc")
	a.sees("the export was stopped; nothing is left of it")
	if ctx.Err() == nil {
		t.Fatal("esc does not stop the export")
	}
	a.send(exported{job: &exportJob{}, err: errors.New("of another")})
	a.send(export(ctx, a.d, box.job)())
	if all, err := os.ReadDir(dir); err != nil || len(all) != 0 {
		t.Errorf("%v %v", all, err)
	}

	a.press("x")
	a.d.opts.Store.ClearLog()
	a.press("enter")
	a.sees("none of these requests is kept any longer")
	if got := a.d.path("/a/b"); got != "/a/b" && runtime.GOOS != "windows" {
		t.Error(got)
	}
	a.d.homeDir = "/home/ada"
	if got := filepath.ToSlash(a.d.path("~/x")); got != "/home/ada/x" {
		t.Error(got)
	}
}
