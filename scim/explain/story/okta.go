package story

// What Okta sends about users. It has two dialects: an app made with the app
// wizard writes with PUT alone, one of the catalogue switches active and sets
// passwords with PATCH. Section numbers are those of the notes on its wire.

// Steps that several stories have.
var (
	oktaFind = Step{
		Role: "find", Match: "find user miss*|find user failed", Expect: []int{404},
		Does: "asks whether the account is there already",
		Why: "Before it creates anyone, Okta looks for the account by the app's 'Unique identifier field for users', mostly userName. " +
			"There is no hit, so it will create one.",
		Needs: "200 with a ListResponse. No hit is totalResults 0; Okta takes a 404 for it too, but its SPEC test does not. " +
			"The filter matches without regard to case and finds deactivated accounts.",
		Shown: shownFind, RFC: "RFC 7644 §3.4.2.2",
	}
	oktaFound = Step{
		Role: "find", Match: "find user hit|find user some",
		Does:  "asks whether the account is there already, and it is",
		Why:   "Okta found the account by its name, so it links to that id instead of creating another, and will bring its profile up to date.",
		Needs: "200 with a ListResponse that has the account, with its id as a string.",
		Shown: shownFind, RFC: "RFC 7644 §3.4.2.2",
	}
	oktaInactive = Step{
		Role: "find", Match: "find user inactive|find user some",
		Does:  "asks whether the account is there already; it is, deactivated",
		Why:   "Okta reactivates by a new assignment: it found the account by its name, deactivated, will activate it and then write the profile.",
		Needs: "200 with the account, active false. If deactivated accounts were hidden, Okta would try to create another, and fail.",
		Shown: shownFind, RFC: "RFC 7644 §3.4.2.2",
	}
	oktaRead = Step{
		Role: "read", Match: "read user",
		Does:  "reads the account",
		Why:   "The PUT that follows is this answer with Okta's own attributes laid over it, and the GET shows that the account still exists.",
		Needs: "200 with the user itself, not with a list, and without secrets: all of it comes back in the PUT.",
		Shown: shownPush, RFC: "RFC 7644 §3.4.1",
	}
	oktaReadMaybe = optional(oktaRead)
	oktaReadAgain = role(oktaRead, "read-again")
	oktaWrite     = Step{
		Role: "write", Match: "put user",
		Does: "writes the whole profile",
		Why: "Okta sends the whole user: what it read before, with its mapped attributes laid over it. " +
			"A PUT replaces all, so attributes left out are removed.",
		Needs: "200 with the updated user. id, meta and groups come back and are to be ignored.",
		Shown: shownPush, RFC: "RFC 7644 §3.5.1",
	}
)

func optional(s Step) Step {
	s.Optional = true
	return s
}

func role(s Step, name string) Step {
	s.Role = name
	return s
}

func matching(s Step, match string) Step {
	s.Match = match
	return s
}

