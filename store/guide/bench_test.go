package guide

import (
	"testing"

	"scimdeck/scim/explain"
	"scimdeck/store"
)

// A dashboard watches each row that comes, and at its start all that there are.
func BenchmarkWatch(b *testing.B) {
	rows := []*store.Row{
		seenRow(1, oktaAgent, "GET", 200, explain.Find, "okta.assign", "find"),
		seenRow(2, oktaAgent, "POST", 201, explain.Create, "okta.assign", "create"),
		seenRow(3, "curl/8", "GET", 200, explain.List, "", ""),
	}
	var g Progress
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g.Watch(rows[i%len(rows)])
	}
}
