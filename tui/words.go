package tui

import (
	"strings"

	"scimdeck/tui/ui"
)

// count writes a number with its noun: "1 user", "214 users".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return ui.Thousands(n) + " " + noun + "s"
}

// sizeShort writes a size for the header: 64.2k, 1.2M.
func sizeShort(n int64) string {
	return strings.NewReplacer(" kB", "k", " MB", "M", " GB", "G", " B", "").Replace(ui.Size(n))
}
