package tui

import (
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/store/find"
	"scimdeck/tui/ui"
)

// keys is the third screen: the bearer keys, what became of them, and beside
// the list what the selected one was used for.
type keys struct {
	d    *deps
	w, h int
	list ui.List
	id   uint64 // the selected key
	open bool   // one pane: the detail is in the list's place

	uses    map[uint64]*keyUse
	refused []*store.Row // the last requests without a valid key, newest first
	invalid int          // how many there were
}

// keyUse is what the log that is in memory says of a key.
type keyUse struct {
	fine, wrong, broken int          // answers below 400, 4xx, 5xx and none
	last                []*store.Row // newest first
}

// recentRows is how many requests a detail lists.
const recentRows = 8

func newKeys(d *deps) screen { return &keys{d: d, uses: map[uint64]*keyUse{}} }

func (k *keys) all() []store.Key { return k.d.data.keys }

// selected is the selected key, or nil.
func (k *keys) selected() *store.Key {
	if i := k.list.Sel; i < len(k.all()) {
		return &k.all()[i]
	}
	return nil
}

func (k *keys) split() bool { return divide(k.w, k.h, share{}).how == right }

func (k *keys) title() ui.Safe {
	if key := k.selected(); k.open && key != nil && !k.split() {
		return ui.Clean(key.Name, k.d.ascii) + "   " + ui.Safe(key.Status(k.d.now()))
	}
	return ""
}

func (k *keys) place() place           { return inKeys }
func (k *keys) typing() bool           { return false }
func (k *keys) key(tea.KeyMsg) tea.Cmd { return nil }
func (k *keys) ticks() bool            { return len(k.all()) > 0 }

func (k *keys) facts(f *facts) {
	f.rows = len(k.all())
	f.split = k.split()
	if key := k.selected(); key != nil {
		f.selected = true
		f.keyState = key.Status(k.d.now())
	}
}

func (k *keys) back(bool) bool {
	was := k.open
	k.open = false
	return was
}

func (k *keys) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case sized:
		k.w, k.h = m.w, m.h
	case cleared:
		k.uses, k.refused, k.invalid = map[uint64]*keyUse{}, nil, 0
	case changes:
		for _, row := range m.rows {
			k.count(row)
		}
		k.list.Len = len(k.all())
		for i, key := range k.all() { // the selection is a key, not a row
			if key.ID == k.id {
				k.list.Sel = i
			}
		}
		k.choose()
	}
	return nil
}

// choose notes which key is selected.
func (k *keys) choose() {
	k.list.Select(k.list.Sel)
	if key := k.selected(); key != nil {
		k.id = key.ID
	}
}

// count adds a request to what is known of its key.
func (k *keys) count(row *store.Row) {
	if row.Source == wire.SourceTest { // a wrong key was sent on purpose
		return
	}
	if row.Refused != "" {
		k.invalid++
		k.refused = newest(k.refused, row)
	}
	if row.KeyID == 0 {
		return
	}
	u := k.uses[row.KeyID]
	if u == nil {
		u = &keyUse{}
		k.uses[row.KeyID] = u
	}
	switch {
	case row.Status == 0 || row.Status >= 500:
		u.broken++
	case row.Status >= 400:
		u.wrong++
	default:
		u.fine++
	}
	u.last = newest(u.last, row)
}

// newest puts a row in front and keeps a handful.
func newest(rows []*store.Row, row *store.Row) []*store.Row {
	if len(rows) < recentRows {
		rows = append(rows, nil)
	}
	copy(rows[1:], rows)
	rows[0] = row
	return rows
}

func (k *keys) act(id string) tea.Cmd {
	if name, ok := listKeys[id]; ok {
		k.list.Key(name)
		k.choose()
		return nil
	}
	key := k.selected()
	switch id {
	case "add":
		k.d.push(newKeyForm(k.d, nil, freeName(k.all(), "okta")))
		return nil
	case "open":
		k.open = !k.split()
		return nil
	}
	if key == nil {
		return nil
	}
	switch id {
	case "edit":
		if key.Status(k.d.now()) == "revoked" {
			k.d.say(info, "a revoked key stays as it is: make a new one with "+k.d.keyFor("add"))
			return nil
		}
		k.d.push(newKeyForm(k.d, key, key.Name))
	case "toggle":
		return k.toggle(*key)
	case "revoke":
		k.askRevoke(*key)
	case "itsRequests":
		return k.d.show(0, "key:"+find.Quote(key.Name))
	case "copy":
		return copyText(k.d, "the prefix", []byte(key.Prefix))
	}
	return nil
}

