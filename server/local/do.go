package local

import (
	"context"
	"errors"
	"net/http"
)

// request is a request for the SCIM server's own handlers.
type request struct {
	Source string `json:"source"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   []byte `json:"body,omitempty"`
}

type response struct {
	Status int    `json:"status"`
	Body   []byte `json:"body,omitempty"`
}

func (s *service) do(r *http.Request) (a response, err error) {
	if s.o.Do == nil {
		return a, errors.New("no server runs on this data folder; start one:  scimdeck serve")
	}
	q, err := take[request](r, doBytes)
	if err == nil {
		a.Status, a.Body, err = s.o.Do(r.Context(), q.Source, q.Method, q.Path, q.Body)
	}
	return a, err
}

// Do runs a request through the SCIM server's handlers without a key, as
// server.Do does; source marks its log entry. err is not nil only when there
// was no answer, also because no server runs.
func (c *Client) Do(ctx context.Context, source, method, path string, body []byte) (status int, answer []byte, err error) {
	a, err := call[response](ctx, c, http.MethodPost, "/do", request{source, method, path, body})
	return a.Status, a.Body, err
}
