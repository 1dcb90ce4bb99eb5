// Package guide knows how one sets a client up to provision into this server: what
// is to be typed where in its console, step by step, and by what requests each step
// shows in the log.
//
//	p := guide.Of("okta")
//	for _, v := range p.Values(guide.Env{Base: base}) {
//		fmt.Println(v.Field, v.Text) // SCIM connector base URL  https://abc.example.net/api/scim/v2
//	}
//	var seen guide.Progress
//	for _, row := range st.Rows(nil, 0, 0) {
//		seen.Watch(row)
//	}
//	for _, s := range seen.List(p, env) {
//		fmt.Println(s.State, s.Name, s.Wait)
//	}
//
// The providers are data (okta.go, other.go), in the words of their consoles, which
// change now and then. The package sends nothing, draws nothing and keeps nothing
// but a Progress; texts of clients are in it as they came.
package guide

import "slices"

// Provider is a client and the way in which it is set up.
type Provider struct {
	ID     string // "okta-test"
	Name   string // "Okta test app"
	Client string // as package story names it: "Okta"; "" stands for any
	Test   string // what its console calls a test of the connection
	Where  string // the place in the console where the values are typed: "Applications › your app"
	Paste  string // the field that takes the key, with the way to it
	Lead   string // what stands before the key in that field: "Bearer ", or ""
	Denied string // what to look at when the key is refused

	values func(Env) []Value
	steps  func(Env) []Step
	sights []Sight
}

// Env is what a guide depends on.
type Env struct {
	Base   string // the base URL that the client is to use
	Groups bool   // the server has groups
}

// Value is something to be typed into the console, or chosen there.
type Value struct {
	Field string // as the console names it
	Short string // the same in fewer words, where there is little room; "": Field
	Text  string // what is typed or chosen; for a key, what the field takes
	Copy  string // what is copied; "" when there is nothing to copy
	Key   bool   // the field takes a key, which is shown once and nowhere kept
	Ticks []Tick // in place of Text: boxes to be ticked, or not
}

// Tick is a box.
type Tick struct {
	Label string
	On    bool
}

// Step is one thing to do in the console.
type Step struct {
	Text string   // "Assignments › Assign: pick a test person"
	By   []string // ids of the sights each of which shows that it was done; none: it cannot be seen
}

// Sight is something that shows in the log once it has happened.
type Sight struct {
	ID   string // "create"
	Name string // "create", "Test Connector Configuration"
	Wait string // what to do in the console, so that it happens: at most 23 letters

	parts  []part   // the parts of stories that it shows by
	ops    []string // the operations, for requests that are part of no story
	groups bool     // it is about groups, and there only if the server has them
}

// part is a place in a story: see wire.Part.
type part struct{ story, role string }

// Values are what is to be typed, in the order of the console.
func (p *Provider) Values(e Env) []Value { return p.values(e) }

// Steps are what is to be done, in order.
func (p *Provider) Steps(e Env) []Step { return p.steps(e) }

// Providers lists all of them, the likeliest first. They are not to be written to.
func Providers() []*Provider { return providers }

// Of finds a provider by its id; nil if there is none.
func Of(id string) *Provider {
	i := slices.IndexFunc(providers, func(p *Provider) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return providers[i]
}

// IDs are the ids of all providers.
func IDs() []string {
	ids := make([]string, len(providers))
	for i, p := range providers {
		ids[i] = p.ID
	}
	return ids
}

var providers = []*Provider{&oktaWizard, &oktaTest, &entra, &other}
