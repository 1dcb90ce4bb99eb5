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
	if err := p.group("", "", reflect.ValueOf(s.Config), reflect.ValueOf(s.base)); err != nil {
		return err
	}
	_, err := p.WriteTo(w)
	return err
}

type printer struct {
	bytes.Buffer
	origin map[string]string
}

// group prints { } around the fields of v; base is the same group of the built-in settings.
func (p *printer) group(prefix, indent string, v, base reflect.Value) error {
	p.WriteString("{\n")
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		fmt.Fprintf(p, "%s  %q: ", indent, name)
		if v.Field(i).Kind() == reflect.Struct {
			if err := p.group(prefix+name+".", indent+"  ", v.Field(i), base.Field(i)); err != nil {
				return err
			}
			continue
		}
		text, err := literal(v.Field(i))
		if err != nil {
			return err
		}
		usual, err := literal(base.Field(i))
		if err != nil {
			return err
		}
		p.WriteString(text + ",")
		if text != usual {
			p.WriteString(" // " + p.origin[prefix+name])
		}
		p.WriteByte('\n')
	}
	p.WriteString(indent + "}")
	if indent != "" {
		p.WriteByte(',')
	}
	p.WriteByte('\n')
	return nil
}

// literal writes a value as JSON. A list that was never set is an empty one, for a
// file that says null is refused.
func literal(v reflect.Value) (string, error) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return "[]", nil
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(v.Interface())
	return strings.TrimSpace(text.String()), err
}
