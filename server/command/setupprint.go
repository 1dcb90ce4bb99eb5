package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"scimdeck/store/guide"
)

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
