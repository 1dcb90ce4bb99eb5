package scim

import "slices"

// Mode is how a server treats what the RFCs forbid but clients send.
type Mode uint8

const (
	// Lenient accepts every row of Leniencies, with a Note each time.
	Lenient Mode = iota
	// Strict refuses each with the RFC's error, and an add by a value path that
	// nothing matches with 400 noTarget.
	Strict
	// Interop is Strict and the provider's side of the SCIM interoperability
	// profile (draft-zollner-scim-interop-profile-01): unknown attributes and
	// schema URIs are 400 invalidSyntax whatever Policy.Unknown says, in a
	// PATCH too; every PATCH operation needs a path (400 invalidSyntax); add
	// and replace by a value path need a sub-attribute after it (400
	// invalidPath); replace of a single complex attribute replaces it as a
	// whole, where RFC 7644 §3.5.2.3 keeps the sub-attributes that were not
	// sent; and a type that canonicalValues does not list is 400 invalidValue.
	Interop
)

// Leniency is one thing that clients send, that an RFC forbids, and that
// Lenient takes for what is meant by it.
type Leniency struct {
	ID      string // stable: "boolean-string"; every Note of its use ends with it in brackets
	Clients string // who is known to send it
	What    string // what is sent, and what it is taken for
	Section string // "RFC 7643 §2.3.2"
	Type    string // the scimType of the refusal under Strict and Interop

	note, want string // of what came, for the Note and for the refusal
}

// Leniencies lists all of them, for documentation.
func Leniencies() []Leniency { return slices.Clone(leniencies[:]) }

// leniency is the place of a row in leniencies.
type leniency uint8

const (
	opCase leniency = iota
	booleanString
	filterBoolean
	filterCondition
	dottedKey
	urnKey
	filterKey
	removeValue
	entraGroup
	unknownSchema
	oldSchema
	undeclared
	loneObject
	arrayOfOne
	complexString
	readOnlyEcho
)

const (
	entra     = "Microsoft Entra ID"
	oneLogin  = "OneLogin"
	templates = "hand-written requests"
)

var leniencies = [...]Leniency{
	opCase: {
		ID: "op-case", Clients: entra, Section: "RFC 7644 §3.5.2", Type: InvalidSyntax,
		What: `an op with capitals, "Add", "Replace", "Remove": the one in lower case`,
		note: "%s was read in lower case", want: `want "add", "remove" or "replace" in lower case, got %s`,
	},
	booleanString: {
		ID: "boolean-string", Clients: entra + ", Keycloak", Section: "RFC 7643 §2.3.2", Type: InvalidValue,
		What: `"True" or "false" in quotes, in any case: the boolean`,
		note: "the string %s was read as a boolean", want: "want a boolean, got %s",
	},
	filterBoolean: {
		ID: "filter-boolean-string", Clients: entra, Section: "RFC 7644 §3.4.2.2", Type: InvalidFilter,
		What: `roles[primary eq "True"].value as a PATCH path: a comparison with the boolean`,
		note: "the string %s in the filter was read as a boolean", want: "the filter compares a boolean with %s: want true or false, without quotes",
	},
	filterCondition: {
		ID: "value-path-condition", Clients: entra, Section: "RFC 7644 §3.4.2.2, Figure 1", Type: InvalidFilter,
		What: `emails[type eq "work"].value eq "x" as a filter: emails[type eq "work" and value eq "x"]`,
		note: "the condition after %s was read as one inside of it", want: "no condition can follow %s: put it inside, joined with and",
	},
	dottedKey: {
		ID: "dotted-key", Clients: entra + " (aadOptscim062020)", Section: "RFC 7644 §3.5.2.1, §3.5.2.3", Type: InvalidSyntax,
		What: `"name.givenName" as a key of a value without path: the sub-attribute`,
		note: "the key %s was read as a path", want: "%s is no attribute: nest the sub-attribute in its attribute, or give it as the path",
	},
	urnKey: {
		ID: "urn-key", Clients: entra + " (aadOptscim062020)", Section: "RFC 7644 §3.5.2.1, §3.5.2.3", Type: InvalidSyntax,
		What: `"urn:…:User:employeeNumber" as a key of a value without path: the attribute of the schema`,
		note: "the key %s was read as a path", want: "%s is no attribute: nest an extension's attributes in its URN, or give it as the path",
	},
	filterKey: {
		ID: "filter-key", Clients: entra, Section: "RFC 7644 §3.5.2.1, §3.5.2.3", Type: InvalidSyntax,
		What: `"emails[type eq \"work\"].value" as a key of a value without path: the path`,
		note: "the key %s was read as a path", want: "%s is no attribute: give it as the path",
	},
	removeValue: {
		ID: "remove-value", Clients: entra + ", JumpCloud", Section: "RFC 7644 §3.5.2.2", Type: InvalidValue,
		What: "a remove that names values of a multi-valued attribute in value: only those are removed",
		note: "remove took the values to remove from value, %s", want: `remove takes no value, got %s: name what to remove in the path, members[value eq "…"]`,
	},
	entraGroup: {
		ID: "entra-group-schema", Clients: entra, Section: "RFC 7643 §3", Type: InvalidSyntax,
		What: "Microsoft's own group schema beside the Group's: it is ignored",
		note: "Microsoft's schema %s was ignored", want: "the schema %s is unknown here",
	},
	unknownSchema: {
		ID: "unknown-schema", Clients: templates, Section: "RFC 7643 §3", Type: InvalidSyntax,
		What: "a schema URN that the resource type does not have: it is ignored",
		note: "the unknown schema %s was ignored", want: "the schema %s is unknown here",
	},
	oldSchema: {
		ID: "old-schema", Clients: oneLogin, Section: "RFC 7643 §3, §10.2", Type: InvalidSyntax,
		What: "urn:scim:schemas:core:1.0, urn:scim:schemas:core:2.0 and the like, of SCIM 1.1 and of drafts: today's schema",
		note: "the old schema %s was read as today's", want: "the schema %s is of an older SCIM",
	},
	undeclared: {
		ID: "undeclared-extension", Clients: templates, Section: "RFC 7643 §3", Type: InvalidValue,
		What: "attributes of an extension that schemas does not name: it is added",
		note: "schemas does not name %s, which has attributes here; it was added", want: "%s has attributes here: name it",
	},
	loneObject: {
		ID: "lone-object", Clients: oneLogin, Section: "RFC 7643 §2.4", Type: InvalidValue,
		What: "one object for a multi-valued attribute in a whole resource: an array of it",
		note: "%s was read as an array of one", want: "want an array, got %s",
	},
	arrayOfOne: {
		ID: "array-of-one", Clients: entra, Section: "RFC 7643 §2.3.8", Type: InvalidValue,
		What: "an array of one object for a single complex value in a PATCH (manager): the object",
		note: "%s of one was read as what is in it", want: "want an object, got %s",
	},
	complexString: {
		ID: "complex-string", Clients: entra, Section: "RFC 7643 §2.3.8", Type: InvalidValue,
		What: "a string for a complex value in a PATCH (manager): its value sub-attribute",
		note: "the string %s was read as its value sub-attribute", want: "want an object, got %s",
	},
	readOnlyEcho: {
		ID: "read-only-echo", Clients: "clients that send back what they got", Section: "RFC 7644 §3.5.2", Type: Mutability,
		What: "meta, groups and other readOnly attributes in a PATCH value: they are ignored",
		note: "%s was ignored: it is readOnly", want: "%s is readOnly",
	},
}

