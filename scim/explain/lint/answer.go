package lint

import (
	"bytes"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// fieldsOf is what rules want of an answer's header.
type fieldsOf struct {
	contentType, encoding, location, etag, challenge, allow, retryAfter string
}

// answer holds the answer against the rules.
func (k *look) answer() {
	if k.ex.Status == 0 {
		return // a problem, but of no rule
	}
	k.answers = true
	var h fieldsOf
	for i := range k.ex.ResponseHeader {
		f := &k.ex.ResponseHeader[i]
		switch f.Name {
		case "Content-Type":
			h.contentType = f.Value
		case "Content-Encoding":
			h.encoding = f.Value
		case "Location":
			h.location = f.Value
		case "Etag":
			h.etag = f.Value
		case "Www-Authenticate":
			h.challenge = f.Value
		case "Allow":
			h.allow = f.Value
		case "Retry-After":
			h.retryAfter = f.Value
		}
	}
	k.statusRules(&h)
	k.methodStatus(&h)
	k.answerBody(&h)
}

const atStatus = "answer status"

// statusRules is about statuses whatever was asked.
func (k *look) statusRules(h *fieldsOf) {
	ex := k.ex
	if ex.Took >= slow {
		k.add(tooSlow, "answer", ex.Took.Round(1e9).String())
	}
	switch ex.Status {
	case 301, 302, 303:
		k.add(redirected, atStatus, strconv.Itoa(ex.Status)+" to "+quote(h.location))
	case 307, 308:
		k.add(redirectedAlike, atStatus, strconv.Itoa(ex.Status)+" to "+quote(h.location))
	case 401:
		if h.challenge == "" {
			k.add(challengeMissing, "answer header WWW-Authenticate", "")
		}
	case 405:
		if h.allow == "" {
			k.add(allowMissing, "answer header Allow", "")
		}
	case 429:
		if n, ok := integer(h.retryAfter); !ok || n < 0 {
			k.add(retryAfter, "answer header Retry-After", quote(h.retryAfter))
		}
	}
	if h.etag != "" && !isTag(h.etag) {
		k.add(etagMalformed, "answer header ETag", quote(h.etag))
	}
	k.refusedType()
	switch k.kind {
	case collection, single, search, bulk:
		if k.header.auths == 0 && !k.own && ex.Status >= 200 && ex.Status < 300 {
			k.add(unguarded, atStatus, strconv.Itoa(ex.Status))
		}
	}
}

// refusedType is about an answer that refuses a type of SCIM's. Under the profile
// application/json is none.
func (k *look) refusedType() {
	h := &k.header
	switch k.ex.Status {
	case 415:
		scim, json, charset := mediaType(h.contentType)
		if (scim || json && !k.profile(Interop)) && h.encoding == "" && (charset == "" || strings.EqualFold(charset, "utf-8")) {
			k.add(typeRefused, atStatus, "415 to "+quote(h.contentType))
		}
	case 406:
		if own, other := accepted(h.accept); own || other && !k.profile(Interop) {
			k.add(typeRefused, atStatus, "406 to "+quote(h.accept))
		}
	}
}

// methodStatus is about the statuses that SCIM has for a method.
func (k *look) methodStatus(h *fieldsOf) {
	s, m := k.ex.Status, k.ex.Method
	good := s >= 200 && s < 300
	status := func(r *Rule) { k.add(r, atStatus, strconv.Itoa(s)) }
	switch {
	case k.listing():
		k.listStatus(s)
	case k.kind == collection && m == "POST" && good:
		if s != 201 && s != 202 { // 202: RFC 9967
			status(createdStatus)
		} else if h.location == "" && s == 201 {
			k.add(locationMissing, "answer header Location", "")
		}
	case k.kind != single:
	case m == "GET" && (s == 400 || s == 422):
		status(idRefused)
	case m == "PUT" && s == 201:
		status(putCreates)
	case m == "PUT" && s == 204:
		status(replacedEmpty)
	case m == "PATCH" && s == 204 && k.has[scim.ParamAttributes]:
		status(patchChoice)
	case m == "PATCH" && (s == 501 || s == 405) && k.r.t.Schema.ID == scim.UserURN:
		status(patchUnsupported)
	case m == "PATCH" && (s == 400 || s == 422) && k.pathlessOp && k.asked < Warn && !k.profile(Interop):
		status(pathlessRefused)
	case m == "DELETE" && good && s != 204 && s != 202:
		status(deletedStatus)
	}
}

func (k *look) listStatus(s int) {
	groups := k.kind == collection && k.endpoint == "Groups"
	switch {
	case s == 404 && len(k.filter) > 0:
		k.add(searchNotFound, atStatus, "404")
	case groups && (s == 404 || s == 501):
		k.add(groupsNotFound, atStatus, strconv.Itoa(s))
	}
	if groups && k.ex.Took > unhurried {
		k.add(unhurriedGroups, "answer", k.ex.Took.Round(1e6).String())
	}
}

// answerBody is about the body of an answer.
func (k *look) answerBody(h *fieldsOf) {
	ex := k.ex
	size := max(ex.ResponseSize, int64(len(ex.ResponseBody)))
	switch {
	case ex.Method == "HEAD":
		return
	case ex.Status == 204 || ex.Status == 304:
		if size > 0 {
			k.add(bodyOfNothing, "answer", strconv.FormatInt(size, 10)+" bytes")
		}
		return
	case size == 0:
		k.emptyAnswer()
		return
	case len(ex.ResponseBody) == 0 || ex.ResponseWithheld() || h.encoding != "" && h.encoding != "identity" || ex.Status >= 300 && ex.Status < 400:
		return
	}
	page := bytes.TrimLeft(ex.ResponseBody, " \t\r\n")
	if len(page) > 0 && page[0] == '<' || strings.HasPrefix(h.contentType, "text/html") {
		k.add(answerHTML, "answer", quote(firstLine(page)))
		return
	}
	k.answerMedia(h.contentType)
	if k.path == "" || !k.openText(ex.ResponseBody, ex.ResponseCut(), answerMark, answerNotUTF8) {
		return
	}
	k.walkAnswer(h)
	k.closeText(answerNotJSON)
}

func firstLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i]
	}
	return b
}

