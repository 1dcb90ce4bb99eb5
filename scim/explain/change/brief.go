package change

import (
	"strconv"
	"strings"

	"scimdeck/scim/wire"
)

// Brief says what a list tells in a few words, for a row: "created", "deleted",
// else each attribute once, with + for one that came, - for one that went and ~
// for one that is another: "~title +department -phoneNumbers". What had no effect
// is not told; of a list of nothing else it is "no change".
func Brief(list []wire.Change) string {
	var order []string
	signs := map[string]byte{}
	more := 0
	for _, c := range list {
		switch {
		case c.Kind == Created || c.Kind == Deleted:
			return c.Kind
		case c.Kind == Joined:
			order = append(order, "+"+several(c.N, "member"))
			continue
		case c.Kind == Left:
			order = append(order, "-"+several(c.N, "member"))
			continue
		case c.Kind == More && c.Path == "":
			more += c.N
			continue
		case c.Kind != Reordered && !Differs(c.Kind):
			continue
		}
		if strings.HasPrefix(c.Path, "urn:") && c.N > 0 { // an extension as a whole: its attributes follow
			continue
		}
		name, sign := attributeOf(c.Path), signOf(c)
		switch before, seen := signs[name]; {
		case !seen:
			order = append(order, name)
			signs[name] = sign
		case before != sign:
			signs[name] = '~'
		}
	}
	for i, name := range order {
		if sign, ok := signs[name]; ok {
			order[i] = string(sign) + name
		}
	}
	if more > 0 {
		order = append(order, strconv.Itoa(more)+" more")
	}
	if len(order) == 0 {
		return "no change"
	}
	return strings.Join(order, " ")
}

// signOf is a change's sign in Brief. A part of an attribute that came or went
// makes it another one; a value of several that did so is told by its sign.
func signOf(c wire.Change) byte {
	last := c.Path[strings.LastIndexAny(c.Path, ":]")+1:]
	switch {
	case strings.Contains(last, "."):
		return '~'
	case c.Kind == Added:
		return '+'
	case c.Kind == Removed || c.Kind == LeftOut:
		return '-'
	}
	return '~'
}
