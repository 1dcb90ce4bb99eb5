package story

// What Microsoft Entra ID and OneLogin send, as far as it is known. A cycle of
// Entra's consists of such stories, one for each user and group that changed.

var (
	entraFind = Step{
		Role: "find", Match: "find user hit|find user inactive|find user some", Optional: true,
		Does:  "looks for the user by the matching attribute",
		Why:   "In each cycle Entra looks up what it is to provision, by userName, externalId or a work address. It is there; if an attribute differs, a PATCH follows.",
		Needs: "200 with a ListResponse that has the user.",
		RFC:   "RFC 7644 §3.4.2.2",
	}
	entraRead = Step{
		Role: "read", Match: "read user", Optional: true,
		Does:  "reads the user",
		Why:   "Entra compares what is there with what it has, and sends what differs.",
		Needs: "200 with the user.",
		RFC:   "RFC 7644 §3.4.1", Trust: Inferred, Source: "§6",
	}
	entraFindGroup = Step{
		Role: "find", Match: "find group hit", Optional: true,
		Does:  "looks for the group by its name",
		Why:   "In each cycle Entra looks up what it is to provision, a group by displayName and without its members.",
		Needs: "200 with a ListResponse that has the group; excludedAttributes=members is obeyed.",
		RFC:   "RFC 7644 §3.4.2.2",
	}
	entraReadGroup = Step{
		Role: "read", Match: "read group", Optional: true,
		Does:  "reads the group without its members",
		Why:   "Entra compares what is there with what it has, and sends what differs.",
		Needs: "200 with the group; excludedAttributes=members is obeyed.",
		RFC:   "RFC 7644 §3.9",
	}
	entraMembers = Step{
		Role: "members", Match: "patch group add|patch group remove|patch group members|patch group all", Repeat: true,
		Does:  "adds or removes members",
		Why:   "Members are sent by PATCH, apart from the group itself. Op begins with a capital unless the tenant URL has the aadOptscim062020 flag.",
		Needs: "204, or 200 with the group.",
		RFC:   "RFC 7644 §3.5.2",
	}
)

