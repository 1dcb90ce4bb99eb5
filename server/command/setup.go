package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/server/settings"
	"scimdeck/store"
	"scimdeck/store/guide"
)

// Address is where a server listens, or would by the settings.
type Address struct {
	Listen string // "127.0.0.1:7644"
	URL    string // the base URL of the server itself: "http://127.0.0.1:7644/api/scim/v2"
	Public string // the setting publicURL, or ""
}

// guides are the commands about setting a client up.
func (p *Program) guides() []cmdline.Command {
	return []cmdline.Command{
		{
			Name: "setup", Args: "[PROVIDER]", Short: "what to type into Okta or Entra, and what of it was seen",
			Long: "PROVIDER is " + strings.Join(guide.IDs(), ", ") + "; without it, the one that the log tells of.\n" +
				"It sends nothing. The address is --public-url, else the setting, else the one by which requests came.",
			Flags: []string{"config", "data", "public-url", "json"}, Run: p.setup,
		},
		{
			Name: "test", Args: "[URL]", Short: "whether the public address leads to the server that runs",
			Long: "URL is a base URL, or its beginning; without it, the one that scimdeck setup shows.\n" +
				"It sends three requests there, marked test in the log, with a key that is gone afterwards.\n" +
				"The exit code is 1 when a step fails. With --json each step is an object.",
			Flags: []string{"config", "data", "public-url", "json"}, Run: p.test,
		},
	}
}

// situation is what there is to say of a client's setup.
type situation struct {
	provider *guide.Provider
	guessed  bool
	env      guide.Env
	address  Address
	running  bool
	public   bool   // env.Base can be reached from outside
	through  uint64 // the request that the address was seen in; 0: none
	tunnel   string
	seen     []guide.Seen
}

// chosenProvider reads the argument; nil when there is none.
func chosenProvider(c cmdline.Call) (*guide.Provider, error) {
	switch len(c.Args) {
	case 0:
		return nil, nil
	case 1:
		if chosen := guide.Of(strings.ToLower(c.Args[0])); chosen != nil {
			return chosen, nil
		}
		return nil, &cmdline.Error{
			Text: fmt.Sprintf("there is no provider %q", c.Args[0]),
			Way:  settings.DidYouMean("scimdeck setup ", strings.ToLower(c.Args[0]), guide.IDs()),
		}
	}
	return nil, &cmdline.Error{Text: "scimdeck setup takes one provider", Way: "one of: " + strings.Join(guide.IDs(), ", ")}
}

func (p *Program) setup(ctx context.Context, c cmdline.Call) error {
	chosen, err := chosenProvider(c)
	if err != nil {
		return err
	}
	o, err := p.Store(c)
	if err != nil {
		return err
	}
	s := &situation{provider: chosen, guessed: chosen == nil}
	if s.address, err = p.Address(c); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "db")); errors.Is(err, fs.ErrNotExist) { // looking makes no folder
		if err := s.read(ctx, nil, o); err != nil {
			return err
		}
		return p.printSetup(s, c.Has("json"))
	}
	return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
		s.of(c, has)
		if err := s.read(ctx, has, o); err != nil {
			return err
		}
		return p.printSetup(s, c.Has("json"))
	})
}

// of takes over what a running server says of itself.
func (s *situation) of(c cmdline.Call, has *local.Client) {
	a := has.About()
	if a.URL == "" {
		return
	}
	s.running = true
	s.address.Listen, s.address.URL = a.Listen, a.URL
	if _, given := c.Flags["public-url"]; !given {
		s.address.Public = a.Public
	}
}

// read watches the log, if there is one, and finds the address.
func (s *situation) read(ctx context.Context, has *local.Client, o store.Options) error {
	var seen guide.Progress
	var origin string
	for more := has != nil; more; {
		rows, err := has.Rows(ctx, nil, seen.Last(), atOnce)
		if err != nil {
			return err
		}
		for _, row := range rows {
			seen.Watch(row)
		}
		more = len(rows) == atOnce
	}
	if at := seen.Through(); at.Seq != 0 {
		ex, ok, err := has.Exchange(ctx, at.Seq)
		if err != nil {
			return err
		}
		if ok {
			origin, s.tunnel = guide.Outside(ex)
		}
		s.through = at.Seq
	}
	if s.provider == nil {
		s.provider = seen.Guess()
	}
	if err := s.find(origin); err != nil {
		return err
	}
	s.env.Groups = o.Catalog.Type("Group") != nil
	s.seen = seen.List(s.provider, s.env)
	return nil
}

// find finds the base URL for a client: the public one, else the one that was seen,
// else the server's own.
func (s *situation) find(origin string) error {
	own, err := url.Parse(s.address.URL)
	if err != nil {
		return err
	}
	s.env.Base = s.address.URL
	switch {
	case s.address.Public != "":
		if s.env.Base, err = guide.ParseAddress(s.address.Public, own.Path); err != nil {
			return fmt.Errorf("the public address %q: %w", s.address.Public, err)
		}
		s.through = 0
	case origin != "":
		s.env.Base = origin + own.Path
	default:
		s.through = 0
	}
	s.public = guide.PublicURL(s.env.Base)
	return nil
}

// next is what to do now.
func (s *situation) next() string {
	next, more := guide.Next(s.seen)
	switch {
	case !s.running:
		return "start the server:  scimdeck serve"
	case next.State == guide.Failed:
		return fmt.Sprintf("#%d went wrong:  scimdeck show %d", next.Last, next.Last)
	case !s.public && s.provider.Client != "":
		return "get a public address, start with --public-url, and test it:  scimdeck test"
	case !more:
		return ""
	case next.ID == guide.Key:
		return "make a key, and put it into the form:  scimdeck keys create NAME"
	case s.provider.Client != "":
		return next.Wait + " in " + s.provider.Client
	}
	return next.Wait
}
