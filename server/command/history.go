package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/explain/history"
	"scimdeck/scim/wire"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
	"scimdeck/store/find"
)

const historyLong = "It is told by what the log keeps, oldest first, and says where the log does not tell. " +
	"One that is deleted can be named too. With --json each line is a request, a version, or both, with the state as a client saw it."

func (p *Program) history(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
			t, err := n.typeOf(o.Catalog)
			if err != nil {
				return err
			}
			doc, missing := findDoc(ctx, has, n, t, c.Args[0])
			var none *Trouble
			if missing != nil && !errors.As(missing, &none) {
				return missing
			}
			rows, err := rowsAbout(ctx, has, n)
			if err != nil {
				return err
			}
			s := history.Subject{Type: t, ID: string(scim.DocID(doc)), Now: doc}
			if missing != nil {
				if s.ID = lastOf(rows, c.Args[0]); s.ID == "" {
					return missing
				}
			}
			name := ""
			if doc != nil {
				name = nameOf(doc)
			}
			about := find.About(rows, n.name, s.ID, name)
			older := max(len(about)-history.Most, 0)
			var numbers []uint64
			for _, row := range about[older:] {
				numbers = append(numbers, row.Seq)
			}
			h, err := history.Tell(s, has.Exchanges(ctx, numbers))
			if err != nil {
				return err
			}
			if older > 0 {
				fmt.Fprintf(p.Stderr, "%s before these were not looked at\n", count(int64(older), "request"))
			}
			if len(h.Touches) == 0 {
				fmt.Fprintf(p.Stderr, "the log has no request about this %s\n", n.one)
			}
			out := bufio.NewWriter(p.Stdout)
			if c.Has("json") {
				err = historyLines(out, &h)
			} else {
				err = historyTable(out, &h)
			}
			return errors.Join(err, out.Flush())
		})
	}
}

// rowsAbout reads the rows that may be about one resource of the type.
func rowsAbout(ctx context.Context, has *local.Client, n noun) (about []*store.Row, err error) {
	var rows []*store.Row
	var last uint64
	for more := true; more; more = len(rows) == atOnce {
		if rows, err = has.Rows(ctx, nil, last, atOnce); err != nil {
			return nil, err
		}
		for _, row := range rows {
			last = row.Seq
			if row.ID != "" || row.Op == "bulk" || row.Type == n.name && row.Name != "" {
				about = append(about, row)
			}
		}
	}
	return about, nil
}

// lastOf is the id that the log last knew somebody by, who is gone: wanted is an id or a name.
func lastOf(rows []*store.Row, wanted string) string {
	for i := len(rows) - 1; i >= 0; i-- {
		if row := rows[i]; row.ID != "" && (row.ID == wanted || strings.EqualFold(row.Name, wanted)) {
			return row.ID
		}
	}
	return ""
}

// historyTable prints a history for people: a line for each request, and what it changed below.
func historyTable(w io.Writer, h *history.History) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range h.Events() {
		when, number, method, status, version, what := "", "-", "", "", "", "not by a request in the log"
		if v := e.Version; v != nil {
			when, version = at(v.At, ""), v.ETag()
		}
		if t := e.Touch; t != nil {
			ex := t.Exchange
			when, number, method, status, what = at(ex.Start, ""), fmt.Sprint("#", ex.Seq), ex.Method, fmt.Sprint(ex.Status), ex.Sentence
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", when, number, harmless(method), status, version, harmless(what))
		if e.Version == nil {
			continue
		}
		for _, line := range versionText(e.Version) {
			fmt.Fprintf(out, "\t\t\t\t\t  %s\n", harmless(line))
		}
	}
	return out.Flush()
}

// versionText says what a version changed, and what is not known of it.
func versionText(v *history.Version) (lines []string) {
	if v.Skipped > 0 {
		lines = append(lines, count(int64(v.Skipped), "version")+" before it not known: no request in the log made them")
	}
	for _, c := range v.Changes {
		lines = append(lines, change.Line(c))
	}
	switch {
	case !v.Known:
		lines = append(lines, "not known what changed")
	case len(v.Changes) == 0 && !v.Deleted:
		lines = append(lines, "nothing changed")
	}
	if v.Doc == nil && !v.Deleted {
		lines = append(lines, "its state is not known: "+v.Gap)
	}
	return lines
}

