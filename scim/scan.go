package scim

import "bytes"

// Reading single members out of compact JSON without decoding it. The texts
// are what Value.Append and AppendDoc write: valid, no blanks, names in the
// schemas' spelling. Of anything else these functions find less, or nonsense,
// but they end and do not panic.

// cursor finds the wanted members of an object in one walk, which goes only as
// far as it is asked.
type cursor struct {
	doc    []byte
	wanted []string // names
	found  []span   // the value of each wanted name, zero as long as it was not met
	next   int      // where the next member begins; len(doc) at the end
}

// span is a part of a cursor's doc. It is not a slice so that cursors can stay
// on the stack: what is stored through a pointer moves to the heap.
type span struct{ from, to int }

// member gives the value of the wanted name i, nil if the object has none.
func (c *cursor) member(i int) []byte {
	for c.found[i].to == 0 && c.next < len(c.doc) {
		name, value, next := nextMember(c.doc, c.next)
		c.next = next
		for k, want := range c.wanted {
			if string(c.doc[name.from:name.to]) == want {
				c.found[k] = value
				break
			}
		}
	}
	if at := c.found[i]; at.to > 0 {
		return c.doc[at.from:at.to]
	}
	return nil
}

// member gives the value of an object's member, nil if it has none.
func member(object []byte, name string) []byte {
	for i := firstMember(object); i < len(object); {
		got, value, next := nextMember(object, i)
		if string(object[got.from:got.to]) == name {
			return object[value.from:value.to]
		}
		i = next
	}
	return nil
}

// firstMember gives the place of an object's first member; len(object) if
// there is none, or if it is no object.
func firstMember(object []byte) int {
	if len(object) > 1 && object[0] == '{' && object[1] == '"' {
		return 1
	}
	return len(object)
}

// nextMember reads the member at i, where its name's quote stands. next is the
// place of the one after it, len(object) if there is none.
func nextMember(object []byte, i int) (name, value span, next int) {
	end := skipString(object, i)
	if end+1 >= len(object) {
		return span{}, span{}, len(object)
	}
	name, value.from = span{i + 1, end - 1}, end+1 // after the colon
	value.to = skipValue(object, value.from)
	next = value.to + 1 // after the comma
	if next >= len(object) || object[next-1] != ',' || object[next] != '"' {
		next = len(object)
	}
	return name, value, next
}

// elementWalk goes over the elements of an array; any other value is taken for
// an array of it, and nil for an empty one.
type elementWalk struct {
	rest  []byte // from the next element on
	array bool
}

func walkElements(value []byte) elementWalk {
	if len(value) > 1 && value[0] == '[' {
		return elementWalk{value[1:], true}
	}
	return elementWalk{value, false}
}

// next gives the next element, nil after the last.
func (e *elementWalk) next() []byte {
	if len(e.rest) == 0 || e.array && e.rest[0] == ']' {
		return nil
	}
	if !e.array {
		value := e.rest
		e.rest = nil
		return value
	}
	end := skipValue(e.rest, 0)
	value := e.rest[:end]
	if end < len(e.rest) && e.rest[end] == ',' {
		end++
	}
	e.rest = e.rest[end:]
	return value
}

// skipValue gives the place behind the value at i, at least i+1.
func skipValue(b []byte, i int) int {
	if i >= len(b) {
		return len(b)
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipNested(b, i)
	}
	for i++; i < len(b); i++ {
		if c := b[i]; c == ',' || c == '}' || c == ']' {
			break
		}
	}
	return i
}

func skipNested(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}

// skipString gives the place behind the string whose opening quote is at i.
func skipString(b []byte, i int) int {
	for end := i + 1; end < len(b); {
		n := bytes.IndexByte(b[end:], '"')
		if n < 0 {
			break
		}
		end += n
		slashes := 0
		for b[end-1-slashes] == '\\' {
			slashes++
		}
		end++
		if slashes%2 == 0 {
			return end
		}
	}
	return len(b)
}
