package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"scimdeck/scim"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// users are the commands about users. They look, and change nothing: what a
// client can see of a user is what a client has made of it.
func (p *Program) users() []cmdline.Command {
	return []cmdline.Command{
		{
			Name: "users list", Args: "[FILTER]", Short: "the users, or those that a SCIM filter matches",
			Long:  "For example:  scimdeck users list 'userName sw \"ada\" and active eq true'\nWith --json each line is a user as it is stored.",
			Flags: []string{"config", "data", "json"}, Run: p.usersList,
		},
		{
			Name: "users show", Args: "ID|USERNAME", Short: "one user as JSON",
			Long:  "With --json in one line.",
			Flags: []string{"config", "data", "json"}, Run: p.usersShow,
		},
	}
}

func (p *Program) usersList(ctx context.Context, c cmdline.Call) error {
	text := strings.TrimSpace(strings.Join(c.Args, " "))
	show := p.userTable
	if c.Has("json") {
		show = p.userLines
	}
	return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
		t := o.Catalog.Type("User")
		filter, err := readFilter(t, text)
		if err != nil {
			return err
		}
		q := store.Query{Filter: filter, Count: atOnce, NoTotal: true}
		first := true
		for {
			var docs [][]byte
			page, err := has.Page(ctx, t, q, func(doc []byte) { docs = append(docs, bytes.Clone(doc)) })
			if err != nil {
				return err
			}
			if len(docs) > 0 {
				if err := show(docs, first); err != nil {
					return err
				}
				first = false
			}
			if !page.Later {
				break
			}
			q.After = &page.Last
		}
		if first {
			fmt.Fprintln(p.Stderr, map[bool]string{true: "no users yet", false: "no user matches"}[text == ""])
		}
		return nil
	})
}

// readFilter reads a filter as a client would send it; "" is none.
func readFilter(t *scim.ResourceType, text string) (*scim.Filter, error) {
	if text == "" {
		return nil, nil
	}
	e, err := scim.ParseFilter(text)
	if err == nil {
		var f *scim.Filter
		if f, err = t.Compile(e); err == nil {
			return f, nil
		}
	}
	var refused *scim.Error
	if errors.As(err, &refused) {
		err = errors.New(refused.Detail)
	}
	return nil, &cmdline.Error{Text: fmt.Sprintf("filter %q: %v", text, err), Way: `for example:  scimdeck users list 'userName sw "ada"'`}
}

// userTable prints users, a line each, with a headline before the first ones.
func (p *Program) userTable(docs [][]byte, first bool) error {
	out := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	if first {
		fmt.Fprintln(out, "USERNAME\tNAME\tACTIVE\tEXTERNAL ID\tCHANGED\tID")
	}
	for _, doc := range docs {
		v, err := scim.Decode(doc, scim.Limits{})
		if err != nil {
			return err
		}
		active := "yes"
		if a := v.Get("active"); a.Kind() != scim.Absent && !a.True() { // RFC 7643 §4.1.1 leaves the default to us
			active = "no"
		}
		changed, _ := time.Parse(time.RFC3339, v.Get("meta").Get("lastModified").Text()) // zero shows as nothing
		cells := []string{v.Get("userName").Text(), fullName(v), active, v.Get("externalId").Text(), at(changed, ""), v.Get("id").Text()}
		for i, cell := range cells {
			cells[i] = harmless(cell)
		}
		fmt.Fprintln(out, strings.Join(cells, "\t"))
	}
	return out.Flush()
}

func fullName(v scim.Value) string {
	name := v.Get("name")
	for _, full := range []string{v.Get("displayName").Text(), name.Get("formatted").Text()} {
		if full != "" {
			return full
		}
	}
	return strings.TrimSpace(name.Get("givenName").Text() + " " + name.Get("familyName").Text())
}

// userLines prints users as JSON, a line each.
func (p *Program) userLines(docs [][]byte, _ bool) error {
	var out bytes.Buffer
	for _, doc := range docs {
		writeJSON(&out, doc)
		out.WriteByte('\n')
	}
	_, err := out.WriteTo(p.Stdout)
	return err
}

// writeJSON writes JSON with escapes for what could do something to a terminal.
func writeJSON(out *bytes.Buffer, doc []byte) {
	for _, r := range string(doc) {
		switch {
		case unicode.IsPrint(r) || r == '\n':
			out.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			r -= 0x10000
			fmt.Fprintf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		}
	}
}

func (p *Program) usersShow(ctx context.Context, c cmdline.Call) error {
	wanted := c.Args[0]
	return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
		doc, err := findUser(ctx, has, o.Catalog.Type("User"), wanted)
		if err != nil {
			return err
		}
		if doc == nil {
			return Failure(fmt.Sprintf("there is no user with the id or userName %q", wanted), "see: scimdeck users list")
		}
		return p.userJSON(doc, !c.Has("json"))
	})
}

// findUser finds a user by id, else by userName; nil: there is none.
func findUser(ctx context.Context, has *local.Client, t *scim.ResourceType, wanted string) ([]byte, error) {
	doc, ok, err := has.Get(ctx, t, nil, wanted)
	if ok || err != nil {
		return doc, err
	}
	filter, err := readFilter(t, "userName eq "+scim.StringOf(wanted).String())
	if err != nil {
		return nil, err
	}
	_, err = has.List(ctx, t, store.Query{Filter: filter, Count: 1, NoTotal: true}, func(found []byte) { doc = bytes.Clone(found) })
	return doc, err
}

func (p *Program) userJSON(doc []byte, laidOut bool) error {
	if laidOut {
		var out bytes.Buffer
		if err := json.Indent(&out, doc, "", "  "); err != nil {
			return err
		}
		doc = out.Bytes()
	}
	var out bytes.Buffer
	writeJSON(&out, doc)
	out.WriteByte('\n')
	_, err := io.Copy(p.Stdout, &out)
	return err
}
