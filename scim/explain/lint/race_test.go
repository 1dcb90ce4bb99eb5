//go:build race

package lint

// With the race detector a sync.Pool forgets one in four of what is put into it, on purpose.
const poolForgets = true
