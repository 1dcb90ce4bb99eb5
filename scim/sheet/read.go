package sheet

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/wire"
)

// Read reads a sheet. The error is scim's own for a text that is no JSON object,
// with line and column.
func Read(text []byte) (scim.Value, error) { return read(text, scim.Place{}) }

// ReadBack is Read for a sheet that goes back into the editor when it is wrong:
// lines are counted as they will be there, with Refused's note above them.
func ReadBack(text []byte) (scim.Value, error) {
	return read(text, scim.Place{Line: 3, Column: 1})
}

// giveUp is the way out of an editor that opens again.
const giveUp = "save it unchanged to give up"

// Refused puts above a sheet why it was refused: two lines.
func Refused(text []byte, why string) []byte {
	return Note(text, strings.Join(strings.Fields(why), " "), giveUp)
}

// Meanwhile puts above a sheet what others have changed since it was made (theirs,
// of Between), up to the doc that is stored now.
func Meanwhile(text, now []byte, theirs []wire.Change) []byte {
	return Note(text, fmt.Sprintf(`it was changed meanwhile, and is at version W/"%d" now:`, scim.DocVersion(now)),
		change.Lines(theirs),
		"save it without these lines to write your text over that; "+giveUp)
}

func read(text []byte, at scim.Place) (scim.Value, error) {
	v, err := scim.DecodeAt(strip(text), scim.Limits{}, at)
	if err != nil {
		return v, err
	}
	if v.Kind() != scim.Object {
		return v, scim.Errorf(400, scim.InvalidSyntax, "want an object in { }")
	}
	return v, nil
}

// strip makes blanks of comments and of commas before a closing bracket, so that
// all else stays in its place.
func strip(text []byte) []byte {
	out := slices.Clone(text)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if out[i] != '\n' {
				out[i] = ' '
			}
		}
	}
	comma := -1 // the last one, as long as nothing followed it
	for i := 0; i < len(out); {
		rest := out[i:]
		switch c := out[i]; {
		case c == '"':
			i += stringLen(rest)
			comma = -1
			continue
		case bytes.HasPrefix(rest, []byte("//")):
			n := bytes.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest)
			}
			blank(i, i+n)
			i += n
			continue
		case bytes.HasPrefix(rest, []byte("/*")):
			n := bytes.Index(rest, []byte("*/"))
			if n < 0 { // what is not closed is no comment: scim says where
				return out
			}
			blank(i, i+n+2)
			i += n + 2
			continue
		case c == ',':
			comma = i
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		default:
			if (c == '}' || c == ']') && comma >= 0 {
				out[comma] = ' '
			}
			comma = -1
		}
		i++
	}
	return out
}

// stringLen is how long the string is that text begins with; one that is not
// closed ends with its line.
func stringLen(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		case '\n':
			return i
		}
	}
	return len(text)
}

// noteSign begins the lines of a note.
const noteSign = "//! "

// Note puts sentences above a sheet, in place of those that are there: what was
// wrong, and what to do.
func Note(text []byte, sentences ...string) []byte {
	var out bytes.Buffer
	for _, s := range sentences {
		for line := range strings.Lines(s) {
			out.WriteString(noteSign + strings.Map(harmless, strings.TrimRight(line, "\r\n")) + "\n")
		}
	}
	for bytes.HasPrefix(text, []byte(noteSign)) {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	out.Write(text)
	return out.Bytes()
}

func harmless(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

// Patch makes a PATCH of what v changes in a stored doc (RFC 7644 §3.5.2): what
// is not in it stays as it is, so that it does for a group whose members are not
// on the sheet. It is nil when nothing would change.
func Patch(t *scim.ResourceType, doc []byte, v scim.Value) []byte {
	old, err := scim.Decode(doc, scim.Limits{})
	if err != nil {
		return nil
	}
	var ops []scim.Value
	operation := func(op, path string, value scim.Value) {
		members := []scim.Member{{Name: "op", Value: scim.StringOf(op)}, {Name: "path", Value: scim.StringOf(path)}}
		if op != "remove" {
			members = append(members, scim.Member{Name: "value", Value: value})
		}
		ops = append(ops, scim.ObjectOf(members...))
	}
	// parts compares two objects member by member.
	parts := func(before, after scim.Value, path func(string) string) {
		for name, value := range after.Members() {
			if was := before.Get(name); was.Kind() == scim.Absent || !was.Equal(value) {
				operation("replace", path(name), value)
			}
		}
		for name := range before.Members() {
			if after.Get(name).Kind() == scim.Absent {
				operation("remove", path(name), scim.Value{})
			}
		}
	}
	skip := func(name string) bool {
		r, known := t.Resolve("", name, "")
		return strings.EqualFold(name, "schemas") || strings.EqualFold(name, "id") || strings.EqualFold(name, "meta") || strings.EqualFold(name, "members") ||
			known && r.Attr != nil && r.Attr.Mutability == "readOnly"
	}
	both := func(name string, was, is scim.Value) {
		switch {
		case skip(name) || was.Kind() != scim.Absent && was.Equal(is):
		case strings.HasPrefix(strings.ToLower(name), "urn:") && was.Kind() != scim.Array:
			parts(was, is, func(sub string) string { return name + ":" + sub })
		case was.Kind() == scim.Object && is.Kind() == scim.Object:
			parts(was, is, func(sub string) string { return name + "." + sub })
		case is.Kind() == scim.Absent:
			operation("remove", name, scim.Value{})
		default:
			operation("replace", name, is)
		}
	}
	for name, is := range v.Members() {
		both(name, old.Get(name), is)
	}
	for name, was := range old.Members() {
		if v.Get(name).Kind() == scim.Absent {
			both(name, was, scim.Value{})
		}
	}
	if len(ops) == 0 {
		return nil
	}
	return scim.ObjectOf(
		scim.Member{Name: "schemas", Value: scim.ArrayOf(scim.StringOf(scim.PatchURN))},
		scim.Member{Name: "Operations", Value: scim.ArrayOf(ops...)}).Append(nil)
}
