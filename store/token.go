package store

import (
	"crypto/rand"
	"fmt"

	badger "github.com/dgraph-io/badger/v4"
)

// Secret returns 32 random bytes for the server to sign with. They are made
// once for each name and kept in the database, so what was signed before a
// restart is good after it. All but the first call for a name are answered from memory.
func (s *Store) Secret(name string) (secret [32]byte, err error) {
	if known, ok := s.secrets.Load(name); ok {
		return known.([32]byte), nil
	}
	key := append([]byte{spaceToken}, name...)
	var v []byte
	err = s.view(func(txn *badger.Txn) error {
		item, err := txn.Get(key)
		if err == nil {
			v, err = item.ValueCopy(nil)
		}
		return err
	})
	if err == badger.ErrKeyNotFound {
		v, err = s.makeSecret(key)
	}
	if err == nil && len(v) != len(secret) {
		err = fmt.Errorf("the secret %q has %d bytes", name, len(v))
	}
	if err != nil {
		return secret, badgerError("reading a secret", err)
	}
	copy(secret[:], v)
	s.secrets.Store(name, secret)
	return secret, nil
}

// makeSecret stores a new secret, unless somebody was faster.
func (s *Store) makeSecret(key []byte) (secret []byte, err error) {
	made := make([]byte, 32)
	rand.Read(made) // never fails (crypto/rand)
	var have []byte
	err = s.update(background, func(t *tx) error {
		v, ok, err := t.get(key)
		if err != nil {
			return err
		}
		if !ok {
			v = made
			t.set(key, v)
		}
		have = v
		return nil
	})
	return have, err
}
