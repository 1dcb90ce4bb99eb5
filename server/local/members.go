package local

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// membership is the result of Members besides the docs.
type membership struct {
	Total int  `json:"total"`
	OK    bool `json:"ok"` // there is such a group
}

// members writes some members of a group, a line each: the type's name, a blank,
// the doc. Like page it gathers them first.
func (s *service) members(w *flow, r *http.Request) error {
	v := r.URL.Query()
	start, err := strconv.Atoi(v.Get("start"))
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(v.Get("count"))
	if err != nil {
		return err
	}
	if count > pageCount {
		return fmt.Errorf("%d members are too many at once: ask for at most %d", count, pageCount)
	}
	var docs bytes.Buffer
	var m membership
	m.Total, m.OK, err = s.o.Store.Members(v.Get("id"), start, count, func(resourceType string, doc []byte) {
		if docs.Len() <= pageBytes {
			docs.WriteString(resourceType + " ")
			docs.Write(doc)
			docs.WriteByte('\n')
		}
	})
	if err != nil {
		return err
	}
	if docs.Len() > pageBytes {
		return fmt.Errorf("%d members are more than %d MiB: ask for fewer at once", count, pageBytes>>20)
	}
	w.result = m
	_, err = docs.WriteTo(w)
	return err
}

// Members calls emit with the types and bare docs of a group's members, from the start-th
// on (1-based) and at most count of them, which are 10,000 at most, and returns
// how many there are in all. ok is false when there is no such group.
func (c *Client) Members(ctx context.Context, id string, start, count int, emit func(resourceType string, doc []byte)) (total int, ok bool, err error) {
	v := url.Values{"id": {id}, "start": {strconv.Itoa(start)}, "count": {strconv.Itoa(count)}}
	resp, err := c.send(ctx, http.MethodGet, "/members?"+v.Encode(), nil)
	if err != nil {
		return 0, false, err
	}
	var m membership
	err = c.lines(ctx, resp, &m, func(line []byte) error {
		name, doc, _ := bytes.Cut(line, []byte(" "))
		emit(string(name), doc)
		return nil
	})
	return m.Total, m.OK, err
}
