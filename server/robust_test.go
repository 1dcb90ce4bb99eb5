package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// serve runs a server of its own until the test ends, with every bound that Serve sets.
func (b *bench) serve() (address string, stop func() error) {
	b.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.srv.Serve(ctx, ln) }()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-done
	}
	b.t.Cleanup(func() {
		if err := stop(); err != nil {
			b.t.Error(err)
		}
	})
	return ln.Addr().String(), stop
}

// raw sends bytes and returns the connection.
func raw(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

func readAnswer(t *testing.T, r *bufio.Reader) answer {
	t.Helper()
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

// endless is a body that never ends by itself.
type endless struct{ left int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), e.left)
	for i := range p[:n] {
		p[i] = 'x'
	}
	e.left -= n
	return int(n), nil
}

// A body of 50 MB is refused without being kept, whether its size is told or
// not, and a client that first sends everything still gets the answer.
func TestHugeBody(t *testing.T) {
	b := newBench(t, false, nil)
	address, _ := b.serve()
	for _, told := range []bool{true, false} {
		for _, key := range []string{b.key, "wrong"} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r, err := http.NewRequest("POST", "http://"+address+"/scim/v2/Users", &endless{50 << 20})
			if err != nil {
				t.Fatal(err)
			}
			if told {
				r.ContentLength = 50 << 20
			}
			r.Header.Set("Authorization", "Bearer "+key)
			r.Header.Set("Content-Type", "application/scim+json")
			a := b.send(r)
			checkError(t, a)
			if want := map[bool]int{true: 413, false: 401}[key == b.key]; a.status != want {
				t.Errorf("ROB-08, told %v: %d %s, want %d", told, a.status, a.body, want)
			}
			runtime.ReadMemStats(&after)
			if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 16<<20 {
				t.Errorf("told %v: %d MB were allocated", told, grown>>20)
			}
			// A client that sees its 401 stops sending, so that its size is not known.
			if ex := b.logged(); ex.Status != a.status || len(ex.RequestBody) > 64<<10 || a.status == 413 && ex.RequestSize < 1<<20 {
				t.Errorf("logged status %d, %d bytes of %d", ex.Status, len(ex.RequestBody), ex.RequestSize)
			}
		}
	}
	if a := b.do("GET", "/ServiceProviderConfig", ""); a.status != 200 {
		t.Errorf("ROB-15: %d", a.status)
	}
}

// A request line or header that is too long is refused in SCIM's words, and the
// log keeps the beginning.
func TestLongHeaders(t *testing.T) {
	b := newBench(t, false, nil)
	address, _ := b.serve()
	base := "http://" + address + "/scim/v2"
	long := strings.Repeat("x", 1<<20)
	for _, tt := range []struct {
		name, path, header string
		status             int
	}{
		{"ROB-09 request line", "/Users?filter=userName+eq+%22" + long + "%22", "", 414},
		{"ROB-09 header", "/Users", "X-Long: " + long, 431},
		{"header without a key", "/Users", "Authorization: Bearer " + long, 431},
		{"many headers", "/Users", "X-" + strings.Repeat("Long-", 14_000) + "Name: 1", 431},
		{"within the limits", "/Users", "X-Long: " + long[:60_000], 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := b.do("GET", base+tt.path, "", tt.header)
			if a.status != tt.status {
				t.Fatalf("%d %.300s", a.status, a.body)
			}
			if tt.status != 200 {
				checkError(t, a)
				if ex := b.logged(); ex.Status != tt.status || len(fmt.Sprint(ex)) > 4<<10 {
					t.Errorf("logged %d, %d characters", ex.Status, len(fmt.Sprint(ex)))
				}
			}
		})
	}
}

func TestKeepAlive(t *testing.T) {
	b := newBench(t, false, nil)
	address, _ := b.serve()
	one := func(method, path, key, body string) string {
		return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nauthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", method, path, key, len(body), body)
	}
	c := raw(t, address, "")
	r := bufio.NewReader(c)
	for i, tt := range []struct {
		request string
		status  int
	}{
		{one("GET", "/scim/v2/Users", b.key, ""), 200},
		{one("POST", "/scim/v2/Users", b.key, user("ada@example.com")), 201},
		{one("POST", "/scim/v2/Users", "wrong", user("eve@example.com")), 401},
		{one("POST", "/nowhere", b.key, user("eve@example.com")), 404},
		{one("GET", "/scim/v2/Users", b.key, "{}"), 200},
		{one("POST", "/scim/v2/Users", b.key, user("ada@example.com")), 409},
		{"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b.key + "\r\nTransfer-Encoding: chunked\r\n\r\n" +
			fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(user("bob@example.com")), user("bob@example.com")), 201},
		{one("GET", "/scim/v2/Users", b.key, ""), 200},
	} {
		if _, err := io.WriteString(c, tt.request); err != nil {
			t.Fatalf("HTTP-16: request %d: %v", i, err)
		}
		if a := readAnswer(t, r); a.status != tt.status {
			t.Errorf("HTTP-09, HTTP-15: request %d: %d %s, want %d", i, a.status, a.body, tt.status)
		}
	}
}

