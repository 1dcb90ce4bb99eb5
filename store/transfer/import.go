package transfer

import (
	"context"
	"errors"
	"io"

	"scimdeck/scim"
	"scimdeck/store"
)

// Options says how a file is imported.
type Options struct {
	Catalog *scim.Catalog // the one that the store was opened with
	Policy  scim.Policy   // how strictly resources are read
	DryRun  bool          // check everything that can be checked, and write nothing
	Update  bool          // replace whoever has the userName (or a group's name); otherwise that is refused
	From    int           // go on here: who is on the lines before it and in the store is not refused. See Place.Number

	Report   func(Line)   // of each line that is not stored, in the file's order but for groups that waited; may be nil
	Progress func(Result) // now and then; may be nil
}

// Result counts what an import did. With DryRun it is what would have been done.
type Result struct {
	Stored   map[string]int // made, by the name of their type
	Replaced map[string]int // with Update those that were there, likewise
	Refused  int            // lines
	Skipped  int            // lines
	Next     int            // where another import would go on: see Options.From
	Unit     string         // "line" or "resource": what Next counts
	Remarks  []Remark       // about what was stored though it should have been different
}

// Lines is how many lines were done with.
func (r Result) Lines() int {
	n := r.Refused + r.Skipped
	for _, list := range []map[string]int{r.Stored, r.Replaced} {
		for _, m := range list {
			n += m
		}
	}
	return n
}

// Remark is a note on lines that were stored.
type Remark struct {
	Note  scim.Note
	First Place
	Lines int
}

const (
	underWay      = 512     // changes that are not waited for: two of the store's batches
	underWayBytes = 8 << 20 // and their bytes in the file
	maxRemarks    = 20
	progressEvery = 64 // lines
)

// Import stores the resources in r: JSON lines, a ListResponse or an array of
// resources, or CSV of users with a header, which it tells apart by itself. Each
// is stored or refused as a whole, in the file's order.
//
// A resource gets a new id. Where others in the file name it by the one that it
// had (managers, members), they get the new one. A group waits for members that
// come later. A member that is neither in the file nor in the store is refused, as
// by POST; others who are nowhere are kept, with a remark.
//
// The error is ctx's, r's, the disk's or a *FormatError. What was stored until
// then stays, and Result.Next says where to go on.
func Import(ctx context.Context, st *store.Store, r io.Reader, o Options) (Result, error) {
	im := &importer{st: st, o: o, ids: newIDs()}
	im.result = Result{Stored: map[string]int{}, Replaced: map[string]int{}, Next: max(o.From, 1), Unit: "line"}
	for _, t := range o.Catalog.Types {
		im.kinds = append(im.kinds, kindOf(o.Catalog, t))
	}
	im.ctx = context.WithoutCancel(ctx) // what is under way is finished, whoever interrupts
	err := errors.Join(im.read(ctx, r), im.settle(0))
	if err == nil {
		err = im.finish(ctx)
	}
	im.abandon()
	im.progress()
	return im.result, err
}

// importer is one import.
type importer struct {
	st  *store.Store
	o   Options
	ctx context.Context

	ids   *ids
	kinds []*kind
	queue []entry // in the file's order
	bytes int     // of the file, in queue
	held  []*item // groups that wait for members
	size  int     // of held, in bytes of the file
	debts []debt

	result Result
}

// item is a resource on its way into the store.
type item struct {
	Place
	t     *kind
	old   string // its id in the file; "" if it has none
	draft scim.Draft
	size  int // in bytes of the file
	notes []scim.Note
	owes  []debt
}

// entry is an item that the store has got, or one that it does not get.
type entry struct {
	*item
	pending  store.Pending
	replaces bool
	fault    *scim.Error
	skipped  string
}

// result is what reading gave.
type result struct {
	record
	err error
}

