package store

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	badger "github.com/dgraph-io/badger/v4"

	"scimdeck/scim"
)

// Data folders of each format, as the program of the time has left them
// (testdata/README.md says how they were made), opened by this store.

// said is what the program of the time said of its folder.
type said struct {
	Base, Secret           string
	Users, Groups, Devices struct{ Resources []json.RawMessage }
	Keys                   []struct {
		ID                                  uint64
		Name, Prefix, Status                string
		Created, Expires, Revoked, LastUsed time.Time
		Uses                                uint64
	}
	Log []struct {
		Number                                    uint64
		Time                                      time.Time
		Method, Target, Path, Host, Agent, Source string
		Status                                    int
		ID, Key, Op, Sentence                     string
	}
}

func readSaid(t *testing.T, name string) (s said) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil || len(s.Users.Resources) < 10 || len(s.Groups.Resources) < 5 || len(s.Keys) < 6 || len(s.Log) < 40 {
		t.Fatalf("%s says little: %v", name, err)
	}
	return s
}

// unpack makes a fresh copy of a packed data folder.
func unpack(t *testing.T, name string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	f, err := os.Open(filepath.Join("testdata", name+".tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(to, 0o700)
		} else {
			b, _ := io.ReadAll(r) // a short one fails the next Next
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// fixtureCatalog has groups and the resource type of testdata/device.json.
func fixtureCatalog(t *testing.T) func(*Options) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "device.json"))
	if err != nil {
		t.Fatal(err)
	}
	var defs []json.RawMessage
	if err := json.Unmarshal(b, &defs); err != nil {
		t.Fatal(err)
	}
	o := scim.CatalogOptions{Groups: true}
	for _, d := range defs {
		o.Definitions = append(o.Definitions, d)
	}
	c, err := scim.NewCatalogWith(o)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Catalog = c }
}

