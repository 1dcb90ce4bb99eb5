package find

import (
	"strings"

	"scimdeck/store"
)

// About picks the rows that are about one resource, in their order: those that
// touched it, and those that looked for it by a name that it has, or had in one of
// the others. Bulk requests are among them whoever they were about: their rows do
// not say. names are those it is known by besides; of other resources of the same
// name there is no telling in a search.
func About(rows []*store.Row, resourceType, id string, names ...string) []*store.Row {
	known := map[string]bool{}
	for _, name := range names {
		known[strings.ToLower(name)] = true
	}
	for _, row := range rows {
		if row.ID == id && row.Name != "" {
			known[strings.ToLower(row.Name)] = true
		}
	}
	delete(known, "")
	var about []*store.Row
	for _, row := range rows {
		switch {
		case row.ID == id && (row.Type == resourceType || row.Type == ""):
		case row.Op == "bulk":
		case row.ID == "" && row.Type == resourceType && known[strings.ToLower(row.Name)]:
		default:
			continue
		}
		about = append(about, row)
	}
	return about
}
