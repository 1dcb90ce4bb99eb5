package scim

// Search is a SearchRequest (RFC 7644 §3.4.3): the parameters of a query in the
// body of a POST. What the body does not have is zero.
type Search struct {
	Attributes, Excluded      []string
	Filter, SortBy, SortOrder string
	StartIndex, Count         *int    // as sent; beyond the range of int: the end of it
	Cursor                    *string // "" asks for the first page (RFC 9865 §3)
}

// ReadSearch reads the body of a POST to .search. Member names have any case,
// null is as good as missing, and unknown members are ignored. Errors are
// *Error: 400 invalidSyntax for a body that is no SearchRequest, 400
// invalidValue for a member of the wrong type.
func ReadSearch(body Value) (Search, error) {
	panic("skeleton")
}
