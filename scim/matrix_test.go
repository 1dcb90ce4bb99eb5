package scim

import (
	"slices"
	"strings"
	"testing"
)

// Rows of the requirement matrix that need no table of their own.

func TestDiscoveryRows(t *testing.T) {
	features := Features{
		Patch: true, Sort: true, ETag: true, Cursor: true, CursorTimeout: 600, FilterMax: 200, PageSize: 100,
		BulkOperations: 1000, BulkBytes: 1 << 20, Documentation: "https://host/help",
	}
	config := mustDecode(t, string(catalog.ConfigDoc(base, features)))
	get := func(path ...string) Value {
		v := config
		for _, name := range path {
			v = v.Get(name)
		}
		return v
	}
	t.Run("DISC-01", func(t *testing.T) {
		if get("schemas").String() != `["`+ConfigURN+`"]` {
			t.Errorf("have %v", get("schemas"))
		}
	})
	t.Run("DISC-02", func(t *testing.T) {
		for _, name := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
			if get(name, "supported").Kind() != Bool {
				t.Errorf("%s is %v", name, get(name))
			}
		}
	})
	t.Run("DISC-03 DISC-04", func(t *testing.T) {
		for path, want := range map[string]string{"bulk maxOperations": "1000", "bulk maxPayloadSize": "1048576", "filter maxResults": "200"} {
			if have := get(strings.Fields(path)...).String(); have != want {
				t.Errorf("%s is %s", path, have)
			}
		}
	})
	t.Run("DISC-05 DISC-06 DISC-07", func(t *testing.T) {
		list := get("authenticationSchemes")
		if list.Len() != 1 || list.At(0).Get("type").Text() != "oauthbearertoken" || list.At(0).Get("name").Text() == "" || list.At(0).Get("description").Text() == "" || !list.At(0).Get("primary").True() {
			t.Errorf("have %v", list)
		}
	})
	t.Run("DISC-08 DISC-09", func(t *testing.T) {
		if get("meta", "resourceType").Text() != "ServiceProviderConfig" || get("meta", "location").Text() != base+"/ServiceProviderConfig" || get("documentationUri").Text() != "https://host/help" {
			t.Errorf("have %v", config)
		}
	})
	t.Run("CUR-01 CUR-02 CUR-13", func(t *testing.T) {
		want := `{"cursor":true,"index":true,"defaultPaginationMethod":"index","defaultPageSize":100,"maxPageSize":200,"cursorTimeout":600}`
		if have := get("pagination").String(); have != want {
			t.Errorf("have %s\nwant %s", have, want)
		}
	})
	t.Run("CUR-04 CUR-05", func(t *testing.T) {
		list := AppendCursorTail(append(AppendListHead(nil, 5, 0, 1), `{}`...), "n", "p")
		want := `{"schemas":["` + ListURN + `"],"totalResults":5,"itemsPerPage":1,"Resources":[{}],"nextCursor":"n","previousCursor":"p"}`
		if string(list) != want {
			t.Errorf("have %s\nwant %s", list, want)
		}
		if tail := string(AppendCursorTail(nil, "", "")); tail != "]}" {
			t.Errorf("have %s", tail)
		}
	})
	// DISC-02: each member of the config is in the schema of the config.
	s := catalog.Schema(ConfigURN)
	features.Interop = true
	for name, v := range mustDecode(t, string(catalog.ConfigDoc(base, features))).Members() {
		a := s.Attribute(name)
		if a == nil && name != "schemas" && name != "meta" {
			t.Errorf("%s is not in the schema", name)
		}
		for sub := range v.Members() {
			if a != nil && sub != "" && a.SubAttribute(sub) == nil {
				t.Errorf("%s.%s is not in the schema", name, sub)
			}
		}
	}
}

