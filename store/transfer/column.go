package transfer

import (
	"fmt"
	"slices"
	"strings"

	"scimdeck/scim"
)

// A column's name says which attribute it is:
//
//	userName · name.givenName                          an attribute, a sub-attribute
//	emails[type eq "work"].value · emails.work.value   of one of several values
//	emails.work                                        the value of that one
//	urn:…:enterprise:2.0:User:department               of an extension
//	id                                                 by which others name this one (manager, members)
//
// and what people call the usual ones, in aliases.

// slot is an attribute and the columns that it is made of.
type slot struct {
	ext      *scim.Schema
	attr     *scim.Attribute
	elements []element // of a multi-valued attribute one a value, of any other one
}

// element is a value of an attribute.
type element struct {
	key   string        // what tells it from the others in the header
	base  []scim.Member // that it has anyway: the type
	cells []cell
}

// cell is a column.
type cell struct {
	at  int             // the column, from 0
	sub *scim.Attribute // nil: the attribute itself
}

// aliases are names that people give to columns, without blanks and signs, in small letters.
var aliases = map[string]string{
	"login": "userName", "user": "userName", "userid": "userName", "upn": "userName", "userprincipalname": "userName",
	"email": workEmail, "mail": workEmail, "emailaddress": workEmail, "workemail": workEmail, "primaryemail": workEmail,
	"firstname": "name.givenName", "first": "name.givenName", "givenname": "name.givenName", "forename": "name.givenName",
	"lastname": "name.familyName", "last": "name.familyName", "familyname": "name.familyName", "surname": "name.familyName", "sn": "name.familyName",
	"middlename": "name.middleName", "prefix": "name.honorificPrefix", "suffix": "name.honorificSuffix",
	"fullname": "displayName", "name": "displayName", "enabled": "active", "jobtitle": "title", "language": "preferredLanguage",
	"phone": workPhone, "workphone": workPhone, "telephone": workPhone, "phonenumber": workPhone, "telephonenumber": workPhone,
	"mobile": "phoneNumbers.mobile", "mobilephone": "phoneNumbers.mobile", "cellphone": "phoneNumbers.mobile",
	"street": "addresses.work.streetAddress", "streetaddress": "addresses.work.streetAddress", "city": "addresses.work.locality",
	"state": "addresses.work.region", "zip": "addresses.work.postalCode", "zipcode": "addresses.work.postalCode",
	"postalcode": "addresses.work.postalCode", "country": "addresses.work.country", "countrycode": "addresses.work.country",
	"employeenumber": scim.EnterpriseURN + ":employeeNumber", "employeeid": scim.EnterpriseURN + ":employeeNumber",
	"costcenter": scim.EnterpriseURN + ":costCenter", "organization": scim.EnterpriseURN + ":organization",
	"division": scim.EnterpriseURN + ":division", "department": scim.EnterpriseURN + ":department",
	"manager": scim.EnterpriseURN + ":manager.value", "managerid": scim.EnterpriseURN + ":manager.value",
}

const (
	workEmail = `emails[type eq "work" and primary eq true].value`
	workPhone = "phoneNumbers.work"
)

// columns makes slots of a header. The error names each column that is none, at most the first few.
func columns(t *scim.ResourceType, header []string) ([]slot, error) {
	const most, shown = 1000, 10
	if n := len(header); n > most {
		return nil, &FormatError{Text: fmt.Sprintf("the header of the CSV has %d columns, and at most %d are read", n, most)}
	}
	var slots []slot
	var bad []string
	for i, name := range header {
		name = strings.TrimSpace(name)
		s, e, err := column(t, i, name)
		if err == nil {
			slots, err = add(slots, s, e)
		}
		if err == nil {
			continue
		}
		if len(bad) == shown {
			bad = append(bad, "and others")
			break
		}
		bad = append(bad, fmt.Sprintf("column %d %.60q: %v", i+1, name, err))
	}
	if len(bad) > 0 {
		return nil, &FormatError{Text: "the header of the CSV does not fit; " + strings.Join(bad, "; ")}
	}
	// Those of an extension stand together: see table.resource.
	slices.SortStableFunc(slots, func(a, b slot) int { return strings.Compare(extID(a), extID(b)) })
	return slots, nil
}