// jsonEvent is a line of users history --json.
type jsonEvent struct {
	Request  uint64    `json:"request,omitempty"` // the number of the request; absent: none in the log made the version
	Time     time.Time `json:"time,omitzero"`
	Method   string    `json:"method,omitempty"`
	Status   int       `json:"status,omitempty"`
	Op       string    `json:"op,omitempty"`
	Sentence string    `json:"sentence,omitempty"`
	Key      string    `json:"key,omitempty"`
	Source   string    `json:"source,omitempty"`
	Answered string    `json:"answered,omitempty"` // the version that the answer is about

	Version  string          `json:"version,omitempty"` // that came about
	From     string          `json:"from,omitempty"`    // the version that changes are against
	Skipped  uint64          `json:"skipped,omitempty"` // versions before it that nothing is known of
	Deleted  bool            `json:"deleted,omitempty"`
	Changes  []wire.Change   `json:"changes,omitempty"`
	Resource json.RawMessage `json:"resource,omitempty"` // the state, without groups and members
	Unknown  string          `json:"unknown,omitempty"`  // why there is none
}

func historyLines(w io.Writer, h *history.History) error {
	tag := func(n uint64) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprintf(`W/"%d"`, n)
	}
	for _, e := range h.Events() {
		var j jsonEvent
		if t := e.Touch; t != nil {
			ex := t.Exchange
			j = jsonEvent{
				Request: ex.Seq, Time: ex.Start.UTC(), Method: ex.Method, Status: ex.Status, Op: ex.Op, Sentence: ex.Sentence,
				Key: ex.KeyName, Source: ex.Source, Answered: tag(t.Version),
			}
		}
		if v := e.Version; v != nil {
			j.Version, j.From, j.Skipped, j.Deleted, j.Resource, j.Unknown = v.ETag(), tag(v.From), v.Skipped, v.Deleted, v.Doc, v.Gap
			if j.Time.IsZero() {
				j.Time = v.At.UTC()
			}
			j.Changes = v.Changes
		}
		text, err := json.Marshal(j)
		if err != nil {
			return err
		}
		var line bytes.Buffer
		writeJSON(&line, text)
		line.WriteByte('\n')
		if _, err := line.WriteTo(w); err != nil {
			return err
		}
	}
	return nil
}

// members lists who is in a group, a part at a time.
func (p *Program) members(ctx context.Context, c cmdline.Call) error {
	return p.one(ctx, c, groupNoun, func(has *local.Client, _ *scim.ResourceType, doc []byte) error {
		out := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		if !c.Has("json") {
			fmt.Fprintln(out, "NAME\tTYPE\tACTIVE\tID")
		}
		for start := 1; ; start += atOnce {
			var lines bytes.Buffer
			var bad error
			total, _, err := has.Members(ctx, string(scim.DocID(doc)), start, atOnce, func(resourceType string, doc []byte) {
				bad = errors.Join(bad, memberLine(&lines, resourceType, doc, c.Has("json")))
			})
			if err = errors.Join(err, bad); err != nil {
				return err
			}
			if _, err := lines.WriteTo(out); err != nil {
				return err
			}
			if start+atOnce > total {
				if total == 0 && !c.Has("json") {
					fmt.Fprintln(p.Stderr, "nobody is in it")
				}
				return out.Flush()
			}
		}
	})
}

func memberLine(out *bytes.Buffer, resourceType string, doc []byte, asJSON bool) error {
	v, err := scim.Decode(doc, scim.Limits{})
	if err != nil {
		return err
	}
	active := v.Get("active")
	on := active.Kind() == scim.Absent || active.True()
	id, name := v.Get("id").Text(), nameOf(doc)
	if asJSON {
		line, err := json.Marshal(struct {
			Value   string `json:"value"`
			Display string `json:"display"`
			Type    string `json:"type"`
			Active  bool   `json:"active"`
		}{id, name, resourceType, on})
		writeJSON(out, line)
		out.WriteByte('\n')
		return err
	}
	fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", harmless(name), resourceType, map[bool]string{true: "yes", false: "no"}[on], harmless(id))
	return nil
}