var entra = []Story{
	{
		ID: "entra.test", Client: "Entra", Title: "test the connection",
		Ways: []Way{{Trust: Documented, Source: "§6 S56", Steps: []Step{{
			Role: "user", Match: "find user miss random",
			Does:  "looks for a random user",
			Why:   "Test Connection, and Entra's regular check, ask for a user that cannot be there.",
			Needs: "200 with a ListResponse and totalResults 0, not a 404.",
			RFC:   "RFC 7644 §3.4.2",
		}, {
			Role: "group", Match: "find group miss random", Optional: true,
			Does:  "looks for a random group",
			Why:   "The same for groups.",
			Needs: "200 with a ListResponse and totalResults 0, not a 404.",
			RFC:   "RFC 7644 §3.4.2",
		}}}},
	},
	{
		ID: "entra.create", Client: "Entra", Title: "create a user",
		Ways: []Way{{Trust: Documented, Source: "§6 S56", Steps: []Step{
			{
				Role: "find", Match: "find user miss*|find user failed", Optional: true,
				Does:  "looks for the user by the matching attribute",
				Why:   "Before it creates a user, Entra asks for it by userName, externalId or a work address. There is no hit, so it will create one.",
				Needs: "200 with a ListResponse and totalResults 0.",
				RFC:   "RFC 7644 §3.4.2.2",
			}, {
				Role: "create", Match: "create user",
				Does:  "creates the user",
				Why:   "The user was not found. Entra sends both User schemas, meta.resourceType, an empty roles and externalId, its own key.",
				Needs: "201 with the user and its id.",
				RFC:   "RFC 7644 §3.3",
			},
		}}},
	},
	{
		ID: "entra.update", Client: "Entra", Title: "update a user",
		Ways: []Way{{Trust: Documented, Source: "§6 S55 S56", Steps: []Step{entraFind, entraRead, {
			Role: "write", Match: "patch user|patch user password",
			Does: "writes what changed",
			Why: "Attributes changed in Entra. It sends an operation for each, with a path; with the aadOptscim062020 flag one operation " +
				"without a path whose keys are paths.",
			Needs: "200 with the user, or 204.",
			RFC:   "RFC 7644 §3.5.2",
		}}}},
	},
	{
		ID: "entra.disable", Client: "Entra", Title: "disable a user",
		Ways: []Way{{Trust: Documented, Source: "§6 S55 S56", Steps: []Step{entraFind, entraRead, {
			Role: "disable", Match: "patch user off",
			Does:  "deactivates the user",
			Why:   "The user was unassigned, disabled or soft-deleted in Entra. active may come as the text \"False\".",
			Needs: "200 with the user, or 204. The user can still be read, with active false.",
			RFC:   "RFC 7644 §3.5.2",
		}}}},
	},
	{
		ID: "entra.enable", Client: "Entra", Title: "enable a user",
		Ways: []Way{{Trust: Inferred, Source: "§6 S55", Steps: []Step{entraFind, entraRead, {
			Role: "enable", Match: "patch user on",
			Does:  "activates the user",
			Why:   "The user was assigned or restored in Entra.",
			Needs: "200 with the user, or 204.",
			RFC:   "RFC 7644 §3.5.2",
		}}}},
	},
	{
		ID: "entra.delete", Client: "Entra", Title: "delete a user",
		Ways: []Way{{Trust: Documented, Source: "§6 S56", Steps: []Step{{
			Role: "delete", Match: "delete user",
			Does:  "deletes the user",
			Why:   "The user was deleted for good in Entra; before that, a deleted one is only disabled.",
			Needs: "204.",
			RFC:   "RFC 7644 §3.6",
		}}}},
	},
	{
		ID: "entra.group.create", Client: "Entra", Title: "create a group",
		Ways: []Way{{Trust: Documented, Source: "§6 S56", Steps: []Step{
			{
				Role: "find", Match: "find group miss*|find group failed", Optional: true,
				Does:  "looks for the group by its name",
				Why:   "Before it creates a group, Entra asks for it by displayName, without members.",
				Needs: "200 with a ListResponse and totalResults 0.",
				RFC:   "RFC 7644 §3.4.2.2",
			}, {
				Role: "create", Match: "create group",
				Does:  "creates the group",
				Why:   "The group was not found. Entra creates it without members, with a second schema of its own.",
				Needs: "201 with the group and its id.",
				RFC:   "RFC 7644 §3.3",
			}, optional(entraMembers),
		}}},
	},
	{
		ID: "entra.group.members", Client: "Entra", Title: "change a group's members",
		Ways: []Way{{Trust: Documented, Source: "§6 S55 S56", Steps: []Step{entraFindGroup, entraReadGroup, entraMembers}}},
	},
	{
		ID: "entra.group.update", Client: "Entra", Title: "update a group",
		Ways: []Way{{Trust: Documented, Source: "§6 S56", Steps: []Step{entraFindGroup, entraReadGroup, {
			Role: "write", Match: "patch group|patch group name",
			Does:  "writes what changed",
			Why:   "The group was renamed, or another attribute of it changed in Entra.",
			Needs: "204, or 200 with the group.",
			RFC:   "RFC 7644 §3.5.2",
		}}}},
	},
	{
		ID: "entra.group.delete", Client: "Entra", Title: "delete a group",
		Ways: []Way{{Trust: Inferred, Source: "§6 S56", Steps: []Step{{
			Role: "delete", Match: "delete group",
			Does:  "deletes the group",
			Why:   "The group was deleted in Entra or is not in scope any more.",
			Needs: "204.",
			RFC:   "RFC 7644 §3.6",
		}}}},
	},
	{
		ID: "entra.schema", Client: "Entra", Title: "discover schemas",
		Ways: []Way{{Trust: Documented, Source: "§6 S56", Steps: []Step{{
			Role: "schemas", Match: "schemas",
			Does:  "reads the schemas",
			Why:   "Some gallery apps discover which attributes there are.",
			Needs: "200 with a ListResponse.",
			RFC:   "RFC 7644 §4",
		}}}},
	},
}

