package lint

import "scimdeck/scim"

// schemas reads the schemas of a resource.
func (k *look) schemas(r *resource, f *facts) {
	c := k.peek()
	if c == 'n' {
		f.empty = true
		k.skip(0)
		return
	}
	if c != '[' {
		k.skip(0)
		if k.ended {
			return
		}
		if k.answers {
			k.add(answerValue, here, "want an array, got "+kindOf(c))
		} else {
			k.add(schemasNoArray, here, "got "+kindOf(c))
		}
		f.core = true // one finding is enough
		return
	}
	f.empty = true
	k.seen.reset()
	var e elements
	for e.next(&k.text) {
		f.empty = false
		k.intoElement(e.index)
		if c := k.peek(); c == '"' {
			if s := k.string(); !k.ended {
				k.schema(r, f, s)
			}
		} else if k.skip(0); !k.ended && !k.answers {
			k.add(schemasNoArray, here, "got "+kindOf(c))
		}
		k.out()
	}
}

// What older clients and Microsoft write in schemas.
const (
	entraGroupURN = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
	oldURN        = "urn:scim:schemas:"
)

// schema is about one URN in schemas.
func (k *look) schema(r *resource, f *facts, s span) {
	urn := k.name(s)
	want, i := "", -1
	if fold(urn, r.t.Schema.ID) {
		f.core, want = true, r.t.Schema.ID
	} else if i, _ = r.extension(urn); i >= 0 {
		if i < 64 {
			f.named |= 1 << i
		}
		want = r.ext[i].urn
	}
	if k.answers {
		f.list, f.fault = f.list || string(urn) == scim.ListURN, f.fault || string(urn) == scim.ErrorURN
		return
	}
	if k.seen.add(urn, nil) {
		k.add(schemaTwice, here, k.say(s))
	}
	switch {
	case want != "" && string(urn) != want:
		k.add(urnCase, here, k.say(s))
	case want != "":
	case f.old(r, urn):
		k.add(schemaOld, here, k.say(s))
	case fold(urn, entraGroupURN) && r.t.Schema.ID == scim.GroupURN:
		k.add(schemaEntra, here, "")
	case !k.foreign:
		k.add(schemaUnknown, here, k.say(s))
	}
}

// old takes a URN of SCIM 1.1 or of a draft for what it meant; false if it is none.
func (f *facts) old(r *resource, urn []byte) bool {
	if r.t.Schema.ID != scim.UserURN && r.t.Schema.ID != scim.GroupURN || len(urn) < len(oldURN) || !fold(urn[:len(oldURN)], oldURN) {
		return false
	}
	rest := urn[len(oldURN):]
	for _, version := range [...]string{"core:1.0", "core:2.0"} {
		if fold(rest, version) || len(rest) > len(version) && fold(rest[:len(version)], version) && fold(rest[len(version):], ":"+r.t.Name) {
			f.core = true
			return true
		}
	}
	for _, version := range [...]string{"1.0", "2.0", "2.0:User"} {
		if i, _ := r.extension([]byte(scim.EnterpriseURN)); i >= 0 && i < 64 && fold(rest, "extension:enterprise:"+version) {
			f.named |= 1 << i
			return true
		}
	}
	return false
}
