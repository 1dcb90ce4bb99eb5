package store

import "scimdeck/scim"

// drafts keeps what the newest docs say, so that who makes a user and changes it a
// moment later, as identity providers do, has it decoded once. It is the writer's
// alone. A slot is of the very bytes of a doc, not of a resource, so it need not be
// told of what was refused, or deleted.
type drafts [256]struct {
	doc  []byte
	d    scim.Draft
	meta scim.Meta
}

// draftBytes is the longest doc that is kept.
const draftBytes = 4 << 10

// put keeps what a new doc was made of, which is never changed.
func (c *drafts) put(seq uint64, doc []byte, d scim.Draft, meta scim.Meta) {
	if len(doc) > 0 && len(doc) <= draftBytes {
		at := &c[seq%uint64(len(c))]
		at.doc, at.d, at.meta = doc, d, meta
	}
}

// get returns what the doc says, if it is the one that was put.
func (c *drafts) get(seq uint64, doc []byte) (d scim.Draft, meta scim.Meta, ok bool) {
	at := &c[seq%uint64(len(c))]
	if len(doc) == 0 || len(at.doc) != len(doc) || &at.doc[0] != &doc[0] {
		return d, meta, false
	}
	return at.d, at.meta, true
}
