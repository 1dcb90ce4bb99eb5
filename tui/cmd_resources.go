package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/explain/history"
	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// usersPage is the answer to loadList: some rows of the list and how many
// there are in all.
type usersPage struct {
	of    string // the type
	gen   int    // of the filter that was asked for
	start int    // index of the first row, from 0
	rows  []listRow
	total int
	err   error
}

// listRow is what the list shows of a user or group.
type listRow struct {
	id, name, full, external string
	changed                  time.Time
	active                   bool
	n                        int // groups of a user, members of a group
}

// loadList reads a part of the list. ctx ends it when a newer filter makes it useless.
func loadList(ctx context.Context, d *deps, of noun, gen int, q store.Query) tea.Cmd {
	return func() tea.Msg {
		page := usersPage{of: of.name, gen: gen, start: q.Start - 1}
		page.total, page.err = d.opts.Store.List(ctx, of.t, q, func(doc []byte) {
			v, err := scim.Decode(doc, scim.Limits{})
			if err != nil { // a damaged store; the row keeps its place
				page.rows = append(page.rows, listRow{name: "(damaged)"})
				return
			}
			page.rows = append(page.rows, readRow(v))
		})
		for i := range page.rows {
			if of.isGroup() && page.err == nil {
				page.rows[i].n, _, page.err = d.opts.Store.Members(page.rows[i].id, 1, 0, nil)
			}
		}
		if errors.Is(page.err, context.Canceled) {
			return nil
		}
		return page
	}
}