var oktaUsers = []Story{
	{
		ID: "okta.test", Client: "Okta", Title: "test the connection, or save",
		Ways: []Way{{
			Trust: Captured, Source: "§1.1 S2 S3",
			Steps: []Step{{
				Role: "users", Match: "probe",
				Does: "lists two users",
				Why: "Okta tries the address and the key. The test button sends it, Save sends it again, " +
					"and so does saving the To App page: the requests are the same.",
				Needs: "200 with a ListResponse; one without users is fine. totalResults, startIndex and itemsPerPage are numbers, not strings.",
				Shown: shownTest, RFC: "RFC 7644 §3.4.2",
			}, {
				Role: "groups", Match: "page groups", Optional: true,
				Does:  "lists groups",
				Why:   "Only when Import Groups is on, as it is by default in catalogue apps.",
				Needs: "200 with a ListResponse, without groups if there are none. What Okta does with a 404 or 501 is not known.",
				Shown: shownTest, RFC: "RFC 7644 §3.4.2", Trust: Documented, Source: "§1.1 S8 (for SCIM 1.1) S9",
			}},
		}},
	},
	{
		ID: "okta.assign", Client: "Okta", Title: "add a person",
		Ways: []Way{
			{Name: "usual", Trust: Captured, Source: "§1.2 S1 S2 S3 S4", Steps: []Step{oktaFind, oktaCreate}},
			{
				Name: "after a conflict", Trust: Unknown, Source: "", Steps: []Step{oktaFind, oktaCreate, {
					Role: "find-again", Match: "find user*", After: 409, Optional: true, Expect: []int{404},
					Does:  "looks for the account once more",
					Why:   "The name is taken, so somebody has it: the client looks again, or an administrator retries.",
					Needs: "The account that has the name. If it is not found, the filter and the rule for uniqueness do not agree.",
					Shown: shownFind, RFC: "RFC 7644 §3.4.2.2",
				}, role(optional(oktaCreate), "create-again")},
			},
			{Name: "without a search", Trust: Inferred, Source: "§0 S10", Steps: []Step{oktaCreate}},
		},
	},
	{
		ID: "okta.link", Client: "Okta", Title: "add a person who has an account",
		Ways: []Way{{
			Trust: Captured, Source: "§1.2 S3 S5 S17",
			Steps: []Step{oktaFound, oktaRead, matching(oktaWrite, "put user|put user password")},
		}},
	},
	{
		ID: "okta.update", Client: "Okta", Title: "push a profile update",
		Ways: []Way{
			{Name: "by PUT", Trust: Captured, Source: "§1.4 S1 S2 S3 S5", Steps: []Step{oktaReadMaybe, oktaWrite}},
			{Name: "by PATCH", Trust: Inferred, Source: "§0 §5 S6 S36", Steps: []Step{oktaReadMaybe, {
				Role: "write", Match: "patch user",
				Does:  "writes what changed",
				Why:   "A catalogue app with 'Support PATCH for User' writes attributes with PATCH. What is not in it stays.",
				Needs: "200 with the updated user, or 204.",
				Shown: shownPush, RFC: "RFC 7644 §3.5.2",
			}}},
		},
	},
	{
		ID: "okta.deactivate", Client: "Okta", Title: "deactivate a person",
		Ways: []Way{
			{Name: "app wizard", Trust: Captured, Source: "§1.5 S3 S5", Steps: []Step{oktaReadMaybe, matching(oktaDeactivate, "put user off")}},
			{Name: "catalogue", Trust: Captured, Source: "§1.5 S1 S2 S4", Steps: []Step{
				untrusted(oktaReadMaybe, Documented, "§1.5 S18"), matching(oktaDeactivate, "patch user off"),
			}},
		},
	},
	{
		ID: "okta.password", Client: "Okta", Title: "sync a password",
		Ways: []Way{
			{Name: "catalogue", Trust: Inferred, Source: "§1.7 S1 S24", Steps: []Step{oktaReadMaybe, matching(oktaPassword, "patch user password")}},
			{Name: "app wizard", Trust: Inferred, Source: "§1.7 S1", Steps: []Step{oktaReadMaybe, matching(oktaPassword, "put user password")}},
		},
	},
	{
		ID: "okta.reactivate", Client: "Okta", Title: "reactivate a person",
		Ways: []Way{
			{Name: "app wizard", Trust: Captured, Source: "§1.2 §1.6 S16", Steps: []Step{
				oktaInactive, oktaRead, oktaActivate, oktaReadAgain, matching(oktaWrite, "put user|put user password"),
			}},
			{Name: "catalogue", Trust: Documented, Source: "§1.2 §1.6 S18", Steps: []Step{
				oktaInactive, matching(oktaActivate, "patch user on"),
				untrusted(optional(oktaReadAgain), Inferred, "§1.2"), matching(oktaWrite, "put user|put user password"),
			}},
			{
				Name: "alone", Trust: Inferred, Source: "§1.2",
				Steps: []Step{oktaReadMaybe, matching(oktaActivate, "put user on|patch user on")},
			},
		},
	},
	{
		ID: "okta.import", Client: "Okta", Title: "import users",
		Ways: []Way{{
			Trust: Documented, Source: "§1.3 S1 S6", Steps: []Step{{
				Role: "users", Match: "page users", Repeat: true,
				Does:  "reads a page of users",
				Why:   "An import reads all users, 100 at a time, without a filter, until it has read totalResults of them. It leaves out inactive ones.",
				Needs: "200 with a ListResponse, its numbers as numbers, and the same order on every page.",
				Shown: shownImport, RFC: "RFC 7644 §3.4.2.4",
			}, {
				Role: "groups", Match: "page groups", Repeat: true, Optional: true,
				Does:  "reads a page of groups",
				Why:   "Only when Import Groups is on. Groups are read in pages as users are.",
				Needs: "200 with a ListResponse, without groups if there are none. What Okta does with a 404 or 501 is not known.",
				Shown: shownImport, RFC: "RFC 7644 §3.4.2.4", Source: "§1.3 §1.10 S1",
			}},
		}},
	},
	{
		ID: "okta.schema", Client: "Okta", Title: "discover schemas",
		Ways: []Way{{
			Trust: Documented, Source: "§1.11 S33 S34", Steps: []Step{{
				Role: "types", Match: "types", Optional: true,
				Does:  "reads the resource types",
				Why:   "Only for 'Import User Schema' and Entitlement Management: Okta takes the URNs of extensions from the User type. Ordinary apps never ask.",
				Needs: "200 with a ListResponse.",
				RFC:   "RFC 7644 §4",
			}, {
				Role: "schemas", Match: "schemas",
				Does:  "reads the schemas",
				Why:   "Okta offers the attributes that the schemas define, to be mapped.",
				Needs: "200 with a ListResponse that has the schema of the core User.",
				RFC:   "RFC 7644 §4",
			}, {
				Role: "values", Match: "other", Optional: true, Repeat: true,
				Does:  "reads the values of an entitlement",
				Why:   "Entitlement Management reads each endpoint that the resource types name for roles and entitlements.",
				Needs: "200 with a ListResponse.",
				RFC:   "RFC 7644 §3.4.2", Trust: Inferred, Source: "§1.11 S33",
			}},
		}},
	},
}

