package compare

import (
	"strconv"
	"strings"

	"scimdeck/scim"
)

// value compares two values at a path. moot is inherited: what is below meta is
// as moot as it.
func (c *comparer) value(path string, a, b scim.Value, moot bool) {
	switch {
	case a.Kind() == scim.Object && b.Kind() == scim.Object:
		c.object(path, a, b, moot)
	case a.Kind() == scim.Array && b.Kind() == scim.Array:
		c.array(path, a, b, moot)
	case a.Kind() == scim.Absent && b.Kind() == scim.Object, b.Kind() == scim.Absent && a.Kind() == scim.Object:
		c.object(path, a, b, moot) // a line for each member says more than one for all
	case a.Kind() == scim.Absent && b.Kind() == scim.Array, b.Kind() == scim.Absent && a.Kind() == scim.Array:
		c.array(path, a, b, moot)
	default:
		kind := kindOf(a.Kind() != scim.Absent, b.Kind() != scim.Absent, a.Equal(b))
		c.add(Line{Path: path, Kind: kind, Moot: moot, A: words(a), B: words(b)})
	}
}

// words is a value for people: text bare, all else as JSON.
func words(v scim.Value) string {
	switch v.Kind() {
	case scim.Absent:
		return ""
	case scim.String:
		if v.Text() == "" {
			return `""`
		}
		return v.Text()
	}
	return v.String()
}

// object compares members by name, whose case does not count (RFC 7643 §2.1).
func (c *comparer) object(path string, a, b scim.Value, moot bool) {
	seen := map[string]bool{}
	empty := true
	for _, v := range [...]scim.Value{a, b} {
		for name := range v.Members() {
			empty = false
			if folded := strings.ToLower(name); !seen[folded] {
				seen[folded] = true
				c.value(join(path, name), a.Fold(name), b.Fold(name), moot || isMoot(path, folded))
			}
		}
	}
	if empty {
		c.add(Line{Path: path, Kind: kindOf(a.Kind() != scim.Absent, b.Kind() != scim.Absent, true), Moot: moot, A: words(a), B: words(b)})
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	if strings.HasPrefix(path, "urn:") && !strings.Contains(path[strings.LastIndexByte(path, ':'):], ".") {
		return path + ":" + name
	}
	return path + "." + name
}

// isMoot reports whether a member is made up by a server each time anew: an id of
// a resource, what is in meta but its type, and references, which hold both.
func isMoot(path, folded string) bool {
	switch folded {
	case "id":
		return path == "" || strings.HasSuffix(path, "]") && strings.HasPrefix(path, "Resources[")
	case "created", "lastmodified", "version", "location":
		return path == "meta" || strings.HasSuffix(path, ".meta") || strings.HasPrefix(path, "Operations[")
	case "$ref":
		return true
	}
	return false
}

// array compares elements. Operations are in an order that counts; anything else
// is a set, of which one element is known from another by what it is called.
func (c *comparer) array(path string, a, b scim.Value, moot bool) {
	xs, ys := elements(a), elements(b)
	if len(xs) == 0 && len(ys) == 0 {
		c.add(Line{Path: path, Kind: kindOf(a.Kind() != scim.Absent, b.Kind() != scim.Absent, true), Moot: moot, A: words(a), B: words(b)})
		return
	}
	partner := pair(path, xs, ys)
	taken := make([]bool, len(ys))
	for i, x := range xs {
		var y scim.Value
		if j := partner[i]; j >= 0 {
			y, taken[j] = ys[j], true
		}
		c.value(path+"["+label(path, x, i)+"]", x, y, moot)
	}
	for j, y := range ys {
		if !taken[j] {
			c.value(path+"["+label(path, y, j)+"]", scim.Value{}, y, moot)
		}
	}
}

func elements(v scim.Value) []scim.Value {
	var out []scim.Value
	for _, e := range v.Members() {
		out = append(out, e)
	}
	return out
}

// pair finds for each of xs which of ys it is to be compared with, -1 for none:
// first what is equal, then what is called the same, most telling names first.
// The lists are short, or what they are called is looked up, so it takes no
// longer than they are.
func pair(path string, xs, ys []scim.Value) []int {
	partner := make([]int, len(xs))
	for i := range partner {
		partner[i] = -1
	}
	if ordered(path) {
		for i := range min(len(xs), len(ys)) {
			partner[i] = i
		}
		return partner
	}
	taken := make([]bool, len(ys))
	for _, name := range names {
		free := map[string][]int{}
		for j, y := range ys {
			if k := name(y); k != "" && !taken[j] {
				free[k] = append(free[k], j)
			}
		}
		for i, x := range xs {
			k := name(x)
			if js := free[k]; partner[i] < 0 && k != "" && len(js) > 0 {
				partner[i], taken[js[0]], free[k] = js[0], true, js[1:]
			}
		}
	}
	return partner
}

// ordered reports whether the order of an array counts: that of a PATCH's or a
// bulk's operations.
func ordered(path string) bool { return strings.EqualFold(path, "Operations") }

// names are what an element may be known by, the most telling first.
var names = []func(scim.Value) string{
	func(v scim.Value) string { return v.String() },
	member("userName", true), member("id", false), member("externalId", false),
	func(v scim.Value) string {
		if s := member("value", true)(v); s != "" {
			return s + " " + member("type", true)(v)
		}
		return ""
	},
	member("value", true), member("displayName", true), member("name", true), member("type", true),
	func(v scim.Value) string { // what is left has no name at all
		if v.Kind() == scim.Object {
			return "object"
		}
		return ""
	},
}

// member names an element by one of its members.
func member(name string, fold bool) func(scim.Value) string {
	return func(v scim.Value) string {
		if v.Kind() != scim.Object {
			return ""
		}
		s := v.Fold(name)
		if s.Kind() != scim.String {
			return ""
		}
		if fold {
			return strings.ToLower(s.Text())
		}
		return s.Text()
	}
}

// label is what an element is called in a path.
func label(path string, v scim.Value, i int) string {
	if !ordered(path) {
		for _, name := range []string{"type", "userName", "displayName", "name", "value", "id"} {
			if s := v.Fold(name); s.Kind() == scim.String && s.Text() != "" {
				return shortLabel(s.Text())
			}
		}
		if v.Kind() == scim.String {
			return shortLabel(v.Text())
		}
	}
	return strconv.Itoa(i)
}

func shortLabel(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}
