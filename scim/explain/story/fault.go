package story

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// Shown is the text that a client's administrator reads when an answer fails:
// {user} is the userName, {group} the displayName, {name} what the person is called,
// {answer} what the client makes of the answer. <app> is not known here.
type Shown string

// Okta's texts, §3 (S1 S14 S44 S45 S46).
const (
	shownTest   Shown = `Error authenticating: {answer}`
	shownFind   Shown = `Automatic provisioning of user {user} to app <app> failed: Error while verifying if user {user} exists: {answer}`
	shownCreate Shown = `Automatic provisioning of user {user} to app <app> failed: Error while creating user {name}: {answer}`
	shownPush   Shown = `Automatic profile push of user {user} to app <app> failed: Error while trying to push profile update for {user}: {answer}`

	shownCreateGroup Shown = `Unable to update Group Push mapping target App group {group}: Error while creating user group {group}: {answer}`
	shownGroup       Shown = `Unable to update Group Push mapping target App group {group}: … {answer}` // what stands at … is published for the create alone

	shownTask   Shown = "" // not published: the assignment is marked with an error
	shownImport Shown = "" // not published
)

// What Okta says of answers that succeeded and are of no use (§1.1, §1.2, §3; S1 S12 S43).
const (
	noResults = "No results for users returned"
	emptyUser = "Create new user returned empty user."
	noSchemas = "No schema's defined in scim user"
)

// longest bounds what a text takes over from an exchange, in characters.
const longest = 300

func cut(s string) string {
	n := 0
	for i := range s {
		if n++; n > longest {
			return s[:i] + "…"
		}
	}
	return s
}

// faultOf says what the client's administrator reads of an answer; "" when it
// is none to complain of, or nobody knows.
func faultOf(s *Story, step *Step, ex *wire.Exchange) string {
	if s.Client != "Okta" {
		return ""
	}
	if ex.Status >= 400 {
		return step.Shown.fill(ex, remoteError(ex))
	}
	if ex.Status < 200 || ex.Status >= 300 {
		return "" // no answer, or one that is not spoken of anywhere
	}
	switch whole := ex.ResponseSize <= int64(len(ex.ResponseBody)); {
	case s.ID == "okta.test" && step.Role == "users" && whole && scim.MemberOf(ex.ResponseBody, "totalResults") == nil:
		return noResults
	case strings.HasPrefix(step.Role, "create") && s.ID == "okta.assign" && whole && len(ex.ResponseBody) == 0:
		return shownCreate.fill(ex, emptyUser)
	case strings.HasPrefix(step.Role, "create") && s.ID == "okta.assign" && whole && scim.MemberOf(ex.ResponseBody, "schemas") == nil:
		return shownCreate.fill(ex, noSchemas)
	}
	return ""
}

// fill puts in what is known of the exchange.
func (s Shown) fill(ex *wire.Exchange, answer string) string {
	name := ex.Name
	if name == "" {
		name = lastQuoted(ex.Filter)
	}
	or := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return cut(s)
	}
	display := scim.Unquote(scim.MemberOf(ex.RequestBody, "displayName"))
	if display == "" {
		display = name
	}
	return strings.NewReplacer(
		"{user}", or(name, "<user>"), "{group}", or(display, "<group>"), "{name}", or(display, "<name>"), "{answer}", answer,
	).Replace(string(s))
}

