package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/julienschmidt/httprouter"

	"scimdeck/scim"
)

// verb is what a route does. t is nil for routes that are not about a resource
// type; id is the path's parameter, "" when it has none.
type verb func(c *call, t *scim.ResourceType, id string) (reply, error)

// methods are those that HTTP defines and a path may have; any other is 501.
var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// route fills the router. Its paths are below the base path. httprouter takes
// no static segment beside a parameter, so /Users/.search is found before it
// is asked, and its redirects and HTML answers are never used: see dispatch.
func (s *Server) route() {
	s.router = httprouter.New()
	for _, t := range s.catalog.Types {
		s.resource(t)
	}
	if s.catalog.Type("Group") == nil {
		s.noGroups()
	}
	s.get("/ServiceProviderConfig", nil, (*call).config)
	s.get("/Schemas", nil, (*call).schemas)
	s.get("/Schemas/:id", nil, (*call).schema)
	s.get("/ResourceTypes", nil, (*call).resourceTypes)
	s.get("/ResourceTypes/:id", nil, (*call).resourceType)
	s.get("/", nil, (*call).root)
	s.handle("POST", "/.search", nil, (*call).searchAll)
	s.handle("POST", "/Bulk", nil, (*call).bulk)
	for _, m := range methods[:6] {
		s.handle(m, "/Me", nil, unsupported("/Me is not supported: a key belongs to no user"))
	}
}

func (s *Server) resource(t *scim.ResourceType) {
	one := t.Endpoint + "/:id"
	s.get(t.Endpoint, t, (*call).list)
	s.handle("POST", t.Endpoint, t, (*call).create)
	for _, o := range onOne {
		s.handle(o.method, one, t, o.verb)
	}
}

// onOne are the verbs on one resource, the most frequent first.
var onOne = [...]struct {
	method string
	verb   verb
}{
	{"PATCH", (*call).patch},
	{"PUT", (*call).replace},
	{"GET", (*call).read},
	{"DELETE", (*call).remove},
	{"HEAD", (*call).read},
}

// direct finds the route of one resource as the router would, which makes a list
// of its parameters.
func (s *Server) direct(method, path string) (v verb, t *scim.ResourceType, id string) {
	if t, id = s.target(path); id == "" {
		return nil, nil, ""
	}
	for i := range onOne {
		if onOne[i].method == method {
			return onOne[i].verb, t, id
		}
	}
	return nil, nil, ""
}

// noGroups answers for a resource type that is switched off: an import of Okta's
// that asks for groups finds none, and who wants to write learns how.
func (s *Server) noGroups() {
	s.get("/Groups", nil, (*call).emptyGroups)
	s.get("/Groups/:id", nil, (*call).missingGroup)
	s.handle("POST", "/Groups", nil, unsupported(groupsOff))
	for _, m := range []string{"PUT", "PATCH", "DELETE"} {
		s.handle(m, "/Groups/:id", nil, unsupported(groupsOff))
	}
}

func (s *Server) get(path string, t *scim.ResourceType, v verb) {
	s.handle("GET", path, t, v)
	s.handle("HEAD", path, t, v)
}

func (s *Server) handle(method, path string, t *scim.ResourceType, v verb) {
	if !slices.Contains(s.routes, path) {
		s.routes = append(s.routes, path)
	}
	s.router.Handle(method, path, func(w http.ResponseWriter, _ *http.Request, ps httprouter.Params) {
		c := w.(*call)
		id := ""
		if len(ps) > 0 {
			id = ps[0].Value
		}
		c.answer(v(c, t, id))
	})
}

// dispatch finds the route of a path below the base and answers.
func (s *Server) dispatch(c *call, path string) {
	if t := s.searched(path); t != nil {
		if c.r.Method == http.MethodPost {
			c.answer(c.search(t, ""))
			return
		}
	} else if v, t, id := s.direct(c.r.Method, path); v != nil {
		c.answer(v(c, t, id))
		return
	} else if h, ps, _ := s.router.Lookup(c.r.Method, path); h != nil {
		h(c, c.r, ps)
		return
	}
	switch allow := s.allowed(path); {
	case allow == "":
		c.answer(reply{}, s.unknown(path))
	case c.r.Method == "OPTIONS":
		c.answer(reply{status: http.StatusNoContent, allow: allow}, nil)
	case !knownMethod(c.r.Method):
		c.answer(reply{allow: allow}, scim.Errorf(http.StatusNotImplemented, "", "the method %q is not supported; %s takes %s",
			clip(c.r.Method), path, allow))
	default:
		c.answer(reply{allow: allow}, scim.Errorf(http.StatusMethodNotAllowed, "", "%s is not allowed on %s, only %s",
			c.r.Method, path, allow))
	}
}

func knownMethod(m string) bool {
	return slices.Contains(methods, m) || m == "TRACE" || m == "CONNECT"
}

// allowed lists the methods of a path as Allow has it; "" when there is no such path.
func (s *Server) allowed(path string) string {
	if s.searched(path) != nil {
		return "POST, OPTIONS"
	}
	var list []string
	for _, m := range methods {
		if h, _, _ := s.router.Lookup(m, path); h != nil {
			list = append(list, m)
		}
	}
	if list == nil {
		return ""
	}
	return strings.Join(append(list, "OPTIONS"), ", ")
}

// searched finds the type whose collection's .search a path is, or nil.
func (s *Server) searched(path string) *scim.ResourceType {
	collection, ok := strings.CutSuffix(path, "/.search")
	if !ok || collection == "" {
		return nil
	}
	t, id := s.target(collection)
	if id != "" {
		return nil
	}
	return t
}

// outside is the error for a path under no base path.
func (s *Server) outside(path string) *scim.Error {
	return scim.Errorf(http.StatusNotFound, "", "nothing is at %q: the base URL must end in %s", clip(path), s.bases[0])
}

// unknown is the error for a path under the base that no route has, with the
// way out when it can be guessed.
func (s *Server) unknown(path string) *scim.Error {
	endpoint, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	for _, p := range s.routes {
		if known, _, _ := strings.Cut(p[1:], "/"); strings.EqualFold(known, endpoint) || strings.EqualFold(known, endpoint+"s") {
			if known != endpoint {
				return scim.Errorf(http.StatusNotFound, "", "there is no endpoint %q; did you mean %q?", clip(path), "/"+known)
			}
			if rest != "" {
				return scim.Errorf(http.StatusNotFound, "", "there is nothing below a resource: %q", clip(path))
			}
		}
	}
	for _, b := range s.bases {
		if strings.HasPrefix(path, b) || strings.HasPrefix(path, "/v2/") {
			return scim.Errorf(http.StatusNotFound, "", "there is no endpoint %q: the base URL ends in %s and no more", clip(path), s.bases[0])
		}
	}
	return scim.Errorf(http.StatusNotFound, "", "there is no endpoint %q", clip(path))
}

// quoted is a client's text as it stands in a sentence.
func quoted(s string) string { return strconv.Quote(clip(s)) }

// clip bounds what of a client's text is quoted back.
func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	n := most
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
