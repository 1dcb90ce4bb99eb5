package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"scimdeck/scim"
	"scimdeck/server/cmdline"
	"scimdeck/store"
)

// repairs are the commands about a damaged data folder.
func (p *Program) repairs() []cmdline.Command {
	return []cmdline.Command{{
		Name: "repair", Args: "[TO]", Short: "save what can be read of a damaged data folder",
		Long: "TO is a new folder, which keeps ids and keys, a file whose name ends in .jsonl for scimdeck import, or - for stdout. " +
			"Without it, it only says what is damaged and what can be saved. Nothing in the damaged folder is changed.",
		Flags: []string{"config", "data"}, Run: p.repair,
	}}
}

// shown bounds how many of a kind are named.
const shown = 20

// repair saves what can be read of a data folder, which it does not change, and
// says on stderr what was read, what not, and what to do next.
func (p *Program) repair(ctx context.Context, c cmdline.Call) error {
	if len(c.Args) > 1 {
		return &cmdline.Error{Text: fmt.Sprintf("scimdeck repair takes one place to save to, not %d", len(c.Args)), Way: "usage: scimdeck repair [TO]"}
	}
	to := strings.Join(c.Args, "")
	o, err := p.Store(c)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "db")); errors.Is(err, fs.ErrNotExist) {
		return Failure("there are no data in "+p.Env.Tilde(o.Dir)+".", "another folder:   scimdeck repair --data DIR")
	}
	sv, err := store.ReadSalvage(o.Dir, o.Catalog)
	if err != nil {
		return p.CannotOpen(o.Dir, err)
	}
	defer sv.Close()
	r := &repairing{p, sv, o}
	r.files()
	where := "saved in " + to
	switch {
	case to == "":
		where = "can be saved"
	case to == "-" || strings.HasSuffix(to, ".jsonl"):
		err = r.lines(ctx, to)
	default:
		if err = sv.Rebuild(to); err == nil {
			err = r.verify(ctx, to)
		}
	}
	if err != nil {
		return err
	}
	r.report(where)
	r.next(to)
	return nil
}

// repairing is one repair.
type repairing struct {
	*Program
	sv *store.Salvage
	of store.Options // of the damaged folder
}

func (r *repairing) say(format string, args ...any) { fmt.Fprintf(r.Stderr, format+"\n", args...) }

// files says what was read and what not.
func (r *repairing) files() {
	parts, faults := 0, 0
	for _, f := range r.sv.Files {
		parts += f.Parts
		faults += len(f.Faults)
	}
	r.say("%s: read %d parts of %d files", r.Env.Tilde(r.of.Dir), parts, len(r.sv.Files))
	if faults == 0 {
		r.say("  nothing is damaged")
	}
	for _, f := range r.sv.Files {
		for i, fault := range f.Faults {
			if i == shown {
				r.say("  %s: and %d more", f.Name, len(f.Faults)-i)
				break
			}
			r.say("  %s: %s", f.Name, fault)
		}
	}
}

// report says what is saved and what not.
func (r *repairing) report(where string) {
	sv := r.sv
	r.say("%s: %d users, %d groups, %d keys, %d logged requests", where, sv.Saved["User"], sv.Saved["Group"], sv.Keys, sv.Log)
	for name, n := range sv.Saved {
		if name != "User" && name != "Group" {
			r.say("  and %d of the type %s", n, name)
		}
	}
	r.list("lost, and known only by the index", sv.Lost)
	r.list("saved as they were before their last change, which is lost", sv.Old)
	r.list("saved, but may have been changed or deleted since: it cannot be known", sv.Unsure)
	if sv.Later > 0 {
		r.say("  %d of those saved may have had a later change, or deletion, among what is lost: it cannot be known", sv.Later)
	}
	if sv.Gone > 0 {
		r.say("  %d more can still be read and were left out: by the index they were deleted", sv.Gone)
	}
	for _, note := range sv.Notes {
		r.say("  %s", note)
	}
}

func (r *repairing) list(what string, resources []store.LostResource) {
	if len(resources) == 0 {
		return
	}
	r.say("  %s: %d", what, len(resources))
	for i, one := range resources {
		if i == shown {
			r.say("    and %d more", len(resources)-i)
			return
		}
		text := fmt.Sprintf("%s %.80q", one.Type, one.Name)
		if one.ID != "" {
			text += " (" + one.ID + ")"
		}
		r.say("    %s", text)
	}
}

// next says what to do now.
func (r *repairing) next(to string) {
	dir := r.Env.Tilde(r.of.Dir)
	switch {
	case to == "" && !r.sv.Damaged():
		r.say("nothing has to be done")
	case to == "":
		r.say("save it:\n  into a new folder, with ids and keys:   scimdeck repair ./saved\n  as JSON lines for scimdeck import:      scimdeck repair saved.jsonl")
	case to == "-":
	case strings.HasSuffix(to, ".jsonl"):
		r.say("next:\n  scimdeck import %s --data ./new   (resources get new ids, keys have to be made)\n  keep %s until you are sure that nothing is missing", to, dir)
	default:
		r.say("next:\n  look at it:   scimdeck --data %s\n  then move %s away and the new folder to its place", to, dir)
	}
}

// verify opens what was written.
func (r *repairing) verify(ctx context.Context, dir string) error {
	st, err := store.Open(store.Options{Dir: dir, Catalog: r.of.Catalog, Log: r.of.Log})
	if err != nil {
		return err
	}
	return errors.Join(st.Verify(ctx), st.Close())
}

// lines writes JSON lines, by way of a folder that is deleted afterwards.
func (r *repairing) lines(ctx context.Context, to string) (err error) {
	beside := os.TempDir()
	if to != "-" {
		beside = filepath.Dir(to)
	}
	tmp, err := os.MkdirTemp(beside, ".scimdeck-repair-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	data := filepath.Join(tmp, "data")
	if err := r.sv.Rebuild(data); err != nil {
		return err
	}
	st, err := store.Open(store.Options{Dir: data, Catalog: r.of.Catalog, Log: r.of.Log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if to == "-" {
		return writeLines(ctx, r.Stdout, st, r.of.Catalog)
	}
	f, err := os.OpenFile(filepath.Join(tmp, "lines"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(writeLines(ctx, f, st, r.of.Catalog), f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("there is a file %s already; name another one", to)
	}
	return os.Rename(f.Name(), to)
}

// writeLines writes all resources, groups after users.
func writeLines(ctx context.Context, to io.Writer, st *store.Store, catalog *scim.Catalog) error {
	out := bufio.NewWriter(to)
	for _, t := range catalog.Types {
		_, err := st.List(ctx, t, store.Query{Count: 1 << 60}, func(doc []byte) {
			_, _ = out.Write(doc) // Flush tells
			_ = out.WriteByte('\n')
		})
		if err != nil {
			return err
		}
	}
	return out.Flush()
}