// read reads the file to its end.
func (im *importer) read(ctx context.Context, r io.Reader) error {
	ahead, stop := make(chan result, 4), make(chan struct{})
	defer close(stop)
	go readAhead(r, im.o.Catalog.Type("User"), ahead, stop)
	for n := 1; ctx.Err() == nil; n++ {
		var r result
		select {
		case <-ctx.Done():
			return ctx.Err()
		case r = <-ahead:
		}
		if errors.Is(r.err, io.EOF) {
			return nil
		}
		if r.err == nil {
			r.err = im.take(r.record)
		}
		if r.err != nil {
			return r.err
		}
		if im.result.Next = r.Number() + 1; r.Resource > 0 {
			im.result.Unit = "resource"
		}
		if n%progressEvery == 0 {
			im.progress()
		}
	}
	return ctx.Err()
}

// readAhead reads in a goroutine of its own: a pipe may keep a read waiting for
// ever, and who interrupts must not wait for that.
func readAhead(r io.Reader, t *scim.ResourceType, ahead chan<- result, stop <-chan struct{}) {
	src, err := open(r, t, MaxLine)
	for {
		next := result{err: err}
		if err == nil {
			next.record, next.err = src.next()
		}
		select {
		case ahead <- next:
		case <-stop:
			return
		}
		if next.err != nil {
			return
		}
	}
}

func (im *importer) progress() {
	if im.o.Progress != nil {
		im.o.Progress(im.result)
	}
}

// take does what is to be done with a record. The error ends the import.
func (im *importer) take(r record) error {
	it := &item{Place: r.Place, size: r.size}
	if r.err != nil {
		return im.push(entry{item: it, fault: r.err})
	}
	var fault *scim.Error
	var skipped string
	it.t, skipped, fault = im.typeOf(r.body)
	if skipped == "" && fault == nil {
		var err error
		it.old = r.body.Fold("id").Text()
		it.draft, it.notes, err = it.t.Read(r.body, im.o.Policy)
		if err != nil && !errors.As(err, &fault) {
			return err
		}
	}
	if skipped != "" || fault != nil {
		return im.push(entry{item: it, fault: fault, skipped: skipped})
	}
	waits, err := im.refer(it)
	if err != nil {
		return err
	}
	if r.Number() < im.o.From {
		if known, err := im.recall(it); known || err != nil {
			return err
		}
	}
	if waits {
		return im.hold(it)
	}
	return im.put(it)
}

// typeOf finds a resource's type by its schemas, or why it is not imported.
func (im *importer) typeOf(body scim.Value) (t *kind, skipped string, fault *scim.Error) {
	for _, urn := range body.Fold("schemas").Members() {
		for _, t := range im.kinds {
			if urn.Text() == t.Schema.ID {
				return t, "", nil
			}
		}
		switch urn.Text() {
		case keyURN:
			return nil, "keys are not imported, since their secrets are in no export: make new ones with scimdeck keys create", nil
		case scim.GroupURN:
			return nil, "", scim.Errorf(501, "", `groups are off: "groups": true in config.hujson switches them on`)
		}
	}
	return im.kinds[0], "", nil // User, which says what is wrong with it
}

// put gives an item to the store.
func (im *importer) put(it *item) error {
	e := entry{item: it}
	id := ""
	if im.o.Update || !it.t.unique {
		var err error
		if id, e.fault, err = im.existing(it); err != nil {
			return err
		}
		if id != "" && !im.o.Update {
			e.fault = it.taken(id)
		}
		if e.replaces = id != ""; e.replaces && !it.t.unique {
			im.ids.used[pack(id)] = true
		}
	}
	switch {
	case e.fault != nil:
	case im.o.DryRun:
		return im.try(e)
	case e.replaces:
		e.pending = im.st.ReplaceLater(im.ctx, it.t.ResourceType, id, it.draft, nil)
	default:
		e.pending = im.st.CreateLater(im.ctx, it.t.ResourceType, it.draft)
	}
	return im.push(e)
}
