package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Verify walks everything and reports each inconsistency, at most maxFaults:
// documents against indexes and the rank index and back, members against groups
// and back, keys in the database against those in memory, log chunks and remarks against
// those in memory, and keys that nobody has declared. It looks at one moment; others may go on working.
func (s *Store) Verify(ctx context.Context) error {
	<-s.log.loaded
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return ErrClosed
	}
	v := s.newVerifier(ctx)
	defer v.unpin()
	defer v.pin.release()
	defer v.docs.close()
	defer v.txn.Discard()
	v.spaces()
	for _, k := range s.kinds {
		v.documents(k)
		for i := range k.indexes {
			v.index(k, &k.indexes[i])
		}
	}
	v.memberships()
	v.keys()
	v.logChunks()
	v.remarks()
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.Join(v.faults...)
}

const maxFaults = 50

// verifier is what Verify looks at, all of one moment.
type verifier struct {
	ctx     context.Context
	s       *Store
	txn     *badger.Txn
	pin     pin
	docs    *docReader
	ranks   map[*kind]*rank
	ring    *keyring
	chunks  []chunkHead
	entries int
	stored  int64
	oldest  uint64 // log chunks before it are out of the log
	unpin   func() // gives the log's files back
	noted   map[uint64]wire.Remark
	next    uint64 // the creation sequence that is not given out yet, at least
	count   map[*index]int
	table   *numbers
	pending map[uint64]bool // groups whose members' rows are being changed
	faults  []error
}

func (s *Store) newVerifier(ctx context.Context) *verifier {
	v := &verifier{ctx: ctx, s: s, ranks: map[*kind]*rank{}, count: map[*index]int{}, pending: map[uint64]bool{}}
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.log.mu.RLock()
	defer s.log.mu.RUnlock()
	v.pin, v.docs = s.pins.take(), s.docs.reader()
	v.txn = s.db.NewTransaction(false)
	for _, k := range s.kinds {
		v.ranks[k] = k.rank.clone()
	}
	v.ring = s.keys.Load()
	v.chunks = append(v.chunks, s.log.chunks...)
	v.entries, v.stored, v.oldest = s.log.entries, s.log.stored, s.log.oldest
	v.unpin = s.log.files.pin()
	v.noted = s.log.remarks.Load().of
	return v
}

func (v *verifier) fault(format string, args ...any) {
	if len(v.faults) < maxFaults {
		v.faults = append(v.faults, fmt.Errorf(format, args...))
	}
}

// each walks the keys with a prefix until the context ends.
func (v *verifier) each(prefix []byte, f func(key []byte, item *badger.Item)) {
	it := v.txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	for n := 0; ; n++ {
		if n == 0 {
			it.Rewind()
		} else {
			it.Next()
		}
		if !it.Valid() || n%ctxEvery == 0 && v.ctx.Err() != nil {
			return
		}
		f(it.Item().Key(), it.Item())
	}
}

func (v *verifier) value(item *badger.Item) []byte {
	b, err := item.ValueCopy(nil)
	if err != nil {
		v.fault("the value of %q cannot be read: %w", item.Key(), err)
	}
	return b
}

// doc reads a document.
func (v *verifier) doc(item *badger.Item) (doc []byte) {
	err := readDoc(v.docs, item, func(d []byte) error {
		doc = bytes.Clone(d)
		return nil
	})
	if err != nil {
		v.fault("the document %q cannot be read: %w", item.Key(), err)
	}
	return doc
}

// spaces finds keys that nobody reads, and reads the single ones.
func (v *verifier) spaces() {
	var err error
	if v.table, err = loadNumbers(v.txn); err != nil {
		v.fault("%w", err)
		v.table = &numbers{}
	}
	v.each(nil, func(key []byte, item *badger.Item) {
		switch key[0] {
		case spaceFormat:
			if n, err := strconv.Atoi(string(v.value(item))); err != nil || n != formatVersion || len(key) != 1 {
				v.fault("the format mark is %q at %q", v.value(item), key)
			}
		case spaceSequence:
			v.next, _ = lastUint64(v.value(item))
		case spaceDoc, spaceUnique, spaceIndex:
			if !v.declared(key) {
				v.fault("the key %q is of no known type or index", key)
			}
		case spaceKey, spaceChunk, spaceGroups, spacePending, spaceRemark:
			if len(key) != 9 {
				v.fault("the key %q should have 9 bytes", key)
			}
			if n, _ := lastUint64(key); key[0] == spacePending {
				v.pending[n] = true
			}
		case spaceMembers:
			if len(key) != 9 && len(key) != 17 {
				v.fault("the key %q should have 9 or 17 bytes", key)
			}
		case spaceToken:
			if len(v.value(item)) != 32 {
				v.fault("the secret %q has not 32 bytes", key[1:])
			}
		case spaceCatalog: // loadNumbers has read it
		case spaceRank:
			if err := new(rank).read(v.value(item)); err != nil || len(key) != 2 {
				v.fault("the rank at %q: %v", key, err)
			}
		case spaceDocFiles:
			if _, err := docEndOf(v.value(item)); err != nil || len(key) != 1 {
				v.fault("%q: %v", key, err)
			}
		case spaceLogState:
			if len(v.value(item)) != 16 {
				v.fault("the log's state is %q", v.value(item))
			}
		default:
			v.fault("the key %q is in no known space", key)
		}
	})
}

