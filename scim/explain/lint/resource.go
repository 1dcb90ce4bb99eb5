package lint

import (
	"bytes"

	"scimdeck/scim"
)

// way is what a resource in a text is for.
type way uint8

const (
	creating way = iota
	replacing
	answering
	listed // in a list of an answer
)

// facts is what was met of a resource.
type facts struct {
	schemas     bool // the member is there
	empty       bool // and holds nothing
	core        bool
	named, data uint64 // extensions by place: named in schemas, with data
	must        uint64 // required attributes that have a value
	externalID  bool
	active      bool
	emails      bool
	given       bool // name.givenName
	family      bool // name.familyName
	list, fault bool // schemas names the ListResponse, or the Error
	id          span
	idThere     bool
	name        span // userName, or a Group's displayName
	meta        metaFacts
}

type metaFacts struct {
	there                   bool
	kind, location, version span
}

// resourceBody is about a whole resource in a request. id is that of the path, ""
// if it has none.
func (k *look) resourceBody(r *resource, w way, id string) {
	if !k.object(notObject) {
		return
	}
	f := k.resource(r, w)
	if k.ended {
		return
	}
	k.declared(r, &f, schemasMissing, schemasWrong, schemaUndeclared)
	for i, name := range r.must {
		if f.must>>i&1 == 0 {
			k.add(requiredMissing, here+name, "")
		}
	}
	if w == creating && r.t.Schema.ID == scim.UserURN && !f.externalID {
		k.add(externalIDMissing, here+"externalId", "")
	}
	if w == replacing && f.idThere && !f.id.empty() && id != "" && string(k.b[f.id.from:f.id.to]) != id {
		k.add(idDiffers, here+"id", k.say(f.id)+", the path has "+quote(id))
	}
	if !f.name.empty() {
		k.sentName = k.name(f.name)
	}
	k.sentActive = f.active
	if k.l.o.EmailNames && r.t.Schema.ID == scim.UserURN && !f.name.empty() && !isAddress(k.name(f.name)) {
		k.add(userNameNoEmail, here+"userName", k.say(f.name))
	}
}

// declared is about schemas and what it has to name.
func (k *look) declared(r *resource, f *facts, missing, wrong, undeclared *Rule) {
	switch {
	case !f.schemas || f.empty:
		k.add(missing, here+"schemas", "want "+quote(r.t.Schema.ID))
	case !f.core:
		k.add(wrong, here+"schemas", "want "+quote(r.t.Schema.ID))
	}
	for i := range r.ext {
		if f.data&^f.named>>i&1 == 1 {
			k.add(undeclared, here+"schemas", "want "+quote(r.ext[i].urn))
		}
	}
}

// resource walks a resource, whose bracket comes next.
func (k *look) resource(r *resource, w way) (f facts) {
	var m members
	for k.next(&m) {
		k.into(m.name)
		k.member(r, w, &f, m.name)
		k.out()
	}
	return f
}

// member reads one member of a resource.
func (k *look) member(r *resource, w way, f *facts, s span) {
	name := k.name(s)
	a, asWritten := r.core.find(name)
	if a == nil {
		i, spelt := r.extension(name)
		if i < 0 {
			k.unknown(r, name)
			return
		}
		if !spelt {
			k.misspeltName(urnCase, s, r.ext[i].urn)
		}
		if k.extensionValue(r, i) && i < 64 {
			f.data |= 1 << i
		}
		return
	}
	if !asWritten {
		k.misspeltName(attributeCase, s, a.Name)
	}
	k.meet(r, a, w, f)
}

func (k *look) misspeltName(r *Rule, s span, want string) {
	if k.answers {
		r = answerCase
	}
	k.add(r, here, "want "+quote(want))
}

// meet reads the value of a core or common attribute and notes what rules about
// the whole resource want to know.
func (k *look) meet(r *resource, a *attribute, w way, f *facts) {
	c := k.peek()
	from := k.pos
	switch {
	case a.role == roleSchemas:
		f.schemas = true
		k.schemas(r, f)
		return
	case a.role == roleID:
		k.metID(w, f)
		return
	case a.role == roleMeta:
		f.meta.there = c == '{'
		if k.answers && c == '{' {
			k.meta(a, f)
		} else {
			k.readOnlySent(w, c)
		}
		return
	case a.secret:
		k.password(c)
		return
	case a.readOnly && !k.answers:
		k.readOnlySent(w, c)
		return
	}
	k.value(a, false, f)
	if k.ended || k.nothing(c, from) {
		return
	}
	f.must |= a.bit
	switch a.role {
	case roleExternalID:
		f.externalID = true
	case roleActive:
		f.active = true
	case roleEmails:
		f.emails = true
	case roleUserName, roleLabel:
		if c == '"' {
			f.name = span{from + 1, k.pos - 1, false}
			f.name.escaped = hasBackslash(k.b[f.name.from:f.name.to])
		}
	}
}

