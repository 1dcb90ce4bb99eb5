package ui

import "strings"

// Role is what a piece of text means; a theme turns it into attributes. The
// meaning is always in the words or glyphs too: colour only repeats it.
type Role uint8

// The roles. Text, the zero Role, has no attributes in any profile.
const (
	Text   Role = iota
	Muted       // time, took, hints
	Accent      // the active tab, the focused edge, keys in the key line
	OK          // 2xx, done, added
	Info        // 3xx, links
	Warn        // 4xx, paused
	Err         // 5xx, no answer, removed
	Fault       // faults are on
	Get         // the methods
	Post
	Put
	Delete
	Selection // the selected row
	Mark      // a marked row
	Match     // a search hit
	JSONKey
	JSONText
	JSONNumber
	JSONLiteral
	Line // edges and rules
	Strong
	roles
)

// Profile is what the terminal shows: 256 colours on dark or light, the 16
// colours of the user's own palette, or attributes only.
type Profile uint8

// The profiles, in the order in which T walks through them.
const (
	Dark Profile = iota
	Light
	Sixteen
	None
)

// String is the profile's name, as --theme takes it.
func (p Profile) String() string {
	return [...]string{"dark", "light", "16", "none"}[p]
}

// Reset ends all attributes.
const Reset = "\x1b[0m"

// style is a colour index of 256 (0: the terminal's own) and attributes.
type style struct {
	dark, light   int
	sixteen, none string
	bold, reverse bool
}

// styles is the one table of colours. Content roles reach a contrast of 4.5
// on the usual backgrounds, lines 3.4 (see the test). The 16-colour column
// never uses black, white or bright black: some palette hides each of them.
var styles = [roles]style{
	Text:        {},
	Muted:       {dark: 248, light: 240, sixteen: "2"},
	Accent:      {dark: 75, light: 25, sixteen: "36", none: "1"},
	OK:          {dark: 114, light: 22, sixteen: "32"},
	Info:        {dark: 80, light: 24, sixteen: "36"},
	Warn:        {dark: 221, light: 94, sixteen: "33", none: "1"},
	Err:         {dark: 210, light: 124, sixteen: "1;31", none: "1", bold: true},
	Fault:       {dark: 208, light: 94, sixteen: "7;33", none: "7", reverse: true},
	Get:         {dark: 111, light: 26, sixteen: "34"},
	Post:        {dark: 114, light: 22, sixteen: "32"},
	Put:         {dark: 215, light: 94, sixteen: "33"},
	Delete:      {dark: 211, light: 125, sixteen: "35"},
	Selection:   {sixteen: "7", none: "7", reverse: true},
	Mark:        {dark: 220, light: 94, sixteen: "33", none: "1"},
	Match:       {dark: 221, light: 94, sixteen: "7;33", none: "7", reverse: true},
	JSONKey:     {dark: 117, light: 25, sixteen: "36"},
	JSONText:    {dark: 150, light: 22, sixteen: "32"},
	JSONNumber:  {dark: 180, light: 94, sixteen: "33"},
	JSONLiteral: {dark: 183, light: 90, sixteen: "35"},
	Line:        {dark: 244, light: 244},
	Strong:      {sixteen: "1", none: "1", bold: true},
}

// Glyphs are the signs that are not letters. ASCII terminals get a full set of
// their own, since each of these is two cells wide in some set-up.
type Glyphs struct {
	Select        string   // the selected row
	Cut           string   // text was cut here
	To            string   // leads to
	Cursor        string   // the end of an input
	V, H          string   // edges and rules
	TL, TR        string   // corners
	BL, BR        string   //
	SeqTop        string   // brackets of requests that belong together
	SeqMid        string   //
	SeqEnd        string   //
	Bars          []string // eight heights
	Done, Todo    string   // of a progress bar
	On, Off       string   // chosen, not chosen of several
	Checked, Free string   // a box, ticked and not
	Times         string   // between width and height
	Crumb         string   // between the places of a path
	Dot           string   // between things of one line
}

var unicodeGlyphs = Glyphs{
	Select: "›", Cut: "…", To: "→", Cursor: "▏", V: "│", H: "─",
	TL: "╭", TR: "╮", BL: "╰", BR: "╯", SeqTop: "╭", SeqMid: "│", SeqEnd: "╰",
	Bars: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}, Done: "█", Todo: "░",
	On: "(•)", Off: "( )", Checked: "[x]", Free: "[ ]", Times: "×", Crumb: "›", Dot: "·",
}

var asciiGlyphs = Glyphs{
	Select: ">", Cut: "~", To: "->", Cursor: "_", V: "|", H: "-",
	TL: "+", TR: "+", BL: "+", BR: "+", SeqTop: ",", SeqMid: "|", SeqEnd: "'",
	Bars: []string{" ", ".", ":", "-", "=", "+", "*", "#"}, Done: "#", Todo: ".",
	On: "(*)", Off: "( )", Checked: "[x]", Free: "[ ]", Times: "x", Crumb: ">", Dot: "-",
}

// Theme is a profile made ready: the escape sequence of each role, and glyphs.
type Theme struct {
	Profile Profile
	ASCII   bool
	Glyph   Glyphs
	sgr     [roles]string
}

// NewTheme makes the theme of a profile.
func NewTheme(p Profile, ascii bool) *Theme {
	t := &Theme{Profile: p, ASCII: ascii, Glyph: unicodeGlyphs}
	if ascii {
		t.Glyph = asciiGlyphs
	}
	for r, s := range styles {
		if codes := s.codes(p); codes != "" {
			t.sgr[r] = "\x1b[" + codes + "m"
		}
	}
	return t
}

// codes gives the parameters of the style's escape sequence.
func (s style) codes(p Profile) string {
	index := s.dark
	switch p {
	case Sixteen:
		return s.sixteen
	case None:
		return s.none
	case Light:
		index = s.light
	}
	var codes []string
	if s.bold {
		codes = append(codes, "1")
	}
	if s.reverse {
		codes = append(codes, "7")
	}
	if index != 0 {
		codes = append(codes, "38;5;"+itoa(index))
	}
	return strings.Join(codes, ";")
}

// On is the sequence that begins a role: "" where the role has no attributes.
func (t *Theme) On(r Role) string { return t.sgr[r] }

// Paint gives s in a role, with all attributes off behind it.
func (t *Theme) Paint(r Role, s Safe) string {
	if t.sgr[r] == "" {
		return string(s)
	}
	return t.sgr[r] + string(s) + Reset
}

// Method is the role of an HTTP method's name.
func Method(m string) Role {
	switch m {
	case "GET", "HEAD":
		return Get
	case "POST":
		return Post
	case "PUT", "PATCH":
		return Put
	case "DELETE":
		return Delete
	}
	return Text
}

// Status is the role of an HTTP status; 0 is no answer.
func Status(code int) Role {
	switch {
	case code >= 500 || code == 0:
		return Err
	case code >= 400:
		return Warn
	case code >= 300:
		return Info
	}
	return OK
}
