package store

import (
	"strings"
	"time"

	"scimdeck/scim/wire"
)

// Row is the summary of an exchange that lists show: the ring keeps it in
// memory. A Row is shared and is not to be written to.
type Row struct {
	Seq      uint64
	Start    time.Time
	Took     time.Duration
	Method   string
	Status   int
	Target   string // path and query
	Path     string
	Host     string
	Agent    string
	KeyID    uint64
	KeyName  string
	Refused  string
	Type     string
	ID       string // of the resource touched
	Name     string // userName touched or looked for
	Source   string
	Op       string
	Sentence string
	Part     wire.Part // of a story; zero when none is known
	Lint     byte      // the worst level of what rules have found: see wire.Finding; 0: nothing
	Rules    string    // their ids, separated by blanks
	Problem  bool      // status ≥ 400 that the story does not expect, no answer, or a rule broken at error level
	Notes    int       // notes that call for a look; routine ones are not counted

	Remark wire.Remark `json:",omitzero"` // what a person had put on it when the row was read
}

// The coding of rows: one after the other, without a count. Three things keep a
// row small, on disk and, as decoded strings are parts of one string, in memory:
// a field that is as in the row before is one bit; and path, id and name are
// mostly parts of target, path and sentence.
//
//	uvarint seq · uvarint bits of the steady fields that changed · those fields ·
//	varint start (unix ns) · varint took (ns) · uvarint status · uvarint key id ·
//	target · path · id · sentence · name · uvarint notes · fields to come
//
// Fields to come are one string with pairs of a uvarint tag and a string; whoever
// does not know a tag leaves it out. Chunks of version 1 do not have it.
//
// The first row of a chunk has all steady fields, so rows of chunks can be joined.

// steady lists the fields that seldom change from row to row.
func (r *Row) steady() [8]*string {
	return [8]*string{&r.Method, &r.Host, &r.Agent, &r.KeyName, &r.Refused, &r.Type, &r.Source, &r.Op}
}

// appendRow appends the coding of ex's row. prev is the row before it in the
// chunk, nil for the first; it becomes ex's.
func appendRow(dst []byte, ex *wire.Exchange, prev *Row, first bool) []byte {
	r := Row{
		Method: ex.Method, Host: ex.Host, Agent: header(ex.RequestHeader, "User-Agent"), KeyName: ex.KeyName,
		Refused: ex.Refused, Type: ex.Type, Source: ex.Source, Op: ex.Op,
	}
	now, before := r.steady(), prev.steady()
	var changed uint64
	for i := range now {
		if first || *now[i] != *before[i] {
			changed |= 1 << i
		}
	}
	dst = appendUint(dst, ex.Seq)
	dst = appendUint(dst, changed)
	for i := range now {
		if changed>>i&1 == 1 {
			dst = appendString(dst, *now[i])
		}
	}
	dst = appendInt(dst, ex.Start.UnixNano())
	dst = appendInt(dst, int64(ex.Took))
	dst = appendInt(dst, int64(ex.Status))
	dst = appendUint(dst, ex.KeyID)
	dst = appendString(dst, ex.Target)
	dst = appendPart(dst, ex.Path, ex.Target)
	dst = appendPart(dst, ex.ID, ex.Path)
	dst = appendString(dst, ex.Sentence)
	dst = appendPart(dst, ex.Name, ex.Sentence)
	dst = appendUint(dst, uint64(len(ex.Notes)-ex.Routine))
	*prev = r
	return dst
}

// readRow reads one row; prev is the row before it in the chunk, or an empty one.
func readRow(version byte, d *decoder, prev *Row) (r Row) {
	r.Seq = d.uint()
	changed := d.uint()
	now, before := r.steady(), prev.steady()
	for i := range now {
		if changed>>i&1 == 1 {
			*now[i] = d.string()
		} else {
			*now[i] = *before[i]
		}
	}
	r.Start = time.Unix(0, d.int())
	r.Took = time.Duration(d.int())
	r.Status = int(d.int())
	r.KeyID = d.uint()
	r.Target = d.string()
	r.Path = d.part(r.Target)
	r.ID = d.part(r.Path)
	r.Sentence = d.string()
	r.Name = d.part(r.Sentence)
	r.Notes = int(d.uint())
	if version != chunkVersionOne {
		d.rowFields(&r)
	}
	r.Problem = isProblem(r.Status, r.Source, r.Part, r.Lint)
	return r
}

// readRows reads all rows of a chunk. Their strings are parts of text.
func readRows(version byte, text string, count int) ([]Row, error) {
	d := &decoder{text: text}
	rows := make([]Row, 0, min(count, len(text)))
	prev := new(Row)
	for d.more() {
		rows = append(rows, readRow(version, d, prev))
		prev = &rows[len(rows)-1]
	}
	return rows, d.done()
}

// Exchange is what the row has of its exchange.
func (r *Row) Exchange() *wire.Exchange {
	return &wire.Exchange{
		Seq: r.Seq, Start: r.Start, Took: r.Took, Source: r.Source,
		Method: r.Method, Target: r.Target, Host: r.Host, Status: r.Status, Path: r.Path,
		RequestHeader: []wire.Field{{Name: "User-Agent", Value: r.Agent}},
		KeyID:         r.KeyID, KeyName: r.KeyName, Refused: r.Refused,
		Type: r.Type, ID: r.ID, Name: r.Name, Op: r.Op, Sentence: r.Sentence, Part: r.Part, Remark: r.Remark,
	}
}

func header(fields []wire.Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}
