package server

import (
	"net/http"
	"slices"
	"strings"

	"scimdeck/scim"
)

// What clients do that HTTP or SCIM does not provide for and that this server
// takes for what is meant, below the bodies and filters of scim.Leniencies.
// Under scim.Strict and scim.Interop each is refused instead.
type leniency uint8

const (
	noType leniency = iota
	emptyParameter
	slashesTooMany
	otherType
	noGroups
)

var leniencies = [...]scim.Leniency{
	noType: {
		ID: "content-type-missing", Clients: "scripts", Section: "RFC 7644 §3.1",
		What: "a body without Content-Type: application/scim+json",
	},
	emptyParameter: {
		ID: "query-trailing", Clients: "OneLogin", Section: "RFC 3986 §3.4", Type: scim.InvalidValue,
		What: "an & at the end of the query or a ? at the end of the target: it is left out",
	},
	slashesTooMany: {
		ID: "path-slashes", Clients: "base URLs typed with a slash at the end", Section: "RFC 7644 §3.2",
		What: "slashes at the end of a path and doubled ones: they are left out",
	},
	otherType: {
		ID: "accept-other", Clients: "browsers", Section: "RFC 9110 §12.5.1",
		What: "an Accept with neither of SCIM's media types: application/scim+json is sent",
	},
	noGroups: {
		ID: "groups-off", Clients: "Okta's import", Section: "RFC 7644 §3.2",
		What: "a list of /Groups while groups are off: it is empty",
	},
}

// Leniencies lists what this package adds to scim.Leniencies, for documentation.
func Leniencies() []scim.Leniency { return slices.Clone(leniencies[:]) }

// lenient notes the use of a leniency, or returns the refusal when the mode
// allows none.
func (c *call) lenient(l leniency, note string, status int, detail string) error {
	row := &leniencies[l]
	if c.s.policy.Mode != scim.Lenient {
		return &scim.Error{Status: status, Type: row.Type, Detail: detail + " (" + row.Section + ")"}
	}
	c.ex.Note(note + " [" + row.ID + "]")
	return nil
}

// trailing is about a query that ends where another parameter should begin.
func (c *call) trailing(mark string, there bool) error {
	if !there {
		return nil
	}
	what := "the query has " + mark + " with nothing behind it"
	return c.lenient(emptyParameter, what, http.StatusBadRequest, what)
}

// slashes is about a path that is not as RFC 7644 §3.2 has it.
func (c *call) slashes(path string) error {
	return c.lenient(slashesTooMany, "the path has slashes too many", http.StatusNotFound,
		"there is no endpoint "+quoted(path)+": its slashes are too many")
}

// untyped is about a body without Content-Type.
func (c *call) untyped() error {
	return c.lenient(noType, "the request has no Content-Type; application/scim+json was assumed", http.StatusUnsupportedMediaType,
		"the body has no Content-Type; send application/scim+json")
}

// The two types of an answer (RFC 7644 §3.8), ready for the header map.
var (
	typeSCIM = []string{"application/scim+json"}
	typeJSON = []string{"application/json"}
)

// negotiate chooses the type of the answer by Accept (RFC 9110 §12.5.1): SCIM's
// own unless only application/json is acceptable. The interoperability profile
// (§6.2) knows nothing but SCIM's own.
func (c *call) negotiate() error {
	accept := c.r.Header["Accept"]
	if len(accept) == 0 || len(accept) == 1 && (accept[0] == "application/scim+json" || accept[0] == "*/*") {
		return nil
	}
	own, other := acceptable(accept)
	switch {
	case own:
		return nil
	case other && c.s.policy.Mode != scim.Interop:
		c.kind = typeJSON
		return nil
	}
	wanted := quoted(strings.Join(accept, ", "))
	return c.lenient(otherType, "Accept is "+wanted+"; application/scim+json was sent", http.StatusNotAcceptable,
		"Accept is "+wanted+"; the answers are application/scim+json")
}

// acceptable reports which of the two types a list of media ranges lets through.
// The most specific range counts, so that "application/json;q=0, */*" lets
// through one of them.
func acceptable(accept []string) (own, other bool) {
	best := [2]int{} // how specific the range was
	result := [2]bool{}
	for _, h := range accept {
		for part := range strings.SplitSeq(h, ",") {
			media, params, _ := strings.Cut(part, ";")
			media = strings.ToLower(strings.TrimSpace(media))
			for i, t := range [2]string{"application/scim+json", "application/json"} {
				specific := 0
				switch media {
				case t:
					specific = 3
				case "application/*":
					specific = 2
				case "*/*", "*":
					specific = 1
				}
				if specific > 0 && specific >= best[i] {
					best[i], result[i] = specific, !refusing(params)
				}
			}
		}
	}
	return result[0], result[1]
}

// refusing reports whether a media range's parameters have q=0.
func refusing(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(name, "q") {
			return strings.Trim(value, "0.") == ""
		}
	}
	return false
}
