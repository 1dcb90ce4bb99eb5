package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"scimdeck/scim"
)

// What is done at the file's end: groups whose members came after them, groups that
// contain each other, and names of managers who came later.

// hold keeps a group until its members are known.
func (im *importer) hold(it *item) error {
	if im.size+it.size > maxHeld {
		return im.push(entry{item: it, fault: scim.Errorf(413, "",
			"its members come later in the file, as do those of %d groups before it, and more than %d bytes of groups cannot wait: put groups after their members", len(im.held), maxHeld)})
	}
	im.size += it.size
	im.held = append(im.held, it)
	return nil
}

// finish does what had to wait for the file's end.
func (im *importer) finish(ctx context.Context) error {
	for progress := true; progress && len(im.held) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		waiting := im.held
		im.held = nil
		for _, it := range waiting {
			waits, err := im.refer(it)
			if err != nil {
				return err
			}
			if waits {
				im.held = append(im.held, it)
			} else if err := im.put(it); err != nil {
				return err
			}
		}
		if err := im.settle(0); err != nil {
			return err
		}
		progress = len(im.held) < len(waiting)
	}
	if err := im.circles(); err != nil {
		return err
	}
	return im.pay(ctx)
}

// circles makes the groups that wait for each other, and refuses those that wait for
// somebody who never came.
func (im *importer) circles() error {
	waiting := map[string]bool{}
	for _, it := range im.held {
		waiting[it.old] = it.old != ""
	}
	for again := true; again; {
		again = false
		rest := im.held[:0]
		for _, it := range im.held {
			at, id, err := im.stranger(it, waiting)
			if err != nil {
				return err
			}
			if at < 0 {
				rest = append(rest, it)
				continue
			}
			delete(waiting, it.old)
			again = true
			err = im.refuse(it, scim.Errorf(400, scim.InvalidValue, "members[%d]: the User or Group with the id %.64q %s", at, id, im.ids.stranger(id)))
			if err != nil {
				return err
			}
		}
		im.held = rest
	}
	made := make([]string, len(im.held))
	for i, it := range im.held { // first each without those that are not there
		var err error
		if made[i], err = im.found(it, waiting); err != nil {
			return err
		}
	}
	for i, it := range im.held {
		if made[i] != "" || im.o.DryRun {
			if err := im.complete(it, made[i]); err != nil {
				return err
			}
		}
	}
	im.held = nil
	return nil
}

// stranger finds a member of a group that is not there and does not wait; at is -1 if there is none.
func (im *importer) stranger(it *item, waiting map[string]bool) (at int, id string, err error) {
	for i := range it.t.refs {
		r := &it.t.refs[i]
		if !r.member {
			continue
		}
		for at, v := range r.values(it.draft) {
			id := v.Get("value").Text()
			if waiting[id] {
				continue
			}
			if known, err := im.known(r, id); !known || err != nil {
				return at, id, err
			}
		}
	}
	return -1, "", nil
}

// found makes a group without the members that wait, and returns its id, "" when it was refused.
func (im *importer) found(it *item, waiting map[string]bool) (id string, err error) {
	whole := it.draft
	defer func() { it.draft = whole }()
	it.draft.Attributes = whole.Attributes.Clone()
	var there []scim.Value
	for _, v := range it.draft.Attributes.Get("members").Members() {
		if id := v.Get("value").Text(); !waiting[id] {
			there = append(there, v)
		}
	}
	members := scim.Value{}
	if len(there) > 0 {
		members = scim.ArrayOf(there...)
	}
	it.draft.Attributes.Set("members", members)
	if _, err := im.refer(it); err != nil {
		return "", err
	}
	if im.o.DryRun {
		im.ids.found(it.old, "")
		return "", nil
	}
	change, err := im.st.Create(im.ctx, it.t.ResourceType, it.draft)
	var fault *scim.Error
	if errors.As(err, &fault) {
		return "", im.refuse(it, fault)
	}
	if err != nil {
		return "", err
	}
	id = string(scim.DocID(change.After))
	im.ids.found(it.old, id)
	return id, nil
}

// complete gives a group that was made the members that were not there. If it
// cannot have them it is taken back.
func (im *importer) complete(it *item, id string) error {
	waits, err := im.refer(it)
	if err != nil {
		return err
	}
	var fault *scim.Error
	if waits {
		fault = scim.Errorf(400, scim.InvalidValue, "members: one of them was refused")
	} else if !im.o.DryRun {
		if _, err := im.st.Replace(im.ctx, it.t.ResourceType, id, it.draft, nil); err != nil && !errors.As(err, &fault) {
			return err
		}
	}
	if fault == nil {
		im.stored(entry{item: it}, id)
		return nil
	}
	if _, err := im.st.Delete(im.ctx, it.t.ResourceType, id, nil); err != nil {
		return err
	}
	return im.refuse(it, fault)
}

// abandon says of the groups that still wait that they are not stored.
func (im *importer) abandon() {
	for _, it := range im.held {
		im.skip(it, "it waits for members that were not read any more: go on with the import to have it")
	}
	im.held = nil
}

// debt is a stored resource that names somebody who may come later in the file.
type debt struct {
	ref   *reference
	t     *kind
	id    packed // of the resource
	place Place
	names []string // in a dry run, where there is no resource
}

// owe notes the debts of a stored item.
func (im *importer) owe(it *item, id string) {
	for _, d := range it.owes {
		d.id = pack(id)
		im.debts = append(im.debts, d)
	}
}

// pay puts the ids of those who came later into the resources that name them.
func (im *importer) pay(ctx context.Context) error {
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	slots := make(chan struct{}, 64) // that share the store's batches
	for _, d := range im.debts {
		if ctx.Err() != nil {
			break
		}
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			paid, err := im.payOne(d)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("%v: %w", d.place, err))
			} else if !paid {
				note := fmt.Sprintf("%v names nobody who is in the file or in the store, and was kept as it is", d.ref.Resolved)
				im.remark(scim.Note(note), d.place)
			}
		})
	}
	group.Wait()
	im.debts = nil
	return errors.Join(failed, ctx.Err())
}

// payOne renames in the resource as it is by then; one that is gone owes nothing.
func (im *importer) payOne(d debt) (paid bool, err error) {
	if im.o.DryRun {
		return slices.ContainsFunc(d.names, func(old string) bool { _, known := im.ids.get(old); return known }), nil
	}
	errChanged := errors.New("changed meanwhile")
	for {
		doc, ok, err := im.st.GetBare(d.t.ResourceType, nil, d.id.String())
		if err != nil || !ok {
			return true, err
		}
		own, draft, meta, err := d.t.ReadDoc(doc)
		if err != nil {
			return false, err
		}
		draft.Attributes = draft.Attributes.Clone()
		for _, v := range d.ref.values(draft) {
			paid = im.rename(v) || paid
		}
		if !paid {
			return false, nil
		}
		_, err = im.st.Replace(im.ctx, d.t.ResourceType, own, draft, func(version uint64) error {
			if version != meta.Version {
				return errChanged
			}
			return nil
		})
		var fault *scim.Error
		switch {
		case errors.Is(err, errChanged):
			continue
		case errors.As(err, &fault) && fault.Status == 404:
			return true, nil
		}
		return true, err
	}
}
