package local

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// given is what a verb gave.
type given struct {
	values []any
	err    string
	scim   *scim.Error
	closed bool
}

func give(err error, values ...any) given {
	g := given{values: values}
	if err != nil {
		g.err, g.closed = err.Error(), errors.Is(err, store.ErrClosed)
		errors.As(err, &g.scim)
	}
	return g
}

// verb is one verb, asked of the store and of a client of it.
type verb struct {
	name   string
	store  func() given
	client func(context.Context, *Client) given
}

// listed are the verbs that list, with a query.
func listed(st *store.Store, t *scim.ResourceType, name string, q store.Query) verb {
	return verb{
		"page " + name,
		func() given {
			var docs []string
			p, err := st.Page(context.Background(), t, q, func(doc []byte) { docs = append(docs, string(doc)) })
			return give(err, p, docs)
		},
		func(ctx context.Context, c *Client) given {
			var docs []string
			p, err := c.Page(ctx, t, q, func(doc []byte) { docs = append(docs, string(doc)) })
			return give(err, p, docs)
		},
	}
}

func got(st *store.Store, t *scim.ResourceType, id string) verb {
	return verb{
		fmt.Sprintf("get %q", id),
		func() given {
			doc, ok, err := st.Get(t, []byte("x"), id)
			bare, ok2, err2 := st.GetBare(t, nil, id)
			return give(errors.Join(err, err2), string(doc), ok, string(bare), ok2)
		},
		func(ctx context.Context, c *Client) given {
			doc, ok, err := c.Get(ctx, t, []byte("x"), id)
			bare, ok2, err2 := c.GetBare(ctx, t, nil, id)
			return give(errors.Join(err, err2), string(doc), ok, string(bare), ok2)
		},
	}
}

func membered(st *store.Store, id string, start, count int) verb {
	var docs []string
	emit := func(resourceType string, doc []byte) { docs = append(docs, resourceType+" "+string(doc)) }
	return verb{
		fmt.Sprintf("members %q %d %d", id, start, count),
		func() given {
			docs = nil
			n, ok, err := st.Members(id, start, count, emit)
			return give(err, n, ok, docs)
		},
		func(ctx context.Context, c *Client) given {
			docs = nil
			n, ok, err := c.Members(ctx, id, start, count, emit)
			return give(err, n, ok, docs)
		},
	}
}

func logged(st *store.Store, seq uint64) verb {
	return verb{
		fmt.Sprint("exchange ", seq),
		func() given { ex, ok, err := st.Exchange(seq); return give(err, ex, ok) },
		func(ctx context.Context, c *Client) given {
			ex, ok, err := c.Exchange(ctx, seq)
			return give(err, ex, ok)
		},
	}
}

// all gives what a sequence has up to its error.
func all(seq iter.Seq2[*wire.Exchange, error]) (list []*wire.Exchange, err error) {
	for ex, err := range seq {
		if err != nil {
			return list, err
		}
		list = append(list, ex)
	}
	return list, nil
}

func loggedMany(st *store.Store, numbers ...uint64) verb {
	return verb{
		fmt.Sprint("exchanges ", len(numbers)),
		func() given {
			list, err := all(st.Exchanges(context.Background(), numbers))
			return give(err, list)
		},
		func(ctx context.Context, c *Client) given {
			for range c.Exchanges(ctx, numbers) { // one that stops early does no harm
				break
			}
			list, err := all(c.Exchanges(ctx, numbers))
			return give(err, list)
		},
	}
}

func rowed(st *store.Store, after uint64, most int) verb {
	before := []*store.Row{{Method: "before"}}
	return verb{
		fmt.Sprintf("rows %d %d", after, most),
		func() given { return give(nil, st.Rows(before, after, most)) },
		func(ctx context.Context, c *Client) given {
			rows, err := c.Rows(ctx, before, after, most)
			return give(err, rows)
		},
	}
}

func series(n int) (numbers []uint64) {
	for i := range n {
		numbers = append(numbers, uint64(n-i))
	}
	return numbers
}

// changed are the verbs that change a key: what is refused, and what changes nothing.
func changed(name string, st func() error, c func(context.Context, *Client) error) verb {
	return verb{name, func() given { return give(st()) }, func(ctx context.Context, cl *Client) given { return give(c(ctx, cl)) }}
}

