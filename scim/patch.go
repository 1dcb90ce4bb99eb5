package scim

import "strings"

// Patch is a parsed PATCH request (RFC 7644 §3.5.2), checked against a
// resource type as far as that is possible without the resource: paths lead
// somewhere, values have their types, nothing readOnly is written. It can be
// applied to any number of resources, at the same time too.
type Patch struct {
	t     *ResourceType
	edits []edit
	id    string // what a value without path says of id, "" if nothing
	idOp  int    // the number of that operation
}

// ReadPatch parses the body of a PATCH. Errors are *Error: 400 invalidSyntax
// for a body that is no PatchOp message, else invalidPath, invalidFilter,
// invalidValue, mutability or noTarget, with the number of the operation.
//
// The names of the message's members are read in any case. Beyond the RFC it
// takes what Leniencies lists: an op with capitals, keys of a value without
// path that are paths ("name.givenName", "urn:…:User:department"), the values
// to remove in value, and what a client echoes: meta, groups and other
// readOnly attributes are ignored with a Note in a value without path, where
// with a path they are 400 mutability. An id is accepted there too; see CheckID.
func (t *ResourceType) ReadPatch(body Value, p Policy) (*Patch, []Note, error) {
	if body.kind != Object {
		return nil, nil, Errorf(400, InvalidSyntax, "the body: want a JSON object, got %s", body.describe())
	}
	if err := checkMessage(body.Fold("schemas"), PatchURN); err != nil {
		return nil, nil, err
	}
	ops := body.Fold("Operations")
	if ops.kind != Array || len(ops.kids) == 0 {
		return nil, nil, Errorf(400, InvalidSyntax, "Operations: want an array of one operation or more, got %s", describeList(ops))
	}
	r := patchReader{reader: reader{t: t, policy: p.effective()}, patch: &Patch{t: t}}
	for i := range ops.kids {
		r.number = i + 1
		if err := r.operation(ops.kids[i].Value); err != nil {
			return nil, r.notes, inOperation(r.number, err)
		}
	}
	return r.patch, r.notes, nil
}

// CheckID reports 400 mutability when a value without path names another id
// than the resource's: ids do not change. The same id is accepted, since Okta
// sends it along when it renames a group.
func (p *Patch) CheckID(id string) error {
	if p.id == "" || p.id == id {
		return nil
	}
	return Errorf(400, Mutability, "operation %d: id is readOnly: it is %q and cannot become %s", p.idOp, id, quote(p.id))
}

// checkMessage checks the schemas of a message (RFC 7644 §8.2).
func checkMessage(v Value, urn string) error {
	if v.kind <= Null || v.kind == Array && len(v.kids) == 0 {
		return Errorf(400, InvalidSyntax, `schemas is missing: add "schemas":[%q]`, urn)
	}
	for i := range v.kids {
		if e := v.kids[i].Value; v.kind == Array && e.kind == String && sameName(e.text, urn) {
			return nil
		}
	}
	return Errorf(400, InvalidSyntax, "schemas: want [%q], got %s", urn, quote(v.String()))
}

func describeList(v Value) string {
	if v.kind == Array && len(v.kids) == 0 {
		return "an empty one"
	}
	return v.describe()
}

// inOperation adds an operation's number to an error's detail.
func inOperation(number int, err error) error {
	if e, ok := err.(*Error); ok {
		return Errorf(e.Status, e.Type, "operation %d: %s", number, e.Detail)
	}
	return err
}

// verb is what an operation wants.
type verb uint8

const (
	add verb = iota
	remove
	replace
)

var verbs = [...]string{"add", "remove", "replace"}

// patchReader turns operations into edits.
type patchReader struct {
	reader
	patch  *Patch
	number int // of the operation, from 1
}

// target is what one edit is aimed at.
type target struct {
	verb verb
	path string // as the client spelt it; "" for a key of a value without path
	key  string // that key, if it is a path
	Resolved
	filter Expr
}

// where is the target's attribute, for error texts.
func (g target) where() where {
	p := at(g.Ext, "")
	if g.Attr != nil {
		p.attr = g.Attr.Name
	}
	if g.Sub != nil {
		p.sub = g.Sub.Name
	}
	return p
}

