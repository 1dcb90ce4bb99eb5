//go:build !linux

package store

// Elsewhere nothing says which part of the database is in memory: the system
// takes it back when it needs to.

func mappedBytes() uint64 { return 0 }

func (s *Store) dropMapped(dropping) {}

func dropProgram() {}
