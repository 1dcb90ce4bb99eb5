package lint

// Rules of Okta's own, and those of the profiles that bind clients.

var (
	userNameNoEmail = define(Rule{
		ID: "OKTA-001", Level: Warn, Place: "Okta, guide of this app: application username format Email",
		Sentence: "a userName is no e-mail address", Do: `set "Application username format" to Email in the app's Sign On settings`,
	})
	hostUnderscore = define(Rule{
		ID: "OKTA-002", Level: Warn, Place: "Okta, SCIM guide: base URL (documented)",
		Sentence: "the host has an underscore in its name", Do: "Okta takes no base URL with one",
	})

	tooSlow = answerRule(Rule{
		ID: "OKTA-101", Level: Error, Place: "Okta, SCIM FAQ: timeout (documented)", Clients: "Okta",
		Sentence: "the answer took a minute or more", Do: "Okta closes the connection after 60 seconds without a byte",
	})
	createdEmpty = answerRule(Rule{
		ID: "OKTA-102", Level: Error, Place: "Okta, SCIM reference: create (documented)", Clients: `Okta: "Create new user returned empty user"`,
		Sentence: "a create is answered without the resource",
	})
	activeMissing = answerRule(Rule{
		ID: "OKTA-103", Level: Warn, Place: "Okta, SPEC suite steps 1, 2 and 6 (documented)", Clients: "Okta",
		Sentence: "a user does not say whether it is active",
	})
	detailMissing = answerRule(Rule{
		ID: "OKTA-104", Level: Warn, Place: "Okta, SPEC suite steps 4, 11 and 12 (documented)", Clients: "Okta shows it to the administrator",
		Sentence: "an error has no detail",
	})
	retryAfter = answerRule(Rule{
		ID: "OKTA-105", Level: Warn, Place: "Okta, SCIM concepts: rate limits (documented)", Clients: "Okta waits 5 minutes without it",
		Sentence: "a 429 does not say in whole seconds when to come again", Do: "send Retry-After: 2",
	})
	groupsNotFound = answerRule(Rule{
		ID: "OKTA-106", Level: Warn, Place: "Okta, import with Import Groups on (what it does is not known)", Clients: "Okta's import",
		Sentence: "a list of groups is answered 404 or 501", Do: "an empty list is safe, also where there are no groups",
	})
	resourcesAbsent = answerRule(Rule{
		ID: "OKTA-107", Level: Error, Place: `Okta, support: "No results for users returned" (documented)`, Clients: "Okta",
		Sentence: "an empty list has no Resources", Do: "send an empty array",
	})
	pageNumbers = answerRule(Rule{
		ID: "OKTA-108", Level: Error, Place: "Okta, SPEC suite step 1 (documented)", Clients: "Okta",
		Sentence: "a list lacks startIndex or itemsPerPage", Do: "Okta wants them in every list, also a whole one",
	})
	patchUnsupported = answerRule(Rule{
		ID: "OKTA-109", Level: Warn, Place: "Okta, review of a blog post, 2018 (documented)", Clients: "Okta's catalogue apps",
		Sentence: "PATCH is not supported", Do: "Okta does not try PUT instead: deactivations become tasks for people",
	})
	primaryMissing = answerRule(Rule{
		ID: "OKTA-110", Level: Note, Place: "Okta, SCIM FAQ: multi-valued attributes (documented)", Clients: "Okta reads the primary one",
		Sentence: "none of a user's e-mail addresses is primary",
	})
	nameIncomplete = answerRule(Rule{
		ID: "OKTA-111", Level: Note, Place: "Okta, SPEC suite steps 1 and 2 (documented)", Clients: "Okta's SPEC suite",
		Sentence: "a user lacks name.givenName, name.familyName or emails", Do: "the first user of the list needs them, or the suite fails",
	})
	pathlessRefused = answerRule(Rule{
		ID: "OKTA-112", Level: Warn, Place: "Okta, SCIM reference: deactivate and rename (documented); refusals reported", Clients: "Okta's catalogue apps",
		Sentence: "a PATCH without path is refused", Do: "Okta deactivates users and renames groups so: the keys of value are the targets",
	})
	replacedEmpty = answerRule(Rule{
		ID: "OKTA-113", Level: Warn, Place: "Okta, SCIM reference: update (documented)", Clients: "Okta",
		Sentence: "a PUT is answered 204", Do: "Okta documents 200 with the resource alone; so does RFC 7644 §3.5.1",
	})
	unhurriedGroups = answerRule(Rule{
		ID: "OKTA-115", Level: Note, Place: "Okta, SPEC suite step 10 (documented)", Clients: "Okta's SPEC suite",
		Sentence: "a list of groups took more than 600 ms",
	})
)

const interopDraft = "draft-zollner-scim-interop-profile-01"

