package ui

import (
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Wish is what the user and the terminal say about looks.
type Wish struct {
	Flag string              // --theme or the setting: auto, dark, light, 16, none, ""
	Env  func(string) string // the environment
	GOOS string
	// Background tells the terminal's background, "dark" or "light", by asking
	// it; it is called only when nothing else decides. nil or "": not known.
	Background func() string
}

// Choose picks the profile: the flag, SCIMDECK_THEME, NO_COLOR, what TERM can
// show, and only then dark or light by COLORFGBG or the terminal's answer.
func (w Wish) Choose() Profile {
	for _, name := range []string{w.Flag, w.Env("SCIMDECK_THEME")} {
		for p := Dark; p <= None; p++ {
			if strings.EqualFold(name, p.String()) {
				return p
			}
		}
	}
	if w.Env("NO_COLOR") != "" {
		return None
	}
	if term := w.Env("TERM"); !manyColours(term, w.Env("COLORTERM"), w.GOOS) {
		return Sixteen
	}
	// COLORFGBG is "15;0" or "0;default;15": the last number is the background.
	if _, bg, ok := cutLast(w.Env("COLORFGBG"), ";"); ok {
		if n, err := strconv.Atoi(bg); err == nil {
			if n == 7 || n >= 9 && n <= 15 {
				return Light
			}
			return Dark
		}
	}
	if w.Background != nil && w.Background() == "light" {
		return Light
	}
	return Dark
}

// manyColours reports whether a terminal shows 256 colours.
func manyColours(term, colorterm, goos string) bool {
	switch {
	case colorterm == "truecolor" || colorterm == "24bit" || goos == "windows":
		return true
	case strings.Contains(term, "256color") || strings.Contains(term, "direct"):
		return true
	}
	for _, known := range []string{"kitty", "ghostty", "alacritty", "wezterm", "foot", "tmux", "screen", "xterm", "rio", "contour"} {
		if strings.HasPrefix(term, known) || strings.HasPrefix(term, "xterm-"+known) {
			return true
		}
	}
	return false
}

// ASCII reports whether the glyphs must be ASCII: asked for by flag, a locale
// that is not UTF-8, the Linux console, or Windows' old console.
func (w Wish) ASCII(flag bool) bool {
	if flag || w.Env("TERM") == "linux" {
		return true
	}
	if w.GOOS == "windows" {
		return w.Env("WT_SESSION") == ""
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := w.Env(name); v != "" {
			v = strings.ToLower(v)
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	// macOS starts programs without a locale in some terminals, yet all of them
	// show UTF-8; elsewhere no locale means the C locale.
	return w.GOOS != "darwin"
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
