package settings

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Span is a duration that also knows days: "30d", "12h", "1m30s". It is never negative.
type Span time.Duration

// ParseSpan reads a duration as the settings write it.
func ParseSpan(text string) (time.Duration, error) {
	days, isDays := strings.CutSuffix(text, "d")
	if n, err := strconv.ParseUint(days, 10, 16); isDays && err == nil {
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("want a duration such as \"30d\", \"12h\" or \"30s\", not %q", text)
	}
	return d, nil
}

// UnmarshalText reads a span.
func (s *Span) UnmarshalText(text []byte) error {
	d, err := ParseSpan(string(text))
	*s = Span(d)
	return err
}

// MarshalText writes a span as UnmarshalText reads it.
func (s Span) MarshalText() ([]byte, error) {
	const day = 24 * time.Hour
	if d := time.Duration(s); d >= day && d%day == 0 {
		return fmt.Appendf(nil, "%dd", d/day), nil
	}
	return []byte(time.Duration(s).String()), nil
}
