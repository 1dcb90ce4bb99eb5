package scim

import (
	"strconv"
	"strings"
)

// BulkLimits bounds a bulk request; zero fields mean the default.
type BulkLimits struct {
	Operations int // default 1,000
}

// Bulk is a BulkRequest (RFC 7644 §3.7).
type Bulk struct {
	FailOnErrors int // stop after so many errors; 0: never
	Operations   []BulkOperation
}

// BulkOperation is one request in a Bulk.
type BulkOperation struct {
	Method  string // POST, PUT, PATCH or DELETE
	BulkID  string // of a POST, else "" mostly
	Version string // the If-Match of the operation, or ""
	Path    string // "/Users", "/Users/2819"; may hold a bulkId: reference as its last part
	Data    Value

	// Fault says why the operation cannot be done whatever the state is: no
	// bulkId in a POST, no data, an unknown method. The others can. Its
	// answer is this error.
	Fault *Error
}

// ReadBulk reads a BulkRequest. Member names have any case. Errors are *Error:
// 400 invalidSyntax for a body that is none, 400 invalidValue for a bulkId that
// occurs twice, 413 for more operations than lim. What is wrong with one
// operation is its Fault.
func ReadBulk(body Value, lim BulkLimits) (Bulk, error) {
	if lim.Operations == 0 {
		lim.Operations = 1000
	}
	if body.kind != Object {
		return Bulk{}, Errorf(400, InvalidSyntax, "the body: want a JSON object, got %s", body.describe())
	}
	if err := checkMessage(body.Fold("schemas"), BulkURN); err != nil {
		return Bulk{}, err
	}
	ops := body.Fold("Operations")
	if ops.kind != Array || len(ops.kids) == 0 {
		return Bulk{}, Errorf(400, InvalidSyntax, "Operations: want an array of one operation or more, got %s", describeList(ops))
	}
	if n := len(ops.kids); n > lim.Operations {
		return Bulk{}, Errorf(413, "", "%d operations are more than maxOperations, %d", n, lim.Operations)
	}
	m := message{body: body}
	b := Bulk{Operations: make([]BulkOperation, len(ops.kids))}
	if n := m.integer("failOnErrors"); n != nil {
		b.FailOnErrors = *n
	}
	if m.err != nil {
		return Bulk{}, m.err
	}
	if b.FailOnErrors < 0 {
		return Bulk{}, Errorf(400, InvalidValue, "failOnErrors: want 1 or more, got %d", b.FailOnErrors)
	}
	first := make(map[string]int)
	for i := range ops.kids {
		o, err := readOperation(ops.kids[i].Value)
		if err != nil {
			return Bulk{}, inOperation(i+1, err)
		}
		if o.BulkID != "" {
			if j, twice := first[o.BulkID]; twice {
				return Bulk{}, Errorf(400, InvalidValue, "operations %d and %d have the same bulkId %s", j+1, i+1, quote(o.BulkID))
			}
			first[o.BulkID] = i
		}
		b.Operations[i] = o
	}
	return b, nil
}

// readOperation reads one operation; an error makes the whole request
// unreadable.
func readOperation(v Value) (BulkOperation, error) {
	if v.kind != Object {
		return BulkOperation{}, Errorf(400, InvalidSyntax, "want an object with method, path and data, got %s", v.describe())
	}
	m := message{body: v}
	o := BulkOperation{
		Method:  strings.ToUpper(m.text("method")),
		BulkID:  m.text("bulkId"),
		Version: m.text("version"),
		Path:    m.text("path"),
		Data:    v.Fold("data"),
	}
	if m.err != nil {
		o.Fault = m.err.(*Error)
	} else {
		o.Fault = o.check()
	}
	return o, nil
}

func (o *BulkOperation) check() *Error {
	post := o.Method == "POST"
	below, slash := strings.CutPrefix(o.Path, "/")
	endpoint, id, one := strings.Cut(below, "/")
	switch {
	case !post && o.Method != "PUT" && o.Method != "PATCH" && o.Method != "DELETE":
		return Errorf(400, InvalidSyntax, "method: want POST, PUT, PATCH or DELETE, got %s", quote(o.Method))
	case o.Path == "":
		return Errorf(400, InvalidSyntax, "path is missing")
	case !slash || endpoint == "" || strings.Contains(id, "/") || one == post || one && id == "":
		want := `the path of a resource, such as "/Users/2819"`
		if post {
			want = `an endpoint, such as "/Users"`
		}
		return Errorf(400, InvalidPath, "path: want %s, got %s", want, quote(o.Path))
	case post && o.BulkID == "":
		return Errorf(400, InvalidSyntax, "a POST needs a bulkId")
	case o.Method != "DELETE" && o.Data.kind <= Null:
		return Errorf(400, InvalidSyntax, "a %s needs data", o.Method)
	case o.Method != "DELETE" && o.Data.kind != Object:
		return Errorf(400, InvalidSyntax, "data: want a JSON object, got %s", o.Data.describe())
	}
	return nil
}

