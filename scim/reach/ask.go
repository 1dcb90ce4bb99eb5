package reach

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// The steps that ask.

// answer is what came back.
type answer struct {
	*http.Response
	body []byte
}

// get sends one request and reads the answer. here says that it arrived at this server.
func (r *run) get(ctx context.Context, path, secret string) (a *answer, here bool, err error) {
	before, err := r.Arrived(ctx)
	if err != nil {
		return nil, false, err
	}
	req, err := r.request(ctx, path, secret)
	if err != nil {
		return nil, false, err
	}
	resp, err := r.client.Do(req)
	if err == nil {
		defer resp.Body.Close()
		a = &answer{Response: resp}
		a.body, err = io.ReadAll(io.LimitReader(resp.Body, answerBytes))
	}
	now, uncounted := r.Arrived(ctx)
	if uncounted != nil {
		return nil, false, uncounted
	}
	return a, now > before, err
}

// here asks for what may be read without a key, as no key is to be sent to strangers.
func (r *run) here(ctx context.Context) Result {
	a, here, err := r.get(ctx, "/ServiceProviderConfig", "")
	switch {
	case err != nil && here:
		return failed("look at what lies between: the tunnel, a proxy", "the request arrived here and the answer did not come back: %s", reason(err))
	case err != nil:
		return failed(tunnelDown, "no answer: %s", reason(err))
	case !here:
		return elsewhere(a)
	}
	r.config = a.body
	var config struct{ Schemas []string }
	switch {
	case a.StatusCode == http.StatusNotFound:
		return failed("mend the path at the end of the address", "it leads here, and the path is wrong: %s", detail(a.body))
	case a.StatusCode != http.StatusOK:
		return failed("the log shows the request: source:test", "it leads here, and the answer is %s", a.Status)
	case json.Unmarshal(a.body, &config) != nil || !slices.Contains(config.Schemas, "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"):
		return failed("look at what lies between: the tunnel, a proxy", "it leads here, and the answer was changed on the way back (%s)", a.kind())
	}
	return ok("GET /ServiceProviderConfig, %s", a.Status)
}

// elsewhere says who may have answered in our place.
func elsewhere(a *answer) Result {
	const restart = "start the tunnel anew, to the address that this server listens on"
	status := a.Status
	if code := a.Header.Get("Ngrok-Error-Code"); code != "" {
		return failed(restart, "ngrok answers by itself: %s, %q", status, clip(code))
	}
	switch code := a.StatusCode; {
	case code >= 300 && code < 400 && a.Header.Get("Location") != "":
		return failed("use the address that it leads to; clients do not follow it", "it only redirects to %q", clip(a.Header.Get("Location")))
	case code == http.StatusBadGateway, code == http.StatusServiceUnavailable, code == http.StatusGatewayTimeout, code >= 520 && code <= 530:
		return failed(restart, "the tunnel answers and does not get through to this server: %s", status)
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return failed("switch off what asks for a login before this server, as clients cannot answer it", "something in between wants a login of its own: %s", status)
	}
	return failed(restart, "another server answers there: %s, %s", status, a.kind())
}

// kind is the answer's media type.
func (a *answer) kind() string {
	kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		return "without a media type"
	}
	return clip(kind)
}

// isSCIM reports whether the answer says that it is SCIM or JSON.
func (a *answer) isSCIM() bool {
	k := a.kind()
	return k == "application/scim+json" || k == "application/json"
}

// detail is the sentence of an error's body.
func detail(body []byte) string {
	var e struct{ Detail string }
	if json.Unmarshal(body, &e) != nil || e.Detail == "" {
		return "no reason is given"
	}
	return clip(e.Detail)
}

// probe is the path of what Okta's own connection test sends.
const probe = "/Users?startIndex=1&count=2"

// noKey is refused by every server that looks at its keys.
const noKey = "scimdeck-test-of-a-wrong-key"

func (r *run) wrongKey(ctx context.Context) Result {
	a, here, err := r.get(ctx, probe, noKey)
	var e struct {
		Schemas []string
		Status  any
	}
	switch {
	case err != nil:
		return failed("", "no answer: %s", reason(err))
	case a.StatusCode < 300:
		return failed("something in between answers for this server or adds a key: take the address down until it is found", "a wrong key got in: %s", a.Status)
	case !here:
		return failed("the first request got through: look at what lies between", "it did not arrive here: %s", a.Status)
	case a.StatusCode != http.StatusUnauthorized:
		return failed("the log shows the request: source:test", "%s, where 401 was due", a.Status)
	case !a.isSCIM() || json.Unmarshal(a.body, &e) != nil || !slices.Contains(e.Schemas, "urn:ietf:params:scim:api:messages:2.0:Error"):
		return failed("something in between puts a page of its own in place of errors: switch that off", "401, and not in SCIM's form (%s)", a.kind())
	}
	return ok("401, in SCIM's form")
}

func (r *run) key(ctx context.Context) Result {
	a, here, err := r.get(ctx, probe, r.Secret)
	var list struct {
		Schemas      []string
		TotalResults *int
	}
	const way = "the log shows the request: source:test"
	switch {
	case err != nil:
		return failed("", "no answer: %s", reason(err))
	case !here:
		return failed("the first request got through: look at what lies between", "it did not arrive here: %s", a.Status)
	case a.StatusCode == http.StatusUnauthorized:
		return failed("something in between takes the Authorization header away: let it through", "401 with a good key")
	case a.StatusCode != http.StatusOK:
		return failed(way, "%s: %s", a.Status, detail(a.body))
	case json.Unmarshal(a.body, &list) != nil || list.TotalResults == nil || !slices.Contains(list.Schemas, "urn:ietf:params:scim:api:messages:2.0:ListResponse"):
		return failed(way, "200, and no ListResponse (%s)", a.kind())
	}
	return ok("200, %s, as Okta's test asks", people(*list.TotalResults))
}

func people(n int) string {
	if n == 1 {
		return "1 user"
	}
	return fmt.Sprintf("%d users", n)
}

// location looks at the address that the server takes for its own.
func (r *run) location(context.Context) Result {
	var config struct{ Meta struct{ Location string } }
	if json.Unmarshal(r.config, &config) != nil || config.Meta.Location == "" {
		return Result{State: Note, Detail: "the answer has no meta.location"}
	}
	own, base := config.Meta.Location, r.base.String()
	if strings.HasPrefix(own, base+"/") {
		return ok("meta.location begins with it")
	}
	return Result{
		State: Note, Detail: fmt.Sprintf("meta.location is %q", clip(own)),
		Way: "start scimdeck with --public-url " + r.base.Scheme + "://" + r.base.Host + ", or let the tunnel pass on the Host that was asked",
	}
}
