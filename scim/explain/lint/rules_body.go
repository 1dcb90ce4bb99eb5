package lint

// Rules about the body of a request, whatever it is for.

var (
	externalIDMissing = define(Rule{
		ID: "SCIM-017", Level: Note, Place: "RFC 7643 §3.1", Clients: "scripts",
		Sentence: "a user is created without externalId", Do: "Okta sends it; without it a rename loses the link",
	})

	notJSON = define(Rule{
		ID: "SCIM-101", Level: Error, Place: "RFC 8259 §2, RFC 7644 §3.12",
		Sentence: "the body is not JSON", Do: "a server answers 400 invalidSyntax",
	})
	notUTF8 = define(Rule{
		ID: "SCIM-102", Level: Error, Place: "RFC 8259 §8.1",
		Sentence: "the body is not UTF-8", Do: "convert it, mostly from Latin-1",
	})
	byteOrderMark = define(Rule{
		ID: "SCIM-103", Level: Warn, Place: "RFC 8259 §8.1", Clients: "PowerShell",
		Sentence: "a byte order mark stands before the body", Do: "write the file as UTF-8 without BOM",
	})
	notObject = define(Rule{
		ID: "SCIM-104", Level: Error, Place: "RFC 7644 §3.3, §3.5",
		Sentence: "the body is no JSON object", Do: "one request is about one resource; for several there is /Bulk",
	})
	bodyMissing = define(Rule{
		ID: "SCIM-105", Level: Error, Place: "RFC 7644 §3.3, §3.5",
		Sentence: "the body is empty", Do: "this method needs one",
	})
	nameTwice = define(Rule{
		ID: "SCIM-106", Level: Error, Place: "RFC 8259 §4, RFC 7643 §2.1",
		Sentence: "a member is there twice in one object", Do: "names have no case: userName and USERNAME are the same",
	})
	nulCharacter = define(Rule{
		ID: "SCIM-107", Level: Error, Place: "RFC 8259 §9",
		Sentence: "a string has the character U+0000 in it", Do: "no attribute needs it, and databases and C programs end there",
	})

	schemasMissing = define(Rule{
		ID: "SCIM-110", Level: Error, Place: "RFC 7643 §3, RFC 7644 §3.1", Clients: "hand-written requests",
		Sentence: "the body does not name its schemas",
	})
	schemasNoArray = define(Rule{
		ID: "SCIM-111", Level: Error, Place: "RFC 7643 §3",
		Sentence: "schemas is no array of strings",
	})
	schemasWrong = define(Rule{
		ID: "SCIM-112", Level: Error, Place: "RFC 7643 §3, RFC 7644 §8.2",
		Sentence: "schemas does not name the schema that is wanted here",
	})
	urnCase = define(Rule{
		ID: "SCIM-113", Level: Warn, Place: "RFC 8141 §3.1, RFC 7643 §10.2",
		Sentence: "a URN is spelt in another case", Do: "spell it as registered: many servers compare it letter by letter",
	})
	schemaUnknown = define(Rule{
		ID: "SCIM-114", Level: Warn, Place: "RFC 7643 §3", Clients: "hand-written requests", Leniency: "unknown-schema",
		Sentence: "schemas names what the resource type does not have",
	})
	schemaEntra = define(Rule{
		ID: "SCIM-115", Level: Warn, Place: "RFC 7643 §3", Clients: entra, Leniency: "entra-group-schema",
		Sentence: "schemas names Microsoft's own group schema", Do: "Entra adds it to every group: ignore it",
	})
	schemaOld = define(Rule{
		ID: "SCIM-116", Level: Warn, Place: "RFC 7643 §3, §10.2", Clients: "OneLogin", Leniency: "old-schema",
		Sentence: "schemas names a schema of SCIM 1.1 or of a draft",
	})
	schemaUndeclared = define(Rule{
		ID: "SCIM-117", Level: Warn, Place: "RFC 7643 §3", Clients: "hand-written requests", Leniency: "undeclared-extension",
		Sentence: "attributes of an extension are there that schemas does not name", Do: "add its URN to schemas",
	})
	schemaTwice = define(Rule{
		ID: "SCIM-118", Level: Warn, Place: "RFC 7643 §3",
		Sentence: "schemas names a schema twice",
	})

	attributeCase = define(Rule{
		ID: "SCIM-120", Level: Note, Place: "RFC 7643 §2.1",
		Sentence: "an attribute is spelt in another case", Do: "names have none, but many servers compare them letter by letter",
	})
	attributeUnknown = define(Rule{
		ID: "SCIM-121", Level: Warn, Place: "RFC 7643 §2, §3",
		Sentence: "no schema has this attribute", Do: "it is dropped; an attribute of one's own belongs into an extension",
	})
	attributeMisplaced = define(Rule{
		ID: "SCIM-122", Level: Warn, Place: "RFC 7643 §3.3",
		Sentence: "an attribute of an extension does not stand in the extension", Do: "put it into an object under the extension's URN",
	})
	valueWrong = define(Rule{
		ID: "SCIM-123", Level: Error, Place: "RFC 7643 §2.3, §2.4",
		Sentence: "a value is not of its attribute's type",
	})
	booleanString = define(Rule{
		ID: "SCIM-124", Level: Warn, Place: "RFC 7643 §2.3.2", Clients: entra + ", Keycloak", Leniency: "boolean-string",
		Sentence: "a boolean is sent as a string", Do: "write true or false without quotes",
	})
	loneObject = define(Rule{
		ID: "SCIM-125", Level: Warn, Place: "RFC 7643 §2.4", Clients: "OneLogin", Leniency: "lone-object",
		Sentence: "a multi-valued attribute is one object", Do: "put it into an array, also if there is only one",
	})
	arrayOfOne = define(Rule{
		ID: "SCIM-126", Level: Warn, Place: "RFC 7643 §2.3.8", Clients: entra, Leniency: "array-of-one",
		Sentence: "a single complex value is sent in an array",
	})
	complexString = define(Rule{
		ID: "SCIM-127", Level: Warn, Place: "RFC 7643 §2.3.8", Clients: entra, Leniency: "complex-string",
		Sentence: "a string is sent for a complex value", Do: `write {"value":"…"}, or give manager.value as the path`,
	})
	requiredMissing = define(Rule{
		ID: "SCIM-128", Level: Error, Place: "RFC 7643 §2.2, §4",
		Sentence: "a required attribute is missing or empty",
	})
	primaryTwice = define(Rule{
		ID: "SCIM-130", Level: Error, Place: "RFC 7643 §2.4",
		Sentence: "more than one value is primary", Do: "one at most may be",
	})
	valueUntyped = define(Rule{
		ID: "SCIM-131", Level: Note, Place: "RFC 7643 §2.4", Clients: "Okta with emailType unmapped",
		Sentence: "a value has no type", Do: `without "work" or "home" it cannot be told from the others`,
	})
	typeUnlisted = define(Rule{
		ID: "SCIM-132", Level: Note, Place: "RFC 7643 §7, §4.1.2",
		Sentence: "a type is none of the canonical ones", Do: "servers may refuse it",
	})
	valueTwice = define(Rule{
		ID: "SCIM-133", Level: Warn, Place: "RFC 7643 §2.4",
		Sentence: "a value is there twice with the same type",
	})
	emailMalformed = define(Rule{
		ID: "SCIM-134", Level: Warn, Place: "RFC 7643 §4.1.2",
		Sentence: "an e-mail address is none",
	})
	countryMalformed = define(Rule{
		ID: "SCIM-135", Level: Warn, Place: "RFC 7643 §4.1.2",
		Sentence: "a country is no ISO 3166-1 code of two letters", Do: `"US", not "USA" or a name`,
	})
	tagMalformed = define(Rule{
		ID: "SCIM-136", Level: Note, Place: "RFC 7643 §4.1.1", Clients: "Okta's samples of 2018",
		Sentence: "a language tag has an underscore", Do: "en-US, not en_US (BCP 47)",
	})
	readOnlySent = define(Rule{
		ID: "SCIM-137", Level: Note, Place: "RFC 7644 §3.3, §3.5.1", Clients: "Okta, " + entra,
		Sentence: "a readOnly attribute is sent", Do: "the server ignores it",
	})
	passwordSent = define(Rule{
		ID: "SCIM-138", Level: Note, Place: "RFC 7643 §4.1.1", Clients: "Okta, also with Sync Password off",
		Sentence: "a password came along", Do: "Okta fills it with random characters; it is never returned",
	})
	idDiffers = define(Rule{
		ID: "SCIM-139", Level: Warn, Place: "RFC 7644 §3.5.1",
		Sentence: "the id in the body is not the one in the path", Do: "the path counts; is it the right user?",
	})
	memberNameless = define(Rule{
		ID: "SCIM-140", Level: Error, Place: "RFC 7643 §4.2",
		Sentence: "a member of a group has no value", Do: "value is the user's id; display alone says nothing",
	})
	memberNoID = define(Rule{
		ID: "SCIM-141", Level: Warn, Place: "RFC 7643 §4.2",
		Sentence: "a member of a group is named by what looks like an address", Do: "value is the id that the server gave the user",
	})

	failOnErrors = define(Rule{
		ID: "SCIM-186", Level: Error, Place: "RFC 7644 §3.7",
		Sentence: "failOnErrors is no integer above 0",
	})
	searchMember = define(Rule{
		ID: "SCIM-190", Level: Error, Place: "RFC 7644 §3.4.3",
		Sentence: "a parameter of a search is not of its type", Do: "attributes and excludedAttributes are arrays, the rest but numbers strings",
	})
)
