package settings

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tailscale/hujson"
)

// source is a HuJSON text and the name of where it stands.
type source struct {
	name string
	data []byte
}

// parse reads the whole text.
func (in source) parse() (hujson.Value, error) {
	root, err := hujson.Parse(in.data)
	if err != nil {
		line, column, text := splitPosition(strings.TrimPrefix(err.Error(), "hujson: "))
		return root, fault(fmt.Sprintf("%s:%d:%d", in.name, line, column), "%s", text)
	}
	return root, nil
}

// splitPosition takes a message that begins with "line 3, column 7" apart.
// Without such a beginning line and column are 0.
func splitPosition(message string) (line, column int, text string) {
	if n, _ := fmt.Sscanf(message, "line %d, column %d", &line, &column); n != 2 {
		return 0, 0, message
	}
	_, text, _ = strings.Cut(message, ": ")
	return line, column, text
}

// place says where a value begins: "config.hujson:3:12". Columns count bytes.
func (in source) place(v hujson.Value) string {
	before := in.data[:v.StartOffset]
	column := v.StartOffset - bytes.LastIndexByte(before, '\n')
	return fmt.Sprintf("%s:%d:%d", in.name, 1+bytes.Count(before, []byte("\n")), column)
}

// fault makes an Error about a setting's value.
func (in source) fault(v hujson.Value, path, format string, args ...any) error {
	return fault(in.place(v), "%s: %s", path, fmt.Sprintf(format, args...))
}

// readFile sets what a file says.
func (s *Settings) readFile(name string, data []byte) error {
	r := reader{source: source{name, data}, leaves: s.leaves(), origin: s.origin, seen: map[string]bool{}}
	root, err := r.parse()
	if err != nil {
		return err
	}
	return r.group("", root)
}

// reader sets settings from a file.
type reader struct {
	source
	leaves []leaf
	origin map[string]string
	seen   map[string]bool // the names that were there, by path
}

// group sets what stands in { }. The prefix is "" or a group's path with a dot.
func (r *reader) group(prefix string, v hujson.Value) error {
	object, ok := v.Value.(*hujson.Object)
	if !ok {
		return fault(r.place(v), "%swant settings in { }", strings.Replace(prefix, ".", ": ", 1))
	}
	for _, m := range object.Members {
		path := prefix + m.Name.Value.(hujson.Literal).String()
		if r.seen[path] {
			return fault(r.place(m.Name), "%s is set twice", path)
		}
		r.seen[path] = true
		if err := r.member(path, m); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) member(path string, m hujson.ObjectMember) error {
	if slices.ContainsFunc(r.leaves, func(l leaf) bool { return strings.HasPrefix(l.path, path+".") }) {
		return r.group(path+".", m.Value)
	}
	i := slices.IndexFunc(r.leaves, func(l leaf) bool { return l.path == path })
	if i < 0 {
		return &Error{fmt.Sprintf("%s: there is no setting %q", r.place(m.Name), path), didYouMean("", nearestSetting(path, r.leaves))}
	}
	r.origin[path] = r.place(m.Value)
	return r.leaves[i].setLiteral(r.source, m.Value)
}
