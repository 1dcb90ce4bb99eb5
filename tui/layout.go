package tui

// The least window that the dashboard works in, and the lines around the body:
// state, tabs, status, keys.
const (
	minWidth   = 60
	minHeight  = 15
	chromeRows = 4
)

// arrange says how a list and its detail share the body.
type arrange uint8

// The ways, in the order in which v walks through them.
const (
	auto  arrange = iota // right from 110 columns, else below from 32 lines of body, else off
	right                // side by side
	below                // one above the other
	off                  // one pane
)

func (a arrange) String() string { return [...]string{"auto", "right", "below", "off"}[a] }

// panes is the result: sizes in cells. An edge of one column or row stands
// between list and detail when both are there.
type panes struct {
	how          arrange // right, below or off
	listW, listH int
	sideW, sideH int
	hidden       bool // the list is hidden: the detail has the whole body
}

// share is what the user asked for.
type share struct {
	want   arrange
	list   int  // percent of the list's width; 0: 55
	detail bool // the detail has the focus
	zoom   bool // the focused pane takes the whole body
}

// divide shares a body of w by h cells between a list and a detail.
func divide(w, h int, s share) panes {
	how := s.want
	if how == auto {
		switch {
		case w >= 110:
			how = right
		case h+chromeRows >= 36:
			how = below
		default:
			how = off
		}
	}
	if how == right && w < 90 || how == below && h < 16 {
		how = off // forced, but there is no room for two
	}
	if s.zoom || how == off {
		return panes{how: off, listW: w, listH: h, sideW: w, sideH: h, hidden: s.detail}
	}
	percent := s.list
	if percent == 0 {
		percent = 55
	}
	percent = max(30, min(percent, 75))
	if how == right {
		list := max(min(w*percent/100, w-50-2), 40)
		return panes{how: right, listW: list, listH: h, sideW: w - list - 2, sideH: h}
	}
	if s.list == 0 {
		percent = 60
	}
	list := max(min(h*percent/100, h-7), 6)
	return panes{how: below, listW: w, listH: list, sideW: w, sideH: h - list - 1}
}

// two reports whether both panes are to be seen.
func (p panes) two() bool { return p.how != off }