func verbs(t testing.TB, st *store.Store, ids []string) []verb {
	p, err := st.Page(t.Context(), users, store.Query{Count: 2, Sort: sorted(t, "displayName", "")}, func([]byte) {})
	if err != nil {
		t.Fatal(err)
	}
	second := p.Last
	long := strings.Repeat("x", store.NoteBytes+1)
	var team string
	if _, err := st.List(t.Context(), groups, store.Query{Count: 1}, func(doc []byte) { team = string(scim.DocID(doc)) }); err != nil {
		t.Fatal(err)
	}
	far := time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)
	return []verb{
		{
			"keys", func() given { return give(nil, st.Keys()) },
			func(ctx context.Context, c *Client) given { k, err := c.Keys(ctx); return give(err, k) },
		},
		{
			"count", func() given { return give(nil, st.Count(users), st.Count(groups)) },
			func(ctx context.Context, c *Client) given {
				u, err := c.Count(ctx, users)
				g, err2 := c.Count(ctx, groups)
				return give(errors.Join(err, err2), u, g)
			},
		},
		{
			"size", func() given { return give(nil, st.Size()) },
			func(ctx context.Context, c *Client) given { n, err := c.Size(ctx); return give(err, n) },
		},
		{
			"log state", func() given { return give(nil, st.LogState()) },
			func(ctx context.Context, c *Client) given { s, err := c.LogState(ctx); return give(err, s) },
		},
		{
			"remarks", func() given { return give(nil, st.Remarks()) },
			func(ctx context.Context, c *Client) given { m, err := c.Remarks(ctx); return give(err, m) },
		},
		changed("mark: gone", func() error { return st.SetMark(1<<63, true) }, func(ctx context.Context, c *Client) error { return c.SetMark(ctx, 1<<63, true) }),
		changed("mark again", func() error { return st.SetMark(3, true) }, func(ctx context.Context, c *Client) error { return c.SetMark(ctx, 3, true) }),
		changed("note: too long", func() error { return st.SetNote(3, long) }, func(ctx context.Context, c *Client) error { return c.SetNote(ctx, 3, long) }),
		rowed(st, 0, 0), rowed(st, 0, 3), rowed(st, 2000, 0), rowed(st, 10, 1234), rowed(st, 1<<63, 0),
		logged(st, 1), logged(st, 2500), logged(st, 1<<63),
		loggedMany(st), loggedMany(st, 1<<63, 3, 1, 2), loggedMany(st, series(3000)...),
		got(st, users, ids[1]), got(st, users, ""), got(st, users, ".."), got(st, users, "a/b?c"), got(st, groups, ids[1]),
		membered(st, team, 1, 5), membered(st, team, 2, 5), membered(st, team, 0, 0), membered(st, ids[1], 1, 1), membered(st, "a/b?c", 1, 1),
		listed(st, users, "all", store.Query{Count: 100}),
		listed(st, users, "none", store.Query{}),
		listed(st, users, "second", store.Query{Start: 2, Count: 1}),
		listed(st, users, "behind", store.Query{Start: 99, Count: 5}),
		listed(st, users, "filter", store.Query{Filter: filter(t, `userName sw "user" and not (displayName co "&7>")`), Count: 3}),
		listed(st, users, "sort", store.Query{Sort: sorted(t, "displayName", "descending"), Count: 4}),
		listed(st, users, "after", store.Query{Sort: sorted(t, "displayName", ""), After: &second, Count: 2}),
		listed(st, users, "before", store.Query{Sort: sorted(t, "displayName", ""), Before: &second, Count: 2, NoTotal: true}),
		listed(st, users, "bare", store.Query{Bare: true, Count: 5}),
		listed(st, groups, "groups", store.Query{Count: 5}),
		changed("create: name taken", func() error { _, _, err := st.CreateKey("okta", time.Time{}); return err },
			func(ctx context.Context, c *Client) error {
				_, _, err := c.CreateKey(ctx, "okta", time.Time{})
				return err
			}),
		changed("create: bad name", func() error { _, _, err := st.CreateKey("ä", time.Time{}); return err },
			func(ctx context.Context, c *Client) error {
				_, _, err := c.CreateKey(ctx, "ä", time.Time{})
				return err
			}),
		changed("create: far", func() error { _, _, err := st.CreateKey("far", far); return err },
			func(ctx context.Context, c *Client) error { _, _, err := c.CreateKey(ctx, "far", far); return err }),
		changed("rename: none such", func() error { return st.RenameKey(99, "x") }, func(ctx context.Context, c *Client) error { return c.RenameKey(ctx, 99, "x") }),
		changed("rename: taken", func() error { return st.RenameKey(1, "ci") }, func(ctx context.Context, c *Client) error { return c.RenameKey(ctx, 1, "ci") }),
		changed("expire: far", func() error { return st.ExpireKey(1, far) }, func(ctx context.Context, c *Client) error { return c.ExpireKey(ctx, 1, far) }),
		changed("disable: revoked", func() error { return st.DisableKey(3) }, func(ctx context.Context, c *Client) error { return c.DisableKey(ctx, 3) }),
		changed("enable: revoked", func() error { return st.EnableKey(3) }, func(ctx context.Context, c *Client) error { return c.EnableKey(ctx, 3) }),
		changed("revoke again", func() error { return st.RevokeKey(3) }, func(ctx context.Context, c *Client) error { return c.RevokeKey(ctx, 3) }),
	}
}

