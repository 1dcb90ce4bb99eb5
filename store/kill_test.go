package store

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"scimdeck/scim"
)

// killDir, when set, makes the test binary a process that writes until it is killed.
const killDir = "SCIMDECK_TEST_KILL_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		writeUntilKilled(dir, os.Args[len(os.Args)-1])
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled prints the id of each user after the answer, and the log's last number.
func writeUntilKilled(dir, round string) {
	s, err := Open(Options{Dir: dir, Catalog: catalog, Durable: true})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	for w := range 8 {
		go func() {
			for i := 0; ; i++ {
				v, err := scim.Decode(fmt.Appendf(nil, `{"schemas":[%q],"userName":"%s-%d-%d"}`, scim.UserURN, round, w, i), scim.Limits{})
				if err != nil {
					panic(err)
				}
				d, _, err := users.Read(v, scim.Policy{})
				if err != nil {
					panic(err)
				}
				c, err := s.Create(ctx, users, d)
				if err != nil {
					fmt.Println("error", err)
					return
				}
				fmt.Println("id", string(scim.DocID(c.After)))
				s.Log(exchange(i))
			}
		}()
	}
	ping, _ := s.Watch()
	for range ping {
		if st := s.LogState(); st.Last > 0 {
			fmt.Println("log", st.Last)
		}
	}
}

// After a kill in the middle of concurrent creates every answered one is there,
// and what the log has shown is not shown again under other numbers.
func TestKillProcess(t *testing.T) {
	dir := t.TempDir()
	answered := map[string]bool{}
	for round := range 4 {
		cmd := exec.Command(os.Args[0], fmt.Sprint(round))
		cmd.Env = append(os.Environ(), killDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var lastLog uint64
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			what, value, _ := strings.Cut(lines.Text(), " ")
			switch what {
			case "id":
				if len(value) == idLen { // the last line may be cut off
					answered[value] = true
				}
			case "log":
				if n < 200*(round+1) || lastLog == 0 {
					_, _ = fmt.Sscan(value, &lastLog)
				}
			default:
				t.Errorf("round %d: %s", round, lines.Text())
			}
			if n == 200*(round+1) {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // "killed"

		s := open(t, in(dir))
		for id := range answered {
			if _, ok, err := s.Get(users, nil, id); !ok || err != nil {
				t.Errorf("round %d: the answered %s is not there: %v", round, id, err)
			}
		}
		if st := s.LogState(); st.Last < lastLog {
			t.Errorf("round %d: the log went back from %d to %d", round, lastLog, st.Last)
		}
		closeVerified(t, s)
	}
}
