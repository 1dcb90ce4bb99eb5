package tui

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// Plain prints a line for each request that comes in (JSON objects if asJSON)
// until ctx is done, which gives nil. Requests that were logged before it was
// called are not printed. Other errors are those of w.
//
// A line is number, time, method, status, duration and what happened, in words
// only: no escape codes, no signs, and "problem:" where one is.
func Plain(ctx context.Context, st Store, w io.Writer, asJSON bool) error {
	ping, stop := st.Watch()
	defer stop()
	after := st.LogState().Last
	out := bufio.NewWriter(w)
	var rows []*store.Row
	var line []byte
	for {
		rows = st.Rows(rows[:0], after, 0)
		for _, row := range rows {
			if missing := row.Seq - after - 1; missing > 0 && after > 0 && !asJSON {
				fmt.Fprintf(out, "%s not shown\n", count(int(missing), "request"))
			}
			after = row.Seq
			line = appendLine(line[:0], row, asJSON)
			out.Write(line)
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

func appendLine(dst []byte, row *store.Row, asJSON bool) []byte {
	if asJSON {
		return appendJSON(dst, row)
	}
	return append(dst, plainLine(row, time.Local)...)
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
		if i := strings.LastIndex(what, " (replay of "); i >= 0 {
			what = what[:i] + " found" + what[i:]
		} else {
			what += " found"
		}
	}
	what = strings.ReplaceAll(what, " → ", ", ")
	if row.Problem {
		what = "problem: " + what
	}
	if row.Remark.Marked {
		what += ", marked"
	}
	if row.Remark.Note != "" {
		what += ", your note: " + row.Remark.Note
	}
	return fmt.Sprintf("%d %s %s %s %s %s", row.Seq, row.Start.In(loc).Format("15:04:05"),
		ui.Clean(row.Method, false), status, ui.Took(row.Took), ui.Clean(what, false))
}

// appendJSON appends a request as one JSON object. Its members are named like the
// filter words; took is in milliseconds, a status of 0 is no answer, and what is
// empty and need not be there is left out. It is written by hand because it runs
// for each request: encoding/json takes three times as long.
func appendJSON(dst []byte, row *store.Row) []byte {
	text := func(name, value string) {
		dst = append(append(append(dst, ',', '"'), name...), '"', ':')
		dst = appendQuoted(dst, value)
	}
	some := func(name, value string) {
		if value != "" {
			text(name, value)
		}
	}
	dst = strconv.AppendUint(append(dst, `{"event":"request","number":`...), row.Seq, 10)
	dst = row.Start.UTC().AppendFormat(append(dst, `,"time":"`...), "2006-01-02T15:04:05.000Z")
	dst = append(dst, '"')
	text("method", row.Method)
	dst = strconv.AppendInt(append(dst, `,"status":`...), int64(row.Status), 10)
	dst = strconv.AppendFloat(append(dst, `,"took":`...), float64(row.Took.Microseconds())/1000, 'f', -1, 64)
	some("op", row.Op)
	some("user", row.Name)
	some("id", row.ID)
	text("resource", find.Resource(row))
	text("path", row.Path)
	text("target", row.Target)
	some("key", row.KeyName)
	some("refused", row.Refused)
	text("source", find.Source(row))
	if of, host := wire.Replayed(row.Source); of != 0 {
		dst = strconv.AppendUint(append(dst, `,"replayOf":`...), of, 10)
		some("sentTo", host)
	}
	some("agent", row.Agent)
	some("host", row.Host)
	if row.Remark.Marked {
		dst = append(dst, `,"marked":true`...)
	}
	some("note", row.Remark.Note)
	text("sentence", row.Sentence)
	dst = strconv.AppendBool(append(dst, `,"problem":`...), row.Problem)
	return append(dst, '}')
}

// appendQuoted appends a JSON string. What is not plain ASCII is left to encoding/json.
func appendQuoted(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(s)
			if err != nil { // cannot be: it is a string
				return append(dst, `""`...)
			}
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}