// declared reports whether the type and the index of a key exist.
func (v *verifier) declared(key []byte) bool {
	if len(key) < 3 {
		return false
	}
	name := ""
	for n, k := range builtIn {
		if key[1] == k.code {
			name = n
		}
	}
	for n, code := range v.table.types {
		if key[1] == code {
			name = n
		}
	}
	if name == "" || key[0] == spaceDoc {
		return name != "" && len(key) == 10
	}
	unique := key[0] == spaceUnique
	if key[2] == livingCode {
		return key[1] >= firstCode && !unique
	}
	for _, x := range builtIn[name].indexes {
		if key[2] == x.code && x.unique == unique {
			return true
		}
	}
	for n, row := range v.table.indexes {
		typ, path, _ := strings.Cut(n, "\x00")
		if typ == name && key[2] == row.code && (path[0] == spaceUnique) == unique {
			return true
		}
	}
	return false
}

// documents holds each document against its key, the indexes and the rank index.
func (v *verifier) documents(k *kind) {
	n := 0
	v.each([]byte{spaceDoc, k.code}, func(key []byte, item *badger.Item) {
		n++
		seq, _ := lastUint64(key)
		if seq >= v.next {
			v.fault("%s %d: sequences are reserved only up to %d", k.t.Name, seq, v.next)
		}
		if !v.ranks[k].has(seq) {
			v.fault("%s %d: it is not in the rank index", k.t.Name, seq)
		}
		doc := v.doc(item)
		id, d, meta, err := k.t.ReadDoc(doc)
		if err != nil {
			v.fault("%s %d: %w", k.t.Name, seq, err)
			return
		}
		if s, ok := idSeq(id); !ok || s != seq {
			v.fault("%s %d: its id is %s", k.t.Name, seq, id)
		}
		// Which extensions schemas names depends on the configuration of the time.
		if again := k.t.AppendDoc(nil, id, d, meta); !bytes.Equal(fromID(again), fromID(doc)) {
			v.fault("%s %d: it is stored as\n%s\nand should be\n%s", k.t.Name, seq, doc, again)
		}
		if k.aside != "" && d.Attributes.Get(k.aside).Kind() != scim.Absent {
			v.fault("%s %d: its %s are in the document", k.t.Name, seq, k.aside)
		}
		list, _ := k.entries(d) // none is a fault that entriesOf finds
		v.entriesOf(k, seq, list)
	})
	if n != v.ranks[k].n {
		v.fault("%s: there are %d and the rank index says %d", k.t.Name, n, v.ranks[k].n)
	}
}

// fromID is a doc without its first member, schemas.
func fromID(doc []byte) []byte { return doc[max(bytes.Index(doc, []byte(`],"id":`)), 0):] }

// entriesOf looks for the index entries that a document should have.
func (v *verifier) entriesOf(k *kind, seq uint64, list []entry) {
	if len(list) == 0 {
		v.fault("%s %d: it has no %s", k.t.Name, seq, k.indexes[0].path)
	}
	for _, e := range list {
		v.count[e.index]++
		item, err := v.txn.Get(k.entryKey(e.index, e.value, seq))
		if err != nil {
			v.fault("%s %d: its %s %q is not in the index: %w", k.t.Name, seq, e.index.path, e.value, err)
			continue
		}
		if value := v.value(item); e.index.unique {
			if of, _ := lastUint64(value); of != seq {
				v.fault("%s %d: its %s %q is in the index as that of %d", k.t.Name, seq, e.index.path, e.value, of)
			}
		} else if len(value) != 0 {
			v.fault("%s %d: its entry in %s has the value %q", k.t.Name, seq, e.index.path, value)
		}
	}
}

// index finds entries too many: if all that should be there are there, the
// number tells. Only then is it worth a look which they are.
func (v *verifier) index(k *kind, x *index) {
	n := 0
	walk := func(f func(key []byte, seq uint64) error) {
		if err := k.eachEntry(v.txn, x, f); err != nil {
			v.fault("%w", err)
		}
	}
	walk(func([]byte, uint64) error {
		n++
		return v.ctx.Err()
	})
	if n == v.count[x] {
		return
	}
	v.fault("the index of %s has %d entries and should have %d", x.path, n, v.count[x])
	walk(func(key []byte, seq uint64) error {
		item, err := v.txn.Get(k.docKey(seq))
		if err != nil {
			v.fault("the index of %s has %q for the missing %d", x.path, key, seq)
			return nil
		}
		if k.has(v.doc(item), x, key, seq) {
			return nil
		}
		v.fault("the index of %s has %q for %d, which does not have that value", x.path, key, seq)
		return v.ctx.Err()
	})
}

// has reports whether a document should have the index entry.
func (k *kind) has(doc []byte, x *index, key []byte, seq uint64) bool {
	_, d, _, err := k.t.ReadDoc(doc)
	if err != nil {
		return false
	}
	list, _ := k.entries(d)
	return slices.ContainsFunc(list, func(e entry) bool {
		return e.index == x && bytes.Equal(key, k.entryKey(x, e.value, seq))
	})
}

// keys holds the stored keys against those in memory.
func (v *verifier) keys() {
	stored, err := loadKeys(v.txn)
	if err != nil {
		v.fault("%w", err)
		return
	}
	if len(stored.list) != len(v.ring.list) || len(stored.byHash) != len(stored.list) {
		v.fault("%d keys are stored with %d hashes, %d are in memory", len(stored.list), len(stored.byHash), len(v.ring.list))
		return
	}
	names := map[string]bool{}
	for i, k := range stored.list {
		if m := v.ring.list[i]; k.Key != m.Key || k.hash != m.hash {
			v.fault("key %d is stored as %+v and is %+v in memory", k.ID, k.Key, m.Key)
		}
		if names[k.Name] || checkKeyName(k.Name) != nil {
			v.fault("key %d has the name %q", k.ID, k.Name)
		}
		names[k.Name] = true
	}
}
