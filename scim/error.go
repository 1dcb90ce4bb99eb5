package scim

import (
	"fmt"
	"strconv"
)

// The scimType keywords of RFC 7644 §3.12, table 9. An Error whose Type is
// empty has none: most statuses other than 400 and 409 do not.
const (
	InvalidFilter = "invalidFilter"
	TooMany       = "tooMany"
	Uniqueness    = "uniqueness"
	Mutability    = "mutability"
	InvalidSyntax = "invalidSyntax"
	InvalidPath   = "invalidPath"
	NoTarget      = "noTarget"
	InvalidValue  = "invalidValue"
	InvalidVers   = "invalidVers"
	Sensitive     = "sensitive"

	// Of RFC 9865 §2.1, with status 400.
	InvalidCursor = "invalidCursor"
	ExpiredCursor = "expiredCursor"
	InvalidCount  = "invalidCount"
)

// Error is the one vocabulary for what a client may see (RFC 7644 §3.12).
// Any other error that reaches the server becomes a 500 without detail and is
// logged whole.
type Error struct {
	Status int    // the HTTP status, 400 to 599
	Type   string // a scimType keyword, or ""
	Detail string // a sentence for people: what is wrong, where, and the way out

	about Expr         // of binding a filter: the condition that it is about
	place *SyntaxError // of a filter or path: where
}

// Errorf makes an Error. The detail is lower case, without a full stop, and
// quotes input with %q.
func Errorf(status int, scimType, format string, args ...any) *Error {
	return &Error{Status: status, Type: scimType, Detail: fmt.Sprintf(format, args...)}
}

// Unwrap gives the place of a fault in a filter or path, a *SyntaxError, if that
// is what it is: nil else.
func (e *Error) Unwrap() error {
	if e.place == nil {
		return nil
	}
	return e.place
}

func (e *Error) Error() string {
	if e.Type == "" {
		return strconv.Itoa(e.Status) + ": " + e.Detail
	}
	return strconv.Itoa(e.Status) + " " + e.Type + ": " + e.Detail
}

// Append appends the error's JSON body to dst. The status is a string, as
// RFC 7644 §3.12 has it.
func (e *Error) Append(dst []byte) []byte {
	dst = append(dst, `{"schemas":["`+ErrorURN+`"],"status":"`...)
	dst = strconv.AppendInt(dst, int64(e.Status), 10)
	dst = append(dst, '"')
	if e.Type != "" {
		dst = append(dst, `,"scimType":"`...)
		dst = append(dst, e.Type...)
		dst = append(dst, '"')
	}
	if e.Detail != "" {
		dst = append(dst, `,"detail":`...)
		dst = appendString(dst, e.Detail)
	}
	return append(dst, '}')
}
