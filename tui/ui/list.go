package ui

// List is the state of a list that draws only the rows one can see: how many
// rows there are, which is selected and which is on top. The zero List is an
// empty list.
type List struct {
	Len    int // rows in all
	Height int // rows on screen
	Sel    int // the selected row, from 0
	Top    int // the row on top
}

// Set tells the list its length and height; the selection stays as near as it can.
func (l *List) Set(length, height int) {
	l.Len, l.Height = max(length, 0), max(height, 1)
	l.Select(l.Sel)
}

// Select selects row i, or the nearest there is, and brings it on screen.
func (l *List) Select(i int) {
	l.Sel = max(min(i, l.Len-1), 0)
	l.Top = max(min(l.Top, l.Sel), l.Sel-l.Height+1, 0)
	l.Top = max(min(l.Top, l.Len-l.Height), 0)
}

// Move moves the selection by d rows; false says that it was at the end already.
func (l *List) Move(d int) bool {
	was := l.Sel
	l.Select(l.Sel + d)
	return l.Sel != was
}

// Page moves by d pages.
func (l *List) Page(d int) bool { return l.Move(d * max(l.Height-1, 1)) }

// Half moves by d half pages.
func (l *List) Half(d int) bool { return l.Move(d * max(l.Height/2, 1)) }

// Visible is the range of rows on screen: from, up to but not including to.
func (l *List) Visible() (from, to int) { return l.Top, min(l.Top+l.Height, l.Len) }

// Key moves the selection as the keys of every list do and
// reports whether the key was one of them.
func (l *List) Key(k string) bool {
	switch k {
	case "j", "down":
		l.Move(1)
	case "k", "up":
		l.Move(-1)
	case "g", "home":
		l.Select(0)
	case "G", "end":
		l.Select(l.Len - 1)
	case "ctrl+d":
		l.Half(1)
	case "ctrl+u":
		l.Half(-1)
	case "pgdown", "ctrl+f":
		l.Page(1)
	case "pgup", "ctrl+b":
		l.Page(-1)
	default:
		return false
	}
	return true
}
