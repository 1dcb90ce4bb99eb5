package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// Key is a bearer key's metadata. The secret is not kept.
type Key struct {
	ID       uint64
	Name     string // unique, letters, digits, - and _, at most 64
	Prefix   string // the secret's first characters
	Created  time.Time
	Expires  time.Time // zero: never
	Disabled bool
	Revoked  time.Time // zero: not revoked
	LastUsed time.Time // zero: never; written to disk a few seconds late
	Uses     uint64    // likewise
}

// Status is "active", "expired", "disabled" or "revoked"; of several the one
// that is hardest to undo.
func (k Key) Status(now time.Time) string {
	switch {
	case !k.Revoked.IsZero():
		return "revoked"
	case k.Disabled:
		return "disabled"
	case !k.Expires.IsZero() && !now.Before(k.Expires):
		return "expired"
	}
	return "active"
}

// keyRecord is a key in the database.
type keyRecord struct {
	Name     string    `json:"name"`
	Prefix   string    `json:"prefix"`
	Hash     string    `json:"hash"` // hex SHA-256 of the secret
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires,omitzero"`
	Disabled bool      `json:"disabled,omitempty"`
	Revoked  time.Time `json:"revoked,omitzero"`
	LastUsed time.Time `json:"lastUsed,omitzero"`
	Uses     uint64    `json:"uses,omitempty"`
}

// storedKey is a key in memory. All but the counters is never changed: a change
// makes a new storedKey with the same counters.
type storedKey struct {
	Key  // LastUsed and Uses are in used
	hash [sha256.Size]byte
	used *uses
}

// uses counts a key's uses without a lock and without writing to disk.
type uses struct {
	last  atomic.Int64 // unix milliseconds; 0: never
	n     atomic.Uint64
	dirty atomic.Bool // not yet on disk
}

// key is the key with its counters.
func (k *storedKey) key() Key {
	out := k.Key
	out.Uses = k.used.n.Load()
	if ms := k.used.last.Load(); ms != 0 {
		out.LastUsed = time.UnixMilli(ms).UTC()
	}
	return out
}

func (k *storedKey) record() []byte {
	v := k.key()
	b, err := json.Marshal(keyRecord{
		Name: v.Name, Prefix: v.Prefix, Hash: hex.EncodeToString(k.hash[:]),
		Created: v.Created, Expires: v.Expires, Disabled: v.Disabled, Revoked: v.Revoked,
		LastUsed: v.LastUsed, Uses: v.Uses,
	})
	if err != nil { // only a year beyond 9999 gets here, and ExpireKey refuses that
		panic(err)
	}
	return b
}

func readKey(id uint64, value []byte) (*storedKey, error) {
	var r keyRecord
	if err := json.Unmarshal(value, &r); err != nil {
		return nil, fmt.Errorf("key %d: %w", id, err)
	}
	k := &storedKey{used: new(uses), Key: Key{
		ID: id, Name: r.Name, Prefix: r.Prefix, Created: r.Created, Expires: r.Expires, Disabled: r.Disabled, Revoked: r.Revoked,
	}}
	if n, err := hex.Decode(k.hash[:], []byte(r.Hash)); err != nil || n != len(k.hash) || len(r.Hash) != 2*len(k.hash) {
		return nil, fmt.Errorf("key %d: its hash is %q", id, r.Hash)
	}
	k.used.n.Store(r.Uses)
	if !r.LastUsed.IsZero() {
		k.used.last.Store(r.LastUsed.UnixMilli())
	}
	return k, nil
}

// keyring is all keys at one moment. It is never changed.
type keyring struct {
	list   []*storedKey // by id, which is by creation
	byHash map[[sha256.Size]byte]*storedKey
}

func newKeyring(list []*storedKey) *keyring {
	r := &keyring{list: list, byHash: make(map[[sha256.Size]byte]*storedKey, len(list))}
	for _, k := range list {
		r.byHash[k.hash] = k
	}
	return r
}

