package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"scimdeck/scim/wire"
	"scimdeck/scim/wire/resend"
	"scimdeck/scim/wire/share"
	"scimdeck/server/cmdline"
	"scimdeck/server/local"
	"scimdeck/store"
	"scimdeck/store/draft"
)

// replays are the commands that send requests of the log again.
func (p *Program) replays() []cmdline.Command {
	return []cmdline.Command{{
		Name: "replay", Args: "[N...]", Short: "send logged requests again, here or to another server",
		Long: "N is a number, or the first and the last: 1030-1040. For example, all that Okta sent about Ada, to your own server:\n" +
			"  scimdeck replay --filter 'user:ada source:idp' --to https://scim.example.com/v2 --token-env MY_KEY\n" +
			"They are sent in their order, and each is logged as a replay. Where the answer to a create, a read or a search\n" +
			"has another id than it had, later requests are about that one. A password, which is not kept, is another one,\n" +
			"made up. Requests whose key was refused are left out unless they are named, and so are replays.\n" +
			"With --edit each is changed first in $VISUAL or $EDITOR. Writes ask, or need --yes.\n" +
			"Without --to they go to the server here, which needs no key for that and need not run.\n" +
			"The key of another server is in the environment, in " + share.TokenVariable + " unless --token-env says otherwise.",
		Flags: []string{"config", "data", "filter", "edit", "to", "token-env", "yes", "json"}, Run: p.replay,
	}}
}

// replaying is one run of replay.
type replaying struct {
	p        *Program
	c        cmdline.Call
	has      *local.Client
	dir      string
	base     string // of the other server; "": ours
	key      string
	ids      resend.IDs
	sender   wire.Sender
	last     uint64 // the number of the last row that was there before
	sent     int
	other    []string // what was answered otherwise
	noAnswer int
	why      string // there was no answer
}

func (p *Program) replay(ctx context.Context, c cmdline.Call) error {
	filter := strings.TrimSpace(c.Flags["filter"])
	switch {
	case len(c.Args) == 0 && filter == "":
		return &cmdline.Error{Text: "which requests?", Way: "scimdeck replay 1034   or   scimdeck replay --filter 'user:ada'"}
	case len(c.Args) > 0 && filter != "":
		return &cmdline.Error{Text: "either numbers or --filter", Way: "a filter knows numbers too: '#1030-1040 user:ada'"}
	case c.Flags["token-env"] != "" && c.Flags["to"] == "":
		return &cmdline.Error{Text: "--token-env is for --to URL", Way: "the server here needs no key"}
	}
	numbers, err := resend.Numbers(c.Args)
	if err != nil {
		return &cmdline.Error{Text: err.Error(), Way: "see: scimdeck log"}
	}
	ctx, stop := interruptible(ctx) // an editor's file goes too
	defer stop()
	r := &replaying{p: p, c: c}
	if err := r.target(); err != nil {
		return err
	}
	return p.reach(ctx, c, func(has *local.Client, o store.Options) error {
		r.has, r.dir = has, o.Dir
		if filter != "" {
			var err error
			if numbers, err = r.choose(ctx, filter); err != nil {
				return err
			}
		}
		return r.run(ctx, numbers)
	})
}

// target reads where requests go and with which key.
func (r *replaying) target() error {
	to := r.c.Flags["to"]
	if to == "" {
		return nil
	}
	base, err := wire.ParseBase(to)
	if err != nil {
		return &cmdline.Error{Text: "--to: " + err.Error(), Way: "for example: --to https://scim.example.com/v2"}
	}
	name := r.c.Flags["token-env"]
	if name == "" {
		name = share.TokenVariable
	}
	r.base, r.key = base, strings.TrimSpace(r.p.Env.Get(name))
	if r.key == "" {
		return Failure("there is no key for "+wire.Host(base)+": "+name+" is not set in the environment.",
			"set it:   read -rs "+name+" && export "+name, "name another variable:   --token-env NAME")
	}
	return nil
}

