package local

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"reflect"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
	"scimdeck/store"
)

// dashboard is what a dashboard asks of a store.
type dashboard interface {
	Watch() (ping <-chan struct{}, stop func())
	Size() int64
	Rows(dst []*store.Row, after uint64, max int) []*store.Row
	LogState() store.LogState
	Exchange(seq uint64) (ex *wire.Exchange, ok bool, err error)
	Exchanges(ctx context.Context, numbers []uint64) iter.Seq2[*wire.Exchange, error]
	ClearLog() error
	Remarks() map[uint64]wire.Remark
	SetMark(number uint64, marked bool) error
	SetNote(number uint64, text string) error
	Keys() []store.Key
	CreateKey(name string, expires time.Time) (secret string, k store.Key, err error)
	RenameKey(id uint64, name string) error
	ExpireKey(id uint64, at time.Time) error
	DisableKey(id uint64) error
	EnableKey(id uint64) error
	RevokeKey(id uint64) error
	BeginTrial() (store.Trial, error)
	EndTrial(mark string)
	Arrived(mark string) int
	GetBare(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error)
	Members(id string, start, count int, emit func(resourceType string, doc []byte)) (total int, ok bool, err error)
	List(ctx context.Context, t *scim.ResourceType, q store.Query, emit func(doc []byte)) (total int, err error)
	Get(t *scim.ResourceType, dst []byte, id string) (doc []byte, ok bool, err error)
	Count(t *scim.ResourceType) int
}

// The law again: whoever has a Remote has the store.
func TestRemote(t *testing.T) {
	st := open(t)
	ids := furnish(t, st)
	look := map[string]func(dashboard) given{
		"size":     func(d dashboard) given { return give(nil, d.Size()) },
		"rows":     func(d dashboard) given { return give(nil, d.Rows(nil, 7, 1500)) },
		"log":      func(d dashboard) given { return give(nil, d.LogState()) },
		"exchange": func(d dashboard) given { ex, ok, err := d.Exchange(9); return give(err, ex, ok) },
		"no such":  func(d dashboard) given { ex, ok, err := d.Exchange(99999); return give(err, ex, ok) },
		"exchanges": func(d dashboard) given {
			list, err := all(d.Exchanges(t.Context(), []uint64{9, 1, 2, 99999, 7, 7}))
			return give(err, list)
		},
		"remarks": func(d dashboard) given { return give(nil, d.Remarks()) },
		"mark":    func(d dashboard) given { return give(d.SetMark(1<<63, true)) },
		"note":    func(d dashboard) given { return give(d.SetNote(1<<63, "x")) },
		"keys":    func(d dashboard) given { return give(nil, d.Keys()) },
		"create":  func(d dashboard) given { s, k, err := d.CreateKey("okta", time.Time{}); return give(err, s, k) },
		"rename":  func(d dashboard) given { return give(d.RenameKey(1, "ci")) },
		"expire":  func(d dashboard) given { return give(d.ExpireKey(3, time.Time{})) },
		"disable": func(d dashboard) given { return give(d.DisableKey(2), d.Keys()) },
		"enable":  func(d dashboard) given { return give(d.EnableKey(2), d.Keys()) },
		"revoke":  func(d dashboard) given { return give(d.RevokeKey(99)) },
		"get": func(d dashboard) given {
			doc, ok, err := d.Get(users, []byte("x"), ids[1])
			return give(err, string(doc), ok)
		},
		"bare": func(d dashboard) given {
			doc, ok, err := d.GetBare(users, []byte("x"), ids[1])
			return give(err, string(doc), ok)
		},
		"members": func(d dashboard) given {
			n, ok, err := d.Members(ids[1], 1, 2, nil)
			return give(err, n, ok)
		},
		"count": func(d dashboard) given { return give(nil, d.Count(users), d.Count(groups)) },
		"list": func(d dashboard) given {
			var docs []string
			q := store.Query{Filter: filter(t, `displayName co "Ä"`), Start: 2, Count: 2}
			n, err := d.List(t.Context(), users, q, func(doc []byte) { docs = append(docs, string(doc)) })
			return give(err, n, docs)
		},
	}
	clients(t, Options{Store: st, Catalog: catalog}, func(t *testing.T, c *Client) {
		remote, ctx := c.Remote(t.Context())
		for name, f := range look {
			if have, want := f(remote), f(st); !reflect.DeepEqual(have, want) {
				t.Errorf("%s\nhave %+v\nwant %+v", name, have, want)
			}
		}
		ping, stop := remote.Watch()
		st.Log(exchange("ada"))
		<-ping
		stop()
		if err := remote.ClearLog(); err != nil || ctx.Err() != nil {
			t.Errorf("%v, %v", err, context.Cause(ctx))
		}
	})
}

// The context says when the other side is gone, and how.
func TestRemoteEnds(t *testing.T) {
	dir := t.TempDir()
	srv, err := Start(dir, Options{Store: open(t), Catalog: catalog})
	if err != nil {
		t.Fatal(err)
	}
	begin := func(dir string) (*Remote, context.Context) {
		c, err := Dial(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c.Remote(t.Context())
	}
	remote, ctx := begin(dir)
	_, stop := remote.Watch()
	defer stop()
	if err := srv.Stop(); err != nil {
		t.Error(err)
	}
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, store.ErrClosed) {
		t.Errorf("a server that stopped: %v", cause)
	}
	if keys, n := remote.Keys(), remote.Count(users); keys != nil || n != 0 {
		t.Errorf("after the end: %v, %d", keys, n)
	}

	remote, ctx = begin(other(t, func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}))
	remote.Watch()
	<-ctx.Done()
	var gone *GoneError
	if cause := context.Cause(ctx); !errors.As(cause, &gone) && !errors.Is(cause, ErrNobody) {
		t.Errorf("a server that was killed: %v", cause)
	}

	remote, ctx = begin(other(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	remote.RevokeKey(1)
	if cause := context.Cause(ctx); !errors.As(cause, &gone) {
		t.Errorf("a server that was killed in a call: %v", cause)
	}
}
