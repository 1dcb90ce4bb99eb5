package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Sender sends requests to other servers and records the exchanges like Handler
// does. Its methods may be called at once from any goroutine.
type Sender struct {
	BodyBytes int              // of each body kept; default 16 KiB
	Now       func() time.Time // nil: time.Now
	Client    *http.Client     // nil: one that follows no redirect and waits 30 s
}

// answerBytes is how much of an answer is read; what comes after it is let go.
const answerBytes = 32 << 20

// patient follows no redirect: it is an answer that one wants to see, and the key
// is for one host.
var patient = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ParseBase reads a base URL of another server as it is typed. The error says what is wrong with it.
func ParseBase(text string) (base string, err error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return "", errors.New("that is no URL; it begins with https://")
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return "", errors.New("a base URL begins with https:// or http:// and a host")
	case u.User != nil:
		return "", errors.New("the key is no part of the base URL")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return "", errors.New("a base URL has neither ? nor #")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "", errors.New("over http:// anyone on the way can read the key; use https://")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Host is the host of a base URL.
func Host(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// Send sends a request to base with a bearer key, "" for none, and returns the
// exchange, secrets cut out, and the answer's body as it came. There is an
// exchange also when there was no answer: its Status is 0 and a note says why.
// The error is ctx's, or that the request is none.
func (s *Sender) Send(ctx context.Context, base, key string, r *Request) (ex *Exchange, answer []byte, err error) {
	now, client, most := s.Now, s.Client, s.BodyBytes
	if now == nil {
		now = time.Now
	}
	if client == nil {
		client = patient
	}
	if most <= 0 {
		most = defaultBodyBytes
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.url(base), bytes.NewReader(r.Body))
	if err != nil {
		return nil, nil, errors.New("the request cannot be sent: " + withoutURL(err))
	}
	for _, f := range r.Header {
		req.Header.Add(f.Name, f.Value)
	}
	req.Header.Set("User-Agent", "scimdeck")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	ex = &Exchange{
		Start: now(), Method: r.Method, Target: req.URL.RequestURI(), Proto: "HTTP/1.1", Host: req.URL.Host, Base: base,
		RequestSize: int64(len(r.Body)), KeyPrefix: KeyPrefix(key),
	}
	ex.Path, _, _ = strings.Cut(r.Path, "?")
	if plain, err := url.PathUnescape(ex.Path); err == nil {
		ex.Path = plain
	}
	resp, err := client.Do(req)
	if err == nil {
		answer, err = ex.read(resp, most)
	}
	ex.Took = now().Sub(ex.Start)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err != nil {
		ex.Note("no answer: " + withoutURL(err))
	}
	ex.RequestHeader = appendFields(nil, req.Header, false, "")
	ex.cutOwn(key, r.Body, most)
	return ex, answer, nil
}

// read takes the answer.
func (ex *Exchange) read(resp *http.Response, most int) ([]byte, error) {
	defer resp.Body.Close()
	ex.Status, ex.Proto, ex.Remote = resp.StatusCode, resp.Proto, ex.Host
	ex.ResponseHeader = appendFields(nil, resp.Header, true, "")
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerBytes))
	ex.ResponseSize, ex.ResponseBody = int64(len(body)), bytes.Clone(body[:min(len(body), most)])
	return body, err
}

// cutOwn cuts out of an exchange that we have sent what is not to be kept: the
// passwords of its request and, wherever the other side repeats it, the key.
func (ex *Exchange) cutOwn(key string, body []byte, most int) {
	found := secrets{}
	ex.Target, ex.Path = found.target(ex.Target), cutKey(ex.Path)
	if kept := found.body(bytes.Clone(body), true); len(kept) > most {
		ex.RequestBody = kept[:most]
		ex.Note(noteRequestCut)
	} else if len(kept) > 0 {
		ex.RequestBody = kept
	}
	quoted := key != "" && bytes.Contains(ex.ResponseBody, []byte(key))
	if quoted || ex.Status >= 400 && found.in(ex.ResponseBody) {
		ex.ResponseBody = []byte(withheldAnswer)
	}
	ex.ResponseBody = cutKeys(ex.ResponseBody)
	for i, f := range ex.ResponseHeader {
		if key != "" && strings.Contains(f.Value, key) {
			ex.ResponseHeader[i].Value = removed
		}
	}
	for i, n := range ex.Notes {
		if ex.Notes[i] = cutKey(n); key != "" && strings.Contains(n, key) {
			ex.Notes[i] = withheldNote
		}
	}
}

// withoutURL is the text of an error of package http without the URL, which the exchange has.
func withoutURL(err error) string {
	var e *url.Error
	if errors.As(err, &e) {
		if e.Timeout() {
			return "it took too long"
		}
		err = e.Err
	}
	return err.Error()
}