func loadKeys(txn *badger.Txn) (*keyring, error) {
	var list []*storedKey
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{spaceKey}})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		id, ok := lastUint64(it.Item().Key()[1:])
		if !ok {
			return nil, fmt.Errorf("a key has the number %x", it.Item().Key())
		}
		err := it.Item().Value(func(v []byte) error {
			k, err := readKey(id, v)
			list = append(list, k)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return newKeyring(list), nil
}

// Keys lists all keys by creation, from memory.
func (s *Store) Keys() []Key {
	list := s.keys.Load().list
	keys := make([]Key, len(list))
	for i, k := range list {
		keys[i] = k.key()
	}
	return keys
}

// Authenticate finds the key of a secret and counts the use. reason is "" when the key is good, else "unknown",
// "disabled", "expired" or "revoked"; k is zero when unknown. It allocates nothing and writes nothing.
// CheckSecret says more about an unknown secret.
func (s *Store) Authenticate(secret string) (k Key, reason string) {
	sum, ok := hashSecret(secret)
	if !ok {
		return Key{}, "unknown"
	}
	// The secret itself is not compared: to find a hash by its timing one
	// would have to choose hashes.
	stored := s.keys.Load().byHash[sum]
	if stored == nil {
		if k, ok := s.trialKey(sum); ok {
			return k, ""
		}
		return Key{}, "unknown"
	}
	now := s.opt.Now()
	if status := stored.Status(now); status != "active" {
		return stored.key(), status
	}
	stored.used.n.Add(1)
	stored.used.last.Store(now.UnixMilli())
	if !stored.used.dirty.Load() {
		stored.used.dirty.Store(true)
		s.keysUsed.Store(true)
	}
	return stored.key(), ""
}

// CreateKey makes a key; expires may be zero. The secret is shown this once: it
// is not stored.
func (s *Store) CreateKey(name string, expires time.Time) (secret string, k Key, err error) {
	secret = newSecret()
	hash, _ := hashSecret(secret)
	stored := &storedKey{hash: hash, used: new(uses), Key: Key{
		Name: name, Prefix: secret[:shownLen], Created: s.now(), Expires: expires.UTC(),
	}}
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	list := s.keys.Load().list
	if err := checkKey(list, stored); err != nil {
		return "", Key{}, err
	}
	stored.ID = 1
	if n := len(list); n > 0 {
		stored.ID = list[n-1].ID + 1
	}
	if err := s.putKeyLocked(stored); err != nil {
		return "", Key{}, err
	}
	return secret, stored.key(), nil
}

// RenameKey gives a key another name, also a revoked one.
func (s *Store) RenameKey(id uint64, name string) error {
	return s.changeKey(id, func(k *Key) error {
		k.Name = name
		return nil
	})
}

// ExpireKey sets when a key ends: zero is never, the past is at once.
func (s *Store) ExpireKey(id uint64, at time.Time) error {
	return s.changeKey(id, func(k *Key) error {
		k.Expires = at.UTC()
		return alive(k)
	})
}

// DisableKey makes a key useless until EnableKey.
func (s *Store) DisableKey(id uint64) error {
	return s.changeKey(id, func(k *Key) error {
		k.Disabled = true
		return alive(k)
	})
}

// EnableKey undoes DisableKey.
func (s *Store) EnableKey(id uint64) error {
	return s.changeKey(id, func(k *Key) error {
		k.Disabled = false
		return alive(k)
	})
}

// RevokeKey ends a key for good. It stays in the list. To revoke it again changes nothing.
func (s *Store) RevokeKey(id uint64) error {
	return s.changeKey(id, func(k *Key) error {
		if k.Revoked.IsZero() {
			k.Revoked = s.now()
		}
		return nil
	})
}

func alive(k *Key) error {
	if !k.Revoked.IsZero() {
		return fmt.Errorf("the key %q is revoked, which is final: make a new key", k.Name)
	}
	return nil
}

// changeKey stores a changed copy of a key.
func (s *Store) changeKey(id uint64, f func(*Key) error) error {
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	list := s.keys.Load().list
	for _, old := range list {
		if old.ID != id {
			continue
		}
		changed := *old
		if err := f(&changed.Key); err != nil {
			return err
		}
		if changed.Key == old.Key {
			return nil
		}
		if err := checkKey(list, &changed); err != nil {
			return err
		}
		return s.putKeyLocked(&changed)
	}
	return fmt.Errorf("there is no key with the number %d", id)
}

// checkKey says what is wrong with a key that is to be stored.
func checkKey(list []*storedKey, k *storedKey) error {
	if err := checkKeyName(k.Name); err != nil {
		return err
	}
	if k.Expires.Year() > 9999 {
		return fmt.Errorf("the year %d is too far away: leave the expiry empty for a key that never expires", k.Expires.Year())
	}
	for _, other := range list {
		if other.Name == k.Name && other.ID != k.ID {
			return fmt.Errorf("the name %q belongs to another key (%s): take another name or rename that key first",
				k.Name, other.Prefix+"…")
		}
	}
	return nil
}

func checkKeyName(name string) error {
	if name == "" {
		return errors.New("a key needs a name, for example okta-prod")
	}
	if len(name) > 64 {
		return fmt.Errorf("the name is %d characters long: take at most 64", len(name))
	}
	for _, c := range name {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return fmt.Errorf("%q in the name %q: take letters, digits, - and _ only", c, name)
		}
	}
	return nil
}

// putKeyLocked stores a key, durably, and makes the keyring with it the present one.
func (s *Store) putKeyLocked(k *storedKey) error {
	return s.update(background, func(t *tx) error {
		t.set(numbered(spaceKey, k.ID), k.record())
		t.committed(func() {
			list := append([]*storedKey(nil), s.keys.Load().list...)
			for i := range list {
				if list[i].ID == k.ID {
					list[i] = k
					s.keys.Store(newKeyring(list))
					return
				}
			}
			s.keys.Store(newKeyring(append(list, k)))
		})
		return nil
	})
}

// flushKeyUses writes the use counts that are not on disk yet.
func (s *Store) flushKeyUses() {
	if !s.keysUsed.Load() || s.disk.refusal() != nil {
		return
	}
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	err := s.updateLazily(func(t *tx) error {
		s.planKeyUses(t)
		return nil
	})
	if err != nil && !errors.Is(err, ErrClosed) {
		s.opt.Messages.Error("writing the keys' use counts", "error", err)
	}
}

// planKeyUses plans the writes for keys that were used. The caller holds keyMu,
// so that no change of a key is under way that this would undo.
func (s *Store) planKeyUses(t *tx) {
	s.keysUsed.Store(false)
	for _, k := range s.keys.Load().list {
		if k.used.dirty.Swap(false) {
			t.set(numbered(spaceKey, k.ID), k.record())
		}
	}
}
