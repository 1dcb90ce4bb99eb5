package wire

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// record runs one request through h and returns what was recorded.
func record(t *testing.T, r *http.Request, h http.HandlerFunc, o Options) (*Exchange, *http.Response) {
	t.Helper()
	got := make(chan *Exchange, 1)
	o.Sink = func(ex *Exchange) { got <- ex.Clone() }
	srv := httptest.NewServer(Handler(h, o))
	defer srv.Close()
	r.URL.Scheme, r.URL.Host, r.RequestURI, r.Host = "http", srv.Listener.Addr().String(), "", ""
	res, err := srv.Client().Do(r)
	if err == nil {
		body, readErr := io.ReadAll(res.Body)
		res.Body.Close()
		res.Body, err = io.NopCloser(strings.NewReader(string(body))), readErr
	}
	select {
	case ex := <-got:
		return ex, res
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was recorded", err)
		return nil, nil
	}
}

func request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer scimdeck_7Fq2abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ")
	return r
}

func TestHandlerRecords(t *testing.T) {
	ex, res := record(t, request("POST", "/scim/v2/Users?a=1", `{"userName":"ada","password":"hunter2"}`), func(w http.ResponseWriter, r *http.Request) {
		Of(w).KeyName = "okta-dev"
		body, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(string(body), "hunter2") {
			t.Errorf("the handler got %q, %v", body, err)
		}
		w.Header().Set("X-B", "2")
		w.Header().Set("X-A", "1")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "first ")
		_, _ = io.WriteString(w, "second")
	}, Options{})
	if res.StatusCode != http.StatusCreated || ex.Status != http.StatusCreated {
		t.Errorf("status %d, recorded %d", res.StatusCode, ex.Status)
	}
	if ex.Method != "POST" || ex.Target != "/scim/v2/Users?a=1" || ex.KeyName != "okta-dev" || ex.Proto != "HTTP/1.1" || ex.Remote == "" {
		t.Errorf("recorded %+v", ex)
	}
	if got := string(ex.RequestBody); got != `{"userName":"ada","password":"(removed)"}` || ex.RequestSize != 39 || ex.RequestCut() {
		t.Errorf("request body %s, size %d", got, ex.RequestSize)
	}
	if string(ex.ResponseBody) != "first second" || ex.ResponseSize != 12 || ex.ResponseCut() {
		t.Errorf("response body %q, size %d", ex.ResponseBody, ex.ResponseSize)
	}
	if got := ex.Header("Authorization"); got != "Bearer scimdeck_7Fq2… (the rest is never stored)" {
		t.Errorf("Authorization is kept as %q", got)
	}
	if ex.ResponseHeader[0] != (Field{"X-A", "1"}) || ex.ResponseHeader[1] != (Field{"X-B", "2"}) {
		t.Errorf("response header %v", ex.ResponseHeader)
	}
	if ex.Took <= 0 || ex.Start.IsZero() {
		t.Errorf("start %v, took %v", ex.Start, ex.Took)
	}
}

func TestHandlerBoundsBodies(t *testing.T) {
	long := strings.Repeat("x", 1000)
	ex, _ := record(t, request("POST", "/", `"`+long+`"`), func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, long)
		_, _ = io.WriteString(w, long)
	}, Options{BodyBytes: 100})
	if len(ex.RequestBody) != 100 || ex.RequestSize != 1002 || !ex.RequestCut() {
		t.Errorf("request: %d of %d bytes, cut %v", len(ex.RequestBody), ex.RequestSize, ex.RequestCut())
	}
	if len(ex.ResponseBody) != 100 || ex.ResponseSize != 2000 || !ex.ResponseCut() {
		t.Errorf("response: %d of %d bytes, cut %v", len(ex.ResponseBody), ex.ResponseSize, ex.ResponseCut())
	}
}

