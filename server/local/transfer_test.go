package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/store/transfer"
)

// person is a line of a file.
func person(i int) string {
	return fmt.Sprintf(`{"schemas":[%q],"userName":"user%d@example.com"}`+"\n", scim.UserURN, i)
}

// What moves over the socket is what the store's own functions move.
func TestTransfer(t *testing.T) {
	st := open(t)
	furnish(t, st)
	clients(t, Options{Store: st, Catalog: catalog, Policy: scim.Policy{Unknown: scim.Reject}}, func(t *testing.T, c *Client) {
		var want, have bytes.Buffer
		exported, err := transfer.Export(t.Context(), st, catalog, &want, nil)
		if err != nil {
			t.Fatal(err)
		}
		lines, all := int64(0), int64(0)
		got, err := c.Export(t.Context(), &have, func(done, of int64) { lines, all = done, of })
		if err != nil || have.String() != want.String() || fmt.Sprint(got) != fmt.Sprint(exported) {
			t.Errorf("export: %v, %+v of %d bytes, want %+v of %d", err, got, have.Len(), exported, want.Len())
		}
		if lines != all || lines != int64(strings.Count(have.String(), "\n")) {
			t.Errorf("%d of %d lines", lines, all)
		}
		var saved bytes.Buffer
		contents, err := c.Backup(t.Context(), &saved, nil)
		if err != nil {
			t.Fatal(err)
		}
		if checked, err := store.CheckBackup(t.Context(), &saved); err != nil || fmt.Sprint(checked.Resources) != fmt.Sprint(contents.Resources) || checked.Entries != contents.Entries {
			t.Errorf("backup: %+v, %v, want %+v", checked, err, contents)
		}
		// The policy is that of whoever has the store; refusals come as they are.
		var refused []transfer.Line
		text := person(99_999) + `{"schemas":["` + scim.UserURN + `"],"userName":"x","shoeSize":1}` + "\n"
		r, err := c.Import(t.Context(), strings.NewReader(text), transfer.Options{DryRun: true, Report: func(l transfer.Line) { refused = append(refused, l) }})
		if err != nil || r.Stored["User"] != 1 || r.Next != 3 || len(refused) != 1 || refused[0].String() != `line 2: 400 invalidSyntax: unknown attribute "shoeSize"` {
			t.Errorf("import: %+v, %v, %v", r, err, refused)
		}
		if _, err = c.Import(t.Context(), strings.NewReader("shoeSize\n42\n"), transfer.Options{}); err == nil || !strings.Contains(err.Error(), `column 1 "shoeSize"`) {
			t.Errorf("an import that cannot be read: %v", err)
		}
	})
}

// An import that is interrupted, or whose file cannot be read any more, tells
// what was stored, and that is all that was.
func TestImportEnds(t *testing.T) {
	torn := errors.New("torn")
	for name, want := range map[string]error{"interrupted": context.Canceled, "torn": torn} {
		t.Run(name, func(t *testing.T) {
			st := open(t)
			clients(t, Options{Store: st, Catalog: catalog}, func(t *testing.T, c *Client) {
				before := st.Count(users)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				r, w := io.Pipe()
				go func() {
					for i := range 1500 {
						if _, err := io.WriteString(w, person(before+i)); err != nil {
							return
						}
					}
					if name == "torn" {
						w.CloseWithError(torn)
						return
					}
					for st.Count(users) == before { // more does not come, and the pipe stays open
						if _, err := io.WriteString(w, "\n"); err != nil {
							return
						}
					}
					cancel()
				}()
				result, err := c.Import(ctx, r, transfer.Options{})
				r.Close()
				if n := st.Count(users) - before; !errors.Is(err, want) || result.Stored["User"] != n || n == 0 {
					t.Errorf("%+v, %v; %d are stored", result, err, n)
				}
			})
		})
	}
}

// A download that nobody wants any more, or that cannot be written, ends.
func TestDownloadEnds(t *testing.T) {
	st := open(t)
	furnish(t, st)
	full := errors.New("full")
	clients(t, Options{Store: st, Catalog: catalog}, func(t *testing.T, c *Client) {
		if _, err := c.Export(t.Context(), broken{full}, nil); !errors.Is(err, full) {
			t.Errorf("export: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := c.Backup(ctx, called{cancel}, nil); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("backup: %v", err)
		}
	})
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

type called struct{ f func() }

func (c called) Write(p []byte) (int, error) { c.f(); return len(p), nil }
