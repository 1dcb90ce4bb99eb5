//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package scene_test

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"scimdeck/tui/scene"
)

const patience = 10 * time.Second

func start(t *testing.T, script string) *scene.Scene {
	t.Helper()
	s, err := scene.Start(exec.Command("sh", "-c", script), 40, 5)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestTypeAndRead(t *testing.T) {
	s := start(t, `read name; printf 'hello %s\n' "$name"; exit 3`)
	if err := s.Type("ada\r"); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(patience, `^hello ada$`); err != nil {
		t.Fatal(err)
	}
	if code, err := s.Exit(patience); code != 3 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
}

func TestColoursAndModes(t *testing.T) {
	s := start(t, `printf '\033[?25l\033[7;38;5;75mwide \344\270\226\033[0m\033]0;title\007'; read x`)
	if err := s.Wait(patience, `^wide 世$`); err != nil {
		t.Fatal(err)
	}
	if line := s.Lines()[0]; !strings.Contains(line, "7") || !strings.Contains(line, "38;5;75mwide 世\x1b[0m") {
		t.Errorf("styled: %q", line)
	}
	if s.Mode(25) || s.Mode(1049) || s.Title() != "title" {
		t.Errorf("cursor %v, alternate screen %v, title %q", s.Mode(25), s.Mode(1049), s.Title())
	}
	if cooked, err := s.Cooked(); err != nil || !cooked {
		t.Errorf("cooked %v, %v", cooked, err)
	}
}

func TestResizeAndFreeze(t *testing.T) {
	s := start(t, `trap 'stty size' WINCH; echo ready; while :; do sleep 0.01; done`)
	if err := s.Wait(patience, `ready`); err != nil {
		t.Fatal(err)
	}
	s.Freeze()
	if err := s.Resize(60, 7); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(300*time.Millisecond, `7 60`); err == nil {
		t.Error("a frozen terminal shows what was written")
	}
	s.Thaw()
	if err := s.Wait(patience, `7 60`); err != nil {
		t.Error(err)
	}
	if _, err := s.Exit(time.Millisecond); err == nil {
		t.Error("it has not ended")
	}
}
