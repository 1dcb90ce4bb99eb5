package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/server"
	"scimdeck/store"
)

// pageSize is the server's greatest page: small, so that there are many pages.
const pageSize = 30

// world is a server over a data folder, with a clock that only the test moves.
// It can be closed and opened again under the same address.
type world struct {
	t       testing.TB
	dir     string
	durable bool
	catalog *scim.Catalog
	clock   atomic.Int64 // unix milliseconds
	store   *store.Store
	server  atomic.Pointer[server.Server]
	http    *httptest.Server
	base    string
	key     string
	sent    atomic.Uint64 // requests since the store was opened
	served  sync.WaitGroup
}

func newWorld(t testing.TB, durable bool) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), durable: durable}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(definitions), &list); err != nil {
		t.Fatal(err)
	}
	o := scim.CatalogOptions{Groups: true}
	for _, d := range list {
		o.Definitions = append(o.Definitions, d)
	}
	var err error
	if w.catalog, err = scim.NewCatalogWith(o); err != nil {
		t.Fatal(err)
	}
	w.clock.Store(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC).UnixMilli())
	w.open()
	w.http = httptest.NewServer(w)
	w.http.Config.ErrorLog = nil
	w.http.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	w.base = w.http.URL + "/scim/v2"
	if w.key, _, err = w.store.CreateKey("simulation", time.Time{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.http.Close()
		w.close()
	})
	return w
}

func (w *world) now() time.Time { return time.UnixMilli(w.clock.Load()).UTC() }

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.served.Add(1)
	defer w.served.Done() // its exchange is on the way to the log
	w.server.Load().ServeHTTP(rw, r)
}

func (w *world) open() {
	w.t.Helper()
	st, err := store.Open(store.Options{Dir: w.dir, Durable: w.durable, Catalog: w.catalog, Explain: explain.Exchange, Now: w.now})
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = st
	w.server.Store(server.New(server.Options{
		Store: st, Catalog: w.catalog, BasePaths: []string{"/scim/v2"}, Limits: server.Limits{PageSize: pageSize}, Now: w.now,
	}))
}

// close verifies the store and closes it. Each request is in the log, or counted as dropped.
func (w *world) close() {
	w.t.Helper()
	w.served.Wait()
	w.store.FlushLog()
	if err := w.store.Verify(context.Background()); err != nil {
		w.t.Errorf("the store is damaged: %v", err)
	}
	if st := w.store.LogState(); st.Last+st.Dropped != w.store.LoggedBefore()+w.sent.Load() {
		w.t.Errorf("%d requests were sent after %d, the log is %+v", w.sent.Load(), w.store.LoggedBefore(), st)
	}
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
	w.sent.Store(0)
}

// restart closes and opens the data folder. Nobody may be using the server.
func (w *world) restart() {
	w.t.Helper()
	w.close()
	w.open()
}

// crash goes on with a copy of the files as they are while the store is open,
// which is what a kill leaves. Nobody may be using the server.
func (w *world) crash() {
	w.t.Helper()
	w.served.Wait()
	w.store.FlushLog()
	left, from := w.t.TempDir(), filepath.Join(w.dir, "db")
	for { // a kill takes one moment, a copy does not: Badger may make a table meanwhile
		before := filesOf(w.t, from)
		to := filepath.Join(left, "db")
		err := copyFiles(to, from)
		if after := filesOf(w.t, from); err == nil && before == after {
			break
		} else if before == after {
			w.t.Fatal(err)
		}
		if err := os.RemoveAll(to); err != nil {
			w.t.Fatal(err)
		}
	}
	// Nobody writes, so the documents are those of that moment.
	if err := copyFiles(filepath.Join(left, "docs"), filepath.Join(w.dir, "docs")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.t.Fatal(err)
	}
	w.close()
	w.dir = left
	w.open()
}

// filesOf tells the files of a database, and what its manifest says of them.
func filesOf(t testing.TB, dir string) string {
	t.Helper()
	var all strings.Builder
	files, err := os.ReadDir(dir)
	for _, file := range files {
		fmt.Fprintln(&all, file.Name())
	}
	manifest, merr := os.ReadFile(filepath.Join(dir, "MANIFEST"))
	if err := errors.Join(err, merr); err != nil {
		t.Fatal(err)
	}
	all.Write(manifest)
	return all.String()
}

// copyFiles copies the files of a folder with their holes: a database has many
// megabytes of them.
func copyFiles(to, from string) error {
	if err := os.Mkdir(to, 0o700); err != nil {
		return err
	}
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := os.ReadFile(filepath.Join(from, file.Name()))
		if err != nil {
			return err
		}
		f, err := os.OpenFile(filepath.Join(to, file.Name()), os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		err = f.Truncate(int64(len(data)))
		const block = 64 << 10
		for at := 0; at < len(data) && err == nil; at += block {
			if part := data[at:min(at+block, len(data))]; bytes.Count(part, []byte{0}) < len(part) {
				_, err = f.WriteAt(part, int64(at))
			}
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   object // nil: none
	raw    string
}

// ask sends a request; body is anything that makes JSON, or nil. It may be
// called from any goroutine.
func (w *world) ask(method, path string, body any, header ...string) (answer, error) {
	return w.askBy(w.http.Client().Do, method, path, body, header...)
}

// direct hands a request to the handler, without a network.
func (w *world) direct(r *http.Request) (*http.Response, error) {
	r.RequestURI, r.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:1234"
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec.Result(), nil
}

func (w *world) askBy(send func(*http.Request) (*http.Response, error), method, path string, body any, header ...string) (a answer, err error) {
	var in io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return a, err
		}
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, w.base+path, in)
	if err != nil {
		return a, err
	}
	r.Header.Set("Authorization", "Bearer "+w.key)
	if body != nil {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w.sent.Add(1)
	res, err := send(r)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return a, err
	}
	a = answer{status: res.StatusCode, header: res.Header, raw: string(text)}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &a.body); err != nil {
			return a, fmt.Errorf("the answer is no object: %w: %.300s", err, text)
		}
	}
	return a, nil
}
