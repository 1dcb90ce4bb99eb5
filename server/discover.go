package server

import (
	"net/http"
	"strings"
	"time"

	"scimdeck/scim"
)

// The discovery endpoints (RFC 7644 §4) say what is true of this server. They
// are asked for once in a while, so they are made anew for each request. Paging
// and sorting are ignored there, as RFC 7644 §4 has it.

// features is what this server says of itself.
func (s *Server) features() scim.Features {
	return scim.Features{
		Patch:          true,
		Sort:           true,
		ETag:           true,
		Cursor:         true,
		CursorTimeout:  int(s.limits.CursorAge / time.Second),
		Interop:        s.policy.Mode == scim.Interop,
		FilterMax:      s.limits.PageSize,
		PageSize:       s.pageSize(),
		BulkOperations: s.limits.BulkOperations,
		BulkBytes:      int(s.limits.BulkBytes),
	}
}

// config is GET /ServiceProviderConfig (RFC 7643 §5).
func (c *call) config(_ *scim.ResourceType, _ string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	return document(c.s.catalog.ConfigDoc(c.base, c.s.features())), nil
}

// resourceTypes is GET /ResourceTypes (RFC 7643 §6).
func (c *call) resourceTypes(_ *scim.ResourceType, _ string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	c.startList()
	for _, t := range c.s.catalog.Types {
		c.append(c.s.catalog.TypeDoc(c.base, t))
	}
	return c.endList(c.listed, 1), nil
}

func (c *call) resourceType(_ *scim.ResourceType, id string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	t := c.s.catalog.Type(id)
	if t == nil {
		return reply{}, scim.Errorf(http.StatusNotFound, "", "there is no resource type %q", clip(id))
	}
	return document(c.s.catalog.TypeDoc(c.base, t)), nil
}

// schemas is GET /Schemas (RFC 7643 §7).
func (c *call) schemas(_ *scim.ResourceType, _ string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	c.startList()
	for _, s := range c.s.catalog.Schemas {
		c.append(c.s.catalog.SchemaDoc(c.base, s))
	}
	return c.endList(c.listed, 1), nil
}

func (c *call) schema(_ *scim.ResourceType, id string) (reply, error) {
	if err := c.unfiltered(); err != nil {
		return reply{}, err
	}
	s := c.s.catalog.Schema(id)
	if s == nil {
		return reply{}, scim.Errorf(http.StatusNotFound, "", "there is no schema %q", clip(id))
	}
	return document(c.s.catalog.SchemaDoc(c.base, s)), nil
}

// unfiltered refuses a filter (RFC 7644 §4: 403).
func (c *call) unfiltered() error {
	for part := range strings.SplitSeq(c.r.URL.RawQuery, "&") {
		if name, _, _ := strings.Cut(part, "="); parameter(name) == scim.ParamFilter {
			return scim.Errorf(http.StatusForbidden, "", "discovery endpoints take no filter")
		}
	}
	return nil
}

func document(doc []byte) reply { return reply{status: http.StatusOK, body: doc} }
