package share

import (
	"encoding/json"
	"iter"

	"scimdeck/scim/wire"
)

// lineEntry is an exchange as one JSON object. Its members are named like the
// filter words of the log.
type lineEntry struct {
	Number   uint64   `json:"number"`
	Time     string   `json:"time"`
	Method   string   `json:"method"`
	Status   int      `json:"status"` // 0: no answer
	Took     float64  `json:"took"`   // ms
	Op       string   `json:"op,omitempty"`
	User     string   `json:"user,omitempty"`
	ID       string   `json:"id,omitempty"`
	Path     string   `json:"path,omitempty"`
	Target   string   `json:"target"`
	Base     string   `json:"base,omitempty"`
	Host     string   `json:"host,omitempty"`
	IP       string   `json:"ip,omitempty"`
	Key      string   `json:"key,omitempty"`
	Refused  string   `json:"refused,omitempty"`
	Source   string   `json:"source,omitempty"`
	Sentence string   `json:"sentence"`
	Changed  []string `json:"changed,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	Marked   bool     `json:"marked,omitempty"`
	Note     string   `json:"note,omitempty"` // a person's; the server's are notes

	Seq     *jsonPart     `json:"seq,omitempty"`
	Changes []wire.Change `json:"changes,omitempty"`
	Lint    []jsonFinding `json:"lint,omitempty"`

	Request  lineBody `json:"request"`
	Response lineBody `json:"response"`
}

type lineBody struct {
	Header [][2]string `json:"header"`
	Size   int64       `json:"size"`
	Body   string      `json:"body,omitempty"`
	Base64 string      `json:"base64,omitempty"` // instead of a body that is no text
	Gap    string      `json:"gap,omitempty"`    // what is missing of it
}

func writeLines(w *writer, all iter.Seq2[*wire.Exchange, error]) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for ex, err := range all {
		if err != nil {
			return err
		}
		err := enc.Encode(lineEntry{
			Number: ex.Seq, Time: ex.Start.UTC().Format("2006-01-02T15:04:05.000Z"), Method: ex.Method, Status: ex.Status,
			Took: float64(ex.Took.Microseconds()) / 1000, Op: ex.Op, User: ex.Name, ID: ex.ID, Path: ex.Path, Target: ex.Target, Base: ex.Base,
			Host: ex.Host, IP: ex.Remote, Key: ex.KeyName, Refused: ex.Refused, Source: ex.Source, Sentence: ex.Sentence, Changed: ex.Changed, Notes: ex.Notes,
			Marked: ex.Remark.Marked, Note: ex.Remark.Note,
			Seq: partOf(ex), Changes: ex.Changes, Lint: findingsOf(ex),
			Request:  newLineBody(ex.RequestHeader, ex.RequestBody, ex.RequestSize, requestRemark(ex)),
			Response: newLineBody(ex.ResponseHeader, ex.ResponseBody, ex.ResponseSize, responseRemark(ex)),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func newLineBody(fields []wire.Field, body []byte, size int64, remark string) lineBody {
	b := lineBody{Header: make([][2]string, 0, len(fields)), Size: size, Gap: remark}
	for _, f := range header(fields) {
		b.Header = append(b.Header, [2]string{f.Name, f.Value})
	}
	if text, encoding := harText(body); encoding == "" {
		b.Body = text
	} else {
		b.Base64 = text
	}
	return b
}
