package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

func (p *Program) backups() []cmdline.Command {
	return []cmdline.Command{
		{
			Name: "backup", Args: "FILE", Short: "write everything to a file, while the server runs",
			Long: "Users, groups, keys (as hashes), the request log, with their ids, versions and times, as they are at one moment. " +
				"The file is there when it is whole. FILE may be - for stdout. scimdeck restore makes a data folder of it.",
			Flags: []string{"config", "data", "ascii"}, Run: p.backup,
		},
		{
			Name: "restore", Args: "FILE", Short: "make a new data folder of a backup",
			Long:  "The folder must not be there yet, or be empty. FILE may be - for stdin. A file that is cut off or damaged is refused, and leaves no folder.",
			Flags: []string{"config", "data", "ascii"}, Run: p.restore,
		},
	}
}

func (p *Program) backup(ctx context.Context, c cmdline.Call) error {
	ctx, stop := interruptible(ctx)
	defer stop()
	return p.reach(ctx, c, func(client *local.Client, _ store.Options) error {
		out, err := p.create(c.Args[0])
		if err != nil {
			return err
		}
		bar := p.progress("backing up", "", c.Has("ascii"))
		var written int64
		contents, err := client.Backup(ctx, out, func(done, all int64) {
			written = done
			bar.show(done, min(done, all), all)
		})
		if err == nil && out.name != "" {
			err = p.readBack(ctx, out)
		}
		if err != nil {
			bar.clear()
			out.drop()
			return p.interrupted(err, out)
		}
		if err := out.done(); err != nil {
			return err
		}
		fmt.Fprintf(p.Stderr, "%s backed up, %s %s\n", contentsOf(contents), sized(written), bar.took(written))
		return nil
	})
}

// readBack looks whether the file is what was written, before it gets its name: it
// has come through a socket, and was put on a disk that may be full.
func (p *Program) readBack(ctx context.Context, out *output) error {
	if _, err := out.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := store.CheckBackup(ctx, out.file)
	return err
}

// contentsOf lists what is in a backup.
func contentsOf(c store.Contents) string {
	keys := ""
	if c.Keys > 0 {
		keys = count(int64(c.Keys), "key")
	}
	text := tally(c.Resources, keys)
	if c.LostLog > 0 {
		text += fmt.Sprintf(" (without %s, whose headers and bodies are damaged)", count(int64(c.LostLog), "logged request"))
	}
	return text
}

func (p *Program) restore(ctx context.Context, c cmdline.Call) error {
	o, err := p.Store(c)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	file, all, err := p.open(c.Args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	bar := p.progress("restoring", "", c.Has("ascii"))
	var read atomic.Int64
	contents, err := store.Restore(ctx, o.Dir, counter{file, func(n int) {
		done := read.Add(int64(n))
		bar.show(done, done, all)
	}})
	if err != nil {
		bar.clear()
		return p.notRestored(c, o.Dir, err)
	}
	fmt.Fprintf(p.Stderr, "%s restored to %s, as of %s, %s\n",
		contentsOf(contents), p.Env.Tilde(o.Dir), at(contents.Made, ""), bar.took(read.Load()))
	return nil
}

// notRestored says why, and what to do.
func (p *Program) notRestored(c cmdline.Call, dir string, err error) error {
	const elsewhere = "another folder:   scimdeck restore FILE --data DIR"
	folder := "the data folder " + p.Env.Tilde(dir)
	var full *store.NotEmptyError
	var inUse *store.InUseError
	var newer *store.VersionError
	switch {
	case errors.Is(err, context.Canceled):
		return Failure("interrupted: nothing was restored.")
	case errors.As(err, &inUse):
		return Failure(folder+" is in use by "+holder(inUse)+", and a backup is restored into a new one only.", "stop it and move the folder away, or "+elsewhere)
	case errors.As(err, &full):
		return Failure(folder+" is not empty, and a backup is restored into a new one only.", "stop scimdeck and move the folder away, or "+elsewhere)
	case errors.As(err, &newer):
		return Failure(fmt.Sprintf("the backup was made by a newer scimdeck (format %d; this one knows %d).", newer.Found, newer.Known), "restore it with that one")
	case errors.Is(err, os.ErrPermission):
		return Failure(folder+" is not yours to write: "+err.Error(), elsewhere)
	}
	return Failure(c.Args[0] + ": " + err.Error())
}
