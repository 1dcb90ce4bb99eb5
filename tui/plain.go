package tui

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"scimdeck/store"
	"scimdeck/tui/ui"
)

// Plain prints a line for each request that comes in (JSON objects if asJSON)
// until ctx is done, which gives nil. Requests that were logged before it was
// called are not printed. Other errors are those of w.
//
// A line is number, time, method, status, duration and what happened, in words
// only: no escape codes, no signs, and "problem:" where one is.
func Plain(ctx context.Context, st *store.Store, w io.Writer, asJSON bool) error {
	ping, stop := st.Watch()
	defer stop()
	after := st.LogState().Last
	out := bufio.NewWriter(w)
	var rows []*store.Row
	for {
		rows = st.Rows(rows[:0], after, 0)
		for _, row := range rows {
			if missing := row.Seq - after - 1; missing > 0 && after > 0 && !asJSON {
				fmt.Fprintf(out, "%s not shown\n", count(int(missing), "request"))
			}
			after = row.Seq
			if asJSON {
				out.Write(jsonLine(row))
			} else {
				out.WriteString(plainLine(row, time.Local))
			}
			out.WriteByte('\n')
		}
		if err := out.Flush(); err != nil {
			return err
		}
		select {
		case <-ping:
		case <-ctx.Done():
			return nil
		}
	}
}

// plainLine is a request in words.
func plainLine(row *store.Row, loc *time.Location) string {
	status := "no answer"
	if row.Status != 0 {
		status = itoa(row.Status)
	}
	what := row.Sentence
	if what == "" {
		what = row.Target
	}
	if row.Op == "find" && strings.Contains(what, " → ") {
		what += " found"
	}
	what = strings.ReplaceAll(what, " → ", ", ")
	if row.Problem {
		what = "problem: " + what
	}
	return fmt.Sprintf("%d %s %s %s %s %s", row.Seq, row.Start.In(loc).Format("15:04:05"),
		ui.Clean(row.Method, false), status, ui.Took(row.Took), ui.Clean(what, false))
}

// jsonRow is a request as JSON; its members are named like the filter words.
type jsonRow struct {
	Event    string  `json:"event"`
	Number   uint64  `json:"number"`
	Time     string  `json:"time"`
	Method   string  `json:"method"`
	Status   int     `json:"status"` // 0: no answer
	Took     float64 `json:"took"`   // milliseconds
	Op       string  `json:"op,omitempty"`
	User     string  `json:"user,omitempty"`
	ID       string  `json:"id,omitempty"`
	Resource string  `json:"resource"`
	Path     string  `json:"path"`
	Target   string  `json:"target"`
	Key      string  `json:"key,omitempty"`
	Refused  string  `json:"refused,omitempty"`
	Source   string  `json:"source"`
	Agent    string  `json:"agent,omitempty"`
	Host     string  `json:"host,omitempty"`
	Sentence string  `json:"sentence"`
	Problem  bool    `json:"problem"`
}

func jsonLine(row *store.Row) []byte {
	line, err := json.Marshal(jsonRow{
		Event: "request", Number: row.Seq, Time: row.Start.UTC().Format("2006-01-02T15:04:05.000Z"),
		Method: row.Method, Status: row.Status, Took: float64(row.Took.Microseconds()) / 1000,
		Op: row.Op, User: row.Name, ID: row.ID, Resource: resourceOf(row), Path: row.Path, Target: row.Target,
		Key: row.KeyName, Refused: row.Refused, Source: sourceOf(row), Agent: row.Agent, Host: row.Host,
		Sentence: row.Sentence, Problem: row.Problem,
	})
	if err != nil { // cannot be: strings, numbers and booleans
		return []byte(`{"event":"request"}`)
	}
	return line
}
