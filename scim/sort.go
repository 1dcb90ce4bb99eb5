package scim

// Sort puts resources in order (RFC 7644 §3.4.2.3). The nil Sort means no
// order: all keys are alike. It can be used by several goroutines at once.
type Sort struct {
	place      bound
	descending bool
}

// Sort makes the order of a request's sortBy and sortOrder. An empty by is no
// order, nil. by is an attribute or sub-attribute in any case, with or without
// a URN; a multi-valued complex attribute stands for its value. order is
// "ascending", the default, or "descending", in any case. Errors are *Error:
// 400 invalidPath for a by that cannot be sorted by, 400 invalidValue for
// another order.
func (t *ResourceType) Sort(by, order string) (*Sort, error) {
	panic("skeleton")
}

// Key appends the sort key of a stored doc to dst: bytes.Compare of two keys is
// the order of the resources, descending too, and keys are equal exactly when
// the values are. What has equal keys should stay in the store's own order.
//
// Texts are compared by code point, folded unless the attribute is
// caseExact; dateTimes chronologically; numbers exactly; false before true. Of
// several values the primary one counts, else the first. Resources without a
// value are last in ascending order and first in descending order.
func (s *Sort) Key(dst, doc []byte) []byte {
	panic("skeleton")
}

// String is the canonical form, "name.familyName descending", "" for nil.
func (s *Sort) String() string {
	panic("skeleton")
}
