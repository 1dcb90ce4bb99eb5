package server

import (
	"fmt"
	"net/http"
	"strings"

	"scimdeck/scim"
	"scimdeck/store"
)

// Bulk requests (RFC 7644 §3.7): many writes in one, each of them a transaction
// of its own that succeeds or fails as it would alone. scim reads the request
// and says in which order references can be resolved; here the writes are done.

// bulkNotes is how many notes on operations a request gets at most.
const bulkNotes = 50

// bulk is POST /Bulk.
func (c *call) bulk(_ *scim.ResourceType, _ string) (reply, error) {
	if _, err := c.query(nothing); err != nil {
		return reply{}, err
	}
	body, err := c.readBody(c.s.limits.BulkBytes)
	if err != nil {
		return reply{}, err
	}
	b, err := scim.ReadBulk(body, scim.BulkLimits{Operations: c.s.limits.BulkOperations})
	if err != nil {
		return reply{}, err
	}
	j := job{c: c, bulk: b, ids: make(map[string]string), results: make([]scim.BulkResult, len(b.Operations))}
	for _, step := range b.Plan() {
		if err := c.r.Context().Err(); err != nil {
			return reply{}, err
		}
		j.step(step)
	}
	var done []scim.BulkResult
	for _, r := range j.results {
		if r.Status != 0 {
			done = append(done, r)
		}
	}
	c.ex.Total, c.ex.Count = len(b.Operations), len(done)-j.failed
	c.out = scim.AppendBulkResponse(c.out[:0], done)
	return reply{status: http.StatusOK, body: c.out}, nil
}

// job is a bulk request being done.
type job struct {
	c       *call
	bulk    scim.Bulk
	ids     map[string]string // of bulkIds
	results []scim.BulkResult // of the operations; Status 0: not done
	failed  int
}

// step does one step of the plan. When so many operations failed as the client
// accepts (RFC 7644 §3.7.3), no further one is begun, but circles that were begun
// are still closed.
func (j *job) step(s scim.BulkStep) {
	op, r := &j.bulk.Operations[s.Index], &j.results[s.Index]
	if s.Complete {
		if r.Status == http.StatusCreated {
			j.complete(s, op, r)
		}
		return
	}
	if j.bulk.FailOnErrors > 0 && j.failed >= j.bulk.FailOnErrors {
		return
	}
	r.Method, r.BulkID = op.Method, op.BulkID
	if op.Fault != nil {
		j.fail(s.Index, r, op.Fault)
		return
	}
	path, data, err := op.Resolve(j.ids, s.Partial)
	if err == nil {
		err = j.do(s.Index, op, r, path, data)
	}
	if err != nil {
		j.fail(s.Index, r, err)
	}
}

// fail makes an error the operation's result (RFC 7644 §3.7, erratum 7916: the
// error's body is the response, the status is beside it).
func (j *job) fail(index int, r *scim.BulkResult, err error) {
	e := j.c.problem(err)
	r.Status, r.Version, r.Response = e.Status, "", e.Append(nil)
	if r.Method == http.MethodPost {
		r.Location = ""
	}
	j.failed++
	j.note(index, e.Detail)
}

func (j *job) note(index int, text string) {
	if len(j.c.ex.Notes) < bulkNotes {
		j.c.ex.Note(fmt.Sprintf("operation %d: %s", index+1, text))
	}
}

func (j *job) notes(index int, list []scim.Note) {
	for _, n := range list {
		j.note(index, string(n))
	}
}

// do does an operation, references resolved, and fills in its result.
func (j *job) do(index int, op *scim.BulkOperation, r *scim.BulkResult, path string, data scim.Value) error {
	c := j.c
	t, id := c.s.target(path)
	if t == nil {
		return c.s.unknown(path)
	}
	if (id == "") != (op.Method == http.MethodPost) {
		return scim.Errorf(http.StatusMethodNotAllowed, "", "%s is not allowed on %s", op.Method, quoted(path))
	}
	if id != "" {
		r.Location = c.base + t.Endpoint + "/" + id
	}
	var ch store.Change
	var err error
	switch op.Method {
	case http.MethodPost:
		if ch, err = j.create(index, t, data); err == nil {
			id = string(scim.DocID(ch.After))
			r.Location = c.base + t.Endpoint + "/" + id
			r.Status = http.StatusCreated
			j.ids[op.BulkID] = id
		}
	case http.MethodPut:
		ch, err = j.replace(index, t, id, data, versioned(op))
		r.Status = http.StatusOK
	case http.MethodPatch:
		var p *scim.Patch
		var notes []scim.Note
		p, notes, err = t.ReadPatch(data, c.s.policy)
		j.notes(index, notes)
		if err == nil {
			err = p.CheckID(id)
		}
		if err == nil {
			ch, err = c.s.store.Patch(c.r.Context(), t, id, p, versioned(op))
		}
		r.Status = http.StatusOK
	case http.MethodDelete:
		_, err = c.s.store.Delete(c.r.Context(), t, id, versioned(op))
		r.Status = http.StatusNoContent
	}
	if err != nil {
		return err
	}
	if ch.After != nil {
		r.Version = etag(scim.DocVersion(ch.After))
	}
	return nil
}

func (j *job) create(index int, t *scim.ResourceType, data scim.Value) (store.Change, error) {
	d, notes, err := t.Read(data, j.c.s.policy)
	j.notes(index, notes)
	if err != nil {
		return store.Change{}, err
	}
	return j.c.s.store.Create(j.c.r.Context(), t, d)
}

func (j *job) replace(index int, t *scim.ResourceType, id string, data scim.Value, cond store.IfMatch) (store.Change, error) {
	d, notes, err := t.Read(data, j.c.s.policy)
	j.notes(index, notes)
	if err != nil {
		return store.Change{}, err
	}
	return j.c.s.store.Replace(j.c.r.Context(), t, id, d, cond)
}

// complete gives a resource the references that closed a circle (RFC 7644
// §3.7.1). When that fails the operation has failed as a whole, and what it
// made is taken away.
func (j *job) complete(s scim.BulkStep, op *scim.BulkOperation, r *scim.BulkResult) {
	t, _ := j.c.s.target(op.Path)
	id := j.ids[op.BulkID]
	_, data, err := op.Resolve(j.ids, false)
	var ch store.Change
	if err == nil {
		ch, err = j.replace(s.Index, t, id, data, nil)
	}
	if err == nil {
		r.Version = etag(scim.DocVersion(ch.After))
		return
	}
	if _, gone := j.c.s.store.Delete(j.c.r.Context(), t, id, nil); gone != nil {
		err = fmt.Errorf("%w; taking away what it made: %w", err, gone)
	}
	delete(j.ids, op.BulkID)
	j.fail(s.Index, r, err)
}

// target finds what a path below the base is about: a type's collection, id
// "", or one of its resources. t is nil when it is neither.
func (s *Server) target(path string) (t *scim.ResourceType, id string) {
	for _, t := range s.catalog.Types {
		rest, ok := strings.CutPrefix(path, t.Endpoint)
		switch {
		case !ok:
		case rest == "":
			return t, ""
		case rest[0] == '/' && len(rest) > 1 && !strings.Contains(rest[1:], "/"):
			return t, rest[1:]
		}
	}
	return nil, ""
}

// versioned is the condition of an operation's version (RFC 7644 §3.7).
func versioned(op *scim.BulkOperation) store.IfMatch {
	if op.Version == "" {
		return nil
	}
	return ifMatch([]string{op.Version}, nil)
}
