package draft

import (
	"os/exec"
	"runtime"
	"strings"
)

// editor finds the user's editor: as it was named, and taken apart.
func editor(getenv func(string) string) (command string, args []string) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if command = strings.TrimSpace(getenv(name)); command != "" {
			break
		}
	}
	if command == "" {
		command = "vi"
		if runtime.GOOS == "windows" {
			command = "notepad"
		}
	}
	return apart(command)
}

// pager finds the user's pager likewise.
func pager(getenv func(string) string) (command string, args []string) {
	command = strings.TrimSpace(getenv("PAGER"))
	if command == "" {
		command = "less"
		if _, err := exec.LookPath(command); err != nil {
			command = "more"
		}
	}
	return apart(command)
}

// apart takes a command line apart.
func apart(command string) (_ string, args []string) {
	if _, err := exec.LookPath(command); err == nil {
		return command, []string{command} // a path with blanks in it, unquoted
	}
	if args = words(command, runtime.GOOS != "windows"); len(args) == 0 {
		args = []string{command}
	}
	return command, args
}

// words splits a command line as a shell does: at blanks, but not between
// quotes. Nothing is expanded. A backslash makes the next character ordinary if
// escapes says so; where it is part of paths it is nothing special.
func words(line string, escapes bool) []string {
	var out []string
	var word strings.Builder
	var quote rune
	in, escaped := false, false
	for _, c := range line {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case escapes && c == '\\' && quote != '\'':
			in, escaped = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '"' || c == '\'':
			in, quote = true, c
		case c == ' ' || c == '\t' || c == '\n':
			if in {
				out = append(out, word.String())
				word.Reset()
			}
			in = false
		default:
			in = true
			word.WriteRune(c)
		}
	}
	if in {
		out = append(out, word.String())
	}
	return out
}
