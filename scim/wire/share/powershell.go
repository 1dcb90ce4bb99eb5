package share

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"scimdeck/scim/wire"
)

// PowerShell gives a command for PowerShell that sends the request again to
// where it went. The key is $env:SCIM_TOKEN; the body is the stored one byte for
// byte, by way of base64 when it is more than letters, digits and marks. See
// Exchange.RequestGap for bodies that are not whole.
func PowerShell(ex *wire.Exchange) string {
	var b strings.Builder
	b.WriteString("Invoke-WebRequest -UseBasicParsing -Method " + shellWord(ex.Method) + " -Uri " + shellWord(url(ex)) + " `\n")
	b.WriteString("  -Headers @{ Authorization = \"Bearer $env:" + TokenVariable + "\"")
	media := ""
	for _, f := range ex.RequestHeader {
		switch f.Name {
		case "Accept", "If-Match", "If-None-Match":
			b.WriteString("; " + shellWord(f.Name) + " = " + shellWord(line(f.Value)))
		case "Content-Type":
			media = line(f.Value)
		}
	}
	b.WriteString(" }")
	if len(ex.RequestBody) > 0 {
		if media != "" {
			b.WriteString(" `\n  -ContentType " + shellWord(media))
		}
		b.WriteString(" `\n  -Body (" + shellBytes(ex.RequestBody) + ")")
	}
	return b.String()
}

// shellBytes gives bytes: a text for the command would be sent in an encoding of its own.
func shellBytes(body []byte) string {
	if text := string(body); utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "[Text.Encoding]::UTF8.GetBytes(" + shellWord(text) + ")"
	}
	return "[Convert]::FromBase64String('" + base64.StdEncoding.EncodeToString(body) + "')"
}

// shellWord puts s in single quotes, of which PowerShell knows five.
func shellWord(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range line(s) {
		if strings.ContainsRune("'‘’‚‛", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}
