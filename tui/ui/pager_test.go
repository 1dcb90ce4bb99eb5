package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

var prettyTests = []struct{ name, in, want string }{
	{"object", `{"a":1,"b":[true,null],"c":{}}`, "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": {}\n}"},
	{"blanks", "\n {\t\"a\" :  [ ] }\n", "{\n  \"a\": []\n}"},
	{"strings keep what they hold", `{"a\"}":"x , : [ \\"}`, "{\n  \"a\\\"}\": \"x , : [ \\\\\"\n}"},
	{"cut off", `{"a":[1,"b`, "{\n  \"a\": [\n    1,\n    \"b"},
	{"too many ends", `{}]}`, "{}\n]\n}"},
}

func TestPretty(t *testing.T) {
	for _, tt := range prettyTests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Pretty(context.Background(), []byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if have := string(d.Bytes); have != tt.want {
				t.Errorf("\nhave %s\nwant %s", have, tt.want)
			}
		})
	}
	for _, in := range []string{"", " ", "hello", "\"a\"", "<html>"} {
		if _, err := Pretty(context.Background(), []byte(in)); !errors.Is(err, ErrNotJSON) {
			t.Errorf("Pretty(%q): %v", in, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Pretty(ctx, []byte("["+strings.Repeat("1,", checkEvery)+"1]")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// FuzzPretty: laying out loses no byte but blanks, agrees with encoding/json
// on valid texts, and the window never breaks the frame contract.
func FuzzPretty(f *testing.F) {
	for _, tt := range prettyTests {
		f.Add([]byte(tt.in), 20)
	}
	for _, tt := range cleanTests {
		f.Add([]byte(`{"x":"`+tt.in+`"}`), 30)
	}
	th := NewTheme(Dark, false)
	f.Fuzz(func(t *testing.T, body []byte, w int) {
		w = w&63 + 2
		p := NewPager(body)
		d, err := Pretty(context.Background(), body)
		if err == nil {
			p.SetPretty(d)
			var want, again bytes.Buffer
			if json.Indent(&want, bytes.TrimSpace(body), "", "  ") == nil && bytes.Count(want.Bytes(), []byte("  ")) < indentMax {
				if !bytes.Equal(d.Bytes, want.Bytes()) {
					t.Fatalf("\nhave %s\nwant %s", d.Bytes, want.Bytes())
				}
				if json.Compact(&again, d.Bytes) != nil {
					t.Fatal("the layout is no JSON any more")
				}
			}
		}
		hits, err := Find(context.Background(), p.Doc(), "a")
		if err != nil {
			t.Fatal(err)
		}
		p.SetHits(hits)
		for _, k := range []string{"", "G", "k", "pgup", "g", "j", "b", "G", "w", "pgdown", "k", "n", "N"} {
			p.Key(k)
			if err := Check(p.View(th, w, 5), w, 5); err != nil {
				t.Fatalf("after %q: %v", k, err)
			}
		}
	})
}

func TestPagerShowsEveryByteOnce(t *testing.T) {
	body := []byte(strings.Repeat("abc日本語 d\u0301 ", 800) + "\nsecond\n\nlast")
	p := NewPager(body)
	th := NewTheme(None, false)
	var text strings.Builder
	for range 10_000 {
		p.View(th, 40, 1)
		at := p.top
		stop := p.rowAfter(at)
		text.Write(body[at:stop])
		if stop == len(body) {
			break
		}
		p.top = stop
	}
	if text.String() != string(body) {
		t.Error("walking down row after row does not give the body")
	}
	for steps := 0; p.top > 0; steps++ {
		above := p.rowBefore(p.top)
		if above >= p.top || p.rowAfter(above) != p.top {
			t.Fatalf("the row above %d is %d, and below that is %d", p.top, above, p.rowAfter(above))
		}
		p.top = above
		if steps > 20_000 {
			t.Fatal("going up does not end")
		}
	}
}

func TestPagerKeepsItsPlaceOnResize(t *testing.T) {
	body := []byte(strings.Repeat(strings.Repeat("x", 200)+"\n", 50))
	p := NewPager(body)
	th := NewTheme(None, false)
	p.View(th, 60, 10)
	p.Move(20)
	p.View(th, 60, 10)
	mark := p.top
	for _, w := range []int{40, 100, 30, 60} {
		p.View(th, w, 10)
		if p.top > mark || p.rowAfter(p.top) <= p.top || mark-p.top > 200 {
			t.Errorf("at %d cells the top is %d, it was %d", w, p.top, mark)
		}
	}
}

func TestPagerStopsAtTheLastScreenful(t *testing.T) {
	p := NewPager([]byte(strings.Repeat("line\n", 30)))
	th := NewTheme(None, false)
	p.View(th, 40, 10)
	for _, k := range []string{"G", "j", "pgdown"} {
		p.Key(k)
		if lines := p.View(th, 40, 10); Strip(lines[9]) != "  30 line" || Strip(lines[0]) != "  21 line" {
			t.Errorf("after %s:\n%s", k, Plain(lines))
		}
	}
	if left, _ := p.Status(); left != "line 21-30 of 30   150 B   raw" {
		t.Errorf("status %q", left)
	}
}

func TestFind(t *testing.T) {
	p := NewPager([]byte("Title one\ntwo\ntitle three\n"))
	th := NewTheme(None, false)
	p.View(th, 40, 2)
	hits, err := Find(context.Background(), p.Doc(), "title")
	if err != nil || len(hits.At) != 2 {
		t.Fatalf("hits %v, %v", hits.At, err)
	}
	p.SetHits(hits)
	p.Key("n")
	lines := p.View(th, 40, 2)
	if !strings.Contains(lines[1], "\x1b[7mtitle\x1b[0m three") {
		t.Errorf("the second hit is not shown:\n%q", lines)
	}
	if _, right := p.Status(); right != `2 matches for "title"  n/N` {
		t.Errorf("status %q", right)
	}
	if hits, _ := Find(context.Background(), p.Doc(), `~t\w+$`); len(hits.At) != 2 {
		t.Errorf("expression: %v", hits.At)
	}
	if _, err := Find(context.Background(), p.Doc(), "~("); err == nil {
		t.Error("a broken expression is accepted")
	}
}

func TestPagerColours(t *testing.T) {
	d, _ := Pretty(context.Background(), []byte(`{"a":"b","n":-1.5e3,"t":true}`))
	p := NewPager(nil)
	p.SetPretty(d)
	th := NewTheme(Dark, false)
	have := strings.Join(p.View(th, 40, 5), "\n")
	for _, want := range []string{th.Paint(JSONKey, `"a"`) + ": " + th.Paint(JSONText, `"b"`), th.Paint(JSONNumber, "-1.5e3"), th.Paint(JSONLiteral, "true")} {
		if !strings.Contains(have, want) {
			t.Errorf("%q is not in\n%q", want, have)
		}
	}
}

func bigBody(n int) []byte {
	return []byte(`{"Resources":[` + strings.Repeat(`{"userName":"ada@example.com","active":true},`, n) + `{}]}`)
}

func BenchmarkPretty(b *testing.B) {
	body := bigBody(45_000)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Pretty(context.Background(), body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPagerOneLine(b *testing.B) {
	p := NewPager(bigBody(45_000))
	th := NewTheme(Dark, false)
	p.View(th, 140, 36)
	for b.Loop() {
		p.Key("pgdown")
		p.View(th, 140, 36)
	}
}
