package command

import (
	"bytes"
	"context"
	"encoding/json"
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

// noun is a resource type in the words of commands.
type noun struct {
	name, one, many string // "User", "user", "users"
	by              string // the attribute that people know one by
	arg             string // an argument that says which: "USER"
	endpoint        string
}

var (
	userNoun  = noun{"User", "user", "users", "userName", "USER", "/Users"}
	groupNoun = noun{"Group", "group", "groups", "displayName", "GROUP", "/Groups"}
)

// typeOf finds the type in a catalog; that there are no groups has a way out.
func (n noun) typeOf(c *scim.Catalog) (*scim.ResourceType, error) {
	if t := c.Type(n.name); t != nil {
		return t, nil
	}
	return nil, Failure("this server has no "+n.many+".", `set "groups": true in config.hujson, or SCIMDECK_GROUPS=true`)
}

// looks are the flags of commands about the data folder that can say it as JSON.
var looks = []string{"config", "data", "json"}

// users are the commands about users. What changes one is a request through the
// SCIM server's own handlers, as a client would send it, and is in the log.
func (p *Program) users() []cmdline.Command {
	return []cmdline.Command{
		{
			Name: "users list", Args: "[FILTER]", Short: "the users, or those that a SCIM filter matches",
			Long:  "For example:  scimdeck users list 'userName sw \"ada\" and active eq true'\nWith --json each line is a user as it is stored.",
			Flags: looks, Run: p.list(userNoun),
		},
		{
			Name: "users show", Args: "ID|USERNAME", Short: "one user as JSON",
			Long:  "With --json in one line.",
			Flags: looks, Run: p.showOne(userNoun),
		},
		{
			Name: "users history", Args: "USER", Short: "the requests that touched a user, and each version they made",
			Long:  historyLong,
			Flags: looks, Run: p.history(userNoun),
		},
		{
			Name: "users create", Args: "[FILE]", Short: "make a user of JSON in a file, or written in your editor",
			Long:  "FILE may be - for stdin. " + sheetLong,
			Flags: looks, Run: p.createOne(userNoun),
		},
		{
			Name: "users edit", Args: "USER", Short: "change a user's JSON in your editor",
			Long:  sheetLong,
			Flags: looks, Run: p.editOne(userNoun),
		},
		{
			Name: "users replace", Args: "USER FILE", Short: "put JSON from a file in a user's place",
			Long:  "FILE may be - for stdin. What it does not have is taken away. If it has meta.version, as users show prints it, a user that was changed meanwhile is left as it is.",
			Flags: looks, Run: p.replaceOne(userNoun),
		},
		{Name: "users deactivate", Args: "USER", Short: "set a user's active to false, as Okta does", Flags: looks, Run: p.setActive(false)},
		{Name: "users reactivate", Args: "USER", Short: "set it to true again", Flags: looks, Run: p.setActive(true)},
		{Name: "users delete", Args: "USER", Short: "delete a user, which Okta never does by itself", Flags: looks, Run: p.deleteOne(userNoun)},
		{
			Name: "users wipe", Args: "[FILTER]", Short: "delete all users, or those that a SCIM filter matches",
			Long: wipeLong, Flags: wipes, Run: p.wipe(userNoun),
		},
	}
}

// groups are the commands about groups.
func (p *Program) groups() []cmdline.Command {
	return []cmdline.Command{
		{
			Name: "groups list", Args: "[FILTER]", Short: "the groups, or those that a SCIM filter matches",
			Long:  "With --json each line is a group as it is stored, without its members.",
			Flags: looks, Run: p.list(groupNoun),
		},
		{Name: "groups show", Args: "ID|NAME", Short: "one group as JSON, with its members", Long: "With --json in one line.", Flags: looks, Run: p.showOne(groupNoun)},
		{Name: "groups members", Args: "GROUP", Short: "who is in a group", Long: "With --json each line is a member.", Flags: looks, Run: p.members},
		{Name: "groups history", Args: "GROUP", Short: "the requests that touched a group, and each version they made", Long: historyLong, Flags: looks, Run: p.history(groupNoun)},
		{
			Name: "groups create", Args: "[FILE]", Short: "make a group of JSON in a file, or written in your editor",
			Long:  "FILE may be - for stdin. " + sheetLong,
			Flags: looks, Run: p.createOne(groupNoun),
		},
		{Name: "groups edit", Args: "GROUP", Short: "change a group's JSON in your editor; its members stay", Long: sheetLong, Flags: looks, Run: p.editOne(groupNoun)},
		{Name: "groups delete", Args: "GROUP", Short: "delete a group; its members stay", Flags: looks, Run: p.deleteOne(groupNoun)},
		{
			Name: "groups wipe", Args: "[FILTER]", Short: "delete all groups, or those that a SCIM filter matches; their members stay",
			Long: wipeLong, Flags: wipes, Run: p.wipe(groupNoun),
		},
		{Name: "groups add", Args: "GROUP USER", Short: "put a user into a group", Flags: looks, Run: p.memberChange("add")},
		{Name: "groups remove", Args: "GROUP USER", Short: "take a user out of a group", Flags: looks, Run: p.memberChange("remove")},
	}
}

func (p *Program) list(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		text := strings.TrimSpace(strings.Join(c.Args, " "))
		return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
			t, err := n.typeOf(o.Catalog)
			if err != nil {
				return err
			}
			show := p.userTable
			switch {
			case c.Has("json"):
				show = p.docLines
			case n == groupNoun:
				show = func(docs [][]byte, first bool) error { return p.groupTable(ctx, has, docs, first) }
			}
			filter, err := readFilter(t, text)
			if err != nil {
				return err
			}
			q := store.Query{Filter: filter, Count: atOnce, NoTotal: true, Bare: n == groupNoun}
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
				fmt.Fprintln(p.Stderr, map[bool]string{true: "no " + n.many + " yet", false: "no " + n.one + " matches"}[text == ""])
			}
			return nil
		})
	}
}

