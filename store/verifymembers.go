package store

import (
	"slices"

	badger "github.com/dgraph-io/badger/v4"
)

// memberships holds the two sides of them against each other, and both against
// the documents.
func (v *verifier) memberships() {
	blocks := map[uint64][]uint64{} // of each group
	v.each([]byte{spaceMembers}, func(key []byte, item *badger.Item) {
		if len(key) == 1+8 {
			group, _ := lastUint64(key)
			list, err := readSeqs(v.value(item))
			if err != nil || len(list) == 0 {
				v.fault("group %d: its blocks are %x: %v", group, v.value(item), err)
			}
			if !v.exists(groupCode, group) {
				v.fault("group %d has members and no document", group)
			}
			blocks[group] = list
			return
		}
		group, _ := lastUint64(key[:9])
		n, _ := lastUint64(key)
		if len(blocks[group]) == 0 || blocks[group][0] != n {
			v.fault("group %d: its block %d is not in the list of them", group, n)
			return
		}
		blocks[group] = blocks[group][1:]
		v.block(group, n, v.value(item))
	})
	for group, rest := range blocks {
		if len(rest) > 0 {
			v.fault("group %d: its blocks %v are missing", group, rest)
		}
	}
	v.each([]byte{spaceGroups}, func(key []byte, item *badger.Item) {
		member, _ := lastUint64(key)
		groups, err := readSeqs(v.value(item))
		if err != nil || len(groups) == 0 {
			v.fault("%d: its groups are %x: %v", member, v.value(item), err)
		}
		for _, group := range groups {
			in, err := isMember(v.txn, group, member)
			if err != nil || !in && !v.pending[group] {
				v.fault("%d says that it is in group %d, which does not know it: %v", member, group, err)
			}
		}
	})
}

// block looks at each member in a block of a group.
func (v *verifier) block(group, n uint64, value []byte) {
	set, err := readBlock(value)
	if err != nil || set == (blockSet{}) || string(set.appendTo(nil)) != string(value) {
		v.fault("group %d: its block %d is %x: %v", group, n, value, err)
	}
	set.each(func(at uint64) {
		member := n*blockSize + at
		if !v.exists(userCode, member) && !v.exists(groupCode, member) {
			v.fault("group %d has the member %d, which has no document", group, member)
		}
		if member == group {
			v.fault("group %d is a member of itself", group)
		}
		groups, err := readSeqRow(v.txn, numbered(spaceGroups, member))
		if err != nil || !slices.Contains(groups, group) {
			v.fault("group %d has the member %d, which does not say so: %v", group, member, err)
		}
		if !v.s.joined.has(member) {
			v.fault("group %d has the member %d, which is not marked", group, member)
		}
	})
}

func (v *verifier) exists(code byte, seq uint64) bool {
	_, err := v.txn.Get(docKey(code, seq))
	return err == nil
}
