package tui

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"scimdeck/store"
)

// countAlone tells how many rows each of the first words lets through by itself.
func (f filter) countAlone(rows []*store.Row) []int {
	n := make([]int, min(len(f.terms), 6))
	for i := range n {
		for _, row := range rows {
			if f.terms[i].test(row) {
				n[i]++
			}
		}
	}
	return n
}

// quoteWord writes text so that it is one word of a filter.
func quoteWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`"\(),|~*<>=:#`, r)
	}) && !strings.Contains(s, "..") {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// toggleWord adds a word to a filter, or takes it away when it is one of the
// words that must all hold.
func toggleWord(text, word string) string {
	f, err := parseFilter(text, filterEnv{loc: time.UTC})
	if err != nil || text == "" {
		return word
	}
	if i := slices.IndexFunc(f.terms, func(t clause) bool { return t.text == word }); i >= 0 {
		rest := make([]string, 0, len(f.terms))
		for k, t := range f.terms {
			if k != i {
				rest = append(rest, t.text)
			}
		}
		return strings.Join(rest, " ")
	}
	if f.terms == nil { // an OR outside parentheses
		text = "(" + text + ")"
	}
	return text + " " + word
}

// nearest is the word closest to s, at most two edits away, or "".
func nearest(s string, words []string) string {
	best, like := 3, ""
	for _, w := range words {
		if d := distance(s, w); d < best && d < len(w) {
			best, like = d, w
		}
	}
	return like
}

// distance counts the edits between two words; two letters swapped are one.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	var before, last, row [65]int
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
