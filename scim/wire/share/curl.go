package share

import (
	"iter"
	"strings"

	"scimdeck/scim/wire"
)

// BaseVariable and TokenVariable are the environment variables from which what
// sends requests again takes where to and with which key.
const (
	BaseVariable  = "SCIM_BASE_URL"
	TokenVariable = "SCIM_TOKEN"
)

// writeCurl writes a script of one command a request, in their order. Ids are
// those that were: a story or a Go test takes them from the answers.
func writeCurl(w *writer, all iter.Seq2[*wire.Exchange, error]) error {
	began := false
	for ex, err := range all {
		if err != nil {
			return err
		}
		if err := gap(ex); err != nil {
			return err
		}
		if !began {
			began = true
			w.printf("#!/bin/sh\n# Requests that were sent to %s, written by %s.\n", line(ex.Base), w.o.Program)
			w.printf(": \"${%s:?is the key without the word Bearer}\"\n", TokenVariable)
			w.printf(": \"${%s:=%s}\"\n", BaseVariable, inBraces(ex.Base))
		}
		w.printf("\n# %d %s: %s\n", ex.Seq, title(ex), statusText(ex.Status))
		if note := noteLine(ex); note != "" {
			w.printf("# %s\n", note)
		}
		if refused(ex) {
			w.printf("# (left out: its key was refused, and %s is another)\n", TokenVariable)
			continue
		}
		w.printf("%s\necho\n", wire.Curl(ex, "$"+BaseVariable))
	}
	return nil
}

// inBraces quotes the default of a variable: ${NAME:=default} in double quotes.
func inBraces(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`", "}", `\}`).Replace(line(s))
}

// refused reports whether a request failed for want of a key.
func refused(ex *wire.Exchange) bool { return ex.Refused != "" || ex.Status == 401 }