// readFilter reads a filter as a client would send it; "" is none.
func readFilter(t *scim.ResourceType, text string) (*scim.Filter, error) {
	if text == "" {
		return nil, nil
	}
	f, _, err := t.ReadFilter(text, scim.Policy{})
	if err == nil {
		return f, nil
	}
	return nil, &cmdline.Error{Text: fmt.Sprintf("filter %q: %s", text, plainly(err)), Way: `for example:  scimdeck users list 'userName sw "ada"'`}
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

// docLines prints docs as JSON, a line each.
func (p *Program) docLines(docs [][]byte, _ bool) error {
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

// groupTable prints groups, a line each, with a headline before the first ones.
func (p *Program) groupTable(ctx context.Context, has *local.Client, docs [][]byte, first bool) error {
	out := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	if first {
		fmt.Fprintln(out, "NAME\tMEMBERS\tEXTERNAL ID\tCHANGED\tID")
	}
	for _, doc := range docs {
		v, err := scim.Decode(doc, scim.Limits{})
		if err != nil {
			return err
		}
		id := v.Get("id").Text()
		n, _, err := has.Members(ctx, id, 1, 0, nil)
		if err != nil {
			return err
		}
		changed, _ := time.Parse(time.RFC3339, v.Get("meta").Get("lastModified").Text()) // zero shows as nothing
		fmt.Fprintf(out, "%s\t%d\t%s\t%s\t%s\n", harmless(v.Get("displayName").Text()), n, harmless(v.Get("externalId").Text()), at(changed, ""), harmless(id))
	}
	return out.Flush()
}

func (p *Program) showOne(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		return p.one(ctx, c, n, func(has *local.Client, t *scim.ResourceType, doc []byte) error {
			whole, ok, err := has.Get(ctx, t, nil, string(scim.DocID(doc)))
			if err != nil || !ok {
				return err
			}
			return p.docJSON(whole, !c.Has("json"))
		})
	}
}

// one finds the resource that the first argument names, and gives its bare doc to do.
func (p *Program) one(ctx context.Context, c cmdline.Call, n noun, do func(has *local.Client, t *scim.ResourceType, doc []byte) error) error {
	return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
		t, err := n.typeOf(o.Catalog)
		if err != nil {
			return err
		}
		doc, err := findDoc(ctx, has, n, t, c.Args[0])
		if err != nil {
			return err
		}
		return do(has, t, doc)
	})
}

// findDoc finds the bare doc of a resource by id, else by name. That there is
// none, or more than one, is a *Trouble.
func findDoc(ctx context.Context, has *local.Client, n noun, t *scim.ResourceType, wanted string) ([]byte, error) {
	doc, ok, err := has.GetBare(ctx, t, nil, wanted)
	if ok || err != nil {
		return doc, err
	}
	filter, err := readFilter(t, n.by+" eq "+scim.StringOf(wanted).String())
	if err != nil {
		return nil, err
	}
	found := 0
	_, err = has.List(ctx, t, store.Query{Filter: filter, Count: 2, NoTotal: true, Bare: true}, func(d []byte) {
		doc = bytes.Clone(d)
		found++
	})
	switch {
	case err != nil:
		return nil, err
	case found == 0:
		return nil, Failure(fmt.Sprintf("there is no %s with the id or %s %q", n.one, n.by, wanted), "see: scimdeck "+n.many+" list")
	case found > 1:
		return nil, Failure(fmt.Sprintf("more than one %s has the %s %q", n.one, n.by, wanted), "give the id: scimdeck "+n.many+" list")
	}
	return doc, nil
}

func (p *Program) docJSON(doc []byte, laidOut bool) error {
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
