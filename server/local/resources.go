package local

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/store"
)

const (
	pageCount = 10_000   // resources in a page
	pageBytes = 64 << 20 // and their bytes
)

// page writes the docs of a page, a line each. It gathers them first: a client
// that reads slowly must not hold up the store.
func (s *service) page(w *flow, r *http.Request) error {
	t, err := s.resourceType(r)
	if err != nil {
		return err
	}
	q, err := readQuery(r.URL.Query(), t)
	if err != nil {
		return err
	}
	var docs bytes.Buffer
	page, err := s.o.Store.Page(r.Context(), t, q, func(doc []byte) {
		if docs.Len() <= pageBytes {
			docs.Write(doc)
			docs.WriteByte('\n')
		}
	})
	if err != nil {
		return err
	}
	if docs.Len() > pageBytes {
		return fmt.Errorf("%d resources are more than %d MiB: ask for fewer at once", q.Count, pageBytes>>20)
	}
	w.result = page
	_, err = docs.WriteTo(w)
	return err
}

// get writes nothing for a resource that is not there.
func (s *service) get(w *flow, r *http.Request) error {
	t, err := s.resourceType(r)
	if err != nil {
		return err
	}
	v, get := r.URL.Query(), s.o.Store.Get
	if v.Has("bare") {
		get = s.o.Store.GetBare
	}
	doc, ok, err := get(t, nil, v.Get("id"))
	if err != nil || !ok {
		return err
	}
	_, err = w.Write(doc)
	return err
}

func (s *service) count(r *http.Request) (int, error) {
	t, err := s.resourceType(r)
	if err != nil {
		return 0, err
	}
	return s.o.Store.Count(t), nil
}

func (s *service) size(*http.Request) (int64, error) { return s.o.Store.Size(), nil }

// writeQuery and readQuery face each other.
func writeQuery(q store.Query) url.Values {
	v := url.Values{}
	set := func(name, text string, wanted bool) {
		if wanted {
			v.Set(name, text)
		}
	}
	if q.Filter != nil {
		v.Set("filter", q.Filter.String())
	}
	if q.Sort != nil {
		v.Set("sort", q.Sort.String())
	}
	set("start", strconv.Itoa(q.Start), q.Start != 0)
	set("count", strconv.Itoa(q.Count), q.Count != 0)
	if q.After != nil {
		v.Set("after", writePosition(*q.After))
	}
	if q.Before != nil {
		v.Set("before", writePosition(*q.Before))
	}
	set("noTotal", "true", q.NoTotal)
	set("bare", "true", q.Bare)
	return v
}

func readQuery(v url.Values, t *scim.ResourceType) (q store.Query, err error) {
	number := func(name string) (n int) {
		if text := v.Get(name); text != "" && err == nil {
			n, err = strconv.Atoi(text)
		}
		return n
	}
	position := func(name string) (p *store.Position) {
		if text := v.Get(name); text != "" && err == nil {
			p, err = readPosition(text)
		}
		return p
	}
	q = store.Query{
		Start: number("start"), Count: number("count"), After: position("after"), Before: position("before"),
		NoTotal: v.Has("noTotal"), Bare: v.Has("bare"),
	}
	if err != nil {
		return q, err
	}
	if q.Count > pageCount {
		return q, fmt.Errorf("%d resources are too many at once: ask for at most %d", q.Count, pageCount)
	}
	if text := v.Get("filter"); text != "" {
		if q.Filter, _, err = t.ReadFilter(text, scim.Policy{}); err != nil {
			return q, err
		}
	}
	by, order, _ := strings.Cut(v.Get("sort"), " ")
	q.Sort, err = t.Sort(by, order)
	return q, err
}

// A position is its number and its key, "17.AX9h".
func writePosition(p store.Position) string {
	return strconv.FormatUint(p.Seq, 10) + "." + base64.RawURLEncoding.EncodeToString(p.Key)
}

func readPosition(text string) (*store.Position, error) {
	seq, key, ok := strings.Cut(text, ".")
	n, err := strconv.ParseUint(seq, 10, 64)
	p := &store.Position{Seq: n}
	if err == nil && key != "" {
		p.Key, err = base64.RawURLEncoding.DecodeString(key)
	}
	if err != nil || !ok {
		return nil, fmt.Errorf("%q is no position in a list", text)
	}
	return p, nil
}

// List calls emit with the stored doc of each resource of the page (valid only
// during the call) and returns how many match in all. A page has at most 10,000
// resources and 64 MiB; more is an error.
func (c *Client) List(ctx context.Context, t *scim.ResourceType, q store.Query, emit func(doc []byte)) (total int, err error) {
	p, err := c.Page(ctx, t, q, emit)
	return p.Total, err
}

// Page is List that tells more: give Last as the next query's After.
func (c *Client) Page(ctx context.Context, t *scim.ResourceType, q store.Query, emit func(doc []byte)) (page store.Page, err error) {
	resp, err := c.send(ctx, http.MethodGet, "/resources/"+url.PathEscape(t.Name)+"?"+writeQuery(q).Encode(), nil)
	if err != nil {
		return page, err
	}
	err = c.lines(ctx, resp, &page, func(line []byte) error {
		emit(line)
		return nil
	})
	return page, err
}

// Get appends the stored doc of a resource to dst, with the members of a Group
// and the groups of a User. ok is false when there is none.
func (c *Client) Get(ctx context.Context, t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	return c.get(ctx, t, dst, id, false)
}

// GetBare is Get without a Group's members and a User's groups.
func (c *Client) GetBare(ctx context.Context, t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error) {
	return c.get(ctx, t, dst, id, true)
}

func (c *Client) get(ctx context.Context, t *scim.ResourceType, dst []byte, id string, bare bool) (doc []byte, ok bool, err error) {
	v := url.Values{"id": {id}}
	if bare {
		v.Set("bare", "true")
	}
	resp, err := c.send(ctx, http.MethodGet, "/resource/"+url.PathEscape(t.Name)+"?"+v.Encode(), nil)
	if err != nil {
		return dst, false, err
	}
	doc = dst
	err = c.lines(ctx, resp, nil, func(line []byte) error {
		doc = append(doc, line...)
		return nil
	})
	return doc, len(doc) > len(dst), err
}

// Count returns how many resources of the type there are.
func (c *Client) Count(ctx context.Context, t *scim.ResourceType) (int, error) {
	return call[int](ctx, c, http.MethodGet, "/count/"+url.PathEscape(t.Name), nil)
}

// Size returns the bytes that the database takes on disk; 0 in memory.
func (c *Client) Size(ctx context.Context) (int64, error) {
	return call[int64](ctx, c, http.MethodGet, "/size", nil)
}
