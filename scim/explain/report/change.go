package report

import (
	"strings"

	"scimdeck/scim/explain/change"
	"scimdeck/scim/wire"
)

// Change is a difference that a write made, or something of the request that had
// no effect.
type Change struct {
	wire.Change
	Text string `json:"text"` // all of it in one line

	// Sign is "+" for what is new, "-" for what is gone, "~" for what is another
	// now; "" for what had no effect.
	Sign string `json:"sign,omitempty"`
	// Words are what stands behind the path; where they are "", Old and New do.
	Words string `json:"-"`
	// Tail follows the last of the values.
	Tail string `json:"-"`
}

// Changes tells what a write did, the differences first, and which attributes were sent as they were.
func Changes(ex *wire.Exchange) (list []Change, same []string) {
	if len(ex.Changes) > 0 && !ex.RequestCut() {
		same = change.Unchanged(ex.Method, ex.RequestBody, ex.Changes)
	}
	return Told(ex.Changes), same
}

// Told puts changes into words, the differences first.
func Told(changes []wire.Change) (list []Change) {
	var aside []Change
	for _, c := range changes {
		if !change.Differs(c.Kind) && c.Kind != change.Created && c.Kind != change.Deleted {
			aside = append(aside, Change{Change: c, Text: change.Line(c)})
			continue
		}
		list = append(list, difference(c))
	}
	return append(list, aside...)
}

// difference puts one that Differs, or a resource made or deleted, into words.
func difference(c wire.Change) Change {
	d := Change{Change: c, Text: change.Line(c), Sign: "~"}
	switch c.Kind {
	case change.Added, change.Joined, change.Created:
		d.Sign, d.Words = "+", c.New
	case change.Removed, change.LeftOut, change.Left, change.Deleted:
		d.Sign, d.Words = "-", c.Old
	}
	switch c.Kind {
	case change.Joined, change.Left, change.Created, change.Deleted:
		d.Words = strings.TrimPrefix(d.Text, c.Path+": ")
	case change.LeftOut:
		d.Words += "  (left out: a PUT replaces all)"
	case change.Recased:
		d.Tail = "  (in case only)"
	}
	return d
}

// NoChanges says in the place of an empty list what that means.
func NoChanges(method string) string {
	switch method {
	case "POST", "PUT", "PATCH", "DELETE":
		return "nothing was changed"
	}
	return "this request changes nothing"
}

// Same says which attributes were sent as they were, in one line; "" for none.
func Same(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "sent, and as it was: " + strings.Join(names, ", ")
}
