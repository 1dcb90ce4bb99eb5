package store

import (
	"errors"
	"time"

	badger "github.com/dgraph-io/badger/v4"
)

// Open opens or makes the store. Besides *InUseError, *VersionError and
// *DamagedError the error is the operating system's. The rank index and the
// keys are in memory when it returns; the log's rows follow in the background.
func Open(o Options) (*Store, error) {
	o = o.withDefaults()
	s := &Store{
		opt:        o,
		ops:        make(chan *operation, 1024),
		commits:    make(turn, 1),
		drained:    make(chan struct{}),
		stop:       make(chan struct{}),
		stopped:    make(chan struct{}),
		rescrub:    make(chan struct{}, 1),
		scrubbed:   make(chan struct{}),
		loaded:     make(chan struct{}),
		collected:  make(chan struct{}),
		named:      make(chan struct{}),
		recent:     newRecent(),
		unfinished: map[uint64]bool{},
		heapLen:    heapLen,
	}
	s.sound.Store(-1)
	if o.Catalog == nil {
		return nil, errors.New("store: no catalog")
	}
	var err error
	if o.Dir != "" {
		if s.home, err = openHome(o.Dir, o.Address); err != nil {
			return nil, err
		}
		s.disk = newDisk(s.home, o.Messages)
		s.disk.blocked, s.disk.changed, s.disk.making = s.mustNotCompact, s.watchers.ping, s.tableMade
		s.disk.flushing, s.disk.tabled = s.docsFirst, s.newestTabled
	}
	err = s.open()
	if err != nil {
		close(s.stop)
		<-s.scrubbed
		if s.db != nil {
			_ = s.closeBadger() // err says more
		}
		if s.docs != nil {
			s.docs.close()
		}
		s.home.close()
		return nil, err
	}
	if s.home != nil {
		_ = clearRestoring(s.opt.Dir) // of a Restore that was killed, and that nobody went on with
	}
	s.mayMap(true)
	close(s.loaded)
	go s.write()
	go s.log.write()
	go s.log.load()
	go s.keepHouse()
	go s.collect()
	go s.keepNames()
	return s, nil
}

// open loads the store, and looks for damage beside it: a small database is
// looked through before Badger sees it.
func (s *Store) open() error {
	found := make(chan error, 1)
	if s.home == nil {
		close(s.scrubbed)
		return s.load()
	}
	go s.scrub(found)
	look := func() error {
		select {
		case err := <-found:
			found <- err // for the next look
			return err
		case <-time.After(scrubPatience):
			return nil
		}
	}
	if err := look(); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	return look()
}

// load opens the database and reads what has to be in memory.
func (s *Store) load() (err error) {
	if s.docs, err = openDocFiles(s.home, s.opt.Durable); err != nil {
		return err
	}
	s.docs.failed = func(err error) { s.haltFor(unsynced(badgerError("syncing", err)), false) }
	if s.db, err = openBadger(s.home, s.disk, s.docs, s.opt.Messages); err != nil {
		return err
	}
	s.home.private()                       // Badger has made new files
	s.maxWrites = s.db.MaxBatchCount() - 3 // Badger counts two of its own, and a batch has a mark, see place
	if s.logFiles, err = openLogFiles(s.home, s.opt.Durable); err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}
	s.names.init(s.kinds["User"])
	err = s.db.View(func(txn *badger.Txn) error {
		if err := s.loadSequence(txn); err != nil {
			return err
		}
		if err := s.loadDocFiles(txn); err != nil {
			return err
		}
		newest := s.db.MaxVersion()
		for _, k := range s.kinds {
			if k.savedRank(txn, newest) {
				continue
			}
			if err := k.loadRank(txn); err != nil {
				return err
			}
		}
		if err := s.loadJoined(txn); err != nil {
			return err
		}
		keys, err := loadKeys(txn)
		if err != nil {
			return err
		}
		s.keys.Store(keys)
		s.log, err = newRequestLog(s, txn)
		return err
	})
	return s.damaged(err)
}

// prepare brings the database to the present layout and to the catalog.
func (s *Store) prepare() error {
	version, err := checkFormat(s.db, s.opt.Dir)
	if err != nil {
		return err
	}
	if version < 2 {
		if err := s.moveMembers(); err != nil {
			return s.damaged(err)
		}
	}
	if version < 3 {
		if err := s.moveLog(); err != nil {
			return s.damaged(err)
		}
	}
	if version < formatVersion {
		if err := s.dropBesides(); err != nil {
			return s.damaged(err)
		}
	}
	if err := s.finishSplits(); err != nil {
		return s.damaged(err)
	}
	return s.openKinds()
}

// damaged says of an error that the database is to blame.
func (s *Store) damaged(err error) error {
	if err == nil || s.opt.Dir == "" {
		return err
	}
	return &DamagedError{Dir: s.opt.Dir, Err: err}
}

// Close refuses new work, lets what has begun finish, flushes the log and the
// keys' use counts, and closes the database. A second Close does nothing.
func (s *Store) Close() error {
	s.life.Lock() // waits for the readers
	closed := s.closed
	s.closed = true
	s.life.Unlock()
	if closed {
		return nil
	}
	close(s.stop)
	<-s.stopped
	<-s.scrubbed
	<-s.collected
	<-s.named
	s.log.close()
	s.lastWrites()
	close(s.ops)
	<-s.drained
	s.snapshots.forget()
	s.saveDocFiles()
	s.saveRanks()
	err := s.closeBadger()
	s.docs.close()
	s.home.close()
	return err
}

// closeBadger closes the database, which makes tables of what is in memory. Where
// that could go wrong, it is left as a kill would leave it, and on the disk as far
// as it was promised: the next Open finds it in the logs.
func (s *Store) closeBadger() error {
	if s.halt.Load() != nil {
		return nil
	}
	if s.disk.try() != nil {
		return badgerError("syncing", s.db.Sync())
	}
	s.mayMap(false)
	err := badgerError("closing the database", s.db.Close())
	if s.home != nil {
		if files, err := listFiles(s.home.db); err == nil {
			files.tidy()
		}
	}
	return err
}
