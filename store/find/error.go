package find

import "fmt"

// Error is what is wrong with a filter, and where.
type Error struct {
	Column int    // from 1, in characters
	Text   string // one sentence
	Hint   string // the way out: "did you mean status:?", or ""
}

// Error is the sentence with its column and the way out.
func (e *Error) Error() string {
	s := fmt.Sprintf("column %d: %s", e.Column, e.Text)
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}
