package server

import (
	"net/http"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/store"
)

// Versions as entity tags (RFC 7644 §3.14).

// etag is the weak tag of a version.
func etag(version uint64) string { return string(appendEtag(make([]byte, 0, 24), version)) }

func appendEtag(dst []byte, version uint64) []byte {
	dst = append(dst, `W/"`...)
	dst = strconv.AppendUint(dst, version, 10)
	return append(dst, '"')
}

// condition makes If-Match and If-None-Match of a write what the store checks
// inside its transaction; nil when there is none. Tags are compared by what is
// in their quotes, so that the weak tag that was handed out works: RFC 7644
// §3.14 uses it so, though by RFC 9110 §13.1.1 a weak tag never matches there.
func (c *call) condition() store.IfMatch {
	return ifMatch(c.r.Header["If-Match"], c.r.Header["If-None-Match"])
}

func ifMatch(match, none []string) store.IfMatch {
	if match == nil && none == nil {
		return nil
	}
	return func(version uint64) error {
		if match != nil && !tagIn(match, version) {
			return scim.Errorf(http.StatusPreconditionFailed, "", "the resource is at version %s, the request is for %s",
				etag(version), clip(strings.Join(match, ", ")))
		}
		if none != nil && tagIn(none, version) {
			return scim.Errorf(http.StatusPreconditionFailed, "", "the resource is at version %s, which If-None-Match excludes", etag(version))
		}
		return nil
	}
}

// tagIn reports whether a list of entity tags has the version, or is "*".
func tagIn(headers []string, version uint64) bool {
	want := etag(version)[2:]
	for _, h := range headers {
		for tag := range strings.SplitSeq(h, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == want {
				return true
			}
		}
	}
	return false
}
