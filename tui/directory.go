package tui

import tea "github.com/charmbracelet/bubbletea"

// directory is the second screen: the users and, where the server has them, the
// groups. t goes from one to the other; each keeps its filter and its selection.
type directory struct {
	*users        // what is shown
	other  *users // nil: the server has no groups
}

func newDirectory(d *deps) *directory {
	x := &directory{users: newUsers(d, userNoun(d))}
	if groups := groupNoun(d); groups.t != nil {
		x.other = newUsers(d, groups)
		x.other.hidden = true
	}
	return x
}

// tabName is what the tab is called now.
func (x *directory) tabName() string {
	if x.of.isGroup() {
		return "Groups"
	}
	return "Users"
}

// turn shows the other type.
func (x *directory) turn() tea.Cmd {
	if x.other == nil {
		return nil
	}
	x.users, x.other = x.other, x.users
	x.users.hidden, x.other.hidden = false, true
	x.users.w, x.users.h, x.users.share = x.other.w, x.other.h, x.other.share
	x.users.share.zoom = false
	x.users.stale, x.users.detail.stale = true, true
	return x.load()
}

// showType shows a type; false: the server does not have it.
func (x *directory) showType(name string) bool {
	switch {
	case x.of.name == name:
		return true
	case x.other == nil || x.other.of.name != name:
		return false
	}
	x.turn()
	return true
}

// open shows one resource, which a filter picks out of the list.
func (x *directory) open(resourceType, filter string) tea.Cmd {
	if !x.showType(resourceType) {
		x.d.say(info, "this server has no groups: \"groups\": true in config.hujson")
		return nil
	}
	return x.users.setFilter(filter)
}

// setFilter is for other screens: it is about users.
func (x *directory) setFilter(text string) tea.Cmd { return x.open("User", text) }

func (x *directory) facts(f *facts) {
	f.hasGroups, f.group = x.other != nil, x.of.isGroup()
	x.users.facts(f)
}

func (x *directory) act(id string) tea.Cmd {
	if id == "otherType" {
		return x.turn()
	}
	return x.users.act(id)
}

func (x *directory) update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(opened); ok {
		return x.open(m.resourceType, m.filter)
	}
	cmd := x.users.update(msg)
	if x.other == nil {
		return cmd
	}
	return tea.Batch(cmd, x.other.update(msg))
}

// opened asks for one resource of a type to be shown.
type opened struct{ resourceType, filter string }