func TestExpectContinue(t *testing.T) {
	b := newBench(t, false, nil)
	address, _ := b.serve()
	body := user("ada@example.com")
	head := func(size int, key string) string {
		return fmt.Sprintf("POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", key, size)
	}
	c := raw(t, address, head(len(body), b.key))
	r := bufio.NewReader(c)
	if line, err := r.ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 100") {
		t.Fatalf("HTTP-10: %q %v", line, err)
	}
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, body); err != nil {
		t.Fatal(err)
	}
	if a := readAnswer(t, r); a.status != 201 {
		t.Errorf("HTTP-10: %d %s", a.status, a.body)
	}
	for size, want := range map[int]int{50 << 20: 413, 100: 401} {
		key := b.key
		if want == 401 {
			key = "wrong"
		}
		if a := readAnswer(t, bufio.NewReader(raw(t, address, head(size, key)))); a.status != want {
			t.Errorf("refused before the body: %d %s", a.status, a.body)
		}
	}
}

// Half a request holds up nobody, and is given up in the end.
func TestSlowClients(t *testing.T) {
	b := newBench(t, false, func(o *Options) { o.Limits.ReadTimeout, o.Limits.Requests = time.Second, 1 })
	address, _ := b.serve()
	head := "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + b.key + "\r\nContent-Length: 1000\r\n\r\n{"
	var slow []net.Conn
	for range 20 {
		slow = append(slow, raw(t, address, head))
	}
	silent := raw(t, address, "GET /scim/v2/Users HTT")
	for range 5 {
		if a := b.do("GET", "http://"+address+"/scim/v2/Users", ""); a.status != 200 {
			t.Errorf("ROB-16: %d %s", a.status, a.body)
		}
	}
	a := readAnswer(t, bufio.NewReader(slow[0]))
	if checkError(t, a); a.status != http.StatusRequestTimeout {
		t.Errorf("a body that does not arrive: %d %s", a.status, a.body)
	}
	if _, err := io.Copy(io.Discard, silent); err != nil {
		t.Errorf("a request that does not arrive: %v", err)
	}
}

func TestBrokenOffBody(t *testing.T) {
	b := newBench(t, false, nil)
	address, _ := b.serve()
	c := raw(t, address, "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+b.key+"\r\nContent-Length: 1000\r\n\r\n{\"userName\"")
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if a := readAnswer(t, bufio.NewReader(c)); a.status != 400 || !strings.Contains(a.body, "broke off after 11 bytes") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestPanicAndInternalErrors(t *testing.T) {
	b := newBench(t, false, nil)
	b.srv.get("/panic", nil, func(*call, *scim.ResourceType, string) (reply, error) { panic("boom") })
	b.srv.get("/full", nil, func(*call, *scim.ResourceType, string) (reply, error) {
		return reply{}, fmt.Errorf("commit: %w", syscall.ENOSPC)
	})
	b.srv.get("/broken", nil, func(*call, *scim.ResourceType, string) (reply, error) { return reply{}, errors.New("secret detail") })
	for _, tt := range []struct {
		path            string
		status          int
		detail, problem string
	}{
		{"/panic", 500, "internal error", "panic: boom"},
		{"/full", 507, "the server's disk is full; nothing was changed", "commit: no space left on device"},
		{"/broken", 500, "internal error", "secret detail"},
	} {
		a := b.do("GET", tt.path, "")
		checkError(t, a)
		if a.status != tt.status || a.get(t, "detail") != tt.detail || strings.Contains(a.body, "secret") {
			t.Errorf("ERR-06 %s: %d %s", tt.path, a.status, a.body)
		}
		if ex := b.logged(); ex.Status != tt.status || !strings.HasPrefix(ex.Problem, tt.problem) {
			t.Errorf("%s: logged %d %q", tt.path, ex.Status, ex.Problem)
		}
	}
	if a := b.do("GET", "/Users", ""); a.status != 200 {
		t.Errorf("ROB-15: %d", a.status)
	}
}

// Nothing that was running when the end came is cut off.
func TestServeStops(t *testing.T) {
	b := newBench(t, false, nil)
	entered, leave := make(chan bool), make(chan bool)
	b.srv.get("/slow", nil, func(*call, *scim.ResourceType, string) (reply, error) {
		entered <- true
		<-leave
		return reply{status: 200, body: []byte("{}")}, nil
	})
	address, stop := b.serve()
	c := raw(t, address, "GET /scim/v2/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+b.key+"\r\n\r\n")
	<-entered
	done := make(chan error)
	go func() { done <- stop() }()
	for { // until nobody is let in any more
		probe, err := net.Dial("tcp", address)
		if err != nil {
			break
		}
		probe.Close()
		time.Sleep(time.Millisecond)
	}
	close(leave)
	if a := readAnswer(t, bufio.NewReader(c)); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeOnClosedListener(t *testing.T) {
	b := newBench(t, false, nil)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	if err := b.srv.Serve(t.Context(), ln); err == nil {
		t.Error("no error")
	}
}

func TestDo(t *testing.T) {
	b := newBench(t, false, nil)
	status, body, err := b.srv.Do(t.Context(), "tui", "POST", "/Users", []byte(user("ada@example.com", `,"password":"pw-1234567"`)))
	if err != nil || status != 201 || !strings.Contains(string(body), `"location":"http://localhost/api/scim/v2/Users/`) {
		t.Fatalf("%d %s %v", status, body, err)
	}
	b.sent++
	ex := b.logged()
	if ex.Source != "tui" || ex.Sentence != "create ada@example.com" || ex.KeyID != 0 || strings.Contains(string(ex.RequestBody), "pw-1234567") {
		t.Errorf("logged %+v", ex)
	}
	status, body, err = b.srv.Do(t.Context(), "tui", "GET", "/Users?filter=userName+eq+%22ADA@example.com%22", nil)
	if err != nil || status != 200 || !strings.Contains(string(body), `"totalResults":1`) {
		t.Errorf("%d %s %v", status, body, err)
	}
	id := answer{body: string(body)}.json(t)["Resources"].([]any)[0].(map[string]any)["id"].(string)
	for tag, want := range map[string]int{`W/"7"`: 412, `W/"1"`: 200, "": 200} {
		header := []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}}
		if tag != "" {
			header = append(header, wire.Field{Name: "If-Match", Value: tag})
		}
		status, _, err := b.srv.Send(t.Context(), "tui", &wire.Request{Method: "PUT", Path: "/Users/" + id, Header: header, Body: []byte(user("ada@example.com"))})
		if err != nil || status != want {
			t.Errorf("for %s: %d %v, want %d", tag, status, err, want)
		}
	}
	if status, _, err := b.srv.Do(t.Context(), "tui", "POST", "/Users", []byte(strings.Repeat(" ", 2<<20))); err != nil || status != 413 {
		t.Errorf("too large: %d %v", status, err)
	}
	for _, path := range []string{"Users", "/Users\x7f", "/%zz"} {
		if _, _, err := b.srv.Do(t.Context(), "tui", "GET", path, nil); path != "Users" && err == nil {
			t.Errorf("%q: no error", path)
		}
	}
	if _, _, err := b.srv.Do(t.Context(), "", "GET", "/Users", nil); err == nil {
		t.Error("no source: no error")
	}
	b.srv.get("/abort", nil, func(*call, *scim.ResourceType, string) (reply, error) { panic(http.ErrAbortHandler) })
	if _, _, err := b.srv.Do(t.Context(), "tui", "GET", "/abort", nil); err == nil {
		t.Error("no answer: no error")
	}
	// What Do has, nobody can send.
	if a := b.do("GET", "/Users", "", "Authorization:", "Source: tui", "X-Source: tui"); a.status != 401 {
		t.Errorf("%d", a.status)
	}
}

// Neither keys nor passwords are in the log, wherever a client puts them.
func TestAcceptance42_SecretsStayOut(t *testing.T) {
	b := newBench(t, false, nil)
	id := b.create("ada@example.com")
	const pw = "hunter2-Correct-Horse"
	filter := func(s string) string {
		return "/Users?filter=" + strings.ReplaceAll(strings.ReplaceAll(s, " ", "%20"), `"`, "%22")
	}
	requests := [][3]string{
		{"POST", "/Users", user("p1@example.com", `,"password":"`+pw+`"`)},
		{"POST", "/Users", user("p1@example.com", `,"PassWord":"`+pw+`"`)},
		{"POST", "/Users", user("p2@example.com", `,"password":{"x":"`+pw+`"}`)},
		{"POST", "/Users", user("p3@example.com", `,"password":"`+pw+`"`) + "x"},
		{"POST", "/Users", `{"password":"` + pw},
		{"PUT", "/Users/" + id, user("ada@example.com", `,"p\u0061ssword":"`+pw+`"`)},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"replace","value":{"password":"` + pw + `"}}`)},
		{"PATCH", "/Users/" + id, patchBody(`{"value":"` + pw + `","op":"replace","path":"password"}`)},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:password","value":"` + pw + `"}`)},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"replace","path":"password[value eq \"` + pw + `\"]","value":"x"}`)},
		{"PATCH", "/Users/" + id, patchBody(`{"op":"replace","path":"password","value":["` + pw + `"]}`)},
		{"GET", filter(`password eq "` + pw + `"`), ""},
		{"GET", filter(`title pr and password sw "` + pw), ""},
		{"GET", filter(`not (password co "` + pw + `")`), ""},
		{"GET", "/Users?password=" + pw, ""},
		{"GET", "/Users?access_token=" + b.key, ""},
		{"GET", "/" + b.key, ""},
		{"GET", "/Users/" + b.key, ""},
		{"POST", "/Users", user(b.key)},
	}
	check := func(what string, ex *wire.Exchange) {
		t.Helper()
		if all := fmt.Sprintf("%+v %s %s", ex, ex.RequestBody, ex.ResponseBody); strings.Contains(all, pw) || strings.Contains(all, b.key[:20]) {
			t.Errorf("%s:\n%s", what, all)
		}
	}
	for _, r := range requests {
		a := b.do(r[0], r[1], r[2], "Cookie: session="+pw, "X-Api-Key: "+b.key, "Referer: https://x/?access_token="+pw)
		if strings.Contains(a.body, pw) {
			t.Logf("%s %s answers %s", r[0], r[1], a.body)
		}
		check(r[0]+" "+r[1]+" "+r[2], b.logged())
	}
	for _, h := range []string{b.key, "Bearer Bearer " + b.key, `Bearer "` + b.key + `"`, "Token " + b.key, "Basic " + b.key, "Bearer  " + b.key, b.key + " x"} {
		b.do("GET", "/Users", "", "Authorization: "+h)
		check(h, b.logged())
	}
	for _, id := range []string{id} {
		if a := b.do("GET", "/Users/"+id, ""); strings.Contains(a.body, pw) {
			t.Errorf("RES-17: %s", a.body)
		}
	}
}

