// Package transfer moves resources between a store and files: Export writes all
// of them as JSON lines, Import reads JSON lines, a SCIM ListResponse or CSV. Both
// take files of any size in bounded memory, and tell what they did with each line.
//
//	contents, err := transfer.Export(ctx, st, w, nil)
//
//	result, err := transfer.Import(ctx, st, r, transfer.Options{
//		Catalog: catalog,
//		Policy:  policy,
//		Report:  func(l transfer.Line) { fmt.Println(l) }, // what was refused, in the file's order
//	})
//	fmt.Println(result.Stored, "stored", result.Refused, "refused")
//
// It is no backup: ids, versions and times are the store's own, so an import gives
// new ones and takes the ones for the others where resources name each other. What
// else is in a resource comes back as it was. store.Backup keeps everything.
//
// What is in a file is held to the same rules as a request's body, by package scim; what a
// line is refused for is what POST would have answered.
package transfer

import (
	"fmt"

	"scimdeck/scim"
)

// Bounds of what is read.
const (
	MaxLine = 32 << 20 // bytes of a line, or of a resource in a ListResponse: a group of 200,000
	maxHeld = 64 << 20 // bytes of groups that wait for their members
	members = 4 << 20  // members and elements of JSON in a line
)

// Place is where a resource is in a file.
type Place struct {
	Line     int // from 1
	Resource int // in a file that is one JSON text: its number, from 1; else 0
}

// Number is what Options.From counts: resources of a file that is one JSON text, else lines.
func (p Place) Number() int {
	if p.Resource > 0 {
		return p.Resource
	}
	return p.Line
}

func (p Place) String() string {
	if p.Resource > 0 {
		return fmt.Sprintf("resource %d (line %d)", p.Resource, p.Line)
	}
	return fmt.Sprintf("line %d", p.Line)
}

// Line is what became of a line that was not stored.
type Line struct {
	Place
	Err     *scim.Error // why it was refused; nil: it was left out on purpose
	Skipped string      // why
}

// String is a sentence for people: `line 3: 409 uniqueness: userName "ada" is taken by …`.
func (l Line) String() string {
	if l.Err == nil {
		return l.Place.String() + ": " + l.Skipped
	}
	return l.Place.String() + ": " + l.Err.Error()
}

// FormatError says why nothing more of a file can be read.
type FormatError struct {
	Place scim.Place // Line 0: of the file as a whole
	Text  string
}

func (e *FormatError) Error() string {
	if e.Place.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d, column %d (byte %d): %s", e.Place.Line, e.Place.Column, e.Place.Byte, e.Text)
}

// keyURN marks the line of a key in an export. It is none of SCIM's, and what has it is not imported.
const keyURN = "urn:scimdeck:params:scim:schemas:Key"
