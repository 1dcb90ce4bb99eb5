package cmdline

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

var table = Table{
	Program: "prog",
	About:   "prog is a program.",
	More:    "That is all.",
	Commands: []Command{
		{Short: "everything", Flags: []string{"listen", "plain"}},
		{Name: "serve", Short: "the server", Long: "It serves.", Flags: []string{"listen"}},
		{Name: "keys create", Args: "NAME", Short: "make a key", Flags: []string{"expires"}},
		{Name: "keys list", Short: "all keys"},
		{Name: "keys rename", Args: "NAME NEW", Short: "another name"},
		{Name: "help", Args: "[COMMAND]", Short: "this"},
	},
	Options: []Option{
		{Name: "listen", Value: "HOST:PORT", Help: "listen here"},
		{Name: "plain", Help: "no colours"},
		{Name: "expires", Value: "90d", Help: "when it ends"},
	},
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		line, command string
		args          []string
		flags         map[string]string
	}{
		{"", "", nil, nil},
		{"--plain", "", nil, map[string]string{"plain": "true"}},
		{"-listen :1", "", nil, map[string]string{"listen": ":1"}},
		{"--listen=:1 serve", "serve", nil, map[string]string{"listen": ":1"}},
		{"serve --listen= ", "serve", nil, map[string]string{"listen": ""}},
		{"serve --listen --plain", "serve", nil, map[string]string{"listen": "--plain"}},
		{"keys --expires 1d create okta", "keys create", []string{"okta"}, map[string]string{"expires": "1d"}},
		{"keys rename -- -a --plain", "keys rename", []string{"-a", "--plain"}, nil},
		{"keys create -", "keys create", []string{"-"}, nil},
		{"help keys create", "help", []string{"keys", "create"}, nil},
		{"keys create --help", "help", []string{"keys", "create"}, map[string]string{"help": "true"}},
		{"-h", "help", nil, map[string]string{"help": "true"}},
	} {
		command, call, err := table.Parse(strings.Fields(c.line))
		if err != nil || command.Name != c.command || strings.Join(call.Args, " ") != strings.Join(c.args, " ") ||
			len(call.Flags)+len(c.flags) > 0 && !reflect.DeepEqual(call.Flags, c.flags) {
			t.Errorf("%q: %q, %+v, %v", c.line, command.Name, call, err)
		}
		if call.Has("plain") != (c.flags["plain"] == "true") {
			t.Errorf("%q: Has", c.line)
		}
	}
}

func TestMisuse(t *testing.T) {
	for line, want := range map[string]Error{
		"serv":             {`there is no command "serv"`, "did you mean prog serve?"},
		"xyzzyxyzzy":       {`there is no command "xyzzyxyzzy"`, "see: prog help"},
		"keys":             {"prog keys does what? create, list or rename", "see: prog help keys"},
		"keys creat x":     {`there is no command "keys creat"`, "did you mean prog keys create?"},
		"keys create":      {"prog keys create takes 1 argument, not 0", "usage: prog keys create NAME"},
		"keys rename a":    {"prog keys rename takes 2 arguments, not 1", "usage: prog keys rename NAME NEW"},
		"keys list x":      {"prog keys list takes 0 arguments, not 1", "usage: prog keys list"},
		"--lisen x":        {`there is no flag "--lisen"`, "did you mean --listen?"},
		"serve --listen":   {"--listen needs a value", "usage: --listen HOST:PORT"},
		"--plain=x":        {"--plain takes no value", ""},
		"serve --plain":    {"prog serve takes no --plain", "see: prog help serve"},
		"keys list -plain": {"prog keys list takes no --plain", "see: prog help keys list"},
	} {
		_, _, err := table.Parse(strings.Fields(line))
		var have *Error
		if !errors.As(err, &have) || *have != want {
			t.Errorf("%q\nhave %+v\nwant %+v", line, err, want)
		}
	}
}

func TestHelp(t *testing.T) {
	for about, want := range map[string]string{
		"": "prog is a program.\n\n  prog                       everything\n  prog serve                 the server\n  prog keys create NAME      make a key\n" +
			"  prog keys list             all keys\n  prog keys rename NAME NEW  another name\n  prog help [COMMAND]        this\n" +
			"\nFlags:\n  --listen HOST:PORT  listen here\n  --plain             no colours\n  --expires 90d       when it ends\n\nThat is all.\n",
		"serve": "  prog serve  the server\n\nIt serves.\n\nFlags:\n  --listen HOST:PORT  listen here\n",
		"keys": "  prog keys create NAME      make a key\n  prog keys list             all keys\n  prog keys rename NAME NEW  another name\n" +
			"\nFlags:\n  --expires 90d  when it ends\n",
	} {
		var b strings.Builder
		if err := table.Help(&b, strings.Fields(about)); err != nil || b.String() != want {
			t.Errorf("%q: %v\n%s\nwant\n%s", about, err, b.String(), want)
		}
	}
	if err := table.Help(&strings.Builder{}, []string{"nothing"}); err == nil {
		t.Error("help about nothing")
	}
}
