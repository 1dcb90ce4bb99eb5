package tui

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	sharing "scimdeck/scim/wire/share"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// exportBox is the box that x opens: which requests, as what, into which file.
// While they are written it shows how far that is.
type exportBox struct {
	box
	r       *requests
	dialog  ui.Dialog
	formats []sharing.Format
	sets    [][]*store.Row // what can be exported, in the order of the first field
	typed   bool           // the file's name is the user's own
	job     *exportJob     // being written; nil: the form is shown
}

// The fields of the form.
const (
	exportWhat = iota
	exportAs
	exportFile
)

// exportJob is an export that runs.
type exportJob struct {
	rows    []*store.Row
	format  sharing.Format
	name    string // as it was typed
	replace bool
	stop    context.CancelFunc
	read    atomic.Int64 // requests so far
}

// exported is how a job ended.
type exported struct {
	job  *exportJob
	n    int // requests written
	size int64
	err  error
	was  time.Time // when the file that is in the way was written
}

// exportTick says that a job's progress should be looked at.
type exportTick struct{ job *exportJob }

const exportEvery = 100 * time.Millisecond

// openExport asks what to export.
func (r *requests) openExport() tea.Cmd {
	row := r.selected()
	b := &exportBox{box: box{r.d}, r: r, formats: sharing.Formats(), sets: [][]*store.Row{{row}}}
	what := []ui.Safe{ui.Safe("#" + utoa(row.Seq))}
	if n := len(r.shown); n > 1 {
		b.sets = append(b.sets, slices.Clone(r.shown))
		what = append(what, ui.Safe("all "+ui.Thousands(n)+" shown"))
	}
	if r.marked() > 0 {
		marked := slices.DeleteFunc(slices.Clone(r.rows), func(row *store.Row) bool { return !row.Remark.Marked })
		b.sets = append(b.sets, marked)
		what = append(what, ui.Safe(ui.Thousands(len(marked))+" marked"))
	}
	as := make([]ui.Safe, len(b.formats))
	chosen := 0
	for i, f := range b.formats {
		if as[i] = ui.Safe(f.Name); f.Name == r.exportAs {
			chosen = i
		}
	}
	b.dialog = ui.Dialog{Title: "Export", Width: 72, Opened: r.d.now(), Form: &ui.Form{
		Fields:  []ui.Field{{Label: "What", Options: what}, {Label: "As", Options: as, Chosen: chosen}, {Label: "File"}},
		Buttons: []ui.Safe{"Write", "Cancel"},
		Focus:   exportAs,
	}}
	b.propose()
	r.d.push(b)
	return nil
}

// propose says what the choice means and names the file, unless that was typed.
func (b *exportBox) propose() {
	fields := b.dialog.Form.Fields
	f := b.formats[fields[exportAs].Chosen]
	fields[exportAs].Hint = ui.Safe(f.About)
	fields[exportFile].Hint = ui.Clean("in "+b.d.workDir+"; no key or password is in it", b.d.ascii)
	if b.typed {
		return
	}
	name := f.File
	if set := b.sets[fields[exportWhat].Chosen]; len(set) == 1 {
		name = strings.Replace(name, "requests", "request-"+utoa(set[0].Seq), 1)
	}
	fields[exportFile].Input.Set(name)
}

func (b *exportBox) key(m tea.KeyMsg) tea.Cmd {
	if b.job != nil {
		if m.String() == "esc" {
			b.job.stop()
			b.d.pop()
			b.d.say(info, "the export was stopped; nothing is left of it")
		}
		return nil
	}
	form := b.dialog.Form
	as, before := form.Fields[exportAs].Chosen, form.Fields[exportFile].Input.String()
	button := b.dialog.Key(uiKey(m), b.d.now())
	b.typed = b.typed || form.Fields[exportFile].Input.String() != before
	if form.Fields[exportAs].Chosen != as {
		form.Fields[exportAs].Wrong = ""
	}
	b.propose()
	switch button {
	case 0:
		return b.begin(false)
	case 1:
		b.d.pop()
	}
	return nil
}

// begin starts a job with what the form says.
func (b *exportBox) begin(replace bool) tea.Cmd {
	fields := b.dialog.Form.Fields
	name := strings.TrimSpace(fields[exportFile].Input.String())
	if name == "" {
		b.wrong(exportFile, "a file needs a name")
		return nil
	}
	format := b.formats[fields[exportAs].Chosen]
	b.r.exportAs = format.Name
	ctx, stop := context.WithCancel(b.d.ctx)
	b.job = &exportJob{rows: b.sets[fields[exportWhat].Chosen], format: format, name: name, replace: replace, stop: stop}
	return tea.Batch(export(ctx, b.d, b.job), b.d.after(exportEvery, exportTick{b.job}))
}

func (b *exportBox) wrong(field int, text string) {
	b.dialog.Form.Focus = field
	b.dialog.Form.Fields[field].Wrong = ui.Clean(text, b.d.ascii)
}

func (b *exportBox) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case exportTick:
		if b.job != nil && m.job == b.job {
			return b.d.after(exportEvery, m)
		}
	case exported:
		if b.job != nil && m.job == b.job {
			return b.ended(m)
		}
	}
	return nil
}

// ended says how the job ended; what can be mended is said in the form.
func (b *exportBox) ended(m exported) tea.Cmd {
	b.job.stop()
	b.job = nil
	var gap *sharing.GapError
	switch {
	case errors.Is(m.err, fs.ErrExist):
		b.d.push(newQuestion(b.d, "Overwrite the file?",
			[]ui.Paragraph{{Text: ui.Clean(m.job.name+" is there already, written "+ui.Ago(b.d.now().Sub(m.was))+".", b.d.ascii)}},
			[]ui.Button{{Label: "Keep it"}, {Label: "Overwrite", Key: "y"}},
			func(i int) tea.Cmd {
				if i == 1 {
					return b.begin(true)
				}
				return nil
			}))
	case errors.As(m.err, &gap):
		text := gap.Error()
		if len(m.job.rows) > 1 {
			text += "; leave it out with -#" + utoa(gap.Seq)
		}
		b.wrong(exportAs, text)
	case m.err != nil:
		b.wrong(exportFile, m.err.Error())
	default:
		b.d.pop()
		text := count(m.n, "request") + " written to " + m.job.name + " (" + ui.Size(m.size) + ")"
		if lost := len(m.job.rows) - m.n; lost > 0 {
			text += "; " + ui.Thousands(lost) + " no longer kept"
		}
		b.d.say(done, ui.Clean(text, b.d.ascii))
	}
	return nil
}

func (b *exportBox) view(w, h int) []string {
	if b.job == nil {
		return b.dialog.View(b.d.theme, w, h)
	}
	progress := ui.Dialog{Title: "Export", Width: 72, Text: []ui.Paragraph{
		{},
		{Text: ui.Safe("Writing " + ui.Thousands(int(b.job.read.Load())) + " of " + count(len(b.job.rows), "request") + " as " + b.job.format.Name)},
		{},
		{Text: "esc stops and leaves nothing behind", Role: ui.Muted},
	}}
	return progress.View(b.d.theme, w, h)
}

func (b *exportBox) hints() []hint {
	if b.job != nil {
		return []hint{{key: "esc", word: "stop"}}
	}
	return []hint{{key: "← →", word: "choose"}, {key: "tab", word: "next field"}, {key: "↵", word: "write"}, {key: "esc", word: "cancel"}}
}

// path is where a name that was typed leads.
func (d *deps) path(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok && d.homeDir != "" {
		return filepath.Join(d.homeDir, rest)
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.workDir, name)
}
