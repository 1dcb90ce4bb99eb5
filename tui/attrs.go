package tui

import (
	"cmp"
	"strings"

	"scimdeck/scim"
	"scimdeck/tui/ui"
)

// attr is a line of the Attributes tab.
type attr struct {
	name         string // of the attribute
	label, value ui.Safe
	remark       ui.Safe // what the schema says of it
}

// attrs lays a resource out in lines: an attribute a line, a value a line, an
// extension under its short name, meta last. Members are not among them.
func attrs(of *noun, v scim.Value, ascii bool) []attr {
	var out []attr
	add := func(name, label, text string) {
		out = append(out, attr{name: name, label: ui.Clean(label, ascii), value: ui.Clean(text, ascii)})
	}
	for name, value := range v.Members() {
		at := len(out)
		switch {
		case name == "schemas" || name == "members":
		case strings.HasPrefix(name, "urn:"):
			out = append(out, attr{})
			label := shortURN(name)
			for sub, value := range value.Members() {
				add(sub, label, sub+"  "+inWords(value))
				label = ""
			}
		case name == "groups":
			add(name, name, displays(value))
		case value.Kind() == scim.Array:
			label := name
			for _, value := range value.Members() {
				add(name, label, inWords(value))
				label = ""
			}
		case name == "meta":
			out = append(out, attr{})
			for sub, value := range value.Members() {
				if sub != "resourceType" && sub != "location" {
					add("", map[bool]string{true: "meta", false: ""}[sub == "created"], sub+"  "+value.Text())
				}
			}
		default:
			add(name, name, inWords(value))
		}
		if at < len(out) && out[at].label != "" {
			out[at].remark = remarkOn(of, name, value)
		}
	}
	return out
}

// displays lists the names of groups, the first of them.
func displays(groups scim.Value) string {
	var names []string
	for _, g := range groups.Members() {
		if len(names) == 20 {
			names = append(names, ui.Thousands(groups.Len()-len(names))+" more")
			break
		}
		names = append(names, cmp.Or(g.Get("display").Text(), g.Get("value").Text()))
	}
	return strings.Join(names, ", ")
}

// remarkOn says of an attribute what its schema does, if that matters here.
func remarkOn(of *noun, name string, value scim.Value) ui.Safe {
	if id := value.Text(); name == "externalId" && len(id) == 20 && strings.HasPrefix(id, "00") && strings.ContainsAny(id[2:3], "ug") {
		return "an id of Okta's"
	}
	if of.t == nil {
		return ""
	}
	r, ok := of.t.Resolve("", name, "")
	switch {
	case !ok || r.Attr == nil || name == "id" || name == "meta":
		return ""
	case r.Attr.Uniqueness == "server" || r.Attr.Uniqueness == "global":
		return "unique"
	case r.Attr.Mutability == "readOnly":
		return "read-only"
	}
	return ""
}

// inWords writes a value in one line: the members of an object side by side,
// value first and bare.
func inWords(v scim.Value) string {
	switch v.Kind() {
	case scim.String, scim.Number:
		return v.Text()
	case scim.Object:
		var parts []string
		if value := v.Get("value"); value.Kind() != scim.Absent {
			parts = append(parts, inWords(value))
		}
		for name, sub := range v.Members() {
			switch {
			case name == "value":
			case name == "type" && sub.Kind() == scim.String:
				parts = append(parts, sub.Text())
			case name == "primary":
				if sub.True() {
					parts = append(parts, "primary")
				}
			default:
				parts = append(parts, name+" "+inWords(sub))
			}
		}
		return strings.Join(parts, "   ")
	case scim.Array:
		var parts []string
		for _, sub := range v.Members() {
			parts = append(parts, inWords(sub))
		}
		return strings.Join(parts, ", ")
	}
	return v.String()
}

// shortURN is the word of an extension's URN that tells it apart: "enterprise".
func shortURN(urn string) string {
	parts := strings.Split(urn, ":")
	for i, p := range parts {
		if p == "extension" && i+1 < len(parts) {
			return parts[i+1]
		}
	}
	return parts[len(parts)-1]
}
