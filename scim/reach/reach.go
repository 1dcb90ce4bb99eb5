// Package reach tests whether a base URL leads from the network to this very
// server: whether its name resolves, somebody listens, the certificate is good,
// the requests arrive here and not elsewhere, a key is asked for and accepted, and
// what a client's own connection test would get.
//
//	for r := range reach.Test(ctx, reach.Target{Base: base, Mark: mark, Secret: secret, Arrived: arrived}) {
//		fmt.Println(r.State, r.Name, r.Detail)
//		if r.State == reach.Failed {
//			fmt.Println(r.Way)
//		}
//	}
//
// Its requests carry a mark that the server counts, so that another server which
// answers in the same way is told apart; no key is sent before they are known to
// arrive. It follows no redirect, sends nothing but GETs, and all of it is over
// within half a minute.
//
// It is no check of a server's conformance, and it sees the address from this
// machine: what is private to this network is said, and what a client's cloud
// cannot reach for another reason is not known here.
package reach

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"scimdeck/scim/wire"
)

// How long a Test takes at most: in all, for a name, a connection, a certificate,
// and for a request with its answer.
const (
	testTimeout    = 30 * time.Second
	stepTimeout    = 5 * time.Second
	requestTimeout = 10 * time.Second
)

// answerBytes is how much of an answer is read.
const answerBytes = 4 << 20

// Target is the address to be tested, and what tells that it is ours.
type Target struct {
	Base   string // the base URL: "https://abc.example.net/api/scim/v2"
	Mark   string // that the server counts: see Arrived
	Secret string // a bearer key that is good until the test is over

	// Arrived says how many requests with the mark have come in here.
	Arrived func(context.Context) (int, error)

	Roots *x509.CertPool // that certificates are checked with; nil: the system's
}

// State says how a step ended.
type State string

// The states. A note is worth knowing and no fault.
const (
	OK     State = "ok"
	Note   State = "note"
	Failed State = "failed"
)

// Result is how one step of a test ended.
type Result struct {
	Name   string `json:"name"` // "the name resolves"
	State  State  `json:"state"`
	Detail string `json:"detail"`        // what was found, in a sentence; holds text of whoever answered, quoted
	Way    string `json:"way,omitempty"` // what to do about it, in a sentence; "" when there is nothing to do

	Took time.Duration `json:"took"` // nanoseconds
}

// The names of the steps, in their order. After one that failed there is none,
// but for the wrong key, after which the right one is still tried.
const (
	Name     = "the name resolves"
	Connect  = "somebody listens"
	HTTPS    = "https, certificate valid"
	Here     = "it leads to this server"
	WrongKey = "a wrong key is refused"
	Key      = "a key is accepted"
	Location = "answers name this address"
)

// run is a test that goes on.
type run struct {
	Target
	base   *url.URL
	client *http.Client
	config []byte // the answer of the first request
}

// Test runs the steps one after the other, while they are asked for. It ends with
// the first that fails; ctx ends it too. The results of a test that ends by itself
// have at least one.
func Test(ctx context.Context, t Target) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithTimeout(ctx, testTimeout)
		defer cancel()
		u, err := parse(t.Base)
		if err != nil {
			yield(Result{Name: Name, State: Failed, Detail: err.Error(), Way: "an address looks like https://abc.example.net/api/scim/v2"})
			return
		}
		r := run{Target: t, base: u}
		transport := &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSClientConfig:        r.tlsConfig(),
			TLSHandshakeTimeout:    stepTimeout,
			ResponseHeaderTimeout:  requestTimeout,
			MaxResponseHeaderBytes: 64 << 10,
		}
		defer transport.CloseIdleConnections()
		r.client = &http.Client{
			Transport: transport, Timeout: requestTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
		for _, step := range r.steps() {
			start := time.Now()
			res := step.do(ctx)
			res.Name, res.Took = step.name, time.Since(start)
			if ctx.Err() != nil && res.State == Failed && res.Detail == "" {
				res.Detail = "the test took too long or was given up"
			}
			if !yield(res) || res.State == Failed && step.name != WrongKey {
				return
			}
		}
	}
}

// step is one question of a test.
type step struct {
	name string
	do   func(context.Context) Result
}

// steps are those that an address has.
func (r *run) steps() []step {
	var list []step
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: r.base})
	direct := err == nil && proxy == nil
	if direct {
		if !isAddress(r.base.Hostname()) {
			list = append(list, step{Name, r.resolve})
		}
		list = append(list, step{Connect, r.connect})
	}
	if direct || r.base.Scheme == "http" {
		list = append(list, step{HTTPS, r.https})
	}
	return append(list, step{Here, r.here}, step{WrongKey, r.wrongKey}, step{Key, r.key}, step{Location, r.location})
}

func parse(base string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(base, "/"))
	switch {
	case err != nil, u.Hostname() == "":
		return nil, fmt.Errorf("%q is no address", clip(base))
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%q begins with neither https:// nor http://", clip(base))
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q has more than scheme, host and path", clip(base))
	}
	return u, nil
}

func (r *run) tlsConfig() *tls.Config {
	return &tls.Config{RootCAs: r.Roots, MinVersion: tls.VersionTLS12}
}

// port is the address's port.
func (r *run) port() string {
	switch {
	case r.base.Port() != "":
		return r.base.Port()
	case r.base.Scheme == "https":
		return "443"
	}
	return "80"
}

// request makes a GET below the base URL.
func (r *run) request(ctx context.Context, path, secret string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base.String()+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", wire.TestAgent+r.Mark)
	req.Header.Set("Accept", "application/scim+json")
	if secret != "" {
		req.Header.Set("Authorization", "Bearer "+secret)
	}
	return req, nil
}

func ok(format string, args ...any) Result {
	return Result{State: OK, Detail: fmt.Sprintf(format, args...)}
}

func failed(way, format string, args ...any) Result {
	return Result{State: Failed, Detail: fmt.Sprintf(format, args...), Way: way}
}

// clip bounds what others wrote and we quote.
func clip(s string) string {
	const most = 120
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
