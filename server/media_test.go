package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestMediaTypes(t *testing.T) {
	b := newBench(t, false, nil)
	tests := []struct {
		name, header string
		status       int
	}{
		{"MED-06", "Content-Type: application/scim+json", 201},
		{"MED-06 charset", "Content-Type: application/scim+json; charset=utf-8", 201},
		{"MED-06 no blank", "Content-Type: application/scim+json;charset=UTF-8", 201},
		{"MED-07", "Content-Type: application/json", 201},
		{"MED-07 charset", "Content-Type: application/json; charset=utf-8", 201},
		{"MED-08 text", "Content-Type: text/plain", 415},
		{"MED-08 xml", "Content-Type: application/xml", 415},
		{"MED-08 form", "Content-Type: application/x-www-form-urlencoded", 415},
		{"MED-09", `Content-Type: Application/SCIM+JSON; charset="UTF-8"`, 201},
		{"latin1", "Content-Type: application/json; charset=iso-8859-1", 415},
		{"MED-11 none", "Content-Type:", 201},
		{"MED-11 nonsense", "Content-Type: nonsense", 415},
		{"MED-12", "Content-Encoding: gzip", 415},
		{"identity", "Content-Encoding: identity", 201},
		{"MED-02", "Accept: application/scim+json", 201},
		{"MED-03", "Accept: application/json", 201},
		{"MED-04", "Accept: text/html;q=0.5, application/*;q=0.8", 201},
		{"MED-05", "Accept: text/html", 201},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := b.do("POST", "/Users", user(fmt.Sprintf("user%d@example.com", i)), tt.header)
			wantType := "application/scim+json"
			if tt.header == "Accept: application/json" {
				wantType = "application/json"
			}
			if a.status != tt.status || a.header.Get("Content-Type") != wantType {
				t.Errorf("%d %s %s", a.status, a.header.Get("Content-Type"), a.body)
			}
			if strings.HasPrefix(a.body, "\ufeff") {
				t.Error("MED-10: a byte order mark")
			}
			if a.status >= 400 {
				checkError(t, a)
			}
		})
	}
	b.do("POST", "/Users", user("untyped@example.com"), "Content-Type:")
	if n := b.logged().Notes; len(n) != 1 || !strings.Contains(n[0], "no Content-Type") {
		t.Errorf("MED-11: noted %q", n)
	}
	okta := []string{"Accept: application/scim+json", "Accept-Charset: utf-8", "Content-Type: application/scim+json; charset=utf-8", "Accept-Encoding: gzip,deflate"}
	if a := b.do("GET", "/Users?count=1", "", okta...); a.status != 200 {
		t.Errorf("MED-13 GET: %d", a.status)
	}
	if a := b.do("DELETE", "/Users/nobody", "", okta...); a.status != 404 {
		t.Errorf("MED-13 DELETE: %d", a.status)
	}
}

func TestByteOrderMark(t *testing.T) {
	b := newBench(t, false, nil)
	if a := b.do("POST", "/Users", "\ufeff"+user("ada@example.com")); a.status != http.StatusCreated && a.status != http.StatusBadRequest {
		t.Errorf("ROB-19: %d %s", a.status, a.body)
	}
}

func TestManyMembers(t *testing.T) {
	b := newBench(t, false, nil)
	var emails []string
	for i := range 100 {
		emails = append(emails, fmt.Sprintf(`{"value":"a%d@example.com","type":"work"}`, i))
	}
	body := strings.Replace(user("ada@example.com", `,"displayName":"`+strings.Repeat("é", 10_000)+`"`),
		`[{"primary":true,"value":"ada@example.com","type":"work"}]`, "["+strings.Join(emails, ",")+"]", 1)
	if a := b.do("POST", "/Users", body); a.status != http.StatusCreated {
		t.Errorf("ROB-14: %d %.300s", a.status, a.body)
	}
	if a := b.do("POST", "/Users", user("n@example.com", `,"x":1e999,"y":`+strings.Repeat("9", 400))); a.status >= 500 {
		t.Errorf("ROB-18: %d", a.status)
	}
}
