package tui

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"scimdeck/scim"
	"scimdeck/scim/explain"
	"scimdeck/scim/wire"
	"scimdeck/store"
	"scimdeck/tui/ui"
)

// desk is a dashboard on a store with a log, and what stands for the server: it
// does requests as the server would and logs them with all that histories need.
type desk struct {
	*app
	st   *store.Store
	cat  *scim.Catalog
	cut  int // bytes of an answer that the log keeps; 0: all
	sent []string
}

// newDesk makes one; change may adjust the options.
func newDesk(t testing.TB, w, h int, groups bool, change ...func(*Options)) *desk {
	t.Helper()
	k := &desk{cat: scim.NewCatalog(groups)}
	st, err := store.Open(store.Options{Catalog: k.cat, Explain: explain.With(k.cat), Now: func() time.Time { return k.clock }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	k.st = st
	own := func(o *Options) {
		o.Store, o.Catalog, o.Groups = st, k.cat, groups
		o.Do = func(ctx context.Context, source, method, path string, body []byte) (int, []byte, error) {
			return k.do(source, method, path, "", body)
		}
		o.Send = func(ctx context.Context, source string, r *wire.Request) (int, []byte, error) {
			tag := ""
			for _, f := range r.Header {
				if f.Name == "If-Match" {
					tag = f.Value
				}
			}
			return k.do(source, r.Method, r.Path, tag, r.Body)
		}
	}
	k.clockIs(start)
	k.app = newApp(t, w, h, append([]func(*Options){own}, change...)...)
	return k
}

// clockIs sets the clock before there is an app.
func (k *desk) clockIs(at time.Time) { k.app = &app{clock: at} }

// do does a request and logs it.
func (k *desk) do(source, method, path, tag string, body []byte) (int, []byte, error) {
	k.sent = append(k.sent, method+" "+regexp.MustCompile(`[0-9a-f-]{36}`).ReplaceAllString(path, "ID")+" "+string(body))
	bare, query, _ := strings.Cut(path, "?")
	values, _ := url.ParseQuery(query)
	rt := k.cat.Types[0]
	for _, t := range k.cat.Types {
		if strings.HasPrefix(bare, t.Endpoint) {
			rt = t
		}
	}
	id := strings.TrimPrefix(strings.TrimPrefix(bare, rt.Endpoint), "/")
	ex := &wire.Exchange{
		Start: k.clock, Took: 2 * time.Millisecond, Source: source, Method: method, Target: "/api/scim/v2" + path, Path: bare, Proto: "HTTP/1.1",
		Host: "abc.example.net", Base: "https://abc.example.net/api/scim/v2", Type: rt.Name, ID: id, RequestBody: body, RequestSize: int64(len(body)), Filter: values.Get("filter"),
	}
	if source == "" {
		ex.KeyID, ex.KeyName = 1, "okta-dev"
	}
	var ch store.Change
	var cond store.IfMatch
	if tag != "" {
		cond = func(version uint64) error {
			if have := `W/"` + strconv.FormatUint(version, 10) + `"`; have != tag {
				return scim.Errorf(412, "", "the resource is at version %s, the request is for %s", have, tag)
			}
			return nil
		}
	}
	v, err := scim.Decode(body, scim.Limits{})
	if err != nil && method != "GET" && method != "DELETE" {
		return 400, []byte(`{"detail":"no JSON"}`), nil
	}
	ex.Status = 200
	switch ctx := context.Background(); method {
	case "GET":
		err = nil
	case "DELETE":
		ex.Status = 204
		ch, err = k.st.Delete(ctx, rt, id, cond)
	case "PATCH":
		var p *scim.Patch
		if p, _, err = rt.ReadPatch(v, scim.Policy{}); err == nil {
			ch, err = k.st.Patch(ctx, rt, id, p, cond)
		}
	default:
		var d scim.Draft
		if d, _, err = rt.Read(v, scim.Policy{}); err != nil {
			break
		}
		if method == "POST" {
			ex.Status = 201
			if ch, err = k.st.Create(ctx, rt, d); err == nil {
				ex.ID = string(scim.DocID(ch.After))
			}
		} else {
			ch, err = k.st.Replace(ctx, rt, id, d, cond)
		}
	}
	ex.Before, ex.After, ex.Joined, ex.Left = ch.Before, ch.After, ch.Joined, ch.Left
	var refused *scim.Error
	switch {
	case errors.As(err, &refused):
		ex.Status, ex.ResponseBody = refused.Status, refused.Append(nil)
	case err != nil:
		return 0, nil, err
	case method != "DELETE" && ex.ID != "":
		doc, _, err := k.st.GetBare(rt, nil, ex.ID)
		if err != nil {
			return 0, nil, err
		}
		ex.ResponseBody = scim.AppendWire(nil, doc, ex.Base)
		ex.ResponseHeader = []wire.Field{{Name: "Etag", Value: etagOf(doc)}}
	}
	ex.ResponseSize = int64(len(ex.ResponseBody))
	answer := ex.ResponseBody
	if k.cut > 0 {
		ex.ResponseBody = ex.ResponseBody[:min(k.cut, len(ex.ResponseBody))]
	}
	k.st.Log(ex)
	return ex.Status, answer, nil
}

// okta sends a request of a client and lets it come in.
func (k *desk) okta(method, path, body string) string {
	k.t.Helper()
	k.clock = k.clock.Add(time.Second)
	status, answer, err := k.do("", method, path, "", []byte(body))
	if err != nil || status >= 400 {
		k.t.Fatalf("%s %s: %d %s %v", method, path, status, answer, err)
	}
	k.come()
	return scim.Unquote(scim.MemberOf(answer, "id"))
}

// come lets in what is new in the log.
func (k *desk) come() {
	k.log()
	k.settle()
}

func patch(ops string) string {
	return `{"schemas":["` + scim.PatchURN + `"],"Operations":[` + ops + `]}`
}

const adaBody = `{"schemas":["` + scim.UserURN + `"],"userName":"ada@example.com","externalId":"00u1ab2CdEfGhIjKlMnO","name":{"givenName":"Ada","familyName":"Lovelace"},` +
	`"displayName":"Ada Lovelace","title":"Engineer","emails":[{"value":"ada@example.com","type":"work","primary":true}],"phoneNumbers":[{"value":"+1 555 0100","type":"work"}],"active":true}`

// life is what happens to Ada: found missing, created, changed by PUT and PATCH,
// once with an answer that says little, and read.
func (k *desk) life() (id string) {
	k.t.Helper()
	k.okta("GET", `/Users?filter=userName%20eq%20%22ada@example.com%22`, "")
	id = k.okta("POST", "/Users", adaBody)
	put := strings.NewReplacer(`"Engineer"`, `"Staff Engineer"`, `,"phoneNumbers":[{"value":"+1 555 0100","type":"work"}]`, "",
		`"active":true`, `"active":true,"`+scim.EnterpriseURN+`":{"department":"R&D"}`).Replace(adaBody)
	k.okta("PUT", "/Users/"+id, put)
	k.okta("PATCH", "/Users/"+id+"?attributes=userName", patch(`{"op":"replace","value":{"active":false}}`))
	k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","value":{"active":true,"nickName":"Countess"}}`))
	k.okta("GET", "/Users/"+id, "")
	return id
}

// team makes a group with members.
func (k *desk) team(name string, ids ...string) string {
	k.t.Helper()
	members := make([]string, len(ids))
	for i, id := range ids {
		members[i] = `{"value":"` + id + `"}`
	}
	return k.okta("POST", "/Groups", `{"schemas":["`+scim.GroupURN+`"],"displayName":"`+name+`","members":[`+strings.Join(members, ",")+`]}`)
}

// anID is what differs from run to run.
var anID = regexp.MustCompile(`0000000[0-9a-f]-[0-9a-f-]+`)

// frameIs is golden with ids made alike.
func (k *desk) frameIs(name string) {
	k.t.Helper()
	k.settle()
	got := anID.ReplaceAllStringFunc(k.text(), func(s string) string { return strings.Repeat("x", len(s)) })
	file := filepath.Join("testdata", fmt.Sprintf("%s-%dx%d.golden", name, k.r.w, k.r.h))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			k.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		k.t.Fatal(err)
	}
	if got != string(want) {
		k.t.Errorf("%s differs (go test ./tui -update writes it)\n--- have\n%s--- want\n%s", file, got, want)
	}
}

func TestResourceFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		k := newDesk(t, size[0], size[1], true)
		k.press("2", "t")
		k.frameIs("groups-empty")
		k.press("t")
		id := k.life()
		bob := k.okta("POST", "/Users", `{"schemas":["`+scim.UserURN+`"],"userName":"bob@example.com","active":false}`)
		k.team("Engineering", id, bob)
		k.team("Everyone", id)
		k.team("Nobody")
		k.press("enter")
		k.come()
		k.frameIs("user-attributes")
		k.press("l", "l")
		k.frameIs("user-groups")
		k.press("l")
		k.frameIs("user-history")
		k.press("j", "j", "j")
		k.frameIs("user-history-version")
		k.press("l", "l")
		k.frameIs("user-as-it-was-json")
		k.press("h")
		k.frameIs("user-as-it-was")
		k.press("}")
		k.frameIs("user-as-it-was-untold")
		k.press("esc", "esc")
		k.press("t")
		k.frameIs("groups")
		k.press("/")
		k.write("displayName sw \"E")
		k.frameIs("groups-filter")
		k.press("esc", "enter", "l", "l")
		k.frameIs("group-members")
		k.press("+")
		k.frameIs("group-put-in")
		k.press("esc", "D")
		k.frameIs("group-delete")
		k.wait(time.Second)
		k.press("esc", "esc", "G", "enter")
		k.frameIs("group-members-none")
		k.press("esc", "a")
		k.frameIs("group-new")
	}
}

