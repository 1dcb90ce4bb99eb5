package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"strings"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
)

// Cursors (RFC 9865) keep no state here: a token says behind which resource the
// page begins, and is signed. So a walk goes on after a restart, survives other
// people's writes, and costs nothing when it is given up. A token is good for one
// query only (the parsed filter, the order, the endpoint: §2) with one count
// (§2.1), and for so long as Limits.CursorAge says (§4).
//
// What is in a token can be read by who has it: the place in the order, which is
// a value of a resource that they have just been shown.

// cursor is what a token says.
type cursor struct {
	issued time.Time // to the second
	count  int       // resources in a page, as first asked for
	back   bool      // the page ends before at; else it begins behind it
	at     store.Position
}

const (
	cursorFormat = 1  // the first byte of a token; another one is a forgery or a later format
	cursorSum    = 16 // bytes of HMAC-SHA-256 that are kept
	cursorMost   = 1 << 10
)

var cursorText = base64.RawURLEncoding // only letters, digits, - and _ (RFC 9865 §2)

// scope is what a cursor is bound to besides its count: the endpoint, the
// canonical filters and the orders of its types.
func scope(endpoint string, filters []*scim.Filter, sorts []*scim.Sort) string {
	var b strings.Builder
	b.WriteString(endpoint)
	for i := range filters {
		b.WriteByte(0)
		if filters[i] != nil {
			b.WriteString(filters[i].String())
		}
		b.WriteByte(0)
		b.WriteString(sorts[i].String())
	}
	return b.String()
}

// seal makes a token.
func (s *Server) seal(scope string, cur cursor) (string, error) {
	b := []byte{cursorFormat, 0}
	if cur.back {
		b[1] = 1
	}
	b = binary.BigEndian.AppendUint64(b, uint64(cur.issued.Unix()))
	b = binary.AppendUvarint(b, uint64(cur.count))
	b = binary.AppendUvarint(b, cur.at.Seq)
	b = append(b, cur.at.Key...)
	sum, err := s.sign(scope, b)
	if err != nil {
		return "", err
	}
	return cursorText.EncodeToString(append(b, sum...)), nil
}

func (s *Server) sign(scope string, token []byte) ([]byte, error) {
	key, err := s.store.Secret("cursor")
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, key[:])
	var size [8]byte // so that no byte can move from the scope to the token
	binary.BigEndian.PutUint64(size[:], uint64(len(scope)))
	h.Write(size[:])
	h.Write([]byte(scope))
	h.Write(token)
	return h.Sum(nil)[:cursorSum], nil
}

// unseal reads a token and checks whether it is good for this query at this
// time. To a forged one and one of another query the answer is the same.
func (s *Server) unseal(scope, token string, count int) (cursor, error) {
	var cur cursor
	forged := scim.Errorf(http.StatusBadRequest, scim.InvalidCursor,
		"cursor: not one that this server gave for this endpoint, filter and order; begin again with an empty cursor")
	if len(token) > cursorMost {
		return cur, forged
	}
	b, err := cursorText.Strict().DecodeString(token)
	if err != nil || len(b) < 10+2+cursorSum || b[0] != cursorFormat {
		return cur, forged
	}
	b, sum := b[:len(b)-cursorSum], b[len(b)-cursorSum:]
	want, err := s.sign(scope, b)
	if err != nil {
		return cur, err
	}
	if !hmac.Equal(sum, want) {
		return cur, forged
	}
	// From here on it is what seal has made.
	cur.back = b[1] == 1
	cur.issued = time.Unix(int64(binary.BigEndian.Uint64(b[2:])), 0)
	b = b[10:]
	n, size := binary.Uvarint(b)
	cur.count, b = int(n), b[size:]
	cur.at.Seq, size = binary.Uvarint(b)
	cur.at.Key = b[size:]
	switch age := s.now().Sub(cur.issued); {
	case age > s.limits.CursorAge:
		return cur, scim.Errorf(http.StatusBadRequest, scim.ExpiredCursor,
			"the cursor was good for %v; begin again with an empty cursor", s.limits.CursorAge)
	case cur.count != count:
		return cur, scim.Errorf(http.StatusBadRequest, scim.InvalidCount,
			"count is %d, but this walk began with %d: it stays the same from page to page", count, cur.count)
	}
	return cur, nil
}

// walk replies with a page of a cursor walk. A page of no resources, count=0,
// has no cursors: nobody gets anywhere by it.
func (c *call) walk(q query, scope string, page func(store.Query) (store.Page, error)) (reply, error) {
	sq := store.Query{Count: q.count}
	if q.cursor != "" {
		cur, err := c.s.unseal(scope, q.cursor, q.count)
		if err != nil {
			return reply{}, err
		}
		if cur.back {
			sq.Before = &cur.at
		} else {
			sq.After = &cur.at
		}
	}
	p, err := page(sq)
	if err != nil {
		return reply{}, err
	}
	var next, previous string
	cur := cursor{issued: c.s.now(), count: q.count}
	if p.Later && p.Count > 0 {
		cur.at = p.Last
		if next, err = c.s.seal(scope, cur); err != nil {
			return reply{}, err
		}
	}
	if p.Earlier && p.Count > 0 {
		cur.at, cur.back = p.First, true
		if previous, err = c.s.seal(scope, cur); err != nil {
			return reply{}, err
		}
	}
	r := c.endList(p.Total, 0)
	r.body = scim.AppendCursorTail(r.body[:len(r.body)-len(scim.AppendListTail(nil))], next, previous)
	return r, nil
}
