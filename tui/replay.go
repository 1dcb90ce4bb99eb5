package tui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	"scimdeck/scim/wire/resend"
	sharing "scimdeck/scim/wire/share"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// replays is what the Requests screen knows of sending again.
type replays struct {
	busy     bool                   // a job is under way: one at a time, as it learns ids
	done     *replayed              // it has ended, and its last row is not here yet, which = would look for
	ids      map[string]*resend.IDs // that are others at a base URL
	bases    []string               // where requests went, the latest last
	variable string                 // that had the key last
}

// replay begins to send the selected request again.
func (r *requests) replay(edit bool) tea.Cmd {
	return r.prepare(&replayJob{rows: []*store.Row{r.selected()}, edit: edit})
}

func (r *requests) prepare(job *replayJob) tea.Cmd {
	if r.again.busy {
		job.wipe()
		r.d.say(info, "the last replay is not done yet")
		return nil
	}
	r.again.busy = true
	if n := len(r.rows); n > 0 {
		job.after = r.rows[n-1].Seq
	}
	return prepareReplay(r.d, job)
}

// updateReplay takes what comes of a job; false: it is something else.
func (r *requests) updateReplay(msg tea.Msg) (tea.Cmd, bool) {
	switch m := msg.(type) {
	case replayRefused:
		r.again.busy = false
		r.d.say(wrong, ui.Clean(m.why, r.d.ascii))
	case replayOff:
		r.again.busy = false
		r.d.say(m.level, m.text)
	case replayWrong:
		return editReplay(r.d, m), true
	case replayReady:
		if m.writes > 0 {
			r.askReplay(m)
			return nil, true
		}
		return sendAgain(r.d, m), true
	case replayed:
		r.again.done = &m
		if r.showReplayed(); r.again.done != nil {
			return r.d.after(replayPatience, replayShown{m.job}), true
		}
	case replayShown:
		if done := r.again.done; done != nil && done.job == m.of {
			done.row = ""
		}
		r.showReplayed()
	case compared:
		if m.why != "" {
			r.d.say(wrong, ui.Clean("not compared: "+m.why, r.d.ascii))
			return nil, true
		}
		r.d.push(newCompareBox(r.d, m))
	default:
		return nil, false
	}
	return nil, true
}

// replayPatience is how long the row of a replay may take until it is spoken of
// without it: a log may keep none.
const replayPatience = time.Second

// showReplayed says how a job went, once its last row is here.
func (r *requests) showReplayed() {
	done := r.again.done
	if done == nil {
		return
	}
	for i := len(r.rows) - 1; done.row != "" && done.err == nil; i-- {
		if i < 0 || r.rows[i].Seq <= done.job.after {
			return
		}
		if r.rows[i].Source == done.row {
			break
		}
	}
	r.again.done, r.again.busy = nil, false
	r.sayReplayed(*done)
}

// askReplay asks before anything is changed.
func (r *requests) askReplay(m replayReady) {
	c := func(s string) ui.Safe { return ui.Clean(s, r.d.ascii) }
	title, what := ui.Safe("Send this request again?"), ""
	if n := len(m.job.rows); n > 1 {
		title = ui.Safe("Send these " + ui.Thousands(n) + " requests again?")
		what = ui.Thousands(m.writes) + " of them change something. They go one after the other."
	} else {
		row := m.job.rows[0]
		what = "#" + utoa(row.Seq) + "  " + row.Sentence
		if m.edited != nil {
			what = m.edited.Method + " " + m.edited.Path + ", as you have changed it"
		}
	}
	text := []ui.Paragraph{{Text: c(what)}, {Text: c("It goes to " + m.job.place() + ".")}}
	if len(m.job.rows) > 1 {
		text[1].Text = c("They go to " + m.job.place() + ".")
	}
	for _, s := range m.now {
		text = append(text, ui.Paragraph{Text: c(s), Role: ui.Warn})
	}
	if m.edited == nil && len(m.job.rows) == 1 {
		text = append(text, ui.Paragraph{}, ui.Paragraph{Text: r.d.keyFor("replayEdited") + " shows it in your editor first.", Role: ui.Muted, Spare: true})
	}
	r.d.push(newQuestion(r.d, title, text, []ui.Button{{Label: "Cancel"}, {Label: "Send", Key: "y"}}, func(i int) tea.Cmd {
		if i == 1 {
			return sendAgain(r.d, m)
		}
		m.job.wipe()
		r.again.busy = false
		return nil
	}))
}

// sayReplayed says how it went.
func (r *requests) sayReplayed(m replayed) {
	c := func(s string) ui.Safe { return ui.Clean(s, r.d.ascii) }
	switch {
	case m.err != nil && m.sent == 0:
		r.d.say(wrong, c("not sent again: "+m.err.Error()))
	case m.err != nil:
		r.d.say(wrong, c("only "+ui.Thousands(m.sent)+" of "+count(len(m.job.rows), "request")+" sent again: "+m.err.Error()))
	case len(m.job.rows) == 1:
		r.d.say(done, c(m.last+"; "+string(r.d.keyFor("compare"))+" compares"))
	default:
		r.d.say(done, c(count(m.sent, "request")+" sent again, "+ui.Thousands(m.other)+" answered with another status"))
	}
}