var oneLogin = []Story{
	{
		ID: "onelogin.assign", Client: "OneLogin", Title: "add a person, or test the connection",
		Ways: []Way{{Trust: Documented, Source: "§6 S57 S58", Steps: []Step{
			{
				Role: "find", Match: "find user miss*|find user failed", Optional: true, Expect: []int{404},
				Does:  "looks for the user by userName",
				Why:   "Before it creates a user, OneLogin asks for it. Its connection test does the same with a name that cannot be there, and ends here.",
				Needs: "200 with a ListResponse and totalResults 0, or 404.",
				RFC:   "RFC 7644 §3.4.2.2",
			}, {
				Role: "create", Match: "create user",
				Does:  "creates the user",
				Why:   "The user was not found. The body comes from a JSON template that an administrator wrote.",
				Needs: "201 with the user and its id.",
				RFC:   "RFC 7644 §3.3",
			},
		}}},
	},
	{
		ID: "onelogin.update", Client: "OneLogin", Title: "update a person",
		Ways: []Way{{Trust: Captured, Source: "§6 S57 S58", Steps: []Step{
			{
				Role: "find", Match: "find user hit|find user inactive|find user some", Optional: true,
				Does:  "looks for the user by userName",
				Why:   "The user is there; OneLogin links to it and updates it.",
				Needs: "200 with a ListResponse that has the user.",
				RFC:   "RFC 7644 §3.4.2.2",
			}, {
				Role: "read", Match: "read user", Optional: true,
				Does:  "reads the user",
				Why:   "OneLogin sees what is there before it writes.",
				Needs: "200 with the user.",
				RFC:   "RFC 7644 §3.4.1", Trust: Documented, Source: "§6 S57",
			}, {
				Role: "write", Match: "put user*|patch user*",
				Does:  "writes the user",
				Why:   "The body comes from a JSON template that an administrator wrote. A PUT replaces all: attributes left out are removed.",
				Needs: "200 with the user.",
				RFC:   "RFC 7644 §3.5.1",
			},
		}}},
	},
	{
		ID: "onelogin.delete", Client: "OneLogin", Title: "delete a person",
		Ways: []Way{{Trust: Documented, Source: "§6 S57", Steps: []Step{{
			Role: "delete", Match: "delete user",
			Does:  "deletes the user",
			Why:   "The app was taken from the person. OneLogin deletes where other clients deactivate.",
			Needs: "204.",
			RFC:   "RFC 7644 §3.6", Trust: Inferred, Source: "§6 S57",
		}}}},
	},
	{
		ID: "onelogin.list", Client: "OneLogin", Title: "list users or groups",
		Ways: []Way{{Trust: Documented, Source: "§6 S57", Steps: []Step{{
			Role: "page", Match: "page users|page groups", Repeat: true,
			Does:  "reads a list",
			Why:   "OneLogin's documentation lists the call and does not say when it is made.",
			Needs: "200 with a ListResponse.",
			RFC:   "RFC 7644 §3.4.2",
		}}}},
	},
	{
		ID: "onelogin.group", Client: "OneLogin", Title: "create a group or change its members",
		Ways: []Way{{Trust: Captured, Source: "§6 S57 S58", Steps: []Step{{
			Role: "write", Match: "create group|patch group*",
			Does:  "writes a group",
			Why:   "A mapping in OneLogin made a group, or put a person into one or out of it.",
			Needs: "201 with the group for a POST; 200 with it, or 204, for a PATCH.",
			RFC:   "RFC 7644 §3.5.2", Trust: Inferred, Source: "§6 S58",
		}}}},
	},
}
