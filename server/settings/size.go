package settings

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes: "256MB", "64MiB", or only the number. It is never negative.
type Size int64

// units are those of a Size, the largest first of each kind.
var units = []struct {
	name  string
	bytes uint64
}{
	{"TB", 1e12},
	{"GB", 1e9},
	{"MB", 1e6},
	{"kB", 1e3},
	{"TiB", 1 << 40},
	{"GiB", 1 << 30},
	{"MiB", 1 << 20},
	{"KiB", 1 << 10},
}

// ParseSize reads a size as the settings write it. Units may be in any case.
func ParseSize(text string) (Size, error) {
	digits := strings.TrimRight(text, "BGIKMTbgikmt")
	n, err := strconv.ParseUint(strings.TrimRight(digits, " "), 10, 63)
	unit := uint64(0)
	switch name := text[len(digits):]; {
	case name == "" || strings.EqualFold(name, "B"):
		unit = 1
	default:
		for _, u := range units {
			if strings.EqualFold(name, u.name) {
				unit = u.bytes
			}
		}
	}
	if err != nil || unit == 0 || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("want a size such as \"256MB\", \"64MiB\" or a number of bytes, not %q", text)
	}
	return Size(n * unit), nil
}

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSize(string(text))
	return err
}

// UnmarshalJSON reads a size, which may be a number too.
func (s *Size) UnmarshalJSON(data []byte) error {
	text := string(data)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	return s.UnmarshalText([]byte(text))
}

// MarshalText writes a size as UnmarshalText reads it.
func (s Size) MarshalText() ([]byte, error) {
	for _, u := range units {
		if n := uint64(s); n > 0 && n%u.bytes == 0 {
			return fmt.Appendf(nil, "%d%s", n/u.bytes, u.name), nil
		}
	}
	return strconv.AppendInt(nil, int64(s), 10), nil
}
