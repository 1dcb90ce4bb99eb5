package settings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Write writes the settings in force as a file that says the same, with a
// comment on where those came from that differ from the built-in ones.
func (s *Settings) Write(w io.Writer) error {
	p := printer{origin: s.origin}
	p.group("", "", reflect.ValueOf(s.Config), reflect.ValueOf(s.base))
	_, err := p.WriteTo(w)
	return err
}

type printer struct {
	bytes.Buffer
	origin map[string]string
}

// group prints { } around the fields of v; base is the same group of the built-in settings.
func (p *printer) group(prefix, indent string, v, base reflect.Value) {
	p.WriteString("{\n")
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		fmt.Fprintf(p, "%s  %q: ", indent, name)
		if v.Field(i).Kind() == reflect.Struct {
			p.group(prefix+name+".", indent+"  ", v.Field(i), base.Field(i))
			continue
		}
		text := literal(v.Field(i))
		p.WriteString(text + ",")
		if text != literal(base.Field(i)) {
			p.WriteString(" // " + p.origin[prefix+name])
		}
		p.WriteByte('\n')
	}
	p.WriteString(indent + "}")
	if indent != "" {
		p.WriteByte(',')
	}
	p.WriteByte('\n')
}

// literal writes a value as JSON.
func literal(v reflect.Value) string {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(v.Interface()); err != nil {
		panic(err) // strings, numbers, lists of strings and what was read as JSON always encode
	}
	return strings.TrimSpace(text.String())
}
