package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const otherKey = "00secretOfAnotherServer00"

// What goes to another server is what was logged, with another key, and is recorded without it.
func TestSend(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Authorization") != "Bearer "+otherKey || r.Header.Get("If-Match") != "*" {
			t.Errorf("%v, header %v", err, r.Header)
		}
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/v2/echo":
			fmt.Fprint(w, r.Header.Get("Authorization"))
		case "/v2/moved":
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		case "/v2/cut":
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, "%s %s %s", r.Method, r.RequestURI, body)
		}
	}))
	defer srv.Close()
	r := &Request{Method: "POST", Path: "/Users?a=%22b%22", Header: []Field{{"If-Match", "*"}}, Body: []byte(`{"userName":"ada","password":"hunter2"}`)}
	s := &Sender{}
	ex, answer, err := s.Send(t.Context(), srv.URL+"/v2", otherKey, r)
	if err != nil || ex.Status != 201 || string(answer) != "POST /v2/Users?a=%22b%22 "+string(r.Body) {
		t.Fatalf("%v %d %s", err, ex.Status, answer)
	}
	if ex.Path != "/Users" || ex.Base != srv.URL+"/v2" || ex.Target != "/v2/Users?a=%22b%22" || ex.Host != Host(srv.URL) {
		t.Errorf("recorded %+v", ex)
	}
	for _, path := range []string{"/Users", "/echo", "/moved", "/cut"} {
		r.Path = path
		ex, _, err := s.Send(t.Context(), srv.URL+"/v2", otherKey, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{otherKey, "hunter2"} {
			if all := fmt.Sprintf("%+v %s %s", ex, ex.RequestBody, ex.ResponseBody); strings.Contains(all, secret) && path != "/Users" ||
				strings.Contains(fmt.Sprint(ex.RequestHeader, ex.ResponseHeader, ex.Notes)+string(ex.RequestBody), secret) {
				t.Errorf("%s: %q is in %s", path, secret, all)
			}
		}
		if path == "/moved" && ex.Status != 302 || path == "/cut" && (ex.Status != 0 || len(ex.Notes) != 1) {
			t.Errorf("%s: %d %q", path, ex.Status, ex.Notes)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Send(ctx, srv.URL, otherKey, r); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestParseBase(t *testing.T) {
	for text, want := range map[string]string{
		" https://scim.example.com/v2/ ": "https://scim.example.com/v2",
		"http://127.0.0.1:7644/scim/v2":  "http://127.0.0.1:7644/scim/v2",
		"http://localhost:8080":          "http://localhost:8080",
		"http://[::1]:80/x":              "http://[::1]:80/x",
		"http://scim.example.com/v2":     "",
		"scim.example.com":               "",
		"ftp://x":                        "",
		"https://":                       "",
		"https://me:secret@x/v2":         "",
		"https://x/v2?a=1":               "",
		"https://x/v2#a":                 "",
		"":                               "",
	} {
		got, err := ParseBase(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the error repeats it: %v", text, err)
		}
	}
}

func TestReplaySource(t *testing.T) {
	for _, host := range []string{"", "scim.example.com:8443"} {
		if of, to := Replayed(ReplaySource(1034, host)); of != 1034 || to != host {
			t.Errorf("%q: %d %q", ReplaySource(1034, host), of, to)
		}
	}
	for _, source := range []string{"", "tui", "replay", "proxy"} {
		if of, to := Replayed(source); of != 0 || to != "" || SourceKind(source) != source {
			t.Errorf("%q: %d %q", source, of, to)
		}
	}
}

func TestAgain(t *testing.T) {
	ex := &Exchange{
		Method: "POST", Path: "/Users/a b", Target: "/scim/Users/a%20b?x=1", RequestSize: 2,
		RequestHeader: []Field{{"Authorization", "Bearer x"}, {"Content-Type", "a"}, {"Host", "h"}, {"If-Match", "1"}},
		RequestBody:   []byte(`{"password":"(removed)","value":"(removed)"}`),
	}
	r, err := ex.Again()
	if err != nil || r.Path != "/Users/a%20b?x=1" || len(r.Header) != 2 || strings.Contains(string(r.Body), removed) {
		t.Errorf("%v %+v %s", err, r, r.Body)
	}
	if d, err := ex.Draft(); err != nil || string(d.Body) != string(ex.RequestBody) || !d.Lacks() || r.Lacks() {
		t.Errorf("a draft shows what is missing: %v %s", err, d.Body)
	}
	for name, change := range map[string]func(*Exchange){
		"cut":      func(ex *Exchange) { ex.Note(noteRequestCut) },
		"unread":   func(ex *Exchange) { ex.Note(noteRequestUnread) },
		"withheld": func(ex *Exchange) { ex.RequestBody = []byte(withheldBody) },
		"outside":  func(ex *Exchange) { ex.Path = "" },
		"target":   func(ex *Exchange) { ex.Target += "&filter=" + removed },
	} {
		bad := ex.Clone()
		change(bad)
		if _, err := bad.Again(); err == nil {
			t.Errorf("%s: it can be sent again", name)
		}
	}
}

func TestIsWrite(t *testing.T) {
	for _, c := range []struct {
		method, path string
		want         bool
	}{{"GET", "/Users", false}, {"HEAD", "/Users", false}, {"POST", "/Users/.search", false}, {"POST", "/.search?x", false}, {"POST", "/Users", true}, {"PATCH", "/.search", true}, {"DELETE", "/x", true}} {
		if got := (&Request{Method: c.method, Path: c.path}).IsWrite(); got != c.want {
			t.Errorf("%s %s: %v", c.method, c.path, got)
		}
	}
}