// listKeys names the key that does in a list what an action of the table means.
var listKeys = map[string]string{
	"down": "j", "up": "k", "first": "g", "last": "G",
	"halfDown": "ctrl+d", "halfUp": "ctrl+u", "pageDown": "pgdown", "pageUp": "pgup",
}

// toggle disables a key or enables it again, at once.
func (k *keys) toggle(key store.Key) tea.Cmd {
	switch key.Status(k.d.now()) {
	case "revoked":
		k.d.say(info, "a revoked key cannot be used again: make a new one with "+k.d.keyFor("add"))
		return nil
	case "disabled":
		return changeKey(k.d, k.d.opts.Store.EnableKey, key.ID, "key "+key.Name+" works again")
	}
	return changeKey(k.d, k.d.opts.Store.DisableKey, key.ID, "key "+key.Name+" disabled: its next request gets 401; "+string(k.d.keyFor("toggle"))+" enables it again")
}

// askRevoke asks before a key is ended for good.
func (k *keys) askRevoke(key store.Key) {
	if key.Status(k.d.now()) == "revoked" {
		k.d.say(info, "it is revoked already")
		return
	}
	used := "It was never used."
	if !key.LastUsed.IsZero() {
		used = "It was used " + ui.Ago(k.d.now().Sub(key.LastUsed)) + " and has made " + count(int(key.Uses), "request") + "."
	}
	name := ui.Clean(key.Name, k.d.ascii)
	k.d.push(newQuestion(k.d, "Revoke key "+name+"?",
		[]ui.Paragraph{
			{Text: ui.Safe(used)},
			{Text: "From now on every request with it gets 401, so provisioning fails until a new key is in Okta's form."},
			{},
			{Text: "This cannot be undone. To pause it instead, press " + k.d.keyFor("toggle") + ".", Role: ui.Muted},
		},
		[]ui.Button{{Label: "Keep it"}, {Label: "Revoke", Key: "y"}},
		func(i int) tea.Cmd {
			if i != 1 {
				return nil
			}
			return changeKey(k.d, k.d.opts.Store.RevokeKey, key.ID, "key "+key.Name+" revoked: its next request gets 401")
		}))
}

// hints words the key line while there is no key.
func (k *keys) hints() []hint {
	if len(k.all()) > 0 {
		return nil
	}
	return []hint{{key: keyFor("add"), word: "new key"}, {key: keyFor("setup"), word: "setup"}, {key: keyFor("help"), word: "keys"}}
}

func (k *keys) status() (left, right ui.Safe) {
	usable := 0
	for _, key := range k.all() {
		if key.Status(k.d.now()) == "active" {
			usable++
		}
	}
	left = ui.Safe(count(len(k.all()), "key"))
	if len(k.all()) == 0 {
		return left + "   requests without a key get 401", ""
	}
	left += ui.Safe("   " + ui.Thousands(usable) + " usable")
	if k.invalid > 0 {
		right = ui.Safe(ui.Thousands(k.invalid)+" with no valid key: ") + k.d.keyFor("filter") + " key:invalid"
	}
	return left, right
}

// freeName is a name that no key has: base, base-2, base-3 …
func freeName(all []store.Key, base string) string {
	name := base
	for n := 2; ; n++ {
		taken := false
		for _, key := range all {
			taken = taken || key.Name == name
		}
		if !taken {
			return name
		}
		name = base + "-" + strconv.Itoa(n)
	}
}

// keyState is a key's status as the list shows it: with what comes soon.
func keyState(key store.Key, now time.Time) (ui.Safe, ui.Role) {
	switch s := key.Status(now); s {
	case "active":
		if left := key.Expires.Sub(now); !key.Expires.IsZero() && left < 30*24*time.Hour {
			return ui.Safe("expires in " + until(left)), ui.Warn
		}
		return "active", ui.OK
	case "disabled", "expired":
		return ui.Safe(s), ui.Warn
	default:
		return ui.Safe(s), ui.Muted
	}
}

// until writes how much time is left: "2 d", "5 h", "20 min".
func until(d time.Duration) string {
	switch {
	case d >= 24*time.Hour:
		return strconv.Itoa(int(d.Hours()/24)) + " d"
	case d >= time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h"
	}
	return strconv.Itoa(int(d.Minutes())) + " min"
}

// shortDay writes a moment as lists do: with the time when it is less than a week
// ago, with the year when it is not this one's.
func shortDay(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	switch {
	case t.IsZero():
		return ""
	case now.Sub(t) < 7*24*time.Hour && t.Sub(now) < 7*24*time.Hour:
		return t.Format("2 Jan 15:04")
	case t.Year() != now.Year():
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan")
}
