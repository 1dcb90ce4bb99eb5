package simulate

import (
	"fmt"
	"reflect"
	"strings"
)

// bulk sends several writes in one request. Some refer to what others make.
func (c *client) bulk() {
	var runs []request
	var ops []any
	for i := range 1 + c.IntN(6) {
		r := c.generator.write()
		if i > 0 && c.chance(30) {
			r = c.referring(fmt.Sprint("b", c.IntN(i)))
		}
		if r.cond.none != nil || len(r.cond.match) > 1 { // an operation has one version and no more
			continue
		}
		op := object{"method": r.method, "path": r.path}
		if r.method == "POST" {
			op["bulkId"] = fmt.Sprint("b", i)
		}
		if r.body != nil {
			op["data"] = r.body
		}
		if r.cond.match != nil {
			op["version"] = r.cond.match[0]
		}
		ops, runs = append(ops, op), append(runs, r)
	}
	if len(ops) == 0 {
		return
	}
	body := object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": ops}
	most := len(ops) // that may fail
	if c.chance(30) {
		most = 1 + c.IntN(2)
		body["failOnErrors"] = most
	}
	a := c.send("POST", "/Bulk", body)
	done, _ := a.body["Operations"].([]any)
	c.m.bulk = map[string]*thing{}
	for i, r := range runs {
		if most == 0 {
			runs = runs[:i]
			break
		}
		if i >= len(done) || c.fault != nil {
			break
		}
		want := c.m.runIn(r)
		if want.status >= 400 {
			most--
		}
		c.compareOperation(done[i].(object), ops[i].(object), r, want)
	}
	if a.status != 200 || len(done) != len(runs) {
		c.failf("status %d, %d operations were done, want %d: %s", a.status, len(done), len(runs), a.raw)
	}
}

// referring makes a write that refers to what another operation makes.
func (g *generator) referring(name string) request {
	id := "bulkId:" + name
	if g.chance(50) {
		body := object{"schemas": []any{groupURN}, "externalId": g.mark, "displayName": g.name(), "members": []any{object{"value": id}, object{"value": g.memberID()}}}
		return request{method: "POST", path: groups.path, body: body, refers: name, run: func(m *model) result { return m.create(groups, body) }}
	}
	k := pick(g, allKinds)
	body := g.body(k)
	return request{method: "PUT", path: k.path + "/" + id, body: body, refers: name, run: func(m *model) result {
		return m.replace(k, id, body, condition{})
	}}
}

// runIn runs a request of a bulk.
func (m *model) runIn(r request) result {
	if r.refers != "" && m.bulk[r.refers] == nil {
		return *refused(409, "")
	}
	return r.run(m)
}

// compareOperation holds the answer to one operation against the model's.
func (c *client) compareOperation(have, sent object, r request, want result) {
	location := c.m.base + r.path
	if t := c.m.bulk[r.refers]; t != nil && r.method != "POST" {
		location = c.m.base + kindOf(r.path).path + "/" + t.id
	}
	expect := object{"method": r.method, "status": fmt.Sprint(want.status)}
	if r.method == "POST" {
		expect["bulkId"] = sent["bulkId"]
	}
	switch {
	case want.status == 201:
		text, _ := have["location"].(string)
		want.thing.id = text[strings.LastIndex(text, "/")+1:]
		c.m.bulk[sent["bulkId"].(string)] = want.thing
		location = c.m.location(want.thing)
	case want.status >= 400 && (r.method == "POST" || r.refers != "" && c.m.bulk[r.refers] == nil):
		location = ""
	}
	if location != "" {
		expect["location"] = location
	}
	if want.status < 300 && r.method != "DELETE" {
		expect["version"] = want.thing.etag()
	}
	if want.status >= 400 {
		e := object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": fmt.Sprint(want.status)}
		if want.scimType != "" {
			e["scimType"] = want.scimType
		}
		said, _ := have["response"].(object)
		e["detail"] = said["detail"]
		expect["response"] = e
	}
	c.tally[fmt.Sprint("bulk ", want.status)]++
	if !reflect.DeepEqual(have, expect) {
		c.failf("have %s\nwant %s", jsonOf(have), jsonOf(expect))
	}
}