// Nothing is kept of bodies where that is asked for, and of pages a quarter.
func TestHandlerKeepsLessOfBodies(t *testing.T) {
	body := strings.Repeat("x", 1000)
	for _, tt := range []struct{ most, count, request, answer int }{{-1, 1, 0, 0}, {-1, 2, 0, 0}, {400, 0, 400, 400}, {400, 1, 400, 400}, {400, 2, 400, 100}} {
		ex, _ := record(t, request("POST", "/", body), func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, body)
			Of(w).Count = tt.count
		}, Options{BodyBytes: tt.most})
		if len(ex.RequestBody) != tt.request || len(ex.ResponseBody) != tt.answer || !ex.RequestCut() || !ex.ResponseCut() {
			t.Errorf("%+v: have %d and %d", tt, len(ex.RequestBody), len(ex.ResponseBody))
		}
		if told := slices.Contains(ex.Notes, noteRequestCut); told != (tt.request > 0) { // who wants none knows
			t.Errorf("%+v: notes %q", tt, ex.Notes)
		}
		if gap := ex.RequestGap(); (gap == "was not kept") != (tt.request == 0) {
			t.Errorf("%+v: it %s", tt, gap)
		}
	}
}

// Whether the body that is kept is all of what was sent.
func TestRequestWhole(t *testing.T) {
	all := func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }
	some := func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadFull(r.Body, make([]byte, 5)) }
	none := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
	answered := func(read http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			read(w, r)
			_, _ = io.WriteString(w, "ok")
		}
	}
	for name, tt := range map[string]struct {
		body            string
		handler         http.HandlerFunc
		length          int64 // 0: as it is
		encoding        string
		whole, withheld bool
	}{
		"read":                 {`{"a":"password","b":1}`, answered(all), 0, "", true, false},
		"none sent":            {"", answered(all), 0, "", true, false},
		"not read":             {`{"a":1}`, none, 0, "", false, false},
		"read in part":         {`{"a":1}`, answered(some), 0, "", false, false},
		"length not told":      {`{"a":1}`, answered(all), -1, "", true, false},
		"not told, in part":    {`{"a":1}`, answered(some), -1, "", false, false},
		"not told, not read":   {`{"a":1}`, none, -1, "", false, false},
		"longer than is kept":  {`"` + strings.Repeat("x", 200) + `"`, answered(all), 0, "", false, false},
		"compressed":           {"\x1f\x8b", answered(all), 0, "gzip", false, true},
		"a password, no JSON":  {`{"password":"hunter2"`, answered(all), 0, "", false, true},
		"a password, cut out":  {`{"password":"hunter2"}`, answered(all), 0, "", true, false},
		"says that it is held": {`(withheld: no)`, answered(all), 0, "", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := request("POST", "/", tt.body)
			if tt.length != 0 {
				r.ContentLength = tt.length
				r.Body = io.NopCloser(strings.NewReader(tt.body))
			}
			if tt.encoding != "" {
				r.Header.Set("Content-Encoding", tt.encoding)
			}
			ex, _ := record(t, r, tt.handler, Options{BodyBytes: 150})
			if ex.RequestWhole() != tt.whole || ex.RequestWithheld() != tt.withheld {
				t.Errorf("whole %v, withheld %v: %q %q", ex.RequestWhole(), ex.RequestWithheld(), ex.RequestBody, ex.Notes)
			}
		})
	}
}

// Nothing of an exchange gets into the ones that its memory serves later.
func TestHandlerForgets(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var want struct{ body, key, note, answer string }
	h := Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		Of(w).Note("a note on " + secret)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, secret+" is too short")
	}), Options{Sink: func(ex *Exchange) {
		have := want
		have.body, have.key, have.note, have.answer = string(ex.RequestBody), ex.Header("Authorization"), ex.Notes[0], string(ex.ResponseBody)
		if have != want || len(ex.Notes) != 1 {
			t.Errorf("have %q\nwant %q", have, want)
		}
	}})
	for range 5000 {
		tt, key := bodies[rnd.IntN(len(bodies))], headers[rnd.IntN(len(headers))]
		r := benchRequest("POST", "/Users", tt.in)
		r.Body = io.NopCloser(strings.NewReader(tt.in))
		r.Header["Authorization"] = []string{key.in}
		want.body, want.key, want.note, want.answer = tt.want, safeCredential(key.in), "a note on "+secret, secret+" is too short"
		if tt.want == "" {
			want.body = withheldBody
		}
		if strings.Contains(tt.in, secret) && !strings.Contains(want.body, secret) {
			want.note, want.answer = withheldNote, withheldAnswer
		}
		h.ServeHTTP(&benchWriter{http.Header{}}, r)
	}
}

