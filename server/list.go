package server

import (
	"net/http"
	"slices"
	"strings"

	"scimdeck/scim"
	"scimdeck/store"
)

// Lists: GET of a collection, POST to .search, and both at the root of the base
// URL, where they ask all resource types (RFC 7644 §3.4.2, §3.4.3).

// list is GET /Users.
func (c *call) list(t *scim.ResourceType, _ string) (reply, error) {
	c.ex.Type = t.Name
	q, err := c.query(listing)
	c.ex.Filter = q.filter
	if err != nil {
		return reply{}, err
	}
	return c.find(t, q)
}

// search is POST /Users/.search.
func (c *call) search(t *scim.ResourceType, _ string) (reply, error) {
	c.ex.Type = t.Name
	q, err := c.searchRequest()
	if err != nil {
		return reply{}, err
	}
	return c.find(t, q)
}

// root is GET on the base URL. Without a query it is somebody who looks whether
// the URL is right: that is answered with where to go on.
func (c *call) root(_ *scim.ResourceType, _ string) (reply, error) {
	q, err := c.query(listing)
	c.ex.Filter = q.filter
	if err != nil {
		return reply{}, err
	}
	if c.r.URL.RawQuery == "" {
		return reply{}, scim.Errorf(http.StatusNotFound, "", "this is the base URL; resources are below it, at %s", c.s.catalog.Types[0].Endpoint)
	}
	return c.findAll(q)
}

// searchAll is POST /.search.
func (c *call) searchAll(_ *scim.ResourceType, _ string) (reply, error) {
	q, err := c.searchRequest()
	if err != nil {
		return reply{}, err
	}
	return c.findAll(q)
}

// longerByPOST is how much longer a filter in a body may be than one in a URL.
const longerByPOST = 8

// searchRequest reads the query in a body. One in the URL has no effect.
func (c *call) searchRequest() (query, error) {
	q, err := c.query(nothing)
	if err != nil {
		return q, err
	}
	body, err := c.readBody(c.s.limits.BodyBytes)
	if err != nil {
		return q, err
	}
	r, err := scim.ReadSearch(body)
	c.ex.Filter = r.Filter
	if err != nil {
		return q, err
	}
	if n, most := len(r.Filter), longerByPOST*c.s.limits.FilterBytes; n > most {
		return q, scim.Errorf(http.StatusBadRequest, scim.InvalidFilter, "the filter is %d bytes long, at most %d are read", n, most)
	}
	q.attributes, q.excluded, q.filter, q.sortBy, q.sortOrder = r.Attributes, r.Excluded, r.Filter, r.SortBy, r.SortOrder
	if r.StartIndex != nil {
		q.start, q.indexed = *r.StartIndex, true
	}
	if r.Count != nil {
		q.count = *r.Count
	}
	if r.Cursor != nil {
		q.cursor, q.walk = *r.Cursor, true
	}
	return q, c.s.tame(&q)
}

// find replies with the resources of one type that a query asks for.
func (c *call) find(t *scim.ResourceType, q query) (reply, error) {
	var f *scim.Filter
	if q.filter != "" {
		var notes []scim.Note
		var err error
		f, notes, err = t.ReadFilter(q.filter, c.s.policy)
		c.note(notes)
		if err != nil {
			return reply{}, inFilter(err)
		}
	}
	var order *scim.Sort
	if q.sortBy != "" || q.sortOrder != "" {
		var err error
		if order, err = t.Sort(q.sortBy, q.sortOrder); err != nil {
			return reply{}, err
		}
	}
	view, err := t.Project(q.attributes, q.excluded)
	if err != nil {
		return reply{}, err
	}
	if err := c.wait(); err != nil {
		return reply{}, err
	}
	c.startList()
	c.view = view
	ask := store.Query{Filter: f, Sort: order, Start: q.start, Count: q.count, Bare: c.s.bare(t, view)}
	if q.walk {
		return c.walkOne(t, q, ask)
	}
	total, err := c.s.store.List(c.r.Context(), t, ask, c.emit)
	if err != nil {
		return reply{}, err
	}
	return c.endList(total, q.start), nil
}

// walkOne is find for a cursor walk.
func (c *call) walkOne(t *scim.ResourceType, q query, ask store.Query) (reply, error) {
	bound := scope(t.Endpoint, []*scim.Filter{ask.Filter}, []*scim.Sort{ask.Sort})
	return c.walk(q, bound, func(place store.Query) (store.Page, error) {
		ask.Start, ask.After, ask.Before = 0, place.After, place.Before
		return c.s.store.Page(c.r.Context(), t, ask, c.emit)
	})
}

// inFilter says where the column of an error is one: a request has more
// than a filter.
func inFilter(err error) error {
	if e, ok := err.(*scim.Error); ok && strings.HasPrefix(e.Detail, "column ") {
		return &scim.Error{Status: e.Status, Type: e.Type, Detail: "filter, " + e.Detail}
	}
	return err
}

// findAll replies with the resources of all types that a query asks for (RFC
// 7644 §3.4.2.1).
func (c *call) findAll(q query) (reply, error) {
	types := c.s.catalog.Types
	filters := make([]*scim.Filter, len(types))
	if q.filter != "" {
		var notes []scim.Note
		var err error
		filters, notes, err = c.s.catalog.ReadFilter(q.filter, c.s.policy)
		c.note(notes)
		if err != nil {
			return reply{}, inFilter(err)
		}
	}
	orders, err := c.s.catalog.Sort(q.sortBy, q.sortOrder)
	if err != nil {
		return reply{}, err
	}
	views, err := c.s.catalog.Project(q.attributes, q.excluded)
	if err != nil {
		return reply{}, err
	}
	if err := c.wait(); err != nil {
		return reply{}, err
	}
	parts := make([]store.Part, len(types))
	for i, t := range types {
		parts[i] = store.Part{Type: t, Filter: filters[i], Sort: orders[i], Bare: c.s.bare(t, views[i])}
	}
	emit := func(t *scim.ResourceType, doc []byte) {
		c.view = views[slices.Index(types, t)]
		c.emit(doc)
	}
	c.startList()
	if q.walk {
		return c.walk(q, scope("/", filters, orders), func(place store.Query) (store.Page, error) {
			return c.s.store.Search(c.r.Context(), parts, place, emit)
		})
	}
	page, err := c.s.store.Search(c.r.Context(), parts, store.Query{Start: q.start, Count: q.count}, emit)
	if err != nil {
		return reply{}, err
	}
	return c.endList(page.Total, q.start), nil
}
