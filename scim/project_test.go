package scim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// projected is the user of the PRJ table as it is stored.
const projected = `{"schemas":["` + UserURN + `","` + EnterpriseURN + `"],"id":"1","externalId":"E","userName":"jane","name":{"familyName":"Doe","givenName":"Jane"},` +
	`"active":true,"emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x"}],"` + EnterpriseURN + `":{"department":"D","manager":{"value":"m"}},` +
	`"meta":{"resourceType":"User","created":"2026-01-02T03:04:05.000Z","lastModified":"2026-01-02T03:04:05.000Z","version":"W/\"1\"","location":"/Users/1"}}`

// minimum is what is always returned of it.
const minimum = `"schemas":["` + UserURN + `","` + EnterpriseURN + `"],"id":"1"`

var projections = []struct{ name, attributes, excluded, want string }{
	{"PRJ-01 one", "userName", "", `{` + minimum + `,"userName":"jane"}`},
	{"PRJ-02 no meta", "active", "", `{` + minimum + `,"active":true}`},
	{"PRJ-03 sub-attribute", "name.familyName", "", `{` + minimum + `,"name":{"familyName":"Doe"}}`},
	{"PRJ-04 complex", "name", "", `{` + minimum + `,"name":{"familyName":"Doe","givenName":"Jane"}}`},
	{"PRJ-05 in every value", "emails.value", "", `{` + minimum + `,"emails":[{"value":"w@x"},{"value":"h@x"}]}`},
	{"PRJ-05 values without it", "emails.type", "", `{` + minimum + `,"emails":[{"type":"work"}]}`},
	{"PRJ-05 no value with it", "emails.display", "", `{` + minimum + `}`},
	{"PRJ-06 core URN", UserURN + ":userName", "", `{` + minimum + `,"userName":"jane"}`},
	{"PRJ-06 core URN alone", UserURN, "", `{` + minimum + `,"userName":"jane","name":{"familyName":"Doe","givenName":"Jane"},"active":true,"emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x"}]}`},
	{"PRJ-07 extension", EnterpriseURN + ":department", "", `{` + minimum + `,"` + EnterpriseURN + `":{"department":"D"}}`},
	{"PRJ-07 sub-attribute", strings.ToUpper(EnterpriseURN) + ":manager.value", "", `{` + minimum + `,"` + EnterpriseURN + `":{"manager":{"value":"m"}}}`},
	{"PRJ-07 URN alone", EnterpriseURN, "", `{` + minimum + `,"` + EnterpriseURN + `":{"department":"D","manager":{"value":"m"}}}`},
	{"PRJ-08 case", "USERNAME,Name.FAMILYname", "", `{` + minimum + `,"userName":"jane","name":{"familyName":"Doe"}}`},
	{"PRJ-09 never", "password", "", `{` + minimum + `}`},
	{"PRJ-10 excluded", "", "emails,name,meta," + EnterpriseURN, `{` + minimum + `,"externalId":"E","userName":"jane","active":true}`},
	{"PRJ-11 always", "", "id,schemas,emails,name,meta,active,externalId," + EnterpriseURN, `{` + minimum + `,"userName":"jane"}`},
	{"PRJ-12 sub-attributes and URNs", "", "name.familyName,emails.value,emails.primary,meta," + EnterpriseURN + ":manager", `{` + minimum + `,"externalId":"E","userName":"jane","name":{"givenName":"Jane"},"active":true,"emails":[{"type":"work"}],"` + EnterpriseURN + `":{"department":"D"}}`},
	{"PRJ-12 all sub-attributes", "", "name.familyName,name.givenName,meta,emails," + EnterpriseURN + ":department," + EnterpriseURN + ":manager.value", `{` + minimum + `,"externalId":"E","userName":"jane","active":true}`},
	{"PRJ-14 unknown", "nosuch", "", `{` + minimum + `}`},
	{"PRJ-14 unknown of all kinds", `emails[type eq "work"],name.nosuch,urn:x:y,..,:,urn:x:y:z.a`, "", `{` + minimum + `}`},
	{"PRJ-14 unknown excluded", "", "nosuch,name,emails,meta,urn:x:y", `{` + minimum + `,"externalId":"E","userName":"jane","active":true,"` + EnterpriseURN + `":{"department":"D","manager":{"value":"m"}}}`},
	{"PRJ-16 several with blanks", " userName , ,emails.value", "", `{` + minimum + `,"userName":"jane","emails":[{"value":"w@x"},{"value":"h@x"}]}`},
	{"PRJ-19 meta", "meta.created,meta.location", "", `{` + minimum + `,"meta":{"created":"2026-01-02T03:04:05.000Z","location":"` + base + `/Users/1"}}`},
	{"PRJ-19 no meta", "", "meta.created,meta.lastModified,meta.version,emails,name,active,externalId," + EnterpriseURN, `{` + minimum + `,"userName":"jane","meta":{"resourceType":"User","location":"` + base + `/Users/1"}}`},
	{"a sub-attribute and its attribute", "name.familyName,name", "", `{` + minimum + `,"name":{"familyName":"Doe","givenName":"Jane"}}`},
	{"empty lists", ", ,", "", string(AppendWire(nil, []byte(projected), base))},
}

