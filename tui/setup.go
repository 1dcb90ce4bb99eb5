package tui

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim/explain"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// setup is the fourth screen: what to type into Okta, and which of the
// requests that then follow have been seen. Nothing here is sent anywhere.
type setup struct {
	d     *deps
	w, h  int
	other bool // the tab for everything that is not Okta
	list  ui.List
	items []setupItem // that can be selected, as of the last view
	below bool        // there are lines below those on screen, likewise
	typed string      // the public address, as typed
	noted string      // and as seen in the requests of Okta
	notes uint64      // the request in which it was seen
	since uint64      // requests up to this number are forgotten
	last  uint64      // the number of the last request
	seen  [steps]sighting
	fail  *store.Row // the last refused request, if none was accepted since
}

// step is a thing to be seen.
type step int

const (
	firstRequest step = iota
	keyAccepted
	testButton
	existence
	creation
	profileUpdate
	deactivation
	reactivation
	importing
	steps
)

// sighting is the first request that did a thing.
type sighting struct {
	seq  uint64
	at   time.Time
	note string
}

// setupItem is a line that can be selected: a value to copy, or a request to open.
type setupItem struct {
	what ui.Safe
	copy string
	seq  uint64
}

func newSetup(d *deps) screen { return &setup{d: d} }

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
			s.last = row.Seq
			if row.Source == "" && row.Seq > s.since {
				s.watch(row)
			}
		}
	case cleared:
		s.forget()
	}
	return nil
}

// oktaAgent is how the User-Agent of Okta's requests begins.
const oktaAgent = "Okta SCIM"

// watch ticks off what a client's request shows.
func (s *setup) watch(row *store.Row) {
	okta := strings.HasPrefix(row.Agent, oktaAgent)
	if okta || s.other && row.Agent != "" {
		s.saw(firstRequest, row, "")
	}
	if seen := "https://" + row.Host + s.basePath(); okta && public(row.Host) && seen != s.noted {
		s.noted, s.notes = seen, row.Seq
	}
	if row.Refused != "" {
		s.fail = row
		return
	}
	if row.KeyID != 0 {
		s.fail = nil
		s.saw(keyAccepted, row, row.KeyName)
	}
	if row.Status >= 400 || row.Status == 0 || row.Type != "User" {
		return
	}
	switch row.Op {
	case explain.Probe:
		s.saw(testButton, row, "")
	case explain.Find:
		s.saw(existence, row, "")
	case explain.Create:
		s.saw(creation, row, "")
	case explain.Replace, explain.Patch:
		s.saw(profileUpdate, row, row.Method)
	case explain.Deactivate:
		s.saw(deactivation, row, row.Method)
	case explain.Activate:
		s.saw(reactivation, row, row.Method)
	case explain.List:
		s.saw(importing, row, "")
	}
}

func (s *setup) saw(what step, row *store.Row, note string) {
	if s.seen[what].seq == 0 {
		s.seen[what] = sighting{row.Seq, row.Start, note}
	}
}

// forget starts the list anew.
func (s *setup) forget() {
	s.seen, s.fail, s.since = [steps]sighting{}, nil, s.last
}

// public reports whether a host can be another machine's name for this one.
func public(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host != "" && host != "localhost" && (ip == nil || !ip.IsLoopback() && !ip.IsUnspecified())
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
// work for Okta's cloud.
func (s *setup) base() (address string, reachable bool) {
	switch {
	case s.typed != "":
		return s.typed, true
	case s.d.opts.Public != "":
		return s.d.opts.BaseURL, true
	case s.noted != "":
		return s.noted, true
	}
	u, err := url.Parse(s.d.opts.BaseURL)
	return s.d.opts.BaseURL, err == nil && public(u.Host)
}

// port is the port that the server listens on.
func (s *setup) port() string {
	if _, port, err := net.SplitHostPort(s.d.opts.Listen); err == nil {
		return port
	}
	return s.d.opts.Listen
}

// address makes a base URL of what was typed: the scheme and the base path may
// be left out.
func (s *setup) address(text string) (string, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "/")
	if text == "" {
		return "", nil
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errAddress("this is no address")
	case u.Scheme != "https" && u.Scheme != "http":
		return "", errAddress("an address begins with https://")
	case u.Host == "" || strings.ContainsAny(u.Host, " ,"):
		return "", errAddress("there is no host name in it")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "", errAddress("only scheme, host and path, please")
	}
	if u.Path == "" {
		u.Path = s.basePath()
	}
	return u.String(), nil
}

// errAddress is what is wrong with an address.
type errAddress string

func (e errAddress) Error() string { return string(e) }

func (s *setup) act(id string) tea.Cmd {
	if name, ok := listKeys[id]; ok {
		s.list.Key(name)
		return nil
	}
	switch id {
	case "nextTab", "prevTab", "pane", "paneBack":
		s.other = !s.other
		s.list.Select(0)
	case "add":
		s.d.push(newKeyForm(s.d, nil, freeName(s.d.data.keys, "okta")))
	case "address":
		s.d.push(newAddressForm(s))
	case "tunnels":
		s.d.push(newTunnels(s))
	case "forget":
		s.forget()
		s.d.say(done, "forgotten: the list starts anew")
	case "copy":
		if it := s.selected(); it.copy != "" {
			return copyText(s.d, it.what, []byte(it.copy))
		}
		s.d.say(info, "there is nothing to copy in this line: g goes to the first value")
	case "open":
		if it := s.selected(); it.seq != 0 {
			return s.d.show(0, "#"+strconv.FormatUint(it.seq, 10))
		}
		s.d.say(info, "this line has no request: choose one that says ok")
	}
	return nil
}

func (s *setup) selected() setupItem {
	if s.list.Sel < len(s.items) {
		return s.items[s.list.Sel]
	}
	return setupItem{}
}

func (s *setup) status() (left, right ui.Safe) {
	n := 1 // that the server answers is plain to see
	for _, x := range s.seen {
		if x.seq != 0 {
			n++
		}
	}
	left = ui.Safe(strconv.Itoa(n) + " of " + strconv.Itoa(int(steps)+1) + " seen")
	switch _, ok := s.base(); {
	case !ok:
		right = "out of reach for Okta: n helps"
	case s.below:
		right = "more below: j"
	default:
		right = "nothing here is sent anywhere"
	}
	return left, right
}
