package transfer

import (
	"io"
	"strings"
	"testing"

	"scimdeck/scim/sample"
	"scimdeck/store"
)

// BenchmarkImport imports 10,000 sample users into a durable store; ops are users.
func BenchmarkImport(b *testing.B) {
	const n = 10_000
	text := sampled(n, sample.Options{Seed: 1})
	b.SetBytes(int64(len(text) / n))
	for done := 0; done < b.N; done += n {
		b.StopTimer()
		st, err := store.Open(store.Options{Dir: b.TempDir(), Durable: true, Catalog: catalog})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := Import(ctx, st, strings.NewReader(text), Options{Catalog: catalog}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// BenchmarkExport exports 10,000 users; ops are users.
func BenchmarkExport(b *testing.B) {
	const n = 10_000
	st := newStore(b, catalog)
	if _, err := Import(ctx, st, strings.NewReader(sampled(n, sample.Options{Seed: 1})), Options{Catalog: catalog}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for done := 0; done < b.N; done += n {
		if _, err := Export(ctx, st, catalog, io.Discard, nil); err != nil {
			b.Fatal(err)
		}
	}
}