func extID(s slot) string {
	if s.ext == nil {
		return ""
	}
	return s.ext.ID
}

// add puts a column into the slot and the element that it belongs to.
func add(slots []slot, s slot, e element) ([]slot, error) {
	i := slices.IndexFunc(slots, func(o slot) bool { return o.ext == s.ext && o.attr == s.attr })
	if i < 0 {
		s.elements = []element{e}
		return append(slots, s), nil
	}
	j := slices.IndexFunc(slots[i].elements, func(o element) bool { return o.key == e.key })
	if j < 0 {
		slots[i].elements = append(slots[i].elements, e)
		return slots, nil
	}
	have := &slots[i].elements[j]
	for _, c := range have.cells {
		if c.sub == e.cells[0].sub {
			return slots, fmt.Errorf("column %d is the same attribute", c.at+1)
		}
	}
	have.cells = append(have.cells, e.cells...)
	return slots, nil
}

// column finds the attribute that a name in the header means.
func column(t *scim.ResourceType, at int, name string) (s slot, e element, err error) {
	if name == "" {
		return s, e, fmt.Errorf("it has no name")
	}
	p, err := scim.ParsePath(name)
	r, ok := scim.Resolved{}, false
	if err == nil {
		r, ok = t.Resolve(p.URN, p.Attr, p.Sub)
	}
	usable := ok && r.Attr != nil && (r.Sub != nil || r.Attr.Type != scim.TypeComplex || r.Attr.Multi)
	if !usable {
		plain := strings.NewReplacer(" ", "", "_", "", "-", "", ".", "").Replace(strings.ToLower(name))
		if alias := aliases[plain]; alias != "" && alias != name {
			return column(t, at, alias)
		}
		if typed, ok := ofType(t, name); ok {
			return column(t, at, typed)
		}
	}
	switch {
	case err != nil && strings.ContainsRune(name, '['):
		return s, e, err
	case !ok:
		return s, e, unknown(t, name, p)
	case !usable:
		return s, e, fmt.Errorf("it has several parts: name one, such as %s.%s", name, first(r))
	case r.Attr.Name == "schemas" || r.Attr.Mutability == "readOnly" && r.Attr.Name != "id":
		return s, e, fmt.Errorf("%s is not for clients to set: take the column out", r)
	case p.Filter != nil && !r.Attr.Multi:
		return s, e, fmt.Errorf("%s has one value at most, so a filter has nothing to choose from", r.Attr.Name)
	case p.Filter != nil && r.Attr.Type != scim.TypeComplex:
		return s, e, fmt.Errorf("the values of %s have no parts to choose by", r.Attr.Name)
	}
	s = slot{ext: r.Ext, attr: r.Attr}
	if r.Attr.Multi && r.Attr.Type == scim.TypeComplex && r.Sub == nil {
		r.Sub = r.Attr.SubAttribute("value")
		if r.Sub == nil {
			return s, e, fmt.Errorf("it has several parts: name one")
		}
	}
	e.cells = []cell{{at, r.Sub}}
	if p.Filter != nil {
		e.key = p.Filter.String()
		e.base, err = equalities(r.Attr, p.Filter, r.Sub)
	}
	return s, e, err
}

// unknown is the error for a name that is no attribute, with the one that is meant if that can be told.
func unknown(t *scim.ResourceType, name string, p scim.Path) error {
	if p.Attr == "" { // not even the form of one
		p = scim.Path{Attr: name}
	}
	p.Filter = nil
	var best string
	for i := -1; i < len(t.Extensions) && !strings.Contains(best, "did you mean"); i++ {
		if i >= 0 {
			if p.URN != "" && i > 0 {
				break
			}
			p.URN = t.Extensions[i].Schema.ID
		}
		_, err := t.Compile(&scim.Present{Path: p})
		if e, ok := err.(*scim.Error); ok && (best == "" || strings.Contains(e.Detail, "did you mean")) {
			best = e.Detail
		}
	}
	if at := strings.Index(best, "; did you mean"); at >= 0 {
		best = best[at+2:]
	} else {
		best = "take the column out, or name it as an attribute is"
	}
	return fmt.Errorf("a %s has no such attribute; %s", t.Name, best)
}

