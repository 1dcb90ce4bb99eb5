package store

import (
	"bytes"
	"testing"
)

// checkDrafts holds what the writer remembers of docs against what they say.
func checkDrafts(t testing.TB, s *Store) {
	t.Helper()
	err := s.update(ctx, func(*tx) error {
		for i := range s.drafts {
			at := &s.drafts[i]
			for _, k := range s.kinds {
				id, d, meta, err := k.t.ReadDoc(at.doc)
				if err != nil {
					continue // of another type
				}
				if !d.Attributes.Equal(at.d.Attributes) || meta != at.meta {
					t.Errorf("%s\nis remembered as\n%s, %+v", at.doc, k.t.AppendDoc(nil, id, at.d, at.meta), at.meta)
				}
				if again := k.t.AppendDoc(nil, id, at.d, at.meta); !bytes.Equal(again, at.doc) {
					t.Errorf("%s\nis remembered as\n%s", at.doc, again)
				}
			}
		}
		return nil
	})
	if err != nil && err != ErrClosed {
		t.Error(err)
	}
}

// A doc that only looks like the one that was put is not taken for it.
func TestDrafts(t *testing.T) {
	s := open(t)
	create(t, s, draft(t, ada))
	var doc []byte
	err := s.update(ctx, func(*tx) error {
		doc = s.drafts[1].doc
		if _, meta, ok := s.drafts.get(1, doc); !ok || meta.Version != 1 {
			t.Errorf("%v, version %d", ok, meta.Version)
		}
		for name, other := range map[string][]byte{"a copy": bytes.Clone(doc), "a part": doc[:len(doc)-1], "none": nil} {
			if _, _, ok := s.drafts.get(1, other); ok {
				t.Errorf("%s is taken for it", name)
			}
		}
		if _, _, ok := s.drafts.get(2, doc); ok {
			t.Error("another sequence has it")
		}
		s.drafts.put(1, make([]byte, draftBytes+1), s.drafts[1].d, s.drafts[1].meta)
		if _, _, ok := s.drafts.get(1, doc); !ok {
			t.Error("a large doc has taken its place")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	closeVerified(t, s)
}
