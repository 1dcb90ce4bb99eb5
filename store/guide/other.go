package guide

import "scimdeck/scim/explain"

// Entra ID, in the words of its admin center, and whatever else speaks SCIM.

// aadFlag makes Entra's PATCH the RFC's.
const aadFlag = "?aadOptscim062020"

var entra = Provider{
	ID: "entra", Name: "Entra ID", Client: "Entra", Test: "Test Connection",
	Where:  "Enterprise apps › your app › Provisioning",
	Paste:  "Provisioning › Admin Credentials › Secret Token",
	Denied: "copy the key again into Secret Token, alone; when that is empty Entra sends a token of its own",
	values: func(e Env) []Value {
		return []Value{
			{Field: "Provisioning Mode", Text: "Automatic", Copy: "Automatic"},
			{Field: "Tenant URL", Text: e.Base, Copy: e.Base},
			{Field: "  or, for the RFC's PATCH", Text: e.Base + aadFlag, Copy: e.Base + aadFlag},
			{Field: "Secret Token", Text: "the key alone, no word Bearer", Key: true},
			{Field: "Scope", Text: "Sync only assigned users and groups", Copy: "Sync only assigned users and groups"},
		}
	},
	steps: func(e Env) []Step {
		steps := []Step{
			{"Enterprise apps › New application › Create your own application: a name, and Integrate any other application you don't find in the gallery", anything},
			{"Provisioning › Get started: Provisioning Mode Automatic, type in the values, press Test Connection, then Save", []string{"test"}},
		}
		if !e.Groups {
			steps = append(steps, Step{"Mappings › Provision Microsoft Entra ID Groups: Enabled No, as this server has no groups", nil})
		}
		return append(steps,
			Step{"Users and groups › Add user/group: pick a test person", []string{"create", "update"}},
			Step{"Provision on demand: pick that person. Entra's own cycle, with Provisioning Status On, takes up to 40 minutes", []string{"create", "update"}},
			Step{"change the person's job title in Entra, and provision on demand again", []string{"update"}},
			Step{"take the person out of Users and groups, and provision on demand again: you should see a disable", []string{"deactivate"}},
		)
	},
	sights: []Sight{
		firstSight("Entra", "press Test Connection"), keySight,
		{ID: "test", Name: "Test Connection", Wait: "press it", parts: []part{{"entra.test", "user"}, {"entra.test", "group"}}},
		{
			ID: "lookup", Name: "lookup of a user", Wait: "Provision on demand",
			parts: []part{{"entra.create", "find"}, {"entra.update", "find"}, {"entra.disable", "find"}, {"entra.enable", "find"}}, ops: []string{explain.Find},
		},
		{ID: "create", Name: "create", Wait: "provision a new person", parts: []part{{"entra.create", "create"}}, ops: []string{explain.Create}},
		{ID: "update", Name: "update", Wait: "change their job title", parts: []part{{"entra.update", "write"}}, ops: []string{explain.Replace, explain.Patch}},
		{ID: "deactivate", Name: "disable", Wait: "unassign them", parts: []part{{"entra.disable", "disable"}}, ops: []string{explain.Deactivate}},
		{ID: "reactivate", Name: "enable", Wait: "assign them again", parts: []part{{"entra.enable", "enable"}}, ops: []string{explain.Activate}},
		{
			ID: "groups", Name: "group and members", Wait: "assign a group", groups: true,
			parts: []part{{"entra.group.create", "create"}, {"entra.group.create", "members"}, {"entra.group.members", "members"}, {"entra.group.update", "write"}},
			ops:   []string{explain.Create, explain.Patch},
		},
	},
}

var other = Provider{
	ID: "other", Name: "Other", Test: "a test of the connection",
	Where:  "any client of SCIM 2.0",
	Paste:  "the client's field for a bearer token",
	Denied: `the header is Authorization: Bearer, a blank, and the key`,
	values: func(e Env) []Value {
		curl := `curl -H "Authorization: Bearer $SCIM_TOKEN" "` + e.Base + `/Users"`
		return []Value{
			{Field: "Base URL", Text: e.Base, Copy: e.Base},
			{Field: "Header", Text: "Authorization: Bearer, a blank, and the key", Key: true},
			{Field: "Content type", Text: "application/scim+json", Copy: "application/scim+json"},
			{Field: "Try it", Text: curl, Copy: curl},
		}
	},
	steps: func(e Env) []Step {
		steps := []Step{
			{"give the client the base URL and a key", []string{First, Key}},
			{"let it test the connection, or run the curl line in a shell with SCIM_TOKEN set", []string{"read"}},
			{"let it create a person", []string{"create"}},
			{"let it change them, then deactivate or delete them", []string{"update", "deactivate", "delete"}},
		}
		if e.Groups {
			steps = append(steps, Step{"let it create a group with that person in it", []string{"groups"}})
		}
		return steps
	},
	sights: []Sight{
		firstSight("a client", "run the curl line"), keySight,
		{ID: "read", Name: "list, lookup or read", Wait: "run the curl line", ops: []string{explain.Probe, explain.List, explain.Find, explain.Read}},
		{ID: "create", Name: "create", Wait: "let it create a person", ops: []string{explain.Create}},
		{ID: "update", Name: "update", Wait: "let it change them", ops: []string{explain.Replace, explain.Patch}},
		{ID: "deactivate", Name: "deactivate", Wait: "let it deactivate them", ops: []string{explain.Deactivate}},
		{ID: "reactivate", Name: "reactivate", Wait: "let it activate them", ops: []string{explain.Activate}},
		{ID: "delete", Name: "delete", Wait: "let it delete them", ops: []string{explain.Delete}},
		{ID: "groups", Name: "group and members", Wait: "let it create a group", groups: true, ops: []string{explain.Create, explain.Replace, explain.Patch}},
	},
}
