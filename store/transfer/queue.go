package transfer

import (
	"errors"
	"fmt"
	"slices"

	"scimdeck/scim"
	"scimdeck/store"
)

// The queue: what the store has got and is not waited for yet, and what it does
// not get, so that all is told in the file's order.

// push puts an entry into the queue, and settles the first ones when it is full.
func (im *importer) push(e entry) error {
	im.ids.await(e.old)
	im.queue = append(im.queue, e)
	im.bytes += e.size
	for len(im.queue) > underWay || im.bytes > underWayBytes {
		if err := im.settle(len(im.queue) - 1); err != nil {
			return err
		}
	}
	return nil
}

// settle waits for the first entries of the queue, until n are left.
func (im *importer) settle(n int) error {
	for len(im.queue) > n {
		e := im.queue[0]
		im.queue[0] = entry{}
		im.queue = im.queue[1:]
		im.bytes -= e.size
		if err := im.settled(e); err != nil {
			return fmt.Errorf("%v: %w", e.Place, err)
		}
	}
	return nil
}

// settled notes what became of an entry.
func (im *importer) settled(e entry) error {
	if e.skipped != "" {
		im.skip(e.item, e.skipped)
		return nil
	}
	if e.fault != nil {
		return im.refuse(e.item, e.fault)
	}
	var id string
	if !im.o.DryRun {
		change, err := e.pending.Wait()
		if im.o.Update && !e.replaces && isTaken(err) { // by one that was under way when it was looked for
			change, err = im.replace(&e, err)
		}
		var fault *scim.Error
		if errors.As(err, &fault) {
			return im.refuse(e.item, fault)
		}
		if err != nil {
			return err
		}
		id = string(scim.DocID(change.After))
	}
	im.stored(e, id)
	return nil
}

func isTaken(err error) bool {
	var fault *scim.Error
	return errors.As(err, &fault) && fault.Status == 409
}

// replace is for one that was to be made, and whose name was taken.
func (im *importer) replace(e *entry, taken error) (store.Change, error) {
	id, fault, err := im.existing(e.item)
	switch {
	case err != nil:
		return store.Change{}, err
	case fault != nil:
		return store.Change{}, fault
	case id == "": // another attribute is unique too
		return store.Change{}, taken
	}
	e.replaces = true
	return im.st.Replace(im.ctx, e.t.ResourceType, id, e.draft, nil)
}

// stored notes that an item is in the store.
func (im *importer) stored(e entry, id string) {
	if e.replaces {
		im.result.Replaced[e.t.Name]++
	} else {
		im.result.Stored[e.t.Name]++
	}
	im.ids.found(e.old, id)
	if !e.t.unique && id != "" {
		im.ids.used[pack(id)] = true
	}
	im.owe(e.item, id)
	for _, n := range e.notes {
		if !n.Routine() {
			im.remark(n, e.Place)
		}
	}
}

func (im *importer) remark(n scim.Note, p Place) {
	list := im.result.Remarks
	if i := slices.IndexFunc(list, func(r Remark) bool { return r.Note == n }); i >= 0 {
		list[i].Lines++
	} else if len(list) < maxRemarks {
		im.result.Remarks = append(list, Remark{n, p, 1})
	}
}

// refuse says that an item was refused. Who was refused because he is there already
// is whom others in the file mean all the same.
func (im *importer) refuse(it *item, fault *scim.Error) error {
	im.ids.lost(it.old)
	im.result.Refused++
	if im.o.Report != nil {
		im.o.Report(Line{Place: it.Place, Err: fault})
	}
	if fault.Status != 409 || it.t == nil || it.old == "" {
		return nil
	}
	list, err := im.matches(it)
	if len(list) == 1 {
		im.ids.found(it.old, list[0])
	}
	return err
}

func (im *importer) skip(it *item, why string) {
	im.ids.lost(it.old)
	im.result.Skipped++
	if im.o.Report != nil {
		im.o.Report(Line{Place: it.Place, Skipped: why})
	}
}
