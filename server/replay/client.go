// Package replay plays a SCIM client against a running server, over the wire:
// single requests, and what Okta does as testdata/okta records it. It can also
// start the server. It is for tests; the program itself does not use it.
//
//	c := replay.Client{Base: "http://127.0.0.1:7644/scim/v2", Token: secret}
//	a, err := c.Send("GET", "/Users?count=2", nil, nil)
//	fmt.Println(a.Status, a.At("Resources[0].userName"))
//
//	o := replay.NewOkta(c, "testdata/okta")
//	err = o.Suite("deactivate", "oin") // an error names the assertion that does not hold
package replay

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// timeout is how long a request may take in all.
const timeout = 20 * time.Second

// A Client sends SCIM requests to Base, with Token as its bearer key unless it is empty.
type Client struct{ Base, Token string }

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Took   time.Duration
}

// Send sends one request. The target is a path below Base or a whole URL;
// header fields override what the client sends by itself.
func (c Client) Send(method, target string, header map[string]string, body []byte) (*Answer, error) {
	if !strings.HasPrefix(target, "http") {
		target = c.Base + target
	}
	req, err := http.NewRequest(method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/scim+json")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	start := time.Now()
	resp, err := (&http.Client{Timeout: timeout}).Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &Answer{Status: resp.StatusCode, Header: resp.Header}
	a.Body, err = io.ReadAll(resp.Body)
	a.Took = time.Since(start)
	return a, err
}

// At returns the value at a path such as "Resources[0].id" of the answer's JSON,
// or at a JSON pointer such as "/Resources/0/id" (RFC 6901); nil if there is none.
func (a *Answer) At(property string) any {
	var value any
	if json.Unmarshal(a.Body, &value) != nil {
		return nil
	}
	steps := strings.FieldsFunc(property, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	if pointer, ok := strings.CutPrefix(property, "/"); ok {
		steps = strings.Split(pointer, "/")
		for i, step := range steps {
			steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
		}
	}
	for _, step := range steps {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}
