package find

import (
	"strings"
	"unicode"

	"scimdeck/store"
)

// Missed is what one word of a filter does by itself, when all together find nothing.
type Missed struct {
	Word  string // as Expr.String writes it
	Rows  int    // that it lets through
	Open  bool   // it looks into exchanges: rows that may fit are not counted
	Like  string // a word that is spelled nearly so and does occur, or ""
	Likes int    // rows that this one lets through
}

const (
	maxMissed  = 6      // words of a filter
	maxLetters = 50_000 // different words of the log that a spelling is compared with
)

// Missed tells for each of the words that must all hold how many rows it lets
// through by itself, for the first six of them. It takes some 10 ms for each
// with 50,000 rows. There is nothing to tell about a single OR.
func (f Filter) Missed(rows []*store.Row) []Missed {
	if isOr(f.expr) {
		return nil
	}
	var all []Missed
	for _, t := range f.terms[:min(len(f.terms), maxMissed)] {
		m := Missed{Word: t.expr.String()}
		for _, row := range rows {
			switch t.test(row, nil) {
			case Yes:
				m.Rows++
			case Maybe:
				m.Open = true
			}
		}
		if m.Rows == 0 && !m.Open {
			m.Like, m.Likes = similar(t.expr, rows)
		}
		all = append(all, m)
	}
	return all
}

// similar finds a word of the log that x is nearly spelled like, and how many
// rows it lets through.
func similar(x Expr, rows []*store.Row) (like string, n int) {
	text, of := "", func(r *store.Row) string { return r.Name + " " + r.KeyName + " " + r.Sentence }
	field, isField := x.(Field)
	switch x := x.(type) {
	case Text:
		text = string(x)
	case Field:
		f := lookup(x.Name)
		if f == nil || f.Of == nil || len(x.Values) != 1 || x.Values[0].Op != "" {
			return "", 0
		}
		text, of = x.Values[0].Text, f.Of
	}
	if len(text) < 3 {
		return "", 0
	}
	word := closest(strings.ToLower(text), rows, of)
	if word == "" {
		return "", 0
	}
	var better Expr = Text(word)
	if isField {
		better = Field{field.Name, []Value{{Text: word}}}
	}
	s, err := compile(better, Env{})
	if err != nil {
		return "", 0
	}
	for _, row := range rows {
		if s.test(row, nil) == Yes {
			n++
		}
	}
	return better.String(), n
}

// closest is the word of the log nearest to low.
func closest(low string, rows []*store.Row, of func(*store.Row) string) string {
	most := closeBy(low)
	best, like, last := most+1, "", ""
	seen := map[string]bool{}
	for i := len(rows) - 1; i >= 0 && best > 1 && len(seen) < maxLetters; i-- { // the newest first
		text := of(rows[i])
		if text == last {
			continue
		}
		last = text
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }) {
			if len(word) < 3 || len(word)-len(low) > most || len(low)-len(word) > most || seen[word] {
				continue
			}
			seen[word] = true
			if d := distance(low, strings.ToLower(word), best-1); d > 0 && d < best && d < len(word) {
				best, like = d, strings.ToLower(word)
			}
		}
	}
	return like
}