// Whatever is asked, the answer is SCIM's, never a fault of the server, and the
// store stays sound.
func FuzzRequest(f *testing.F) {
	b := newBench(f, true, func(o *Options) { o.Limits.BulkOperations = 20 })
	id := b.create("ada@example.com")
	for _, body := range []string{
		"", user("bob@example.com"), whole, group("Devs", id), patchBody(oktaDeactivate), patchBody(`{"op":"add","path":"members","value":[{"value":"` + id + `"}]}`),
		`{"schemas":["` + scim.SearchURN + `"],"filter":"userName pr","cursor":"","count":2}`,
		bulkBody("", bulkPost("a", user("x@example.com", ext(`"manager":{"value":"bulkId:a"}`))), `{"method":"DELETE","path":"/Users/bulkId:a"}`),
	} {
		for _, path := range []string{"/Users", "/Users/" + id, "/Groups", "/Bulk", "/.search", "/Users/.search", "/?filter=id+pr&cursor", "/Users?sortBy=emails&attributes=name"} {
			f.Add(uint8(len(body)), path, body)
		}
	}
	methods := []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
	f.Fuzz(func(t *testing.T, method uint8, path, body string) {
		m := methods[int(method)%len(methods)]
		status, answer, err := b.srv.Do(t.Context(), "fuzz", m, path, []byte(body))
		if err != nil {
			return // no target of a request
		}
		if status >= 500 && status != http.StatusNotImplemented {
			t.Errorf("%s %s: %d %s", m, path, status, answer)
		}
		if len(answer) > 0 && !json.Valid(answer) {
			t.Errorf("%s %s: no JSON: %s", m, path, answer)
		}
	})
}

