package history

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/wire"
)

// bare is an exchange without what takes room.
func bare(ex *wire.Exchange) *wire.Exchange {
	c := *ex
	c.RequestHeader, c.ResponseHeader, c.RequestBody, c.ResponseBody = nil, nil, nil, nil
	return &c
}

// version is the number of the version that an answer is about, 0 if it does not say.
func version(ex *wire.Exchange) uint64 {
	for _, f := range ex.ResponseHeader {
		if strings.EqualFold(f.Name, "ETag") {
			return number(f.Value)
		}
	}
	return number(scim.Unquote(scim.MemberOf(scim.MemberOf(ex.ResponseBody, "meta"), "version")))
}

// number is the number in an entity tag, 0 if there is none.
func number(tag string) uint64 {
	tag = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(tag, "W/"), `"`), `"`)
	n, err := strconv.ParseUint(tag, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// alters reports whether what a write did is a new version: a list of nothing
// but what had no effect is none.
func alters(list []wire.Change) bool {
	for _, c := range list {
		switch c.Kind {
		case change.MatchedNothing, change.ThereAlready, change.ReadOnly, change.Unknown, change.NeverKept:
		default:
			return true
		}
	}
	return false
}

// modified is meta.lastModified of a state.
func modified(doc []byte) time.Time {
	at, err := time.Parse(time.RFC3339, scim.Unquote(scim.MemberOf(scim.MemberOf(doc, "meta"), "lastModified")))
	if err != nil {
		return time.Time{}
	}
	return at
}

// aside is what the store keeps beside a resource of the type.
func (t *teller) aside() string {
	switch t.Type.Name {
	case "User":
		return "groups"
	case "Group":
		return "members"
	}
	return ""
}

// narrowed reports whether a request asked for some of the attributes only: more
// than to do without what is kept aside.
func (t *teller) narrowed(target string) bool {
	_, query, _ := strings.Cut(target, "?")
	values, err := url.ParseQuery(query)
	excluded := values.Get("excludedAttributes")
	return err != nil || values.Get("attributes") != "" || excluded != "" && !strings.EqualFold(excluded, t.aside())
}

// without is a state without what is kept aside; nil: it is no whole object.
func (t *teller) without(body []byte) []byte {
	out := append(make([]byte, 0, len(body)), '{')
	w := scim.WalkJSON(body)
	for w.Next() {
		if string(w.Name) == t.aside() {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), w.Name...), '"', ':')
		out = append(out, w.Value...)
	}
	if !w.Whole() {
		return nil
	}
	return append(out, '}')
}
