package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"scimdeck/scim"
	"scimdeck/scim/sheet"
	"scimdeck/scim/wire"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// The commands that change users and groups. Each is one request through the SCIM
// server's handlers; with --json they print what it answered.

// source marks requests of commands in the log.
const source = "cli"

const mediaType = "application/scim+json"

// maxSheet is how long a file with a resource may be.
const maxSheet = 1 << 20

// send does one request, with If-Match if there is a tag. An answer of 400 and more is a *refusal.
func send(ctx context.Context, has *local.Client, method, path, tag string, body []byte) ([]byte, error) {
	r := &wire.Request{Method: method, Path: path, Header: []wire.Field{{Name: "Accept", Value: mediaType}}, Body: body}
	if body != nil {
		r.Header = append(r.Header, wire.Field{Name: "Content-Type", Value: mediaType})
	}
	if tag != "" {
		r.Header = append(r.Header, wire.Field{Name: "If-Match", Value: tag})
	}
	status, answer, err := has.Send(ctx, source, r)
	if err != nil {
		return nil, err
	}
	if status >= 400 {
		var e struct{ Detail string }
		_ = json.Unmarshal(answer, &e) // without a detail the status has to do
		return nil, &refusal{status, e.Detail}
	}
	return answer, nil
}

// refusal is an answer that is an error.
type refusal struct {
	status int
	detail string
}

func (r *refusal) Error() string {
	if r.detail == "" {
		return fmt.Sprintf("the server answered %d %s", r.status, http.StatusText(r.status))
	}
	return harmless(r.detail)
}

// say says what was done, or with --json prints what was answered.
func (p *Program) say(c cmdline.Call, answer []byte, format string, args ...any) error {
	if c.Has("json") {
		if len(answer) == 0 {
			answer = []byte("{}")
		}
		return p.docJSON(answer, false)
	}
	fmt.Fprintln(p.Stderr, harmless(fmt.Sprintf(format, args...)))
	return nil
}

// nameOf is what people call a stored or answered resource.
func nameOf(doc []byte) string {
	v, err := scim.Decode(doc, scim.Limits{})
	if err != nil {
		return "it"
	}
	for _, name := range []string{"userName", "displayName", "id"} {
		if text := v.Get(name).Text(); text != "" {
			return text
		}
	}
	return "it"
}

func (p *Program) setActive(active bool) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		body := fmt.Sprintf(`{"schemas":[%q],"Operations":[{"op":"replace","value":{"active":%v}}]}`, scim.PatchURN, active)
		return p.one(ctx, c, userNoun, func(has *local.Client, t *scim.ResourceType, doc []byte) error {
			answer, err := send(ctx, has, http.MethodPatch, t.Endpoint+"/"+string(scim.DocID(doc)), "", []byte(body))
			if err != nil {
				return err
			}
			return p.say(c, answer, "%s is %s", nameOf(doc), map[bool]string{true: "active", false: "deactivated"}[active])
		})
	}
}

func (p *Program) deleteOne(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		return p.one(ctx, c, n, func(has *local.Client, t *scim.ResourceType, doc []byte) error {
			id := string(scim.DocID(doc))
			if _, err := send(ctx, has, http.MethodDelete, t.Endpoint+"/"+id, "", nil); err != nil {
				return err
			}
			deleted := scim.ObjectOf(scim.Member{Name: "id", Value: scim.StringOf(id)}, scim.Member{Name: "deleted", Value: scim.BoolOf(true)})
			return p.say(c, deleted.Append(nil), "%s is deleted", nameOf(doc))
		})
	}
}

// memberChange is the command that puts a user into a group, or takes it out.
func (p *Program) memberChange(op string) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		return p.one(ctx, c, groupNoun, func(has *local.Client, t *scim.ResourceType, group []byte) error {
			users := scim.NewCatalog(false).Type(userNoun.name)
			user, err := findDoc(ctx, has, userNoun, users, c.Args[1])
			if err != nil {
				return err
			}
			id, name := scim.StringOf(string(scim.DocID(user))), nameOf(user)
			change := fmt.Sprintf(`{"op":"add","path":"members","value":[{"value":%s,"display":%s}]}`, id, scim.StringOf(name))
			said := "%s is in %s"
			if op == "remove" {
				change = fmt.Sprintf(`{"op":"remove","path":%s}`, scim.StringOf("members[value eq "+id.String()+"]"))
				said = "%s is not in %s"
			}
			body := fmt.Sprintf(`{"schemas":[%q],"Operations":[%s]}`, scim.PatchURN, change)
			answer, err := send(ctx, has, http.MethodPatch, bare(t, string(scim.DocID(group))), "", []byte(body))
			if err != nil {
				return err
			}
			return p.say(c, answer, said, name, nameOf(group))
		})
	}
}

// bare is the path of a resource whose answer is to have no members.
func bare(t *scim.ResourceType, id string) string {
	if t.Name == groupNoun.name {
		return t.Endpoint + "/" + id + "?excludedAttributes=members"
	}
	return t.Endpoint + "/" + id
}

func (p *Program) createOne(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		if len(c.Args) > 1 {
			return &cmdline.Error{Text: fmt.Sprintf("scimdeck %s create takes one file, not %d", n.many, len(c.Args)), Way: "usage: scimdeck " + n.many + " create [FILE]"}
		}
		file, err := p.readSheet(first(c.Args))
		if err != nil {
			return err
		}
		return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
			t, err := n.typeOf(o.Catalog)
			if err != nil {
				return err
			}
			create := func(ctx context.Context, v scim.Value) ([]byte, error) {
				return send(ctx, has, http.MethodPost, t.Endpoint, "", v.Append(nil))
			}
			var answer []byte
			if file != nil {
				answer, err = create(ctx, *file)
			} else {
				ctx, stop := interruptible(ctx)
				defer stop()
				e := editing{p: p, n: n, t: t, dir: o.Dir, send: create}
				answer, err = e.run(ctx, sheet.New(t, scim.Value{}))
			}
			if err != nil || answer == nil {
				return err
			}
			return p.say(c, answer, "%s made, with the id %s", nameOf(answer), scim.Unquote(scim.MemberOf(answer, "id")))
		})
	}
}

func (p *Program) replaceOne(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		v, err := p.readSheet(c.Args[1])
		if err != nil {
			return err
		}
		return p.one(ctx, c, n, func(has *local.Client, t *scim.ResourceType, doc []byte) error {
			tag := v.Get("meta").Get("version").Text()
			answer, err := send(ctx, has, http.MethodPut, t.Endpoint+"/"+string(scim.DocID(doc)), tag, v.Append(nil))
			if err != nil {
				return err
			}
			return p.say(c, answer, "%s replaced", nameOf(answer))
		})
	}
}

// readSheet reads a resource from a file; nil: none is named, and there is a
// terminal on which it can be written.
func (p *Program) readSheet(name string) (*scim.Value, error) {
	if name == "" {
		if !p.Terminal {
			return nil, &cmdline.Error{Text: "there is no terminal to write it on", Way: "name a file with it, or - for stdin"}
		}
		return nil, nil
	}
	f, _, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSheet+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSheet {
		return nil, Failure(fmt.Sprintf("%s is longer than 1 MB", name))
	}
	v, err := sheet.Read(text)
	if err != nil {
		return nil, Failure(fmt.Sprintf("%s: %s", name, plainly(err)))
	}
	return &v, nil
}

// plainly is an error's sentence without status and keyword.
func plainly(err error) string {
	var e *scim.Error
	if errors.As(err, &e) {
		return harmless(e.Detail)
	}
	return harmless(err.Error())
}
