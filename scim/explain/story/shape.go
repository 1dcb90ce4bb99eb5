package story

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// shape is what a request looks like: its place in shapes.
type shape uint8

// The shapes. The steps of the table match them by these names.
const (
	none shape = iota
	probe
	pageUsers
	pageGroups
	userMiss
	userMissRandom
	userHit
	userInactive
	userSome
	userFailed
	groupMiss
	groupMissRandom
	groupHit
	groupFailed
	readUser
	readGroup
	createUser
	createGroup
	putUser
	putUserOff
	putUserOn
	putUserPassword
	patchUser
	patchUserOff
	patchUserOn
	patchUserPassword
	deleteUser
	putGroup
	putGroupName
	putGroupMembers
	patchGroup
	patchGroupName
	patchGroupAdd
	patchGroupRemove
	patchGroupMembers
	patchGroupAll
	deleteGroup
	types
	schemas
	other
)

var shapes = [...]string{
	none:              "none",
	probe:             "probe", // GET /Users?startIndex=1&count=2
	pageUsers:         "page users",
	pageGroups:        "page groups",
	userMiss:          "find user miss",        // a filter without a hit, or answered with 404
	userMissRandom:    "find user miss random", // likewise, for a UUID
	userHit:           "find user hit",         // one or more, the first of them active
	userInactive:      "find user inactive",    // likewise, not active
	userSome:          "find user some",        // likewise, it cannot be seen whether it is
	userFailed:        "find user failed",
	groupMiss:         "find group miss",
	groupMissRandom:   "find group miss random",
	groupHit:          "find group hit",
	groupFailed:       "find group failed",
	readUser:          "read user",
	readGroup:         "read group",
	createUser:        "create user",
	createGroup:       "create group",
	putUser:           "put user",
	putUserOff:        "put user off",      // active is false in it
	putUserOn:         "put user on",       // active became true
	putUserPassword:   "put user password", // there is a password in it
	patchUser:         "patch user",
	patchUserOff:      "patch user off", // active becomes false, and nothing else is in it
	patchUserOn:       "patch user on",
	patchUserPassword: "patch user password",
	deleteUser:        "delete user",
	putGroup:          "put group",         // without a change that is known
	putGroupName:      "put group name",    // it changed the name and not the members
	putGroupMembers:   "put group members", // it changed the members
	patchGroup:        "patch group",
	patchGroupName:    "patch group name", // displayName, and perhaps the id
	patchGroupAdd:     "patch group add",  // adds members
	patchGroupRemove:  "patch group remove",
	patchGroupMembers: "patch group members", // adds and removes members, or names the group too
	patchGroupAll:     "patch group all",     // replaces all members
	deleteGroup:       "delete group",
	types:             "types", // GET /ResourceTypes
	schemas:           "schemas",
	other:             "other", // GET of an endpoint that is none of SCIM's own
}

// String is the shape's name in the table.
func (s shape) String() string { return shapes[s] }

// Sign is what of an exchange a Follower goes by. It is small, holds nothing of
// the exchange, and is made without a Follower, so by many at the same time.
type Sign struct {
	shape       shape
	client      client // by the user agent, else by a habit; 0 when it is not known
	status      int
	start, end  int64     // unix nanoseconds: of the request, of the answer
	first, size int       // of a page: its startIndex, and how many were asked for
	total       int       // of a list
	subjects    [5]uint64 // what it is about: hashes of sender, kind and id, or name; 0: none
}

// Read reads the sign of an exchange that package explain has seen. Of one that
// has no part in a story, such as a replay, it is zero.
func Read(ex *wire.Exchange) (s Sign) {
	if kind := wire.SourceKind(ex.Source); kind == "tui" || kind == "replay" || kind == wire.SourceTest {
		return s
	}
	r := reading{ex: ex, s: &s}
	r.read()
	if s.shape == none {
		return Sign{}
	}
	s.status = ex.Status
	s.start = ex.Start.UnixNano()
	s.end = s.start + int64(ex.Took)
	return s
}

// reading is an exchange whose sign is being read.
type reading struct {
	ex     *wire.Exchange
	s      *Sign
	agent  string // User-Agent
	sender uint64 // hash; 0: not needed yet
	kind   byte   // of what it is about: u a user, g a group, or list, which is none of them alone
	n      int    // subjects
	habit  client
}

// list is the kind of what is about no user or group alone.
const list = '-'

func (r *reading) read() {
	ex := r.ex
	r.agent = ex.Header("User-Agent")
	endpoint, id, query := r.target()
	isUser, isGroup := endpoint == "Users", endpoint == "Groups"
	switch {
	case strings.Contains(id, "/") || id == ".search":
		return
	case isUser:
		r.kind = 'u'
	case isGroup:
		r.kind = 'g'
	default:
		r.describes(endpoint)
	}
	switch {
	case r.kind == 0 || r.kind == list:
	case id == "" && ex.Method == http.MethodGet:
		r.page(query)
	case id == "" && ex.Method == http.MethodPost:
		r.create()
	case id != "":
		r.one(id)
	}
	if r.s.client = clientOf(r.agent); r.s.client == 0 {
		r.s.client = r.byHabit(r.agent, query)
	}
}

// target takes the request's target apart.
func (r *reading) target() (endpoint, id, query string) {
	path, query, _ := strings.Cut(r.ex.Target, "?")
	if r.ex.Path != "" {
		path = r.ex.Path
	} else if r.ex.Base != "" {
		return "", "", query
	}
	if endpoint, id, ok := plainPath(path); ok {
		return endpoint, id, query
	}
	for _, known := range [...]string{"Users", "Groups", "ResourceTypes", "Schemas"} {
		if i := strings.LastIndex(path, "/"+known); i >= 0 {
			switch rest := path[i+1+len(known):]; {
			case rest == "":
				return known, "", query
			case rest[0] == '/':
				return known, rest[1:], query
			}
		}
	}
	if r.ex.Path == "" {
		return "", "", query
	}
	endpoint, id, _ = strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return endpoint, id, query
}

