package server

import (
	"net/http"

	"scimdeck/scim"
	"scimdeck/store"
)

// The verbs on single resources: each is the same for every resource type. All
// that can be refused without looking at the resource is refused before it is
// touched: the query, the body, the choice of attributes.

// read is GET /Users/{id} (RFC 7644 §3.4.1).
func (c *call) read(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	q, err := c.query(choosing)
	if err != nil {
		return reply{}, err
	}
	view, err := t.Project(q.attributes, q.excluded)
	if err != nil {
		return reply{}, err
	}
	if err := c.wait(); err != nil {
		return reply{}, err
	}
	get := c.s.store.Get
	if c.s.bare(t, view) {
		get = c.s.store.GetBare
	}
	doc, ok, err := get(t, c.doc[:0], id)
	if err != nil {
		return reply{}, err
	}
	if !ok {
		return reply{}, store.NotFound(t, id)
	}
	c.doc = doc
	if none := c.r.Header["If-None-Match"]; none != nil {
		if v := scim.DocVersion(doc); tagIn(none, v) {
			return reply{status: http.StatusNotModified, version: v}, nil
		}
	}
	return c.resource(http.StatusOK, doc, view), nil
}

// create is POST /Users (RFC 7644 §3.3).
func (c *call) create(t *scim.ResourceType, _ string) (reply, error) {
	c.ex.Type = t.Name
	q, d, err := c.draft(t)
	if err != nil {
		return reply{}, err
	}
	view, err := t.Project(q.attributes, q.excluded, t.Written(d)...)
	if err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Create(c.r.Context(), t, d)
	if err != nil {
		return reply{}, err
	}
	id := scim.DocID(ch.After)
	location := c.base + t.Endpoint + "/" + string(id)
	c.ex.ID = location[len(location)-len(id):]
	r, err := c.changed(t, http.StatusCreated, ch, view)
	r.location = location
	return r, err
}

// replace is PUT /Users/{id} (RFC 7644 §3.5.1).
func (c *call) replace(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	q, d, err := c.draft(t)
	if err != nil {
		return reply{}, err
	}
	view, err := t.Project(q.attributes, q.excluded, t.Written(d)...)
	if err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Replace(c.r.Context(), t, id, d, c.condition())
	if err != nil {
		return reply{}, err
	}
	return c.changed(t, http.StatusOK, ch, view)
}

// patch is PATCH /Users/{id} (RFC 7644 §3.5.2). The answer has the resource:
// that serves every client, where 204 does not.
func (c *call) patch(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	q, body, err := c.queryAndBody()
	if err != nil {
		return reply{}, err
	}
	p, err := c.readPatch(t, id, body)
	if err != nil {
		return reply{}, err
	}
	view, err := t.Project(q.attributes, q.excluded, p.Written()...)
	if err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Patch(c.r.Context(), t, id, p, c.condition())
	if err != nil {
		return reply{}, err
	}
	return c.changed(t, http.StatusOK, ch, view)
}

// remove is DELETE /Users/{id} (RFC 7644 §3.6).
func (c *call) remove(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	if _, err := c.query(nothing); err != nil {
		return reply{}, err
	}
	if err := c.wait(); err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Delete(c.r.Context(), t, id, c.condition())
	if err != nil {
		return reply{}, err
	}
	c.ex.Before = ch.Before
	return reply{status: http.StatusNoContent}, nil
}

// draft reads the query and the resource in the body of a POST or PUT.
func (c *call) draft(t *scim.ResourceType) (query, scim.Draft, error) {
	q, body, err := c.queryAndBody()
	if err != nil {
		return q, scim.Draft{}, err
	}
	d, notes, err := t.Read(body, c.s.policy)
	c.note(notes)
	return q, d, err
}

// readPatch reads the PATCH of a resource.
func (c *call) readPatch(t *scim.ResourceType, id string, body scim.Value) (*scim.Patch, error) {
	p, notes, err := t.ReadPatch(body, c.s.policy)
	c.note(notes)
	if err != nil {
		return nil, err
	}
	return p, p.CheckID(id)
}

func (c *call) queryAndBody() (query, scim.Value, error) {
	q, err := c.query(choosing)
	if err != nil {
		return q, scim.Value{}, err
	}
	body, err := c.readBody(c.s.limits.BodyBytes)
	return q, body, err
}

// changed replies with a resource after a write and notes what that did.
func (c *call) changed(t *scim.ResourceType, status int, ch store.Change, view *scim.Projection) (reply, error) {
	ex := c.ex
	ex.Before, ex.After, ex.Joined, ex.Left = ch.Before, ch.After, ch.Joined, ch.Left
	doc := ch.After
	if r := c.s.relation(t); r != "" && view.Wants(r) {
		var err error
		if doc, err = c.s.store.Complete(t, c.doc[:0], doc); err != nil {
			return reply{}, err
		}
		c.doc = doc
	}
	return c.resource(status, doc, view), nil
}

// relation names what the store keeps beside the doc of a type: a Group's
// members, a User's groups; "" for nothing.
func (s *Server) relation(t *scim.ResourceType) string {
	switch {
	case !s.groups:
	case t.Name == "Group":
		return "members"
	case t.Name == "User":
		return "groups"
	}
	return ""
}

// bare reports whether an answer shows nothing of what is kept beside the doc, so
// that it need not be read.
func (s *Server) bare(t *scim.ResourceType, view *scim.Projection) bool {
	r := s.relation(t)
	return r != "" && !view.Wants(r)
}

// groupsOff says how to have groups.
const groupsOff = `groups are off: set "groups": true in config.hujson or SCIMDECK_GROUPS=true`

// unsupported answers 501 with a reason.
func unsupported(why string) verb {
	return func(*call, *scim.ResourceType, string) (reply, error) {
		return reply{}, &scim.Error{Status: http.StatusNotImplemented, Detail: why}
	}
}

// emptyGroups is GET /Groups while groups are off: an import that asks for them goes on.
func (c *call) emptyGroups(_ *scim.ResourceType, _ string) (reply, error) {
	c.ex.Type = "Group"
	if err := c.lenient(noGroups, groupsOff, http.StatusNotFound, groupsOff); err != nil {
		return reply{}, err
	}
	q, err := c.query(listing)
	c.ex.Filter = q.filter
	if err != nil {
		return reply{}, err
	}
	c.startList()
	return c.endList(0, q.start), nil
}

func (c *call) missingGroup(_ *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = "Group", id
	c.ex.Note(groupsOff)
	return reply{}, scim.Errorf(http.StatusNotFound, "", "there is no Group with the id %q: groups are off", clip(id))
}
