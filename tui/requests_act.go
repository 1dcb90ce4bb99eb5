package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// act runs an action of the list or, when it has the focus, of the detail.
func (r *requests) act(id string) tea.Cmd {
	if cmd, ok := r.arrange(id); ok {
		return cmd
	}
	if r.focus {
		if cmd, ok := r.actDetail(id); ok {
			return cmd
		}
	} else if cmd, ok := r.move(id); ok {
		return cmd
	}
	switch id {
	case "open":
		r.pause()
		r.focus = true
		r.detail.pinned = false
		return r.load()
	case "filter":
		return r.openPrompt(askFilter)
	case "number":
		return r.openPrompt(askNumber)
	case "follow":
		if r.follow {
			r.pause()
		} else {
			r.resume()
			r.focus, r.share.zoom = false, false // an open detail does not run away
		}
		return r.load()
	case "copy":
		return r.openCopy()
	case "export":
		return r.openExport()
	case "replay":
		return r.replay(false)
	case "replayEdited":
		return r.replay(true)
	case "replayTo":
		return r.openElsewhere()
	case "compare":
		a, b := r.pair()
		return compareTwo(r.d, a, b)
	case "copyAgain":
		return r.copyAs(r.copy)
	case "problem":
		return r.nextProblem(1)
	case "problemBack":
		return r.nextProblem(-1)
	case "mark":
		return r.toggleMark()
	case "note":
		r.d.push(newNoteForm(r, r.selected()))
	case "nextMark":
		return r.find(1, "no other request is marked", func(i int) bool { return r.shown[i].Remark.Marked })
	case "thisUser":
		return r.toggle(r.userWord())
	case "thisSeq":
		return r.toggle("seq:" + utoa(r.selected().Part.First))
	case "onlyProblems":
		return r.toggle("status:problem")
	case "onlyWrites":
		return r.toggle("method:write")
	case "rawPath":
		r.paths = !r.paths
	case "clock":
		r.clock = (r.clock + 1) % 3
		r.d.say(info, [...]ui.Safe{"time: local clock", "time: how long ago", "time: UTC"}[r.clock])
	case "older":
		return r.version(-1)
	case "newer":
		return r.version(1)
	case "openUser":
		row := r.selected()
		if row.Type == "User" && row.ID != "" {
			return r.d.show(1, `id eq "`+row.ID+`"`)
		}
		return r.d.show(1, row.Name)
	case "clear":
		r.askClear()
	case "sample":
		r.d.say(info, "adding 25 sample users")
		return addSamples(r.d)
	}
	return nil
}

// arrange runs what concerns the panes; it works with either focus.
func (r *requests) arrange(id string) (tea.Cmd, bool) {
	two := r.panes().two()
	switch id {
	case "pane", "paneBack":
		switch {
		case !two && r.focus:
			r.detail.turn(map[bool]int{true: 1, false: -1}[id == "pane"])
		case r.selected() != nil:
			r.focus = !r.focus
			if r.focus {
				r.pause()
				r.detail.pinned = false
			}
		}
	case "nextTab":
		r.detail.turn(1)
	case "prevTab":
		r.detail.turn(-1)
	case "zoom":
		if r.selected() != nil {
			r.share.zoom = !r.share.zoom
		}
	case "layout":
		r.share.want = (r.share.want + 1) % 4
		r.d.say(info, ui.Safe("layout "+r.share.want.String()))
	case "narrower", "wider":
		if r.share.list == 0 {
			r.share.list = 55
		}
		d := 5
		if id == "narrower" {
			d = -5
		}
		r.share.list = max(30, min(r.share.list+d, 75))
	default:
		return nil, false
	}
	return r.load(), true
}

// move moves the selection. Up pauses if it moves; the last row by G follows.
func (r *requests) move(id string) (tea.Cmd, bool) {
	was := r.list.Sel
	switch id {
	case "down":
		if !r.list.Move(1) && !r.follow && r.unread == 0 && len(r.shown) > 0 {
			r.d.say(info, "last row, "+r.d.keyFor("follow")+" follows")
		}
	case "up":
		r.list.Move(-1)
	case "first":
		r.list.Select(0)
	case "last":
		r.resume()
		return r.load(), true
	case "halfDown":
		r.list.Half(1)
	case "halfUp":
		r.list.Half(-1)
	case "pageDown":
		r.list.Page(1)
	case "pageUp":
		r.list.Page(-1)
	case "otherDown", "otherUp":
		if r.panes().two() {
			r.detail.scroll(map[bool]int{true: 1, false: -1}[id == "otherDown"])
		}
		return nil, true
	default:
		return nil, false
	}
	if r.list.Sel < was {
		r.pause()
	}
	return r.load(), true
}

// actDetail runs what means something else inside the detail.
func (r *requests) actDetail(id string) (tea.Cmd, bool) {
	switch id {
	case "otherDown", "otherUp":
		was := r.list.Sel
		r.list.Move(map[bool]int{true: 1, false: -1}[id == "otherDown"])
		if r.list.Sel == was {
			r.d.say(info, map[bool]ui.Safe{true: "this is the last request", false: "this is the first request"}[id == "otherDown"])
		}
		r.detail.pinned = false
		return r.load(), true
	}
	return r.detail.act(id)
}

// find selects the next row in a direction for which is holds, around the ends.
func (r *requests) find(d int, none ui.Safe, is func(int) bool) tea.Cmd {
	n := len(r.shown)
	for step := 1; step < n; step++ {
		i := ((r.list.Sel+d*step)%n + n) % n
		if is(i) {
			if i < r.list.Sel != (d < 0) {
				r.d.say(info, "went on at the other end")
			}
			r.pause()
			r.list.Select(i)
			return r.load()
		}
	}
	r.d.say(info, none)
	return nil
}

func (r *requests) nextProblem(d int) tea.Cmd {
	return r.find(d, "there is no other problem", func(i int) bool { return r.shown[i].Problem })
}

// userWord is the filter word for the selected request's user.
func (r *requests) userWord() string {
	row := r.selected()
	if row.Name != "" {
		return "user:" + find.Quote(row.Name)
	}
	return "user:" + find.Quote(row.ID)
}

func (r *requests) askClear() {
	all := "All " + count(r.d.data.log.Entries, "request") + " with their bodies are deleted"
	if n := len(r.remarks); n > 0 {
		all += ", but for " + ui.Thousands(n) + " with a mark or a note"
	}
	r.d.push(newQuestion(r.d, "Clear the request log?",
		[]ui.Paragraph{
			{Text: ui.Safe(all + "; numbers go on. Users and keys stay. This cannot be undone.")},
			{},
			{Text: "A filter hides rows without deleting them: press " + r.d.keyFor("filter") + " instead.", Role: ui.Muted},
		},
		[]ui.Button{{Label: "Keep it"}, {Label: "Clear", Key: "y"}},
		func(i int) tea.Cmd {
			if i == 1 {
				return clearLog(r.d)
			}
			return nil
		}))
}
