package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// BackupError says why a file is no backup that can be restored.
type BackupError struct {
	At   int64 // bytes that were read until then
	Text string
}

func (e *BackupError) Error() string { return e.Text }

// NotEmptyError says that a folder holds something already.
type NotEmptyError struct{ Dir string }

func (e *NotEmptyError) Error() string {
	return fmt.Sprintf("the folder %s is not empty, and a backup is restored into a new one only; move it away or choose another folder", e.Dir)
}

// restoring is the folder, in the data folder, of a database that is not whole
// yet. Only a whole one is given its name.
const restoring = "restoring"

// Restore makes in dir, which has to be missing or empty, the store of which r
// is the backup. It is there as a whole or, after an error, not at all. Errors are
// *NotEmptyError, *InUseError, *BackupError for a file that is cut off, damaged
// or none, *VersionError for one that a newer scimdeck has made, ctx's, r's and the disk's.
func Restore(ctx context.Context, dir string, r io.Reader) (c Contents, err error) {
	_, statErr := os.Stat(dir)
	made := errors.Is(statErr, fs.ErrNotExist)
	if err := checkEmpty(dir); err != nil {
		return c, err
	}
	lock, err := takeLock(dir, "")
	if err != nil {
		return c, err
	}
	h := &home{dir: dir, db: filepath.Join(dir, restoring), lock: lock}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(h.db) // what stays behind is no store, and the next Restore takes it away
			h.forget(made)
			return
		}
		h.db = filepath.Join(dir, "db")
		h.close()
	}()
	if err := checkEmpty(dir); err != nil { // now nobody else is at it
		return c, err
	}
	if err := os.RemoveAll(h.db); err != nil { // of a Restore that was killed
		return c, homeError(dir, err)
	}
	if err := os.Mkdir(h.db, 0o700); err != nil {
		return c, homeError(dir, err)
	}
	if c, err = restoreInto(ctx, h, r); err != nil {
		return c, err
	}
	h.private()
	if err := syncFolder(h.db); err != nil {
		return c, homeError(dir, err)
	}
	if err := os.Rename(h.db, filepath.Join(dir, "db")); err != nil {
		return c, homeError(dir, err)
	}
	return c, syncFolder(dir)
}

// checkEmpty refuses a folder with anything in it that Restore has not made.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return homeError(dir, err)
	}
	for _, e := range entries {
		if e.Name() != "lock" && e.Name() != restoring {
			return &NotEmptyError{Dir: dir}
		}
	}
	return nil
}

// forget gives back a folder in which nothing was made, and takes it away if it
// was made for that. The lock's file goes while it is held: see close.
func (h *home) forget(made bool) {
	defer h.lock.Close()
	if !made {
		return
	}
	if err := os.Remove(h.lock.Name()); err != nil { // Windows keeps open files
		h.lock.Close()
		_ = os.Remove(h.lock.Name())
	}
	_ = os.Remove(h.dir)
}

// restoreInto fills a new database.
func restoreInto(ctx context.Context, h *home, r io.Reader) (Contents, error) {
	messages := slog.New(slog.DiscardHandler)
	db, err := openBadger(h, newDisk(h, messages), nil, messages)
	if err != nil {
		return Contents{}, err
	}
	batch := db.NewWriteBatch()
	c, err := readBackup(ctx, r, func(key, value []byte) error {
		return batch.Set(bytes.Clone(key), bytes.Clone(value))
	})
	if err == nil {
		err = badgerError("restoring", batch.Flush())
	}
	batch.Cancel()
	return c, errors.Join(err, badgerError("closing the database", db.Close()))
}

// CheckBackup reads a backup to its end and restores nothing. Errors are those of Restore.
func CheckBackup(ctx context.Context, r io.Reader) (Contents, error) {
	return readBackup(ctx, r, func(_, _ []byte) error { return nil })
}

// readBackup calls f with each entry of a backup, whose bytes are valid only during the call.
func readBackup(ctx context.Context, r io.Reader, f func(key, value []byte) error) (Contents, error) {
	b := &backupReader{r: bufio.NewReaderSize(r, blockTarget), sum: sha256.New()}
	if err := b.head(); err != nil {
		return Contents{}, err
	}
	for {
		if err := ctx.Err(); err != nil {
			return Contents{}, err
		}
		more, err := b.nextBlock()
		if err != nil {
			return Contents{}, err
		}
		if !more {
			return b.foot()
		}
		for rest := b.block; len(rest) > 0; {
			key, after, ok := cutBytes(rest)
			value, after, ok2 := cutBytes(after)
			if !ok || !ok2 || len(key) == 0 {
				return Contents{}, b.damaged("a block")
			}
			rest = after
			b.c.Entries++
			b.c.Bytes += int64(len(key) + len(value))
			if err := f(key, value); err != nil {
				return Contents{}, badgerError("restoring", err)
			}
		}
	}
}

