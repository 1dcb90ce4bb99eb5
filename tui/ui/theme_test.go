package ui

import (
	"math"
	"regexp"
	"strings"
	"testing"
)

// The backgrounds that people use: black, VS Code, One Dark, Solarized; white,
// Solarized, Catppuccin.
var (
	darkBackgrounds  = []rgb{{0, 0, 0}, {0x1e, 0x1e, 0x1e}, {0x28, 0x2c, 0x34}, {0, 0x2b, 0x36}}
	lightBackgrounds = []rgb{{255, 255, 255}, {0xfd, 0xf6, 0xe3}, {0xef, 0xf1, 0xf5}}
)

// contrast is the ratio of WCAG 2.
func contrast(a, b rgb) float64 {
	luminance := func(c rgb) float64 {
		var l float64
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i]) / 255
			if v <= 0.03928 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			l += weight * v
		}
		return l
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestAcceptance53_Contrast(t *testing.T) {
	for r, s := range styles {
		want := 4.5
		if Role(r) == Line {
			want = 3
		}
		for _, side := range []struct {
			index       int
			backgrounds []rgb
		}{{s.dark, darkBackgrounds}, {s.light, lightBackgrounds}} {
			if side.index == 0 {
				continue
			}
			for _, bg := range side.backgrounds {
				if c := contrast(palette(side.index), bg); c < want {
					t.Errorf("role %d, colour %d on %s: contrast %.2f, want %.1f", r, side.index, bg.hex(), c, want)
				}
			}
		}
	}
}

func TestAcceptance51_NoneWritesNoColour(t *testing.T) {
	th := NewTheme(None, false)
	for r := range roles {
		if on := th.On(r); !regexp.MustCompile("^(\x1b\\[[17]m)?$").MatchString(on) {
			t.Errorf("role %d: %q", r, on)
		}
	}
	for _, r := range []Role{Selection, Match, Fault} {
		if th.On(r) != "\x1b[7m" {
			t.Errorf("role %d is not reverse", r)
		}
	}
}

func TestSixteenAvoidsTheColoursThatVanish(t *testing.T) {
	th := NewTheme(Sixteen, false)
	for r := range roles {
		for _, code := range strings.Split(strings.Trim(th.On(r), "\x1b[m"), ";") {
			if code == "30" || code == "37" || code == "90" {
				t.Errorf("role %d uses %s", r, code)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	tests := []struct {
		name, flag string
		env        map[string]string
		background string
		want       Profile
	}{
		{"the flag wins over everything", "light", map[string]string{"NO_COLOR": "1", "SCIMDECK_THEME": "dark"}, "dark", Light},
		{"auto is no answer", "auto", map[string]string{"NO_COLOR": "1"}, "", None},
		{"environment before NO_COLOR", "", map[string]string{"NO_COLOR": "1", "SCIMDECK_THEME": "16"}, "", Sixteen},
		{"NO_COLOR", "", map[string]string{"NO_COLOR": "1", "TERM": "xterm-256color"}, "", None},
		{"empty NO_COLOR counts as unset", "", map[string]string{"NO_COLOR": "", "TERM": "xterm-256color"}, "", Dark},
		{"linux console", "", map[string]string{"TERM": "linux"}, "", Sixteen},
		{"vt100", "", map[string]string{"TERM": "vt100"}, "", Sixteen},
		{"true colour", "", map[string]string{"TERM": "strange", "COLORTERM": "truecolor"}, "", Dark},
		{"COLORFGBG light", "", map[string]string{"TERM": "xterm-256color", "COLORFGBG": "0;15"}, "dark", Light},
		{"COLORFGBG dark", "", map[string]string{"TERM": "xterm-256color", "COLORFGBG": "15;default;0"}, "light", Dark},
		{"the terminal says light", "", map[string]string{"TERM": "tmux-256color"}, "light", Light},
		{"nobody says anything", "", map[string]string{"TERM": "tmux-256color"}, "", Dark},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := Wish{Flag: tt.flag, Env: func(k string) string { return tt.env[k] }, Background: func() string { return tt.background }}
			if have := w.Choose(); have != tt.want {
				t.Errorf("have %v, want %v", have, tt.want)
			}
		})
	}
}

func TestASCIIWish(t *testing.T) {
	tests := []struct {
		name, goos string
		flag       bool
		env        map[string]string
		want       bool
	}{
		{"flag", "linux", true, map[string]string{"LANG": "C.UTF-8"}, true},
		{"utf-8", "linux", false, map[string]string{"LANG": "de_DE.UTF-8"}, false},
		{"utf8 without dash", "linux", false, map[string]string{"LC_ALL": "C.utf8", "LANG": "C"}, false},
		{"LC_ALL wins", "linux", false, map[string]string{"LC_ALL": "C", "LANG": "C.UTF-8"}, true},
		{"console", "linux", false, map[string]string{"TERM": "linux", "LANG": "C.UTF-8"}, true},
		{"no locale", "linux", false, nil, true},
		{"no locale on a Mac", "darwin", false, nil, false},
		{"old Windows console", "windows", false, nil, true},
		{"Windows Terminal", "windows", false, map[string]string{"WT_SESSION": "x"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := Wish{Env: func(k string) string { return tt.env[k] }, GOOS: tt.goos}
			if have := w.ASCII(tt.flag); have != tt.want {
				t.Errorf("have %v, want %v", have, tt.want)
			}
		})
	}
}

func TestASCIIGlyphs(t *testing.T) {
	th := NewTheme(Dark, true)
	g := th.Glyph
	for _, s := range append([]string{g.Select, g.Cut, g.To, g.Cursor, g.V, g.H, g.TL, g.TR, g.BL, g.BR, g.SeqTop, g.SeqMid, g.SeqEnd, g.Done, g.Todo, g.On, g.Off, g.Checked, g.Free, g.Times, g.Crumb, g.Dot}, g.Bars...) {
		if s == "" || !plain(s) {
			t.Errorf("glyph %q is not ASCII", s)
		}
	}
}
