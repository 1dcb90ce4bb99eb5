package local

import (
	"context"
	"testing"
)

// A test of the address is the server's, whoever begins it; without a server there is none.
func TestTrials(t *testing.T) {
	st := open(t)
	do := func(context.Context, string, string, string, []byte) (int, []byte, error) { return 0, nil, nil }
	clients(t, Options{Store: st, Catalog: catalog, Do: do}, func(t *testing.T, c *Client) {
		remote, ctx := c.Remote(t.Context())
		trial, err := remote.BeginTrial()
		if err != nil || trial.Mark == "" {
			t.Fatal(trial, err)
		}
		if _, reason := st.Authenticate(trial.Secret); reason != "" || !st.Arrive(trial.Mark) {
			t.Errorf("the store does not know it: %q", reason)
		}
		if n := remote.Arrived(trial.Mark); n != 1 {
			t.Errorf("%d arrived, want 1", n)
		}
		remote.EndTrial(trial.Mark)
		if _, reason := st.Authenticate(trial.Secret); reason == "" {
			t.Error("its key is still good")
		}
		if n := remote.Arrived("../keys"); n != 0 || ctx.Err() != nil {
			t.Errorf("a mark that is none: %d, %v", n, context.Cause(ctx))
		}
	})
	clients(t, Options{Store: st, Catalog: catalog}, func(t *testing.T, c *Client) {
		if _, err := c.BeginTrial(t.Context()); err == nil {
			t.Error("a test without a server began")
		}
	})
}
