package transfer

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"scimdeck/scim"
)

const u = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]`

// readings are files and what is read of them: a line for each record, and the error
// that ends the reading. They are the fuzzer's seeds.
var readings = []struct{ name, file, want string }{
	{"nothing", "", ""},
	{"blanks", " \r\n\n\t", ""},
	{"lines", `{"a":1}` + "\n" + `{"a":2}`, "line 1: {\"a\":1}\nline 2: {\"a\":2}\n"},
	{"lines with CRLF, blank ones and a BOM", "\ufeff{\"a\":1}\r\n\r\n{\"a\":2}\r\n", "line 1: {\"a\":1}\nline 3: {\"a\":2}\n"},
	{"a line that is broken", `{"a":1}` + "\n" + `{"a":` + "\n" + `{"a":3}`, "line 1: {\"a\":1}\nline 2: column 6 (byte 13): want a value, got the end of the text\nline 3: {\"a\":3}\n"},
	{"the first line is broken", `{"a":` + "\n" + `{"a":2}`, "line 1: column 6 (byte 5): want a value, got the end of the text\nline 2: {\"a\":2}\n"},
	{"the first line is broken in a text", `{"a":"x` + "\n" + `{"a":2}`, "line 1: column 8 (byte 7): want '\"' at the end of a string, got the end of the text\nline 2: {\"a\":2}\n"},
	{"two on a line", `{"a":1} {"a":2}`, "line 1: column 9 (byte 8): want the end after the JSON value, got '{'\n"},
	{"bad UTF-8 in a line", `{"a":1}` + "\n{\"a\":\"\xff\"}", "line 1: {\"a\":1}\nline 2: column 7 (byte 14): the text is not valid UTF-8\n"},
	{"a list among lines", `{"a":1}` + "\n[1]\n7", "line 1: {\"a\":1}\nline 2: [1]\nline 3: 7\n"},
	{"a list response", `{"schemas":["x"],"totalResults":2,"Resources":[{"a":1},{"a":2}],"itemsPerPage":2}`, "resource 1 (line 1): {\"a\":1}\nresource 2 (line 1): {\"a\":2}\n"},
	{
		"one over several lines", "{\n  \"Resources\": [\n    {\"a\": 1},\n    {\n      \"a\": }\n  ],\n  \"totalResults\": 2\n}\n",
		"resource 1 (line 3): {\"a\":1}\nresource 2 (line 4): line 5, column 12 (byte 50): want a value, got '}'\n",
	},
	{"one whose resources are in between", `{"totalResults":1,"x":{"Resources":[9]},"Resources":[{"a":"\"]}"}],"startIndex":1}`, "resource 1 (line 1): {\"a\":\"\\\"]}\"}\n"},
	{"one without resources", `{"totalResults":0}`, ""},
	{"one with null for resources", `{"totalResults":0,"Resources":null}`, ""},
	{"two pages", `{"Resources":[{"a":1}]}` + "\n" + `{"Resources":[{"a":2}]}`, "resource 1 (line 1): {\"a\":1}\nresource 2 (line 2): {\"a\":2}\n"},
	{"one that is cut off", `{"Resources":[{"a":1},{"a"`, "resource 1 (line 1): {\"a\":1}\nerror: line 1, column 27 (byte 26): the file ends in the middle: it was cut off"},
	{"one that is cut off between", `{"Resources":[{"a":1}`, "resource 1 (line 1): {\"a\":1}\nerror: line 1, column 22 (byte 21): the file ends in the middle: it was cut off"},
	{"one that is cut off after", `{"Resources":[{"a":1}]`, "resource 1 (line 1): {\"a\":1}\nerror: line 1, column 23 (byte 22): the file ends in the middle: it was cut off"},
	{"one with a number for a resource", `{"Resources":[{"a":1},2]}`, "resource 1 (line 1): {\"a\":1}\nerror: line 1, column 23 (byte 22): want a resource, got '2'"},
	{"one without a comma", `{"Resources":[{"a":1}{"a":2}]}`, "resource 1 (line 1): {\"a\":1}\nerror: line 1, column 22 (byte 21): want ',', got '{'"},
	{"an array", `[{"a":1}, {"a":2}]`, "resource 1 (line 1): {\"a\":1}\nresource 2 (line 1): {\"a\":2}\n"},
	{"an empty array", "[ ]\n", ""},
	{"an array and more", `[{"a":1}] x`, "resource 1 (line 1): {\"a\":1}\nerror: line 1, column 11 (byte 10): want the end of the file, got 'x'"},
	{"resources over several lines", "{\n  \"a\": 1\n}\n{\n  \"a\": [\n    {}\n  ]\n}", "resource 1 (line 1): {\"a\":1}\nresource 2 (line 4): {\"a\":[{}]}\n"},
	{"UTF-16", "\xff\xfea\x00", "error: the file is UTF-16: save it as UTF-8"},
	{"gzip", "\x1f\x8b\x08\x00", "error: the file is compressed: unpack it first, for example with gunzip -c FILE | scimdeck import -"},
	{"a backup", "scimdeck backup 1\n{}", "error: the file is a backup: see scimdeck help restore"},
	{"a program", "\x7fELF\x00", "error: the file is no text: want JSON lines, a ListResponse or CSV"},

	{"CSV", "userName,active\nada,true\n", "line 2: {" + `"userName":"ada","active":true,` + u + "}\n"},
	{
		"CSV with everything", "userName;name.givenName;emails.work;emails[type eq \"home\"].value;active;urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department;phone\r\n" +
			"ada;Ada;a@x;h@x;NO;\"R;\"\"D\";\r\n",
		`line 2: {"userName":"ada","name":{"givenName":"Ada"},"emails":[{"type":"work","value":"a@x"},{"type":"home","value":"h@x"}],"active":false,` +
			`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"R;\"D"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]}` + "\n",
	},
	{
		"CSV as people write it", "\ufeffLogin\tE-Mail\tFirst Name\tsurname\tManager ID\tcity\nada\ta@x\tAda\tL\tboss\tLondon\n",
		`line 2: {"userName":"ada","emails":[{"type":"work","primary":true,"value":"a@x"}],"name":{"givenName":"Ada","familyName":"L"},"addresses":[{"type":"work","locality":"London"}],` +
			`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"boss"}},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]}` + "\n",
	},
	{
		"CSV with quoted newlines and empty rows", "userName,title\n\"ada\",\"a\nb\"\n,\n\nbob,\n",
		`line 2: {"userName":"ada","title":"a\nb",` + u + "}\nline 6: {" + `"userName":"bob",` + u + "}\n",
	},
	{"CSV with ids", "id,userName\n17,ada\n", `line 2: {"id":"17","userName":"ada",` + u + "}\n"},
	{
		"CSV with bad rows", "userName,title\nada,x,y\nbob,a\"b\ncy,\xff\ndi\neve,1,\n",
		"line 2: there are more than the header's 2 columns: \"y\" has none\nline 3: column 6: bare \" in non-quoted-field\n" +
			"line 4: column 4: the text is not valid UTF-8\nline 5: {\"userName\":\"di\"," + u + "}\nline 6: {\"userName\":\"eve\",\"title\":\"1\"," + u + "}\n",
	},
	{"CSV with an open quote", "userName\nada\n\"bob\ncy\n", "line 2: {\"userName\":\"ada\"," + u + "}\nline 3: line 4, column 4: extraneous or missing \" in quoted-field\n"},
	{
		"CSV with unknown columns", "userName,departement,shoe size,meta.created,name,userName,,emails[primary co 1].value\n",
		"error: the header of the CSV does not fit; column 2 \"departement\": a User has no such attribute; did you mean urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department?; " +
			"column 3 \"shoe size\": a User has no such attribute; take the column out, or name it as an attribute is; column 4 \"meta.created\": meta.created is not for clients to set: take the column out; " +
			"column 6 \"userName\": column 1 is the same attribute; column 7 \"\": it has no name; column 8 \"emails[primary co 1].value\": only eq and and can say which value it is",
	},
	{"a text", "Dear all,\nhello\n", "error: the header of the CSV does not fit; column 1 \"Dear all\": a User has no such attribute; take the column out, or name it as an attribute is; column 2 \"\": it has no name"},
}

// readAll writes what is read of a file as readings has it.
func readAll(r io.Reader, most int) (string, error) {
	var b strings.Builder
	src, err := open(r, catalog.Type("User"), most)
	for err == nil {
		var rec record
		if rec, err = src.next(); err != nil {
			break
		}
		if rec.err != nil {
			fmt.Fprintf(&b, "%v: %s\n", rec.Place, rec.err.Detail)
		} else {
			fmt.Fprintf(&b, "%v: %s\n", rec.Place, rec.body)
		}
	}
	if err == io.EOF {
		return b.String(), nil
	}
	fmt.Fprintf(&b, "error: %v", err)
	return b.String(), err
}

func TestReadings(t *testing.T) {
	for _, c := range readings {
		t.Run(c.name, func(t *testing.T) {
			have, err := readAll(strings.NewReader(c.file), MaxLine)
			if have != c.want {
				t.Errorf("have\n%s\nwant\n%s", have, c.want)
			}
			var fault *FormatError
			if err != nil && !errors.As(err, &fault) {
				t.Errorf("the error is a %T", err)
			}
			// However the reader cuts it, it is the same file.
			if again, _ := readAll(dripping{strings.NewReader(c.file)}, MaxLine); again != have {
				t.Errorf("byte by byte:\n%s\nat once:\n%s", again, have)
			}
		})
	}
}

// dripping reads one byte at a time.
type dripping struct{ r io.Reader }

func (d dripping) Read(p []byte) (int, error) { return d.r.Read(p[:min(1, len(p))]) }

// What is too long is refused with its bound, and what follows it is read.
func TestTooLong(t *testing.T) {
	const most = 100_000
	long := strings.Repeat("x", most)
	for name, c := range map[string]struct{ file, want string }{
		"line":     {`{"a":"` + long + "\"}\n{\"a\":2}", "line 1: the line is longer than 100000 bytes\nline 2: {\"a\":2}\n"},
		"resource": {`{"Resources":[{"a":"` + long + `"}]}`, "error: line 1, column 100016 (byte 100015): a resource is longer than 100000 bytes"},
		"row":      {"userName\n\"" + long + long[:8192] + "\"\n", "error: a row of the CSV is longer than 100000 bytes: is there a quote without its other one?"},
	} {
		if have, _ := readAll(strings.NewReader(c.file), most); have != c.want {
			t.Errorf("%s: have %.200s\nwant %.200s", name, have, c.want)
		}
	}
}

// The laws of reading: it ends, what it gives could be sent to a server, it
// gives no more than was in the file, and it does not matter how the file is cut into reads.
func FuzzRead(f *testing.F) {
	for _, c := range readings {
		f.Add(c.file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		have, _ := readAll(strings.NewReader(file), MaxLine)
		if again, _ := readAll(dripping{strings.NewReader(file)}, MaxLine); again != have {
			t.Errorf("byte by byte:\n%s\nat once:\n%s", again, have)
		}
		src, err := open(strings.NewReader(file), catalog.Type("User"), MaxLine)
		last := 0
		for err == nil {
			var r record
			if r, err = src.next(); err != nil {
				break
			}
			if n := r.Number(); n <= last {
				t.Errorf("%d comes after %d", n, last)
			}
			if last = r.Number(); r.err != nil {
				continue
			}
			if r.Line < 1 || r.Line > 1+strings.Count(file, "\n") {
				t.Errorf("there is no %v", r.Place)
			}
			text := r.body.Append(nil)
			if !utf8.Valid(text) {
				t.Errorf("%q is no UTF-8", text)
			}
			again, err := scim.Decode(text, scim.Limits{})
			if err != nil || !again.Equal(r.body) {
				t.Errorf("%s is read as %v, %v", text, again, err)
			}
		}
	})
}
