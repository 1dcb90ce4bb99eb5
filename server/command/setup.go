package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

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

func (p *Program) printSetup(s *situation, asJSON bool) error {
	if asJSON {
		return s.printJSON(p)
	}
	var out bytes.Buffer
	s.printValues(&out)
	s.printSteps(&out)
	s.printSeen(&out)
	if !s.public && s.provider.Client != "" {
		fmt.Fprintf(&out, "\n%s's cloud cannot reach %s by itself: run one of these in another terminal\n", s.provider.Client, s.address.Listen)
		for _, t := range guide.Tunnels(s.address.Listen, strings.HasPrefix(s.address.URL, "https:")) {
			fmt.Fprintf(&out, "  %-12s %s\n  %-12s (%s)\n", t.Name, t.Command, "", t.About)
		}
		fmt.Fprintf(&out, "  %s\n", guide.Risk)
	}
	if next := s.next(); next != "" {
		fmt.Fprintf(&out, "\nnext: %s\n", next)
	}
	_, err := out.WriteTo(p.Stdout)
	return err
}

func (s *situation) printValues(out *bytes.Buffer) {
	if s.provider.Client == "" {
		fmt.Fprintf(out, "%s: %s\n", s.provider.Name, s.provider.Where)
	} else {
		fmt.Fprintf(out, "%s: type into %s\n", s.provider.Name, s.provider.Where)
	}
	for _, v := range s.provider.Values(s.env) {
		texts := []string{v.Text}
		if v.Ticks != nil {
			texts = texts[:0]
		}
		for _, t := range v.Ticks {
			texts = append(texts, map[bool]string{true: "[x] ", false: "[ ] "}[t.On]+t.Label)
		}
		if v.Key {
			texts[0] += "   (scimdeck keys create NAME makes one)"
		}
		for i, text := range texts {
			fmt.Fprintf(out, "  %-34s %s\n", map[bool]string{true: v.Field}[i == 0], text)
		}
	}
}

func (s *situation) printSteps(out *bytes.Buffer) {
	fmt.Fprintf(out, "\nStep by step\n")
	for i, step := range s.provider.Steps(s.env) {
		done := ""
		if step.Done(s.seen) {
			done = "ok"
		}
		fmt.Fprintf(out, "  %-3s %d  %s\n", done, i+1, step.Text)
	}
}

func (s *situation) printSeen(out *bytes.Buffer) {
	fmt.Fprintf(out, "\nIs it working?\n")
	line := func(state guide.State, name, note string) {
		fmt.Fprintf(out, "  %-5s %s\n", state, strings.TrimRight(fmt.Sprintf("%-30s %s", name, harmless(note)), " "))
	}
	switch {
	case s.running:
		line(guide.OK, "server answers on "+s.address.Listen, "")
	default:
		line(guide.Waiting, "server on "+s.address.Listen, "scimdeck serve starts it")
	}
	switch {
	case s.public && s.through != 0:
		line(guide.OK, "public address answers", fmt.Sprintf("#%d came by it", s.through))
	case s.public:
		line(guide.Waiting, "public address answers", "scimdeck test tests it")
	default:
		line(guide.Waiting, "public address", "a tunnel, see below")
	}
	for _, x := range s.seen {
		if x.State == guide.Waiting {
			line(x.State, x.Name, hint(x))
			continue
		}
		note := []string{"#" + strconv.FormatUint(x.Last, 10), x.At.Local().Format("2006-01-02 15:04:05")}
		if x.Times > 1 && x.ID != guide.First && x.ID != guide.Key {
			note = append(note, fmt.Sprintf("%d times", x.Times))
		}
		if x.Note != "" {
			note = append(note, x.Note)
		}
		line(x.State, x.Name, strings.Join(note, "  "))
		if x.State == guide.Failed && x.ID == guide.Key {
			fmt.Fprintf(out, "        %s\n", s.provider.Denied)
		}
	}
}

// hint is what to do to see a thing.
func hint(x guide.Seen) string {
	if x.ID == guide.Key {
		return "scimdeck keys create NAME makes one"
	}
	return x.Wait
}

// printJSON prints all of it as one object, in one line.
func (s *situation) printJSON(p *Program) error {
	type value struct {
		Field string          `json:"field"`
		Value string          `json:"value,omitempty"`
		Key   bool            `json:"key,omitempty"` // the field takes a key, after lead
		Lead  string          `json:"lead,omitempty"`
		Ticks map[string]bool `json:"ticks,omitempty"`
	}
	type step struct {
		Text string `json:"text"`
		Done bool   `json:"done"`
	}
	type sight struct {
		ID    string      `json:"id"`
		Name  string      `json:"name"`
		State guide.State `json:"state"`
		Times int         `json:"times"`
		First uint64      `json:"first,omitempty"`
		Last  uint64      `json:"last,omitempty"`
		At    time.Time   `json:"at,omitzero"`
		Note  string      `json:"note,omitempty"`
		Wait  string      `json:"wait,omitempty"`
	}
	all := struct {
		Provider string         `json:"provider"`
		Name     string         `json:"name"`
		Guessed  bool           `json:"guessed"`
		Running  bool           `json:"running"`
		BaseURL  string         `json:"baseURL"`
		Public   bool           `json:"public"`
		Tunnel   string         `json:"tunnel,omitempty"`
		Where    string         `json:"where"`
		Values   []value        `json:"values"`
		Steps    []step         `json:"steps"`
		Seen     []sight        `json:"seen"`
		Next     string         `json:"next,omitempty"`
		Tunnels  []guide.Tunnel `json:"tunnels,omitempty"`
	}{
		Provider: s.provider.ID, Name: s.provider.Name, Guessed: s.guessed, Running: s.running, BaseURL: s.env.Base, Public: s.public,
		Tunnel: s.tunnel, Where: s.provider.Where, Next: s.next(),
	}
	for _, v := range s.provider.Values(s.env) {
		one := value{Field: strings.TrimSpace(v.Field), Value: v.Copy, Key: v.Key}
		if v.Key {
			one.Lead = s.provider.Lead
		}
		for _, t := range v.Ticks {
			if one.Ticks == nil {
				one.Ticks = map[string]bool{}
			}
			one.Ticks[t.Label] = t.On
		}
		all.Values = append(all.Values, one)
	}
	for _, x := range s.provider.Steps(s.env) {
		all.Steps = append(all.Steps, step{x.Text, x.Done(s.seen)})
	}
	for _, x := range s.seen {
		one := sight{ID: x.ID, Name: x.Name, State: x.State, Times: x.Times, First: x.First, Last: x.Last, At: x.At, Note: x.Note}
		if x.State == guide.Waiting {
			one.Wait = hint(x)
		}
		all.Seen = append(all.Seen, one)
	}
	if !s.public {
		all.Tunnels = guide.Tunnels(s.address.Listen, strings.HasPrefix(s.address.URL, "https:"))
	}
	out := json.NewEncoder(p.Stdout)
	out.SetEscapeHTML(false)
	return out.Encode(all)
}
