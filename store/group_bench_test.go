package store

import (
	"fmt"
	"slices"
	"testing"

	"scimdeck/scim"
)

const large = 50_000

// largeGroup is a store of twice as many users, every second of them in one group.
func largeGroup(b *testing.B) (s *Store, g string, in, out []string) {
	b.Helper()
	s, _ = filled(b, 0, withGroups)
	b.StopTimer()
	defer b.StartTimer()
	for i, id := range crowd(b, s, 2*large) {
		if i%2 == 0 {
			in = append(in, id)
		} else {
			out = append(out, id)
		}
	}
	return s, makeOf(b, s, group, team(b, "Large", in...)), in, out
}

func BenchmarkLargeGroup(b *testing.B) {
	s, g, in, out := largeGroup(b)
	op := func(verb string, ids ...string) *scim.Patch {
		var list string
		for i, id := range ids {
			if i > 0 {
				list += ","
			}
			list += fmt.Sprintf(`{"value":%q}`, id)
		}
		return patchOf(b, group, fmt.Sprintf(`[{"op":%q,"path":"members","value":[%s]}]`, verb, list))
	}
	change := func(b *testing.B, p ...*scim.Patch) {
		b.Helper()
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			must(b)(s.Patch(ctx, group, g, p[i%len(p)], nil))
		}
	}
	b.Run("add+remove/2", func(b *testing.B) { change(b, op("add", out[77]), op("remove", out[77])) })
	b.Run("add+remove 100/2", func(b *testing.B) { change(b, op("add", out[500:600]...), op("remove", out[500:600]...)) })
	b.Run("remove by display", func(b *testing.B) { // reads them all
		change(b, patchOf(b, group, `[{"op":"remove","path":"members[display eq \"nobody\"]"}]`))
	})
	b.Run("get", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			doc, _, err := s.Get(group, dst[:0], g)
			if err != nil {
				b.Fatal(err)
			}
			dst = doc
		}
		b.ReportMetric(float64(len(dst)), "bytes")
	})
	b.Run("get bare", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			dst, _, _ = s.GetBare(group, dst[:0], g)
		}
	})
	same := team(b, "Large", in...)
	b.Run("put the same", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(b)(s.Replace(ctx, group, g, same, nil))
		}
	})
	b.Run("create and delete", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			must(b)(s.Delete(ctx, group, makeOf(b, s, group, same), nil))
		}
	})
	for _, id := range []string{in[5000], out[5000]} {
		b.Run(fmt.Sprintf("get a user in it=%v", slices.Contains(in, id)), func(b *testing.B) {
			b.ReportAllocs()
			var dst []byte
			for b.Loop() {
				dst, _, _ = s.Get(person, dst[:0], id)
			}
		})
	}
	for name, q := range map[string]Query{
		"members.value":  {Filter: filterOf(b, group, fmt.Sprintf(`members.value eq %q`, in[300])), Bare: true},
		"groups.value":   {Filter: filterOf(b, person, fmt.Sprintf(`groups.value eq %q`, g)), Count: 100},
		"groups.display": {Filter: filterOf(b, person, `groups.display eq "large"`), Count: 100},
		"users":          {Count: 100},
		"users bare":     {Count: 100, Bare: true},
	} {
		rt := person
		if name == "members.value" {
			rt = group
		}
		b.Run("list by "+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.List(ctx, rt, q, func([]byte) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, start := range []int{1, 90_001} {
		q := Query{Sort: sortOf(b, person, "name.familyName", "descending"), Start: start, Count: 100}
		b.Run(fmt.Sprintf("sort 100k from %d", start), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.List(ctx, person, q, func([]byte) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
