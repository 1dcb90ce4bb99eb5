// Package scim is the SCIM 2.0 protocol (RFC 7643, RFC 7644) without a network
// and without a store: it reads what clients send, checks it against schemas,
// applies changes, finds by filters, and writes what clients get.
//
// It is not a server and not a client: it knows no HTTP beyond the status in an Error, no
// clock and no randomness. Ids, times and versions come from the caller.
//
// The way of a request:
//
//	t := scim.NewCatalog(false).Type("User")
//	body, err := scim.Decode(data, scim.Limits{})            // bytes to a Value
//	draft, notes, err := t.Read(body, scim.Policy{})         // POST, PUT: checked
//	patch, notes, err := t.ReadPatch(body, scim.Policy{})    // PATCH: checked
//	draft, changed, err := patch.Apply(draft)                // on a copy, all or nothing
//	doc := t.AppendDoc(nil, id, draft, meta)                 // what a store keeps
//	filter, notes, err := t.ReadFilter(`emails[type eq "work"]`, scim.Policy{}) // an error says where and why
//	order, err := t.Sort("name.familyName", "descending")    // order.Key(nil, doc) sorts
//	shown, err := t.Project([]string{"userName"}, nil)       // attributes, excludedAttributes
//	if filter.Match(doc) {                                   // on the stored bytes
//		out = shown.Append(out, doc, "https://host/scim/v2")
//	}
//
// NewCatalogWith adds schemas and resource types of one's own, Policy.Mode says
// whether what clients are known to get wrong is taken (Leniencies has the
// list) or refused, ReadSearch and ReadBulk read the other messages.
//
// Three forms of a resource follow each other. A Value is any JSON. A Draft is
// what a client may set, checked and put in order. A doc is the stored form: the bytes of
// the answer but for the base URL, so that a GET decodes nothing and Match needs no tree.
//
// What a schema says is data (the folder schemas), so nothing here is written
// for one attribute, save the common ones of RFC 7643 §3.1.
//
// Every error for a client is an *Error with a sentence that tells the place
// and the way out. What was accepted though it should have been different
// comes as a Note.
package scim

// The message and schema URNs of RFC 7643 §8 and RFC 7644 §8.2.
const (
	UserURN         = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupURN        = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseURN   = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	ConfigURN       = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	ResourceTypeURN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	SchemaURN       = "urn:ietf:params:scim:schemas:core:2.0:Schema"
	ListURN         = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	PatchURN        = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	SearchURN       = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	BulkURN         = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	BulkResponseURN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
	ErrorURN        = "urn:ietf:params:scim:api:messages:2.0:Error"
)
