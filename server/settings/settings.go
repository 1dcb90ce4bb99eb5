// Package settings reads scimdeck's settings: from the built-in file, the
// user's own, the environment and the command line, each going before the one
// named before it. It knows what settings there are and which values make
// sense, and says of each where it came from; it neither acts on them nor knows
// what a schema or a server is.
//
//	s, err := settings.Load(settings.Sources{
//		Builtin: builtin,                  // config.hujson, which sets everything
//		Env:     os.Environ(),             // SCIMDECK_LIMITS_PAGE_SIZE=100
//		Flags:   []settings.Flag{{Name: "listen", Setting: "listen", Text: ":0"}},
//	})
//	if err != nil {
//		return err                         // config.hujson:3:12: listen: want HOST:PORT …
//	}
//	fmt.Println(s.Listen, s.Limits.PageSize)
//	s.Write(os.Stdout)                     // a file that says the same
//
// A setting is a field of Config, found by reflection: its path of json names,
// "limits.pageSize", is what the file calls it, and that path in upper snake case
// its variable. To add one, add the field, its default with a comment in
// config.hujson, and in check.go what it may be.
//
// Files are HuJSON: JSON with comments and trailing commas. This is the only
// package that knows how to read it.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Sources are where settings come from.
type Sources struct {
	Builtin []byte // the built-in file, which has to set everything
	File    string // the user's file; "" for the first of the usual ones that exists
	Env     Env    // the variables that begin with SCIMDECK_ count
	Flags   []Flag // what the command line says
}

// Flag is a setting given on the command line.
type Flag struct {
	Name    string // "public-url"
	Setting string // "publicURL": the path of a setting that there is
	Text    string // its value
}

// Settings are the settings in force and where each came from.
type Settings struct {
	Config

	// File is the user's file that was read, "" for none.
	File string

	base   Config            // the built-in ones
	origin map[string]string // by path: "config.hujson:3:5", "SCIMDECK_GROUPS", "--listen"
	env    Env
}

// Error is a setting that is wrong.
type Error struct {
	Text string // one sentence that begins with the place
	Hint string // what was probably meant, or ""
}

// Error returns the sentence without the hint.
func (e *Error) Error() string { return e.Text }

// fault makes an Error. A place that is "" is left out.
func fault(place, format string, args ...any) error {
	if place != "" {
		place += ": "
	}
	return &Error{Text: place + fmt.Sprintf(format, args...)}
}

// Refuse is the error that says what is wrong with the setting of a path, and where
// it was made, for what only others can judge.
func (s *Settings) Refuse(path, why string) error { return fault(s.origin[path], "%s: %s", path, why) }

// Load reads the settings. The error is an *Error, the first fault that was found.
func Load(from Sources) (*Settings, error) {
	base, err := defaults(from.Builtin)
	if err != nil {
		return nil, err
	}
	s, err := defaults(from.Builtin) // again: lists must not be shared
	if err != nil {
		return nil, err
	}
	s.base, s.env = base.Config, from.Env
	if err := s.readUserFile(from.File); err != nil {
		return nil, err
	}
	if err := s.readEnv(); err != nil {
		return nil, err
	}
	for _, f := range from.Flags {
		name := "--" + f.Name
		if err := s.find(f.Setting).setText(f.Text); err != nil {
			return nil, fault(name, "%v", err)
		}
		s.origin[f.Setting] = name
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, s.readDefinitions()
}

// defaults returns the built-in settings.
func defaults(builtin []byte) (*Settings, error) {
	s := &Settings{origin: map[string]string{}}
	return s, s.readFile("built-in config.hujson", builtin)
}

// readUserFile reads the file named, else the first of the usual ones that exists.
func (s *Settings) readUserFile(named string) error {
	candidates := []string{named}
	if named == "" {
		candidates = []string{"config.hujson"}
		if dir := s.env.folder(configFolder); dir != "" {
			candidates = append(candidates, filepath.Join(dir, "config.hujson"))
		}
	}
	for _, file := range candidates {
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) && named == "" {
			continue
		}
		if err != nil {
			return fault("", "cannot read the configuration: %v", err)
		}
		s.File = file
		return s.readFile(file, data)
	}
	return nil
}

// notSettings are variables with our prefix that set no setting: main reads them.
var notSettings = []string{"SCIMDECK_PLAIN"}

// readEnv sets what the environment says.
func (s *Settings) readEnv() error {
	all := s.leaves()
	for _, e := range s.env {
		name, text, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(notSettings, name) {
			continue
		}
		i := slices.IndexFunc(all, func(l leaf) bool { return l.env() == name })
		if i < 0 {
			names := slices.Clone(notSettings)
			for _, l := range all {
				names = append(names, l.env())
			}
			return &Error{name + ": there is no such setting", DidYouMean("", name, names)}
		}
		if err := all[i].setText(text); err != nil {
			return fault(name, "%v", err)
		}
		s.origin[all[i].path] = name
	}
	return nil
}

func (s *Settings) find(path string) leaf {
	all := s.leaves()
	return all[slices.IndexFunc(all, func(l leaf) bool { return l.path == path })]
}
