package find

import "strings"

// nearest is the word closest to s, or "": one edit away, two if s is longer
// than four letters.
func nearest(s string, words []string) string {
	best, like := closeBy(s)+1, ""
	for _, w := range words {
		if d := distance(s, w, best-1); d < best && d < len(w) {
			best, like = d, w
		}
	}
	return like
}

// closeBy is how many edits away from s a slip of it may be.
func closeBy(s string) int {
	if len(s) > 4 {
		return 2
	}
	return 1
}

// distance counts the edits between two words, of which two letters swapped are
// one; anything above most is most+1.
func distance(a, b string, most int) int {
	const long = 64
	if len(a) > long || len(b) > long || len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var before, last, row [long + 1]int
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
		before, last = last, row
	}
	return last[len(b)]
}

// unknownWord is the slip of a word that a field does not take.
func unknownWord(name, word string, words []string) error {
	if like := nearest(strings.ToLower(word), words); like != "" {
		return slipf("did you mean "+name+":"+like+"?", "%s: knows no %q", name, word)
	}
	return slipf("it is one of "+strings.Join(words, ", "), "%s: knows no %q", name, word)
}