// moved is what is left of what the program said, after the moves to the
// present format. In format 1 a group had the members that a client had sent,
// whoever they were and whatever was said of them, and users had no groups.
func (s said) moved(t *testing.T, format int) (users, groups []map[string]any) {
	t.Helper()
	decode := func(list []json.RawMessage) (out []map[string]any) {
		for _, r := range list {
			out = append(out, decodeMap(t, r))
		}
		return out
	}
	users, groups = decode(s.Users.Resources), decode(s.Groups.Resources)
	if format > 1 {
		return users, groups
	}
	all := append(slices.Clone(users), groups...)
	slices.SortFunc(all, func(a, b map[string]any) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	for _, g := range groups {
		old, _ := g["members"].([]any)
		delete(g, "members")
		var members []any
		for _, r := range all {
			in := slices.ContainsFunc(old, func(m any) bool { return m.(map[string]any)["value"] == r["id"] })
			if !in || r["id"] == g["id"] {
				continue
			}
			meta := r["meta"].(map[string]any)
			display := r["displayName"]
			if display == nil {
				display = r["userName"]
			}
			members = append(members, map[string]any{"value": r["id"], "$ref": meta["location"], "type": meta["resourceType"], "display": display})
			if meta["resourceType"] == "User" {
				have, _ := r["groups"].([]any)
				r["groups"] = append(have, map[string]any{"value": g["id"], "$ref": g["meta"].(map[string]any)["location"], "type": "direct", "display": g["displayName"]})
			}
		}
		if members != nil {
			g["members"] = members
		}
	}
	return users, groups
}

func decodeMap(t *testing.T, b []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return m
}

// holds compares a store with what was said of it. uses is how often the first
// key was used since.
func (s said) holds(t *testing.T, st *Store, format int, uses uint64) {
	t.Helper()
	users, groups := s.moved(t, format)
	for name, want := range map[string][]map[string]any{"User": users, "Group": groups} {
		docs := pageOf(t, st, st.opt.Catalog.Type(name), Query{Count: 1000})
		if len(docs) != len(want) {
			t.Errorf("%d resources of type %s, want %d", len(docs), name, len(want))
			continue
		}
		for i, doc := range docs {
			if have := decodeMap(t, scim.AppendWire(nil, []byte(doc), s.Base)); !reflect.DeepEqual(have, want[i]) {
				t.Errorf("%s %d\nhave %v\nwant %v", name, i, have, want[i])
			}
		}
	}
	same := map[string][]json.RawMessage{"Device": s.Devices.Resources} // to the byte
	if format == formatVersion {
		same["User"], same["Group"] = s.Users.Resources, s.Groups.Resources
	}
	for name, want := range same {
		for i, doc := range pageOf(t, st, st.opt.Catalog.Type(name), Query{Count: 1000}) {
			if i >= len(want) || !bytes.Equal(scim.AppendWire(nil, []byte(doc), s.Base), want[i]) {
				t.Errorf("%s %d\nhave %s\nwant %s", name, i, doc, want)
			}
		}
	}
	s.keysHold(t, st, uses)
	s.logHolds(t, st)
}

func (s said) keysHold(t *testing.T, st *Store, uses uint64) {
	t.Helper()
	keys := st.Keys()
	if len(keys) != len(s.Keys) {
		t.Fatalf("%d keys, want %d", len(keys), len(s.Keys))
	}
	states := map[string]int{}
	for i, want := range s.Keys {
		if i == 0 {
			want.Uses += uses
		}
		states[want.Status]++
		k := keys[i]
		if k.ID != want.ID || k.Name != want.Name || k.Prefix != want.Prefix || k.Status(s.Keys[0].LastUsed) != want.Status || k.Uses != want.Uses ||
			!k.Created.Equal(want.Created) || !k.Expires.Equal(want.Expires) || !k.Revoked.Equal(want.Revoked) ||
			uses == 0 && !k.LastUsed.Equal(want.LastUsed) {
			t.Errorf("have %+v, want %+v", k, want)
		}
		if !want.Expires.IsZero() && k.Status(want.Expires) != "expired" {
			t.Errorf("%+v does not expire", k)
		}
	}
	if states["active"] < 3 || states["revoked"] != 1 || states["disabled"] != 1 {
		t.Errorf("the folder has keys in few states: %v", states)
	}
}

func (s said) logHolds(t *testing.T, st *Store) {
	t.Helper()
	rows := st.Rows(nil, 0, len(s.Log))
	if len(rows) != len(s.Log) {
		t.Fatalf("%d rows of the log, want %d", len(rows), len(s.Log))
	}
	for i, want := range s.Log {
		r := rows[i]
		if r.Seq != want.Number || !r.Start.Truncate(time.Millisecond).Equal(want.Time) || r.Method != want.Method || r.Status != want.Status ||
			r.Target != want.Target || r.Path != want.Path || r.Host != want.Host || r.Agent != want.Agent || r.KeyName != want.Key ||
			r.ID != want.ID || r.Op != want.Op || r.Sentence != want.Sentence {
			t.Errorf("have %+v\nwant %+v", *r, want)
		}
		ex, ok, err := st.Exchange(want.Number)
		if err != nil || !ok || ex.Status != want.Status || len(ex.RequestHeader) == 0 || want.Status == 201 && !strings.Contains(string(ex.ResponseBody), fmt.Sprintf(`"id":%q`, want.ID)) {
			t.Errorf("%d: %v %v %+v", want.Number, ok, err, ex)
		}
	}
}

// eachFormat runs f for each format that there is a folder of.
func eachFormat(t *testing.T, f func(t *testing.T, name string, format int)) {
	t.Helper()
	for format := 1; format <= formatVersion; format++ {
		t.Run(fmt.Sprint("format ", format), func(t *testing.T) { f(t, fmt.Sprint("format", format), format) })
	}
}

// What a program of any format has left is all there, whole, and can be used.
func TestFormats(t *testing.T) {
	catalog := fixtureCatalog(t)
	eachFormat(t, func(t *testing.T, name string, format int) {
		want := readSaid(t, name)
		dir := unpack(t, name)
		if have := markOf(t, dir); have != format {
			t.Fatalf("the folder has format %d", have)
		}
		if format == 1 { // groups need not be on when it is moved
			closeVerified(t, open(t, in(dir)))
		}
		s := open(t, in(dir), catalog)
		want.holds(t, s, format, 0)
		closeVerified(t, s)
		if have := markOf(t, dir); have != formatVersion {
			t.Errorf("the folder is left with format %d", have)
		}
		s = open(t, in(dir), catalog)
		want.holds(t, s, format, 0)
		if k, reason := s.Authenticate(want.Secret); reason != "" || k.ID != 1 {
			t.Errorf("the key is %q, %+v", reason, k)
		}
		useAll(t, s)
		want.holds(t, s, format, 1)
		closeVerified(t, s)
		want.holds(t, open(t, in(dir), catalog), format, 1)
	})
}

// markOf reads the format's mark as it stands on disk.
func markOf(t *testing.T, dir string) (format int) {
	t.Helper()
	db := rawOpen(t, dir)
	defer rawClose(t, db)
	format, err := checkFormat(db, dir)
	if err != nil {
		t.Fatal(err)
	}
	return format
}

// rawOpen opens the database of a folder without the store around it.
func rawOpen(t *testing.T, dir string) *badger.DB {
	t.Helper()
	db, err := openBadger(&home{dir: dir, db: filepath.Join(dir, "db")}, nil, nil, Options{}.withDefaults().Messages)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func rawClose(t *testing.T, db *badger.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// useAll writes to each type and takes it back, finds everybody by the indexes,
// and puts back what it reads.
func useAll(t *testing.T, s *Store) {
	t.Helper()
	users, groups := s.opt.Catalog.Type("User"), s.opt.Catalog.Type("Group")
	for _, doc := range pageOf(t, s, users, Query{Count: 1000}) {
		v := body(t, doc)
		by := filterOf(t, users, "userName eq "+quoted(strings.ToUpper(v.Get("userName").Text())))
		if found := pageOf(t, s, users, Query{Filter: by, Count: 9}); !slices.Equal(found, []string{doc}) {
			t.Errorf("%s: %q", by, found)
		}
		_, err := s.Create(ctx, users, draftOf(t, users, fmt.Sprintf(`{"schemas":[%q],"userName":%s}`, scim.UserURN, v.Get("userName"))))
		wantError(t, err, 409, scim.Uniqueness, v.Get("id").Text())
	}
	someone := makeOf(t, s, users, draftOf(t, users, fmt.Sprintf(`{"schemas":[%q],"userName":"new"}`, scim.UserURN)))
	for _, doc := range pageOf(t, s, groups, Query{Count: 1000}) {
		id := string(scim.DocID([]byte(doc)))
		c := must(t)(s.Replace(ctx, groups, id, draftOf(t, groups, doc), nil))
		if !bytes.Equal(c.Before, c.After) {
			t.Errorf("put back:\nhave %s\nwant %s", c.After, c.Before)
		}
		by := filterOf(t, groups, "displayName eq "+body(t, doc).Get("displayName").String())
		if found := pageOf(t, s, groups, Query{Filter: by, Count: 9}); !slices.Contains(found, doc) {
			t.Errorf("%s: %q", by, found)
		}
	}
	g := makeOf(t, s, groups, team(t, "New", someone))
	must(t)(s.Delete(ctx, groups, g, nil))
	must(t)(s.Delete(ctx, users, someone, nil))
}

// A kill in the middle of a move leaves the beginning of what it writes. Wherever
// that ends, the next start goes on, and nothing is lost.
func TestMoveIsInterrupted(t *testing.T) {
	catalog := fixtureCatalog(t)
	want := readSaid(t, "format1")
	db := rawOpen(t, unpack(t, "format1"))
	o := Options{Catalog: both}
	list, err := (&Store{db: db, opt: o.withDefaults()}).planFormat2()
	rawClose(t, db)
	if err != nil || len(list) < 40 {
		t.Fatalf("%d writes, %v", len(list), err)
	}
	for n := 0; n <= len(list); n++ {
		// Of rows of one kind the places between two are much alike.
		if !long && n > 0 && n < len(list) && list[n].key[0] == list[n-1].key[0] && list[n].key[0] != spaceDoc {
			continue
		}
		dir := unpack(t, "format1")
		db := rawOpen(t, dir)
		if err := db.Update(func(txn *badger.Txn) error { return write(txn, list[:n]) }); err != nil {
			t.Fatal(err)
		}
		rawClose(t, db)
		s := open(t, in(dir), catalog)
		want.holds(t, s, 1, 0)
		closeVerified(t, s)
		if t.Failed() {
			t.Fatalf("after %d of %d writes", n, len(list))
		}
	}
}

// The way to format 4 deletes more than two memtables hold.
func TestManyBesides(t *testing.T) {
	s := openUnverified(t) // entries without resources
	k := s.kinds[users.Name]
	const n = 120_000
	var list []planned
	for i := range n {
		name := fmt.Sprintf("%0180d@example.com", i)
		seq := uint64(1 + i)
		list = append(list,
			planned{k.entryKey(k.index("userName"), name, seq), numbered(0, seq)[1:]},
			planned{k.entryKey(k.index("emails.value"), name, seq), []byte{}})
	}
	list = append(list, planned{k.entryKey(k.index("emails.value"), "other@example.com", 7), []byte{}})
	if err := s.writeAll(list); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.dropBesides() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not come to an end")
	}
	if left, err := keysOf(s, k.indexPrefix(k.index("emails.value"))); err != nil || left != 1 {
		t.Errorf("%d entries are left: %v", left, err)
	}
	if names, err := keysOf(s, k.indexPrefix(k.index("userName"))); err != nil || names != n {
		t.Errorf("%d names are left: %v", names, err)
	}
}