func untrusted(s Step, t Trust, source string) Step {
	s.Trust, s.Source = t, source
	return s
}

var (
	oktaCreate = Step{
		Role: "create", Match: "create user",
		Does: "creates the account",
		Why: "The account was not found. Okta sends the mapped attributes, active true, externalId (its own id of the person) " +
			"and a random password that nobody uses unless password sync is on.",
		Needs: "201 with the whole user: with schemas, and with an id, which Okta keeps as its link. A name that is taken is a 409 with a detail.",
		Shown: shownCreate, RFC: "RFC 7644 §3.3",
	}
	oktaActivate = Step{
		Role: "activate", Match: "put user on|put user",
		Does:  "activates the account",
		Why:   "The account was deactivated, and the person has the app again. The id stays, and so does all that hangs on it.",
		Needs: "200 with the user, active true; 204 does for a PATCH.",
		RFC:   "RFC 7644 §3.5.1",
	}
	oktaDeactivate = Step{
		Role: "deactivate", Match: "put user off",
		Does: "deactivates the account",
		Why: "The app was taken from the person, or the person was deactivated in Okta. Okta never deletes a user. " +
			"It forgets the link, so the next assignment begins with the search by name.",
		Needs: "200 with the user, active false; 204 does for a PATCH. Afterwards the account can still be read and found.",
		Shown: shownTask, RFC: "RFC 7644 §3.5.2",
	}
	oktaPassword = Step{
		Role: "password", Match: "put user password",
		Does:  "sets the password",
		Why:   "Sync Password is on. Without it Okta sends a password only when it creates an account.",
		Needs: "200 with the user, without the password; 204 does for a PATCH.",
		Shown: shownTask, RFC: "RFC 7644 §3.5.2",
	}
)
