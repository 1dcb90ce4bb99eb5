package settings

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/tailscale/hujson"
)

// leaf is one setting: a field that is no group.
type leaf struct {
	path  string // "requestLog.entries"
	value reflect.Value
}

// leaves lists the settings in the order of the type.
func (c *Config) leaves() []leaf {
	var list []leaf
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		for i := range v.NumField() {
			path := prefix + v.Type().Field(i).Tag.Get("json")
			if f := v.Field(i); f.Kind() == reflect.Struct {
				walk(path+".", f)
			} else {
				list = append(list, leaf{path, f})
			}
		}
	}
	walk("", reflect.ValueOf(c).Elem())
	return list
}

// Paths lists the paths of all settings in the order of Config: "requestLog.entries".
func Paths() []string {
	var list []string
	for _, l := range new(Config).leaves() {
		list = append(list, l.path)
	}
	return list
}

// prefix begins the name of each variable.
const prefix = "SCIMDECK_"

// env returns the setting's variable: SCIMDECK_REQUEST_LOG_ENTRIES.
func (l leaf) env() string {
	var b strings.Builder
	b.WriteString(prefix)
	runes := []rune(l.path)
	for i, r := range runes {
		if r == '.' {
			b.WriteByte('_')
			continue
		}
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(runes[i-1]) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// setText sets the setting from the environment or a flag.
func (l leaf) setText(text string) (err error) {
	switch v := l.value.Addr().Interface().(type) {
	case encoding.TextUnmarshaler:
		return v.UnmarshalText([]byte(text))
	case *string:
		*v = text
	case *bool:
		if *v, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("want true or false, not %q", text)
		}
	case *int:
		if *v, err = strconv.Atoi(text); err != nil {
			return fmt.Errorf("want a whole number, not %q", text)
		}
	case *[]string:
		*v = strings.Split(text, ",")
	case *[]Definition:
		*v = definitionsByName(text)
	}
	return nil
}

// setLiteral sets the setting from a value of a file.
func (l leaf) setLiteral(in source, v hujson.Value) error {
	if list, ok := l.value.Addr().Interface().(*[]Definition); ok {
		return setDefinitions(list, in, v)
	}
	raw := minimized(v)
	if json.Unmarshal(raw, l.value.Addr().Interface()) == nil && string(raw) != "null" {
		return nil
	}
	want := map[reflect.Kind]string{
		reflect.String: "a string", reflect.Bool: "true or false", reflect.Int: "a whole number", reflect.Slice: "a list of strings",
	}[l.value.Kind()]
	if u, ok := l.value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if lit, ok := v.Value.(hujson.Literal); ok && lit.Kind() == '"' {
			return in.fault(v, l.path, "%v", u.UnmarshalText([]byte(lit.String())))
		}
		want = "a duration such as \"30d\", in quotes"
		if _, ok := u.(*Size); ok {
			want = "a size such as \"256MB\" or a number of bytes"
		}
	}
	return in.fault(v, l.path, "want %s, not %s", want, raw)
}

// minimized returns the value as JSON without blanks and comments.
func minimized(v hujson.Value) []byte {
	v = v.Clone()
	v.Minimize()
	return v.Pack()
}