// plainPath takes /Users, /Groups/2819 and the like apart. ok is false for all other
// paths, and for those that go on in a way that could be an endpoint again.
func plainPath(path string) (endpoint, id string, ok bool) {
	for _, known := range [...]string{"/Users", "/Groups"} {
		rest, ok := strings.CutPrefix(path, known)
		switch {
		case !ok:
		case rest == "":
			return known[1:], "", true
		case rest[0] == '/' && strings.IndexByte(rest[1:], '/') < 0 && (len(rest) == 1 || strings.IndexByte("UGRS", rest[1]) < 0):
			return known[1:], rest[1:], true
		}
	}
	return "", "", false
}

// describes reads a request for what describes the server, or one to an
// endpoint that is not SCIM's own.
func (r *reading) describes(endpoint string) {
	if r.ex.Method != http.MethodGet {
		return
	}
	r.kind = list
	switch endpoint {
	case "ResourceTypes":
		r.s.shape = types
	case "Schemas":
		r.s.shape = schemas
	case "", "ServiceProviderConfig", "Me", "Bulk", ".search":
		return
	default:
		r.s.shape = other
	}
	r.about(list, "schema")
}

// page reads a GET of users or groups.
func (r *reading) page(query string) {
	ex, filter := r.ex, r.ex.Filter
	var start, count string
	for part := range strings.SplitSeq(query, "&") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "filter":
			if filter == "" {
				filter, _ = url.QueryUnescape(value)
			}
		case "startIndex":
			start = value
		case "count":
			count = value
		}
	}
	r.s.total = ex.Total
	if filter != "" {
		r.find(filter)
		return
	}
	r.s.first, r.s.size = max(number(start), 1), number(count)
	users := r.kind == 'u'
	switch {
	case users && r.s.first == 1 && r.s.size == 2:
		r.s.shape = probe
		r.about(list, "test")
	case users:
		r.s.shape = pageUsers
		r.about(list, "import")
	default:
		r.s.shape = pageGroups
		r.about(list, "import")
		r.about(list, "test")
	}
}

// number reads a number that fits into an index; 0 when it is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return n
}

// find reads a lookup by a filter.
func (r *reading) find(filter string) {
	ex := r.ex
	value := ex.Name
	if value == "" {
		value = lastQuoted(filter)
	}
	user := r.kind == 'u'
	pick := func(u, g shape) {
		r.s.shape = g
		if user {
			r.s.shape = u
		}
	}
	switch {
	case ex.Status == http.StatusNotFound || ex.Status == http.StatusOK && ex.Total == 0:
		pick(userMiss, groupMiss)
		if isUUID(value) {
			pick(userMissRandom, groupMissRandom)
			r.about(list, "random") // a user and a group that are not there: one test
		}
	case ex.Status != http.StatusOK:
		pick(userFailed, groupFailed)
	default:
		pick(userSome, groupHit)
		r.hit()
	}
	r.about(r.kind, value)
}

// hit reads the resource that was found first.
func (r *reading) hit() {
	found := scim.WalkMember(r.ex.ResponseBody, "Resources")
	for w, id := found.Into(), false; w.Next() && !(id && r.s.shape != userSome); {
		switch string(w.Name) {
		case "id":
			r.aboutValue(r.kind, w.Value)
			id = true
		case "active":
			if r.s.shape != userSome {
				continue
			}
			switch string(w.Value) {
			case "true":
				r.s.shape = userHit
			case "false":
				r.s.shape = userInactive
			}
		}
	}
}

// create reads a POST. The filter before it may have named any of its names.
func (r *reading) create() {
	r.s.shape = createUser
	if r.kind == 'g' {
		r.s.shape = createGroup
	}
	r.about(r.kind, r.ex.ID)
	r.about(r.kind, r.ex.Name)
	for w := scim.WalkJSON(r.ex.RequestBody); w.Next(); {
		switch {
		case w.Is("userName"), w.Is("displayName") && r.kind == 'g', w.Is("externalId"):
			r.aboutValue(r.kind, w.Value)
		case w.Is("emails"):
			list := scim.WalkJSON(w.Value)
			for first := list.Into(); first.Next(); {
				if first.Is("value") {
					r.aboutValue(r.kind, first.Value)
					break
				}
			}
		}
	}
}

// one reads what is done to one resource.
func (r *reading) one(id string) {
	ex, user := r.ex, r.kind == 'u'
	switch {
	case ex.Method == http.MethodGet && user:
		r.s.shape = readUser
	case ex.Method == http.MethodGet:
		r.s.shape = readGroup
	case ex.Method == http.MethodDelete && user:
		r.s.shape = deleteUser
	case ex.Method == http.MethodDelete:
		r.s.shape = deleteGroup
	case ex.Method == http.MethodPut && user:
		r.s.shape = r.put()
	case ex.Method == http.MethodPut:
		r.s.shape = r.putGroup()
	case ex.Method == http.MethodPatch && user:
		r.s.shape = r.patch()
	case ex.Method == http.MethodPatch:
		r.s.shape = r.patchGroup()
	default:
		return
	}
	if ex.ID != "" {
		id = ex.ID
	}
	r.about(r.kind, id)
	r.about(r.kind, ex.Name) // of a lookup whose answer is not at hand only the name is known
}
