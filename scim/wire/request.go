package wire

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Request is a request that is to be sent: one of our own, or one of the log again.
type Request struct {
	Method string
	Path   string  // below the base and with the query, as it may stand in a URL: "/Users?count=1"
	Header []Field // what is sent of it, no more: the key is added by whoever sends it
	Body   []byte  // nil: none
}

// IsWrite reports whether the request may change something.
func (r *Request) IsWrite() bool {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	case http.MethodPost:
		path, _, _ := strings.Cut(r.Path, "?")
		return !strings.HasSuffix(strings.TrimRight(path, "/"), "/.search")
	}
	return true
}

// sentAgain are the header fields that say something about a request; the others
// are about the connection or the client.
var sentAgain = []string{"Accept", "Content-Type", "If-Match", "If-None-Match", "Prefer"}

// Again is the request of an exchange as it can be sent once more: byte for byte
// what came, but for the key, and for passwords, which are not known: each is
// another one, made up. The error says why it cannot, in words that follow
// "request #1034 cannot be sent again: ".
func (ex *Exchange) Again() (*Request, error) {
	path, below := ex.Relative()
	switch why := ex.RequestGap(); {
	case why != "":
		return nil, fmt.Errorf("its request body %s", why)
	case !below:
		return nil, fmt.Errorf("it was sent to %q, which is not below a base path", ex.Target)
	case strings.Contains(ex.Target, removed) || strings.Contains(ex.Path, removed):
		return nil, fmt.Errorf("a secret was cut out of its target")
	}
	r := ex.again(path)
	r.MakeUp()
	return r, nil
}

// Lacks reports whether a password, or the like, was cut out of the body.
func (r *Request) Lacks() bool { return bytes.Contains(r.Body, []byte(removedJSON)) }

// MakeUp puts a new password in the place of each that was cut out: what stands
// there instead is known to everybody.
func (r *Request) MakeUp() {
	for r.Lacks() {
		r.Body = bytes.Replace(r.Body, []byte(removedJSON), []byte(`"Aa1-`+rand.Text()+`"`), 1)
	}
}

// Draft is Again for somebody who will look over the request before it is sent:
// what was cut out of it can be filled in, or is left to MakeUp. Only a body that
// is not all there is an error.
func (ex *Exchange) Draft() (*Request, error) {
	path, below := ex.Relative()
	switch why := ex.RequestGap(); {
	case why != "":
		return nil, fmt.Errorf("its request body %s", why)
	case !below:
		path = "/" + strings.TrimLeft(path, "/")
	}
	return ex.again(path), nil
}

func (ex *Exchange) again(path string) *Request {
	r := &Request{Method: ex.Method, Path: path, Body: ex.RequestBody}
	if len(r.Body) == 0 {
		r.Body = nil
	}
	for _, name := range sentAgain {
		for _, f := range ex.RequestHeader {
			if f.Name == name {
				r.Header = append(r.Header, f)
			}
		}
	}
	return r
}

// ReplaySource is the Source of an exchange that repeats another: "replay of
// 1034", "replay of 1034 to scim.example.com" when it went to another server.
func ReplaySource(of uint64, host string) string {
	s := "replay of " + strconv.FormatUint(of, 10)
	if host != "" {
		s += " to " + host
	}
	return s
}

// Replayed reads a Source: of which request it is the replay and to which other
// server it went, "" for ours. of is 0 for what is no replay.
func Replayed(source string) (of uint64, host string) {
	rest, ok := strings.CutPrefix(source, "replay of ")
	if !ok {
		return 0, ""
	}
	number, host, _ := strings.Cut(rest, " to ")
	if of, err := strconv.ParseUint(number, 10, 64); err == nil {
		return of, host
	}
	return 0, ""
}

// SourceKind is the first word of a Source: "tui", "replay", "check", "proxy"; "" for a client.
func SourceKind(source string) string {
	kind, _, _ := strings.Cut(source, " ")
	return kind
}

// url is where the request goes at a server.
func (r *Request) url(base string) string { return strings.TrimRight(base, "/") + cmp.Or(r.Path, "/") }
