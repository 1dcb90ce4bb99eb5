package scim

import (
	"strconv"
)

// Features is what a server can do beyond reading and writing resources, for
// its ServiceProviderConfig (RFC 7643 §5).
type Features struct {
	Patch          bool
	ChangePassword bool
	Sort           bool
	ETag           bool
	Cursor         bool   // pages by cursor (RFC 9865) as well as by index, which stays the default
	CursorTimeout  int    // the seconds that a cursor lives at least; 0: nothing is said
	Interop        bool   // claims the interoperability profile: only under Mode Interop
	FilterMax      int    // the greatest number of resources in one answer; 0: filters are not supported
	BulkOperations int    // the greatest number of operations; 0: bulk is not supported
	BulkBytes      int    // the greatest size of a bulk request
	PageSize       int    // when a request names no count; 0: nothing is said of paging
	Documentation  string // an http or https URL, or ""
}

// ConfigDoc makes the answer to GET /ServiceProviderConfig under base
// ("https://host/scim/v2"), true to f. Keys are bearer tokens.
func (c *Catalog) ConfigDoc(base string, f Features) []byte {
	yes := func(b bool) Value { return ObjectOf(Member{"supported", BoolOf(b)}) }
	m := []Member{schemasOf(ConfigURN)}
	if f.Documentation != "" {
		m = append(m, Member{"documentationUri", StringOf(f.Documentation)})
	}
	m = append(m,
		Member{"patch", yes(f.Patch)},
		Member{"bulk", ObjectOf(
			Member{"supported", BoolOf(f.BulkOperations > 0)},
			Member{"maxOperations", IntOf(int64(f.BulkOperations))},
			Member{"maxPayloadSize", IntOf(int64(f.BulkBytes))})},
		Member{"filter", ObjectOf(
			Member{"supported", BoolOf(f.FilterMax > 0)},
			Member{"maxResults", IntOf(int64(f.FilterMax))})},
		Member{"changePassword", yes(f.ChangePassword)},
		Member{"sort", yes(f.Sort)},
		Member{"etag", yes(f.ETag)})
	if f.PageSize > 0 {
		m = append(m, Member{"pagination", ObjectOf( // RFC 9865 §4
			Member{"cursor", BoolOf(f.Cursor)},
			Member{"index", BoolOf(true)},
			Member{"defaultPaginationMethod", StringOf("index")},
			Member{"defaultPageSize", IntOf(int64(f.PageSize))},
			Member{"maxPageSize", IntOf(int64(max(f.FilterMax, f.PageSize)))})})
		if f.Cursor && f.CursorTimeout > 0 {
			last := &m[len(m)-1].Value
			last.kids = append(last.kids, Member{"cursorTimeout", IntOf(int64(f.CursorTimeout))})
		}
	}
	if f.Interop {
		m = append(m, Member{"interopProfileConformant", BoolOf(true)})
	}
	m = append(m,
		Member{"authenticationSchemes", ArrayOf(ObjectOf(
			Member{"type", StringOf("oauthbearertoken")},
			Member{"name", StringOf("API key")},
			Member{"description", StringOf("A key in the Authorization header: Bearer, a blank, the key")},
			Member{"specUri", StringOf("https://www.rfc-editor.org/info/rfc6750")},
			Member{"primary", BoolOf(true)}))},
		metaOf("ServiceProviderConfig", base+"/ServiceProviderConfig"))
	return ObjectOf(m...).Append(nil)
}

// TypeDoc makes the answer to GET /ResourceTypes/{name} (RFC 7643 §6).
func (c *Catalog) TypeDoc(base string, t *ResourceType) []byte {
	m := []Member{
		schemasOf(ResourceTypeURN),
		{"id", StringOf(t.Name)},
		{"name", StringOf(t.Name)},
		{"description", StringOf(t.Description)},
		{"endpoint", StringOf(t.Endpoint)},
		{"schema", StringOf(t.Schema.ID)},
	}
	var list []Value
	for _, e := range t.Extensions {
		list = append(list, ObjectOf(Member{"schema", StringOf(e.Schema.ID)}, Member{"required", BoolOf(e.Required)}))
	}
	if len(list) > 0 {
		m = append(m, Member{"schemaExtensions", ArrayOf(list...)})
	}
	m = append(m, metaOf("ResourceType", base+"/ResourceTypes/"+t.Name))
	return ObjectOf(m...).Append(nil)
}

