package share

import (
	"fmt"
	"strings"
	"time"
)

// checkHAR holds a decoded archive against the HTTP archive 1.2: which members
// each object has to have, which it may have, and of what type they are. Members
// that begin with _ are anybody's own.
func checkHAR(v any) (faults []string) {
	c := &harCheck{}
	root := c.object("", v, "log")
	log := c.object("log", root["log"], "version", "creator", "entries", "browser?", "pages?", "comment?")
	if log["version"] != "1.2" {
		c.fault("log.version is %v", log["version"])
	}
	creator := c.object("log.creator", log["creator"], "name", "version", "comment?")
	c.texts("log.creator", creator, "name", "version")
	for i, e := range c.array("log.entries", log["entries"]) {
		c.entry(fmt.Sprintf("entries[%d]", i), e)
	}
	return c.faults
}

type harCheck struct{ faults []string }

func (c *harCheck) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// object checks that v has these members and no others; ? marks those that may be missing.
func (c *harCheck) object(at string, v any, members ...string) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		c.fault("%s is no object: %v", at, v)
		return map[string]any{}
	}
	known := map[string]bool{}
	for _, name := range members {
		bare := strings.TrimSuffix(name, "?")
		known[bare] = true
		if _, has := m[bare]; !has && bare == name {
			c.fault("%s lacks %s", at, name)
		}
	}
	for name := range m {
		if !known[name] && name[0] != '_' {
			c.fault("%s has %s", at, name)
		}
	}
	if comment, has := m["comment"]; has {
		c.texts(at, map[string]any{"comment": comment}, "comment")
	}
	return m
}

func (c *harCheck) array(at string, v any) []any {
	a, ok := v.([]any)
	if !ok {
		c.fault("%s is no array: %v", at, v)
	}
	return a
}

func (c *harCheck) texts(at string, m map[string]any, names ...string) {
	for _, name := range names {
		if _, ok := m[name].(string); !ok {
			c.fault("%s.%s is no text: %v", at, name, m[name])
		}
	}
}

// numbers have to be at least -1, whole ones where whole is said.
func (c *harCheck) numbers(at string, m map[string]any, whole bool, names ...string) {
	for _, name := range names {
		n, ok := m[name].(float64)
		if !ok || n < -1 || whole && n != float64(int64(n)) {
			c.fault("%s.%s is no such number: %v", at, name, m[name])
		}
	}
}

func (c *harCheck) pairs(at string, v any) {
	for i, p := range c.array(at, v) {
		where := fmt.Sprintf("%s[%d]", at, i)
		c.texts(where, c.object(where, p, "name", "value", "comment?"), "name", "value")
	}
}

func (c *harCheck) entry(at string, v any) {
	e := c.object(at, v, "startedDateTime", "time", "request", "response", "cache", "timings", "pageref?", "serverIPAddress?", "connection?", "comment?")
	if text, ok := e["startedDateTime"].(string); !ok {
		c.fault("%s.startedDateTime is no text", at)
	} else if _, err := time.Parse("2006-01-02T15:04:05.999Z07:00", text); err != nil {
		c.fault("%s.startedDateTime: %v", at, err)
	}
	c.numbers(at, e, false, "time")
	c.object(at+".cache", e["cache"], "beforeRequest?", "afterRequest?", "comment?")
	timings := c.object(at+".timings", e["timings"], "send", "wait", "receive", "blocked?", "dns?", "connect?", "ssl?", "comment?")
	c.numbers(at+".timings", timings, false, "send", "wait", "receive")
	if sum, ok := timings["wait"].(float64); ok && sum != e["time"] {
		c.fault("%s.time is not the sum of its parts", at)
	}

	req := c.object(at+".request", e["request"], "method", "url", "httpVersion", "cookies", "headers", "queryString", "postData?", "headersSize", "bodySize", "comment?")
	c.texts(at+".request", req, "method", "url", "httpVersion")
	c.numbers(at+".request", req, true, "headersSize", "bodySize")
	for _, name := range []string{"cookies", "headers", "queryString"} {
		c.pairs(at+".request."+name, req[name])
	}
	if post, has := req["postData"]; has {
		m := c.object(at+".request.postData", post, "mimeType", "params", "text", "comment?")
		c.texts(at+".request.postData", m, "mimeType", "text")
		c.pairs(at+".request.postData.params", m["params"])
	}

	resp := c.object(at+".response", e["response"], "status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL", "headersSize", "bodySize", "comment?")
	c.texts(at+".response", resp, "statusText", "httpVersion", "redirectURL")
	c.numbers(at+".response", resp, true, "status", "headersSize", "bodySize")
	for _, name := range []string{"cookies", "headers"} {
		c.pairs(at+".response."+name, resp[name])
	}
	content := c.object(at+".response.content", resp["content"], "size", "mimeType", "compression?", "text?", "encoding?", "comment?")
	c.texts(at+".response.content", content, "mimeType")
	c.numbers(at+".response.content", content, true, "size")
}