// A request with header fields of its own has these and no others, and is logged with where it is from.
func TestSend(t *testing.T) {
	b := newBench(t, false, nil)
	_, body, err := b.srv.Do(t.Context(), "tui", "POST", "/Users", []byte(user("ada@example.com", "")))
	b.sent++
	b.logged()
	id := scim.Unquote(scim.MemberOf(body, "id"))
	if err != nil || id == "" {
		t.Fatalf("%s %v", body, err)
	}
	for match, want := range map[string]int{`W/"99"`: 412, `W/"1"`: 200} {
		q := &wire.Request{
			Method: "PUT", Path: "/Users/" + id, Body: []byte(user("ada@example.com", `,"title":"Countess"`)),
			Header: []wire.Field{{Name: "Content-Type", Value: "application/scim+json"}, {Name: "If-Match", Value: match}},
		}
		status, _, err := b.srv.Send(t.Context(), wire.ReplaySource(7, ""), q)
		b.sent++
		if ex := b.logged(); err != nil || status != want || ex.Source != "replay of 7" || ex.Remote != "replay" || !slices.Equal(ex.RequestHeader, q.Header) {
			t.Errorf("%s: %d %v, logged %q from %q: %v", match, status, err, ex.Source, ex.Remote, ex.RequestHeader)
		}
	}
}
