package scim

// BulkLimits bounds a bulk request; zero fields mean the default.
type BulkLimits struct {
	Operations int // default 1,000
}

// Bulk is a BulkRequest (RFC 7644 §3.7).
type Bulk struct {
	FailOnErrors int // stop after so many errors; 0: never
	Operations   []BulkOperation
}

// BulkOperation is one request in a Bulk.
type BulkOperation struct {
	Method  string // POST, PUT, PATCH or DELETE
	BulkID  string // of a POST, else "" mostly
	Version string // the If-Match of the operation, or ""
	Path    string // "/Users", "/Users/2819"; may hold a bulkId: reference as its last part
	Data    Value

	// Fault says why the operation cannot be done whatever the state is: no
	// bulkId in a POST, no data, an unknown method. The others can. Its
	// answer is this error.
	Fault *Error
}

// BulkStep is one thing to do of a Bulk's plan.
type BulkStep struct {
	Index int // of the operation
	// Partial: some of the references in the data form a circle and are not
	// resolvable yet. The step creates the resource without them.
	Partial bool
	// Complete: the resource that a Partial step created gets what it lacks: a
	// PUT of the same data, all references resolved, to the resource's path.
	Complete bool
}

// ReadBulk reads a BulkRequest. Errors are *Error: 400 invalidSyntax for a body
// that is none, 400 invalidValue for a bulkId that occurs twice, 413 for more
// operations than lim. What is wrong with one operation is its Fault.
func ReadBulk(body Value, lim BulkLimits) (Bulk, error) {
	panic("skeleton")
}

// Plan puts the operations in an order in which references (RFC 7644 §3.7.2)
// are resolvable: that of the request, except that what an operation refers to
// comes before it, and that circles are broken by Partial steps, which
// have their Complete steps after the last of the circle (RFC 7644 §3.7.1).
func (b *Bulk) Plan() []BulkStep {
	panic("skeleton")
}

// Resolve gives the operation's path and data with "bulkId:x" replaced by
// ids["x"]. Of a partial step the values that refer to what is not in ids are
// left out, otherwise they are an error: 409 with the reference, since what it
// means was not created. The operation stays as it is.
func (o *BulkOperation) Resolve(ids map[string]string, partial bool) (path string, data Value, err error) {
	panic("skeleton")
}

// BulkResult is the outcome of one operation.
type BulkResult struct {
	Method, BulkID, Version, Location string // "" is left out
	Status                            int
	Response                          []byte // the JSON of the error or resource, or nil
}

// AppendBulkResponse appends a BulkResponse (RFC 7644 §3.7) to dst. Status is a
// string in it.
func AppendBulkResponse(dst []byte, results []BulkResult) []byte {
	panic("skeleton")
}
