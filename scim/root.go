package scim

// Requests at the root of the base URL ask all resource types at once (RFC 7644
// §3.4.2.1). The results are parallel to Catalog.Types. An attribute that a
// type does not have counts as having no value there; one that no type has is
// an error.

// ReadFilter is ResourceType.ReadFilter for every type.
func (c *Catalog) ReadFilter(text string, p Policy) ([]*Filter, []Note, error) {
	panic("skeleton")
}

// Sort is ResourceType.Sort for every type.
func (c *Catalog) Sort(by, order string) ([]*Sort, error) {
	panic("skeleton")
}

// Project is ResourceType.Project for every type.
func (c *Catalog) Project(attributes, excluded []string) ([]*Projection, error) {
	panic("skeleton")
}