// pair is which two requests = compares: the marked ones, the marked and the
// selected one, a replay and what it repeats, or the selected one and its latest replay.
func (r *requests) pair() (a, b uint64) {
	row := r.selected()
	if row == nil {
		return 0, 0
	}
	var marked []uint64
	for seq, m := range r.remarks {
		if m.Marked && seq != row.Seq {
			marked = append(marked, seq)
		}
	}
	selected := row.Remark.Marked
	switch {
	case len(marked) == 2 && !selected:
		return min(marked[0], marked[1]), max(marked[0], marked[1])
	case len(marked) == 1:
		return min(marked[0], row.Seq), max(marked[0], row.Seq)
	case len(marked) > 0:
		return 0, 0
	}
	if of, _ := wire.Replayed(row.Source); of != 0 {
		return of, row.Seq
	}
	for i := len(r.rows) - 1; i >= 0 && r.rows[i].Seq > row.Seq; i-- {
		if r.rows[i].Source == "" {
			continue
		}
		if of, _ := wire.Replayed(r.rows[i].Source); of == row.Seq {
			return row.Seq, r.rows[i].Seq
		}
	}
	return 0, 0
}

// elsewhere is the box in which another server is named that requests go to.
type elsewhere struct {
	box
	r      *requests
	dialog ui.Dialog
	sets   [][]*store.Row // what can be sent, in the order of the first field
}

// The fields of the box.
const (
	awayWhat = iota
	awayBase
	awayVariable
	awayKey
	awayEdit
)

// openElsewhere asks where to send requests to.
func (r *requests) openElsewhere() tea.Cmd {
	row := r.selected()
	b := &elsewhere{box: box{r.d}, r: r, sets: [][]*store.Row{{row}}}
	what := []ui.Safe{ui.Safe("#" + utoa(row.Seq))}
	if r.marked() > 0 {
		var marked []*store.Row
		for _, row := range r.rows {
			if row.Remark.Marked {
				marked = append(marked, row)
			}
		}
		b.sets = append(b.sets, marked)
		what = append(what, ui.Safe(ui.Thousands(len(marked))+" marked, in their order"))
	}
	fields := []ui.Field{
		{Label: "Send", Options: what},
		{Label: "To", Hint: "base URL of the SCIM server, like https://scim.example.com/v2; empty: this one"},
		{Label: "Key in", Hint: "the environment variable that has its key, or type the key below"},
		{Label: "Key", Hint: "not shown, and not kept once it is sent"},
		{Label: "First", Options: []ui.Safe{"send as it is", "change it in the editor"}},
	}
	fields[awayKey].Input.Secret = true
	fields[awayBase].Input.History = r.again.bases
	if n := len(r.again.bases); n > 0 {
		fields[awayBase].Input.Set(r.again.bases[n-1])
	}
	if r.again.variable == "" {
		r.again.variable = sharing.TokenVariable
	}
	fields[awayVariable].Input.Set(r.again.variable)
	b.dialog = ui.Dialog{Title: "Send again", Width: 76, Opened: r.d.now(), Form: &ui.Form{
		Fields: fields, Buttons: []ui.Safe{"Send", "Cancel"}, Focus: awayBase,
	}}
	r.d.push(b)
	return nil
}

func (b *elsewhere) view(w, h int) []string { return b.dialog.View(b.d.theme, w, h) }

func (b *elsewhere) hints() []hint {
	return []hint{{key: "tab", word: "next field"}, {key: "← →", word: "choose"}, {key: "↵", word: "send"}, {key: "esc", word: "cancel"}}
}

func (b *elsewhere) key(m tea.KeyMsg) tea.Cmd {
	switch b.dialog.Key(uiKey(m), b.d.now()) {
	case 0:
		return b.begin()
	case 1:
		b.dialog.Form.Fields[awayKey].Input.Wipe()
		b.d.pop()
	}
	return nil
}

// begin takes what was typed.
func (b *elsewhere) begin() tea.Cmd {
	fields := b.dialog.Form.Fields
	job := &replayJob{rows: b.sets[fields[awayWhat].Chosen], edit: fields[awayEdit].Chosen == 1}
	bad := func(field int, text string) tea.Cmd {
		b.dialog.Form.Focus = field
		fields[field].Wrong = ui.Clean(text, b.d.ascii)
		return nil
	}
	if job.edit && len(job.rows) > 1 {
		return bad(awayEdit, "one at a time can be changed")
	}
	if typed := strings.TrimSpace(fields[awayBase].Input.String()); typed != "" {
		base, err := wire.ParseBase(typed)
		if err != nil {
			return bad(awayBase, err.Error())
		}
		job.base, job.variable = base, strings.TrimSpace(fields[awayVariable].Input.String())
		job.key = []byte(strings.TrimSpace(fields[awayKey].Input.String()))
		if job.variable == "" && len(job.key) == 0 {
			return bad(awayVariable, "where is the key? Name a variable here, or type the key below")
		}
		b.r.again.know(job)
	}
	if len(job.rows) > 1 && job.ids == nil {
		job.ids = &resend.IDs{} // for this run
	}
	fields[awayKey].Input.Wipe()
	b.d.pop()
	return b.r.prepare(job)
}

// know remembers a server, but for its key.
func (a *replays) know(job *replayJob) {
	if a.ids == nil {
		a.ids = map[string]*resend.IDs{}
	}
	if a.ids[job.base] == nil {
		a.ids[job.base] = &resend.IDs{}
	}
	job.ids = a.ids[job.base]
	if n := len(a.bases); n == 0 || a.bases[n-1] != job.base {
		a.bases = append(a.bases, job.base)
	}
	if job.variable != "" {
		a.variable = job.variable
	}
}
