package ui

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Way is how text gets to the clipboard.
type Way struct {
	Tool []string // a command that reads it from its input; nil: none
	OSC  bool     // the terminal's own escape sequence (OSC 52)
}

// Known says what is known after a copy.
type Known uint8

// What a copy can end in.
const (
	NotCopied   Known = iota // there is no way; show the text for selecting by hand
	Copied                   // a tool said so
	SentToTerm               // the terminal was told; it does not answer
	TooLongTerm              // too long for the terminal's sequence: export instead
)

// oscMax is the longest text sent by OSC 52: terminals drop longer ones without a word.
const oscMax = 74_000

// toolTime is how long a clipboard tool may take.
const toolTime = 2 * time.Second

// ClipboardWay picks the way from the environment: tmux's own buffer; over ssh
// only the terminal, since a tool would fill the clipboard of the wrong
// machine; else the system's tool; else the terminal. have reports whether a
// command is installed.
func ClipboardWay(env func(string) string, goos string, have func(string) bool) Way {
	tool := func(argv ...string) (Way, bool) { return Way{Tool: argv}, have(argv[0]) }
	if env("TMUX") != "" {
		if w, ok := tool("tmux", "load-buffer", "-w", "-"); ok {
			return w
		}
	}
	if env("SSH_CONNECTION") != "" || env("SSH_TTY") != "" {
		return Way{OSC: true}
	}
	var tries [][]string
	switch {
	case goos == "darwin":
		tries = [][]string{{"pbcopy"}}
	case goos == "windows":
		tries = [][]string{{"clip.exe"}}
	default:
		if env("WAYLAND_DISPLAY") != "" {
			tries = append(tries, []string{"wl-copy"})
		}
		if env("DISPLAY") != "" {
			tries = append(tries, []string{"xclip", "-selection", "clipboard"}, []string{"xsel", "--clipboard", "--input"})
		}
		if env("WSL_DISTRO_NAME") != "" {
			tries = append(tries, []string{"clip.exe"})
		}
	}
	for _, argv := range tries {
		if w, ok := tool(argv...); ok {
			return w
		}
	}
	switch env("TERM") {
	case "linux", "dumb", "": // these know no clipboard
		return Way{}
	}
	return Way{OSC: true}
}

// Copy copies text the given way, in at most two seconds. term is where escape
// sequences go: the same locked writer that frames use. The text is in no
// error and in no argument of a command.
func Copy(ctx context.Context, way Way, text []byte, term io.Writer) (Known, error) {
	if way.Tool != nil {
		ctx, cancel := context.WithTimeout(ctx, toolTime)
		defer cancel()
		cmd := exec.CommandContext(ctx, way.Tool[0], way.Tool[1:]...)
		cmd.Stdin = strings.NewReader(string(text))
		cmd.WaitDelay = 100 * time.Millisecond
		err := cmd.Run()
		if err == nil || errors.Is(err, exec.ErrWaitDelay) {
			return Copied, nil
		}
		return NotCopied, err
	}
	if !way.OSC {
		return NotCopied, nil
	}
	if len(text) > oscMax {
		return TooLongTerm, nil
	}
	seq := make([]byte, 0, 9+base64.StdEncoding.EncodedLen(len(text)))
	seq = append(seq, "\x1b]52;c;"...)
	seq = base64.StdEncoding.AppendEncode(seq, text)
	seq = append(seq, '\a')
	_, err := term.Write(seq)
	clear(seq)
	if err != nil {
		return NotCopied, err
	}
	return SentToTerm, nil
}