// nothing reports whether the value that begins with c at from, and has been
// read, says nothing: null, "", [] and {} (RFC 7643 §2.5).
func (k *look) nothing(c byte, from int) bool {
	return c == 'n' || k.pos-from == 2 && (c == '"' || c == '[' || c == '{')
}

func hasBackslash(b []byte) bool { return bytes.IndexByte(b, '\\') >= 0 }

// metID reads an id.
func (k *look) metID(w way, f *facts) {
	c := k.peek()
	f.idThere = c != 'n'
	if c != '"' {
		from := k.pos
		k.skip(0)
		if k.answers && !k.ended && f.idThere {
			k.add(idMalformed, here, k.raw(from, k.pos))
			f.id = span{from, k.pos, false}
		}
		return
	}
	f.id = k.string()
	if k.ended {
		return
	}
	switch id := k.b[f.id.from:f.id.to]; {
	case k.answers && (len(id) == 0 || contains(id, "bulkId")):
		k.add(idMalformed, here, k.say(f.id))
	case w == creating && len(id) > 0:
		k.add(readOnlySent, here, "")
	}
}

// readOnlySent passes the value of a readOnly attribute. That a PUT has what a GET
// gave is as it should be, and an empty one says nothing.
func (k *look) readOnlySent(w way, c byte) {
	from := k.pos
	k.skip(0)
	if k.ended || k.nothing(c, from) || k.answers || w == replacing {
		return
	}
	k.add(readOnlySent, here, "")
}

// password passes a password; what it is, is not looked at.
func (k *look) password(c byte) {
	k.skip(0)
	if k.ended || c == 'n' {
		return
	}
	if k.answers {
		k.add(passwordReturned, here, "")
		return
	}
	k.add(passwordSent, here, "")
	if k.profile(IPSIE) {
		k.add(ipsieCredential, here, "")
	}
}

// unknown passes a member that neither the schema nor a common attribute is.
func (k *look) unknown(r *resource, name []byte) {
	if extension := k.foreign && bytes.IndexByte(name, ':') >= 0; !k.answers && !extension {
		if i := r.owner(name); i >= 0 {
			k.add(attributeMisplaced, here, "it belongs into "+quote(r.ext[i].urn))
		} else {
			k.add(attributeUnknown, here, "")
			if k.profile(IPSIE) && isCredential(name) {
				k.add(ipsieCredential, here, "")
			}
		}
	}
	k.skip(0)
}

// isCredential reports whether an attribute of this name is one that IPSIE bans.
func isCredential(name []byte) bool {
	for _, w := range [...]string{"password", "passwd", "secret", "credential", "privatekey", "totp", "otpseed", "hash"} {
		if containsFold(name, w) {
			return true
		}
	}
	return false
}

func contains(b []byte, word string) bool {
	for i := 0; i+len(word) <= len(b); i++ {
		if string(b[i:i+len(word)]) == word {
			return true
		}
	}
	return false
}

func containsFold(b []byte, word string) bool {
	for i := 0; i+len(word) <= len(b); i++ {
		if fold(b[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// extensionValue reads the object of an extension; true if it has attributes.
func (k *look) extensionValue(r *resource, i int) (data bool) {
	c := k.peek()
	if c != '{' {
		k.skip(0)
		if c != 'n' && !k.ended {
			k.wrong("an object", c)
		}
		return false
	}
	var m members
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		a, asWritten := r.ext[i].attrs.find(name)
		switch {
		case a == nil:
			if !k.answers {
				k.add(attributeUnknown, here, "")
			}
			k.skip(0)
		default:
			if !asWritten {
				k.misspeltName(attributeCase, m.name, a.Name)
			}
			from := k.pos
			c := k.peek()
			k.value(a, false, nil)
			data = data || !k.nothing(c, from)
		}
		k.out()
	}
	return data
}
