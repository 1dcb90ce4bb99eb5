package lint

import (
	"scimdeck/scim"
)

// features are the members of a ServiceProviderConfig (RFC 7643 §5) that say
// whether something is supported, with the integers that two of them need.
var features = [...]struct {
	name     string
	integers [2]string
}{
	{"patch", [2]string{}},
	{"bulk", [2]string{"maxOperations", "maxPayloadSize"}},
	{"filter", [2]string{"maxResults", ""}},
	{"changePassword", [2]string{}},
	{"sort", [2]string{}},
	{"etag", [2]string{}},
}

// config is about a ServiceProviderConfig.
func (k *look) config() {
	if !k.object(configIncomplete) {
		return
	}
	var m members
	var there [len(features)]bool
	named, schemes := false, false
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		i := 0
		for i < len(features) && string(name) != features[i].name {
			i++
		}
		switch {
		case i < len(features):
			there[i] = true
			k.feature(i)
		case string(name) == "schemas":
			named = k.namesSchema(scim.ConfigURN)
		case string(name) == "authenticationSchemes":
			from := k.pos
			c := k.peek()
			k.skip(0)
			schemes = c == '[' && !k.nothing(c, from)
		default:
			k.skip(0)
		}
		k.out()
	}
	if k.ended {
		return
	}
	if !named {
		k.add(configIncomplete, here+"schemas", "want "+quote(scim.ConfigURN))
	}
	if !schemes {
		k.add(configIncomplete, here+"authenticationSchemes", "")
	}
	for i, ok := range there {
		if !ok {
			k.add(configIncomplete, here+features[i].name, "")
		}
	}
}

// feature reads one member of it.
func (k *look) feature(i int) {
	if c := k.peek(); c != '{' {
		k.skip(0)
		if !k.ended {
			k.add(configIncomplete, here, "want an object, got "+kindOf(c))
		}
		return
	}
	var m members
	supported := false
	integers := 0
	for k.next(&m) {
		from, c := k.pos, k.peek()
		name := k.name(m.name)
		k.skip(0)
		if k.ended {
			return
		}
		_, number := integer(k.b[from:k.pos])
		supported = supported || string(name) == "supported" && (c == 't' || c == 'f')
		for _, n := range features[i].integers {
			if n != "" && string(name) == n && number {
				integers++
			}
		}
	}
	want := 0
	for _, n := range features[i].integers {
		if n != "" {
			want++
		}
	}
	switch {
	case k.ended:
	case !supported:
		k.add(configIncomplete, here+"supported", "")
	case integers < want:
		k.add(configIncomplete, here, "an integer is missing")
	}
}

// bulkResponse is about the answer to a bulk request (RFC 7644 §3.7).
func (k *look) bulkResponse() {
	if !k.object(bulkAnswer) {
		return
	}
	var m members
	named, operations := false, false
	for k.next(&m) {
		k.into(m.name)
		switch name := k.name(m.name); {
		case string(name) == "schemas":
			named = k.namesSchema(scim.BulkResponseURN)
		case string(name) == "Operations" && k.peek() == '[':
			operations = true
			var e elements
			for e.next(&k.text) {
				k.intoElement(e.index)
				k.bulkResult()
				k.out()
			}
		default:
			k.skip(0)
		}
		k.out()
	}
	if k.ended {
		return
	}
	if !named {
		k.add(bulkAnswer, here+"schemas", "want "+quote(scim.BulkResponseURN))
	}
	if !operations {
		k.add(bulkAnswer, here+"Operations", "")
	}
}

func (k *look) bulkResult() {
	if !k.object(bulkAnswer) {
		return
	}
	var m members
	method, status := false, false
	for k.next(&m) {
		c := k.peek()
		name := k.name(m.name)
		method = method || string(name) == "method" && c == '"'
		status = status || string(name) == "status" && c == '"'
		k.skip(0)
	}
	switch {
	case k.ended:
	case !method:
		k.add(bulkAnswer, here+"method", "")
	case !status:
		k.add(bulkAnswer, here+"status", "")
	}
}