// The law: each verb over the socket gives what the store gives, also when the store is closed.
func TestVerbs(t *testing.T) {
	st := open(t)
	all := verbs(t, st, furnish(t, st))
	compare := func(t *testing.T, c *Client) {
		t.Helper()
		for _, v := range all {
			if have, want := v.client(t.Context(), c), v.store(); !reflect.DeepEqual(have, want) {
				t.Errorf("%s\nhave %+v\nwant %+v", v.name, have, want)
			}
		}
	}
	clients(t, Options{Store: st, Catalog: catalog}, compare)
	clients(t, Options{Store: st, Catalog: catalog}, func(t *testing.T, c *Client) {
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		compare(t, c)
		if err := c.ClearLog(t.Context()); !errors.Is(err, store.ErrClosed) {
			t.Errorf("clearing the log of a closed store: %v", err)
		}
	})
}

// A request with header fields of its own reaches the handlers with those, and is
// in the log when it is answered; what another server has answered is logged too,
// but nothing that is no replay.
func TestSendAndLog(t *testing.T) {
	st := open(t)
	var got *wire.Request
	c := Within(Options{Store: st, Catalog: scim.NewCatalog(false), Send: func(_ context.Context, source string, r *wire.Request) (int, []byte, error) {
		got = r
		st.Log(&wire.Exchange{Source: source, Method: r.Method, Path: r.Path, Status: 412})
		return 412, []byte("{}"), nil
	}})
	defer c.Close()
	sent := &wire.Request{Method: "PUT", Path: "/Users/1", Header: []wire.Field{{Name: "If-Match", Value: "1"}}, Body: []byte("{}")}
	status, answer, err := c.Send(t.Context(), wire.ReplaySource(7, ""), sent)
	if err != nil || status != 412 || string(answer) != "{}" || !reflect.DeepEqual(got, sent) {
		t.Errorf("%d %s %v, got %+v", status, answer, err, got)
	}
	if err := c.Log(t.Context(), &wire.Exchange{Source: wire.ReplaySource(8, "x"), Method: "GET"}); err != nil {
		t.Error(err)
	}
	if err := c.Log(t.Context(), &wire.Exchange{Method: "GET"}); err == nil {
		t.Error("a request that a client never sent is logged")
	}
	if _, _, err := c.Do(t.Context(), "tui", "GET", "/Users", nil); err == nil {
		t.Error("a server runs where none does")
	}
	var sources []string
	rows, err := c.Rows(t.Context(), nil, 0, 0)
	for _, row := range rows {
		sources = append(sources, row.Source)
	}
	if want := []string{"replay of 7", "replay of 8 to x"}; err != nil || !slices.Equal(sources, want) {
		t.Errorf("logged: %q %v", sources, err)
	}
}
