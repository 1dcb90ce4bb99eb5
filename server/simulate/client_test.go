package simulate

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// client sends random requests and holds each answer against its model. What
// is in the model no other client changes.
type client struct {
	*generator
	w     *world
	alone bool           // there is nobody else: lists of everything are known too
	walks []*walk        // under way
	trace []string       // of the last requests
	fault error          // the first answer that was not the model's
	tally map[string]int // of what was answered
}

// walk is one by cursor. after and before are the ends of its last page.
type walk struct {
	ask            *ask
	after, before  key
	next, previous string // cursors; "" for none
	issued         time.Time
}

func (c *client) failf(format string, args ...any) {
	if c.fault == nil {
		c.fault = fmt.Errorf("%s: "+format+"\nafter\n%s", append(append([]any{c.mark}, args...), strings.Join(c.trace, "\n"))...)
	}
}

// send sends a request and notes it.
func (c *client) send(method, path string, body any, header ...string) answer {
	a, err := c.w.ask(method, path, body, header...)
	text, _ := json.Marshal(body)
	c.trace = append(c.trace, fmt.Sprintf("%s %s %s %q → %d", method, path, text, header, a.status))
	if len(c.trace) > 12 {
		c.trace = c.trace[1:]
	}
	if err != nil {
		c.failf("%v", err)
	}
	return a
}

// step does one random thing.
func (c *client) step() {
	c.m.now = c.w.now()
	switch n := c.IntN(100); {
	case n < 3:
		c.passBy()
	case n < 50:
		c.write()
	case n < 60:
		c.get()
	case n < 65:
		c.bulk()
	case n < 85 || len(c.walks) == 0:
		c.list()
	default:
		c.goOn()
	}
}

func headers(cond condition) (list []string) {
	for _, tag := range cond.match {
		list = append(list, "If-Match", tag)
	}
	if len(cond.none) > 0 {
		list = append(list, "If-None-Match", strings.Join(cond.none, ", "))
	}
	return list
}

// chosen adds a choice of attributes to a path now and then.
func (c *client) chosen(path string, k *species) (string, *choice) {
	if !c.chance(15) {
		return path, nil
	}
	ch := c.choice([]*species{k})
	q := url.Values{}
	ch.put(q)
	return path + "?" + q.Encode(), ch
}

func kindOf(path string) *species {
	i := slices.IndexFunc(allKinds, func(k *species) bool { return path == k.path || strings.HasPrefix(path, k.path+"/") })
	return allKinds[i]
}

func (c *client) write() {
	r := c.generator.write()
	path, ch := r.path, (*choice)(nil)
	if r.method != "DELETE" {
		path, ch = c.chosen(path, kindOf(path))
	}
	var body any
	if r.body != nil {
		body = r.body
	}
	a := c.send(r.method, path, body, headers(r.cond)...)
	want := r.run(c.m)
	if want.status == 201 && a.status == 201 {
		want.thing.id, _ = a.body["id"].(string)
		if loc := a.header.Get("Location"); want.thing.id == "" || loc != c.m.location(want.thing) {
			c.failf("id %q at %q", want.thing.id, loc)
		}
	}
	c.compare(a, want, ch)
}

func (c *client) get() {
	k := pick(c.generator, allKinds)
	id, cond := c.id(k), condition{}
	if c.chance(30) {
		cond.none = tags{pick(c.generator, []string{`W/"1"`, `W/"2"`, `"1"`, "*"}), `"x"`}
	}
	path, ch := c.chosen(k.path+"/"+id, k)
	c.compare(c.send("GET", path, nil, headers(cond)...), c.m.get(k, id, cond), ch)
}

