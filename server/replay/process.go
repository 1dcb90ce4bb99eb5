package replay

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"sync"
	"syscall"
	"time"
)

// Process is a server in a process of its own, and a client of it.
type Process struct {
	Client
	Cmd *exec.Cmd

	out output
}

// Announced finds the base URL in what a server says when it listens: it is
// the first group that is not empty.
var Announced = regexp.MustCompile(`listening on (\S+)|"url":"([^"]+)"`)

// StartProcess starts a server and waits for its announcement, which gives the
// client its Base. The command's stdout and stderr become Output.
func StartProcess(cmd *exec.Cmd) (*Process, error) {
	p := &Process{Cmd: cmd}
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	for end := time.Now().Add(timeout); ; time.Sleep(5 * time.Millisecond) {
		if m := Announced.FindStringSubmatch(p.Output()); m != nil {
			p.Base = m[1] + m[2]
			return p, nil
		}
		if time.Now().After(end) {
			return nil, errors.Join(fmt.Errorf("no announcement; it said: %s", p.Output()), p.Kill())
		}
	}
}

// Output is what the server has said so far.
func (p *Process) Output() string {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	return p.out.buf.String()
}

// Stop ends the server as a person does. The error says how that went, if not well.
func (p *Process) Stop() error {
	if err := p.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := p.Cmd.Wait(); err != nil {
		return fmt.Errorf("%w; it said: %s", err, p.Output())
	}
	return nil
}

// Kill ends the server as a power cut does.
func (p *Process) Kill() error {
	if err := p.Cmd.Process.Kill(); err != nil {
		return err
	}
	_ = p.Cmd.Wait() // it says that it was killed
	return nil
}

// output is a buffer that a process may write while a test reads.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write takes what the process says.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}
