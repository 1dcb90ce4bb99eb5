package tui

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/explain/change"
	"scimdeck/scim/explain/report"
	"scimdeck/scim/wire"
	sharing "scimdeck/scim/wire/share"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// A copyKind is one way to copy a request: a letter in the box that y opens.
type copyKind struct {
	key, name, note string
	text            func(row *store.Row, ex *wire.Exchange) []byte // nil result: there is none

	// gap says why a copy would not be what was sent, or "". nil: it always is.
	gap func(ex *wire.Exchange) string
}

// copyKinds are the ways, in the order of the box. None holds a secret: what
// is stored holds none.
var copyKinds = []copyKind{
	{key: "c", name: "curl", note: "the key is $SCIM_TOKEN", gap: requestGap, text: func(_ *store.Row, ex *wire.Exchange) []byte { return []byte(wire.Curl(ex, "")) }},
	{key: "p", name: "PowerShell", note: "the key is $env:SCIM_TOKEN", gap: requestGap, text: func(_ *store.Row, ex *wire.Exchange) []byte { return []byte(sharing.PowerShell(ex)) }},
	{key: "u", name: "URL", text: func(_ *store.Row, ex *wire.Exchange) []byte {
		if target, below := ex.Relative(); below {
			return []byte(ex.Base + target)
		}
		return []byte(ex.Target)
	}},
	{key: "q", name: "request body", gap: requestGap, text: func(_ *store.Row, ex *wire.Exchange) []byte { return ex.RequestBody }},
	{key: "s", name: "response body", gap: responseGap, text: func(_ *store.Row, ex *wire.Exchange) []byte { return ex.ResponseBody }},
	{key: "d", name: "change (diff)", text: func(_ *store.Row, ex *wire.Exchange) []byte { return []byte(change.Lines(ex.Changes)) }},
	{key: "t", name: "everything as text", note: "for a bug report, no secrets", text: asText},
	{key: "m", name: "Markdown", note: "for an issue, no secrets", text: inFormat("markdown")},
	{key: "w", name: "raw HTTP", note: "as on the wire, no secrets", text: inFormat("raw")},
	{key: "i", name: "resource id", text: func(row *store.Row, _ *wire.Exchange) []byte { return []byte(row.ID) }},
}

func requestGap(ex *wire.Exchange) string {
	if why := ex.RequestGap(); why != "" {
		return "its request body " + why
	}
	return ""
}

func responseGap(ex *wire.Exchange) string {
	if ex.ResponseCut() {
		return "the log keeps only the beginning of its answer"
	}
	return ""
}

// inFormat writes a request in a format of exports.
func inFormat(format string) func(*store.Row, *wire.Exchange) []byte {
	return func(_ *store.Row, ex *wire.Exchange) []byte {
		var b bytes.Buffer
		if _, err := sharing.Write(&b, format, sharing.Options{}, sharing.One(ex)); err != nil {
			return nil // these formats have no errors of their own
		}
		return b.Bytes()
	}
}

// kinds are the ways that there are on this system.
func (d *deps) kinds() []copyKind {
	return slices.DeleteFunc(slices.Clone(copyKinds), func(k copyKind) bool { return k.key == "p" && d.goos != "windows" })
}

// openCopy asks how to copy the selected request; in an empty log it copies
// the command that is on screen.
func (r *requests) openCopy() tea.Cmd {
	if r.selected() == nil {
		return copyText(r.d, "the curl command", []byte(strings.ReplaceAll(r.curlTry(), "\\\n     ", "")))
	}
	r.d.push(&copyBox{box: box{r.d}, r: r, seq: r.selected().Seq})
	return nil
}

// copyAs copies the selected request in the way of a letter.
func (r *requests) copyAs(key string) tea.Cmd {
	row := r.selected()
	for _, k := range r.d.kinds() {
		if k.key == key && row != nil {
			r.copy = key
			return copyExchange(r.d, row, k)
		}
	}
	return nil
}

// copyBox is the box that y opens.
type copyBox struct {
	box
	r   *requests
	seq uint64
}

func (b *copyBox) key(m tea.KeyMsg) tea.Cmd {
	name := m.String()
	if name == "Y" {
		name = b.r.copy
	}
	for _, k := range b.d.kinds() {
		if k.key == name {
			b.d.pop()
			return b.r.copyAs(name)
		}
	}
	if name == "esc" || name == "q" {
		b.d.pop()
	}
	return nil
}

func (b *copyBox) view(w, h int) []string {
	kinds := b.d.kinds()
	text := make([]ui.Paragraph, 0, len(kinds)+2)
	for _, k := range kinds {
		text = append(text, ui.Paragraph{Text: ui.Pad(ui.Safe(k.key+"  "+k.name), 26) + ui.Safe(k.note)})
	}
	text = append(text, ui.Paragraph{}, ui.Paragraph{Text: "Y repeats the last choice     esc closes", Role: ui.Muted})
	dialog := ui.Dialog{Title: ui.Safe("Copy #" + utoa(b.seq) + " as"), Text: text}
	return dialog.View(b.d.theme, w, h)
}

func (b *copyBox) hints() []hint {
	return []hint{{key: "one letter", word: "copies"}, {key: "esc", word: "closes"}}
}

// asText writes a whole exchange for a bug report.
func asText(row *store.Row, ex *wire.Exchange) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "#%d %s\n%s, took %s\n\n", row.Seq, row.Sentence, row.Start.UTC().Format("2006-01-02T15:04:05.000Z"), ui.Took(row.Took))
	fmt.Fprintf(&b, "%s %s %s\nHost: %s\n", ex.Method, ex.Target, ex.Proto, ex.Host)
	for _, f := range ex.RequestHeader {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "\n%s\n\n%s %s\n", ex.RequestBody, ex.Proto, report.StatusText(ex.Status))
	for _, f := range ex.ResponseHeader {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "\n%s\n", ex.ResponseBody)
	if ex.Remark.Note != "" {
		fmt.Fprintf(&b, "\nyour note: %s", ex.Remark.Note)
	}
	for _, n := range ex.Notes {
		fmt.Fprintf(&b, "\nnote: %s", n)
	}
	return []byte(b.String())
}