func (r *patchReader) operation(op Value) error {
	if op.kind != Object {
		return Errorf(400, InvalidSyntax, "want an object with op, path and value, got %s", op.describe())
	}
	v, err := r.verb(op.Fold("op"))
	if err != nil {
		return err
	}
	path, value := op.Fold("path"), op.Fold("value")
	switch {
	case path.kind == String:
		return r.pathed(v, path.text, value)
	case path.kind > Null:
		return Errorf(400, InvalidPath, "path: want a string, got %s", path.describe())
	case r.policy.Mode == Interop:
		return Errorf(400, InvalidSyntax, "%s needs a path (interoperability profile §6.5.1.1)", verbs[v])
	case v == remove:
		return Errorf(400, NoTarget, "remove needs a path that says what to remove")
	case value.kind != Object:
		return Errorf(400, InvalidValue, "%s without a path: want an object of attributes as value, got %s", verbs[v], value.describe())
	}
	return r.pathless(v, value)
}

func (r *patchReader) verb(op Value) (verb, error) {
	for i, name := range verbs {
		if op.kind != String || !sameName(op.text, name) {
			continue
		}
		if op.text != name {
			return verb(i), r.allow(opCase, "op", quote(op.text))
		}
		return verb(i), nil
	}
	return 0, Errorf(400, InvalidSyntax, `op: want "add", "remove" or "replace", got %s`, op.describe())
}

// pathed reads an operation with a path.
func (r *patchReader) pathed(v verb, path string, value Value) error {
	p, err := ParsePath(path)
	if err != nil {
		return Errorf(400, InvalidPath, "path %s: %v", quote(path), err)
	}
	res, ok := r.t.Resolve(p.URN, p.Attr, p.Sub)
	if !ok {
		scimType := InvalidPath
		if r.policy.Mode == Interop {
			scimType = InvalidSyntax
		}
		return Errorf(400, scimType, "path %s: %s", quote(path), r.t.unknown(p).Detail)
	}
	g := target{verb: v, path: path, Resolved: res, filter: p.Filter}
	if err := r.booleans(&g); err != nil {
		return err
	}
	return r.aim(g, value)
}

// booleans reads the strings in the target's filter that stand for booleans.
func (r *patchReader) booleans(g *target) error {
	if g.filter == nil || g.Attr == nil {
		return nil
	}
	filter, text := booleans(g.Attr, g.filter)
	if text == "" {
		return nil
	}
	g.filter = filter
	return r.allow(filterBoolean, "path", quote(text))
}

// pathless reads the attributes of a value without a path.
func (r *patchReader) pathless(v verb, value Value) error {
	for i := range value.kids {
		m := &value.kids[i]
		if sameName(m.Name, r.t.Schema.ID) && m.Value.kind == Object {
			err := r.allow(urnKey, "value", quote(m.Name))
			if err == nil {
				err = r.pathless(v, m.Value)
			}
			if err != nil {
				return err
			}
			continue
		}
		g, known, err := r.key(v, m.Name)
		if err != nil {
			return err
		}
		if known {
			if err := r.aim(g, m.Value); err != nil {
				return err
			}
		} else if err := r.unknownMember(nil, m); err != nil {
			return err
		}
	}
	return nil
}

// key finds what a member name of a value without path means: an attribute,
// an extension, or a path.
func (r *patchReader) key(v verb, name string) (g target, known bool, err error) {
	g.verb = v
	if g.Attr = r.t.attribute(name); g.Attr != nil {
		return g, true, nil
	}
	if g.Ext = r.t.extension(name); g.Ext != nil {
		return g, true, nil
	}
	if !strings.ContainsAny(name, ".:[") {
		return g, false, nil
	}
	p, err := ParsePath(name)
	if err != nil {
		return g, false, nil // any other name
	}
	g.filter, g.key = p.Filter, name
	if g.Resolved, known = r.t.Resolve(p.URN, p.Attr, p.Sub); !known {
		return g, false, nil
	}
	l := dottedKey
	switch {
	case p.Filter != nil:
		l = filterKey
	case p.URN != "":
		l = urnKey
	}
	if err := r.allow(l, "value", quote(name)); err != nil {
		return g, true, err
	}
	return g, true, r.booleans(&g)
}

// unknownMember treats a member that no schema knows, by policy.
func (r *patchReader) unknownMember(ext *Schema, m *Member) error {
	v, err := r.unknown(at(ext, m.Name), m.Value)
	if err != nil || v.kind == Absent {
		return err
	}
	if v.kind == Null {
		v = Value{}
	}
	r.edit(edit{ext: ext, name: m.Name, action: assign, value: v})
	return nil
}

func (r *patchReader) edit(e edit) {
	e.number = r.number
	r.patch.edits = append(r.patch.edits, e)
}