// choose gives the requests that a filter lets through and that a client could send again.
func (r *replaying) choose(ctx context.Context, filter string) (numbers []uint64, err error) {
	refused := 0
	call := r.c
	call.Args = []string{filter}
	_, err = r.p.choose(ctx, call, r.has, func(row *store.Row) error {
		switch of, _ := wire.Replayed(row.Source); {
		case row.Refused != "" || row.Status == 401:
			refused++
		case of == 0:
			numbers = append(numbers, row.Seq)
		}
		return nil
	})
	if refused > 0 {
		fmt.Fprintf(r.p.Stderr, "left out: %d whose key was refused\n", refused)
	}
	return numbers, err
}

// run sends requests one after the other, after it has made sure that all of them can be sent.
func (r *replaying) run(ctx context.Context, numbers []uint64) error {
	writes, err := r.check(ctx, numbers)
	if err == nil && writes > 0 && !r.c.Has("yes") {
		err = r.ask(ctx, writes, len(numbers))
	}
	if err != nil {
		return err
	}
	st, err := r.has.LogState(ctx)
	if err != nil {
		return err
	}
	r.last = st.Last
	for ex, err := range r.has.Exchanges(ctx, numbers) {
		if err == nil {
			err = r.one(ctx, ex)
		}
		if err != nil {
			return err
		}
		if r.noAnswer > 0 { // the next ones would be about what this one did
			break
		}
	}
	return r.summary()
}

// check counts the writes. The error says which request cannot be sent again.
func (r *replaying) check(ctx context.Context, numbers []uint64) (writes int, err error) {
	n := 0
	for ex, err := range r.has.Exchanges(ctx, numbers) {
		if err != nil {
			return 0, err
		}
		q, err := r.request(ex)
		if err != nil {
			return 0, Failure(fmt.Sprintf("request #%d cannot be sent again: %v.", ex.Seq, err), "nothing was sent",
				fmt.Sprintf("leave it out:   --filter 'FILTER -#%d'", ex.Seq), "keep more of each body:   requestLog.bodyBytes in config.hujson")
		}
		if q.IsWrite() {
			writes++
		}
		n++
	}
	if n < len(numbers) {
		return 0, Failure(fmt.Sprintf("%d of %d requests are not in the log.", len(numbers)-n, len(numbers)), "see: scimdeck log")
	}
	return writes, nil
}

// request is an exchange's request: what will be edited shows what is missing.
func (r *replaying) request(ex *wire.Exchange) (*wire.Request, error) {
	if r.c.Has("edit") {
		return ex.Draft()
	}
	return ex.Again()
}

// place names where requests go.
func (r *replaying) place() string {
	if r.base != "" {
		return r.base
	}
	return "the server here"
}

// ask asks whether to send writes.
func (r *replaying) ask(ctx context.Context, writes, all int) error {
	what := fmt.Sprintf("%d of %d requests change something at %s.", writes, all, r.place())
	answer, asked, err := r.p.question(ctx, what+" Send them? [y/N] ")
	switch answer = strings.ToLower(answer); {
	case err != nil:
		return err
	case !asked:
		return Failure(what, "to send them all the same:   --yes")
	case answer == "y" || answer == "yes":
		return nil
	}
	return Failure("nothing was sent.", "without being asked:   --yes")
}

// question asks on the terminal and returns the line that is typed. asked is false
// where nobody is at a terminal.
func (p *Program) question(ctx context.Context, text string) (answer string, asked bool, err error) {
	in, ok := p.Stdin.(*os.File)
	if info, err := fileMode(in, ok); err != nil || info&fs.ModeCharDevice == 0 {
		return "", false, nil
	}
	fmt.Fprint(p.Stderr, text)
	lines := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(in).ReadString('\n') // no line is a no
		lines <- strings.TrimSpace(line)
	}()
	select {
	case line := <-lines:
		return line, true, nil
	case <-ctx.Done():
		return "", true, ctx.Err()
	}
}

