package scim

import "time"

// timeLayout is how dateTimes are written: fixed width, so that they sort as text.
const timeLayout = "2006-01-02T15:04:05.000Z"

// appendTime appends t in timeLayout. Each document has two, and package time
// takes layouts apart anew for each.
func appendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(dst, timeLayout)
	}
	hour, minute, second := t.Clock()
	dst = appendTwo(appendTwo(dst, year/100), year%100)
	dst = appendTwo(append(dst, '-'), int(month))
	dst = appendTwo(append(dst, '-'), day)
	dst = appendTwo(append(dst, 'T'), hour)
	dst = appendTwo(append(dst, ':'), minute)
	dst = appendTwo(append(dst, ':'), second)
	milli := t.Nanosecond() / 1e6
	dst = append(dst, '.', '0'+byte(milli/100))
	return append(appendTwo(dst, milli%100), 'Z')
}

// appendTwo appends a number below 100 with two digits.
func appendTwo(dst []byte, n int) []byte { return append(dst, '0'+byte(n/10), '0'+byte(n%10)) }

// readTime reads what appendTime wrote. What is not quite so is for package
// time, which knows what is wrong with it.
func readTime(s string) (time.Time, error) {
	if len(s) != len(timeLayout) {
		return time.Parse(timeLayout, s)
	}
	var part [8]int // pairs of digits
	for i, at := range [len(part)]int{0, 2, 5, 8, 11, 14, 17, 20} {
		a, b := s[at]-'0', s[at+1]-'0'
		if a > 9 || b > 9 {
			return time.Parse(timeLayout, s)
		}
		part[i] = int(a)*10 + int(b)
	}
	last := s[22] - '0'
	month, day := part[2], part[3]
	if s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' || s[23] != 'Z' || last > 9 ||
		month < 1 || month > 12 || day < 1 || day > 28 || part[4] > 23 || part[5] > 59 || part[6] > 59 {
		return time.Parse(timeLayout, s)
	}
	nanoseconds := (part[7]*10 + int(last)) * 1e6
	return time.Date(part[0]*100+part[1], time.Month(month), day, part[4], part[5], part[6], nanoseconds, time.UTC), nil
}
