package story

// What Okta sends about groups: group push, and nothing else. Assigning a group
// to the app makes requests about its users alone.

var (
	oktaReadGroup = Step{
		Role: "read", Match: "read group",
		Does:  "reads the group",
		Why:   "The PUT that follows is this answer with Okta's own name and members laid over it.",
		Needs: "200 with the group and its members.",
		RFC:   "RFC 7644 §3.4.1",
	}
	oktaGroupMembers = Step{
		Role: "members", Match: "patch group add|patch group remove|patch group members",
		Does: "adds and removes members",
		Why: "The membership changed in Okta: a catalogue app sends a remove for each who left and one add with all who joined; " +
			"an app wizard app sends the whole group.",
		Needs: "200 with the group, or 204 for a PATCH. To add one who is there, or to remove one who is not, succeeds.",
		Shown: shownGroup, RFC: "RFC 7644 §3.5.2",
	}
	oktaGroupName = Step{
		Role: "name", Match: "patch group name",
		Does:  "sets the group's name",
		Why:   "The group was renamed, or a push is beginning: Okta sends name and id along with changes of the membership, without a path.",
		Needs: "200 with the group, or 204. The id in the value is the group's own and is to be accepted. A 400 stops the push, and members are never sent.",
		Shown: shownGroup, RFC: "RFC 7644 §3.5.2.3",
	}
)

var oktaGroups = []Story{
	{
		ID: "okta.group.push", Client: "Okta", Title: "push a group",
		Ways: []Way{
			{Name: "app wizard", Trust: Captured, Source: "§1.9 S3", Steps: []Step{
				oktaFindGroup, oktaCreateGroup, oktaReadGroup, matching(oktaGroupAll, "put group*"),
			}},
			{Name: "catalogue", Trust: Captured, Source: "§1.9 S4", Steps: []Step{
				untrusted(optional(oktaFindGroup), Documented, "§1.9 S1"), oktaCreateGroup,
				untrusted(optional(oktaGroupName), Reported, "§1.9 S26"), matching(oktaGroupAll, "patch group add|patch group members|patch group all"),
			}},
		},
	},
	{
		ID: "okta.group.link", Client: "Okta", Title: "push a group that is there",
		Ways: []Way{{
			Trust: Inferred, Source: "§1.9 S21", Steps: []Step{
				{
					Role: "find", Match: "find group hit",
					Does:  "asks whether the group is there already, and it is",
					Why:   "Okta knows the name and not the id. It found a group, and links to it instead of creating another.",
					Needs: "200 with a ListResponse that has the group, with its id.",
					Shown: shownGroup, RFC: "RFC 7644 §3.4.2.2",
				},
				optional(oktaGroupName), optional(oktaReadGroup),
				matching(oktaGroupAll, "put group*|patch group add|patch group remove|patch group members|patch group all"),
			},
		}},
	},
	{
		ID: "okta.group.members", Client: "Okta", Title: "change a group's members",
		Ways: []Way{
			{Name: "app wizard", Trust: Documented, Source: "§1.9 S1", Steps: []Step{
				optional(oktaReadGroup), matching(oktaGroupMembers, "put group members|put group"),
			}},
			{Name: "catalogue", Trust: Documented, Source: "§1.9 S1 S2", Steps: []Step{optional(oktaGroupName), oktaGroupMembers}},
		},
	},
	{
		ID: "okta.group.rename", Client: "Okta", Title: "rename a group",
		Ways: []Way{
			{Name: "catalogue", Trust: Documented, Source: "§1.9 S1 S2", Steps: []Step{oktaGroupName}},
			{Name: "app wizard", Trust: Documented, Source: "§1.9 S1", Steps: []Step{optional(oktaReadGroup), matching(oktaGroupName, "put group name")}},
		},
	},
	{
		ID: "okta.group.pushnow", Client: "Okta", Title: "push all members of a group now",
		Ways: []Way{{
			Trust: Documented, Source: "§1.9 S1 S28 S29", Steps: []Step{optional(oktaGroupName), matching(oktaGroupAll, "patch group all")},
		}},
	},
	{
		ID: "okta.group.delete", Client: "Okta", Title: "unlink and delete a group",
		Ways: []Way{{Trust: Documented, Source: "§1.8 §1.9 S1", Steps: []Step{{
			Role: "delete", Match: "delete group",
			Does:  "deletes the group",
			Why:   "An administrator unlinked a pushed group and chose to delete it in the app. To unlink and keep it sends nothing.",
			Needs: "204.",
			Shown: shownGroup, RFC: "RFC 7644 §3.6",
		}}}},
	},
}

var (
	oktaFindGroup = Step{
		Role: "find", Match: "find group miss*|find group failed", Expect: []int{404},
		Does:  "asks whether the group is there already",
		Why:   "Okta does not know the group's id, for example because Import Groups is off, and looks for it by name. There is no hit, so it will create it.",
		Needs: "200 with a ListResponse. No hit is totalResults 0.",
		Shown: shownGroup, RFC: "RFC 7644 §3.4.2.2",
	}
	oktaCreateGroup = Step{
		Role: "create", Match: "create group",
		Does:  "creates the group",
		Why:   "The group was not found. Its members are in the request as ids of users that were provisioned before, and come again in the last step.",
		Needs: "201 with the group and its id. Members come without type and the group without externalId.",
		Shown: shownCreateGroup, RFC: "RFC 7644 §3.3",
	}
	oktaGroupAll = Step{
		Role:  "members",
		Does:  "sends all members",
		Why:   "A push sends the whole membership, also when the request before had it already. An empty group has an empty list.",
		Needs: "200 with the group, or 204 for a PATCH. Members that are there already are no error.",
		Shown: shownGroup, RFC: "RFC 7644 §3.5.2",
	}
)
