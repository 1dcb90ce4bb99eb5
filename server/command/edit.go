package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/sheet"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
	"scimdeck/store/draft"
)

// Users and groups written in the user's own editor. Nothing that was typed is
// lost, and nothing that others did meanwhile is overwritten unseen.

const sheetLong = "The editor is $VISUAL or $EDITOR; // begins a comment. What the server refuses comes back into the editor with the reason above it, " +
	"and so does a text whose user or group was changed meanwhile. Saved unchanged or empty it is given up; what was typed is kept in a file. " +
	"With --json the answer is printed in one line."

// editing is a user or group that is being written in the editor.
type editing struct {
	p    *Program
	n    noun
	t    *scim.ResourceType
	dir  string
	doc  []byte // as it was stored when the text was made, or as the text's writer has seen it since; nil: a new one
	mine []byte // what was typed last; nil: nothing yet
	send func(context.Context, scim.Value) (answer []byte, err error)
	now  func(context.Context) (doc []byte, ok bool, err error) // as it is stored; not of a new one
}

// errDeleted says that what was edited is not there any more.
var errDeleted = errors.New("it was deleted meanwhile")

func (p *Program) editOne(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		if !p.Terminal {
			way := "for scripts:  scimdeck users replace USER FILE"
			if n == groupNoun { // to replace one is to replace its members
				way = "for scripts:  a PATCH of /Groups/ID"
			}
			return &cmdline.Error{Text: "there is no terminal to edit it on", Way: way}
		}
		ctx, stop := interruptible(ctx)
		defer stop()
		return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
			t, err := n.typeOf(o.Catalog)
			if err != nil {
				return err
			}
			doc, err := findDoc(ctx, has, n, t, c.Args[0])
			if err != nil {
				return err
			}
			e := editing{p: p, n: n, t: t, dir: o.Dir, doc: doc}
			id := string(scim.DocID(doc))
			e.send = func(ctx context.Context, v scim.Value) ([]byte, error) {
				method, body := http.MethodPut, v.Append(nil)
				if n == groupNoun { // its members are not on the sheet
					method, body = http.MethodPatch, sheet.Patch(t, e.doc, v)
				}
				return send(ctx, has, method, bare(t, id), fmt.Sprintf(`W/"%d"`, scim.DocVersion(e.doc)), body)
			}
			e.now = func(ctx context.Context) ([]byte, bool, error) { return has.GetBare(ctx, t, nil, id) }
			answer, err := e.run(ctx, sheet.Of(t, doc))
			if err != nil || answer == nil {
				return err
			}
			return p.say(c, answer, "%s saved", nameOf(answer))
		})
	}
}

// run has a sheet written in the editor until it is saved. Whoever gives up after
// a refusal gets the text in a file. The answer is nil when nothing was to be saved.
func (e *editing) run(ctx context.Context, text []byte) (answer []byte, err error) {
	o := draft.Options{Dir: e.dir, Stdin: e.p.Stdin, Stdout: e.p.Stdout, Stderr: e.p.Stderr}
	for {
		edited, err := draft.Edit(ctx, o, e.n.one+".json", text)
		if edited != nil { // also beside an error
			e.mine = sheet.Note(edited)
		}
		var editor *draft.EditorError
		switch {
		case err != nil && e.mine != nil:
			return nil, e.keep(err)
		case errors.Is(err, draft.ErrUnchanged):
			return nil, e.unchanged()
		case errors.As(err, &editor):
			return nil, Failure(editor.Error(), editor.Hint())
		case err != nil:
			return nil, err
		}
		v, changes, wrong := e.read()
		if wrong == nil && changes == 0 {
			return nil, e.unchanged()
		}
		if wrong == nil {
			answer, text, wrong = e.save(ctx, v)
		}
		var refused *refusal
		var rule *scim.Error
		switch {
		case wrong == nil && text == nil:
			return answer, nil
		case wrong == nil: // what the others did
		case errors.As(wrong, &refused), errors.As(wrong, &rule):
			text = sheet.Refused(e.mine, plainly(wrong))
		default:
			return nil, e.keep(wrong)
		}
	}
}

func (e *editing) unchanged() error {
	fmt.Fprintln(e.p.Stderr, "nothing was changed")
	return nil
}

// read reads what was typed, and how much of it is a change.
func (e *editing) read() (v scim.Value, changes int, err error) {
	if v, err = sheet.ReadBack(e.mine); err != nil {
		return v, 0, err
	}
	list, err := sheet.Changes(e.t, e.doc, v)
	if e.doc == nil {
		return v, 1, err
	}
	return v, len(list), err
}

// save sends what was typed, for the version that its writer has seen only. If others
// have changed since then what is on the sheet, again is the text to go on with,
// with what they did above it.
func (e *editing) save(ctx context.Context, v scim.Value) (answer, again []byte, err error) {
	for {
		answer, err = e.send(ctx, v)
		var refused *refusal
		if e.doc == nil || !errors.As(err, &refused) {
			return answer, nil, err
		}
		switch refused.status {
		case http.StatusNotFound:
			return nil, nil, errDeleted
		case http.StatusPreconditionFailed:
		default:
			return nil, nil, err
		}
		before := e.doc
		now, ok, cannot := e.now(ctx)
		switch {
		case cannot != nil:
			return nil, nil, cannot
		case !ok:
			return nil, nil, errDeleted
		}
		e.doc = now
		if theirs := sheet.Between(e.t, before, now); len(theirs) > 0 {
			return nil, sheet.Meanwhile(e.mine, now, theirs), nil
		}
		// A group's members, say: what is on the sheet is as it was.
	}
}

// keep keeps a text that is not saved in a file, and says why it is not.
func (e *editing) keep(why error) error {
	file, err := e.file()
	if err != nil { // the terminal is left
		for line := range strings.Lines(string(e.mine)) {
			fmt.Fprintln(e.p.Stdout, harmless(strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", " ")))
		}
		return Failure("not saved: "+plainly(why), "what you wrote is above: it cannot be kept in a file: "+plainly(err))
	}
	written := "what you wrote is in " + file
	var trouble *Trouble
	switch {
	case errors.Is(why, draft.ErrUnchanged):
		return Failure("given up: nothing was saved.", written)
	case errors.Is(why, context.Canceled):
		return Failure("interrupted: nothing was saved.", written)
	case errors.Is(why, errDeleted):
		return Failure(nameOf(e.doc)+" was deleted meanwhile: there is nothing to save it to.",
			written, "to make it anew:   scimdeck "+e.n.many+" create "+file)
	case errors.As(e.p.Plain(e.dir, why), &trouble):
		return Failure(trouble.Sentence, append(trouble.Ways, written)...)
	}
	return Failure("not saved: "+plainly(why), written)
}

// file writes what was typed to a new file that only we can read: here, or if that
// cannot be where files can be.
func (e *editing) file() (name string, err error) {
	for _, dir := range []string{".", e.dir, os.TempDir()} {
		f, cannot := os.CreateTemp(dir, e.n.one+"-*.json") // 0600
		if cannot == nil {
			_, cannot = f.Write(e.mine)
			if cannot = errors.Join(cannot, f.Close()); cannot == nil {
				return f.Name(), nil
			}
			_ = os.Remove(f.Name()) // half of it
		}
		err = errors.Join(err, cannot)
	}
	return "", err
}
