package tui

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/reach"
	"scimdeck/store/guide"
	"scimdeck/tui/ui"
)

// setup is the fourth screen: what to type into a client's console, step by step,
// and which of the requests that then follow have been seen. Only t sends anything:
// to the public address.
type setup struct {
	d        *deps
	w, h     int
	provider *guide.Provider // that was chosen, in this run or an earlier one; nil: the one that is guessed
	list     ui.List
	items    []setupItem // that can be selected, as of the last view
	below    bool        // there are lines below those on screen, likewise

	typed   string        // the public base URL, as typed
	noted   lookedOutside // and as a request with a good key came by it
	looked  guide.Through // the last request whose headers were asked for
	looking bool
	since   uint64 // requests up to this number are forgotten
	seen    guide.Progress
	test    reachTest
}

// reachTest is a test of the public address, or what it has come to.
type reachTest struct {
	job     *reachJob // nil: none yet
	at      time.Time // it began
	results []reach.Result
	over    bool
	err     error // it could not begin
}

// setupItem is a line that can be selected: a value to copy, or a request to open.
type setupItem struct {
	what ui.Safe
	copy string
	key  bool // its value is a key
	seq  uint64
}

func newSetup(d *deps) screen { return &setup{d: d, provider: d.provider} }

func (s *setup) title() ui.Safe         { return "" }
func (s *setup) place() place           { return inSetup }
func (s *setup) typing() bool           { return false }
func (s *setup) key(tea.KeyMsg) tea.Cmd { return nil }
func (s *setup) facts(f *facts)         { f.rows, f.selected = len(s.items), len(s.items) > 0 }

func (s *setup) update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case sized:
		s.w, s.h = m.w, m.h
	case changes:
		for _, row := range m.rows {
			if row.Seq > s.since {
				s.seen.Watch(row)
			}
		}
		return s.look()
	case lookedOutside:
		s.looking = false
		if m.origin != "" {
			s.noted = m
		}
		return s.look()
	case reached:
		return s.reached(m)
	case cleared:
		s.forget()
	}
	return nil
}

// look asks for the headers of the last request that is worth it, if it came by
// another host than the one before. There is never more than one such question.
func (s *setup) look() tea.Cmd {
	at := s.seen.Through()
	if s.looking || at.Seq == 0 || at.Host == s.looked.Host {
		return nil
	}
	s.looking, s.looked = true, at
	return lookOutside(s.d, at)
}

// now is the provider that is shown.
func (s *setup) now() *guide.Provider {
	if s.provider != nil {
		return s.provider
	}
	return s.seen.Guess()
}

func (s *setup) turn(by int) tea.Cmd {
	all := guide.Providers()
	i := slices.Index(all, s.now())
	s.provider = all[(i+by+len(all))%len(all)]
	s.list.Select(0)
	return s.d.keeper.keep(s.d, s.provider)
}

func (s *setup) env() guide.Env {
	base, _ := s.base()
	return guide.Env{Base: base, Groups: s.d.opts.Groups}
}

// forget starts the list anew.
func (s *setup) forget() {
	s.since, s.seen = s.seen.Last(), guide.Progress{}
}

// basePath is the path of the base URL.
func (s *setup) basePath() string {
	u, err := url.Parse(s.d.opts.BaseURL)
	if err != nil {
		return ""
	}
	return u.Path
}

// base is the base URL that a client outside should use, and whether it can
// work for a client in the cloud.
func (s *setup) base() (address string, reachable bool) {
	switch {
	case s.typed != "":
		return s.typed, true
	case s.d.opts.Public != "":
		if address, err := guide.ParseAddress(s.d.opts.Public, s.basePath()); err == nil {
			return address, true
		}
	case s.noted.origin != "":
		return s.noted.origin + s.basePath(), true
	}
	return s.d.opts.BaseURL, guide.PublicURL(s.d.opts.BaseURL)
}

