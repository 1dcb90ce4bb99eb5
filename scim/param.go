package scim

// Param is a parameter of a query (RFC 7644 §3.4.2 and §3.9, RFC 9865 §2), which a
// SearchRequest has as a member too. From ParamAttributes on they are for single
// resources as well as for lists.
type Param int

// The parameters.
const (
	ParamFilter Param = iota
	ParamStartIndex
	ParamCount
	ParamSortBy
	ParamSortOrder
	ParamCursor
	ParamAttributes
	ParamExcluded
	Params // how many there are, for tables by Param
)

var paramNames = [Params]string{"filter", "startIndex", "count", "sortBy", "sortOrder", "cursor", "attributes", "excludedAttributes"}

// String is the parameter's name: "excludedAttributes".
func (p Param) String() string { return paramNames[p] }

// ParamOf finds a parameter by its name, which has case; -1 if there is none.
func ParamOf[T string | []byte](name T) Param {
	for p := range paramNames {
		if paramNames[p] == string(name) {
			return Param(p)
		}
	}
	return -1
}
