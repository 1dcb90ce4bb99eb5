package tui

import (
	"cmp"
	"slices"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/explain/change"
	"scimdeck/scim/explain/history"
	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	"scimdeck/tui/ui"
)

// The Changes tab: only what changed, or all of what a write left with that in it.

// leftState is a resource as a write left it.
type leftState struct {
	gap   string          // why it cannot be shown; "": it can
	lines []report.Change // its values in order; without a Sign: what did not change
	more  int             // values without a change for which there was no room
	asked []string        // attributes that answers have only when they are asked for
}

const (
	mostValues = 400 // of what did not change
	mostText   = 300 // bytes of one such value
)

// leftBy reads what a write left out of its answer; nil: the request is no write.
func leftBy(t *scim.ResourceType, ex *wire.Exchange) *leftState {
	if !slices.Contains([]string{"POST", "PUT", "PATCH", "DELETE"}, ex.Method) {
		return nil
	}
	doc, gap := history.After(t, ex)
	left := &leftState{gap: gap}
	if gap != "" {
		return left
	}
	same := 0
	for _, c := range change.Whole(t, doc, ex.Changes) {
		if c.Kind != change.Same {
			left.lines = append(left.lines, report.Told([]wire.Change{c})...)
			continue
		}
		if same++; same > mostValues {
			left.more++
			continue
		}
		left.lines = append(left.lines, report.Change{Change: wire.Change{Kind: c.Kind, Path: c.Path}, Words: bareWords(c.Path, c.New)})
	}
	left.asked = onRequest(t, doc)
	return left
}

// bareWords writes a value in words; of one that is called by its type, without it.
func bareWords(path, value string) string {
	v, err := scim.Decode([]byte(value), scim.Limits{})
	if err != nil { // nested deeper than anybody reads
		return clipped(value)
	}
	if kind := v.Get("type").Text(); kind != "" && strings.HasSuffix(path, "["+kind+"]") {
		var rest []scim.Member
		for name, sub := range v.Members() {
			if name != "type" {
				rest = append(rest, scim.Member{Name: name, Value: sub})
			}
		}
		v = scim.ObjectOf(rest...)
	}
	return clipped(cmp.Or(inWords(v), value))
}

func clipped(text string) string {
	if len(text) <= mostText {
		return text
	}
	return strings.ToValidUTF8(text[:mostText], "") + "…"
}

// onRequest lists the attributes that an answer lacks unless they are asked for, and
// that this one lacks.
func onRequest(t *scim.ResourceType, doc []byte) (names []string) {
	in := func(attributes []*scim.Attribute, object []byte) {
		for _, a := range attributes {
			value := scim.MemberOf(object, a.Name)
			if value == nil && a.Returned == "request" {
				names = append(names, a.Name)
			}
			for _, sub := range a.Sub {
				if sub.Returned == "request" && a.Returned != "request" && !strings.Contains(string(value), `"`+sub.Name+`":`) {
					names = append(names, a.Name+"."+sub.Name)
				}
			}
		}
	}
	in(t.Schema.Attributes, doc)
	for _, e := range t.Extensions {
		in(e.Schema.Attributes, scim.MemberOf(doc, e.Schema.ID))
	}
	return names
}

// changes draws the Changes tab.
func (x *detail) changes(w int) []string {
	p := &prose{x: x, w: w}
	whole := x.whole && x.left != nil && x.left.gap == ""
	after := ui.Safe("")
	if whole {
		after = ui.Safe("  as #" + utoa(x.ex.Seq) + " left it ")
	}
	p.line(ui.Part{Text: " "}, ui.Part{Text: ui.Clean(x.target(), x.d.theme.ASCII), Role: ui.Strong, Fill: true}, ui.Part{Text: after, Role: ui.Muted})
	p.blank()
	if x.whole && x.left != nil && !whole {
		p.text(1, "The whole "+x.kind()+" cannot be shown: "+x.left.gap+".", ui.Warn)
		p.blank()
	}
	list, same := report.Changes(x.ex)
	if len(list) == 0 {
		p.text(1, report.NoChanges(x.row.Method), ui.Muted)
		if whole {
			p.blank()
		}
	}
	n := slices.IndexFunc(list, func(c report.Change) bool { return c.Sign == "" }) // the first without effect
	if n < 0 {
		n = len(list)
	}
	if whole {
		p.whole(x.left, list[:n])
	} else {
		for _, c := range list[:n] {
			p.change(c)
		}
	}
	if len(same) > 0 {
		p.blank()
		p.text(1, report.Same(same), ui.Muted)
	}
	if n < len(list) {
		p.blank()
	}
	for _, c := range list[n:] {
		text := c.Text
		if whole && c.Kind == change.More {
			text = strings.TrimSuffix(text, " more") + " more changed, and are not marked here"
		}
		p.text(1, text, ui.Warn)
	}
	return p.lines
}

// whole draws all of what a write left. What is no value of the resource, that it was
// created, stands above it.
func (p *prose) whole(left *leftState, list []report.Change) {
	for _, c := range list {
		if c.Kind == change.Created {
			p.change(c)
			p.blank()
		}
	}
	for _, c := range left.lines {
		p.change(c)
	}
	if left.more > 0 {
		p.text(3, "and "+count(left.more, "value")+" that did not change: Response has them", ui.Muted)
	}
	if p.x.ex.Type == "Group" {
		p.blank()
		p.text(1, "Of the members only who came and went is told.", ui.Muted)
	}
	if len(left.asked) > 0 {
		p.blank()
		p.text(1, "Not told, as answers have it only when it is asked for: "+strings.Join(left.asked, ", "), ui.Muted)
	}
}

// kind is the type of the resource in a sentence.
func (x *detail) kind() string {
	if x.ex.Type == "" {
		return "resource"
	}
	return strings.ToLower(x.ex.Type)
}

// changesStatus says how much the tab shows, and what shows the rest.
func (x *detail) changesStatus() (left, right ui.Safe) {
	word := ui.Clean("the whole "+x.kind(), x.d.ascii)
	if x.whole {
		word = "only what changed"
	}
	left = ui.Safe(count(len(x.ex.Changes), "change")+"   ") + x.d.keyFor("wrap") + ": " + word
	return left, x.d.keyFor("openUser") + " opens the user"
}
