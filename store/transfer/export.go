package transfer

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
)

// Exported counts what an export holds.
type Exported struct {
	Resources map[string]int // by the name of their type
	Keys      int
}

// Export writes every resource of the store to w, all of one moment: a line of
// JSON each, as a client gets it but with addresses that begin at the endpoint
// ("/Users/…"). Groups come last, and within a type who was created first is first. After them come
// the keys, of which there is only what is known about them: no secret, and no hash of one.
// The error is ctx's, w's or the disk's. progress, if not nil, is told the lines so far, now and then.
func Export(ctx context.Context, st *store.Store, c *scim.Catalog, w io.Writer, progress func(lines int)) (Exported, error) {
	done := Exported{Resources: map[string]int{}}
	out := bufio.NewWriterSize(w, 64<<10)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	lines := 0
	line := func(doc []byte) {
		if lines++; progress != nil && lines%progressEvery == 0 {
			progress(lines)
		}
		_, err := out.Write(doc)
		if err == nil {
			err = out.WriteByte('\n')
		}
		if err != nil {
			cancel(err) // List looks at it now and then
		}
	}
	_, err := st.Search(ctx, inOrder(c), store.Query{Count: math.MaxInt}, func(t *scim.ResourceType, doc []byte) {
		done.Resources[t.Name]++
		line(doc)
	})
	if cause := context.Cause(ctx); cause != nil {
		return done, cause
	}
	if err != nil {
		return done, err
	}
	for _, k := range st.Keys() {
		b, err := json.Marshal(describe(k, time.Now()))
		if err != nil {
			return done, err
		}
		done.Keys++
		line(b)
	}
	if cause := context.Cause(ctx); cause != nil {
		return done, cause
	}
	if progress != nil {
		progress(lines)
	}
	return done, out.Flush()
}

// Lines is how many lines Export will write, about.
func Lines(st *store.Store, c *scim.Catalog) int {
	n := len(st.Keys())
	for _, t := range c.Types {
		n += st.Count(t)
	}
	return n
}

// inOrder lists the types, Groups last.
func inOrder(c *scim.Catalog) (parts []store.Part) {
	var groups []store.Part
	for _, t := range c.Types {
		if t.Schema.ID == scim.GroupURN {
			groups = append(groups, store.Part{Type: t})
		} else {
			parts = append(parts, store.Part{Type: t})
		}
	}
	return append(parts, groups...)
}

// exportedKey is the line of a key.
type exportedKey struct {
	Schemas  []string  `json:"schemas"`
	Name     string    `json:"name"`
	Prefix   string    `json:"prefix"`
	Status   string    `json:"status"`
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires,omitzero"`
	Revoked  time.Time `json:"revoked,omitzero"`
	LastUsed time.Time `json:"lastUsed,omitzero"`
	Uses     uint64    `json:"uses"`
}

func describe(k store.Key, now time.Time) exportedKey {
	return exportedKey{[]string{keyURN}, k.Name, k.Prefix, k.Status(now), k.Created, k.Expires, k.Revoked, k.LastUsed, k.Uses}
}
