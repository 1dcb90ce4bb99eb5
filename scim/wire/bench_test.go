package wire

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The benchmarks record exchanges as Okta makes them, without the network: what
// they show is the capture alone.
//
//	go test ./scim/wire -run '^$' -bench . -benchmem

// benchPut is a replace of a user, benchAnswer what comes back; both are about as
// long as they are at a server in use.
const (
	benchPut = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
		`"id":"2819c223-7f76-453a-919d-413861904646","userName":"ada.lovelace@example.com","name":{"givenName":"Ada","familyName":"Lovelace"},` +
		`"emails":[{"primary":true,"value":"ada.lovelace@example.com","type":"work"}],"displayName":"Ada Lovelace","locale":"en-US","title":"Engine keeper",` +
		`"externalId":"00ujl29u0le5T6Aj10h7","groups":[],` + benchPassword + `"active":true,` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engines","employeeNumber":"1815","organization":"Example"}}`
	benchPassword = `"password":"1mz050nq",`
	benchAnswer   = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
		`"id":"2819c223-7f76-453a-919d-413861904646","externalId":"00ujl29u0le5T6Aj10h7",` +
		`"meta":{"resourceType":"User","created":"2026-01-23T04:56:22Z","lastModified":"2026-05-13T04:42:34Z","version":"W/\"3694e05e9dff592\"",` +
		`"location":"https://scim.example.com/scim/v2/Users/2819c223-7f76-453a-919d-413861904646"},` +
		`"userName":"ada.lovelace@example.com","name":{"givenName":"Ada","familyName":"Lovelace"},"displayName":"Ada Lovelace","title":"Engine keeper",` +
		`"locale":"en-US","active":true,"emails":[{"value":"ada.lovelace@example.com","type":"work","primary":true}],` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"1815","organization":"Example","department":"Engines"}}`
)

// benchWriter is a connection that takes everything.
type benchWriter struct{ header http.Header }

func (w *benchWriter) Header() http.Header         { return w.header }
func (w *benchWriter) WriteHeader(int)             {}
func (w *benchWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *benchWriter) FlushError() error           { return nil }

// benchBody is a request body that can be read again.
type benchBody struct{ bytes.Reader }

func (*benchBody) Close() error { return nil }

// benchRequest is a request to a path below the base, as net/http hands it over.
func benchRequest(method, path, body string) *http.Request {
	u, err := url.ParseRequestURI("/scim/v2" + path)
	if err != nil {
		panic(err)
	}
	r := &http.Request{
		Method: method, URL: u, RequestURI: "/scim/v2" + path, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Host: "scim.example.com", RemoteAddr: "127.0.0.1:5000", Body: http.NoBody, ContentLength: int64(len(body)),
		Header: http.Header{
			"Accept": {"application/scim+json"}, "Accept-Charset": {"utf-8"}, "User-Agent": {"Okta SCIM Client 1.0.0"},
			"Authorization": {"Bearer scimdeck_7Fq2abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ"}, "Accept-Encoding": {"gzip,deflate"},
		},
	}
	if body != "" {
		r.Header["Content-Type"] = []string{"application/scim+json; charset=utf-8"}
		r.Header["Content-Length"] = []string{"600"}
	}
	return r
}

// benchExchange notes what the server knows after a replace.
func benchExchange(ex *Exchange, doc []byte) {
	ex.Path, ex.ID, ex.Name = "/Users/2819c223-7f76-453a-919d-413861904646", "2819c223-7f76-453a-919d-413861904646", "ada.lovelace@example.com"
	if ex.Method != http.MethodGet {
		ex.Before, ex.After = doc, doc
		ex.Note("groups was ignored: it is read-only [groups-of-a-user]")
		ex.Note("id was ignored: the server assigns it [id-of-a-resource]")
	}
}

var benchExchanges = []struct{ name, method, path, body string }{
	{"get", "GET", "/Users/2819c223-7f76-453a-919d-413861904646", ""},
	{"lookup", "GET", "/Users?filter=userName%20eq%20%22ada.lovelace%40example.com%22&startIndex=1&count=100", ""},
	{"put", "PUT", "/Users/2819c223-7f76-453a-919d-413861904646", strings.Replace(benchPut, benchPassword, "", 1)},
	{"put with a password", "PUT", "/Users/2819c223-7f76-453a-919d-413861904646", benchPut},
	{"put with escapes", "PUT", "/Users/2819c223-7f76-453a-919d-413861904646", strings.Replace(strings.Replace(benchPut, benchPassword, "", 1), "Ada", `Ad\u00e4`, -1)},
	{"put with a password and escapes", "PUT", "/Users/2819c223-7f76-453a-919d-413861904646", strings.Replace(benchPut, "Ada", `Ad\u00e4`, -1)},
}

func BenchmarkHandler(b *testing.B) {
	answer, doc := []byte(benchAnswer), []byte(benchAnswer)
	kind, size, tag := []string{"application/scim+json"}, []string{"800"}, []string{`W/"3694e05e9dff592"`}
	for _, tt := range benchExchanges {
		b.Run(tt.name, func(b *testing.B) {
			in := make([]byte, 1024)
			h := Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for {
					if _, err := r.Body.Read(in); err == io.EOF {
						break
					}
				}
				benchExchange(Of(w), doc)
				header := w.Header()
				header["Content-Type"], header["Content-Length"], header["Etag"] = kind, size, tag
				w.WriteHeader(http.StatusOK)
				_, _ = w.Write(answer)
			}), Options{Sink: func(*Exchange) {}})
			r, w, body, text := benchRequest(tt.method, tt.path, tt.body), &benchWriter{http.Header{}}, &benchBody{}, []byte(tt.body)
			if tt.body != "" {
				r.Body = body
			}
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(text)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkCutSecrets is the looking for secrets alone.
func BenchmarkCutSecrets(b *testing.B) {
	doc := []byte(benchAnswer)
	for _, tt := range benchExchanges {
		b.Run(tt.name, func(b *testing.B) {
			rec, r := &recorder{}, benchRequest(tt.method, tt.path, tt.body)
			o := &Options{BodyBytes: defaultBodyBytes, ScanBytes: defaultScanBytes}
			b.ReportAllocs()
			for b.Loop() {
				rec.o = o
				rec.body = capture{buf: append(rec.body.buf[:0], tt.body...), size: int64(len(tt.body)), done: true}
				ex := &rec.ex
				ex.Method, ex.Target, ex.Status, ex.RequestSize = r.Method, r.RequestURI, http.StatusOK, rec.body.size
				benchExchange(ex, doc)
				ex.ResponseBody = append(ex.ResponseBody[:0], benchAnswer...)
				rec.cutSecrets(r)
				rec.ex.reset()
				rec.cut.reset()
			}
		})
	}
}