func TestProject(t *testing.T) {
	for _, c := range projections {
		t.Run(c.name, func(t *testing.T) {
			p, err := userType.Project([]string{c.attributes}, []string{c.excluded})
			if err != nil {
				t.Fatal(err)
			}
			if have := string(p.Append([]byte("x"), []byte(projected), base)); have != "x"+c.want {
				t.Errorf("have %s\nwant x%s", have, c.want)
			}
			for _, attr := range []string{"userName", "emails", "name", "meta"} {
				if wants := p.Wants(attr); !wants && strings.Contains(c.want, `"`+attr+`":`) {
					t.Errorf("%s is not wanted but shown", attr)
				}
			}
		})
	}
	t.Run("PRJ-13 both lists", func(t *testing.T) {
		_, err := userType.Project([]string{"userName"}, []string{"name"})
		checkError(t, err, "invalidValue: attributes and excludedAttributes exclude each other")
	})
}

func TestWants(t *testing.T) {
	for _, c := range []struct {
		attributes, excluded string
		want                 bool
	}{
		{"", "", true},
		{"displayName", "", false},
		{"members.value", "", true},
		{"MEMBERS", "", true},
		{"", "members", false},
		{"", "members.display", true},
		{GroupURN, "", true},
		{"", GroupURN, false},
	} {
		p, err := groupType.Project([]string{c.attributes}, []string{c.excluded})
		if err != nil || p.Wants("members") != c.want { // GRP-15
			t.Errorf("attributes %q, excluded %q: have %v, %v", c.attributes, c.excluded, !c.want, err)
		}
	}
}

// shyType has each kind of returned, at both levels and in an extension.
var shyType = func() *ResourceType {
	c, err := NewCatalogWith(CatalogOptions{Definitions: [][]byte{
		[]byte(`{"id":"urn:test:Shy","name":"Shy","attributes":[
			{"name":"code","type":"string","returned":"always"},{"name":"plain","type":"string"},{"name":"secret","type":"string","returned":"request"},
			{"name":"pin","type":"string","mutability":"writeOnly","returned":"never"},
			{"name":"box","type":"complex","subAttributes":[{"name":"key","type":"string","returned":"always"},{"name":"note","type":"string"},{"name":"hint","type":"string","returned":"request"}]},
			{"name":"list","type":"complex","multiValued":true,"subAttributes":[{"name":"value","type":"string"},{"name":"hint","type":"string","returned":"request"}]}]}`),
		[]byte(`{"id":"urn:test:Shy:More","name":"More","attributes":[{"name":"always","type":"string","returned":"always"},{"name":"other","type":"string"},{"name":"asked","type":"string","returned":"request"}]}`),
		[]byte(`{"name":"Shy","endpoint":"/Shies","schema":"urn:test:Shy","schemaExtensions":[{"schema":"urn:test:Shy:More","required":false}]}`),
	}})
	if err != nil {
		panic(err)
	}
	return c.Type("Shy")
}()

