package scim

// Expr is a filter expression (RFC 7644 §3.4.2.2): *And, *Or, *Not, *Compare,
// *Present or *Has. Its String parses back to an equal Expr.
type Expr interface {
	String() string
	isExpr()
}

// Path names an attribute (RFC 7644 §3.10): [urn:]attr[filter][.sub]. Filter is only in PATCH paths.
type Path struct {
	URN    string
	Attr   string
	Filter Expr
	Sub    string
}

// SyntaxError is a fault in a filter or path.
type SyntaxError struct {
	Offset int    // in bytes from the start of the input
	Msg    string // what is wrong, with what was expected
	Hint   string // the way out, when the intent is guessable; else ""
}

func (e *SyntaxError) Error() string { panic("skeleton") }

// ParseFilter parses a filter. The error is a *SyntaxError.
func ParseFilter(s string) (Expr, error) { panic("skeleton") }

// ParsePath parses a PATCH path. The error is a *SyntaxError.
func ParsePath(s string) (Path, error) { panic("skeleton") }

// Filter is an Expr bound to a resource type: names resolved, values typed,
// ready to be matched against stored docs without decoding them.
type Filter struct{}

// Compile binds e to t. Errors are *Error with 400 invalidFilter.
func (t *ResourceType) Compile(e Expr) (*Filter, error) { panic("skeleton") }

// Match reports whether a stored doc (AppendDoc) matches. It allocates nothing in the common case.
func (f *Filter) Match(doc []byte) bool { panic("skeleton") }

// Equal lists equalities that every match of f fulfils (the eq conjuncts on
// single paths), in the form of IndexValues, so that a store can answer from an
// index and let Match decide.
func (f *Filter) Equal() []IndexValue { panic("skeleton") }

// String gives the filter in its canonical form.
func (f *Filter) String() string { panic("skeleton") }