// bulkPrefix begins a reference to the resource that another operation makes.
const bulkPrefix = "bulkId:"

// eachReference calls f with the bulkIds that the path and the data refer to.
func (o *BulkOperation) eachReference(f func(id string)) {
	if i := strings.LastIndex(o.Path, "/"+bulkPrefix); i >= 0 {
		f(o.Path[i+1+len(bulkPrefix):])
	}
	eachReference(o.Data, f)
}

func eachReference(v Value, f func(id string)) {
	if v.kind == String {
		if id, ok := strings.CutPrefix(v.text, bulkPrefix); ok {
			f(id)
		}
	}
	for i := range v.kids {
		eachReference(v.kids[i].Value, f)
	}
}

// Resolve gives the operation's path and data with "bulkId:x" replaced by
// ids["x"]. Of a partial step the values that refer to what is not in ids are
// left out, otherwise they are an error: 409 with the reference, since what it
// means was not created. The operation stays as it is.
func (o *BulkOperation) Resolve(ids map[string]string, partial bool) (path string, data Value, err error) {
	path = o.Path
	if i := strings.LastIndex(path, "/"+bulkPrefix); i >= 0 {
		name := path[i+1+len(bulkPrefix):]
		id, ok := ids[name]
		if !ok {
			return "", Value{}, unresolvable(name)
		}
		path = path[:i+1] + id
	}
	missing := ""
	data = resolve(o.Data, func(name string) (string, bool) {
		id, ok := ids[name]
		if !ok && missing == "" {
			missing = name
		}
		return id, ok
	})
	if missing != "" && !partial {
		return "", Value{}, unresolvable(missing)
	}
	return path, data, nil
}

func unresolvable(name string) *Error {
	return Errorf(409, "", "bulkId:%s cannot be resolved: no operation of this request created it", clipName(name))
}

// resolve replaces references in v; Absent when v is one that is not known,
// or an element of which the value is.
func resolve(v Value, find func(name string) (string, bool)) Value {
	if v.kind == String {
		name, ok := strings.CutPrefix(v.text, bulkPrefix)
		if !ok {
			return v
		}
		if id, ok := find(name); ok {
			return StringOf(id)
		}
		return Value{}
	}
	if !refers(v) {
		return v
	}
	kids := make([]Member, 0, len(v.kids))
	for _, m := range v.kids {
		had := m.Value.kind
		m.Value = resolve(m.Value, find)
		if m.Value.kind == Absent && v.kind == Object && m.Name == "value" && had == String {
			return Value{} // a reference without a value says nothing
		}
		if m.Value.kind != Absent {
			kids = append(kids, m)
		}
	}
	return Value{kind: v.kind, kids: kids}
}

// refers reports whether there is a reference in v.
func refers(v Value) bool {
	found := false
	eachReference(v, func(string) { found = true })
	return found
}

// BulkResult is the outcome of one operation.
type BulkResult struct {
	Method, BulkID, Version, Location string // "" is left out
	Status                            int
	Response                          []byte // the JSON of the error or resource, or nil
}

// AppendBulkResponse appends a BulkResponse (RFC 7644 §3.7) to dst. Status is a
// string in it, and an error is in response (erratum 7916).
func AppendBulkResponse(dst []byte, results []BulkResult) []byte {
	dst = append(dst, `{"schemas":["`+BulkResponseURN+`"],"Operations":[`...)
	for i := range results {
		r := &results[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"method":`...)
		dst = appendString(dst, r.Method)
		for _, m := range [...]struct{ name, text string }{
			{`,"bulkId":`, r.BulkID}, {`,"version":`, r.Version}, {`,"location":`, r.Location},
		} {
			if m.text != "" {
				dst = appendString(append(dst, m.name...), m.text)
			}
		}
		dst = append(dst, `,"status":"`...)
		dst = strconv.AppendInt(dst, int64(r.Status), 10)
		dst = append(dst, '"')
		if len(r.Response) > 0 {
			dst = append(append(dst, `,"response":`...), r.Response...)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']', '}')
}