func TestProjectReturned(t *testing.T) {
	const doc = `{"schemas":["urn:test:Shy"],"id":"1","code":"c","plain":"p","secret":"s","box":{"key":"k","note":"n","hint":"h"},"list":[{"value":"v","hint":"h"},{"hint":"i"}],` +
		`"urn:test:Shy:More":{"always":"a","other":"o","asked":"r"},"meta":{"location":"/Shies/1"}}`
	const head = `{"schemas":["urn:test:Shy"],"id":"1","code":"c"`
	for _, c := range []struct{ name, attributes, excluded, written, want string }{
		{"PRJ-18 not by default", "", "", "", head + `,"plain":"p","box":{"key":"k","note":"n"},"list":[{"value":"v"}],"urn:test:Shy:More":{"always":"a","other":"o"},"meta":{"location":"b/Shies/1"}}`},
		{"PRJ-18 on request", "secret", "", "", head + `,"secret":"s","urn:test:Shy:More":{"always":"a"}}`},
		{"PRJ-18 after being written", "", "meta,list,box,urn:test:Shy:More:other", "secret,urn:test:Shy:More:asked", head + `,"plain":"p","secret":"s","urn:test:Shy:More":{"always":"a","asked":"r"}}`},
		{"PRJ-18 sub-attribute written", "", "meta,list,plain,urn:test:Shy:More:other", "box.hint", head + `,"box":{"key":"k","note":"n","hint":"h"},"urn:test:Shy:More":{"always":"a"}}`},
		{"PRJ-18 sub-attribute on request", "list.hint", "", "", head + `,"list":[{"hint":"h"},{"hint":"i"}],"urn:test:Shy:More":{"always":"a"}}`},
		{"PRJ-18 its attribute is not enough", "list", "", "", head + `,"list":[{"value":"v"}],"urn:test:Shy:More":{"always":"a"}}`},
		{"always beside a sub-attribute", "box.note", "", "", head + `,"box":{"key":"k","note":"n"},"urn:test:Shy:More":{"always":"a"}}`},
		{"PRJ-11 always", "", "code,plain,box.key,box.note,list,meta,urn:test:Shy:More", "", head + `,"box":{"key":"k"},"urn:test:Shy:More":{"always":"a"}}`},
		{"PRJ-09 never", "pin", "", "", head + `,"urn:test:Shy:More":{"always":"a"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := shyType.Project([]string{c.attributes}, []string{c.excluded}, c.written)
			if err != nil {
				t.Fatal(err)
			}
			if have := string(p.Append(nil, []byte(doc), "b")); have != c.want {
				t.Errorf("have %s\nwant %s", have, c.want)
			}
		})
	}
}

// PRJ-18: what an answer to a write shows is what the client has written.
func TestWritten(t *testing.T) {
	d, _, err := shyType.Read(mustDecode(t, `{"schemas":["urn:test:Shy"],"secret":"s","box":{"note":"n"},"list":[{"value":"v"},{"hint":"h"}],"urn:test:Shy:More":{"asked":"r"}}`), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if have, want := strings.Join(shyType.Written(d), " "), "secret list.hint urn:test:Shy:More:asked"; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	p, _, err := readOps(t, shyType, `{"op":"add","path":"secret","value":"s"},{"op":"replace","path":"box","value":{"hint":"h"}},{"op":"add","path":"list","value":[{"hint":"h"}]},{"op":"add","path":"plain","value":"p"}`, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if have, want := strings.Join(p.Written(), " "), "secret box.hint list.hint"; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	if p, _, _ := readOps(t, userType, `{"op":"add","path":"title","value":"s"}`, Policy{}); p.Written() != nil || userType.Written(Draft{}) != nil {
		t.Error("a User has nothing that is returned on request")
	}
}

// naiveProject is Project and Append on a decoded value, by the rules one by one.
func naiveProject(rt *ResourceType, v Value, attributes, excluded []string) Value {
	asks := func(list []string, names ...string) bool {
		for _, entry := range list {
			for _, s := range strings.Split(entry, ",") {
				s = strings.TrimSpace(s)
				if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, s) || strings.EqualFold(rt.Schema.ID+":"+n, s) }) {
					return true
				}
			}
		}
		return false
	}
	only := asksAny(attributes)
	choose := func(path string, a *Attribute, v Value) Value {
		part := func(e Value) Value {
			if e.Kind() != Object {
				return e
			}
			var kids []Member
			for _, m := range e.kids {
				name := path + "." + m.Name
				all := !only || asks(attributes, path)
				if strings.HasPrefix(path, "urn:") || rt.Schema.Attribute(path) != nil {
					urn := rt.Schema.ID
					if i := strings.LastIndexByte(path, ':'); i > 0 {
						urn = path[:i]
					}
					all = all || asks(attributes, urn)
				}
				if asks(attributes, name) || all && !asks(excluded, name) || a != nil && a.Returned == "always" && !asks(excluded, name) {
					kids = append(kids, m)
				}
			}
			if len(kids) == 0 {
				return Value{}
			}
			return ObjectOf(kids...)
		}
		if v.Kind() != Array {
			return part(v)
		}
		var list []Value
		for i := range v.kids {
			if e := part(v.kids[i].Value); e.Kind() != Absent {
				list = append(list, e)
			}
		}
		if len(list) == 0 {
			return Value{}
		}
		return ArrayOf(list...)
	}
	shown := func(urn, name string, a *Attribute) bool {
		path := name
		if urn != "" && !strings.EqualFold(urn, rt.Schema.ID) {
			path = urn + ":" + name
		}
		groups := []string{}
		if urn != "" {
			groups = append(groups, urn)
		}
		switch {
		case a != nil && a.Returned == "always":
			return true
		case a != nil && a.Returned == "never":
			return false
		case !only:
			return !asks(excluded, append(groups, path)...)
		case asks(attributes, append(groups, path)...):
			return true
		case a != nil:
			for _, sub := range a.Sub {
				if asks(attributes, path+"."+sub.Name) {
					return true
				}
			}
		}
		return false
	}
	var out []Member
	for _, m := range v.kids {
		if ext := rt.extension(m.Name); ext != nil {
			var kids []Member
			for _, k := range m.Value.kids {
				a := ext.Attribute(k.Name)
				if shown(ext.ID, k.Name, a) {
					if w := choose(ext.ID+":"+k.Name, a, k.Value); w.Kind() != Absent {
						kids = append(kids, Member{k.Name, w})
					}
				}
			}
			if len(kids) > 0 {
				out = append(out, Member{m.Name, ObjectOf(kids...)})
			}
			continue
		}
		urn := ""
		if rt.Schema.Attribute(m.Name) != nil {
			urn = rt.Schema.ID
		}
		a := rt.attribute(m.Name)
		if !shown(urn, m.Name, a) {
			continue
		}
		if a == nil {
			out = append(out, m)
		} else if w := choose(m.Name, a, m.Value); w.Kind() != Absent {
			out = append(out, Member{m.Name, w})
		}
	}
	return ObjectOf(out...)
}

func asksAny(list []string) bool { return strings.Trim(strings.Join(list, ""), ", ") != "" }

// checkProjection: what Append cuts out of the bytes is what is left of the
// decoded value.
func checkProjection(t *testing.T, doc Value, attributes, excluded string) {
	t.Helper()
	p, err := userType.Project([]string{attributes}, []string{excluded})
	if err != nil {
		if !asksAny([]string{attributes}) || !asksAny([]string{excluded}) {
			t.Fatalf("attributes %q, excluded %q: %v", attributes, excluded, err)
		}
		return
	}
	have := string(p.Append(nil, doc.Append(nil), ""))
	want := naiveProject(userType, doc, []string{attributes}, []string{excluded}).String()
	if have != want {
		t.Errorf("attributes %q, excluded %q of %v\nhave %s\nwant %s", attributes, excluded, doc, have, want)
	}
}

func TestProjectIsNaive(t *testing.T) {
	var names []string
	for _, s := range []*Schema{userType.common, userType.Schema} {
		for _, a := range s.Attributes {
			names = append(names, a.Name)
			for _, sub := range a.Sub {
				names = append(names, a.Name+"."+sub.Name)
			}
		}
	}
	for _, a := range userType.Extensions[0].Schema.Attributes {
		names = append(names, EnterpriseURN+":"+a.Name)
	}
	names = append(names, UserURN, EnterpriseURN, UserURN+":title", "nosuch", EnterpriseURN+":manager.value")
	g := generator{rand.New(rand.NewPCG(7, 7)), userType}
	for range 3000 {
		d := g.object(append(append([]*Attribute{}, userType.Schema.Attributes...), userType.common.Attributes...))
		d.kids = append(d.kids, Member{EnterpriseURN, g.object(userType.Extensions[0].Schema.Attributes)})
		var list []string
		for range 1 + g.IntN(4) {
			list = append(list, g.pick(names))
		}
		attributes, excluded := strings.Join(list, ","), ""
		if g.IntN(2) == 0 {
			attributes, excluded = "", attributes
		}
		checkProjection(t, prune(d), attributes, excluded)
	}
}

// prune leaves out what no doc has: empty objects.
func prune(v Value) Value {
	if v.Kind() != Object && v.Kind() != Array {
		return v
	}
	out := Value{kind: v.kind}
	for _, m := range v.kids {
		if m.Value = prune(m.Value); m.Value.Kind() != Absent && m.Name != "password" {
			out.kids = append(out.kids, m)
		}
	}
	if len(out.kids) == 0 {
		return Value{}
	}
	return out
}

// FuzzProject: names of any kind choose what the naive way does, and never fail.
func FuzzProject(f *testing.F) {
	for _, c := range projections {
		f.Add(c.attributes, c.excluded)
	}
	f.Fuzz(func(t *testing.T, attributes, excluded string) {
		p, err := userType.Project([]string{attributes}, []string{excluded})
		if err != nil {
			checkError(t, err, InvalidValue)
			return
		}
		out := p.Append(nil, []byte(projected), base)
		v := mustDecode(t, string(out))
		if v.Get("id").Text() != "1" || v.Get("schemas").Len() != 2 || v.Get("password").Kind() != Absent {
			t.Errorf("%s", out)
		}
		if !strings.ContainsAny(attributes+excluded, "\t\n\v\f\r[(\" ") && isASCII(attributes+excluded) {
			checkProjection(t, mustDecode(t, strings.Replace(projected, "/Users/1", "x", 1)), attributes, excluded)
		}
	})
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 }) }

func BenchmarkProject(b *testing.B) {
	for _, c := range []struct{ name, attributes, excluded string }{
		{"none", "", ""}, {"attributes", "userName,emails.value", ""}, {"excluded", "", "emails"},
	} {
		p, err := userType.Project([]string{c.attributes}, []string{c.excluded})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(projected)))
			var dst []byte
			for b.Loop() {
				dst = p.Append(dst[:0], []byte(projected), base)
			}
		})
	}
	b.Run("make", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := userType.Project([]string{"userName,emails.value"}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
