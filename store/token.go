package store

import (
	"crypto/rand"
	"fmt"
)

// Secret returns 32 random bytes for the server to sign with. They are made
// once for each name and kept in the database, so what was signed before a
// restart is good after it.
func (s *Store) Secret(name string) (secret [32]byte, err error) {
	key := append([]byte{spaceToken}, name...)
	err = s.update(background, func(t *tx) error {
		v, ok, err := t.get(key)
		if err != nil {
			return err
		}
		if !ok {
			v = make([]byte, len(secret))
			rand.Read(v) // never fails (crypto/rand)
			t.set(key, v)
		}
		if len(v) != len(secret) {
			return fmt.Errorf("the secret %q has %d bytes", name, len(v))
		}
		copy(secret[:], v)
		return nil
	})
	return secret, err
}
