package find

import (
	"fmt"
	"strings"
	"testing"

	"scimdeck/store"
)

// many is n rows of the fixture's kind, with names of their own.
func many(n int) []*store.Row {
	rows := make([]*store.Row, n)
	all := things(0)
	for i := range rows {
		ex := &all[i%len(all)]
		user := fmt.Sprintf("user%05d@", i/len(all))
		rows[i] = &store.Row{
			Seq: uint64(i + 1), Start: ex.Start, Took: ex.Took, Method: ex.Method, Status: ex.Status,
			Target: strings.ReplaceAll(ex.Target, "ada@", user), Path: ex.Path, Name: strings.ReplaceAll(ex.Name, "ada@", user),
			Sentence: strings.ReplaceAll(ex.Sentence, "ada@", user), ID: ex.ID, KeyID: 1, KeyName: "okta-dev", Op: ex.Op,
			Host: ex.Host, Agent: "Okta SCIM Client 1.0.0", Problem: ex.Status >= 400 || ex.Status == 0,
		}
	}
	return rows
}

// BenchmarkMatch filters 50,000 rows: 5 ms is what text may take.
func BenchmarkMatch(b *testing.B) {
	rows := many(50_000)
	for _, text := range []string{
		"user0001", "user:user0001", "nothing", "e -okta", "deactivate", "status:>=400 -op:find user:1", "path:/Users/*", `path:~startIndex=\d+`,
		"resource:groups", "key:okta-", "-okta-dev", "zürich",
	} {
		b.Run(text, func(b *testing.B) {
			f, err := New(text, fixtureEnv())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, r := range rows {
					if f.Match(r) == Yes {
						n++
					}
				}
				if text[0] == 0x7a && n == len(rows) {
					b.Fatal("everything matches")
				}
			}
		})
	}
}

func BenchmarkMissed(b *testing.B) {
	rows := many(50_000)
	f, err := New("user:usre00001 status:418 nohting", fixtureEnv())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		f.Missed(rows)
	}
}

// BenchmarkSearch looks into the bodies of 10,000 stored exchanges.
func BenchmarkSearch(b *testing.B) {
	st, _ := fixture(b)
	all := things(0)
	for range 490 {
		for _, ex := range all {
			st.Log(&ex)
		}
		st.FlushLog()
	}
	rows := st.Rows(nil, first-1, 0)
	f, err := New("body:xyzzy", fixtureEnv())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if hits, n := search(b, f, rows, st.Exchanges); len(hits) != 0 || n < 9800 {
			b.Fatal(len(hits), n)
		}
	}
}
