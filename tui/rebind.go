package tui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"

	"scimdeck/tui/ui"
)

// builtin is the table as it is written down.
var builtin = slices.Clone(actions)

var rebound bool // actions is not builtin

// fixed are the actions whose keys always lead out, whatever somebody has bound.
var fixed = []string{"back", "interrupt"}

// named are the keys that have a name, as tea.KeyMsg has it, and how people read them.
var named = map[string]string{
	"up": "↑", "down": "↓", "left": "←", "right": "→", "enter": "↵", "tab": "tab", "shift+tab": "⇧tab",
	"home": "home", "end": "end", "pgup": "pgup", "pgdown": "pgdn", "space": "space", "delete": "del", "backspace": "⌫",
}

// Rebind gives actions other keys, in this whole process; it comes before Run. Each
// of list is an action and a key, "replay=ctrl+g"; an action that is named has only
// the keys that it is named with, the others keep theirs. An empty list puts back
// what there was. The error names an action or a key that there is not, or the two
// actions that one key would have in one place; nothing is changed then.
func Rebind(list []string) error {
	keys := map[string][]string{}
	for _, text := range list {
		id, name, _ := strings.Cut(text, "=")
		if !slices.ContainsFunc(builtin, func(a action) bool { return a.id == id }) {
			return fmt.Errorf("%q is no action of the dashboard: README.md lists them", id)
		}
		if slices.Contains(fixed, id) {
			return fmt.Errorf("%q keeps its key: it has to lead out", id)
		}
		if !isKey(name) {
			return fmt.Errorf("%q is no key for %s: want a letter or sign, ctrl+letter, or one of %s", name, id, strings.Join(namesOfKeys(), ", "))
		}
		if name == "space" {
			name = " "
		}
		keys[id] = append(keys[id], name)
	}
	if len(keys) == 0 && !rebound {
		return nil
	}
	table := slices.Clone(builtin)
	for i := range table {
		if own := keys[table[i].id]; own != nil {
			table[i].Binding = key.NewBinding(key.WithKeys(own...), key.WithHelp(shown(own), table[i].help()))
		}
	}
	if err := oneEach(table); err != nil {
		return err
	}
	actions, keymap, rebound = table, mapKeys(table), len(keys) > 0
	return nil
}

// isKey reports whether a key can be bound. Control letters that a terminal sends for
// other keys as well (tab, enter, esc) cannot.
func isKey(name string) bool {
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return len(letter) == 1 && letter[0] >= 'a' && letter[0] <= 'z' && !strings.Contains("cim", letter)
	}
	r, size := utf8.DecodeRuneInString(name)
	return named[name] != "" || size == len(name) && r != utf8.RuneError && unicode.IsPrint(r) && r != ' '
}

func namesOfKeys() []string {
	var list []string
	for name := range named {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// shown writes keys as people read them: "^g ↑".
func shown(keys []string) string {
	var list []string
	for _, k := range keys {
		switch letter, ctrl := strings.CutPrefix(k, "ctrl+"); {
		case ctrl:
			k = "^" + letter
		case k == " ":
			k = "space"
		case named[k] != "":
			k = named[k]
		}
		list = append(list, k)
	}
	return strings.Join(list, " ")
}

// keyFor is the first key of an action, as people read it: what sentences name. It
// is asked for when the sentence is made, since Rebind may come before that.
func keyFor(id string) string { return keyIn(everywhere, id) }

// keyIn is keyFor where the action's keys are shown in another order in one place.
func keyIn(in place, id string) string {
	for i := range actions {
		if a := &actions[i]; a.id == id && a.in&in != 0 {
			first, _, _ := strings.Cut(a.show(), " ")
			return first
		}
	}
	return ""
}

// keyFor is keyFor in what the terminal can show.
func (d *deps) keyFor(id string) ui.Safe { return d.keyIn(everywhere, id) }

func (d *deps) keyIn(in place, id string) ui.Safe {
	return ui.Safe(asciiKey(d.ascii, keyIn(in, id)))
}

// spelled is a key inside a sentence where enter is a word, not a sign.
func spelled(key string) string {
	if key == "↵" {
		return "enter"
	}
	return key
}

// oneEach refuses a table in which a key does two things in one place.
func oneEach(table []action) error {
	for at := inRequests; at < inBox; at <<= 1 {
		has := map[string]string{}
		for i := range table {
			a := &table[i]
			if a.in&at == 0 {
				continue
			}
			for _, k := range a.Keys() {
				if other, taken := has[k]; taken {
					return fmt.Errorf("%s would be the key of both %s and %s", shown([]string{k}), other, a.id)
				}
				has[k] = a.id
			}
		}
	}
	return nil
}
