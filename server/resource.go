package server

import (
	"net/http"

	"scimdeck/scim"
	"scimdeck/store"
)

// The verbs on resources: each is the same for every resource type.

// read is GET /Users/{id} (RFC 7644 §3.4.1).
func (c *call) read(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	if err := c.wait(); err != nil {
		return reply{}, err
	}
	doc, ok, err := c.s.store.Get(t, c.doc[:0], id)
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
	return c.resource(http.StatusOK, doc), nil
}

// list is GET /Users (RFC 7644 §3.4.2).
func (c *call) list(t *scim.ResourceType, _ string) (reply, error) {
	c.ex.Type = t.Name
	q, err := c.query()
	c.ex.Filter = q.filter
	if err != nil {
		return reply{}, err
	}
	f, err := compile(t, q.filter)
	if err != nil {
		return reply{}, err
	}
	if err := c.wait(); err != nil {
		return reply{}, err
	}
	c.startList()
	total, err := c.s.store.List(c.r.Context(), t, store.Query{Filter: f, Start: q.start, Count: q.count}, c.emit)
	if err != nil {
		return reply{}, err
	}
	return c.endList(total, q.start), nil
}

// create is POST /Users (RFC 7644 §3.3).
func (c *call) create(t *scim.ResourceType, _ string) (reply, error) {
	c.ex.Type = t.Name
	d, err := c.draft(t)
	if err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Create(c.r.Context(), t, d)
	if err != nil {
		return reply{}, err
	}
	c.changed(ch)
	c.ex.ID = string(scim.DocID(ch.After))
	r := c.resource(http.StatusCreated, ch.After)
	r.location = c.base + t.Endpoint + "/" + c.ex.ID
	return r, nil
}

// replace is PUT /Users/{id} (RFC 7644 §3.5.1).
func (c *call) replace(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	d, err := c.draft(t)
	if err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Replace(c.r.Context(), t, id, d, c.condition())
	if err != nil {
		return reply{}, err
	}
	c.changed(ch)
	return c.resource(http.StatusOK, ch.After), nil
}

// patch is PATCH /Users/{id} (RFC 7644 §3.5.2). The answer has the resource:
// that serves every client, where 204 does not.
func (c *call) patch(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	body, err := c.readBody()
	if err != nil {
		return reply{}, err
	}
	p, notes, err := t.ReadPatch(body, c.s.policy)
	c.note(notes)
	if err != nil {
		return reply{}, err
	}
	if err := p.CheckID(id); err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Patch(c.r.Context(), t, id, p, c.condition())
	if err != nil {
		return reply{}, err
	}
	c.changed(ch)
	return c.resource(http.StatusOK, ch.After), nil
}

// remove is DELETE /Users/{id} (RFC 7644 §3.6).
func (c *call) remove(t *scim.ResourceType, id string) (reply, error) {
	c.ex.Type, c.ex.ID = t.Name, id
	if err := c.wait(); err != nil {
		return reply{}, err
	}
	ch, err := c.s.store.Delete(c.r.Context(), t, id, c.condition())
	if err != nil {
		return reply{}, err
	}
	c.changed(ch)
	return reply{status: http.StatusNoContent}, nil
}

// search is POST /Users/.search; any other id cannot be posted to.
func (c *call) search(t *scim.ResourceType, id string) (reply, error) {
	if id == ".search" {
		return unsupported("/.search is not supported: use GET with a filter")(c, t, id)
	}
	allow := c.s.allowed(c.ex.Path)
	return reply{allow: allow}, scim.Errorf(http.StatusMethodNotAllowed, "", "POST is not allowed on %s, only %s", clip(c.ex.Path), allow)
}

// draft reads the resource in a body.
func (c *call) draft(t *scim.ResourceType) (scim.Draft, error) {
	body, err := c.readBody()
	if err != nil {
		return scim.Draft{}, err
	}
	d, notes, err := t.Read(body, c.s.policy)
	c.note(notes)
	return d, err
}

// changed notes what a write did.
func (c *call) changed(ch store.Change) { c.ex.Before, c.ex.After = ch.Before, ch.After }

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
	c.ex.Note(groupsOff)
	q, err := c.query()
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
