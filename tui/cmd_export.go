package tui

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/wire"
	sharing "scimdeck/scim/wire/share"
)

// export writes a job's requests into its file.
func export(ctx context.Context, d *deps, job *exportJob) tea.Cmd {
	return func() tea.Msg {
		name := d.path(job.name)
		done := exported{job: job}
		done.err = sharing.WriteFile(name, job.replace, func(w io.Writer) (err error) {
			counted := &countingWriter{w: w}
			done.n, err = sharing.Write(counted, job.format.Name, sharing.Options{Program: "scimdeck " + d.opts.Version, Zone: d.loc}, exchangesOf(ctx, d, job))
			done.size = counted.n
			if err == nil && done.n == 0 {
				return errors.New("none of these requests is kept any longer")
			}
			return err
		})
		if errors.Is(done.err, fs.ErrExist) {
			if info, err := os.Stat(name); err == nil {
				done.was = info.ModTime()
			}
		}
		return done
	}
}

// exchangesOf reads a job's requests, those that are kept, until ctx ends, and counts them.
func exchangesOf(ctx context.Context, d *deps, job *exportJob) func(yield func(*wire.Exchange, error) bool) {
	return func(yield func(*wire.Exchange, error) bool) {
		numbers := make([]uint64, len(job.rows))
		for i, row := range job.rows {
			numbers[i] = row.Seq
		}
		for ex, err := range d.opts.Store.Exchanges(ctx, numbers) {
			if err == nil {
				err = ctx.Err()
			}
			job.read.Add(1)
			if !yield(ex, err) {
				return
			}
		}
	}
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
