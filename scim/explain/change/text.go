package change

import (
	"slices"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Line says a change in one line of plain text, for a log or a report.
func Line(c wire.Change) string {
	n := strconv.Itoa(c.N)
	switch c.Kind {
	case Added:
		return about(c.Path, "added", c.New, c.N)
	case Removed:
		return about(c.Path, "removed", c.Old, c.N)
	case LeftOut:
		return about(c.Path, "removed, because the PUT left it out,", c.Old, c.N)
	case Changed:
		return c.Path + ": " + c.Old + " → " + c.New
	case Recased:
		return c.Path + ": " + c.Old + " → " + c.New + " (in case only, which does not matter here)"
	case Joined:
		return names(n+" joined", c.New)
	case Left:
		return names(n+" left", c.Old)
	case Created, Deleted:
		return c.Kind + " with " + several(c.N, "attribute")
	case Reordered:
		return c.Path + ": " + several(c.N, "value") + " in another order"
	case MatchedNothing:
		if c.Path == "members" {
			return c.Path + ": " + n + " to be removed were not in the group"
		}
		return c.Path + ": operation " + n + " matched nothing"
	case ThereAlready:
		return c.Path + ": " + n + " to be added were in the group already"
	case ReadOnly:
		return c.Path + ": ignored, it is read-only"
	case Unknown:
		return c.Path + ": ignored, no schema has it"
	case NeverKept:
		return c.Path + ": never kept"
	case More:
		if c.Path == "" {
			return n + " more"
		}
		return c.Path + ": " + n + " more"
	}
	return c.Path + ": " + c.Kind
}

func about(path, what, value string, n int) string {
	if value == "" {
		value = "with " + several(n, "attribute")
	}
	return path + ": " + what + " " + value
}

// names says who they were, without the list's brackets and quotes.
func names(what, list string) string {
	v, err := scim.Decode([]byte(list), scim.Limits{})
	if err != nil || v.Len() == 0 {
		return "members: " + what
	}
	who := make([]string, v.Len())
	for i := range who {
		who[i] = v.At(i).Text()
	}
	return "members: " + what + ": " + strings.Join(who, ", ")
}

func several(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// Lines says all changes, a line each.
func Lines(list []wire.Change) string {
	var b strings.Builder
	for i, c := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(Line(c))
	}
	return b.String()
}

// Attributes lists the attributes that differ, each once and in order, as
// scim.Changed names them: "name", "emails"; those of an extension by their
// short names: "department".
func Attributes(list []wire.Change) []string {
	var out []string
	for _, c := range list {
		if !Differs(c.Kind) || c.N > 0 && c.Path != "members" {
			continue
		}
		if name := attributeOf(c.Path); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// attributeOf is the attribute that a path is about.
func attributeOf(path string) string {
	path, _, _ = strings.Cut(path, "[")
	if strings.HasPrefix(path, "urn:") {
		path = path[strings.LastIndexByte(path, ':')+1:]
	}
	name, _, _ := strings.Cut(path, ".")
	return name
}

// Unchanged lists the attributes that a PUT or PATCH set to what they were, by
// name: what the body has and the list does not tell of. It is nil when the body
// is not there as a whole.
func Unchanged(method string, body []byte, list []wire.Change) []string {
	told := map[string]bool{"schemas": true}
	for _, c := range list {
		if c.Kind == Reordered {
			continue
		}
		told[strings.ToLower(attributeOf(c.Path))] = true
	}
	var out []string
	say := func(name string) {
		if key := strings.ToLower(name); !told[key] && len(out) < maxChanges {
			told[key] = true
			out = append(out, clean(name))
		}
	}
	object := func(b []byte) bool {
		w := scim.WalkJSON(b)
		for w.Next() {
			name := spelt(w.Name)
			if inner := scim.WalkJSON(w.Value); w.Value[0] == '{' && len(name) > 4 && strings.EqualFold(name[:4], "urn:") {
				for inner.Next() {
					say(spelt(inner.Name))
				}
				continue
			}
			say(attributeOf(name))
		}
		return w.Whole()
	}
	switch method {
	case "PUT":
		if !object(body) {
			return nil
		}
	case "PATCH":
		w := scim.WalkJSON(scim.MemberOf(body, "Operations"))
		for w.Next() {
			switch o := readOperation(w.Value); {
			case o.remove():
			case o.path == "":
				object(o.value)
			default:
				say(attributeOf(o.path))
			}
		}
		if !w.Whole() {
			return nil
		}
	}
	return out
}
