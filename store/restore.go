package store

import (
	"bufio"
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
	"slices"
	"strings"

	badger "github.com/dgraph-io/badger/v4"
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

// restoring is the folder, in the data folder, of a store that is not whole yet. When it
// is, its parts are moved to where they belong, the database last: as long as that is
// missing, the documents beside this folder are a part too.
const restoring = "restoring"

// Restore makes in dir, which has to be missing or empty, the store of which r
// is the backup. It is there as a whole or, after an error, not at all; only when the
// disk could not say that it has the very last step it is there in spite of that. Errors are
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
	h := &home{dir: dir, lock: lock}
	if err := checkEmpty(dir); err != nil { // now nobody else is at it
		h.forget(made)
		return c, err
	}
	whole := false
	defer func() {
		if !whole {
			_ = clearRestoring(dir) // what stays behind is no store, and the next Restore takes it away
			h.forget(made)
			return
		}
		h.close()
	}()
	if err := clearRestoring(dir); err != nil { // of a Restore that was killed
		return c, homeError(dir, err)
	}
	part := &home{dir: filepath.Join(dir, restoring)}
	part.db = filepath.Join(part.dir, "db")
	if err := os.MkdirAll(part.db, 0o700); err != nil {
		return c, homeError(dir, err)
	}
	if c, err = restoreInto(ctx, part, r); err != nil {
		return c, err
	}
	part.private()
	for _, name := range []string{"docs", "db"} {
		err := syncFolder(dir) // one after the other also on the disk
		if err == nil {
			err = move(filepath.Join(part.dir, name), filepath.Join(dir, name))
		}
		if err != nil {
			return c, homeError(dir, err)
		}
	}
	whole, h.db = true, filepath.Join(dir, "db")
	_ = os.Remove(part.dir) // empty, so it is in nobody's way
	return c, syncFolder(dir)
}

// move gives a folder, if there is one, another name, with all that is in it on the disk.
func move(from, to string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := syncFolder(from); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// leftBehind lists what a Restore that came to no end has left in a data folder.
// Documents are its own only as long as there is no database, and nothing is that
// somebody else has put anything into.
func leftBehind(dir string) (names []string) {
	parts, err := os.ReadDir(filepath.Join(dir, restoring))
	if err != nil || slices.ContainsFunc(parts, func(e os.DirEntry) bool { return !e.IsDir() || e.Name() != "db" && e.Name() != "docs" }) {
		return nil
	}
	_, err = os.Stat(filepath.Join(dir, "db"))
	docs, _ := os.ReadDir(docDir(dir))
	numbers, _ := numberedFiles(docDir(dir))
	if errors.Is(err, fs.ErrNotExist) && len(numbers) == len(docs) {
		names = append(names, "docs")
	}
	return append(names, restoring) // last: it is what tells whose the documents are
}

// clearRestoring takes that away.
func clearRestoring(dir string) error {
	for _, name := range leftBehind(dir) {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// checkEmpty refuses a folder with anything else in it.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return homeError(dir, err)
	}
	left := append(leftBehind(dir), "lock")
	for _, e := range entries {
		if !slices.Contains(left, e.Name()) {
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
	c, err := fillFrom(ctx, db, h, r)
	return c, errors.Join(err, badgerError("closing the database", db.Close()))
}

func fillFrom(ctx context.Context, db *badger.DB, h *home, r io.Reader) (c Contents, err error) {
	f, err := newFilling(db, h)
	if err != nil {
		return c, err
	}
	defer f.close()
	c, err = readBackup(ctx, r, func(format int, key, value []byte) error {
		if key[0] == spaceDoc {
			return f.doc(format, key, value)
		}
		return f.set(key, value)
	})
	if err == nil {
		err = badgerError("restoring", f.end())
	}
	return c, err
}

// CheckBackup reads a backup to its end and restores nothing. Errors are those of Restore.
func CheckBackup(ctx context.Context, r io.Reader) (Contents, error) {
	return readBackup(ctx, r, func(int, []byte, []byte) error { return nil })
}

// readBackup calls f with each entry of a backup, whose bytes are valid only during the
// call, and with the format that all of them have.
func readBackup(ctx context.Context, r io.Reader, f func(format int, key, value []byte) error) (Contents, error) {
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
			if !ok || !ok2 || len(key) == 0 || key[0] == spaceDoc && len(key) != len(docKey(0, 0)) {
				return Contents{}, b.damaged("a block")
			}
			rest = after
			b.c.Entries++
			b.c.Bytes += int64(len(key) + len(value))
			if err := f(b.made.Format, key, value); err != nil {
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