// emptyAnswer is about an answer without a body.
func (k *look) emptyAnswer() {
	s, m := k.ex.Status, k.ex.Method
	switch {
	case s >= 400:
		k.add(errorEmpty, "answer", strconv.Itoa(s))
	case s != 200 && s != 201:
	case m == "POST" && k.kind == collection:
		k.add(createdEmpty, "answer", "")
	case m == "PATCH" && k.kind == single:
		k.add(patchEmpty, "answer", "")
	case m == "PUT" && k.kind == single, m == "GET" && k.kind != elsewhere, m == "POST" && (k.kind == search || k.kind == bulk):
		k.add(answerEmpty, "answer", "")
	}
}

func (k *look) answerMedia(contentType string) {
	const at = "answer header Content-Type"
	switch contentType {
	case "application/scim+json", "application/scim+json; charset=utf-8":
		return
	case "":
		k.add(answerUntyped, at, "")
		return
	}
	switch scim, json, _ := mediaType(contentType); {
	case scim:
	case !json:
		k.add(answerTypeOther, at, quote(contentType))
	case !strings.Contains(k.header.accept, "application/json"):
		k.add(answerTypeJSON, at, quote(contentType))
	}
}

// walkAnswer walks the body of an answer by what it has to be.
func (k *look) walkAnswer(h *fieldsOf) {
	m := k.ex.Method
	switch {
	case k.ex.Status >= 400:
		k.errorBody()
	case k.listing(), k.kind == discovery && m == "GET" && k.id == "" && k.endpoint != "ServiceProviderConfig":
		k.list()
	case k.kind == discovery && m == "GET" && k.endpoint == "ServiceProviderConfig":
		k.config()
	case k.kind == single && (m == "GET" || m == "PUT" || m == "PATCH"), k.kind == collection && m == "POST":
		k.resourceAnswer(h)
	case k.kind == bulk && m == "POST":
		k.bulkResponse()
	default:
		k.skip(0)
	}
}

// partial reports whether the request chose attributes.
func (k *look) partial() bool { return k.has[scim.ParamAttributes] || k.has[scim.ParamExcluded] }

