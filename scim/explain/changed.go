package explain

import (
	"strings"

	"scimdeck/scim"
)

// changed lists the attributes in which two stored docs differ, in the order of
// the newer one, removed ones last: "title", "name.givenName", "department" of
// an extension. The id, schemas and meta do not count: they follow the rest.
func changed(before, after []byte) []string {
	lim := scim.Limits{Depth: 1000}
	a, errA := scim.Decode(before, lim)
	b, errB := scim.Decode(after, lim)
	if errA != nil || errB != nil {
		return nil
	}
	var list []string
	compare(&list, "", a, b)
	return list
}

func compare(list *[]string, prefix string, a, b scim.Value) {
	visit := func(name string, x, y scim.Value) {
		switch {
		case prefix == "" && (name == "schemas" || name == "id" || name == "meta"):
		case x.Equal(y):
		case strings.Contains(name, ":") && (x.Kind() == scim.Object || y.Kind() == scim.Object): // an extension: its attributes stand for themselves
			compare(list, prefix, x, y)
		case x.Kind() == scim.Object && y.Kind() == scim.Object:
			compare(list, prefix+name+".", x, y)
		default:
			*list = append(*list, prefix+name)
		}
	}
	for name, y := range b.Members() {
		visit(name, a.Get(name), y)
	}
	for name, x := range a.Members() {
		if b.Get(name).Kind() == scim.Absent {
			visit(name, x, scim.Value{})
		}
	}
}
