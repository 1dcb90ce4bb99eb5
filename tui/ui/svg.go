package ui

import (
	"fmt"
	"strconv"
	"strings"
)

// The measures of a cell in a picture, in pixels.
const (
	cellWidth  = 8.4
	cellHeight = 18
	margin     = 12
)

// pen is what the attribute sequences of a line have set.
type pen struct {
	fg                   string
	bold, faint, reverse bool
}

// font is what cells are drawn with.
const font = `font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14"`

// colours are those of text and ground that nothing else is said of.
func colours(dark bool) (fg, bg string) {
	if dark {
		return "#d4d4d4", "#1e1e1e"
	}
	return "#24292f", "#ffffff"
}

// SVG draws a frame as a picture on a dark or light background. Each run of
// text says how long it is, so that columns stand in line in any font.
func SVG(lines []string, w int, dark bool) string {
	fg, bg := colours(dark)
	width, height := float64(w)*cellWidth+2*margin, len(lines)*cellHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", bg)
	fmt.Fprintf(&b, `<g %s fill="%s" xml:space="preserve">`+"\n", font, fg)
	for row, line := range lines {
		drawLine(&b, line, row, fg, bg)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// drawLine draws one line of a frame in the row-th place.
func drawLine(b *strings.Builder, line string, row int, fg, bg string) {
	x, p := 0, pen{}
	for line != "" {
		if n := attributes(line); n > 0 {
			p.set(line[2 : n-1])
			line = line[n:]
			continue
		}
		text := line
		if i := strings.IndexByte(line[1:], 0x1b); i >= 0 {
			text = line[:i+1]
		}
		line = line[len(text):]
		p.draw(b, text, x, row, fg, bg)
		x += lineWidth(text)
	}
}

// draw writes one run of text. Blanks at its ends are left out, but for the background.
func (p pen) draw(b *strings.Builder, text string, x, row int, fg, bg string) {
	colour := p.fg
	if p.reverse {
		if colour == "" {
			colour = fg
		}
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`,
			margin+float64(x)*cellWidth, margin+row*cellHeight, float64(lineWidth(text))*cellWidth, cellHeight, colour)
		colour = bg
	}
	body := strings.TrimLeft(text, " ")
	x += len(text) - len(body)
	body = strings.TrimRight(body, " ")
	if body == "" {
		return
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f"`,
		margin+float64(x)*cellWidth, margin+row*cellHeight+13, float64(lineWidth(body))*cellWidth)
	if colour != "" {
		fmt.Fprintf(b, ` fill="%s"`, colour)
	}
	if p.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if p.faint {
		b.WriteString(` opacity="0.6"`)
	}
	b.WriteString(">" + xmlText.Replace(body) + "</text>\n")
}

var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// set applies the parameters of an attribute sequence.
func (p *pen) set(params string) {
	codes := strings.Split(params, ";")
	for i := 0; i < len(codes); i++ {
		n, _ := strconv.Atoi(codes[i])
		switch {
		case n == 0:
			*p = pen{}
		case n == 1:
			p.bold = true
		case n == 2:
			p.faint = true
		case n == 7:
			p.reverse = true
		case n >= 30 && n <= 37:
			p.fg = palette(n - 30).hex()
		case n == 38 && i+2 < len(codes) && codes[i+1] == "5":
			index, _ := strconv.Atoi(codes[i+2])
			p.fg = palette(index).hex()
			i += 2
		}
	}
}

// rgb is a colour, each part 0 to 255.
type rgb [3]int

func (c rgb) hex() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// palette is the colour of an index of the 256-colour palette; the first 16, which
// each terminal has its own way with, are xterm's.
func palette(index int) rgb {
	switch {
	case index >= 232:
		v := 8 + (index-232)*10
		return rgb{v, v, v}
	case index >= 16:
		level := func(n int) int {
			if n == 0 {
				return 0
			}
			return 55 + n*40
		}
		index -= 16
		return rgb{level(index / 36), level(index / 6 % 6), level(index % 6)}
	}
	return [16]rgb{
		{0, 0, 0},
		{205, 0, 0},
		{0, 205, 0},
		{205, 205, 0},
		{0, 0, 238},
		{205, 0, 205},
		{0, 205, 205},
		{229, 229, 229},
		{127, 127, 127},
		{255, 0, 0},
		{0, 255, 0},
		{255, 255, 0},
		{92, 92, 255},
		{255, 0, 255},
		{0, 255, 255},
		{255, 255, 255},
	}[index]
}
