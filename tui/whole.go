package tui

import (
	"bytes"
	"encoding/json"

	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// Line writes a request as Plain prints it, without the line's end.
func Line(row *store.Row, asJSON bool) []byte { return appendLine(nil, row, asJSON) }

// Whole writes a logged request with its headers and bodies for a terminal, or
// as a JSON object in one line if asJSON. It ends without a line's end.
func Whole(ex *wire.Exchange, asJSON bool) []byte {
	if asJSON {
		return jsonWhole(ex)
	}
	laid := *ex
	laid.RequestBody, laid.ResponseBody = laidOut(ex.RequestBody), laidOut(ex.ResponseBody)
	var out []byte
	for line := range bytes.Lines(bytes.TrimSpace(asText(rowOf(ex), &laid))) {
		line, ended := bytes.CutSuffix(line, []byte("\n"))
		out = append(out, ui.CleanLine(line, false)...)
		if ended {
			out = append(out, '\n')
		}
	}
	return out
}

// laidOut indents a body that is JSON.
func laidOut(body []byte) []byte {
	var out bytes.Buffer
	if json.Indent(&out, body, "", "  ") != nil {
		return body
	}
	return out.Bytes()
}

// rowOf is the row that the log shows of an exchange.
func rowOf(ex *wire.Exchange) *store.Row {
	return &store.Row{
		Seq: ex.Seq, Start: ex.Start, Took: ex.Took, Method: ex.Method, Status: ex.Status, Target: ex.Target, Path: ex.Path,
		Host: ex.Host, Agent: ex.Header("User-Agent"), KeyID: ex.KeyID, KeyName: ex.KeyName, Refused: ex.Refused,
		Type: ex.Type, ID: ex.ID, Name: ex.Name, Source: ex.Source, Op: ex.Op, Sentence: ex.Sentence,
		Problem: ex.Status >= 400 || ex.Status == 0, Notes: len(ex.Notes), Remark: ex.Remark,
	}
}

// jsonRest is what a whole request has as JSON besides the members of its line.
type jsonRest struct {
	Proto    string      `json:"proto"`
	Remote   string      `json:"remote"`
	Base     string      `json:"base"`
	Filter   string      `json:"filter,omitempty"`
	Changed  []string    `json:"changed,omitempty"`
	Notes    []string    `json:"notes,omitempty"`
	Request  jsonMessage `json:"request"`
	Response jsonMessage `json:"response"`
}

// jsonMessage is a request or an answer. The body is what was kept of size bytes.
type jsonMessage struct {
	Header []jsonField `json:"header"`
	Size   int64       `json:"size"`
	Body   string      `json:"body"`
}

type jsonField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func jsonWhole(ex *wire.Exchange) []byte {
	message := func(header []wire.Field, size int64, body []byte) jsonMessage {
		m := jsonMessage{Header: []jsonField{}, Size: size, Body: string(body)}
		for _, f := range header {
			m.Header = append(m.Header, jsonField(f))
		}
		return m
	}
	line := Line(rowOf(ex), true)
	rest, err := json.Marshal(jsonRest{
		Proto: ex.Proto, Remote: ex.Remote, Base: ex.Base, Filter: ex.Filter, Changed: ex.Changed, Notes: ex.Notes,
		Request:  message(ex.RequestHeader, ex.RequestSize, ex.RequestBody),
		Response: message(ex.ResponseHeader, ex.ResponseSize, ex.ResponseBody),
	})
	if err != nil { // cannot be: strings and numbers
		return line
	}
	line[len(line)-1] = ',' // one object of the two
	return append(line, rest[1:]...)
}
