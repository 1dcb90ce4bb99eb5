package sample

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"scimdeck/scim"
)

// user is one who is being made.
type user struct {
	m *Maker
	i int
	person
	rnd  *rand.Rand
	mail string // work e-mail address and userName

	name       []scim.Member // sub-attributes
	core       []scim.Member // between name and emails
	emails     []scim.Value
	more       []scim.Member // multi-valued attributes after the e-mails
	enterprise []scim.Member
}

// odds is true so many times of a hundred.
func (u *user) odds(percent int) bool { return u.rnd.IntN(100) < percent }

// one is one of a list.
func one[T any](u *user, list []T) T { return list[u.rnd.IntN(len(list))] }

// digits replaces each # by a digit.
func (u *user) digits(pattern string) string {
	b := []byte(pattern)
	for i := range b {
		if b[i] == '#' {
			b[i] = byte('0' + u.rnd.IntN(10))
		}
	}
	return string(b)
}

// build makes somebody ordinary.
func (u *user) build() {
	full := u.given.text + " " + u.family.text
	if u.home.familyFirst {
		full = u.family.text + " " + u.given.text
	}
	u.name = []scim.Member{text("formatted", full), text("familyName", u.family.text), text("givenName", u.given.text)}
	u.core = []scim.Member{
		text("displayName", full),
		text("title", u.title()),
		text("userType", u.userType()),
		text("preferredLanguage", u.home.language),
		text("locale", u.home.language),
		text("timezone", u.home.zone),
		{Name: "active", Value: scim.BoolOf(u.odds(94))},
	}
	u.emails = []scim.Value{email(u.mail, "work", true)}
	if u.odds(20) {
		u.emails = append(u.emails, email(strings.Replace(u.mail, "example.com", "example.net", 1), "home", false))
	}
	var phones []scim.Value
	if u.odds(85) {
		phones = append(phones, typed("work", text("value", "tel:"+u.digits(u.home.phone))))
	}
	if u.odds(40) {
		phones = append(phones, typed("mobile", text("value", "tel:"+u.digits(u.home.phone))))
	}
	if len(phones) > 0 {
		u.more = append(u.more, scim.Member{Name: "phoneNumbers", Value: scim.ArrayOf(phones...)})
	}
	if u.odds(80) {
		u.more = append(u.more, scim.Member{Name: "addresses", Value: scim.ArrayOf(u.address())})
	}
	u.employ()
}

func email(value, kind string, primary bool) scim.Value {
	m := []scim.Member{text("value", value), text("type", kind)}
	if primary {
		m = append(m, scim.Member{Name: "primary", Value: scim.BoolOf(true)})
	}
	return scim.ObjectOf(m...)
}

// typed is a value with a type.
func typed(kind string, m ...scim.Member) scim.Value {
	return scim.ObjectOf(append(m, text("type", kind))...)
}

func (u *user) address() scim.Value {
	place := one(u, u.home.cities)
	street := strings.Replace(u.home.street, "#", strconv.Itoa(1+u.rnd.IntN(180)), 1)
	return typed("work",
		text("formatted", street+"\n"+place.postal+" "+place.name+"\n"+u.home.country),
		text("streetAddress", street),
		text("locality", place.name),
		text("region", place.region),
		text("postalCode", place.postal),
		text("country", u.home.country),
	)
}

func (u *user) userType() string {
	switch n := u.rnd.IntN(100); {
	case n < 85:
		return "Employee"
	case n < 97:
		return "Contractor"
	}
	return "Intern"
}

func (u *user) title() string {
	switch d := department(u.i); {
	case d < 0:
		return "Chief Executive Officer"
	case u.i <= span:
		return "Vice President, " + departments[d].name
	default:
		return one(u, []string{"", "", "", "Senior ", "Senior ", "Lead ", "Junior "}) + one(u, departments[d].roles)
	}
}

// employ fills the enterprise extension (RFC 7643 §4.3).
func (u *user) employ() {
	u.enterprise = []scim.Member{
		text("employeeNumber", fmt.Sprintf("%05d", 10_001+u.i)),
		text("organization", "Example Corporation"),
		text("division", u.home.region),
	}
	d := department(u.i)
	if d < 0 {
		return
	}
	u.enterprise = append(u.enterprise,
		text("costCenter", fmt.Sprintf("%d%s", 40+d, u.home.country)),
		text("department", departments[d].name),
		scim.Member{Name: "manager", Value: scim.ObjectOf(text("value", u.m.id(uint64(manager(u.i)))))},
	)
}

// resource puts the parts together.
func (u *user) resource() scim.Value {
	schemas := []scim.Value{scim.StringOf(scim.UserURN)}
	if len(u.enterprise) > 0 {
		schemas = append(schemas, scim.StringOf(scim.EnterpriseURN))
	}
	m := []scim.Member{
		{Name: "schemas", Value: scim.ArrayOf(schemas...)},
		text("id", u.m.id(uint64(u.i))),
		text("externalId", u.m.external(u.i)),
		text("userName", u.mail),
	}
	if len(u.name) > 0 {
		m = append(m, scim.Member{Name: "name", Value: scim.ObjectOf(u.name...)})
	}
	m = append(m, u.core...)
	if len(u.emails) > 0 {
		m = append(m, scim.Member{Name: "emails", Value: scim.ArrayOf(u.emails...)})
	}
	m = append(m, u.more...)
	if len(u.enterprise) > 0 {
		m = append(m, scim.Member{Name: scim.EnterpriseURN, Value: scim.ObjectOf(u.enterprise...)})
	}
	return scim.ObjectOf(m...)
}
