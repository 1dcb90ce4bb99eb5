// Package share writes exchanges in forms that others can use: an HTTP archive,
// commands, a report, a test of somebody else's server.
//
//	n, err := share.Write(file, "har", share.Options{Program: "scimdeck 0.1.0"}, exchanges)
//
// Formats lists the forms. What they share:
//
//   - No secret is in any of them. Authorization is "Bearer (removed)", or
//     $SCIM_TOKEN where a request is sent again; passwords were cut out when the
//     exchange was recorded.
//   - A form that sends requests again does so with their bodies byte for byte. A
//     body that the log does not have whole makes it fail with a *GapError, as
//     half a body would be another request. A form that only tells says so instead.
//   - Text of clients stays what it is, within what the form can hold; no form
//     lets it become a command, a comment's end or a heading.
//
// WriteFile puts one into a file. The package knows nothing of where exchanges
// come from.
package share

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"scimdeck/scim/wire"
)

// Format is a form in which exchanges can be written.
type Format struct {
	Name  string // "har"
	About string // a few words
	File  string // what a file of it is called: "requests.har"
	Again bool   // it sends the requests again

	write func(*writer, iter.Seq2[*wire.Exchange, error]) error
}

var formats = []Format{
	{Name: "har", About: "HTTP archive 1.2, for network panels and proxies", File: "requests.har", write: writeHAR},
	{Name: "curl", About: "a shell script that sends them again", File: "requests.sh", Again: true, write: writeCurl},
	{Name: "raw", About: "requests and answers as on the wire", File: "requests.http.txt", write: writeRaw},
	{Name: "jsonl", About: "JSON, a line each", File: "requests.jsonl", write: writeLines},
	{Name: "markdown", About: "a report for people", File: "requests.md", write: writeMarkdown},
	{Name: "txtar", About: "a story for testscript: replay it against another server", File: "requests.txtar", Again: true, write: writeTxtar},
	{Name: "gotest", About: "a Go test of another server", File: "requests_test.go", Again: true, write: writeGoTest},
}

// Formats lists the forms in the order of menus.
func Formats() []Format { return slices.Clone(formats) }

// Lookup returns a form by its name; ok is false when there is none.
func Lookup(name string) (f Format, ok bool) {
	i := slices.IndexFunc(formats, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return formats[i], true
}

// Options is what a form says besides the exchanges. The zero Options will do.
type Options struct {
	Program string         // who writes it: "scimdeck 0.1.0"; "": scimdeck
	Zone    *time.Location // of times for people; nil: UTC
}

// GapError says that an exchange cannot be sent again as it was. A way out, when
// there are others, is to leave it out: -#1034 as a filter.
type GapError struct {
	Seq uint64
	Why string // words that follow "request #1034: "
}

func (e *GapError) Error() string {
	return fmt.Sprintf("request #%d cannot be sent again: %s", e.Seq, e.Why)
}

// Write writes exchanges in a form, oldest first as they are given. It returns
// how many there were. The error is a *GapError, w's, or one out of all, which
// ends it; what was written by then is of no use.
func Write(w io.Writer, format string, o Options, all iter.Seq2[*wire.Exchange, error]) (n int, err error) {
	f, ok := Lookup(format)
	if !ok {
		return 0, fmt.Errorf("there is no format %q", format)
	}
	if o.Program == "" {
		o.Program = "scimdeck"
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	out := &writer{Writer: bufio.NewWriter(w), o: o}
	err = f.write(out, func(yield func(*wire.Exchange, error) bool) {
		for ex, err := range all {
			if err == nil {
				n++
			}
			if !yield(ex, err) {
				return
			}
		}
	})
	if err == nil {
		err = out.Flush()
	}
	return n, err
}

// One gives a single exchange to Write.
func One(ex *wire.Exchange) iter.Seq2[*wire.Exchange, error] {
	return func(yield func(*wire.Exchange, error) bool) { yield(ex, nil) }
}

// writer is where a form goes. The errors of its methods stick and come out of Flush.
type writer struct {
	*bufio.Writer
	o Options
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// gap is the error if a request cannot be sent again as it was.
func gap(ex *wire.Exchange) error {
	if why := ex.RequestGap(); why != "" {
		return &GapError{ex.Seq, "its request body " + why}
	}
	return nil
}
