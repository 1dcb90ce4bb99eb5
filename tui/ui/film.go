package ui

import (
	"fmt"
	"strings"
	"time"
)

// Shot is a frame of a film: how long it is shown, and what is said under it.
type Shot struct {
	Lines   []string
	For     time.Duration
	Caption string
}

// Film draws frames of w by h cells as one picture that moves, over and over: SVG
// with CSS keyframes, without scripts, so that it moves where pictures do. A line that
// several frames have is drawn once, which keeps it small. Whoever wants no
// motion, or cannot show it, sees the last frame.
func Film(shots []Shot, w, h int, dark bool) string {
	fg, bg := colours(dark)
	width, height := float64(w)*cellWidth+2*margin, (h+2)*cellHeight+2*margin
	var all time.Duration
	for _, s := range shots {
		all += s.For
	}
	var defs, frames, style strings.Builder
	fmt.Fprintf(&style, ".f{visibility:hidden;animation:%gs step-end infinite}.last{visibility:visible}", all.Seconds())
	names := map[string]int{} // of lines
	var at time.Duration
	for i, s := range shots {
		class := "f"
		if i == len(shots)-1 {
			class = "f last"
		}
		fmt.Fprintf(&frames, `<g class="%s" id="f%d">`, class, i)
		for row, line := range s.Lines {
			name, known := names[line]
			if !known {
				var b strings.Builder
				drawLine(&b, line, 0, fg, bg)
				if b.Len() == 0 {
					continue
				}
				name = len(names)
				names[line] = name
				fmt.Fprintf(&defs, "<g id=\"l%d\">%s</g>\n", name, strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\n", ""))
			}
			fmt.Fprintf(&frames, `<use href="#l%d" y="%d"/>`, name, row*cellHeight)
		}
		fmt.Fprintf(&frames, `<text x="%d" y="%d" font-style="italic">%s</text></g>`+"\n", margin, margin+(h+1)*cellHeight+13, xmlText.Replace(s.Caption))
		from, to := 100*float64(at)/float64(all), 100*float64(at+s.For)/float64(all)
		fmt.Fprintf(&style, "#f%d{animation-name:k%d}@keyframes k%d{0%%{visibility:%s}%.2f%%{visibility:visible}%.2f%%{visibility:hidden}}",
			i, i, i, map[bool]string{true: "visible", false: "hidden"}[i == 0], from, to)
		at += s.For
	}
	style.WriteString("@media(prefers-reduced-motion:reduce){.f{animation:none}}")
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d">`+"\n<style>%s</style>\n", width, height, width, height, style.String())
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n<g %s fill=\"%s\" xml:space=\"preserve\">\n<defs>\n%s</defs>\n%s</g>\n</svg>\n", bg, font, fg, defs.String(), frames.String())
	return b.String()
}
