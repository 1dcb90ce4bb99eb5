package scim

import "strings"

// Complete lists what can stand at the end of a filter that is being typed, for who
// offers it: word is what is there of it already, list is what it may become, in
// the schema's order, and each begins with word in any case. Values are offered
// where the schema names them. It is a help, not a parser: what is wrong further to
// the left is the parser's to say.
//
//	users.Complete(`userN`)              // "userN", [userName]
//	users.Complete(`userName `)          // "", [eq ne co sw ew pr gt ge lt le]
//	users.Complete(`emails[type eq "w`)  // `"w`, ["work"]
func (t *ResourceType) Complete(filter string) (word string, list []string) {
	var c completing
	c.t = t
	for rest := filter; ; {
		var token string
		var whole bool
		if token, rest, whole = cutToken(rest); !whole {
			word = token
			break
		}
		c.take(token)
	}
	for _, s := range c.next() {
		if len(s) >= len(word) && strings.EqualFold(s[:len(word)], word) {
			list = append(list, s)
		}
	}
	return word, list
}

// cutToken cuts the first token off. It is not whole if the filter may go on in it.
func cutToken(s string) (token, rest string, whole bool) {
	s = strings.TrimLeft(s, " ")
	if s == "" {
		return "", "", false
	}
	switch {
	case strings.IndexByte("()[]", s[0]) >= 0:
		return s[:1], s[1:], true
	case s[0] == '"':
		for i := 1; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case '"':
				return s[:i+1], s[i+1:], true
			}
		}
		return s, "", false
	}
	if end := strings.IndexAny(s, " ()[]"); end > 0 {
		return s[:end], s[end:], true
	}
	return s, "", false
}

// completing is what a filter is in the midst of.
type completing struct {
	t      *ResourceType
	expect expectation
	path   *Attribute   // that the next operator or value is about; nil: not known
	within []*Attribute // the value paths that are open
}

type expectation uint8

const (
	expectOperand expectation = iota // an attribute, not or (
	expectOperator
	expectValue
	expectLogic // and, or
)

// take goes past a token.
func (c *completing) take(token string) {
	switch {
	case token == "(":
		c.expect = expectOperand
	case token == ")":
		c.expect = expectLogic
	case token == "[":
		c.within, c.expect = append(c.within, c.path), expectOperand
	case token == "]":
		if n := len(c.within); n > 0 {
			c.within = c.within[:n-1]
		}
		c.expect = expectLogic
	case c.expect == expectOperand && !strings.EqualFold(token, "not"):
		c.path, c.expect = c.find(token), expectOperator
	case c.expect == expectOperator && strings.EqualFold(token, "pr"):
		c.expect = expectLogic
	case c.expect == expectOperator:
		c.expect = expectValue
	case c.expect == expectValue:
		c.expect = expectLogic
	case c.expect == expectLogic:
		c.expect = expectOperand
	}
}

// find finds the attribute of a path; nil if there is none.
func (c *completing) find(token string) (found *Attribute) {
	c.each(func(path string, a *Attribute) {
		if strings.EqualFold(path, token) {
			found = a
		}
	})
	return found
}

// each calls f with each path that can begin a condition here.
func (c *completing) each(f func(path string, a *Attribute)) {
	if n := len(c.within); n > 0 {
		if of := c.within[n-1]; of != nil {
			for _, sub := range of.Sub {
				f(sub.Name, sub)
			}
		}
		return
	}
	all := func(prefix string, attributes []*Attribute) {
		for _, a := range attributes {
			if neverReturned(a) {
				continue
			}
			f(prefix+a.Name, a)
			for _, sub := range a.Sub {
				if !neverReturned(sub) {
					f(prefix+a.Name+"."+sub.Name, sub)
				}
			}
		}
	}
	all("", c.t.Schema.Attributes)
	all("", c.t.common.Attributes)
	for _, ext := range c.t.Extensions {
		all(ext.Schema.ID+":", ext.Schema.Attributes)
	}
}

// next lists what can come.
func (c *completing) next() (list []string) {
	switch c.expect {
	case expectOperand:
		c.each(func(path string, _ *Attribute) { list = append(list, path) })
		return append(list, "not")
	case expectOperator:
		return []string{"eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"}
	case expectLogic:
		return []string{"and", "or"}
	}
	if c.path == nil {
		return nil
	}
	if c.path.Type == TypeBoolean {
		return []string{"true", "false"}
	}
	for _, s := range c.path.Canonical {
		list = append(list, StringOf(s).String())
	}
	return list
}