// resourceAnswer is about one resource that was asked for, or is what became of it.
func (k *look) resourceAnswer(h *fieldsOf) {
	if c := k.peek(); c == '[' {
		k.skip(0)
		k.add(listForOne, "answer", "an array")
		return
	}
	if !k.object(answerValue) {
		return
	}
	f := k.resource(k.r, answering)
	switch {
	case f.list:
		k.depth = 0
		k.add(listForOne, "answer", "a ListResponse")
		return
	case f.fault:
		k.add(errorAsSuccess, atStatus, strconv.Itoa(k.ex.Status))
		return
	case k.ended:
		return
	}
	k.whole(&f)
	k.sameResource(&f)
	if h.location != "" && k.ex.Status == 201 && !f.meta.location.empty() && string(k.name(f.meta.location)) != h.location {
		k.add(locationDiffers, "answer header Location", quote(h.location)+", meta.location is "+k.say(f.meta.location))
	}
	if h.etag != "" && !f.meta.version.empty() && string(k.name(f.meta.version)) != h.etag {
		k.add(etagDiffers, "answer header ETag", quote(h.etag)+", meta.version is "+k.say(f.meta.version))
	}
}

// whole is about what a resource in an answer has to have.
func (k *look) whole(f *facts) {
	r := k.r
	if !f.idThere {
		k.add(idMissing, here+"id", "")
	}
	if k.partial() {
		return
	}
	k.declared(r, f, resourceSchemas, resourceSchema, resourceUndeclared)
	for i, name := range r.must {
		if f.must>>i&1 == 0 {
			k.add(answerRequired, here+name, "")
		}
	}
	if !f.meta.there {
		k.add(metaMissing, here+"meta", "")
	} else {
		k.metaRules(f)
	}
	if r.t.Schema.ID != scim.UserURN {
		return
	}
	write := k.ex.Method == "POST" || k.ex.Method == "PUT" // who did not send it does not miss it
	if !f.active && (!write || k.sentActive || k.listing()) {
		k.add(activeMissing, here+"active", "")
	}
	switch {
	case !f.given:
		k.add(nameIncomplete, here+"name.givenName", "")
	case !f.family:
		k.add(nameIncomplete, here+"name.familyName", "")
	case !f.emails:
		k.add(nameIncomplete, here+"emails", "")
	}
}

func (k *look) metaRules(f *facts) {
	if kind := k.name(f.meta.kind); string(kind) != k.r.t.Name {
		k.add(metaKind, here+"meta.resourceType", quote(kind)+", want "+quote(k.r.t.Name))
	}
	if location := k.name(f.meta.location); !bytes.Contains(location, []byte("://")) {
		k.add(metaLocation, here+"meta.location", quote(location))
	}
}

// sameResource is about whether the answer is about what the request was about.
func (k *look) sameResource(f *facts) {
	if k.kind == single && !f.id.empty() && k.b[f.id.from-1] == '"' && strings.IndexByte(k.id, '%') < 0 && string(k.name(f.id)) != k.id {
		k.add(idForeign, here+"id", k.say(f.id)+", the path has "+quote(k.id))
	}
	if len(k.sentName) == 0 || f.name.empty() || k.ex.Method != "POST" && k.ex.Method != "PUT" {
		return
	}
	if name := k.name(f.name); !bytes.Equal(name, k.sentName) {
		member := "userName"
		if k.r.t.Schema.ID == scim.GroupURN {
			member = "displayName"
		}
		k.add(nameChanged, here+member, quote(name)+", sent was "+quote(k.sentName))
	}
}

// meta reads the meta of an answer.
func (k *look) meta(a *attribute, f *facts) {
	var m members
	for k.next(&m) {
		k.into(m.name)
		name := k.name(m.name)
		sub, asWritten := a.subs.find(name)
		if sub == nil {
			k.skip(0)
			k.out()
			continue
		}
		if !asWritten {
			k.misspeltName(attributeCase, m.name, sub.Name)
		}
		from := k.pos
		c := k.peek()
		k.value(sub, false, nil)
		if s := (span{from: from + 1, to: k.pos - 1}); c == '"' && !k.ended {
			s.escaped = hasBackslash(k.b[s.from:s.to])
			switch sub.role {
			case roleKind:
				f.meta.kind = s
			case roleLocation:
				f.meta.location = s
			case roleVersion:
				f.meta.version = s
			}
		}
		k.out()
	}
}
