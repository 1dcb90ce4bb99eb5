package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"scimdeck/scim"
	"scimdeck/store"
)

// What a request may have.
const (
	bodyBytes   = 1 << 20   // of a body
	doBytes     = 32 << 20  // of one with a request in it
	answerBytes = 256 << 20 // of an answer, but for streams
)

// service answers the verbs.
type service struct {
	o        Options
	stopping context.Context // ends the streams
	stop     context.CancelFunc
}

func newService(o Options) *service {
	s := &service{o: o}
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s
}

// routes is every verb.
func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /about", answer(func(*http.Request) (About, error) { return s.about(), nil }))

	mux.HandleFunc("GET /keys", answer(s.keys))
	mux.HandleFunc("POST /keys", answer(s.createKey))
	mux.HandleFunc("POST /keys/{id}/rename", answer(s.renameKey))
	mux.HandleFunc("POST /keys/{id}/expire", answer(s.expireKey))
	mux.HandleFunc("POST /keys/{id}/disable", answer(s.changeKey(s.o.Store.DisableKey)))
	mux.HandleFunc("POST /keys/{id}/enable", answer(s.changeKey(s.o.Store.EnableKey)))
	mux.HandleFunc("POST /keys/{id}/revoke", answer(s.changeKey(s.o.Store.RevokeKey)))

	mux.HandleFunc("POST /trials", answer(s.beginTrial))
	mux.HandleFunc("GET /trials/{mark}", answer(s.arrived))
	mux.HandleFunc("DELETE /trials/{mark}", answer(s.endTrial))

	mux.HandleFunc("GET /log", s.stream(s.rows))
	mux.HandleFunc("DELETE /log", answer(s.clearLog))
	mux.HandleFunc("POST /log", answer(s.note))
	mux.HandleFunc("GET /log/state", answer(s.logState))
	mux.HandleFunc("GET /log/follow", s.stream(s.follow))
	mux.HandleFunc("GET /log/{number}", answer(s.exchange))
	mux.HandleFunc("POST /log/{number}/mark", answer(s.setMark))
	mux.HandleFunc("POST /log/{number}/note", answer(s.setNote))
	mux.HandleFunc("GET /remarks", answer(s.remarks))
	mux.HandleFunc("POST /log/exchanges", s.stream(s.exchanges))
	mux.HandleFunc("GET /watch", s.stream(s.watch))

	mux.HandleFunc("GET /resources/{type}", s.stream(s.page))
	mux.HandleFunc("GET /resource/{type}", s.stream(s.get))
	mux.HandleFunc("GET /members", s.stream(s.members))
	mux.HandleFunc("GET /count/{type}", answer(s.count))
	mux.HandleFunc("GET /size", answer(s.size))
	mux.HandleFunc("POST /do", answer(s.do))

	mux.HandleFunc("GET /export", s.stream(s.export))
	mux.HandleFunc("GET /backup", s.stream(s.backup))
	mux.HandleFunc("POST /import", s.stream(s.importFile))
	return mux
}

// answer makes a handler of a verb that gives one value.
func answer[A any](verb func(*http.Request) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := verb(r)
		var body []byte
		if err == nil {
			body, err = json.Marshal(a)
		}
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body) // a client that went away
	}
}

// none is the answer of a verb that gives nothing.
type none struct{}

// stream makes a handler of a verb that writes its answer bit by bit. An error
// before the first byte is answered, one after it is in the trailer, like the
// verb's result. r's context ends when the server stops.
func (s *service) stream(verb func(w *flow, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.stopping, cancel)()
		out := &flow{w: w}
		err := verb(out, r.WithContext(ctx))
		if s.stopping.Err() != nil && errors.Is(err, context.Canceled) {
			err = store.ErrClosed
		}
		if err == nil && out.result != nil {
			var told []byte
			told, err = json.Marshal(out.result)
			out.begin()
			w.Header().Set(resultTrailer, string(told))
		}
		switch {
		case err != nil && !out.begun:
			refuse(w, err)
		case err != nil:
			w.Header().Set(problemTrailer, string(write(err)))
		case !out.begun:
			w.WriteHeader(http.StatusNoContent)
		}
	}
}

// resultTrailer has what a stream gives besides its bytes.
const resultTrailer = "Scimdeck-Result"

// flow is the answer of a stream.
type flow struct {
	w      http.ResponseWriter
	begun  bool
	result any // nil: none
}

// Write writes the next bytes.
func (f *flow) Write(b []byte) (int, error) {
	f.begin()
	return f.w.Write(b)
}

// flush sends what was written.
func (f *flow) flush() error {
	f.begin()
	return http.NewResponseController(f.w).Flush()
}

func (f *flow) begin() {
	if !f.begun {
		f.begun = true
		f.w.Header()["Trailer"] = []string{problemTrailer, resultTrailer}
	}
}

// take reads a request's JSON, at most so many bytes.
func take[Q any](r *http.Request, most int64) (q Q, err error) {
	body := http.MaxBytesReader(nil, r.Body, most)
	if err := json.NewDecoder(body).Decode(&q); err != nil {
		return q, fmt.Errorf("reading the request: %w", err)
	}
	return q, nil
}

// number reads a number in the request's path, or in its query, where it is 0 if it is not there.
func number(r *http.Request, name string) (uint64, error) {
	text := r.PathValue(name)
	if text == "" {
		text = r.URL.Query().Get(name)
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: want a number, not %q", name, text)
	}
	return n, nil
}

// resourceType finds the type that a request is about.
func (s *service) resourceType(r *http.Request) (*scim.ResourceType, error) {
	name := r.PathValue("type")
	if t := s.o.Catalog.Type(name); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("there is no resource type %q here: the scimdeck that has the data folder runs with other settings", name)
}
