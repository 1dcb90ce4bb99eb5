package lint

// Rules about PATCH and Bulk.

var (
	operationsMissing = define(Rule{
		ID: "SCIM-150", Level: Error, Place: "RFC 7644 §3.5.2, §3.7",
		Sentence: "Operations is no array of one operation or more",
	})
	operationNoObject = define(Rule{
		ID: "SCIM-151", Level: Error, Place: "RFC 7644 §3.5.2, §3.7",
		Sentence: "an operation is no object",
	})
	opCase = define(Rule{
		ID: "SCIM-152", Level: Warn, Place: "RFC 7644 §3.5.2", Clients: entra, Leniency: "op-case",
		Sentence: "an op is not in lower case", Do: `"add", "remove", "replace"; Entra does so with aadOptscim062020 in its tenant URL`,
	})
	opUnknown = define(Rule{
		ID: "SCIM-153", Level: Error, Place: "RFC 7644 §3.5.2",
		Sentence: "an op is none of add, remove and replace",
	})
	removePathless = define(Rule{
		ID: "SCIM-154", Level: Error, Place: "RFC 7644 §3.5.2.2",
		Sentence: "remove does not say what to remove", Do: "give it a path; a server answers 400 noTarget",
	})
	pathSyntax = define(Rule{
		ID: "SCIM-155", Level: Error, Place: "RFC 7644 §3.5.2, Figure 7",
		Sentence: "a path is malformed", Do: `attribute, attribute.sub, attribute[filter] or attribute[filter].sub; no "/"`,
	})
	pathUnknown = define(Rule{
		ID: "SCIM-156", Level: Error, Place: "RFC 7644 §3.5.2, §3.10",
		Sentence: "a path leads to no attribute", Do: "names of extensions need their URN: urn:…:User:department",
	})
	valueMissing = define(Rule{
		ID: "SCIM-157", Level: Error, Place: "RFC 7644 §3.5.2.1, §3.5.2.3",
		Sentence: "add or replace has no value",
	})
	removeValue = define(Rule{
		ID: "SCIM-158", Level: Warn, Place: "RFC 7644 §3.5.2.2", Clients: entra + ", JumpCloud", Leniency: "remove-value",
		Sentence: "remove names in value what to remove", Do: `put it into the path: members[value eq "…"]; a server that ignores value removes all`,
	})
	pathlessValue = define(Rule{
		ID: "SCIM-159", Level: Error, Place: "RFC 7644 §3.5.2.1, §3.5.2.3",
		Sentence: "an operation without path has no object of attributes as value",
	})
	dottedKey = define(Rule{
		ID: "SCIM-160", Level: Warn, Place: "RFC 7644 §3.5.2.1, §3.5.2.3", Clients: entra + " (aadOptscim062020)", Leniency: "dotted-key",
		Sentence: "a key of value is a path with a dot", Do: "nest the sub-attribute in its attribute, or give it as the path",
	})
	urnKey = define(Rule{
		ID: "SCIM-161", Level: Warn, Place: "RFC 7644 §3.5.2.1, §3.5.2.3", Clients: entra + " (aadOptscim062020)", Leniency: "urn-key",
		Sentence: "a key of value is a URN with an attribute", Do: "nest the attribute in its extension, or give it as the path",
	})
	filterKey = define(Rule{
		ID: "SCIM-162", Level: Warn, Place: "RFC 7644 §3.5.2.1, §3.5.2.3", Clients: entra, Leniency: "filter-key",
		Sentence: "a key of value is a path with a filter", Do: "give it as the path",
	})
	messageCase = define(Rule{
		ID: "SCIM-163", Level: Warn, Place: "RFC 7644 §3.5.2, §3.7", Clients: "hand-written requests",
		Sentence: "a member of the message is spelt in another case", Do: `it is "Operations" with a capital, the rest begins small`,
	})
	messageUnknown = define(Rule{
		ID: "SCIM-164", Level: Note, Place: "RFC 7644 §3.5.2, §3.7", Clients: "older versions of Entra ID (name)",
		Sentence: "the message has a member that means nothing",
	})
	readOnlyEcho = define(Rule{
		ID: "SCIM-165", Level: Warn, Place: "RFC 7644 §3.5.2", Clients: "clients that send back what they got", Leniency: "read-only-echo",
		Sentence: "a value without path has a readOnly attribute", Do: "leave it out: many servers refuse the whole PATCH",
	})
	readOnlyTarget = define(Rule{
		ID: "SCIM-166", Level: Error, Place: "RFC 7644 §3.5.2",
		Sentence: "an operation is aimed at a readOnly attribute", Do: "a server answers 400 mutability; memberships are changed at the group",
	})
	idChanged = define(Rule{
		ID: "SCIM-167", Level: Error, Place: "RFC 7644 §3.5.2",
		Sentence: "a PATCH names another id than the path's", Do: "ids do not change",
	})
	filterSingle = define(Rule{
		ID: "SCIM-168", Level: Error, Place: "RFC 7644 §3.5.2, Figure 7",
		Sentence: "a path filters what has only one value",
	})
	pathNoString = define(Rule{
		ID: "SCIM-169", Level: Error, Place: "RFC 7644 §3.5.2",
		Sentence: "op or path is no string",
	})
	removeRequired = define(Rule{
		ID: "SCIM-170", Level: Error, Place: "RFC 7644 §3.5.2.2",
		Sentence: "a required attribute is to be removed", Do: "a server answers 400 mutability",
	})

	bulkMethod = define(Rule{
		ID: "SCIM-180", Level: Error, Place: "RFC 7644 §3.7",
		Sentence: "the method of a bulk operation is none of POST, PUT, PATCH and DELETE",
	})
	bulkPath = define(Rule{
		ID: "SCIM-181", Level: Error, Place: "RFC 7644 §3.7",
		Sentence: "the path of a bulk operation is not what its method needs", Do: `POST takes an endpoint, "/Users", the others a resource, "/Users/2819"`,
	})
	bulkIDMissing = define(Rule{
		ID: "SCIM-182", Level: Error, Place: "RFC 7644 §3.7",
		Sentence: "a POST in a bulk request has no bulkId",
	})
	bulkIDTwice = define(Rule{
		ID: "SCIM-183", Level: Error, Place: "RFC 7644 §3.7",
		Sentence: "a bulkId is there twice",
	})
	bulkReference = define(Rule{
		ID: "SCIM-184", Level: Error, Place: "RFC 7644 §3.7.2",
		Sentence: "a reference leads to no operation of this request", Do: "bulkId: is followed by the bulkId of a POST here, in the same case",
	})
	bulkData = define(Rule{
		ID: "SCIM-185", Level: Error, Place: "RFC 7644 §3.7",
		Sentence: "a bulk operation has no data", Do: "POST, PUT and PATCH need an object",
	})
)
