package sample

import (
	"fmt"
	"strings"

	"scimdeck/scim"
)

// kind is a kind of people that programs get wrong.
type kind struct {
	name string
	make func(*user)
}

// kinds are the edge cases, in turn. Each is a resource that a server has to take.
var kinds = []kind{
	{"a long name", func(u *user) {
		u.call("Rhoshandiatellyneshiaunneveshenk"+strings.Repeat(" Koyaanisquatsiuth", 20), "Featherstonehaugh-Llanfairpwllgwyngyll")
	}},
	{"a name of one letter", func(u *user) { u.call("O", "O") }},
	{"no family name", func(u *user) { u.call("Teller", "") }},
	{"combining marks", func(u *user) { u.call("Jose\u0301 Zoe\u0308", "A\u030angstro\u0308m D\u0323\u0307uc") }},
	{"many marks on one letter", func(u *user) {
		u.call("Z\u0351\u0343\u0329\u0354a\u0316\u0302\u034dl\u031f\u0306g\u0324o\u0313\u0322", "T\u0365\u0363ext")
	}},
	{"right to left", func(u *user) { u.call("נועה", "الزهراء O'Hara 42") }},
	{"bidirectional controls", func(u *user) { u.call("\u202eadA\u202c", "\u2067Love\u2069lace\u200f") }},
	{"emoji", func(u *user) { u.call("👩🏽‍🚀 Zoe", "🏳️‍🌈 🇳🇱 Smile ☺️") }},
	{"letters beyond the first plane", func(u *user) { u.call("𝓐𝓭𝓪", "𠮷野家") }},
	{"letters without a width", func(u *user) { u.call("A\u200bd\u200ca\u2060", "\ufeffLove\u00adlace") }},
	{"quotes and brackets", func(u *user) { u.call(`Robert "Bobby" \ `, `O'Tables'); <b>&amp; [type eq "x"] {} `) }},
	{"what a spreadsheet computes", func(u *user) { u.call("=1+1", "@SUM(A1:A9)") }},
	{"blanks", func(u *user) { u.call("  Ada\tMary\u00a0", "\u3000Love\nlace ") }},
	{"words of programs", func(u *user) { u.call("null", "undefined") }},
	{"letters that fold to others", func(u *user) { u.call("STRASSE straße ﬁn", "\u212aelvin İIıi ſoſ ΣΑΣ σας") }},
	{"the name of the one before in capitals", func(u *user) {
		before := u.m.order[(u.i-1)%len(u.m.order)]
		u.call(strings.ToUpper(before.given.text), strings.ToUpper(before.family.text))
	}},
	{"an address in other letters", func(u *user) {
		u.at(fmt.Sprintf("用户%d@例子.example", u.i))
	}},
	{"an address with capitals and a plus", func(u *user) {
		u.at(fmt.Sprintf("Ada.LOVELACE+%d@EXAMPLE.com", u.i))
	}},
	{"an address as long as they get", func(u *user) {
		local := fmt.Sprintf("%d.%s", u.i, strings.Repeat("x", 64))[:64]
		u.at(local + "@" + strings.Repeat(strings.Repeat("y", 59)+".", 3) + "example")
	}},
	{"nothing but a userName", func(u *user) {
		u.name, u.core, u.emails, u.more, u.enterprise = nil, nil, nil, nil, nil
	}},
	{"inactive and without an address", func(u *user) {
		u.core = []scim.Member{{Name: "active", Value: scim.BoolOf(false)}}
		u.emails, u.more = nil, nil
	}},
	{"many of everything", func(u *user) { u.multiply(40) }},
	{"the same value under two types", func(u *user) {
		u.emails = append(u.emails, email(u.mail, "home", false), email(strings.ToUpper(u.mail), "other", false))
	}},
}

// call gives a user another name. "" is none.
func (u *user) call(given, family string) {
	full := strings.TrimSpace(given + " " + family)
	u.name = []scim.Member{text("formatted", full)}
	if family != "" {
		u.name = append(u.name, text("familyName", family))
	}
	u.name = append(u.name, text("givenName", given))
	u.core[0] = text("displayName", full)
}

// at gives a user another e-mail address.
func (u *user) at(mail string) {
	u.mail = mail
	u.emails = []scim.Value{email(mail, "work", true)}
}

// multiply gives a user n values of each attribute that can have many.
func (u *user) multiply(n int) {
	var phones, ims, photos, places, entitlements, roles, certificates []scim.Value
	for i := range n {
		kind := []string{"work", "home", "other"}[i%3]
		if i > 0 {
			u.emails = append(u.emails, email(fmt.Sprintf("%d.%s", i, u.mail), kind, false))
		}
		phones = append(phones, typed([]string{"work", "home", "mobile", "fax", "pager", "other"}[i%6], text("value", "tel:"+u.digits(u.home.phone)+fmt.Sprint(";ext=", i))))
		ims = append(ims, typed("xmpp", text("value", fmt.Sprintf("%d.%s", i, u.mail))))
		photos = append(photos, typed("photo", text("value", fmt.Sprintf("https://photos.example.com/%d/%d", u.i, i))))
		place := u.address()
		place.Set("type", scim.StringOf(kind))
		place.Set("streetAddress", scim.StringOf(fmt.Sprintf("%s, %d", place.Get("streetAddress").Text(), i+1)))
		places = append(places, place)
		entitlements = append(entitlements, typed("licence", text("value", fmt.Sprint("licence-", i)), text("display", fmt.Sprint("Licence ", i))))
		roles = append(roles, typed("job", text("value", fmt.Sprint("role-", i))))
		certificates = append(certificates, typed("x509", text("value", "MIIDQzCCAqygAwIBAgICEAAwDQYJKoZIhvcNAQEFBQAw")))
	}
	list := func(name string, v []scim.Value) scim.Member {
		return scim.Member{Name: name, Value: scim.ArrayOf(v...)}
	}
	u.more = []scim.Member{
		list("phoneNumbers", phones), list("ims", ims), list("photos", photos), list("addresses", places),
		list("entitlements", entitlements), list("roles", roles), list("x509Certificates", certificates[:1]),
	}
}
