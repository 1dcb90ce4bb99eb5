package lint

// Rules about the query of a request and the filters in it. Those about filters,
// numbers and choices of attributes hold for a search by POST too.

var (
	queryTrailing = define(Rule{
		ID: "SCIM-040", Level: Warn, Place: "RFC 3986 §3.4", Clients: "OneLogin", Leniency: "query-trailing",
		Sentence: "the query ends where another parameter should begin", Do: "leave out the last & or ?",
	})
	parameterTwice = define(Rule{
		ID: "SCIM-041", Level: Warn, Place: "RFC 7644 §3.4.2",
		Sentence: "a parameter is there twice", Do: "servers take the first, the last, or neither",
	})
	parameterCase = define(Rule{
		ID: "SCIM-042", Level: Warn, Place: "RFC 7644 §3.4.2", Clients: "hand-written requests",
		Sentence: "a parameter is spelt in another case", Do: "it has no effect so: servers ignore parameters that they do not know",
	})
	parameterUnknown = define(Rule{
		ID: "SCIM-043", Level: Note, Place: "RFC 7644 §3.4.2", Clients: "Microsoft Entra ID (aadOptscim062020)",
		Sentence: "SCIM knows no such parameter", Do: "servers ignore it",
	})
	parameterIdle = define(Rule{
		ID: "SCIM-044", Level: Warn, Place: "RFC 7644 §3.4.2, §3.9",
		Sentence: "a parameter has no effect here", Do: "filters, sorting and paging are for lists alone",
	})
	numberMalformed = define(Rule{
		ID: "SCIM-045", Level: Error, Place: "RFC 7644 §3.4.2.4",
		Sentence: "startIndex or count is no integer", Do: "send digits, and in a body no quotes",
	})
	startBelowOne = define(Rule{
		ID: "SCIM-046", Level: Warn, Place: "RFC 7644 §3.4.2.4", Clients: "clients that count from 0",
		Sentence: "startIndex is below 1", Do: "it is taken for 1: who counts from 0 gets each page's first resource twice",
	})
	countNegative = define(Rule{
		ID: "SCIM-047", Level: Warn, Place: "RFC 7644 §3.4.2.4",
		Sentence: "count is negative", Do: "it is taken for 0, which asks for totalResults alone",
	})
	countAbove = define(Rule{
		ID: "SCIM-048", Level: Note, Place: "RFC 7643 §5, RFC 7644 §3.4.2.4",
		Sentence: "count is more than a page can have", Do: "the page is shorter: go on by itemsPerPage, not by count",
	})
	attributesBoth = define(Rule{
		ID: "SCIM-049", Level: Warn, Place: "RFC 7644 §3.9",
		Sentence: "attributes and excludedAttributes exclude each other", Do: "send one of them",
	})
	sortOrderUnknown = define(Rule{
		ID: "SCIM-050", Level: Error, Place: "RFC 7644 §3.4.2.3",
		Sentence: "sortOrder is neither ascending nor descending",
	})
	sortOrderAlone = define(Rule{
		ID: "SCIM-051", Level: Note, Place: "RFC 7644 §3.4.2.3",
		Sentence: "sortOrder without sortBy orders nothing",
	})
	startAndCursor = define(Rule{
		ID: "SCIM-052", Level: Error, Place: "RFC 9865 §2.4",
		Sentence: "startIndex and cursor are two ways of paging", Do: "send one of them",
	})
	notEncoded = define(Rule{
		ID: "SCIM-053", Level: Note, Place: "RFC 3986 §2.2, §3.4", Clients: "hand-written requests",
		Sentence: "the query has characters that have to be percent-encoded", Do: `" is %22, [ is %5B, ] is %5D, a blank is %20`,
	})
	plusInValue = define(Rule{
		ID: "SCIM-054", Level: Warn, Place: "RFC 3986 §2.2", Clients: "hand-written requests",
		Sentence: "a + in the filter's value stands for a blank", Do: "write %2B, or ada+test@example.com is looked for as ada test@example.com",
	})
	attributeChoice = define(Rule{
		ID: "SCIM-055", Level: Warn, Place: "RFC 7644 §3.4.2.5, §3.10",
		Sentence: "what is chosen or sorted by is no attribute", Do: "names of extensions need their URN: urn:…:User:department",
	})
	discoveryFilter = define(Rule{
		ID: "SCIM-057", Level: Error, Place: "RFC 7644 §4",
		Sentence: "what describes the server cannot be filtered", Do: "read it as a whole",
	})

	filterEmpty = define(Rule{
		ID: "SCIM-060", Level: Warn, Place: "RFC 7644 §3.4.2.2",
		Sentence: "the filter is empty", Do: "a variable was empty? it may be answered with everything, or refused",
	})
	filterSyntax = define(Rule{
		ID: "SCIM-061", Level: Error, Place: "RFC 7644 §3.4.2.2, Figure 1",
		Sentence: "the filter is malformed",
	})
	filterUnquoted = define(Rule{
		ID: "SCIM-062", Level: Error, Place: "RFC 7644 §3.4.2.2, Figure 1", Clients: "hand-written requests",
		Sentence: "a value in the filter is not in double quotes", Do: `write userName eq "ada"; only numbers, true, false and null have none`,
	})
	filterOperator = define(Rule{
		ID: "SCIM-063", Level: Error, Place: "RFC 7644 §3.4.2.2, Table 3", Clients: "hand-written requests",
		Sentence: "the filter has an operator that SCIM does not have", Do: "eq ne co sw ew gt ge lt le pr, joined by and, or, not",
	})
	filterUnknown = define(Rule{
		ID: "SCIM-064", Level: Error, Place: "RFC 7644 §3.4.2.2",
		Sentence: "the filter is about an attribute that no schema has",
	})
	filterMismatch = define(Rule{
		ID: "SCIM-065", Level: Error, Place: "RFC 7644 §3.4.2.2, Table 3", Clients: `clients that send active eq "true"`,
		Sentence: "the filter compares an attribute with what it cannot be", Do: "booleans and numbers have no quotes, and booleans no order",
	})
	filterBoolean = define(Rule{
		ID: "SCIM-066", Level: Warn, Place: "RFC 7644 §3.4.2.2", Clients: entra, Leniency: "filter-boolean-string",
		Sentence: "a filter in a path compares a boolean with a string", Do: "write roles[primary eq true]",
	})
	filterCondition = define(Rule{
		ID: "SCIM-067", Level: Warn, Place: "RFC 7644 §3.4.2.2, Figure 1", Clients: entra, Leniency: "value-path-condition",
		Sentence: "a condition follows a value path", Do: `write emails[type eq "work" and value eq "x"]`,
	})
)

const entra = "Microsoft Entra ID"
