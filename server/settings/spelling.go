package settings

import "strings"

// DidYouMean asks for the candidate that word is most likely a slip of, with
// prefix before it ("did you mean --listen?"), or is "" when none is near.
func DidYouMean(prefix, word string, candidates []string) string {
	return didYouMean(prefix, nearest(word, candidates))
}

func didYouMean(prefix, word string) string {
	if word == "" {
		return ""
	}
	return "did you mean " + prefix + word + "?"
}

// nearestSetting finds the setting that was meant, also when its group was forgotten.
func nearestSetting(path string, all []leaf) string {
	paths := make([]string, len(all))
	for i, l := range all {
		paths[i] = l.path
	}
	if best := nearest(path, paths); best != "" {
		return best
	}
	for _, p := range paths {
		if nearest(path, []string{p[strings.LastIndexByte(p, '.')+1:]}) != "" {
			return p
		}
	}
	return ""
}

// nearest returns the candidate that word is most likely a slip of, or "".
func nearest(word string, candidates []string) string {
	best, distance := "", 1+len(word)/3
	for _, c := range candidates {
		if d := edits(strings.ToLower(word), strings.ToLower(c)); d < distance || best == "" && d == distance {
			best, distance = c, d
		}
	}
	return best
}

// edits counts the letters to put in, take out or change to make a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
