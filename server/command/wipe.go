package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"scimdeck/scim"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
)

// wipes are the flags of wipe.
var wipes = []string{"config", "data", "yes", "json"}

const wipeLong = "It asks for the words, as the dashboard does; --yes does not ask. Each deletion is a request in the log. There is no way back but a backup."

// wipe is the command that deletes many.
func (p *Program) wipe(n noun) func(context.Context, cmdline.Call) error {
	return func(ctx context.Context, c cmdline.Call) error {
		return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
			t, err := n.typeOf(o.Catalog)
			if err != nil {
				return err
			}
			filter, err := readFilter(t, strings.TrimSpace(strings.Join(c.Args, " ")))
			if err != nil {
				return err
			}
			ids, err := idsOf(ctx, has, t, filter)
			if err == nil && len(ids) > 0 && !c.Has("yes") {
				err = p.askWipe(ctx, n.counted(len(ids)))
			}
			if err != nil {
				return err
			}
			deleted := 0
			for _, id := range ids {
				_, err := send(ctx, has, http.MethodDelete, t.Endpoint+"/"+id, "", nil)
				var refused *refusal
				if errors.As(err, &refused) && refused.status == http.StatusNotFound {
					continue // somebody was faster
				}
				if err != nil {
					return fmt.Errorf("%d of %s deleted, then: %w", deleted, n.counted(len(ids)), err)
				}
				deleted++
			}
			answer := scim.ObjectOf(scim.Member{Name: "deleted", Value: scim.IntOf(int64(deleted))})
			return p.say(c, answer.Append(nil), "%s deleted", n.counted(deleted))
		})
	}
}

// counted writes "1 user" and "12 users".
func (n noun) counted(k int) string {
	if k == 1 {
		return "1 " + n.one
	}
	return fmt.Sprintf("%d %s", k, n.many)
}

// idsOf lists the ids of what a filter matches.
func idsOf(ctx context.Context, has *local.Client, t *scim.ResourceType, filter *scim.Filter) (ids []string, err error) {
	q := store.Query{Filter: filter, Count: atOnce, NoTotal: true, Bare: true}
	for {
		page, err := has.Page(ctx, t, q, func(doc []byte) { ids = append(ids, string(scim.DocID(doc))) })
		if err != nil || !page.Later {
			return ids, err
		}
		q.After = &page.Last
	}
}

// askWipe asks for the words.
func (p *Program) askWipe(ctx context.Context, what string) error {
	words := "delete " + what
	answer, asked, err := p.question(ctx, fmt.Sprintf("This cannot be undone. Type  %s  to go on: ", words))
	switch {
	case err != nil:
		return err
	case !asked:
		return Failure(what+" would be deleted.", "to do it without being asked:   --yes")
	case answer == words:
		return nil
	}
	return Failure("nothing was deleted.", "the words are:   "+words, "without being asked:   --yes")
}
