package tui

import "testing"

func TestDivide(t *testing.T) {
	tests := []struct {
		name string
		w, h int
		s    share
		want panes
	}{
		{"small: one pane", 80, 20, share{}, panes{how: off, listW: 80, listH: 20, sideW: 80, sideH: 20}},
		{"small, detail open", 80, 20, share{detail: true}, panes{how: off, listW: 80, listH: 20, sideW: 80, sideH: 20, hidden: true}},
		{"wide: side by side", 140, 36, share{}, panes{how: right, listW: 77, listH: 36, sideW: 61, sideH: 36}},
		{"least wide", 110, 20, share{}, panes{how: right, listW: 58, listH: 20, sideW: 50, sideH: 20}},
		{"not wide", 109, 20, share{}, panes{how: off, listW: 109, listH: 20, sideW: 109, sideH: 20}},
		{"high: below", 100, 36, share{}, panes{how: below, listW: 100, listH: 21, sideW: 100, sideH: 14}},
		{"just high", 100, 32, share{}, panes{how: below, listW: 100, listH: 19, sideW: 100, sideH: 12}},
		{"not high", 100, 31, share{}, panes{how: off, listW: 100, listH: 31, sideW: 100, sideH: 31}},
		{"zoomed list", 140, 36, share{zoom: true}, panes{how: off, listW: 140, listH: 36, sideW: 140, sideH: 36}},
		{"zoomed detail", 140, 36, share{zoom: true, detail: true}, panes{how: off, listW: 140, listH: 36, sideW: 140, sideH: 36, hidden: true}},
		{"off by hand", 140, 36, share{want: off}, panes{how: off, listW: 140, listH: 36, sideW: 140, sideH: 36}},
		{"below by hand", 140, 36, share{want: below}, panes{how: below, listW: 140, listH: 21, sideW: 140, sideH: 14}},
		{"right without room", 80, 20, share{want: right}, panes{how: off, listW: 80, listH: 20, sideW: 80, sideH: 20}},
		{"below without room", 80, 15, share{want: below}, panes{how: off, listW: 80, listH: 15, sideW: 80, sideH: 15}},
		{"list wider", 200, 40, share{list: 70}, panes{how: right, listW: 140, listH: 40, sideW: 58, sideH: 40}},
		{"list too wide", 200, 40, share{list: 99}, panes{how: right, listW: 148, listH: 40, sideW: 50, sideH: 40}},
	}
	for _, tt := range tests {
		if got := divide(tt.w, tt.h, tt.s); got != tt.want {
			t.Errorf("%s\nhave %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

// The parts and the edge make up the whole, for every size and wish.
func TestDivideAddsUp(t *testing.T) {
	for w := minWidth; w <= 200; w++ {
		for h := minHeight - chromeRows; h <= 60; h++ {
			for want := auto; want <= off; want++ {
				for _, list := range []int{0, 30, 55, 75} {
					p := divide(w, h, share{want: want, list: list})
					switch p.how {
					case right:
						if p.listW+2+p.sideW != w || p.listH != h || p.sideH != h || p.listW < 30 || p.sideW < 30 {
							t.Fatalf("%dx%d %v %d%%: %+v", w, h, want, list, p)
						}
					case below:
						if p.listH+1+p.sideH != h || p.listW != w || p.sideW != w || p.listH < 6 || p.sideH < 6 {
							t.Fatalf("%dx%d %v %d%%: %+v", w, h, want, list, p)
						}
					}
				}
			}
		}
	}
}