func fileMode(f *os.File, ok bool) (fs.FileMode, error) {
	if !ok {
		return 0, nil
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Mode(), nil
}

// one sends one request again, and prints its row.
func (r *replaying) one(ctx context.Context, ex *wire.Exchange) error {
	q, err := r.request(ex)
	if err != nil {
		return err
	}
	q = r.ids.Map(q)
	if r.c.Has("edit") {
		if q, err = r.edit(ctx, ex, q); err != nil {
			return err
		}
		if q == nil {
			fmt.Fprintf(r.p.Stderr, "#%d was not changed: it is not sent\n", ex.Seq)
			return nil
		}
	}
	source := wire.ReplaySource(ex.Seq, wire.Host(r.base))
	var status int
	var answer []byte
	if r.base == "" {
		status, answer, err = r.has.Send(ctx, source, q)
	} else {
		status, answer, err = r.away(ctx, source, q)
	}
	if err != nil {
		return err
	}
	r.sent++
	r.ids.Learn(ex, status, answer)
	switch {
	case status == 0:
		r.sent--
		r.noAnswer++
	case status != ex.Status:
		r.other = append(r.other, fmt.Sprintf("#%d %s: %d, it was %d", ex.Seq, harmless(ex.Sentence), status, ex.Status))
	}
	return r.print(ctx, source)
}

// away sends a request to the other server and has it logged here.
func (r *replaying) away(ctx context.Context, source string, q *wire.Request) (status int, answer []byte, err error) {
	got, answer, err := r.sender.Send(ctx, r.base, r.key, q)
	if err != nil {
		return 0, nil, err
	}
	got.Source = source
	if got.Status == 0 {
		r.why = strings.TrimPrefix(strings.Join(got.Notes, "; "), "no answer: ")
	}
	return got.Status, answer, r.has.Log(ctx, got)
}

// edit lets the user change a request, until it is one. It is nil when nothing was changed.
func (r *replaying) edit(ctx context.Context, ex *wire.Exchange, q *wire.Request) (*wire.Request, error) {
	o := draft.Options{Dir: r.dir, Getenv: r.p.Env.Get, Stdin: r.p.Stdin, Stdout: r.p.Stdout, Stderr: r.p.Stderr}
	text := resend.Text(q, resend.About(ex, q, r.place()))
	for {
		edited, err := draft.Edit(ctx, o, fmt.Sprintf("request-%d.http", ex.Seq), text)
		var bad *draft.EditorError
		switch {
		case errors.Is(err, draft.ErrUnchanged):
			return nil, nil
		case errors.As(err, &bad):
			return nil, Failure(bad.Error()+".", bad.Hint())
		case err != nil:
			return nil, err
		}
		if q, err = resend.Parse(edited); err == nil {
			q.MakeUp()
			return q, nil
		}
		text = resend.Retry(edited, err)
	}
}

// print prints the row that a replay has become.
func (r *replaying) print(ctx context.Context, source string) error {
	rows, err := r.has.Rows(ctx, nil, r.last, 0)
	if err != nil {
		return err
	}
	for i := len(rows) - 1; i >= 0; i-- {
		if rows[i].Source == source {
			r.last = rows[i].Seq
			_, err := io.WriteString(r.p.Stdout, string(r.p.Row(rows[i], r.c.Has("json")))+"\n")
			return err
		}
	}
	return nil // the log keeps none
}

// summary says what went otherwise than it had.
func (r *replaying) summary() error {
	for _, line := range r.other {
		fmt.Fprintln(r.p.Stderr, line)
	}
	fmt.Fprintf(r.p.Stderr, "%d sent, %d answered with another status", r.sent, len(r.other))
	switch n := r.ids.Len(); n {
	case 0:
	case 1:
		fmt.Fprint(r.p.Stderr, ", 1 id is another")
	default:
		fmt.Fprintf(r.p.Stderr, ", %d ids are others", n)
	}
	fmt.Fprintln(r.p.Stderr)
	if r.noAnswer > 0 {
		return Failure("there was no answer from "+r.place()+": "+r.why+".", "is the address right, and does it run?")
	}
	return nil
}
