package share

import (
	"fmt"
	"iter"
	"strings"

	"scimdeck/scim/explain/change"
	"scimdeck/scim/wire"
)

// writeMarkdown writes a report: a heading a request, with what it meant, what
// was sent and what was answered.
func writeMarkdown(w *writer, all iter.Seq2[*wire.Exchange, error]) error {
	w.printf("# SCIM requests\n\nWritten by %s. Keys and passwords are removed.\n", escape(w.o.Program))
	for ex, err := range all {
		if err != nil {
			return err
		}
		w.printf("\n## %d %s\n\n", ex.Seq, escape(title(ex)))
		w.printf("%s %s  \n", escape(line(ex.Method)), code(line(ex.Target)))
		w.printf("**%s** in %s, %s", escape(statusText(ex.Status)), took(ex), ex.Start.In(w.o.Zone).Format("2006-01-02 15:04:05.000 MST"))
		switch {
		case ex.KeyName != "":
			w.printf(", key %s", escape(line(ex.KeyName)))
		case ex.Refused != "":
			w.printf(", key refused: %s", escape(line(ex.Refused)))
		case ex.Source != "":
			w.printf(", sent by %s", escape(line(ex.Source)))
		}
		w.printf("\n")
		if note := noteLine(ex); note != "" {
			w.printf("\n> %s\n", escape(note))
		}
		if part := partLine(ex.Part); part != "" {
			w.printf("\n%s.\n", escape(line(part)))
		}
		if changes := lines(ex.Changes, change.Line); len(changes) > 0 {
			w.list("Changes", changes)
		} else {
			w.list("Changed", ex.Changed)
		}
		w.list("Findings", lines(ex.Findings, findingLine))
		w.list("Notes", ex.Notes)
		w.section("Request", ex.RequestHeader, ex.RequestBody, requestRemark(ex))
		w.section("Answer", ex.ResponseHeader, ex.ResponseBody, responseRemark(ex))
	}
	return nil
}

// lines says each of a list in one line.
func lines[A any](list []A, say func(A) string) (said []string) {
	for _, a := range list {
		said = append(said, say(a))
	}
	return said
}

func took(ex *wire.Exchange) string {
	return fmt.Sprintf("%.1f ms", float64(ex.Took.Microseconds())/1000)
}

func (w *writer) list(heading string, items []string) {
	if len(items) == 0 {
		return
	}
	w.printf("\n%s:\n\n", heading)
	for _, item := range items {
		w.printf("- %s\n", escape(line(item)))
	}
}

func (w *writer) section(heading string, fields []wire.Field, body []byte, remark string) {
	w.printf("\n<details>\n<summary>%s</summary>\n\n", heading)
	var head strings.Builder
	for _, f := range header(fields) {
		fmt.Fprintf(&head, "%s: %s\n", line(f.Name), line(f.Value))
	}
	w.fenced("http", head.String())
	if len(body) > 0 {
		w.fenced("json", pretty(body)+"\n")
	}
	if remark != "" {
		w.printf("%s\n\n", escape(remark))
	}
	w.printf("</details>\n")
}

// fenced writes a block of code, in a fence longer than any inside.
func (w *writer) fenced(language, text string) {
	if text == "" {
		return
	}
	fence := strings.Repeat("`", max(3, longestRun(text)+1))
	w.printf("%s%s\n%s%s\n\n", fence, language, text, fence)
}

// code writes text of one line as a span of code.
func code(text string) string {
	fence := strings.Repeat("`", longestRun(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// longestRun is the length of the longest run of backticks.
func longestRun(text string) int {
	longest, n := 0, 0
	for _, c := range []byte(text) {
		if n++; c != '`' {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// escape makes text of one line mean itself in Markdown.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '<':
			b.WriteString("&lt;")
			continue
		case r == '&':
			b.WriteString("&amp;")
			continue
		case strings.ContainsRune("\\`*_[]#|~!", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
