// Package sheet is a user or group as a person writes it in an editor: JSON with
// comments, the attributes that there could be as hints, and above it what was
// wrong with the last attempt.
//
//	text := sheet.New(user, scim.Value{})            // or sheet.Of(user, doc) of one that there is
//	text, err := draft.Edit(ctx, o, "user.json", text)
//	v, err := sheet.ReadBack(text)
//	if err == nil {
//		_, err = sheet.Changes(user, nil, v)     // what would come of it
//	}
//	if err != nil {
//		text = sheet.Refused(text, err.Error())  // and once more
//	}
//
// Comments (// to the end of the line and /* */) and commas before a closing
// bracket are left out by Read; nothing else is. Whether what is written is a
// resource is said by scim, whose rules are the server's own. The package starts
// no editor and sends nothing.
package sheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/wire"
)

// New is the sheet of a new resource: given, and what is required besides, then
// every other attribute that a client may set, as a comment. given may be absent.
func New(t *scim.ResourceType, given scim.Value) []byte {
	s := &sheet{}
	s.remark("A new " + strings.ToLower(t.Name) + ".")
	s.remark("Lines that begin with // are hints: take the // away to use one. Commas at the end do no harm.")
	s.line(0, "{")
	s.member(1, "schemas", scim.ArrayOf(scim.StringOf(t.Schema.ID)))
	done := map[string]bool{"schemas": true}
	for name, v := range given.Members() {
		if !done[strings.ToLower(name)] {
			s.member(1, name, v)
			done[strings.ToLower(name)] = true
		}
	}
	for _, a := range t.Schema.Attributes {
		if a.Required && settable(a) && !done[strings.ToLower(a.Name)] {
			s.text.WriteString("  " + quote(a.Name) + ": " + example(a) + ", // required" + about(a) + "\n")
			done[strings.ToLower(a.Name)] = true
		}
	}
	s.text.WriteByte('\n')
	if !done["externalid"] {
		s.text.WriteString("  // \"externalId\": \"\", // the client's own id for it\n")
	}
	s.hints("  ", t.Schema.Attributes, done)
	for _, e := range t.Extensions {
		if !done[strings.ToLower(e.Schema.ID)] {
			s.text.WriteString("\n  // " + quote(e.Schema.ID) + ": {\n")
			s.hints("  //   ", e.Schema.Attributes, nil)
			s.text.WriteString("  // },\n")
		}
	}
	s.line(0, "}")
	return s.text.Bytes()
}

// Of is the sheet of a resource as it is stored, bare of groups and members, without what only the server
// sets. In the head it says who it is and which version.
func Of(t *scim.ResourceType, doc []byte) []byte {
	s := &sheet{}
	v, err := scim.Decode(doc, scim.Limits{})
	if err != nil { // what is stored is JSON
		return doc
	}
	s.remark(fmt.Sprintf("%s %s, version %s. id and meta are the server's.", t.Name, v.Get("id").Text(), v.Get("meta").Get("version").Text()))
	s.line(0, "{")
	for name, value := range v.Members() {
		r, known := t.Resolve("", name, "")
		switch {
		case name == "id" || name == "meta" || name == "members":
		case known && r.Attr != nil && r.Attr.Mutability == "readOnly":
		default:
			s.member(1, name, value)
		}
	}
	text := bytes.TrimSuffix(s.text.Bytes(), []byte(",\n"))
	return append(text, "\n}\n"...)
}

// Changes says what a PUT of v would make of a stored doc, and of nil what a POST
// would: nothing but how much. The error is scim's own, an *scim.Error, when v is
// no such resource. Members of a group are left as they are.
func Changes(t *scim.ResourceType, doc []byte, v scim.Value) ([]wire.Change, error) {
	d, _, err := t.Read(v, scim.Policy{})
	if err != nil {
		return nil, err
	}
	if doc == nil {
		return change.Of(change.Write{Type: t, Method: "POST", After: t.AppendDoc(nil, "", d, scim.Meta{Version: 1})}), nil
	}
	id, old, meta, err := t.ReadDoc(doc)
	if err != nil {
		return nil, err
	}
	if d, err = t.Replace(old, d); err != nil {
		return nil, err
	}
	before, after := t.AppendDoc(nil, id, old, meta), t.AppendDoc(nil, id, d, meta)
	return change.Of(change.Write{Type: t, Method: "PATCH", Before: before, After: after}), nil
}

// Between says what changed from one stored doc to another.
func Between(t *scim.ResourceType, before, after []byte) []wire.Change {
	return change.Of(change.Write{Type: t, Method: "PATCH", Before: before, After: after})
}

// sheet is one being written.
type sheet struct{ text bytes.Buffer }

func (s *sheet) remark(text string) { s.text.WriteString("// " + text + "\n") }

func (s *sheet) line(depth int, text string) {
	s.text.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

// member writes a member and a comma.
func (s *sheet) member(depth int, name string, v scim.Value) {
	indent := strings.Repeat("  ", depth)
	s.text.WriteString(indent + quote(name) + ": ")
	if err := json.Indent(&s.text, v.Append(nil), indent, "  "); err != nil { // cannot be
		s.text.Write(v.Append(nil))
	}
	s.text.WriteString(",\n")
}

// hints writes attributes that could be set, each as a comment.
func (s *sheet) hints(indent string, attrs []*scim.Attribute, done map[string]bool) {
	for _, a := range attrs {
		if settable(a) && !done[strings.ToLower(a.Name)] && a.Name != "members" {
			lead := "// "
			if strings.Contains(indent, "//") {
				lead = ""
			}
			s.text.WriteString(indent + lead + quote(a.Name) + ": " + example(a) + ",")
			if text := about(a); text != "" {
				s.text.WriteString(" //" + strings.TrimPrefix(text, ",") + " ")
			}
			s.text.Truncate(len(bytes.TrimRight(s.text.Bytes(), " ")))
			s.text.WriteByte('\n')
		}
	}
}

// settable reports whether a client can set an attribute and we keep it.
func settable(a *scim.Attribute) bool { return a.Mutability != "readOnly" && a.Name != "password" }

// about says of an attribute what is not to be seen in its example.
func about(a *scim.Attribute) string {
	text := ""
	if a.Uniqueness == "server" || a.Uniqueness == "global" {
		text += ", unique"
	}
	if a.Mutability == "immutable" {
		text += ", cannot be changed later"
	}
	words := a.Canonical
	if kind := a.SubAttribute("type"); kind != nil {
		words = kind.Canonical
	}
	if len(words) > 0 {
		text += ", " + strings.Join(words, " or ")
	}
	return text
}

// example is a value of an attribute's form, to be filled in.
func example(a *scim.Attribute) string {
	text := one(a)
	if a.Multi {
		return "[" + text + "]"
	}
	return text
}

func one(a *scim.Attribute) string {
	switch a.Type {
	case scim.TypeBoolean:
		return "true"
	case scim.TypeInteger, scim.TypeDecimal:
		return "0"
	case scim.TypeComplex:
		var parts []string
		for _, sub := range a.Sub {
			kind := sub.Name == "type" && len(sub.Canonical) > 0
			switch {
			case !settable(sub) || strings.HasPrefix(sub.Name, "$") || sub.Name == "display" || sub.Name == "primary":
			case kind:
				parts = append(parts, quote(sub.Name)+": "+quote(sub.Canonical[0]))
			default:
				parts = append(parts, quote(sub.Name)+": "+example(sub))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return `""`
}

func quote(s string) string { return scim.StringOf(s).String() }
