package lint

// Rules about how a request is sent: its key, its headers, its target.

var (
	keyMissing = define(Rule{
		ID: "SCIM-001", Level: Error, Place: "RFC 6750 §2.1, RFC 7644 §2",
		Sentence: "the request has no key", Do: "send Authorization: Bearer, a blank and the key",
	})
	bearerMissing = define(Rule{
		ID: "SCIM-002", Level: Error, Place: "RFC 6750 §2.1", Clients: `Okta apps with "Header Auth" where only the token was typed`,
		Sentence: "the key stands in Authorization without the word Bearer", Do: `type "Bearer", a blank and the key, or choose the field that adds the word`,
	})
	keyEmpty = define(Rule{
		ID: "SCIM-003", Level: Error, Place: "RFC 6750 §2.1",
		Sentence: "nothing follows the scheme in Authorization", Do: "a variable is empty, or the key was not saved",
	})
	otherScheme = define(Rule{
		ID: "SCIM-004", Level: Note, Place: "RFC 7644 §2",
		Sentence: "the key is no bearer key", Do: "most SCIM servers take nothing but Bearer",
	})
	keyInURL = define(Rule{
		ID: "SCIM-005", Level: Error, Place: "RFC 6750 §2.3, RFC 7644 §7.4",
		Sentence: "a key stands in the URL", Do: "URLs end up in logs and histories: send it in Authorization, and make a new key",
	})
	passwordInURL = define(Rule{
		ID: "SCIM-006", Level: Error, Place: "RFC 7644 §7.5.2",
		Sentence: "the query asks about a password", Do: "URLs end up in logs and histories; a password cannot be searched for",
	})
	keyTwice = define(Rule{
		ID: "SCIM-007", Level: Error, Place: "RFC 9110 §11.6.2",
		Sentence: "there is more than one Authorization header", Do: "a proxy or a template added one: send one",
	})

	acceptMissing = define(Rule{
		ID: "SCIM-010", Level: Note, Place: "RFC 7644 §3.8", Clients: "scripts",
		Sentence: "the request does not say what it accepts", Do: "send Accept: application/scim+json",
	})
	acceptOther = define(Rule{
		ID: "SCIM-011", Level: Warn, Place: "RFC 9110 §12.5.1, RFC 7644 §3.8", Clients: "browsers", Leniency: "accept-other",
		Sentence: "Accept has neither of SCIM's media types", Do: "send Accept: application/scim+json",
	})
	typeMissing = define(Rule{
		ID: "SCIM-012", Level: Warn, Place: "RFC 7644 §3.1, RFC 9110 §8.3", Clients: "scripts", Leniency: "content-type-missing",
		Sentence: "a body has no Content-Type", Do: "send Content-Type: application/scim+json",
	})
	typeOther = define(Rule{
		ID: "SCIM-013", Level: Error, Place: "RFC 7644 §3.1, §8.1", Clients: "curl -d, which sends a form",
		Sentence: "a body is of a type that is not SCIM's", Do: "send Content-Type: application/scim+json",
	})
	typeJSON = define(Rule{
		ID: "SCIM-014", Level: Note, Place: "RFC 7644 §3.1, §8.1", Clients: "Okta's SPEC suite, Google Workspace, OneLogin",
		Sentence: "a body is sent as application/json", Do: "application/scim+json is SCIM's own type; servers should take both",
	})
	charsetOther = define(Rule{
		ID: "SCIM-015", Level: Error, Place: "RFC 8259 §8.1, RFC 7644 §3.8",
		Sentence: "a body says that it is not in UTF-8", Do: "JSON is UTF-8: send charset=utf-8 or none",
	})
	encodedBody = define(Rule{
		ID: "SCIM-016", Level: Warn, Place: "RFC 9110 §8.4, §15.5.16",
		Sentence: "a body is compressed", Do: "hardly any SCIM server takes that: send it as it is",
	})
	bodyUnwanted = define(Rule{
		ID: "SCIM-018", Level: Warn, Place: "RFC 9110 §9.3.1, §9.3.5",
		Sentence: "a method that has no body was sent with one", Do: "leave it out: it means nothing, and some proxies refuse it",
	})
	agentMissing = define(Rule{
		ID: "SCIM-019", Level: Note, Place: "RFC 9110 §10.1.5", Clients: "OneLogin",
		Sentence: "the client does not name itself in User-Agent", Do: "its log entries cannot be told from others'",
	})
	methodOverride = define(Rule{
		ID: "SCIM-020", Level: Warn, Place: "RFC 7644 §3.2", Clients: "clients of SCIM 1.1",
		Sentence: "another method is asked for by a header", Do: "SCIM 2.0 knows no such header: send the method itself",
	})
	ifMatchMissing = define(Rule{
		ID: "SCIM-021", Level: Note, Place: "RFC 7644 §3.14", Clients: "Okta, and nearly everybody",
		Sentence: "a PUT has no If-Match", Do: "what others changed since the GET is overwritten without a word",
	})
	ifMatchMalformed = define(Rule{
		ID: "SCIM-022", Level: Warn, Place: "RFC 9110 §8.8.3, §13.1.1",
		Sentence: "If-Match or If-None-Match holds no entity tag", Do: `send what ETag or meta.version said, with its quotes: W/"3", or *`,
	})

	outsideBase = define(Rule{
		ID: "SCIM-030", Level: Error, Place: "RFC 7644 §1.3, §3.2",
		Sentence: "the target is under no base URL and no endpoint", Do: "compare the base URL that was typed with the one on the Setup screen",
	})
	slashEnd = define(Rule{
		ID: "SCIM-031", Level: Warn, Place: "RFC 7644 §3.2", Clients: "base URLs typed with a slash at the end", Leniency: "path-slashes",
		Sentence: "the path ends in a slash", Do: "many servers redirect it, which turns a POST into a GET, or answer 404",
	})
	slashDouble = define(Rule{
		ID: "SCIM-032", Level: Warn, Place: "RFC 7644 §3.2", Clients: "base URLs typed with a slash at the end", Leniency: "path-slashes",
		Sentence: "the path has slashes next to each other", Do: "leave out the slash at the end of the base URL",
	})
	endpointSpelling = define(Rule{
		ID: "SCIM-033", Level: Error, Place: "RFC 7644 §3.2, §4", Clients: "clients of SCIM 1.1",
		Sentence: "an endpoint is not spelt as SCIM has it", Do: "paths have case, and collections are plural",
	})
	methodUndefined = define(Rule{
		ID: "SCIM-034", Level: Error, Place: "RFC 7644 §3.2, Table 2",
		Sentence: "SCIM has no such method at this path", Do: "create at the endpoint; replace, patch and delete at the resource; search by POST",
	})
	nameAsID = define(Rule{
		ID: "SCIM-035", Level: Warn, Place: "RFC 7644 §3.4.1, §3.4.2",
		Sentence: "a resource is addressed by something that looks like a name", Do: "the path takes the id that the server gave; find it by a filter",
	})
	badEscape = define(Rule{
		ID: "SCIM-036", Level: Error, Place: "RFC 3986 §2.1",
		Sentence: "the target is not percent-encoded as it should be", Do: "a % stands before two hexadecimal digits; itself it is %25",
	})
	belowResource = define(Rule{
		ID: "SCIM-037", Level: Error, Place: "RFC 7644 §3.2",
		Sentence: "there is nothing below a resource", Do: "choose parts of it by the parameter attributes",
	})
)
