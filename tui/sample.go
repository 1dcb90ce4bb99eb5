package tui

import (
	"fmt"
	"strings"

	"scimdeck/scim"
)

// A sample is a made-up person. The names come from many languages and are of
// many lengths, so that an empty store can be tried with what real ones hold.
type sample struct {
	given, family, title, department string
	login                            string // what ASCII systems make of the name
	off                              bool   // deactivated
}

var samples = []sample{
	{given: "Ada", family: "Lovelace", title: "Staff Engineer", department: "Research", login: "ada.lovelace"},
	{given: "Zoë", family: "Müller-Lüdenscheidt", title: "Head of Design", department: "Design", login: "zoe.mueller"},
	{given: "José", family: "García Márquez", title: "Accountant", department: "Finance", login: "jose.garcia"},
	{given: "Siobhán", family: "O'Brien", title: "Counsel", department: "Legal", login: "siobhan.obrien"},
	{given: "Nguyễn", family: "Thị Minh Khai", title: "Analyst", department: "Finance", login: "khai.nguyen"},
	{given: "Łukasz", family: "Wójcik", title: "Site Reliability Engineer", department: "Operations", login: "lukasz.wojcik"},
	{given: "Björk", family: "Guðmundsdóttir", title: "Composer", department: "Marketing", login: "bjork"},
	{given: "İbrahim", family: "Yıldız", title: "Support Engineer", department: "Support", login: "ibrahim.yildiz", off: true},
	{given: "太郎", family: "山田", title: "エンジニア", department: "Research", login: "taro.yamada"},
	{given: "芳", family: "王", title: "产品经理", department: "Product", login: "fang.wang"},
	{given: "민준", family: "김", title: "디자이너", department: "Design", login: "minjun.kim"},
	{given: "Дмитрий", family: "Соколов", title: "Инженер", department: "Operations", login: "dmitri.sokolov"},
	{given: "Ελένη", family: "Παπαδοπούλου", title: "Auditor", department: "Finance", login: "eleni.papadopoulou"},
	{given: "נועה", family: "כהן", title: "Security Engineer", department: "Security", login: "noa.cohen"},
	{given: "فاطمة", family: "الزهراء", title: "Data Scientist", department: "Research", login: "fatima.alzahra"},
	{given: "प्रिया", family: "शर्मा", title: "Recruiter", department: "People", login: "priya.sharma"},
	{given: "Chinwe", family: "Okonkwo", title: "Sales Manager", department: "Sales", login: "chinwe.okonkwo"},
	{given: "Thabo", family: "Ndlovu", title: "Account Executive", department: "Sales", login: "thabo.ndlovu"},
	{given: "Kaʻiulani", family: "Kealoha", title: "Office Manager", department: "People", login: "kaiulani.kealoha"},
	{given: "Anne-Sophie", family: "de la Rochefoucauld", title: "Chief of Staff", department: "People", login: "anne-sophie.delarochefoucauld"},
	{given: "Şebnem", family: "Çelik", title: "QA Engineer", department: "Research", login: "sebnem.celik", off: true},
	{given: "Håkon", family: "Ødegård", title: "Network Engineer", department: "Operations", login: "hakon.odegard"},
	{given: "สมชาย", family: "ใจดี", title: "Buyer", department: "Purchasing", login: "somchai.jaidee"},
	{given: "Bob", family: "Noyce", title: "Contractor", department: "Facilities", login: "bob", off: true},
	{given: "Rhoshandiatellyneshiaunneveshenk", family: "Koyaanisquatsiuth Williams", title: "Vice President, Global Revenue Operations", department: "Sales", login: "rhoshandiatellyneshiaunneveshenk.williams"},
}

// sampleUsers are the bodies of the requests that create the samples.
func sampleUsers() [][]byte {
	bodies := make([][]byte, 0, len(samples))
	for i, p := range samples {
		mail := p.login + "@example.com"
		name := scim.ObjectOf(
			scim.Member{Name: "givenName", Value: scim.StringOf(p.given)},
			scim.Member{Name: "familyName", Value: scim.StringOf(p.family)},
		)
		emails := scim.ArrayOf(scim.ObjectOf(
			scim.Member{Name: "value", Value: scim.StringOf(mail)},
			scim.Member{Name: "type", Value: scim.StringOf("work")},
			scim.Member{Name: "primary", Value: scim.BoolOf(true)},
		))
		enterprise := scim.ObjectOf(
			scim.Member{Name: "employeeNumber", Value: scim.StringOf(fmt.Sprintf("%04d", 1001+i))},
			scim.Member{Name: "department", Value: scim.StringOf(p.department)},
		)
		user := scim.ObjectOf(
			scim.Member{Name: "schemas", Value: scim.ArrayOf(scim.StringOf(scim.UserURN), scim.StringOf(scim.EnterpriseURN))},
			scim.Member{Name: "externalId", Value: scim.StringOf(fmt.Sprintf("00u%017d", i+1))},
			scim.Member{Name: "userName", Value: scim.StringOf(mail)},
			scim.Member{Name: "name", Value: name},
			scim.Member{Name: "displayName", Value: scim.StringOf(strings.TrimSpace(p.given + " " + p.family))},
			scim.Member{Name: "title", Value: scim.StringOf(p.title)},
			scim.Member{Name: "active", Value: scim.BoolOf(!p.off)},
			scim.Member{Name: "emails", Value: emails},
			scim.Member{Name: scim.EnterpriseURN, Value: enterprise},
		)
		bodies = append(bodies, user.Append(nil))
	}
	return bodies
}
