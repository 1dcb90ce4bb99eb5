package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"time"
	"unicode"
	"unicode/utf8"

	"scimdeck/scim/wire"
	"scimdeck/scim/wire/share"
)

// writeAs writes exchanges in a form into a file, or to stdout when there is none.
func (p *Program) writeAs(format, file string, force bool, all iter.Seq2[*wire.Exchange, error]) (n int, err error) {
	o := share.Options{Program: "scimdeck " + p.Version, Zone: time.Local}
	switch {
	case file != "":
		err = share.WriteFile(file, force, func(w io.Writer) (err error) {
			n, err = share.Write(w, format, o, all)
			return err
		})
	case p.Terminal:
		n, err = share.Write(&tame{w: p.Stdout}, format, o, all)
	default:
		n, err = share.Write(p.Stdout, format, o, all)
	}
	var gap *share.GapError
	switch {
	case errors.Is(err, fs.ErrExist):
		err = Failure(file+" is there already.", "another name, or overwrite it with --force")
	case errors.As(err, &gap):
		err = Failure(gap.Error()+".", fmt.Sprintf("leave it out:   add NOT #%d to the filter", gap.Seq))
	}
	return n, err
}

// tame is a terminal to which clients' text does nothing: characters that it
// would obey are shown as U+FFFD. A file or a pipe gets them as they are.
type tame struct {
	w    io.Writer
	rest []byte // the beginning of a character
}

// Write writes text. Half a character at its end waits for the next one.
func (t *tame) Write(b []byte) (int, error) {
	text := append(t.rest, b...)
	out := make([]byte, 0, len(text))
	for len(text) > 0 && (utf8.FullRune(text) || len(text) >= utf8.UTFMax) {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch {
		case r == '\r': // of HTTP's line ends; alone it would go over what stands there
			continue
		case r != '\n' && !unicode.IsPrint(r):
			r = unicode.ReplacementChar
		}
		out = utf8.AppendRune(out, r)
	}
	t.rest = append([]byte(nil), text...)
	if _, err := t.w.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}
