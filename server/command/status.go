package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// state are the commands about the whole.
func (p *Program) state() []cmdline.Command {
	return []cmdline.Command{{
		Name: "status", Short: "whether a server runs, and what the data folder has",
		Flags: []string{"config", "data", "json"}, Run: p.status,
	}}
}

// status is what there is to say about a data folder.
type status struct {
	Running  bool      `json:"running"`
	PID      int       `json:"pid,omitempty"`
	URL      string    `json:"url,omitempty"`
	Public   string    `json:"publicURL,omitempty"`
	Version  string    `json:"version,omitempty"` // of what runs
	Started  time.Time `json:"started,omitzero"`
	Data     string    `json:"data"`
	Users    int       `json:"users"`
	Groups   *int      `json:"groups,omitempty"` // nil: there are none by the settings
	Keys     int       `json:"keys"`
	Requests uint64    `json:"requests"` // ever logged
	Kept     int       `json:"kept"`     // of them
	Bytes    int64     `json:"bytes"`

	Goroutines int `json:"goroutines,omitempty"` // of what runs
}

func (p *Program) status(ctx context.Context, c cmdline.Call) error {
	o, err := p.Store(c)
	if err != nil {
		return err
	}
	s := status{Data: o.Dir}
	if _, err := os.Stat(filepath.Join(o.Dir, "db")); errors.Is(err, fs.ErrNotExist) { // looking makes no folder
		return p.printStatus(s, c.Has("json"))
	}
	return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
		if err := s.read(ctx, has, o); err != nil {
			return err
		}
		return p.printStatus(s, c.Has("json"))
	})
}

func (s *status) read(ctx context.Context, has *local.Client, o store.Options) error {
	if a := has.About(); a.URL != "" {
		s.Running, s.PID, s.URL, s.Public, s.Version, s.Started = true, a.PID, a.URL, a.Public, a.Version, a.Started
		s.Goroutines = a.Goroutines
	}
	var err error
	if s.Users, err = has.Count(ctx, o.Catalog.Type("User")); err != nil {
		return err
	}
	if t := o.Catalog.Type("Group"); t != nil {
		n, err := has.Count(ctx, t)
		if err != nil {
			return err
		}
		s.Groups = &n
	}
	keys, err := has.Keys(ctx)
	if err != nil {
		return err
	}
	log, err := has.LogState(ctx)
	if err != nil {
		return err
	}
	s.Keys, s.Requests, s.Kept = len(keys), log.Last, log.Entries
	s.Bytes, err = has.Size(ctx)
	return err
}

func (p *Program) printStatus(s status, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(p.Stdout).Encode(s)
	}
	out := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(out, name+"\t"+format+"\n", args...) }
	if s.Running {
		line("running", "yes, pid %d, version %s, since %s", s.PID, s.Version, at(s.Started, "?"))
		line("url", "%s", s.URL)
		if s.Public != "" {
			line("public", "%s", s.Public)
		}
	} else {
		line("running", "no")
	}
	line("data", "%s", p.Env.Tilde(s.Data))
	line("users", "%d", s.Users)
	if s.Groups != nil {
		line("groups", "%d", *s.Groups)
	}
	line("keys", "%d", s.Keys)
	line("requests", "%d, %d kept", s.Requests, s.Kept)
	line("size", "%s", sized(s.Bytes))
	return out.Flush()
}

// sized writes a number of bytes: "320 kB", "1.2 MB".
func sized(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%d kB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