// remoteError is what Okta makes of an error: the reason of its status, then the
// detail; of a body that is no JSON its parser's complaint, and the message is lost.
func remoteError(ex *wire.Exchange) string {
	reason := http.StatusText(ex.Status)
	detail := scim.Unquote(scim.MemberOf(ex.ResponseBody, "detail"))
	text := strings.TrimSpace(string(ex.ResponseBody))
	switch {
	case detail != "":
	case text == "":
		detail = "<nothing: the answer has no body>"
	case text[0] == '{':
		detail = "<nothing: the answer has no detail>"
	case text[0] == '<':
		detail = "Invalid JSON: Unexpected character ('<' (code 60)) …"
	default:
		token, _, _ := strings.Cut(strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' })[0], "\n")
		if !utf8.ValidString(token) {
			token = strings.ToValidUTF8(token, "�")
		}
		detail = "Invalid JSON: Unrecognized token '" + cut(token) + "' …"
	}
	return reason + ". Errors reported by remote server: " + cut(detail)
}

// remedy says what to do about an answer that failed.
func remedy(s *Story, step *Step, ex *wire.Exchange) string {
	okta := s.Client == "Okta"
	for _, r := range remedies {
		if (r.status == ex.Status || r.status == 500 && ex.Status > 500 || r.status == 400 && ex.Status > 400 && ex.Status < 500) &&
			(r.role == "" || strings.HasPrefix(step.Role, r.role)) && (!r.okta || okta) && (r.story == "" || strings.HasPrefix(s.ID, r.story)) {
			return r.do
		}
	}
	return "Give the answer that " + s.Client + " needs."
}

// remedies are looked through from the top: the first that fits is said.
var remedies = []struct {
	status int    // 400 and 500 are also those above them that have no row
	role   string // its beginning; "": any
	story  string // the beginning of its id; "": any
	okta   bool   // of Okta alone
	do     string
}{
	{0, "", "", true, "There was no answer. Okta closes a connection after 60 seconds without a byte. It does not try again by itself: retry the task under Dashboard, Tasks."},
	{0, "", "", false, "There was no answer. Look at what kept it."},
	{
		401, "", "", true, "The key was not taken: see why under Key. In an app wizard app type the key alone, the field has Bearer before it; " +
			"in a catalogue app with Header Auth type Bearer, a blank and the key.",
	},
	{401, "", "", false, "The key was not taken: see why under Key."},
	{
		404, "", "okta.group", true, "The group is not there, or groups are off. If it was deleted, unlink the push and push it again; " +
			"without groups, do not push any and turn Import Groups off.",
	},
	{404, "groups", "", true, "Answer 200 with an empty list, or turn Import Groups off. What Okta does with a 404 here is not known."},
	{404, "users", "", true, "There is nothing at this path: compare the base URL in Okta with the one under Setup."},
	{404, "create", "", false, "There is nothing at this path: compare the base URL in the client with the one under Setup."},
	{
		404, "", "okta.", true, "The id is not there any more: somebody deleted the account without Okta's knowledge. " +
			"Take the app from the person and assign it again, so that Okta looks for the account by name.",
	},
	{404, "", "", false, "The id is not there any more: somebody deleted it without the client's knowledge."},
	{
		409, "create", "", false, "Somebody has this name already, and the search before did not find them. " +
			"A search must match without regard to case, and find deactivated accounts too.",
	},
	{409, "", "", false, "The new value belongs to another resource: the detail says which. Change one of the two."},
	{
		429, "", "", true, "Nothing, if it ends: Okta pauses and tries again, up to ten times, and doubles the pause each time. " +
			"It obeys Retry-After in whole seconds; without it the first pause is five minutes.",
	},
	{429, "", "", false, "Nothing, if it ends: answer with Retry-After in whole seconds."},
	{
		501, "", "okta.group", true, "This server does not offer groups: turn them on, or do not push any and turn Import Groups off.",
	},
	{
		501, "deactivate", "", true, "Okta does not fall back to PUT: it raises a task to deprovision the person by hand. Offer PATCH, or have the app use PUT.",
	},
	{
		400, "", "", true, "The detail says what was wrong: change the attribute mapping in Okta, or what the server takes. " +
			"Okta does not try again by itself: retry the task under Dashboard, Tasks; a group under Push Groups.",
	},
	{400, "", "", false, "The detail says what was wrong: change the attribute mapping, or what the server takes."},
	{
		500, "", "", true, "The server failed. Okta does not try again by itself: when it is well, retry the task under Dashboard, Tasks; " +
			"a group under Push Groups, Retry all groups.",
	},
	{500, "", "", false, "The server failed: see its message in the Summary."},
}
