package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"scimdeck/store/draft"
)

// output is where a command writes: stdout, or a file that gets its name when it
// is whole.
type output struct {
	io.Writer
	file *os.File
	name string // "": what was written stays where it is
}

// create begins a file that only we can read. "" and "-" are stdout. What is no
// regular file (a pipe, a device) is written to as it is.
func (p *Program) create(name string) (*output, error) {
	if name == "" || name == "-" {
		return &output{Writer: p.Stdout}, nil
	}
	if fi, err := os.Stat(name); err == nil && !fi.Mode().IsRegular() {
		if fi.IsDir() {
			return nil, Failure(fmt.Sprintf("%s is a folder.", name), "name a file in it")
		}
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		return &output{Writer: f, file: f}, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*") // 0600
	if err != nil {
		return nil, Failure(fmt.Sprintf("%s cannot be written: %v", name, err))
	}
	return &output{f, f, name}, nil
}

// done gives the file its name, in place of an older one.
func (o *output) done() error {
	if o.file == nil {
		return nil
	}
	if o.name == "" {
		return o.file.Close()
	}
	if err := errors.Join(o.file.Sync(), o.file.Close()); err != nil {
		return errors.Join(err, os.Remove(o.file.Name()))
	}
	return os.Rename(o.file.Name(), o.name)
}

// drop leaves nothing of the file.
func (o *output) drop() {
	if o.file == nil {
		return
	}
	o.file.Close()
	if o.name != "" {
		_ = os.Remove(o.file.Name()) // a file of ours that nobody has seen
	}
}

// open opens a file to read, "-" is stdin. bytes is 0 if the size is not known.
func (p *Program) open(name string) (f io.ReadCloser, bytes int64, err error) {
	if name == "-" {
		return io.NopCloser(p.Stdin), 0, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, Failure(fmt.Sprintf("%s cannot be read: %v", name, err))
	}
	fi, err := file.Stat()
	if err == nil && fi.IsDir() {
		err = Failure(fmt.Sprintf("%s is a folder.", name), "name a file in it")
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	if fi.Mode().IsRegular() {
		bytes = fi.Size()
	}
	return file, bytes, nil
}

// interruptible ends the context on the first SIGINT or SIGTERM; the second one ends the process.
// A SIGINT while an editor has the terminal is the editor's: ctrl+c in one that leaves the terminal as it is.
func interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer signal.Stop(signals)
		for {
			select {
			case s := <-signals:
				if s != os.Interrupt || !draft.Editing() {
					cancel()
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, cancel
}

// counter counts what is read.
type counter struct {
	io.Reader
	n func(bytes int)
}

func (c counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n(n)
	return n, err
}
