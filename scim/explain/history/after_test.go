package history

import (
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// What a write left is told from its answer, or there is a reason why not.
func TestAfter(t *testing.T) {
	user := scim.NewCatalog(false).Type("User")
	for _, tt := range []struct {
		name   string
		change func(*wire.Exchange)
		gap    string
	}{
		{"whole", func(*wire.Exchange) {}, ""},
		{"without groups", func(ex *wire.Exchange) { ex.Target += "?excludedAttributes=groups" }, ""},
		{"no answer", func(ex *wire.Exchange) { ex.Status = 0 }, "there was no answer"},
		{"refused", func(ex *wire.Exchange) { ex.Status = 412 }, "its answer is an error"},
		{"deleted", func(ex *wire.Exchange) {
			ex.Method, ex.Status, ex.ResponseBody, ex.ResponseSize = "DELETE", 204, nil, 0
		}, "it was deleted"},
		{"bulk", func(ex *wire.Exchange) { ex.Op, ex.ID = "bulk", "" }, bulkGap},
		{"a search", func(ex *wire.Exchange) { ex.ID = "" }, "the request is about no single resource of a type that is known"},
		{"withheld", func(ex *wire.Exchange) { ex.ResponseBody = []byte("(withheld: it may hold a password)") }, "its answer was withheld from the log"},
		{"no body", func(ex *wire.Exchange) { ex.Status, ex.ResponseBody, ex.ResponseSize = 204, nil, 0 }, "its answer has no body"},
		{"not kept", func(ex *wire.Exchange) { ex.ResponseBody = nil }, "the log has not kept its answer"},
		{"cut", func(ex *wire.Exchange) { ex.ResponseBody = ex.ResponseBody[:30] }, "the log keeps only the beginning of its answer"},
		{"narrowed", func(ex *wire.Exchange) { ex.Target += "?attributes=title" }, "its answer has only some of the attributes"},
		{"another", func(ex *wire.Exchange) { ex.ID = "2" }, "its answer has another resource"},
	} {
		body := []byte(`{"id":"1","userName":"ada@example.com","groups":[{"value":"g"}],"title":"Boss"}`)
		ex := &wire.Exchange{Method: "PATCH", Target: "/Users/1", Status: 200, Op: "patch", Type: "User", ID: "1", ResponseBody: body, ResponseSize: int64(len(body))}
		tt.change(ex)
		doc, gap := After(user, ex)
		if gap != tt.gap || gap == "" && string(doc) != `{"id":"1","userName":"ada@example.com","title":"Boss"}` || gap != "" && doc != nil {
			t.Errorf("%s: %s, %q", tt.name, doc, gap)
		}
		if _, gap := After(nil, ex); gap == "" {
			t.Errorf("%s: the state of a type that is not known", tt.name)
		}
	}
}