// readRow takes what the list shows from a stored user or group.
func readRow(v scim.Value) listRow {
	active := v.Get("active")
	r := listRow{
		id:       v.Get("id").Text(),
		name:     v.Get("userName").Text(),
		full:     v.Get("displayName").Text(),
		external: v.Get("externalId").Text(),
		active:   active.Kind() == scim.Absent || active.True(), // RFC 7643 §4.1.1 leaves the default to us
		n:        v.Get("groups").Len(),
	}
	if r.name == "" {
		r.name = r.full
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

// resourceLoaded is the answer to loadResource: a user, or a group without its
// members, made ready to be shown.
type resourceLoaded struct {
	of, id string
	ok     bool // false: there is none
	row    listRow
	etag   string
	doc    []byte // as it is stored
	wire   []byte // as a client sees it
	pretty *ui.Doc
	pager  *ui.Pager
	attrs  []attr
	groups []relation // of a user
	err    error
}

// loadResource reads a resource and lays it out.
func loadResource(d *deps, of noun, id, base string) tea.Cmd {
	return func() tea.Msg {
		m := resourceLoaded{of: of.name, id: id}
		get := d.opts.Store.Get
		if of.isGroup() {
			get = d.opts.Store.GetBare
		}
		doc, ok, err := get(of.t, nil, id)
		if m.ok, m.err = ok, err; !ok || err != nil {
			return m
		}
		v, err := scim.Decode(doc, scim.Limits{})
		if err != nil {
			m.err = err
			return m
		}
		m.doc, m.wire = doc, scim.AppendWire(nil, doc, base)
		m.row, m.etag = readRow(v), v.Get("meta").Get("version").Text()
		m.attrs = attrs(&of, v, d.ascii)
		m.pager = ui.NewPager(m.wire)
		if m.pretty, m.err = ui.Pretty(d.ctx, m.wire); m.err == nil {
			m.pager.SetPretty(m.pretty)
		}
		if of.isGroup() && m.err == nil {
			m.row.n, _, m.err = d.opts.Store.Members(id, 1, 0, nil)
		}
		for _, g := range v.Get("groups").Members() {
			if len(m.groups) == mostGroups {
				break
			}
			m.groups = append(m.groups, relation{resourceType: "Group", id: g.Get("value").Text(), name: g.Get("display").Text()})
		}
		return m
	}
}

// historyLoaded is the answer to loadHistory.
type historyLoaded struct {
	of, id string
	h      history.History
	older  int // requests that were not looked at: there are too many
	err    error
}

// loadHistory tells a history from those of the rows that are about the resource.
func loadHistory(d *deps, of noun, now *resourceLoaded, rows []*store.Row, base string) tea.Cmd {
	return func() tea.Msg {
		m := historyLoaded{of: of.name, id: now.id}
		about := find.About(rows, of.name, now.id, now.row.name)
		if m.older = max(len(about)-history.Most, 0); m.older > 0 {
			about = about[m.older:]
		}
		numbers := make([]uint64, len(about))
		for i, row := range about {
			numbers[i] = row.Seq
		}
		s := history.Subject{Type: of.t, ID: now.id, Now: now.doc, Base: base}
		m.h, m.err = history.Tell(s, d.opts.Store.Exchanges(d.ctx, numbers))
		if errors.Is(m.err, context.Canceled) {
			return nil
		}
		return m
	}
}

// versionReady is a former state laid out.
type versionReady struct {
	id     string
	number uint64
	pretty *ui.Doc
	pager  *ui.Pager
	attrs  []attr
}

// layOut makes a former state ready to be shown.
func layOut(d *deps, of noun, id string, v *history.Version) tea.Cmd {
	doc, number := v.Doc, v.Number
	if doc == nil {
		return nil
	}
	return func() tea.Msg {
		m := versionReady{id: id, number: number, pager: ui.NewPager(doc)}
		if pretty, err := ui.Pretty(d.ctx, doc); err == nil {
			m.pretty = pretty
			m.pager.SetPretty(pretty)
		}
		if value, err := scim.Decode(doc, scim.Limits{}); err == nil {
			m.attrs = attrs(&of, value, d.ascii)
		}
		return m
	}
}

// membersPage is the answer to loadMembers.
type membersPage struct {
	id    string
	start int // index of the first row, from 0
	rows  []relation
	total int
	err   error
}

// loadMembers reads some members of a group.
func loadMembers(d *deps, id string, start, n int) tea.Cmd {
	return func() tea.Msg {
		m := membersPage{id: id, start: start}
		m.total, _, m.err = d.opts.Store.Members(id, start+1, n, func(resourceType string, doc []byte) {
			row := listRow{name: "(damaged)"}
			if v, err := scim.Decode(doc, scim.Limits{}); err == nil {
				row = readRow(v)
			}
			if resourceType == "Group" {
				row.full = ""
			}
			m.rows = append(m.rows, relation{resourceType, row.id, row.name, row.full, row.active})
		})
		return m
	}
}

// groupPath is where a group's membership is changed: the answer need not list 50,000.
func groupPath(id string) string { return "/Groups/" + id + "?excludedAttributes=members" }

// addition is the request with which Okta's Push Groups puts somebody into a
// group, removal the one that takes somebody out.
func addition(member, display string) []byte {
	return groupPatch("add", "members", scim.ArrayOf(scim.ObjectOf(
		scim.Member{Name: "value", Value: scim.StringOf(member)}, scim.Member{Name: "display", Value: scim.StringOf(display)})))
}

func removal(member string) []byte {
	return groupPatch("remove", "members[value eq "+scim.StringOf(member).String()+"]", scim.Value{})
}

func groupPatch(op, path string, value scim.Value) []byte {
	operation := []scim.Member{{Name: "op", Value: scim.StringOf(op)}, {Name: "path", Value: scim.StringOf(path)}}
	if value.Kind() != scim.Absent {
		operation = append(operation, scim.Member{Name: "value", Value: value})
	}
	return scim.ObjectOf(
		scim.Member{Name: "schemas", Value: scim.ArrayOf(scim.StringOf(scim.PatchURN))},
		scim.Member{Name: "Operations", Value: scim.ArrayOf(scim.ObjectOf(operation...))}).Append(nil)
}

// join puts somebody into a group: the shown user into the wanted group, or the
// wanted user into the shown group. wanted is a name or an id.
func join(d *deps, tag string, shown, other noun, row listRow, wanted string) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(d.ctx, 30*time.Second)
		defer cancel()
		m := asked{tag: tag}
		id, err := findOne(ctx, d, other, wanted)
		if err != nil {
			m.err = err
			return m
		}
		group, body := id, addition(row.id, row.name)
		if shown.isGroup() {
			group, body = row.id, addition(id, wanted)
		}
		m.status, m.body, m.err = d.opts.Do(ctx, "tui", "PATCH", groupPath(group), body)
		return m
	}
}

// findOne finds the id of a user or group by its id or name.
func findOne(ctx context.Context, d *deps, of noun, wanted string) (id string, err error) {
	if _, ok, err := d.opts.Store.GetBare(of.t, nil, wanted); ok || err != nil {
		return wanted, err
	}
	name := "userName"
	if of.isGroup() {
		name = "displayName"
	}
	expr, err := scim.ParseFilter(name + " eq " + scim.StringOf(wanted).String())
	if err != nil {
		return "", err
	}
	f, err := of.t.Compile(expr)
	if err != nil {
		return "", err
	}
	n := 0
	_, err = d.opts.Store.List(ctx, of.t, store.Query{Filter: f, Count: 2, NoTotal: true, Bare: true}, func(doc []byte) {
		id = string(scim.DocID(doc))
		n++
	})
	switch {
	case err != nil:
		return "", err
	case n == 0:
		return "", errors.New("there is no " + of.one + " with that " + name + " or id")
	case n > 1:
		return "", errors.New("more than one " + of.one + " has that name: give the id")
	}
	return id, nil
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