func TestSchemaRows(t *testing.T) {
	for _, s := range catalog.Schemas {
		v := mustDecode(t, string(catalog.SchemaDoc(base, s)))
		t.Run("SCH-01 "+s.Name, func(t *testing.T) {
			if !strings.HasPrefix(v.Get("id").Text(), "urn:") || v.Get("attributes").Len() == 0 || v.Get("name").Text() == "" || v.Get("description").Text() == "" {
				t.Errorf("have %v", v)
			}
		})
		t.Run("SCH-02 SCH-03 SCH-04 SCH-05 SCH-13 SCH-14 "+s.Name, func(t *testing.T) {
			// What refuses other people's faults takes ours, once the reserved names are out of the way.
			text := strings.Replace(string(v.Append(nil)), s.ID, "urn:test:"+s.Name, 1)
			_, err := definer{}.schema(mustDecode(t, text))
			if err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("DISC-22", func(t *testing.T) {
		if userType.Endpoint != "/Users" || userType.Schema.ID != UserURN || len(userType.Extensions) != 1 || userType.Extensions[0].Schema.ID != EnterpriseURN || userType.Extensions[0].Required {
			t.Errorf("have %+v", userType)
		}
	})
	t.Run("DISC-24", func(t *testing.T) {
		if NewCatalog(false).Type("Group") != nil {
			t.Error("groups are off")
		}
	})
}

// TestValueRows has rows of TYP and MV that are about what is stored.
func TestValueRows(t *testing.T) {
	read := func(t *testing.T, body string) Value {
		t.Helper()
		d, _, err := userType.Read(mustDecode(t, withSchemas(userType, body)), Policy{})
		if err != nil {
			t.Fatal(err)
		}
		return d.Attributes
	}
	t.Run("TYP-09", func(t *testing.T) {
		if v := read(t, `{"userName":"a","addresses":[{"country":"US"}]}`); v.Get("addresses").At(0).Get("country").Text() != "US" {
			t.Errorf("have %v", v)
		}
	})
	t.Run("MV-05", func(t *testing.T) {
		var list []string
		for _, c := range "abcdefghij" {
			list = append(list, `{"value":"`+string(c)+`"}`)
		}
		slices.Reverse(list)
		emails := "[" + strings.Join(list, ",") + "]"
		if v := read(t, `{"userName":"a","emails":`+emails+`}`); v.Get("emails").String() != emails {
			t.Errorf("have %v", v)
		}
	})
	t.Run("MV-06", func(t *testing.T) {
		for _, mode := range []Mode{Lenient, Strict, Interop} {
			_, _, err := userType.Read(mustDecode(t, withSchemas(userType, `{"userName":"a","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}`)), Policy{Mode: mode})
			checkError(t, err, "invalidValue: emails: both [0] and [1] are primary")
		}
	})
	t.Run("MV-02", func(t *testing.T) {
		p, _, err := readOps(t, userType, `{"op":"add","path":"emails","value":[{"value":"x","primary":true}]},{"op":"add","path":"emails","value":[{"value":"y","primary":true}]}`, Policy{})
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := p.Apply(Draft{mustDecode(t, patched)})
		if err != nil {
			t.Fatal(err)
		}
		var primary []string
		for _, e := range out.Attributes.Get("emails").Members() {
			if e.Get("primary").True() {
				primary = append(primary, e.Get("value").Text())
			}
		}
		if !slices.Equal(primary, []string{"y"}) {
			t.Errorf("primary are %q", primary)
		}
	})
	t.Run("PAT-12", func(t *testing.T) {
		p, _, err := readOps(t, userType, `{"op":"add","path":"title","value":"T"},{"op":"add","path":"emails","value":[{"value":"h@x","type":"home"}]}`, Policy{})
		if err != nil {
			t.Fatal(err)
		}
		if _, changed, err := p.Apply(Draft{mustDecode(t, patched)}); err != nil || changed {
			t.Errorf("changed is %v, %v", changed, err)
		}
	})
}

// Law: a dateTime that can be stored can be asked for, and finds itself.
func TestStoredDateTimes(t *testing.T) {
	for _, text := range []string{
		"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123456789012345Z", "2026-01-02T03:04:05+23:59", "2026-01-02T03:04:05", "0000-01-01T00:00:00Z",
		"2026-02-29T00:00:00Z", "2026-01-02t03:04:05z", "2026-01-02T03:04:05,5Z", "2026-01-02T03:04:05.Z", "2026-01-02T24:00:00Z", "2026-01-02", "2026-01-02T03:04Z", "2026-01-02T03:04:60Z", "",
	} {
		d, _, err := oddType.Read(mustDecode(t, `{"schemas":["urn:test:Odd"],"since":"`+text+`","urn:test:More":{"x":"y"}}`), Policy{})
		expr, parseErr := ParseFilter(`since eq "` + text + `"`)
		if parseErr != nil {
			t.Fatal(parseErr)
		}
		f, filterErr := oddType.Compile(expr)
		if (err == nil) != (filterErr == nil) {
			t.Errorf("%q: read: %v, filter: %v", text, err, filterErr)
		}
		if err == nil && !f.Match(oddType.AppendDoc(nil, "1", d, Meta{})) {
			t.Errorf("%q does not find itself", text)
		}
	}
}
