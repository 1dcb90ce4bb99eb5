// Package cmdline takes a command line apart by a table of commands and flags,
// and prints that table as help. It knows no command of its own but help, and
// runs nothing.
//
//	table := cmdline.Table{
//		Program: "scimdeck",
//		Commands: []cmdline.Command{
//			{Short: "the server and its dashboard", Flags: []string{"listen"}, Run: serve},
//			{Name: "keys create", Args: "NAME", Short: "make a key", Run: create},
//		},
//		Options: []cmdline.Option{{Name: "listen", Value: "HOST:PORT", Help: "listen here"}},
//	}
//	command, call, err := table.Parse(os.Args[1:])
//	if err == nil {
//		err = command.Run(ctx, call)
//	}
//
// Flags may stand anywhere, with one dash or two, their value after "=" or as the
// next word. What follows "--" is no flag.
package cmdline

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"scimdeck/server/settings"
)

// Table is what may be said.
type Table struct {
	Program  string    // its name
	About    string    // the first line of help
	More     string    // the last one
	Commands []Command // the first is for no word at all
	Options  []Option
}

// Command is what one or more words after the program's name do.
type Command struct {
	Name  string   // "keys create"; "" for the first
	Args  string   // what has to follow, a word each: "NAME NEW". In [ ]: any number
	Short string   // what it does, for the list
	Long  string   // what else there is to know
	Flags []string // the options that it takes
	Run   func(context.Context, Call) error
}

// Option is a word with dashes.
type Option struct {
	Name    string
	Value   string // what the value is: "FILE"; "" for an option without one
	Setting string // the setting that it sets, if any
	Help    string
}

// Call is a command line taken apart.
type Call struct {
	Args  []string          // what is neither the command nor a flag
	Flags map[string]string // by name; "true" for those without a value
}

// Has says whether an option without a value was given.
func (c Call) Has(flag string) bool { return c.Flags[flag] == "true" }

// Error is a command line that is wrong.
type Error struct {
	Text string // one sentence
	Way  string // a way out: "usage: …", "did you mean …?", or ""
}

// Error returns the sentence without the way out.
func (e *Error) Error() string { return e.Text }

func misuse(way, format string, args ...any) error {
	return &Error{fmt.Sprintf(format, args...), way}
}

// Parse finds the command that args, without the program's name, are for. With
// --help or -h it is the command "help" about the command that it was said to.
// The error is an *Error.
func (t *Table) Parse(args []string) (Command, Call, error) {
	c, err := t.split(args)
	if err != nil {
		return Command{}, c, err
	}
	chosen, words := t.Commands[0], 0
	for _, cmd := range t.Commands[1:] {
		name := strings.Fields(cmd.Name)
		if len(c.Args) >= len(name) && slices.Equal(c.Args[:len(name)], name) {
			chosen, words = cmd, len(name)
		}
	}
	if words == 0 && len(c.Args) > 0 {
		return Command{}, c, t.unknown(c.Args)
	}
	c.Args = c.Args[words:]
	if c.Has("help") {
		c.Args = strings.Fields(chosen.Name)
		i := slices.IndexFunc(t.Commands, func(cmd Command) bool { return cmd.Name == "help" })
		return t.Commands[i], c, nil
	}
	for name := range c.Flags {
		if !slices.Contains(chosen.Flags, name) {
			return chosen, c, misuse("see: "+t.Program+" help "+chosen.Name, "%s takes no --%s", t.name(chosen), name)
		}
	}
	if want := strings.Fields(chosen.Args); !strings.HasPrefix(chosen.Args, "[") && len(c.Args) != len(want) {
		noun := "arguments"
		if len(want) == 1 {
			noun = "argument"
		}
		return chosen, c, misuse("usage: "+t.Usage(chosen), "%s takes %d %s, not %d", t.name(chosen), len(want), noun, len(c.Args))
	}
	return chosen, c, nil
}

// split takes flags out of the arguments.
func (t *Table) split(args []string) (Call, error) {
	c := Call{Flags: map[string]string{}}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			c.Args = append(c.Args, args...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			c.Args = append(c.Args, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name == "h" || name == "help" {
			c.Flags["help"] = "true"
			continue
		}
		i := slices.IndexFunc(t.Options, func(o Option) bool { return o.Name == name })
		if i < 0 {
			names := make([]string, len(t.Options))
			for i, o := range t.Options {
				names[i] = o.Name
			}
			return c, misuse(settings.DidYouMean("--", name, names), "there is no flag %q", arg)
		}
		switch o := t.Options[i]; {
		case o.Value == "" && given:
			return c, misuse("", "--%s takes no value", name)
		case o.Value == "":
			value = "true"
		case !given && len(args) == 0:
			return c, misuse("usage: --"+name+" "+o.Value, "--%s needs a value", name)
		case !given:
			value, args = args[0], args[1:]
		}
		c.Flags[name] = value
	}
	return c, nil
}

// unknown is the error for words that are no command.
func (t *Table) unknown(args []string) error {
	var names, below []string // all commands; the second words of those that begin with args[0]
	for _, cmd := range t.Commands[1:] {
		names = append(names, cmd.Name)
		if second, ok := strings.CutPrefix(cmd.Name, args[0]+" "); ok {
			below = append(below, second)
		}
	}
	word := args[0]
	if len(below) > 0 {
		if len(args) == 1 {
			last := len(below) - 1
			return misuse("see: "+t.Program+" help "+word, "%s %s does what? %s or %s", t.Program, word, strings.Join(below[:last], ", "), below[last])
		}
		word += " " + args[1]
	}
	way := settings.DidYouMean(t.Program+" ", word, names)
	if way == "" {
		way = "see: " + t.Program + " help"
	}
	return misuse(way, "there is no command %q", word)
}

func (t *Table) name(c Command) string { return strings.TrimSpace(t.Program + " " + c.Name) }
