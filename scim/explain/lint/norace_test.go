//go:build !race

package lint

const poolForgets = false
