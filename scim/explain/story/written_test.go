package story

import (
	"fmt"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// script is a sequence that is in no recording, written down from what is known
// of the client. Lines that begin with "given" make the state that it needs; a
// line is the request, perhaps "→ status" that it is to fail with, and after
// "=>" what is to be said of it. With ! a new story begins there.
type script struct {
	name, agent string
	lines       string
}

const (
	entraAgent    = "Microsoft Azure AD SCIM provisioning"
	oneLoginAgent = "" // it sends none

	byAttribute = "Okta: found by another attribute"
)

// In the lines ada, devs and eve stand for names, $u and $g for the user's and the group's path.
var written = []script{
	{"Okta: find answered with 404", oktaAgent, `
		GET /Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100 → 404 => okta.assign find 1/2 expected
		POST /Users person => okta.assign create 2/2
	`},
	{"Okta: a conflict, and another try", oktaAgent, `
		GET /Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100 => okta.assign find 1/2
		POST /Users person → 409 => okta.assign create 2/2
		GET /Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100 => okta.assign find-again 3/3
		POST /Users person => okta.assign create-again 4/4
	`},
	{byAttribute, oktaAgent, `
		GET /Users?filter=externalId%20eq%20%22xada%22&startIndex=1&count=100 => okta.assign find 1/2
		POST /Users person => okta.assign create 2/2
		GET /Users?filter=emails.value%20eq%20%22ada@mail.example%22&startIndex=1&count=100 => okta.link find 1/3!
		GET $u => okta.link read 2/3
		PUT $u person => okta.link write 3/3
	`},
	{"Okta: create without looking", oktaAgent, `
		POST /Users person => okta.assign create 1/1
	`},
	{"Okta: deactivate alone", oktaAgent, `
		given POST /Users person
		PATCH $u {"op":"replace","value":{"active":false}} => okta.deactivate deactivate 1/1
		PATCH $u {"op":"replace","value":{"active":true}} => okta.reactivate activate 1/1!
	`},
	{"Okta: update by PATCH", oktaAgent, `
		given POST /Users person
		GET $u => okta.update read 1/2
		PATCH $u {"op":"replace","value":{"title":"Boss"}} => okta.update write 2/2
	`},
	{"Okta: the account is gone", oktaAgent, `
		given POST /Users person
		GET $u → 404 => okta.update read 1/2
	`},
	{"Okta: push a group without looking", oktaAgent, `
		POST /Groups group => okta.group.push create 1/2
		PATCH $g {"op":"add","path":"members","value":[{"value":"1","display":"eve"}]} => okta.group.push members 2/2
	`},
	{"Okta: push an empty group", oktaAgent, `
		GET /Groups?filter=displayName%20eq%20%22devs%22&startIndex=1&count=100 => okta.group.push find 1/4
		POST /Groups group => okta.group.push create 2/4
		GET $g => okta.group.push read 3/4
		PUT $g group => okta.group.push members 4/4
	`},
	{"Okta: link a group", oktaAgent, `
		given POST /Groups group
		GET /Groups?filter=displayName%20eq%20%22devs%22&startIndex=1&count=100 => okta.group.link find 1/2
		PATCH $g {"op":"replace","path":"members","value":[{"value":"1"}]} => okta.group.link members 2/2
	`},
	{"Okta: link a group by PUT", oktaAgent, `
		given POST /Groups group
		GET /Groups?filter=displayName%20eq%20%22devs%22&startIndex=1&count=100 => okta.group.link find 1/2
		GET $g => okta.group.link read 2/3
		PUT $g group => okta.group.link members 3/3
	`},
	{"Okta: the name goes along with members", oktaAgent, `
		given POST /Groups group
		PATCH $g {"op":"replace","value":{"id":"$id","displayName":"devs"}} => okta.group.rename name 1/1
		PATCH $g {"op":"remove","path":"members[value eq \"1\"]"} => okta.group.members members 2/2
	`},
	{"Okta: groups are off", oktaAgent, `
		GET /Groups?filter=displayName%20eq%20%22devs%22&startIndex=1&count=100 => okta.group.push find 1/4
		POST /Groups group → 501 => okta.group.push create 2/4
	`},
	{"Okta: never deletes a user", oktaAgent, `
		given POST /Users person
		DELETE $u => -
	`},
	{"Entra: test, random", entraAgent, `
		GET /Users?filter=userName+eq+%22b9a1ad5c-0000-4e5d-8a0e-1f2f3a4b5c6d%22 => entra.test user 1/1
		GET /Groups?excludedAttributes=members&filter=displayName+eq+%22b9a1ad5c-1111-4e5d-8a0e-1f2f3a4b5c6d%22 => entra.test group 2/2
	`},
	{"Entra: create", entraAgent, `
		GET /Users?filter=userName+eq+%22ada%22 => entra.create find 1/2
		POST /Users person => entra.create create 2/2
	`},
	{"Entra: create after a lookup of an address", entraAgent, `
		GET /Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22ada%40mail.example%22 => entra.create find 1/2
		POST /Users person => entra.create create 2/2
	`},
	{"Entra: update in a cycle", entraAgent, `
		given POST /Users person
		GET /Users?filter=userName+eq+%22ada%22 => entra.update find 1/2
		GET $u => entra.update read 2/3
		PATCH $u {"op":"Replace","path":"title","value":"Boss"},{"op":"Add","path":"emails[type eq \"work\"].value","value":"w@mail.example"} => entra.update write 3/3
	`},
	{"Entra: disable, enable, delete", entraAgent, `
		given POST /Users person
		GET /Users?filter=userName+eq+%22ada%22 => entra.update find 1/2
		PATCH $u {"op":"Replace","path":"active","value":"False"} => entra.disable disable 2/2
		PATCH $u {"op":"Replace","path":"active","value":"True"} => entra.enable enable 1/1!
		DELETE $u => entra.delete delete 1/1!
	`},
	{"Entra: groups", entraAgent, `
		GET /Groups?excludedAttributes=members&filter=displayName+eq+%22devs%22 => entra.group.create find 1/2
		POST /Groups group => entra.group.create create 2/2
		PATCH $g {"op":"Add","path":"members","value":[{"$ref":null,"value":"1"}]} => entra.group.create members 3/3
		PATCH $g {"op":"Add","path":"members","value":[{"$ref":null,"value":"2"}]} => entra.group.create members 4/4
		GET $g?excludedAttributes=members => entra.group.members read 1/2!
		PATCH $g {"op":"Remove","path":"members","value":[{"$ref":null,"value":"1"}]} => entra.group.members members 2/2
		PATCH $g {"op":"Replace","path":"displayName","value":"ops"} => entra.group.update write 1/1!
		DELETE $g => entra.group.delete delete 1/1!
	`},
	{"Entra: by habit", "a proxy", `
		given POST /Users person
		GET /Users?filter=userName+eq+%22ada%22 => -
		PATCH $u {"op":"Replace","path":"active","value":"False"} => entra.disable disable 1/1!
	`},
	{"OneLogin: test, and a person", oneLoginAgent, `
		GET /Users?filter=userName+eq+%22nobody-ada%22& → 404 => onelogin.assign find 1/2 expected
		GET /Users?filter=userName+eq+%22ada%22& => onelogin.assign find 1/2!
		POST /Users person => onelogin.assign create 2/2
		PUT $u? person => onelogin.update write 1/1!
		DELETE $u? => onelogin.delete delete 1/1!
	`},
	{"OneLogin: a person who has an account, a group", oneLoginAgent, `
		given POST /Users person
		given POST /Groups group
		GET /Users?filter=userName+eq+%22ada%22& => onelogin.update find 1/2
		PUT $u? person => onelogin.update write 2/2
		PATCH $g? {"op":"add","path":"members","value":[{"value":"1"}]} => onelogin.group write 1/1!
	`},
	{"nobody's: curl", "curl/8.0", `
		GET /Users?filter=userName+eq+%22ada%22 => -
		POST /Users person => -
		GET $u => -
		PATCH $u {"op":"replace","path":"active","value":false} => -
	`},
	{"Okta: by habit", "curl/8.0", `
		GET /Users?filter=userName%20eq%20%22ada%22&startIndex=1&count=100 => okta.assign find 1/2
		POST /Users person => okta.assign create 2/2
		GET $u => -
	`},
}

func person(name string) string {
	return fmt.Sprintf(`{"schemas":["%s"],"userName":%q,"externalId":%q,"active":true,"emails":[{"value":%q,"type":"work"}]}`,
		scim.UserURN, name, "x"+name, name+"@mail.example")
}

func group(name string) string {
	return fmt.Sprintf(`{"schemas":["%s"],"displayName":%q,"members":[]}`, scim.GroupURN, name)
}

// play sends a script's requests, about people and groups that have who in their names.
func (s script) play(t testing.TB, who string) (log []*wire.Exchange, want []string) {
	t.Helper()
	l := newLab(t, who, s.agent)
	ada, devs := "ada"+who, "devs"+who
	var userPath, groupPath string
	for line := range strings.Lines(s.lines) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		request, say, _ := strings.Cut(line, " => ")
		request, given := strings.CutPrefix(request, "given ")
		request, status, _ := strings.Cut(request, " → ")
		request = strings.NewReplacer("$u", userPath, "$g", groupPath, "$id", strings.TrimPrefix(groupPath, "/Groups/"), "ada", ada, "devs", devs).Replace(request)
		method, request, _ := strings.Cut(request, " ")
		target, body, _ := strings.Cut(request, " ")
		switch {
		case body == "person":
			body = person(ada)
		case body == "group":
			body = group(devs)
		case body != "":
			body = `{"schemas":["` + scim.PatchURN + `"],"Operations":[` + body + `]}`
		}
		if status != "" {
			l.fail[len(l.log)] = number(status)
		}
		ex := l.do(method, target, body)
		switch {
		case method != "POST" || ex.Status != 201:
		case ex.Type == "User":
			userPath = "/Users/" + ex.ID
		default:
			groupPath = "/Groups/" + ex.ID
		}
		if !given {
			log, want = append(log, ex), append(want, say)
		}
	}
	return log, want
}