// A password behind the end of what is kept, and of what is looked at, is cut too.
func TestHandlerCutsBeforeItBounds(t *testing.T) {
	read := func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }
	body := `{"password":"` + strings.Repeat("hunter2", 20) + `","title":"x"}`
	ex, _ := record(t, request("POST", "/", body), read, Options{BodyBytes: 40})
	if strings.Contains(string(ex.RequestBody), "hunter2") {
		t.Errorf("kept %s", ex.RequestBody)
	}
	ex, _ = record(t, request("POST", "/", body), read, Options{BodyBytes: 40, ScanBytes: 60})
	if string(ex.RequestBody) != withheldBody[:40] {
		t.Errorf("kept %s", ex.RequestBody)
	}
	op := `{"Operations":[{"value":"hunter2-hunter2","op":"replace","pad":"` + strings.Repeat("x", 100) + `","path":"password"}]}`
	ex, _ = record(t, request("PATCH", "/", op), read, Options{BodyBytes: 40, ScanBytes: 60})
	if strings.Contains(string(ex.RequestBody), "hunter2") {
		t.Errorf("kept %s", ex.RequestBody)
	}
}

func TestHandlerWithholdsAnswerThatQuotes(t *testing.T) {
	ex, res := record(t, request("POST", "/", `{"password":"hunter2-Correct-Horse"}`), func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		Of(w).Note("hunter2-Correct-Horse is a weak one")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"detail":"\"hunter2-Correct-Horse\" is too short"}`)
	}, Options{})
	if res.StatusCode != http.StatusBadRequest || string(ex.ResponseBody) != withheldAnswer || !ex.ResponseWithheld() || ex.Notes[0] != withheldNote {
		t.Errorf("%d %s %v", res.StatusCode, ex.ResponseBody, ex.Notes)
	}
}

func TestHandlerPanic(t *testing.T) {
	ex, res := record(t, request("GET", "/", ""), func(http.ResponseWriter, *http.Request) { panic("boom") }, Options{
		Panic: func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "sorry")
		},
	})
	if res.StatusCode != http.StatusInternalServerError || ex.Status != http.StatusInternalServerError || string(ex.ResponseBody) != "sorry" {
		t.Errorf("answered %d, recorded %d %q", res.StatusCode, ex.Status, ex.ResponseBody)
	}
	if !strings.HasPrefix(ex.Problem, "panic: boom\n") || !strings.Contains(ex.Problem, "handler_test.go") {
		t.Errorf("problem %q", ex.Problem)
	}
}

func TestHandlerCutConnection(t *testing.T) {
	ex, res := record(t, request("GET", "/", ""), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "half")
		panic(errors.New("boom"))
	}, Options{})
	if ex.Status != 200 || ex.Problem == "" || res == nil {
		t.Errorf("recorded %+v", ex)
	}
	ex, res = record(t, request("GET", "/", ""), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, Options{})
	if res != nil || ex.Status != 0 || ex.Problem != "" {
		t.Errorf("answer %v, recorded %d %q", res, ex.Status, ex.Problem)
	}
}

func TestOfWithoutRecorder(t *testing.T) {
	if ex := Of(httptest.NewRecorder()); ex != nil {
		t.Errorf("found %v", ex)
	}
}

func TestCompressedBodyIsWithheld(t *testing.T) {
	r := request("POST", "/", "\x1f\x8b compressed password")
	r.Header.Set("Content-Encoding", "gzip")
	ex, _ := record(t, r, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }, Options{})
	if string(ex.RequestBody) != withheldEncoded {
		t.Errorf("kept %q", ex.RequestBody)
	}
}