// compare holds an answer about one resource against the model's.
func (c *client) compare(a answer, want result, ch *choice) {
	if a.status != want.status {
		c.failf("status %d, want %d %s\n%s", a.status, want.status, want.scimType, a.raw)
		return
	}
	c.tally[strings.TrimSpace(fmt.Sprint(want.status, " ", want.scimType))]++
	switch want.status {
	case 200, 201:
		if have, want := a.body, ch.of(want.thing.kind, c.m.show(want.thing)); !reflect.DeepEqual(have, want) {
			c.failf("have %s\nwant %s", jsonOf(have), jsonOf(want))
		}
	case 204, 304:
		if a.raw != "" {
			c.failf("a body with %d: %s", want.status, a.raw)
		}
	default:
		if have := a.body["scimType"]; have != want.scimType && (have != nil || want.scimType != "") || a.body["status"] != fmt.Sprint(want.status) {
			c.failf("have %s, want scimType %q", a.raw, want.scimType)
		}
	}
	if tag := a.header.Get("Etag"); want.thing != nil && want.status != 204 && tag != want.thing.etag() {
		c.failf("ETag %q, want %q", tag, want.thing.etag())
	}
	if ct := a.header.Get("Content-Type"); a.raw != "" && ct != "application/scim+json" {
		c.failf("Content-Type %q", ct)
	}
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// list asks for a list, or begins a walk.
func (c *client) list() {
	a := c.generator.list(!c.alone || c.chance(20))
	if !a.walk {
		c.comparePage(c.sendAsk(a), a, c.m.page(a))
		return
	}
	w := &walk{ask: a}
	c.follow(w, c.sendAsk(a), c.m.around(a, nil, nil))
	if c.walks = append(c.walks, w); len(c.walks) > 4 {
		c.walks = c.walks[1:]
	}
}

func (c *client) sendAsk(a *ask) answer {
	if a.bySearch {
		return c.send(http.MethodPost, strings.TrimSuffix(a.path, "/")+"/.search", a.body())
	}
	return c.send(http.MethodGet, a.path+"?"+a.query().Encode(), nil)
}

// goOn takes a walk a page on or back. What is written meanwhile is in the
// pages that come after it.
func (c *client) goOn() {
	w := pick(c.generator, c.walks)
	a := *w.ask
	back := w.previous != "" && c.chance(30)
	if a.cursor = w.next; back {
		a.cursor = w.previous
	}
	if a.cursor == "" {
		c.walks = slices.DeleteFunc(c.walks, func(x *walk) bool { return x == w })
		return
	}
	if c.chance(12) {
		n := a.countOf() + 1
		a.count = &n
	}
	res := c.sendAsk(&a)
	switch {
	case c.m.now.Sub(w.issued.Truncate(time.Second)) > 10*time.Minute:
		c.compare(res, *refused(400, "expiredCursor"), nil)
		return
	case a.countOf() != w.ask.countOf():
		c.compare(res, *refused(400, "invalidCount"), nil)
		return
	}
	if back {
		c.follow(w, res, c.m.around(&a, nil, &w.before))
	} else {
		c.follow(w, res, c.m.around(&a, &w.after, nil))
	}
}

// follow holds a page of a walk against the model's and notes where it ends.
func (c *client) follow(w *walk, a answer, want page) {
	c.comparePage(a, w.ask, want)
	w.next, _ = a.body["nextCursor"].(string)
	w.previous, _ = a.body["previousCursor"].(string)
	if back := a.body["startIndex"] == nil && want.earlier; want.later || back {
		c.tally["page of a walk"]++
	}
	if (w.next != "") != want.later || (w.previous != "") != want.earlier {
		c.failf("next %q, previous %q; want %v, %v", w.next, w.previous, want.later, want.earlier)
	}
	w.issued = c.m.now
	if n := len(want.matches); n > 0 {
		w.before, w.after = want.matches[0].key, want.matches[n-1].key
	}
}

// comparePage holds a list against the model's.
func (c *client) comparePage(a answer, q *ask, want page) {
	if a.status != 200 {
		c.failf("status %d: %s", a.status, a.raw)
		return
	}
	resources := []any{}
	for _, m := range want.matches {
		resources = append(resources, any(q.choice.of(m.thing.kind, m.shown)))
	}
	envelope := object{
		"schemas":      []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": float64(want.total), "itemsPerPage": float64(len(resources)), "Resources": resources,
	}
	if want.start > 0 {
		envelope["startIndex"] = float64(want.start)
	}
	have := object{}
	for name, v := range a.body {
		if !strings.HasSuffix(name, "Cursor") {
			have[name] = v
		}
	}
	if len(resources) > 1 {
		c.tally["list of several"]++
	}
	if !reflect.DeepEqual(have, envelope) {
		c.failf("have %s\nwant %s", jsonOf(have), jsonOf(envelope))
	}
}

// passBy walks over everybody's resources of a kind. Whatever the others do
// meanwhile, the client's own are met once each, in order.
func (c *client) passBy() {
	k := pick(c.generator, allKinds)
	q := &ask{path: k.path, kinds: []*species{k}, walk: true, bySearch: c.chance(30)}
	if c.chance(50) {
		q.by = &sorting{by: place{attr: pick(c.generator, []string{"externalId", "id"})}, descending: c.chance(50)}
	}
	mine := []any{}
	for {
		a := c.sendAsk(q)
		list, ok := a.body["Resources"].([]any)
		if !ok {
			c.failf("status %d: %s", a.status, a.raw)
		}
		for _, r := range list {
			if r.(object)["externalId"] == c.mark {
				mine = append(mine, r)
			}
		}
		if q.cursor, _ = a.body["nextCursor"].(string); q.cursor == "" {
			break
		}
	}
	want := []any{}
	for _, x := range c.m.matches(q.kinds, nil, q.by) {
		want = append(want, any(x.shown))
	}
	c.tally["walk over all"]++
	if !reflect.DeepEqual(mine, want) {
		c.failf("of all that is there\nhave %s\nwant %s", jsonOf(mine), jsonOf(want))
	}
}