// allow lets a leniency pass with a note, or refuses it. place is where it was
// met, got what came.
func (r *reader) allow(l leniency, place, got any) error {
	row := &leniencies[l]
	if r.policy.Mode == Lenient {
		r.note("%v: "+row.note+" [%s]", place, got, row.ID)
		return nil
	}
	return Errorf(400, row.Type, "%v: "+row.want+" (%s)", place, got, row.Section)
}

// booleans reads strings that are compared with the boolean sub-attributes of
// attr as booleans; x stays as it is. text is the last such string, "" if there is none.
func booleans(attr *Attribute, x Expr) (_ Expr, text string) {
	each := func(terms []Expr) []Expr {
		list := slices.Clone(terms)
		for i := range list {
			var found string
			if list[i], found = booleans(attr, list[i]); found != "" {
				text = found
			}
		}
		return list
	}
	switch x := x.(type) {
	case *And:
		return &And{each(x.Terms)}, text
	case *Or:
		return &Or{each(x.Terms)}, text
	case *Not:
		inner, found := booleans(attr, x.X)
		return &Not{inner}, found
	case *Compare:
		sub := attr.SubAttribute(x.Path.Attr)
		if sub == nil || sub.Type != TypeBoolean || x.Value.kind != String {
			return x, ""
		}
		if b, ok := booleanText(x.Value.text); ok {
			return &Compare{x.Path, x.Op, BoolOf(b)}, x.Value.text
		}
	}
	return x, ""
}

// booleanText reads "True", "FALSE" and the like.
func booleanText(s string) (value, ok bool) {
	return sameName(s, "true"), sameName(s, "true") || sameName(s, "false")
}

// The schemas that older clients mean by others (RFC 7643 §10.2 has today's).
const (
	entraGroupURN    = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
	oldCoreURN1      = "urn:scim:schemas:core:1.0"
	oldCoreURN2      = "urn:scim:schemas:core:2.0"
	oldEnterpriseURN = "urn:scim:schemas:extension:enterprise:"
)

// oldURN finds the schema of t that an older client means by urn: nil if none.
func (t *ResourceType) oldURN(urn string) *Schema {
	if t.Schema.ID != UserURN && t.Schema.ID != GroupURN {
		return nil
	}
	for _, old := range []string{oldCoreURN1, oldCoreURN2} {
		if sameName(urn, old) || sameName(urn, old+":"+t.Name) {
			return t.Schema
		}
	}
	for _, version := range []string{"1.0", "2.0", "2.0:User"} {
		if sameName(urn, oldEnterpriseURN+version) {
			return t.extension(EnterpriseURN)
		}
	}
	return nil
}

// ReadFilter parses and binds the filter of a request under a Policy. Errors
// are *Error with 400 invalidFilter; what is about a place in text wraps a *SyntaxError.
func (t *ResourceType) ReadFilter(text string, p Policy) (*Filter, []Note, error) {
	expr, notes, err := readExpr(text, p)
	if err != nil {
		return nil, notes, err
	}
	f, err := t.Compile(expr)
	return f, notes, located(err, expr, text, false)
}

// readExpr parses a filter under a Policy.
func readExpr(text string, p Policy) (Expr, []Note, error) {
	r := reader{policy: p}
	expr, moved, err := parseFilter(text)
	if fault, ok := err.(*SyntaxError); ok {
		return nil, nil, (&Error{Status: 400, Type: InvalidFilter}).at(fault)
	}
	if moved != "" {
		err = r.allow(filterCondition, "filter", quote(moved))
	}
	return expr, r.notes, err
}
