package command

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// thousands writes 1234567 as "1,234,567".
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// count writes "1 line" and "1,042 lines".
func count(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

// tally writes how many there are of each resource type: "1,000 users and 9 groups".
func tally(of map[string]int, more ...string) string {
	var list []string
	names := slices.Sorted(maps.Keys(of))
	first := []string{"User", "Group"}
	names = slices.DeleteFunc(names, func(n string) bool { return slices.Contains(first, n) })
	for _, name := range append(first, names...) {
		if n := of[name]; n > 0 {
			list = append(list, count(int64(n), strings.ToLower(name)))
		}
	}
	for _, m := range more {
		if m != "" {
			list = append(list, m)
		}
	}
	switch n := len(list); {
	case n == 0:
		return "nothing"
	case n > 1:
		list[n-2] += " and " + list[n-1]
		list = list[:n-1]
	}
	return strings.Join(list, ", ")
}