// origin says where the base URL is from.
func (s *setup) origin() ui.Safe {
	_, reachable := s.base()
	seen := ui.Safe("seen in #" + strconv.FormatUint(s.noted.through.Seq, 10))
	switch {
	case s.typed != "" && s.noted.origin != "" && strings.HasPrefix(s.typed, s.noted.origin+"/"):
		return "typed (" + s.d.keyFor("address") + "), and " + seen
	case s.typed != "":
		return "typed (" + s.d.keyFor("address") + "); --public-url keeps it"
	case s.d.opts.Public != "":
		return "the setting publicURL"
	case s.noted.origin != "":
		return seen
	case reachable:
		return "this machine's own address"
	}
	return "this machine only: " + s.d.keyFor("tunnels") + " makes it public"
}

func (s *setup) act(id string) tea.Cmd {
	if name, ok := listKeys[id]; ok {
		s.list.Key(name)
		return nil
	}
	switch id {
	case "nextTab", "pane":
		return s.turn(1)
	case "prevTab", "paneBack":
		return s.turn(-1)
	case "add":
		s.makeKey()
	case "address":
		s.d.push(newAddressForm(s))
	case "tunnels":
		s.d.push(newTunnels(s))
	case "test":
		return s.begin()
	case "forget":
		s.forget()
		s.d.say(done, "forgotten: the list starts anew")
	case "copy":
		it := s.selected()
		switch {
		case it.copy != "":
			return copyText(s.d, it.what, []byte(it.copy))
		case it.key:
			s.d.say(info, "a key is shown once, when it is made: "+s.d.keyFor("add")+" makes one, and y copies it there")
		default:
			s.d.say(info, "there is nothing to copy in this line: "+s.d.keyFor("first")+" goes to the first value")
		}
	case "open":
		if it := s.selected(); it.seq != 0 {
			return s.d.show(0, "#"+strconv.FormatUint(it.seq, 10))
		}
		s.d.say(info, "this line has no request: choose one that says ok")
	}
	return nil
}

// makeKey opens the form for a new key, named after the provider.
func (s *setup) makeKey() {
	p := s.now()
	name := strings.ToLower(p.Client)
	if name == "" {
		name = "client"
	}
	f := newKeyForm(s.d, nil, freeName(s.d.data.keys, name))
	f.paste, f.lead = p.Paste, p.Lead
	s.d.push(f)
}

func (s *setup) selected() setupItem {
	if s.list.Sel < len(s.items) {
		return s.items[s.list.Sel]
	}
	return setupItem{}
}

func (s *setup) status() (left, right ui.Safe) {
	list := s.seen.List(s.now(), s.env())
	n := 1 // that the server answers is plain to see
	if s.answers() == guide.OK {
		n++
	}
	for _, x := range list {
		if x.State == guide.OK {
			n++
		}
	}
	left = ui.Safe(strconv.Itoa(n) + " of " + strconv.Itoa(len(list)+2) + " seen")
	if s.below {
		left += "   more below: " + s.d.keyFor("down")
	}
	next, more := guide.Next(list)
	switch _, reachable := s.base(); {
	case next.State == guide.Failed:
		right = ui.Safe("#"+strconv.FormatUint(next.Last, 10)) + " went wrong: choose it, " + ui.Safe(asciiKey(s.d.ascii, spelled(keyFor("open")))) + " opens it"
	case s.answers() == guide.Failed:
		right = "the address does not answer: " + s.d.keyFor("test") + " tells why"
	case !reachable && s.now().Client != "":
		right = ui.Safe("out of reach for "+s.now().Client) + ": " + s.d.keyFor("tunnels") + " helps"
	case more:
		right = "next: " + s.words(next.Wait)
		if c := s.now().Client; next.ID == guide.Key {
			right = "next: make a key with " + s.d.keyFor("add") + ", and put it into the form"
		} else if c != "" {
			right += " in " + ui.Safe(c)
		}
	default:
		right = "all of it was seen"
	}
	return left, right
}

// words puts a text of the guide into what the terminal can show.
func (s *setup) words(text string) ui.Safe {
	return ui.Clean(strings.ReplaceAll(text, "›", s.d.theme.Glyph.Crumb), s.d.ascii)
}