func TestSheetFrames(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		k := newDesk(t, size[0], size[1], true)
		id := k.life()
		k.press("2")
		k.edits = append(k.edits, replacing(`"Staff Engineer"`, `"Boss"`, `"nickName": "Countess",`, ``))
		k.press("e")
		k.frameIs("user-save")
		k.wait(time.Second)
		k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","value":{"title":"Chief","displayName":"A. Lovelace"}}`))
		k.press("y")
		k.frameIs("user-conflict")
		k.wait(time.Second)
		k.okta("DELETE", "/Users/"+id, "")
		k.press("m")
		k.frameIs("user-deleted")
	}
}

// replacing is an editor that replaces texts.
func replacing(pairs ...string) func(string) string {
	return strings.NewReplacer(pairs...).Replace
}

// Statements 14, 15 and 54 for users and groups: every frame keeps the contract at
// all sizes and in all looks, whatever clients call them.
func TestAcceptance14_UsersAndGroupsKeepTheContract(t *testing.T) {
	scenes := [][]string{
		{"2"},
		{"2", "enter"},
		{"2", "enter", "l"},
		{"2", "enter", "l", "l"},
		{"2", "enter", "h"},
		{"2", "enter", "h", "j", "j", "j"},
		{"2", "enter", "{", "{"},
		{"2", "enter", "l", "{"},
		{"2", "enter", "+"},
		{"2", "e"},
		{"2", "t"},
		{"2", "t", "enter", "l", "l"},
		{"2", "t", "enter", "h"},
		{"2", "t", "D"},
		{"2", "t", "a"},
		{"2", "t", "/"},
		{"2", "o", "o"},
	}
	for i, keys := range scenes {
		ascii := i%2 == 1
		k := newDesk(t, 80, 24, true, func(o *Options) {
			o.ASCII, o.Theme = ascii, []string{"dark", "16", "none"}[i%3]
		})
		id := k.life()
		if !ascii {
			for j, s := range nasty {
				if v := scim.StringOf(strings.ToValidUTF8(s, "")); v.Text() != "" {
					k.okta("PATCH", "/Users/"+id, patch(`{"op":"replace","value":{"title":`+v.String()+`,"displayName":`+v.String()+`}}`))
					k.okta("POST", "/Groups", `{"schemas":["`+scim.GroupURN+`"],"displayName":`+scim.StringOf(fmt.Sprint(j, v.Text())).String()+`,"members":[{"value":"`+id+`"}]}`)
				}
			}
		}
		k.team("Engineering", id)
		k.edits = append(k.edits, replacing(`"Countess"`, `"N"`))
		for _, key := range keys {
			k.press(key)
			k.come()
		}
		for _, w := range []int{60, 61, 79, 80, 109, 110, 140, 200} {
			for _, h := range []int{15, 24, 36, 60} {
				k.send(tea.WindowSizeMsg{Width: w, Height: h})
				for _, line := range k.frame() {
					if ascii && strings.ContainsFunc(ui.Strip(line), func(c rune) bool { return c < 0x20 || c > 0x7e }) {
						t.Errorf("%v at %dx%d is not ASCII: %q", keys, w, h, line)
					}
				}
			}
		}
	}
}
