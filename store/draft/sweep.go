package draft

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// prefix begins the name of a draft's folder; the number of its process and
// something random follow.
const prefix = "scimdeck-draft-"

// Sweep removes what scimdecks that were killed during an edit have left in a
// folder, "" for the system's for temporary files. It leaves the drafts of others
// that run. It is for the start of a process, before its first draft: what has
// the process's own number by then is of an earlier one.
func Sweep(dir string) error {
	if dir == "" {
		dir = os.TempDir()
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var errs []error
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), prefix)
		number, _, _ := strings.Cut(rest, "-")
		pid, bad := strconv.Atoi(number)
		if !ours || bad != nil || !e.IsDir() || pid != os.Getpid() && alive(pid) {
			continue
		}
		errs = append(errs, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	return errors.Join(append(errs, err)...)
}
