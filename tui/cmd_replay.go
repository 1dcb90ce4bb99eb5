package tui

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/explain/compare"
	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	"scimdeck/scim/wire/resend"
	"scimdeck/store"
)

// replayJob is requests of the log that are to be sent again, in their order.
type replayJob struct {
	rows []*store.Row
	base string      // of another server; "": ours
	ids  *resend.IDs // that are others there; nil: none can be
	edit bool        // the user changes the request first; there is one row only

	after uint64 // the newest row before it

	variable string // the environment variable that has the key for base
	key      []byte // or the key; wiped when the job ends
}

// place names where a job's requests go.
func (j *replayJob) place() string {
	if j.base == "" {
		return "the server here"
	}
	return j.base
}

// replayReady says that a job can begin: what it changes is to be asked for.
type replayReady struct {
	job    *replayJob
	edited *wire.Request // nil: what was logged is sent
	writes int
	now    []string // how the resource is now that one write is about
}

// replayRefused says why a job cannot be done.
type replayRefused struct{ why string }

// replayOff says that nothing came of an edit.
type replayOff struct{ told }

// replayWrong takes the user into the editor, or back there.
type replayWrong struct {
	job  *replayJob
	ex   *wire.Exchange
	text []byte
}

// prepareReplay reads a job's requests and finds out whether they can be sent.
func prepareReplay(d *deps, job *replayJob) tea.Cmd {
	return func() tea.Msg {
		ready := replayReady{job: job}
		var ex *wire.Exchange
		for one, err := range exchangesOfRows(d, job.rows) {
			if err != nil {
				return replayRefused{err.Error()}
			}
			ex = one
			var r *wire.Request
			if job.edit {
				if r, err = ex.Draft(); err == nil {
					return replayWrong{job, ex, resend.Text(job.ids.Map(r), resend.About(ex, r, job.place()))}
				}
			} else {
				r, err = ex.Again()
			}
			if err != nil {
				return replayRefused{"#" + utoa(ex.Seq) + " cannot be sent again: " + err.Error()}
			}
			if r.IsWrite() {
				ready.writes++
			}
		}
		if ex == nil {
			return replayRefused{"the log no longer has it"}
		}
		if len(job.rows) == 1 && ready.writes == 1 && job.base == "" {
			r, err := ex.Draft()
			if err == nil {
				ready.now = nowWords(d, ex, r)
			}
		}
		return ready
	}
}

// editReplay has the user change a request.
func editReplay(d *deps, m replayWrong) tea.Cmd {
	return editText(d, "request-"+utoa(m.ex.Seq)+".http", m.text, func(edited []byte, err error) tea.Msg {
		if err != nil {
			m.job.wipe()
			return replayOff{notEdited(d, "the replay", err)}
		}
		r, err := resend.Parse(edited)
		if err != nil {
			return replayWrong{m.job, m.ex, resend.Retry(edited, err)}
		}
		r.MakeUp()
		ready := replayReady{job: m.job, edited: r}
		if r.IsWrite() {
			ready.writes = 1
			if was, _ := m.ex.Relative(); m.job.base == "" && r.Method == m.ex.Method && r.Path == was {
				ready.now = nowWords(d, m.ex, r)
			}
		}
		return ready
	})
}

func exchangesOfRows(d *deps, rows []*store.Row) func(func(*wire.Exchange, error) bool) {
	numbers := make([]uint64, len(rows))
	for i, row := range rows {
		numbers[i] = row.Seq
	}
	return d.opts.Store.Exchanges(d.ctx, numbers)
}

// nowWords says how the resource of a write is now, where that is another matter
// than it was when the write came; r is the write as it will be sent.
func nowWords(d *deps, ex *wire.Exchange, r *wire.Request) []string {
	t := d.cat.Type(ex.Type)
	switch {
	case t == nil:
		return nil
	case ex.Op == "create":
		v, err := scim.Decode(r.Body, scim.Limits{})
		name := v.Fold("userName").Text()
		if err != nil || name == "" || t.Name != "User" {
			return nil
		}
		users := userNoun(d)
		f, err := parseUserFilter("userName eq "+scim.StringOf(name).String(), &users)
		if err != nil {
			return nil
		}
		n, err := d.opts.Store.List(d.ctx, t, scimQuery(f.f, 0, 0), func([]byte) {})
		if err == nil && n > 0 {
			return []string{name + " is there now: a 409 is likely."}
		}
		return nil
	case ex.ID == "":
		return nil
	}
	doc, ok, err := d.opts.Store.Get(t, nil, ex.ID)
	if err != nil {
		return nil
	}
	name := ex.Name
	if name == "" {
		name = ex.ID
	}
	if !ok {
		return []string{name + " is there no more: a 404 is likely."}
	}
	v, err := scim.Decode(doc, scim.Limits{})
	if err != nil {
		return nil
	}
	was, is := versionOf(ex), v.Get("meta").Get("version").Text()
	if was == "" || was == is {
		return nil
	}
	return []string{fmt.Sprintf("%s has changed since: version %s %s %s.", name, was, d.theme.Glyph.To, is)}
}

