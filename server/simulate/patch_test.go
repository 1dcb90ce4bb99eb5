package simulate

import (
	"maps"
	"slices"
	"strings"
)

// operation is one of a PATCH: what is sent, and what it does.
type operation struct {
	send       object
	unreadable *result // what is wrong with it whatever the resource is
	do         func(m *model, d *draft) *result
}

// set gives an attribute a value; nil takes it away.
func (d *draft) set(name string, v any) *result {
	if v == nil {
		delete(d.attrs, name)
	} else {
		d.attrs[name] = v
	}
	return nil
}

// setIn sets members of a complex attribute; the others stay. One without any is gone.
func (d *draft) setIn(name string, changes object) *result {
	o, _ := d.attrs[name].(object)
	if o = merged(o, changes); len(o) == 0 {
		return d.set(name, nil)
	}
	return d.set(name, o)
}

func merged(o, changes object) object {
	o = maps.Clone(o)
	if o == nil {
		o = object{}
	}
	for name, v := range changes {
		if v == nil {
			delete(o, name)
		} else {
			o[name] = v
		}
	}
	return o
}

// setEnterprise sets attributes of the extension; a manager is merged.
func (d *draft) setEnterprise(changes object) *result {
	changes = maps.Clone(changes)
	if sub, ok := changes["manager"].(object); ok {
		old, _ := d.attrs[enterpriseURN].(object)
		manager, _ := old["manager"].(object)
		changes["manager"] = merged(manager, sub)
	}
	return d.setIn(enterpriseURN, changes)
}

func (d *draft) elements(name string) []any {
	list, _ := d.attrs[name].([]any)
	return slices.Clone(list)
}

func (d *draft) setElements(name string, list []any) *result {
	if len(list) == 0 {
		return d.set(name, nil)
	}
	return d.set(name, list)
}

// addTo adds values to those that are there. One that is there gets what the
// new one says of it; without a type it means a value of any type.
func (d *draft) addTo(name string, values []any) *result {
	list := d.elements(name)
	primary := -1
	for _, v := range values {
		o, complex := v.(object)
		i := slices.IndexFunc(list, func(x any) bool { return same(x, v) })
		if i < 0 && complex && o["type"] == nil && o["value"] != nil {
			i = slices.IndexFunc(list, func(x any) bool { return x.(object)["value"] == o["value"] })
		}
		if i < 0 {
			i = len(list)
			list = append(list, v)
		} else if complex {
			list[i] = merged(list[i].(object), o)
		}
		if complex && o["primary"] == true {
			primary = i
		}
	}
	onlyPrimary(list, primary)
	return d.setElements(name, list)
}

// onlyPrimary takes the mark from all but one, if one was given it.
func onlyPrimary(list []any, primary int) {
	for i := range list {
		if o, ok := list[i].(object); ok && primary >= 0 && i != primary && o["primary"] == true {
			list[i] = merged(o, object{"primary": false})
		}
	}
}

// setWhere sets members of the elements that match. If none does, what is made
// is added, and without that there is no target.
func (d *draft) setWhere(name string, match func(object) bool, changes, made object) *result {
	list := d.elements(name)
	var hits []int
	for i := range list {
		if match(list[i].(object)) {
			hits = append(hits, i)
		}
	}
	if hits == nil {
		if made == nil {
			return refused(400, "noTarget")
		}
		list = append(list, made)
		hits = []int{len(list) - 1}
	}
	primary := -1
	for _, i := range hits {
		list[i] = merged(list[i].(object), changes)
		if changes["primary"] == true && primary >= 0 {
			return badValue
		}
		if list[i].(object)["primary"] == true && (changes["primary"] == true || made != nil && i == len(list)-1) {
			primary = i
		}
	}
	onlyPrimary(list, primary)
	return d.setElements(name, withoutTwins(list))
}

// withoutTwins leaves out what is empty or the same value as one before it. A
// primary one takes that one's place.
func withoutTwins(list []any) (out []any) {
	for _, e := range list {
		o := e.(object)
		i := slices.IndexFunc(out, func(x any) bool { return same(x, e) })
		switch {
		case len(o) == 0:
		case i < 0:
			out = append(out, e)
		case o["primary"] == true:
			out[i] = e
		}
	}
	return out
}

// takeWhere takes away the elements that match.
func (d *draft) takeWhere(name string, match func(any) bool) *result {
	return d.setElements(name, slices.DeleteFunc(d.elements(name), match))
}

// unset takes sub-attributes away from the elements that match.
func (d *draft) unsetWhere(name string, match func(object) bool, sub string) *result {
	list := d.elements(name)
	hit := false
	for i := range list {
		if match(list[i].(object)) {
			list[i], hit = merged(list[i].(object), object{sub: nil}), true
		}
	}
	if !hit {
		return nil
	}
	return d.setElements(name, withoutTwins(list))
}

// ofType matches the elements of a type.
func ofType(typ string) func(object) bool {
	return func(o object) bool {
		s, ok := o["type"].(string)
		return ok && strings.EqualFold(s, typ)
	}
}
