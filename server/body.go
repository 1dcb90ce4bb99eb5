package server

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"

	"scimdeck/scim"
)

// readBody reads and parses a body of at most limit bytes, then takes a turn.
// Errors are *scim.Error.
func (c *call) readBody(limit int64) (scim.Value, error) {
	r := c.r
	if r.ContentLength > limit {
		return scim.Value{}, scim.Errorf(http.StatusRequestEntityTooLarge, "", "the body has %d bytes, at most %d are read", r.ContentLength, limit)
	}
	if err := c.readable(); err != nil {
		return scim.Value{}, err
	}
	if err := c.fill(limit); err != nil {
		return scim.Value{}, err
	}
	if len(c.in) == 0 {
		return scim.Value{}, scim.Errorf(http.StatusBadRequest, scim.InvalidSyntax, "the body is empty; it must be a JSON object")
	}
	if err := c.wait(); err != nil {
		return scim.Value{}, err
	}
	return scim.Decode(c.in, scim.Limits{Depth: c.s.limits.Depth})
}

// fill reads the body into c.in. The buffer grows with what arrives, not with
// what a header promises.
func (c *call) fill(limit int64) error {
	body := c.r.Body
	if body == nil {
		c.unread = false
		return nil
	}
	if cap(c.in) == 0 {
		c.in = make([]byte, 0, max(512, min(c.r.ContentLength+1, 64<<10)))
	}
	for {
		if len(c.in) == cap(c.in) {
			c.in = append(c.in, 0)[:len(c.in)]
		}
		n, err := body.Read(c.in[len(c.in):cap(c.in)])
		c.in = c.in[:len(c.in)+n]
		switch {
		case int64(len(c.in)) > limit:
			return scim.Errorf(http.StatusRequestEntityTooLarge, "", "the body has more than %d bytes", limit)
		case err == io.EOF:
			c.unread = false
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			c.unread = false
			c.Header()["Connection"] = []string{"close"}
			return scim.Errorf(http.StatusRequestTimeout, "", "the body did not arrive within %v", c.s.limits.ReadTimeout)
		case err != nil:
			c.unread = false
			return scim.Errorf(http.StatusBadRequest, scim.InvalidSyntax, "the body broke off after %d bytes", len(c.in))
		}
	}
}

// readable checks the body's media type and encoding (RFC 7644 §3.8). Both types
// are taken, since Okta sends application/scim+json and its test suite
// application/json, but under the interoperability profile (§6.2) only SCIM's own.
func (c *call) readable() error {
	if enc := c.r.Header["Content-Encoding"]; len(enc) > 0 && !strings.EqualFold(enc[0], "identity") && enc[0] != "" {
		return scim.Errorf(http.StatusUnsupportedMediaType, "", "the body has the encoding %q; send it as it is", clip(enc[0]))
	}
	ct := ""
	if v := c.r.Header["Content-Type"]; len(v) > 0 {
		ct = v[0]
	}
	switch ct {
	case "application/scim+json", "application/scim+json; charset=utf-8":
		return nil
	case "":
		if c.unread {
			return c.untyped()
		}
		return nil
	}
	kind, params, err := mime.ParseMediaType(ct)
	switch {
	case err != nil || kind != "application/scim+json" && (kind != "application/json" || c.s.policy.Mode == scim.Interop):
		return scim.Errorf(http.StatusUnsupportedMediaType, "", "the body's type is %q; send application/scim+json", clip(ct))
	case !isUTF8(params["charset"]):
		return scim.Errorf(http.StatusUnsupportedMediaType, "", "the body's charset is %q; JSON is UTF-8", clip(params["charset"]))
	}
	return nil
}

func isUTF8(charset string) bool {
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8", "us-ascii":
		return true
	}
	return false
}
