package lint

// Rules about answers: what RFC 7643 and RFC 7644 have them be.

// answerRule defines one.
func answerRule(r Rule) *Rule {
	r.Answer = true
	return define(r)
}

var (
	answerUntyped = answerRule(Rule{
		ID: "SCIM-201", Level: Warn, Place: "RFC 7644 §3.8, RFC 9110 §8.3",
		Sentence: "the answer has no Content-Type", Do: "send application/scim+json",
	})
	answerTypeOther = answerRule(Rule{
		ID: "SCIM-202", Level: Warn, Place: "RFC 7644 §3.8, §8.1",
		Sentence: "the answer is of a type that is not SCIM's", Do: "send application/scim+json",
	})
	answerHTML = answerRule(Rule{
		ID: "SCIM-203", Level: Error, Place: "RFC 7644 §3.8, §3.12", Clients: `Okta shows "Invalid JSON" in place of the reason`,
		Sentence: "the answer is a page, not JSON", Do: "it is a framework's or a proxy's own: make SCIM errors of these too",
	})
	answerTypeJSON = answerRule(Rule{
		ID: "SCIM-204", Level: Note, Place: "RFC 7644 §3.8, §8.1",
		Sentence: "the answer is sent as application/json", Do: "application/scim+json is SCIM's own type; OneLogin alone wants the other",
	})
	answerNotJSON = answerRule(Rule{
		ID: "SCIM-205", Level: Error, Place: "RFC 7644 §3.8, RFC 8259 §2", Clients: `Okta shows "Invalid JSON" in place of the reason`,
		Sentence: "the answer is not JSON",
	})
	answerNotUTF8 = answerRule(Rule{
		ID: "SCIM-206", Level: Error, Place: "RFC 8259 §8.1",
		Sentence: "the answer is not UTF-8",
	})
	answerMark = answerRule(Rule{
		ID: "SCIM-207", Level: Warn, Place: "RFC 8259 §8.1",
		Sentence: "a byte order mark stands before the answer",
	})
	answerTwice = answerRule(Rule{
		ID: "SCIM-208", Level: Warn, Place: "RFC 8259 §4, RFC 7643 §2.1",
		Sentence: "a member is there twice in one object of the answer",
	})
	redirected = answerRule(Rule{
		ID: "SCIM-209", Level: Error, Place: "RFC 9110 §15.4, RFC 7644 §3.12",
		Sentence: "the answer is a redirect that changes the method", Do: "a POST becomes a GET on its way: give the client the right base URL",
	})
	redirectedAlike = answerRule(Rule{
		ID: "SCIM-210", Level: Warn, Place: "RFC 7644 §3.12, Table 8", Clients: "what Okta does with it is not known",
		Sentence: "the answer is a redirect", Do: "give the client the right base URL",
	})
	bodyOfNothing = answerRule(Rule{
		ID: "SCIM-211", Level: Error, Place: "RFC 9110 §15.3.5",
		Sentence: "a 204 has a body", Do: "on a kept connection it is taken for the beginning of the next answer",
	})
	answerEmpty = answerRule(Rule{
		ID: "SCIM-212", Level: Error, Place: "RFC 7644 §3.4.1, §3.4.2, §3.5.1", Clients: "Okta",
		Sentence: "the answer has no body", Do: "answer the resource, or a ListResponse",
	})
	patchEmpty = answerRule(Rule{
		ID: "SCIM-213", Level: Error, Place: "RFC 7644 §3.5.2", Clients: "Okta",
		Sentence: "a PATCH is answered 200 without the resource", Do: "without a body it is 204",
	})
	patchChoice = answerRule(Rule{
		ID: "SCIM-214", Level: Warn, Place: "RFC 7644 §3.5.2",
		Sentence: "a PATCH with the parameter attributes is answered 204", Do: "it has to be 200 with these attributes",
	})
	createdStatus = answerRule(Rule{
		ID: "SCIM-215", Level: Error, Place: "RFC 7644 §3.3", Clients: "Okta's SPEC suite, step 6",
		Sentence: "a create is not answered 201",
	})
	putCreates = answerRule(Rule{
		ID: "SCIM-216", Level: Error, Place: "RFC 7644 §3.5.1",
		Sentence: "a PUT is answered 201", Do: "PUT replaces; an id that is not known is 404",
	})
	deletedStatus = answerRule(Rule{
		ID: "SCIM-217", Level: Warn, Place: "RFC 7644 §3.6",
		Sentence: "a DELETE is not answered 204",
	})
	locationMissing = answerRule(Rule{
		ID: "SCIM-218", Level: Warn, Place: "RFC 7644 §3.3, RFC 7643 §3.1",
		Sentence: "a create is answered without Location",
	})
	locationDiffers = answerRule(Rule{
		ID: "SCIM-219", Level: Warn, Place: "RFC 7643 §3.1, RFC 7644 §3.3",
		Sentence: "Location is not meta.location",
	})
	challengeMissing = answerRule(Rule{
		ID: "SCIM-220", Level: Warn, Place: "RFC 9110 §11.6.1, RFC 6750 §3",
		Sentence: "a 401 has no WWW-Authenticate",
	})
	allowMissing = answerRule(Rule{
		ID: "SCIM-221", Level: Warn, Place: "RFC 9110 §15.5.6",
		Sentence: "a 405 has no Allow",
	})
	unguarded = answerRule(Rule{
		ID: "SCIM-222", Level: Warn, Place: "RFC 7644 §2, §7",
		Sentence: "a request without a key was answered", Do: "only what describes the server may be open",
	})
	etagDiffers = answerRule(Rule{
		ID: "SCIM-223", Level: Warn, Place: "RFC 7644 §3.14, RFC 7643 §3.1",
		Sentence: "ETag is not meta.version",
	})
	etagMalformed = answerRule(Rule{
		ID: "SCIM-224", Level: Warn, Place: "RFC 9110 §8.8.3",
		Sentence: "ETag is no entity tag", Do: `it has quotes: "3" or W/"3"`,
	})

	errorEmpty = answerRule(Rule{
		ID: "SCIM-230", Level: Error, Place: "RFC 7644 §3.12", Clients: "Okta's SPEC suite, steps 4, 11 and 12",
		Sentence: "an error has no body", Do: "without detail nobody learns the reason",
	})
	errorSchemas = answerRule(Rule{
		ID: "SCIM-231", Level: Error, Place: "RFC 7644 §3.12", Clients: "Okta's SPEC suite, steps 4, 11 and 12",
		Sentence: "an error does not name the Error schema",
	})
	errorNumber = answerRule(Rule{
		ID: "SCIM-232", Level: Warn, Place: "RFC 7644 §3.12", Clients: "Okta's own samples have it so",
		Sentence: "status in an error is a number", Do: `it is a string: "404"`,
	})
	errorStatus = answerRule(Rule{
		ID: "SCIM-233", Level: Warn, Place: "RFC 7644 §3.12",
		Sentence: "status in an error is not the answer's status, or missing",
	})
	errorKeyword = answerRule(Rule{
		ID: "SCIM-235", Level: Warn, Place: "RFC 7644 §3.12, Table 9",
		Sentence: "scimType is no keyword of SCIM's",
	})
	uniquenessStatus = answerRule(Rule{
		ID: "SCIM-236", Level: Error, Place: "RFC 7644 §3.3, §3.12", Clients: "Okta's SPEC suite, step 8",
		Sentence: "what exists already is not answered 409",
	})
	uniquenessKeyword = answerRule(Rule{
		ID: "SCIM-237", Level: Warn, Place: "RFC 7644 §3.3",
		Sentence: "a 409 to a create does not say uniqueness",
	})
	searchNotFound = answerRule(Rule{
		ID: "SCIM-238", Level: Error, Place: "RFC 7644 §3.4.2", Clients: "Okta's SPEC suite, step 3; " + entra,
		Sentence: "a search that finds nothing is answered 404", Do: "answer 200 with totalResults 0",
	})
	idRefused = answerRule(Rule{
		ID: "SCIM-239", Level: Error, Place: "RFC 7644 §3.12, Table 8", Clients: "Okta's SPEC suite, steps 4 and 12",
		Sentence: "an id that is not known is answered 400", Do: "whatever its form, it is 404",
	})
	errorAsSuccess = answerRule(Rule{
		ID: "SCIM-240", Level: Error, Place: "RFC 7644 §3.12",
		Sentence: "an error comes with a status that says success",
	})
	typeRefused = answerRule(Rule{
		ID: "SCIM-241", Level: Error, Place: "RFC 7644 §3.8, §8.1", Clients: "Okta sends the one, its SPEC suite the other",
		Sentence: "one of SCIM's media types is refused", Do: "take application/scim+json and application/json, with parameters",
	})

	resourceSchemas = answerRule(Rule{
		ID: "SCIM-250", Level: Error, Place: "RFC 7643 §3", Clients: `Okta: "No schema's defined in scim user"`,
		Sentence: "a resource does not name its schemas",
	})
	resourceSchema = answerRule(Rule{
		ID: "SCIM-251", Level: Error, Place: "RFC 7643 §3", Clients: "Okta's SPEC suite, step 6",
		Sentence: "a resource does not name the schema of its type",
	})
	resourceUndeclared = answerRule(Rule{
		ID: "SCIM-252", Level: Warn, Place: "RFC 7643 §3",
		Sentence: "a resource has attributes of an extension that its schemas does not name",
	})
	idMissing = answerRule(Rule{
		ID: "SCIM-253", Level: Error, Place: "RFC 7643 §3.1", Clients: "Okta, everybody",
		Sentence: "a resource has no id",
	})
	idMalformed = answerRule(Rule{
		ID: "SCIM-254", Level: Error, Place: "RFC 7643 §3.1", Clients: "Okta, JumpCloud",
		Sentence: "an id is no string, or holds bulkId",
	})
	idForeign = answerRule(Rule{
		ID: "SCIM-255", Level: Error, Place: "RFC 7644 §3.4.1", Clients: "Okta's SPEC suite, step 2",
		Sentence: "the resource has another id than was asked for",
	})
	metaMissing = answerRule(Rule{
		ID: "SCIM-256", Level: Warn, Place: "RFC 7643 §3.1", Clients: "Okta's support asks for it",
		Sentence: "a resource has no meta",
	})
	metaKind = answerRule(Rule{
		ID: "SCIM-257", Level: Warn, Place: "RFC 7643 §3.1",
		Sentence: "meta.resourceType is missing or not the type's name",
	})
	metaLocation = answerRule(Rule{
		ID: "SCIM-258", Level: Warn, Place: "RFC 7643 §3.1",
		Sentence: "meta.location is missing or no whole URL",
	})
	answerValue = answerRule(Rule{
		ID: "SCIM-260", Level: Error, Place: "RFC 7643 §2.3, §2.4", Clients: "Okta",
		Sentence: "a value in the answer is not of its attribute's type", Do: "multi-valued attributes are arrays, booleans have no quotes",
	})
	answerCase = answerRule(Rule{
		ID: "SCIM-261", Level: Warn, Place: "RFC 7643 §2.1",
		Sentence: "an attribute in the answer is spelt in another case", Do: "clients read the schema's spelling",
	})
	answerPrimaries = answerRule(Rule{
		ID: "SCIM-262", Level: Error, Place: "RFC 7643 §2.4",
		Sentence: "more than one value in the answer is primary",
	})
	passwordReturned = answerRule(Rule{
		ID: "SCIM-263", Level: Error, Place: "RFC 7643 §4.1.1, §7", Clients: "Okta sends it back in its next PUT",
		Sentence: "the answer has a password in it", Do: "it is never returned",
	})
	answerRequired = answerRule(Rule{
		ID: "SCIM-264", Level: Error, Place: "RFC 7643 §4", Clients: "Okta's SPEC suite, steps 1, 2 and 6",
		Sentence: "a resource lacks a required attribute",
	})
	nameChanged = answerRule(Rule{
		ID: "SCIM-265", Level: Error, Place: "RFC 7644 §3.3, §3.5.1", Clients: "Okta's SPEC suite, step 6",
		Sentence: "the name in the answer is not the one that was sent", Do: "keep its case, compare it without",
	})
	listForOne = answerRule(Rule{
		ID: "SCIM-266", Level: Error, Place: "RFC 7644 §3.4.1", Clients: "Okta puts the list back as if it were the user",
		Sentence: "one resource was asked for and a list came",
	})

	listSchemas = answerRule(Rule{
		ID: "SCIM-270", Level: Error, Place: "RFC 7644 §3.4.2", Clients: "Okta's SPEC suite, steps 1 and 3",
		Sentence: "a list does not name the ListResponse schema",
	})
	totalMissing = answerRule(Rule{
		ID: "SCIM-271", Level: Error, Place: "RFC 7644 §3.4.2", Clients: "Okta's import pages by it",
		Sentence: "a list has no totalResults",
	})
	numberAsString = answerRule(Rule{
		ID: "SCIM-272", Level: Error, Place: "RFC 7644 §3.4.2", Clients: "Okta stops a create after the search",
		Sentence: "totalResults, startIndex or itemsPerPage is no integer", Do: "they have no quotes",
	})
	pageUnnumbered = answerRule(Rule{
		ID: "SCIM-273", Level: Error, Place: "RFC 7644 §3.4.2, §3.4.2.4",
		Sentence: "a page of a longer list lacks startIndex or itemsPerPage",
	})
	itemsDiffer = answerRule(Rule{
		ID: "SCIM-274", Level: Warn, Place: "RFC 7644 §3.4.2.4",
		Sentence: "itemsPerPage is not the number of resources in the page", Do: "it counts what is there, not what was asked for",
	})
	startDiffers = answerRule(Rule{
		ID: "SCIM-275", Level: Error, Place: "RFC 7644 §3.4.2.4", Clients: "Okta's import",
		Sentence: "a page does not begin where it was asked to",
	})
	startAtZero = answerRule(Rule{
		ID: "SCIM-276", Level: Warn, Place: "RFC 7644 §3.4.2.4",
		Sentence: "startIndex in the answer is below 1", Do: "the first resource is number 1",
	})
	resourcesMissing = answerRule(Rule{
		ID: "SCIM-277", Level: Error, Place: "RFC 7644 §3.4.2", Clients: `Okta: "No results for users returned"`,
		Sentence: "totalResults is above 0 and there are no Resources",
	})
	resourcesNoArray = answerRule(Rule{
		ID: "SCIM-278", Level: Error, Place: "RFC 7644 §3.4.2", Clients: `Okta: "No results for users returned"`,
		Sentence: "Resources is null or no array",
	})
	resourcesTooMany = answerRule(Rule{
		ID: "SCIM-279", Level: Error, Place: "RFC 7644 §3.4.2.4",
		Sentence: "a page has more resources than count",
	})
	totalBelow = answerRule(Rule{
		ID: "SCIM-280", Level: Error, Place: "RFC 7644 §3.4.2, §3.4.2.4", Clients: "Okta's import ends too early",
		Sentence: "totalResults is less than what is there", Do: "it counts all that match, not the page",
	})
	notList = answerRule(Rule{
		ID: "SCIM-281", Level: Error, Place: "RFC 7644 §3.4.2", Clients: `Okta: "No results for users returned"`,
		Sentence: "a search is answered by something that is no object",
	})
	filterIgnored = answerRule(Rule{
		ID: "SCIM-282", Level: Error, Place: "RFC 7644 §3.4.2.2", Clients: "Okta links the first user to whoever it looked for",
		Sentence: "a resource came that the filter does not match",
	})
	cursorCharacters = answerRule(Rule{
		ID: "SCIM-283", Level: Warn, Place: "RFC 9865 §2",
		Sentence: "a cursor has characters that a URL changes", Do: "letters, digits, - . _ ~ alone",
	})
	cursorFirst = answerRule(Rule{
		ID: "SCIM-284", Level: Warn, Place: "RFC 9865 §2",
		Sentence: "the first page has a previousCursor",
	})
	listedTwice = answerRule(Rule{
		ID: "SCIM-285", Level: Error, Place: "RFC 7643 §3.1, RFC 7644 §3.4.2", Clients: "Okta's import",
		Sentence: "a resource is there twice in one page",
	})

	configIncomplete = answerRule(Rule{
		ID: "SCIM-290", Level: Error, Place: "RFC 7643 §5",
		Sentence: "ServiceProviderConfig does not say all that it has to", Do: "patch, bulk, filter, changePassword, sort, etag and authenticationSchemes",
	})
	bulkAnswer = answerRule(Rule{
		ID: "SCIM-291", Level: Error, Place: "RFC 7644 §3.7, §3.7.3",
		Sentence: "a bulk request is not answered by a BulkResponse", Do: "each operation has its method and its status, a string",
	})
)