// cutBytes cuts off what a uvarint says the length of.
func cutBytes(b []byte) (cut, rest []byte, ok bool) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		return nil, nil, false
	}
	b = b[size:]
	return b[:n], b[n:], true
}

// backupReader reads one backup.
type backupReader struct {
	r     *bufio.Reader
	sum   hash.Hash
	at    int64 // bytes that were read
	block []byte
	made  backupHead
	c     Contents // counted here
}

func (b *backupReader) damaged(what string) error {
	return &BackupError{b.at, fmt.Sprintf("the backup is damaged: %s at byte %d is not what was written", what, b.at)}
}

// short says of the end of the file that it came too early.
func (b *backupReader) short(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &BackupError{b.at, fmt.Sprintf("the backup is cut off: it ends after %d bytes, in the middle", b.at)}
	}
	return err
}

// full reads len(p) bytes.
func (b *backupReader) full(p []byte) error {
	n, err := io.ReadFull(b.r, p)
	b.at += int64(n)
	if err != nil {
		return b.short(err)
	}
	b.sum.Write(p)
	return nil
}

// line reads up to the end of a line.
func (b *backupReader) line() ([]byte, error) {
	var line []byte
	for {
		c, err := b.r.ReadByte()
		if err != nil {
			return nil, b.short(err)
		}
		b.at++
		if line = append(line, c); c == '\n' {
			return line, nil
		}
		if len(line) > maxBackupLine {
			return nil, b.damaged("the line")
		}
	}
}

func (b *backupReader) head() error {
	magic := make([]byte, len(backupMagic))
	n, err := io.ReadFull(b.r, magic)
	if b.at += int64(n); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if n == 0 {
		return &BackupError{0, "this is no backup: it is empty"}
	}
	if !strings.HasPrefix(backupMagic, string(magic[:n])) {
		return &BackupError{b.at, fmt.Sprintf("this is no backup: it begins with %.16q", magic[:n])}
	}
	if err != nil {
		return b.short(err)
	}
	b.sum.Write(magic)
	version, err := b.line()
	if err != nil {
		return err
	}
	if v := strings.TrimSpace(string(version)); v != backupVersion {
		return &BackupError{b.at, fmt.Sprintf("the backup has version %.16q, and this scimdeck knows version %s: use a newer one", v, backupVersion)}
	}
	head, err := b.line()
	if err != nil {
		return err
	}
	b.sum.Write(version)
	b.sum.Write(head)
	if err := json.Unmarshal(head, &b.made); err != nil || b.made.Format < 1 {
		return b.damaged("the head")
	}
	if b.made.Format > formatVersion {
		return &VersionError{Dir: "this backup", Found: b.made.Format, Known: formatVersion}
	}
	return nil
}

// nextBlock reads a block; more is false at their end.
func (b *backupReader) nextBlock() (more bool, err error) {
	var head [8]byte
	if err := b.full(head[:4]); err != nil {
		return false, err
	}
	n := binary.BigEndian.Uint32(head[:4])
	if n == 0 {
		return false, nil
	}
	if n > maxBlock {
		return false, b.damaged("the length of a block")
	}
	if err := b.full(head[4:]); err != nil {
		return false, err
	}
	if uint32(cap(b.block)) < n {
		b.block = make([]byte, n)
	}
	b.block = b.block[:n]
	if err := b.full(b.block); err != nil {
		return false, err
	}
	if crc32.Checksum(b.block, castagnoli) != binary.BigEndian.Uint32(head[4:]) {
		return false, b.damaged("a block")
	}
	return true, nil
}

// foot reads the end of the file and compares.
func (b *backupReader) foot() (Contents, error) {
	want := hex.EncodeToString(b.sum.Sum(nil))
	line, err := b.line()
	if err != nil {
		return Contents{}, err
	}
	var foot backupFoot
	if err := json.Unmarshal(line, &foot); err != nil {
		return Contents{}, b.damaged("the foot")
	}
	if foot.SHA256 != want || foot.Entries != b.c.Entries || foot.Bytes != b.c.Bytes {
		return Contents{}, &BackupError{b.at, "the backup is damaged: its checksum is not that of what is in it"}
	}
	if _, err := b.r.ReadByte(); err != io.EOF {
		if err == nil {
			err = &BackupError{b.at, fmt.Sprintf("the backup is damaged: something follows its end at byte %d", b.at)}
		}
		return Contents{}, err
	}
	return foot.Contents, nil
}