// first names a part of an attribute, for an example.
func first(r scim.Resolved) string {
	if r.Attr == nil || len(r.Attr.Sub) == 0 {
		return "value"
	}
	return r.Attr.Sub[0].Name
}

// ofType writes emails.work and emails.work.display with a filter.
func ofType(t *scim.ResourceType, name string) (path string, ok bool) {
	urn := name[:strings.LastIndexByte(name, ':')+1]
	parts := strings.Split(name[len(urn):], ".")
	if len(parts) < 2 || len(parts) > 3 {
		return "", false
	}
	r, ok := t.Resolve(strings.TrimSuffix(urn, ":"), parts[0], "")
	if !ok || r.Attr == nil || !r.Attr.Multi || r.Attr.SubAttribute("type") == nil || r.Attr.SubAttribute(parts[1]) != nil {
		return "", false
	}
	sub := "value"
	if len(parts) == 3 {
		sub = parts[2]
	}
	if r.Attr.SubAttribute(sub) == nil {
		return "", false
	}
	return fmt.Sprintf("%s%s[type eq %s].%s", urn, parts[0], scim.StringOf(parts[1]), sub), true
}

// equalities makes the members that a filter asks for, beside the column's own.
func equalities(a *scim.Attribute, x scim.Expr, own *scim.Attribute) (base []scim.Member, err error) {
	terms := []scim.Expr{x}
	if and, ok := x.(*scim.And); ok {
		terms = and.Terms
	}
	for _, term := range terms {
		c, ok := term.(*scim.Compare)
		if !ok || c.Op != scim.Eq {
			return nil, fmt.Errorf("only eq and and can say which value it is")
		}
		sub := a.SubAttribute(c.Path.Attr)
		if sub == nil {
			return nil, fmt.Errorf("%s has no %q", a.Name, c.Path.Attr)
		}
		if sub == own || slices.ContainsFunc(base, func(m scim.Member) bool { return m.Name == sub.Name }) {
			return nil, fmt.Errorf("%s is said twice", sub.Name)
		}
		base = append(base, scim.Member{Name: sub.Name, Value: c.Value})
	}
	return base, nil
}

// value makes the attribute's value of a row; Absent when its cells are empty.
func (s *slot) value(row []string) scim.Value {
	var list []scim.Value
	for i := range s.elements {
		e := &s.elements[i]
		members := slices.Clone(e.base)
		empty := true
		for _, c := range e.cells {
			text := ""
			if c.at < len(row) {
				text = row[c.at]
			}
			switch {
			case text == "":
			case c.sub == nil:
				list = append(list, typedText(s.attr, text))
			default:
				empty = false
				members = append(members, scim.Member{Name: c.sub.Name, Value: typedText(c.sub, text)})
			}
		}
		if !empty {
			list = append(list, scim.ObjectOf(members...))
		}
	}
	switch {
	case len(list) == 0:
		return scim.Value{}
	case s.attr.Multi:
		return scim.ArrayOf(list...)
	}
	return list[0]
}

// typedText makes a value of a cell's text as the attribute wants it. What does
// not fit stays text: the schema's refusal says it best.
func typedText(a *scim.Attribute, text string) scim.Value {
	switch a.Type {
	case scim.TypeBoolean:
		switch strings.ToLower(text) {
		case "true", "yes", "y", "1":
			return scim.BoolOf(true)
		case "false", "no", "n", "0":
			return scim.BoolOf(false)
		}
	case scim.TypeInteger, scim.TypeDecimal:
		if v, err := scim.Decode([]byte(text), scim.Limits{}); err == nil && v.Kind() == scim.Number {
			return v
		}
	}
	return scim.StringOf(text)
}
