package local

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"scimdeck/scim"
	"scimdeck/store"
	"scimdeck/store/transfer"
)

const (
	sizeHeader    = "Scimdeck-Size"        // what a stream will have, about: lines or bytes
	stopTrailer   = "Scimdeck-Interrupted" // of a request: there would have been more of it
	progressPause = 100 * time.Millisecond
)

// export writes every resource, a line each.
func (s *service) export(w *flow, r *http.Request) error {
	w.w.Header().Set(sizeHeader, strconv.Itoa(transfer.Lines(s.o.Store, s.o.Catalog)))
	done, err := transfer.Export(r.Context(), s.o.Store, s.o.Catalog, w, nil)
	w.result = done
	return err
}

// backup writes everything.
func (s *service) backup(w *flow, r *http.Request) error {
	w.w.Header().Set(sizeHeader, strconv.FormatInt(s.o.Store.BackupSize(), 10))
	contents, err := s.o.Store.Backup(r.Context(), w)
	w.result = contents
	return err
}

// Export writes every resource to w, as transfer.Export does. progress, if not
// nil, is told how many of how many lines are written, now and then.
func (c *Client) Export(ctx context.Context, w io.Writer, progress func(done, all int64)) (done transfer.Exported, err error) {
	return done, c.download(ctx, "/export", w, &done, func(b []byte) (n int64) {
		for _, c := range b {
			if c == '\n' {
				n++
			}
		}
		return n
	}, progress)
}

// Backup writes everything to w, as store.Backup does. progress, if not nil, is
// told how many of about how many bytes are written, now and then; 0 of all: not known.
func (c *Client) Backup(ctx context.Context, w io.Writer, progress func(done, all int64)) (contents store.Contents, err error) {
	return contents, c.download(ctx, "/backup", w, &contents, func(b []byte) int64 { return int64(len(b)) }, progress)
}

