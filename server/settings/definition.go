package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tailscale/hujson"
)

// Definition is one element of the setting schemas: a schema or a resource type
// in its RFC 7643 form (§7, §6), written out, or a file with one or a list of
// them. What is in it is not looked at here: see Settings.Definitions.
type Definition struct {
	// File is the name of the file, "" for a definition that is written out. A
	// relative name in a file is one from the folder of that file.
	File string

	text  source
	value hujson.Value // in text: what is written out, or what names the file
	parts []part
}

// part is one definition and where it stands.
type part struct {
	source
	value hujson.Value
	path  string // "schemas[2]" for one that is written out, "[0]" in a file with a list, else ""
}

// MarshalJSON writes the element as it could stand in a file anywhere.
func (d Definition) MarshalJSON() ([]byte, error) {
	if d.File != "" {
		file, err := filepath.Abs(d.File)
		if err != nil {
			return nil, err
		}
		return json.Marshal(file)
	}
	return minimized(d.value), nil
}

// definitionsByName makes the list from the environment: file names with commas between them.
func definitionsByName(text string) []Definition {
	list := []Definition{}
	for name := range strings.SplitSeq(text, ",") {
		if name != "" {
			list = append(list, Definition{File: name})
		}
	}
	return list
}

// setDefinitions makes the list from a file.
func setDefinitions(list *[]Definition, in source, v hujson.Value) error {
	const want = "want a list of definitions, each in { } or the name of a file"
	array, ok := v.Value.(*hujson.Array)
	if !ok {
		return in.fault(v, "schemas", "%s, not %s", want, minimized(v))
	}
	*list = make([]Definition, len(array.Elements))
	for i, e := range array.Elements {
		d := Definition{text: in, value: e}
		switch e.Value.Kind() {
		case '{':
		case '"':
			if d.File = e.Value.(hujson.Literal).String(); !filepath.IsAbs(d.File) {
				d.File = filepath.Join(filepath.Dir(in.name), d.File)
			}
		default:
			return in.fault(e, fmt.Sprintf("schemas[%d]", i), "%s, not %s", want, minimized(e))
		}
		(*list)[i] = d
	}
	return nil
}

// readDefinitions reads the files that schemas names.
func (s *Settings) readDefinitions() error {
	for i := range s.Schemas {
		d := &s.Schemas[i]
		if d.File == "" {
			d.parts = []part{{d.text, d.value, fmt.Sprintf("schemas[%d]", i)}}
			continue
		}
		data, err := os.ReadFile(d.File)
		if err != nil {
			place := s.origin["schemas"] // a variable
			if d.text.data != nil {
				place = d.text.place(d.value)
			}
			return fault(place, "schemas[%d]: cannot read the definition: %v", i, err)
		}
		in := source{d.File, data}
		root, err := in.parse()
		if err != nil {
			return err
		}
		d.parts = []part{{in, root, ""}}
		if list, ok := root.Value.(*hujson.Array); ok {
			d.parts = nil
			for i, e := range list.Elements {
				d.parts = append(d.parts, part{in, e, fmt.Sprintf("[%d]", i)})
			}
		}
	}
	return nil
}

func (s *Settings) parts() []part {
	var list []part
	for _, d := range s.Schemas {
		list = append(list, d.parts...)
	}
	return list
}

// Definitions returns the schemas and resource types of the setting schemas,
// also those in files, each as JSON. They begin with blanks and line ends, so
// that lines and columns are those of the file that they are from.
func (s *Settings) Definitions() [][]byte {
	var list [][]byte
	for _, p := range s.parts() {
		list = append(list, p.standard())
	}
	return list
}

func (p part) standard() []byte {
	root := p.value.Clone()
	root.BeforeExtra, root.AfterExtra = nil, nil
	root.Standardize()
	text := bytes.Repeat([]byte(" "), p.value.StartOffset)
	for i, b := range p.data[:p.value.StartOffset] {
		if b == '\n' {
			text[i] = b
		}
	}
	return append(text, root.Pack()...)
}

// DefinitionError says what is wrong with one of Definitions: where in it, as a
// path such as "attributes[2].type" ("" for the whole of it), and what. The error
// is an *Error that begins with the file, the line and the column of that place,
// or, if the path leads nowhere, of the nearest place around it. A message that
// begins with "line 3, column 7" names the place itself.
func (s *Settings) DefinitionError(index int, path, message string) error {
	p := s.parts()[index]
	place := p.place(find(p.value, path))
	line, column, text := splitPosition(message)
	if line > 0 {
		place = fmt.Sprintf("%s:%d:%d", p.name, line, column)
	}
	path = strings.Trim(p.path+"."+path, ".")
	if path != "" {
		path += ": "
	}
	return fault(place, "%s%s", path, text)
}

// find follows a path such as "attributes[2].type" as far as it leads. Names may
// have dots in them.
func find(v hujson.Value, path string) hujson.Value {
	path = strings.TrimPrefix(path, ".")
	switch c := v.Value.(type) {
	case *hujson.Object:
		for _, m := range c.Members {
			rest, ok := strings.CutPrefix(path, m.Name.Value.(hujson.Literal).String())
			if ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				return find(m.Value, rest)
			}
		}
	case *hujson.Array:
		number, rest, _ := strings.Cut(strings.TrimPrefix(path, "["), "]")
		if i, err := strconv.Atoi(number); err == nil && i >= 0 && i < len(c.Elements) {
			return find(c.Elements[i], rest)
		}
	}
	return v
}
