package resend

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"scimdeck/scim/wire"
)

// IDs knows which ids of the log another server, or ours at another time, has
// given otherwise. It learns them from the answers to what is sent again: a
// create is answered with a new id, a search finds another one. Requests that
// come later are about these. The zero IDs knows none.
type IDs struct {
	known map[string]string
}

// shortest is how long an id must be to be recognised in a text.
const shortest = 8

// most bounds how many ids are kept.
const most = 100_000

// Learn compares the logged answer of a request with the one that it got when it
// was sent again. Ids are taken from what was created or read, and of the
// resources of a list from those that have the same userName, externalId or
// displayName, or that are the only ones found.
func (m *IDs) Learn(ex *wire.Exchange, status int, answer []byte) {
	if ex.Status < 200 || ex.Status > 299 || status < 200 || status > 299 {
		return
	}
	var was, is resource
	if json.Unmarshal(answer, &is) != nil {
		return
	}
	if json.Unmarshal(ex.ResponseBody, &was) != nil { // cut, perhaps
		was = resource{}
	}
	if was.ID == "" && ex.Method == "POST" && len(is.Resources) == 0 {
		was.ID = ex.ID // what the server has noted
	}
	m.learn(was, is)
	for _, a := range was.Resources {
		for _, b := range is.Resources {
			if a.same(b) || len(was.Resources) == 1 && len(is.Resources) == 1 {
				m.learn(a, b)
				break
			}
		}
	}
}

// resource is as much of a resource, or of a list, as tells it from others.
type resource struct {
	ID          string     `json:"id"`
	UserName    string     `json:"userName"`
	ExternalID  string     `json:"externalId"`
	DisplayName string     `json:"displayName"`
	Resources   []resource `json:"Resources"`
}

// same reports whether two servers mean the same by a and b.
func (a resource) same(b resource) bool {
	switch {
	case a.UserName != "" || b.UserName != "":
		return strings.EqualFold(a.UserName, b.UserName)
	case a.ExternalID != "" || b.ExternalID != "":
		return a.ExternalID == b.ExternalID
	}
	return a.DisplayName != "" && strings.EqualFold(a.DisplayName, b.DisplayName)
}

func (m *IDs) learn(a, b resource) {
	if len(a.ID) < shortest || b.ID == "" || len(m.known) >= most {
		return
	}
	if m.known == nil {
		m.known = map[string]string{}
	}
	if a.ID == b.ID {
		delete(m.known, a.ID)
		return
	}
	m.known[a.ID] = b.ID
}

// Len is how many ids are known to be others.
func (m *IDs) Len() int { return len(m.known) }

// Map gives a request with the ids that the other server knows, wherever in path,
// query and body one stands as a whole word. r stays as it is.
func (m *IDs) Map(r *wire.Request) *wire.Request {
	if m == nil || len(m.known) == 0 {
		return r
	}
	out := *r
	out.Path = string(m.replace([]byte(r.Path), url.PathEscape))
	if r.Body != nil {
		out.Body = m.replace(r.Body, inJSON)
	}
	return &out
}

// replace replaces the words of a text that are known ids.
func (m *IDs) replace(text []byte, escape func(string) string) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		switch {
		case text[i] == '%': // %22 before an id in a query
			i += 3
			continue
		case !inWord(text[i]):
			i++
			continue
		}
		end := i + bytes.IndexFunc(text[i:], func(c rune) bool { return c > 0x7f || !inWord(byte(c)) })
		if end < i {
			end = len(text)
		}
		if id, ok := m.known[string(text[i:end])]; ok {
			out = append(append(out, text[done:i]...), escape(id)...)
			done = end
		}
		i = end
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

// inWord reports whether a character belongs to ids as servers make them up.
func inWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_'
}

// inJSON writes an id as it stands between quotes.
func inJSON(id string) string {
	b, err := json.Marshal(id)
	if err != nil { // no string fails
		return id
	}
	return string(b[1 : len(b)-1])
}