// SchemaDoc makes the answer to GET /Schemas/{urn} (RFC 7643 §7).
func (c *Catalog) SchemaDoc(base string, s *Schema) []byte {
	return ObjectOf(
		schemasOf(SchemaURN),
		Member{"id", StringOf(s.ID)},
		Member{"name", StringOf(s.Name)},
		Member{"description", StringOf(s.Description)},
		Member{"attributes", attributesOf(s.Attributes)},
		metaOf("Schema", base+"/Schemas/"+s.ID),
	).Append(nil)
}

func attributesOf(attrs []*Attribute) Value {
	list := make([]Value, len(attrs))
	for i, a := range attrs {
		list[i] = a.definition()
	}
	return ArrayOf(list...)
}

// definition is the attribute as /Schemas shows it. caseExact
// is left out where it means nothing.
func (a *Attribute) definition() Value {
	m := []Member{{"name", StringOf(a.Name)}, {"type", StringOf(a.Type.String())}}
	if len(a.Sub) > 0 {
		m = append(m, Member{"subAttributes", attributesOf(a.Sub)})
	}
	m = append(m,
		Member{"multiValued", BoolOf(a.Multi)},
		Member{"description", StringOf(a.Description)},
		Member{"required", BoolOf(a.Required)})
	if len(a.Canonical) > 0 {
		m = append(m, Member{"canonicalValues", textsOf(a.Canonical)})
	}
	if a.Type == TypeString || a.Type == TypeReference || a.Type == TypeBinary {
		m = append(m, Member{"caseExact", BoolOf(a.CaseExact)})
	}
	m = append(m,
		Member{"mutability", StringOf(a.Mutability)},
		Member{"returned", StringOf(a.Returned)},
		Member{"uniqueness", StringOf(a.Uniqueness)})
	if len(a.References) > 0 {
		m = append(m, Member{"referenceTypes", textsOf(a.References)})
	}
	return ObjectOf(m...)
}

func textsOf(list []string) Value {
	values := make([]Value, len(list))
	for i, s := range list {
		values[i] = StringOf(s)
	}
	return ArrayOf(values...)
}

func schemasOf(urn string) Member { return Member{"schemas", ArrayOf(StringOf(urn))} }

func metaOf(kind, location string) Member {
	return Member{"meta", ObjectOf(Member{"resourceType", StringOf(kind)}, Member{"location", StringOf(location)})}
}

// AppendListHead begins a ListResponse (RFC 7644 §3.4.2): what follows is the
// resources, n of them with commas between, and AppendListTail. total counts
// all that match, start is the place of the first of the page, from 1; 0 leaves
// startIndex out, which a walk by cursor does not know.
// Resources is there even when n is 0: Okta fails without it.
func AppendListHead(dst []byte, total, start, n int) []byte {
	dst = append(dst, `{"schemas":["`+ListURN+`"],"totalResults":`...)
	dst = strconv.AppendInt(dst, int64(total), 10)
	if start > 0 {
		dst = append(dst, `,"startIndex":`...)
		dst = strconv.AppendInt(dst, int64(start), 10)
	}
	dst = append(dst, `,"itemsPerPage":`...)
	dst = strconv.AppendInt(dst, int64(n), 10)
	return append(dst, `,"Resources":[`...)
}

// AppendCursorTail ends a ListResponse of a cursor walk (RFC 9865 §2); "" leaves
// a cursor out. Cursors are of unreserved characters and need no escapes.
func AppendCursorTail(dst []byte, next, previous string) []byte {
	dst = append(dst, ']')
	if next != "" {
		dst = append(append(append(dst, `,"nextCursor":"`...), next...), '"')
	}
	if previous != "" {
		dst = append(append(append(dst, `,"previousCursor":"`...), previous...), '"')
	}
	return append(dst, '}')
}

// AppendListTail ends a ListResponse.
func AppendListTail(dst []byte) []byte { return append(dst, ']', '}') }
