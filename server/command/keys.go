package command

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/server/settings"
	"scimdeck/store"
)

// keys are the commands about bearer keys.
func (p *Program) keys() []cmdline.Command {
	key := func(name, args, short, long string, run func(context.Context, cmdline.Call) error, flags ...string) cmdline.Command {
		return cmdline.Command{Name: "keys " + name, Args: args, Short: short, Long: long, Run: run, Flags: append([]string{"config", "data"}, flags...)}
	}
	return []cmdline.Command{
		key("create", "NAME", "make a key and print its secret, this once",
			"Only the secret goes to stdout:  SCIM_TOKEN=$(scimdeck keys create okta)\nWith --json an object with the secret in it does.", p.keysCreate, "expires", "json"),
		key("list", "", "the keys, without their secrets", "", p.keysList, "json"),
		key("revoke", "NAME", "refuse a key from now on, for good", "",
			p.keysChange("revoked: requests with it get 401", (*local.Client).RevokeKey), "json"),
		key("disable", "NAME", "refuse a key until it is enabled", "",
			p.keysChange("disabled: requests with it get 401 until it is enabled", (*local.Client).DisableKey), "json"),
		key("enable", "NAME", "accept a disabled key again", "",
			p.keysChange("enabled", (*local.Client).EnableKey), "json"),
		key("rename", "NAME NEW", "give a key another name", "", p.keysRename, "json"),
		key("expire", "NAME WHEN", "give a key another end: 90d, 12h, a date or never", "", p.keysExpire, "json"),
	}
}

func (p *Program) keysCreate(ctx context.Context, c cmdline.Call) error {
	expires, err := parseExpiry(c.Flags["expires"], time.Now())
	if err != nil {
		return &cmdline.Error{Text: fmt.Sprintf("--expires: %v", err)}
	}
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		secret, k, err := has.CreateKey(ctx, c.Args[0], expires)
		if err != nil {
			return err
		}
		until := "does not expire"
		if !k.Expires.IsZero() {
			until = "expires " + at(k.Expires, "")
		}
		if c.Has("json") {
			return p.json(struct {
				keyRow
				Secret string `json:"secret"`
			}{newKeyRow(k, time.Now()), secret})
		}
		fmt.Fprintf(p.Stderr, "key %s made; it %s. Its secret is shown this once:\n", k.Name, until)
		_, err = fmt.Fprintln(p.Stdout, secret)
		return err
	})
}

// parseExpiry reads "90d", "12h", a date, or "" for never.
func parseExpiry(text string, now time.Time) (time.Time, error) {
	if text == "" || text == "never" {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, time.Local); err == nil {
		if !day.After(now) {
			return time.Time{}, fmt.Errorf("%s is over", text)
		}
		return day, nil
	}
	d, err := settings.ParseSpan(text)
	if err != nil || d == 0 {
		return time.Time{}, fmt.Errorf("want \"90d\", \"12h\" or a date such as \"2027-01-31\", not %q", text)
	}
	return now.Add(d), nil
}

func (p *Program) keysList(ctx context.Context, c cmdline.Call) error {
	return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
		keys, err := has.Keys(ctx)
		if err != nil {
			return err
		}
		now := time.Now()
		if c.Has("json") {
			return p.keysJSON(keys, now)
		}
		if len(keys) == 0 {
			fmt.Fprintln(p.Stderr, "no keys yet; make one:  scimdeck keys create NAME")
			return nil
		}
		out := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(out, "NAME\tPREFIX\tSTATUS\tCREATED\tEXPIRES\tLAST USED\tUSES")
		for _, k := range keys {
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%d\n", k.Name, k.Prefix, k.Status(now), at(k.Created, ""), at(k.Expires, "never"), at(k.LastUsed, "never"), k.Uses)
		}
		return out.Flush()
	})
}

// keyRow is a key as JSON.
type keyRow struct {
	ID       uint64    `json:"id"`
	Name     string    `json:"name"`
	Prefix   string    `json:"prefix"`
	Status   string    `json:"status"`
	Created  time.Time `json:"created,omitzero"`
	Expires  time.Time `json:"expires,omitzero"`
	Revoked  time.Time `json:"revoked,omitzero"`
	LastUsed time.Time `json:"lastUsed,omitzero"`
	Uses     uint64    `json:"uses"`
}

func newKeyRow(k store.Key, now time.Time) keyRow {
	return keyRow{k.ID, k.Name, k.Prefix, k.Status(now), k.Created, k.Expires, k.Revoked, k.LastUsed, k.Uses}
}

func (p *Program) keysJSON(keys []store.Key, now time.Time) error {
	rows := make([]keyRow, len(keys))
	for i, k := range keys {
		rows[i] = newKeyRow(k, now)
	}
	out := json.NewEncoder(p.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(rows)
}

// keysChange is the command that changes the key named by the first argument.
func (p *Program) keysChange(done string, change func(*local.Client, context.Context, uint64) error) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		return p.reach(ctx, c, func(has *local.Client, _ store.Options) error {
			keys, err := has.Keys(ctx)
			if err != nil {
				return err
			}
			names := make([]string, len(keys))
			for i, k := range keys {
				names[i] = k.Name
				if k.Name != c.Args[0] {
					continue
				}
				if err := change(has, ctx, k.ID); err != nil {
					return err
				}
				if c.Has("json") {
					return p.keyJSON(ctx, has, k.ID)
				}
				fmt.Fprintf(p.Stderr, "key %s %s\n", k.Name, done)
				return nil
			}
			return Failure(fmt.Sprintf("there is no key %q", c.Args[0]), settings.DidYouMean("", c.Args[0], names), "see: scimdeck keys list")
		})
	}
}

func (p *Program) keysRename(ctx context.Context, c cmdline.Call) error {
	rename := func(has *local.Client, ctx context.Context, id uint64) error {
		return has.RenameKey(ctx, id, c.Args[1])
	}
	return p.keysChange("is now "+c.Args[1], rename)(ctx, c)
}

// keyJSON prints a key as it is now.
func (p *Program) keyJSON(ctx context.Context, has *local.Client, id uint64) error {
	keys, err := has.Keys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.ID == id {
			return p.json(newKeyRow(k, time.Now()))
		}
	}
	return nil
}

func (p *Program) keysExpire(ctx context.Context, c cmdline.Call) error {
	at, err := parseExpiry(c.Args[1], time.Now())
	if err != nil {
		return &cmdline.Error{Text: err.Error()}
	}
	said := "does not expire"
	if !at.IsZero() {
		said = "expires " + at.Local().Format(minute)
	}
	expire := func(has *local.Client, ctx context.Context, id uint64) error { return has.ExpireKey(ctx, id, at) }
	return p.keysChange(said, expire)(ctx, c)
}