// download copies a stream to w and reads its result.
func (c *Client) download(ctx context.Context, path string, w io.Writer, result any, measure func([]byte) int64, progress func(done, all int64)) error {
	resp, err := c.send(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	c.answered.Store(true)
	all, _ := strconv.ParseInt(resp.Header.Get(sizeHeader), 10, 64) // none: not known
	done := int64(0)
	for buf := make([]byte, 64<<10); ; {
		n, err := resp.Body.Read(buf)
		if n > 0 {
			if _, err := w.Write(buf[:n]); err != nil {
				resp.Body.Close()
				return err
			}
			if done += measure(buf[:n]); progress != nil {
				progress(done, all)
			}
		}
		if err == nil {
			continue
		}
		if err == io.EOF {
			err = nil
		}
		err = c.ended(ctx, resp, result, err)
		resp.Body.Close()
		return err
	}
}

// news is a line of the answer to an import.
type news struct {
	Line     *refusal         `json:"line,omitempty"`
	Progress *transfer.Result `json:"progress,omitempty"`
	Result   *transfer.Result `json:"result,omitempty"`
}

// refusal is a transfer.Line.
type refusal struct {
	Place   transfer.Place `json:"place"`
	Err     *scim.Error    `json:"error,omitempty"`
	Skipped string         `json:"skipped,omitempty"`
}

// importFile takes a file and tells about it meanwhile.
func (s *service) importFile(w *flow, r *http.Request) error {
	o, err := s.importOptions(r.URL.Query())
	if err != nil {
		return err
	}
	if err := http.NewResponseController(w.w).EnableFullDuplex(); err != nil {
		return err
	}
	out := json.NewEncoder(w)
	tell := func(n news) {
		if out.Encode(n) == nil { // a client that went away does not send any more either
			_ = w.flush()
		}
	}
	told := time.Now()
	o.Report = func(l transfer.Line) {
		_ = out.Encode(news{Line: &refusal{l.Place, l.Err, l.Skipped}})
	}
	o.Progress = func(sofar transfer.Result) {
		if now := time.Now(); now.Sub(told) >= progressPause {
			told = now
			tell(news{Progress: &sofar})
		}
	}
	if err := w.flush(); err != nil { // the client waits for an answer before it listens
		return err
	}
	result, err := transfer.Import(r.Context(), s.o.Store, &upload{r}, o)
	tell(news{Result: &result})
	return err
}

// upload is a request's body that may end early.
type upload struct{ r *http.Request }

func (u *upload) Read(p []byte) (int, error) {
	n, err := u.r.Body.Read(p)
	if err == io.EOF && u.r.Trailer.Get(stopTrailer) != "" {
		err = context.Canceled
	}
	return n, err
}

// importOptions and importQuery face each other.
func (s *service) importOptions(v url.Values) (o transfer.Options, err error) {
	o = transfer.Options{Catalog: s.o.Catalog, Policy: s.o.Policy, DryRun: v.Has("dryRun"), Update: v.Has("update")}
	if text := v.Get("from"); text != "" {
		o.From, err = strconv.Atoi(text)
	}
	return o, err
}

func importQuery(o transfer.Options) string {
	v := url.Values{}
	if o.DryRun {
		v.Set("dryRun", "")
	}
	if o.Update {
		v.Set("update", "")
	}
	if o.From > 0 {
		v.Set("from", strconv.Itoa(o.From))
	}
	return v.Encode()
}

// Import stores the resources in r, as transfer.Import does, by the settings of
// whoever has the store: o's catalog and policy are not looked at. When ctx ends,
// no more of r is sent, and Import returns when all that was sent is done with.
func (c *Client) Import(ctx context.Context, r io.Reader, o transfer.Options) (result transfer.Result, err error) {
	body := newCutShort(ctx, r)
	defer body.Close()
	asked := context.WithoutCancel(ctx) // it is answered to the end
	req, err := http.NewRequestWithContext(asked, http.MethodPost, "http://scimdeck/import?"+importQuery(o), body)
	if err != nil {
		return result, err
	}
	req.Trailer = body.trailer
	resp, err := c.ask(asked, req)
	if err != nil {
		return result, err
	}
	err = c.lines(asked, resp, nil, func(line []byte) error {
		var n news
		err := json.Unmarshal(line, &n)
		switch {
		case err != nil:
			return err
		case n.Line != nil && o.Report != nil:
			o.Report(transfer.Line{Place: n.Line.Place, Err: n.Line.Err, Skipped: n.Line.Skipped})
		case n.Progress != nil && o.Progress != nil:
			o.Progress(*n.Progress)
		case n.Result != nil:
			result = *n.Result
		}
		return nil
	})
	if cut := body.why(); cut != nil {
		err = cut
	}
	return result, err
}

// cutShort is a body that ends with the file, when the file cannot be read any
// more, or when ctx ends; the trailer tells the last two from the first. The file
// is read in a goroutine, as a pipe may keep a read waiting for ever.
type cutShort struct {
	ctx     context.Context
	parts   chan part
	part    part
	trailer http.Header
	closed  chan struct{}
	close   sync.Once

	mu  sync.Mutex
	cut error
}

// part is what one read of the file gave.
type part struct {
	b   []byte
	err error
}

func newCutShort(ctx context.Context, r io.Reader) *cutShort {
	c := &cutShort{ctx: ctx, parts: make(chan part), trailer: http.Header{stopTrailer: nil}, closed: make(chan struct{})}
	go func() {
		for {
			b := make([]byte, 64<<10)
			n, err := r.Read(b)
			select {
			case c.parts <- part{b[:n], err}:
			case <-c.closed:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return c
}

// Read implements io.Reader.
func (c *cutShort) Read(p []byte) (int, error) {
	for len(c.part.b) == 0 {
		err := c.part.err
		if err == nil {
			select {
			case c.part = <-c.parts:
				continue
			case <-c.ctx.Done():
				err = c.ctx.Err()
			}
		}
		if err != io.EOF {
			c.trailer.Set(stopTrailer, "yes")
			c.mu.Lock()
			c.cut = err
			c.mu.Unlock()
		}
		return 0, io.EOF
	}
	n := copy(p, c.part.b)
	c.part.b = c.part.b[n:]
	return n, nil
}

// Close implements io.Closer. A read of the file that waits is left to wait.
func (c *cutShort) Close() error {
	c.close.Do(func() { close(c.closed) })
	return nil
}

// why is why there was no more of the file; nil: it was all of it.
func (c *cutShort) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cut
}
