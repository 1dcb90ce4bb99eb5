package share

import (
	"bytes"
	"fmt"
	"go/format"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	_ "embed"

	"scimdeck/scim/wire"
)

// goTest is the part of a Go test that is the same in all: what plays the steps.
//
//go:embed gotest.txt
var goTest string

// writeGoTest writes a file of Go's that needs nothing but the standard library.
func writeGoTest(w *writer, all iter.Seq2[*wire.Exchange, error]) error {
	steps, missing, err := newStory(all)
	if err != nil {
		return err
	}
	var notes, table bytes.Buffer
	for _, id := range missing {
		fmt.Fprintf(&notes, "// It needs a resource that is there before it begins: %s\n//\n", line(id))
	}
	for _, s := range steps {
		if s.skipped != "" {
			fmt.Fprintf(&table, "// %d %s is left out: %s.\n", s.ex.Seq, title(s.ex), s.skipped)
			continue
		}
		goStep(&table, s)
	}
	source := strings.NewReplacer(
		"PROGRAM", line(w.o.Program), "COUNT", strconv.Itoa(len(steps)), "// NOTES\n", notes.String(), "// STEPS\n", table.String(),
	).Replace(goTest)
	formatted, err := format.Source([]byte(source))
	if err != nil {
		return fmt.Errorf("the Go test that was made is not Go: %w", err) // a mistake of this file
	}
	_, err = w.Write(formatted)
	return err
}

func goStep(b *bytes.Buffer, s *step) {
	fmt.Fprintf(b, "{\nname: %s, method: %s, target: %s, status: %d,\n",
		goString(strconv.FormatUint(s.ex.Seq, 10)+" "+title(s.ex)), goString(s.ex.Method), goString(s.target), s.ex.Status)
	pairs := func(name string, list []member) {
		if len(list) == 0 {
			return
		}
		fmt.Fprintf(b, "%s: [][2]string{\n", name)
		for _, m := range list {
			fmt.Fprintf(b, "{%s, %s},\n", goString(m.pointer), goString(m.value))
		}
		b.WriteString("},\n")
	}
	var head []member
	for _, f := range s.header {
		head = append(head, member{f.Name, f.Value})
	}
	pairs("header", head)
	if len(s.body) > 0 {
		fmt.Fprintf(b, "body: %s,\n", goString(string(s.body)))
	}
	pairs("want", s.want)
	pairs("capture", s.capture)
	b.WriteString("},\n")
}

// goString writes a string of Go's, in backquotes where that is easier to read.
func goString(s string) string {
	if strings.ContainsAny(s, `"\`) && strconv.CanBackquote(s) && utf8.ValidString(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}