// versionOf is the resource's version after an exchange, "" if that is not known.
func versionOf(ex *wire.Exchange) string {
	for _, f := range ex.ResponseHeader {
		if f.Name == "Etag" {
			return f.Value
		}
	}
	v, err := scim.Decode(ex.ResponseBody, scim.Limits{})
	if err != nil {
		return ""
	}
	return v.Get("meta").Get("version").Text()
}

// replayed is how a job ended.
type replayed struct {
	job   *replayJob
	sent  int
	other int    // of them were answered with another status
	last  string // the last one, in words
	row   string // the Source of its row
	err   error
}

// replayShown says that it is time to speak of a job, whether its row is there or not.
type replayShown struct{ of *replayJob }

// wipe forgets the key.
func (j *replayJob) wipe() { clear(j.key) }

// sendAgain sends a job's requests, one after the other.
func sendAgain(d *deps, m replayReady) tea.Cmd {
	return func() tea.Msg {
		job := m.job
		defer job.wipe()
		done := replayed{job: job}
		key := string(job.key)
		if job.base != "" && key == "" {
			if key = strings.TrimSpace(os.Getenv(job.variable)); key == "" {
				done.err = fmt.Errorf("%s is not set in the environment of this program", job.variable)
				return done
			}
		}
		for ex, err := range exchangesOfRows(d, job.rows) {
			if err != nil {
				done.err = err
				return done
			}
			r := m.edited
			if r == nil {
				if r, err = ex.Again(); err != nil {
					done.err = err
					return done
				}
				r = job.ids.Map(r)
			}
			status, err := sendOne(d, job, key, ex, r)
			if err != nil {
				done.err = err
				return done
			}
			done.sent++
			done.row = wire.ReplaySource(ex.Seq, wire.Host(job.base))
			done.last = fmt.Sprintf("#%d sent again: %s", ex.Seq, report.StatusText(status))
			if status != ex.Status {
				done.other++
				done.last += fmt.Sprintf(", it was %s", report.StatusText(ex.Status))
			}
		}
		return done
	}
}

// replayTime is how long one request may take.
const replayTime = 30 * time.Second

func sendOne(d *deps, job *replayJob, key string, ex *wire.Exchange, r *wire.Request) (status int, err error) {
	ctx, cancel := context.WithTimeout(d.ctx, replayTime)
	defer cancel()
	var answer []byte
	source := wire.ReplaySource(ex.Seq, wire.Host(job.base))
	if job.base == "" {
		status, answer, err = d.opts.Send(ctx, source, r)
	} else {
		var sender wire.Sender
		var got *wire.Exchange
		if got, answer, err = sender.Send(ctx, job.base, key, r); err == nil {
			got.Source, status = source, got.Status
			d.opts.Store.Log(got)
			if status == 0 {
				err = fmt.Errorf("%s", strings.Join(got.Notes, "; "))
			}
		}
	}
	if err == nil && job.ids != nil {
		job.ids.Learn(ex, status, answer)
	}
	return status, err
}

// compared is two requests side by side.
type compared struct {
	a, b   *wire.Exchange
	result *compare.Result
	why    string // there is nothing to show
}

// compareTwo reads and compares two requests.
func compareTwo(d *deps, a, b uint64) tea.Cmd {
	return func() tea.Msg {
		var pair []*wire.Exchange
		for _, seq := range []uint64{a, b} {
			ex, ok, err := d.opts.Store.Exchange(seq)
			if err != nil {
				return compared{why: err.Error()}
			}
			if !ok {
				return compared{why: "#" + utoa(seq) + " is no longer kept"}
			}
			pair = append(pair, ex)
		}
		return compared{a: pair[0], b: pair[1], result: compare.Exchanges(pair[0], pair[1])}
	}
}
