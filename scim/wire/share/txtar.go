package share

import (
	"bytes"
	"iter"
	"regexp"
	"strings"

	"scimdeck/scim/wire"
)

// writeTxtar writes a story for testscript (github.com/rogpeppe/go-internal), in
// a text archive. Its commands are those of this project's own stories:
//
//	scim METHOD TARGET [@FILE]   sends a request; the answer becomes stdout; with ! it has to be an error
//	want POINTER JSON            holds a member of the answer against a value
//	capture NAME POINTER         keeps a member of the answer, or its ETag, as $NAME
func writeTxtar(w *writer, all iter.Seq2[*wire.Exchange, error]) error {
	steps, missing, err := newStory(all)
	if err != nil {
		return err
	}
	w.printf("# SCIM requests as a story: %d of them, written by %s.\n", len(steps), line(w.o.Program))
	w.printf("# $%s and $%s say where to and with which key; it is meant for a server without users.\n", BaseVariable, TokenVariable)
	for _, id := range missing {
		w.printf("# Needs a resource that is there before it begins: %s\n", line(id))
	}
	for _, s := range steps {
		w.printf("\n# %d %s\n", s.ex.Seq, title(s.ex))
		if note := noteLine(s.ex); note != "" {
			w.printf("# %s\n", note)
		}
		if s.skipped != "" {
			w.printf("# (left out: %s)\n", s.skipped)
			continue
		}
		w.txtarStep(s)
	}
	for _, s := range steps {
		if len(s.body) == 0 || s.skipped != "" {
			continue
		}
		if marker.Match(s.body) {
			return &GapError{s.ex.Seq, "its request body has a line that a text archive takes for a file's name"}
		}
		w.printf("\n-- %d.json --\n%s", s.ex.Seq, s.body)
		if !bytes.HasSuffix(s.body, []byte("\n")) {
			w.printf("\n")
		}
	}
	return nil
}

// marker is the line before a file of a text archive.
var marker = regexp.MustCompile(`(?m)^-- .* --\r?$`)

func (w *writer) txtarStep(s *step) {
	if s.ex.Status >= 400 {
		w.printf("! ")
	}
	w.printf("scim")
	for _, f := range s.header {
		w.printf(" -H %s", word(line(f.Name+": "+f.Value)))
	}
	w.printf(" %s %s", word(line(s.ex.Method)), word(s.target))
	if len(s.body) > 0 {
		w.printf(" @%d.json", s.ex.Seq)
	}
	w.printf("\nstdout '^%d '\n", s.ex.Status)
	for _, m := range s.want {
		w.printf("want %s %s\n", word(m.pointer), word(m.value))
	}
	for _, m := range s.capture {
		w.printf("capture %s %s\n", m.value, word(m.pointer))
	}
}

var variable = regexp.MustCompile(`\$\{((?:ID|VERSION|CURSOR)[0-9]+)\}`)

// word writes text as one argument: in quotes where it needs them, but for its variables.
func word(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range variable.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(quoted(text[at:m[0]]))
		b.WriteString("${" + text[m[2]:m[3]] + "}")
		at = m[1]
	}
	b.WriteString(quoted(text[at:]))
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_./:@,+-]*$`)

func quoted(text string) string {
	if bare.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
