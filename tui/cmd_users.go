package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/tui/ui"
)

// usersPage is the answer to loadUsers: some rows of the list and how many
// there are in all.
type usersPage struct {
	gen   int // of the filter that was asked for
	start int // index of the first row, from 0
	rows  []userRow
	total int
	err   error
}

// userRow is what the list shows of a user.
type userRow struct {
	id, name, full, external string
	changed                  time.Time
	active                   bool
}

// loadUsers reads a part of the list. ctx ends it when a newer filter makes it useless.
func loadUsers(ctx context.Context, d *deps, gen int, f *scim.Filter, start, n int) tea.Cmd {
	return func() tea.Msg {
		page := usersPage{gen: gen, start: start}
		q := scimQuery(f, start, n)
		page.total, page.err = d.opts.Store.List(ctx, d.cat.Type("User"), q, func(doc []byte) {
			v, err := scim.Decode(doc, scim.Limits{})
			if err != nil { // a damaged store; the row keeps its place
				page.rows = append(page.rows, userRow{name: "(damaged)"})
				return
			}
			page.rows = append(page.rows, readUserRow(v))
		})
		if errors.Is(page.err, context.Canceled) {
			return nil
		}
		return page
	}
}

// readUserRow takes what the list shows from a stored user.
func readUserRow(v scim.Value) userRow {
	active := v.Get("active")
	r := userRow{
		id:       v.Get("id").Text(),
		name:     v.Get("userName").Text(),
		full:     v.Get("displayName").Text(),
		external: v.Get("externalId").Text(),
		active:   active.Kind() == scim.Absent || active.True(), // RFC 7643 §4.1.1 leaves the default to us
	}
	if r.full == "" {
		name := v.Get("name")
		if r.full = name.Get("formatted").Text(); r.full == "" {
			r.full = strings.TrimSpace(name.Get("givenName").Text() + " " + name.Get("familyName").Text())
		}
	}
	r.changed, _ = time.Parse(time.RFC3339, v.Get("meta").Get("lastModified").Text())
	return r
}

// userLoaded is the answer to loadUser: a user made ready to be shown.
type userLoaded struct {
	id     string
	ok     bool // false: there is no such user
	row    userRow
	etag   string
	wire   []byte // as a client sees it
	pretty *ui.Doc
	attrs  []attr
	err    error
}

// attr is a line of the Attributes tab.
type attr struct{ label, value ui.Safe }

// loadUser reads a user and lays it out.
func loadUser(d *deps, id, base string) tea.Cmd {
	return func() tea.Msg {
		m := userLoaded{id: id}
		doc, ok, err := d.opts.Store.Get(d.cat.Type("User"), nil, id)
		if m.ok, m.err = ok, err; !ok || err != nil {
			return m
		}
		v, err := scim.Decode(doc, scim.Limits{})
		if err != nil {
			m.err = err
			return m
		}
		m.wire = scim.AppendWire(nil, doc, base)
		m.row, m.etag = readUserRow(v), v.Get("meta").Get("version").Text()
		m.attrs = attrs(v, d.ascii)
		m.pretty, m.err = ui.Pretty(d.ctx, m.wire)
		return m
	}
}

// attrs lays a user out in lines: an attribute a line, a value a line, an
// extension under its short name, meta last.
func attrs(v scim.Value, ascii bool) []attr {
	var out []attr
	add := func(label string, v scim.Value) {
		out = append(out, attr{ui.Clean(label, ascii), ui.Clean(inWords(v), ascii)})
	}
	for name, value := range v.Members() {
		switch {
		case name == "schemas":
		case strings.HasPrefix(name, "urn:"):
			out = append(out, attr{})
			label := shortURN(name)
			for sub, value := range value.Members() {
				out = append(out, attr{ui.Clean(label, ascii), ui.Clean(sub+"  "+inWords(value), ascii)})
				label = ""
			}
		case value.Kind() == scim.Array:
			label := name
			for _, value := range value.Members() {
				add(label, value)
				label = ""
			}
		case name == "meta":
			out = append(out, attr{})
			for sub, value := range value.Members() {
				if sub != "resourceType" {
					add(map[bool]string{true: "meta", false: ""}[sub == "created"], scim.StringOf(sub+"  "+value.Text()))
				}
			}
		default:
			add(name, value)
		}
	}
	return out
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

// userFound is the answer to findIn.
type userFound struct {
	doc  *ui.Doc
	hits ui.Hits
	err  error
}

// findIn looks for text in a document.
func findIn(d *deps, doc *ui.Doc, query string) tea.Cmd {
	return func() tea.Msg {
		hits, err := ui.Find(d.ctx, doc, query)
		return userFound{doc, hits, err}
	}
}
