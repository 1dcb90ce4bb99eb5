package tui

import (
	"context"
	"errors"
	"net/http"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/sheet"
	"scimdeck/scim/wire"
	"scimdeck/store/draft"
)

// startSheet writes a sheet and opens the editor on it.
func startSheet(e *sheetEdit, given scim.Value) tea.Cmd {
	return func() tea.Msg {
		text := sheet.New(e.u.of.t, given)
		if e.id != "" {
			text = sheet.Of(e.u.of.t, e.doc)
		}
		return e.open(text)()
	}
}

// open opens the editor on a text.
func (e *sheetEdit) open(text []byte) tea.Cmd {
	return editText(e.u.d, e.u.of.one+".json", text, e.came)
}

// readSheet is startSheet for a resource that there is, as it is stored now.
func readSheet(e *sheetEdit) tea.Cmd {
	return func() tea.Msg {
		if ok, err := e.read(); err != nil || !ok {
			return sheetSent{e: e, gone: err == nil, err: err}
		}
		return startSheet(e, scim.Value{})()
	}
}

// read reads the resource as it is stored now.
func (e *sheetEdit) read() (ok bool, err error) {
	d := e.u.d
	doc, ok, err := d.opts.Store.GetBare(e.u.of.t, nil, e.id)
	if ok && err == nil {
		e.doc, e.etag = doc, etagOf(doc)
	}
	return ok, err
}

// etagOf is the entity tag of a stored doc.
func etagOf(doc []byte) string { return `W/"` + utoa(scim.DocVersion(doc)) + `"` }

// editSheetText opens the editor on the text as it was left, with notes above it.
func editSheetText(e *sheetEdit, notes []string) tea.Cmd {
	return e.open(sheet.Note(e.text, notes...))
}

// back opens the editor again on the text as it was left, with why it was refused above it.
func (e *sheetEdit) back(why string) tea.Cmd { return e.open(sheet.Refused(e.text, why)) }

// came reads what the editor left.
func (e *sheetEdit) came(edited []byte, err error) tea.Msg {
	m := sheetLeft{e: e}
	if edited != nil { // also beside an error
		e.text = sheet.Note(edited)
	}
	switch {
	case errors.Is(err, draft.ErrUnchanged):
		m.given = true
		return m
	case err != nil:
		m.fault = err
		return m
	}
	m.value, m.err = sheet.ReadBack(e.text)
	if m.err == nil {
		m.list, m.err = sheet.Changes(e.u.of.t, e.doc, m.value)
	}
	return m
}

const mediaType = "application/scim+json"

// sendSheet sends what was written, for the version with the entity tag only. If that
// is not the version any more, but what is on the sheet is as it was (a group's
// members came, say), it is sent for the version that there is.
func sendSheet(e *sheetEdit, v scim.Value, tag string) tea.Cmd {
	return func() tea.Msg {
		d, of := e.u.d, &e.u.of
		ctx, cancel := context.WithTimeout(d.ctx, 30*time.Second)
		defer cancel()
		m := sheetSent{e: e, name: e.name}
		method, path, body := http.MethodPost, of.endpoint, v.Append(nil)
		switch {
		case e.id == "":
			m.name = readRow(v).name
		case of.isGroup(): // its members are not on the sheet, so it is no PUT
			method, path, body = http.MethodPatch, groupPath(e.id), sheet.Patch(of.t, e.doc, v)
		default:
			method, path = http.MethodPut, of.endpoint+"/"+e.id
		}
		r := &wire.Request{Method: method, Path: path, Body: body, Header: []wire.Field{{Name: "Accept", Value: mediaType}, {Name: "Content-Type", Value: mediaType}}}
		if tag != "" {
			r.Header = append(r.Header, wire.Field{Name: "If-Match", Value: tag})
		}
		status, answer, err := d.opts.Send(ctx, "tui", r)
		switch {
		case err != nil:
			m.err = err
		case status == http.StatusNotFound && e.id != "":
			m.gone = true
		case status == http.StatusPreconditionFailed:
			if m.conflict(e); m.now != nil && len(m.theirs) == 0 {
				again := *e
				again.doc, again.etag = m.now.doc, m.now.etag
				return sendSheet(&again, v, again.etag)()
			}
		case status >= 400:
			if m.refused = refusal(answer); m.refused == "" {
				m.refused = "the server answered " + itoa(status)
			}
		}
		return m
	}
}

// conflict reads how the resource is now, and what was changed.
func (m *sheetSent) conflict(e *sheetEdit) {
	now := &sheetEdit{u: e.u, id: e.id}
	ok, err := now.read()
	if err != nil || !ok {
		m.err, m.gone = err, !ok
		return
	}
	m.now, m.theirs = now, sheet.Between(e.u.of.t, e.doc, now.doc)
}

// resendSheet sends the text as it was left.
func resendSheet(e *sheetEdit) tea.Cmd {
	return func() tea.Msg {
		v, err := sheet.Read(e.text)
		if err != nil { // it was read before
			return sheetSent{e: e, err: err}
		}
		return sendSheet(e, v, e.etag)()
	}
}