var (
	iopType = define(Rule{
		ID: "IOP-17", Level: Warn, Place: interopDraft + " §5.4 (IP-17)",
		Sentence: "a type is none that the server lists", Do: "send one of canonicalValues",
	})
	iopByID = define(Rule{
		ID: "IOP-21", Level: Warn, Place: interopDraft + " §6.1 (IP-21)",
		Sentence: "a resource is not read by its id", Do: "find it by a filter",
	})
	iopJSON = define(Rule{
		ID: "IOP-22", Level: Warn, Place: interopDraft + " §6.2 (IP-22)",
		Sentence: "something else than JSON is sent or asked for",
	})
	iopMedia = define(Rule{
		ID: "IOP-23", Level: Warn, Place: interopDraft + " §6.2 (IP-23)",
		Sentence: "a body is not sent as application/scim+json",
	})
	iopAgent = define(Rule{
		ID: "IOP-24", Level: Warn, Place: interopDraft + " §6.2 (IP-24)",
		Sentence: "the request has no User-Agent",
	})
	iopOperator = define(Rule{
		ID: "IOP-26", Level: Warn, Place: interopDraft + " §6.3 (IP-26)",
		Sentence: "a filter has another operator than eq and and",
	})
	iopFilterMethod = define(Rule{
		ID: "IOP-27", Level: Warn, Place: interopDraft + " §6.3 (IP-27)",
		Sentence: "a filter stands in the URL of another method than GET",
	})
	iopPut = define(Rule{
		ID: "IOP-35", Level: Warn, Place: interopDraft + " §6.5 (IP-35)", Clients: "Okta",
		Sentence: "a resource is updated with PUT", Do: "update with PATCH",
	})
	iopPathless = define(Rule{
		ID: "IOP-36", Level: Warn, Place: interopDraft + " §6.5.1.1 (IP-36)", Clients: "Okta, " + entra,
		Sentence: "an operation has no path",
	})
	iopSeveral = define(Rule{
		ID: "IOP-38", Level: Warn, Place: interopDraft + " §6.5.1.2 (IP-38)", Clients: entra,
		Sentence: "one operation changes several attributes", Do: "write one operation for each path",
	})
	iopDot = define(Rule{
		ID: "IOP-40", Level: Note, Place: interopDraft + " §6.5.2.1 (IP-40)",
		Sentence: "one sub-attribute is changed by way of its whole attribute", Do: "aim at it with a dot: name.givenName",
	})
	iopReplaceWhole = define(Rule{
		ID: "IOP-41", Level: Warn, Place: interopDraft + " §6.5.2.1 (IP-41)",
		Sentence: "replace of a complex attribute has no object as value", Do: "send all sub-attributes that are to stay",
	})
	iopAddWhole = define(Rule{
		ID: "IOP-43", Level: Warn, Place: interopDraft + " §6.5.2.1 (IP-43)",
		Sentence: "add to a complex attribute has no object as value",
	})
	iopArray = define(Rule{
		ID: "IOP-45", Level: Warn, Place: interopDraft + " §6.5.2.2 (IP-45)",
		Sentence: "add or replace of a multi-valued attribute has no array as value", Do: "one value is in an array too",
	})
	iopBracket = define(Rule{
		ID: "IOP-48", Level: Warn, Place: interopDraft + " §6.5.2.2 (IP-48)", Clients: "Okta, " + entra,
		Sentence: "a path ends at its filter", Do: `name a sub-attribute; how else to remove one member the draft does not say`,
	})
	iopConditional = define(Rule{
		ID: "IOP-55", Level: Warn, Place: interopDraft + " §6.7 (IP-55)",
		Sentence: "the request is conditional", Do: "leave out If-Match, If-None-Match and the like",
	})
	iopTLS = define(Rule{
		ID: "IOP-59", Level: Note, Place: interopDraft + " §7.1 (IP-59)",
		Sentence: "the request came without TLS", Do: "or a proxy before the server does not say so",
	})
	iopBasic = define(Rule{
		ID: "IOP-60", Level: Warn, Place: interopDraft + " §7.2 (IP-60)",
		Sentence: "the request uses HTTP Basic",
	})

	ipsieBearer = define(Rule{
		ID: "IPSIE-03", Level: Warn, Place: "IPSIE AL SCIM 2.0 Profile, Draft 00 §4.1 (AL-03)",
		Sentence: "the request has no bearer token",
	})
	ipsieCredential = define(Rule{
		ID: "IPSIE-29", Level: Warn, Place: "IPSIE AL SCIM 2.0 Profile, Draft 00 §6.1.2 (AL-29)", Clients: "Okta",
		Sentence: "a password or another credential is sent",
	})
	ipsieMembers = define(Rule{
		ID: "IPSIE-41", Level: Note, Place: "IPSIE AL SCIM 2.0 Profile, Draft 00 §6.2.3 (AL-41)", Clients: "Okta",
		Sentence: "groups are listed with their members", Do: "send excludedAttributes=members",
	})
)
