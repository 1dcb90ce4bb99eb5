package store

import "sync/atomic"

// pins tell when nobody reads any more what was there at some moment: a file of
// documents that none of the present ones is in may still be read by who has a
// snapshot from before. Readers are counted in one of two generations; who waits for
// those of now begins the other one.
type pins struct {
	generation atomic.Uint64
	readers    [2]atomic.Int64
}

// pin is one reader.
type pin struct{ readers *atomic.Int64 }

func (p *pins) take() pin {
	for {
		g := p.generation.Load()
		n := &p.readers[g%2]
		n.Add(1)
		if p.generation.Load() == g {
			return pin{n}
		}
		n.Add(-1)
	}
}

func (p pin) release() { p.readers.Add(-1) }

// turn begins a new generation, if there is no reader of the one before the present
// one, and reports whether. Only one goroutine may call it.
func (p *pins) turn() bool {
	g := p.generation.Load()
	if p.readers[(g+1)%2].Load() > 0 {
		return false
	}
	p.generation.Store(g + 1)
	return true
}
