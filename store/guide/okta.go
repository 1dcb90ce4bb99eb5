package guide

import "scimdeck/scim/explain"

// Okta's two kinds of app. The words are those of its admin console.

// The ids of the first two sights of every provider.
const (
	First = "first" // a request of the client
	Key   = "key"   // its key was accepted
)

func firstSight(who, wait string) Sight {
	return Sight{ID: First, Name: "first request from " + who, Wait: wait}
}

var keySight = Sight{ID: Key, Name: "key accepted", Wait: "make one"}

func oktaSights(test string) []Sight {
	return []Sight{
		firstSight("Okta", "press the test button"), keySight,
		{
			ID: "test", Name: test, Wait: "press it",
			parts: []part{{"okta.test", "users"}, {"okta.test", "groups"}}, ops: []string{explain.Probe},
		},
		{
			ID: "lookup", Name: "existence check", Wait: "assign a person",
			parts: []part{{"okta.assign", "find"}, {"okta.assign", "find-again"}, {"okta.link", "find"}, {"okta.reactivate", "find"}}, ops: []string{explain.Find},
		},
		{
			ID: "create", Name: "create", Wait: "assign a person",
			parts: []part{{"okta.assign", "create"}, {"okta.assign", "create-again"}}, ops: []string{explain.Create},
		},
		{
			ID: "update", Name: "profile update", Wait: "change their name",
			parts: []part{{"okta.update", "write"}, {"okta.link", "write"}, {"okta.reactivate", "write"}}, ops: []string{explain.Replace, explain.Patch},
		},
		{
			ID: "deactivate", Name: "deactivate", Wait: "unassign them",
			parts: []part{{"okta.deactivate", "deactivate"}}, ops: []string{explain.Deactivate},
		},
		{
			ID: "reactivate", Name: "reactivate", Wait: "assign them again",
			parts: []part{{"okta.reactivate", "activate"}}, ops: []string{explain.Activate},
		},
		{
			ID: "import", Name: "import", Wait: "Import › Import Now",
			parts: []part{{"okta.import", "users"}, {"okta.import", "groups"}}, ops: []string{explain.List},
		},
		{
			ID: "groups", Name: "group push", Wait: "push a group", groups: true,
			parts: []part{
				{"okta.group.push", "members"},
				{"okta.group.link", "members"},
				{"okta.group.members", "members"},
				{"okta.group.pushnow", "members"},
				{"okta.group.rename", "name"},
			}, ops: []string{explain.Create, explain.Replace, explain.Patch},
		},
	}
}

// anything shows by whatever comes from the client.
var anything = []string{First, Key, "test", "lookup", "create", "update", "deactivate", "reactivate", "import", "groups"}

// later are the steps after the connection, which both kinds of app share.
func oktaLater(e Env, from ...Step) []Step {
	steps := append(from,
		Step{
			"Provisioning › To App › Edit: turn on Create Users (default username: Email), Update User Attributes, Deactivate Users; leave Sync Password off",
			[]string{"create", "update", "deactivate"},
		},
		Step{"Assignments › Assign › Assign to People: pick a test person", []string{"create"}},
		Step{"change that person's name in Okta", []string{"update"}},
		Step{"unassign them again: you should see a deactivate", []string{"deactivate"}},
		Step{"assign them once more: the same account, reactivated", []string{"reactivate"}},
		Step{"Import › Import Now", []string{"import"}},
	)
	if e.Groups {
		steps = append(steps, Step{"Push Groups › Find groups by name: pick one whose members were assigned before", []string{"groups"}})
	}
	return steps
}

var oktaWizard = Provider{
	ID: "okta", Name: "Okta app wizard", Client: "Okta", Test: "Test Connector Configuration",
	Where:  "Applications › your app › Provisioning › Integration",
	Paste:  "Provisioning › Integration › Authorization (Bearer)",
	Denied: `copy the key again, without the word Bearer: Okta adds it`,
	values: func(e Env) []Value {
		return []Value{
			{Field: "SCIM connector base URL", Text: e.Base, Copy: e.Base},
			{Field: "Unique identifier field for users", Short: "Unique identifier field", Text: "userName", Copy: "userName"},
			{Field: "Supported provisioning actions", Ticks: []Tick{
				{"Import New Users and Profile Updates", true}, {"Push New Users", true}, {"Push Profile Updates", true}, {"Push Groups", e.Groups}, {"Import Groups", e.Groups},
			}},
			{Field: "Authentication Mode", Text: "HTTP Header", Copy: "HTTP Header"},
			{Field: "Authorization (Bearer)", Text: "the key alone, no word Bearer", Key: true},
		}
	},
	steps: func(e Env) []Step {
		return oktaLater(e,
			Step{
				"Applications › Create App Integration › SAML 2.0. Its sign-on is not used: any valid URL and audience will do. " +
					"Application username: Email (this one matters: it becomes userName)", anything,
			},
			Step{"General › Edit: tick Enable SCIM provisioning, Save. The Provisioning tab appears", anything},
			Step{"Provisioning › Integration › Edit: type in the values, press Test Connector Configuration, then Save", []string{"test"}},
		)
	},
	sights: oktaSights("Test Connector Configuration"),
}

var oktaTest = Provider{
	ID: "okta-test", Name: "Okta test app", Client: "Okta", Test: "Test API Credentials",
	Where:  "Applications › your app › Provisioning › Integration",
	Paste:  "Provisioning › Integration › API Token",
	Lead:   "Bearer ",
	Denied: `this app sends what was typed: it must be the word Bearer, a blank, and the key`,
	values: func(e Env) []Value {
		const app = "SCIM 2.0 Test App (Header Auth)"
		return []Value{
			{Field: "Browse App Catalog", Text: app, Copy: app},
			{Field: "Application username format", Text: "Email", Copy: "Email"},
			{Field: "Base URL", Text: e.Base, Copy: e.Base},
			{Field: "API Token", Text: "Bearer, a blank, and the key", Key: true},
			{Field: "Import Groups", Ticks: []Tick{{"Import Groups", e.Groups}}},
		}
	},
	steps: func(e Env) []Step {
		return oktaLater(e,
			Step{
				"Applications › Browse App Catalog: SCIM 2.0 Test App (Header Auth) › Add Integration, Next; Application username format: Email " +
					"(this one matters: it becomes userName), Done", anything,
			},
			Step{"Provisioning › Configure API Integration: tick Enable API integration", anything},
			Step{"type in the values, press Test API Credentials, then Save. In the SCIM 2.0 Test App (OAuth Bearer Token) the fields are " +
				"SCIM 2.0 Base Url and OAuth Bearer Token, and that takes the key alone", []string{"test"}},
		)
	},
	sights: oktaSights("Test API Credentials"),
}
