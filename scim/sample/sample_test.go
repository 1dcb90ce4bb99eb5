package sample

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"scimdeck/scim"
)

var users = scim.NewCatalog(true).Type("User")

// Every family's spelling belongs to one culture, and every given name's is once in it: so no two people share an address.
func TestSpellings(t *testing.T) {
	address := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	families := map[string]string{}
	for i := range cultures {
		c := &cultures[i]
		given := map[string]bool{}
		for _, n := range c.names(c.given) {
			if !address.MatchString(n.login) || given[n.login] {
				t.Errorf("%s: %q is spelt %q", c.language, n.text, n.login)
			}
			given[n.login] = true
		}
		for _, n := range c.names(c.family) {
			if !address.MatchString(n.login) || families[n.login] != "" {
				t.Errorf("%s: %q is spelt %q, as in %q", c.language, n.text, n.login, families[n.login])
			}
			families[n.login] = c.language
		}
	}
	if n := len(everybody()); n < 3000 {
		t.Errorf("only %d names", n)
	}
	for text, want := range map[string]string{
		"de-DE Müller-Lüdenscheidt": "mueller-luedenscheidt", "de-DE Weiß": "weiss", "nb-NO Ødegård": "odegaard", "tr-TR Işık": "isik",
		"tr-TR İbrahim": "ibrahim", "is-IS Þorvaldsdóttir": "thorvaldsdottir", "pl-PL Łukasz": "lukasz", "vi-VN Nguyễn": "nguyen", "vi-VN Đặng": "dang",
		"fr-FR de_la_Rochefoucauld": "delarochefoucauld", "en-NG Adébáyọ̀": "adebayo", "en-US St._James": "stjames", "en-US Kaʻiulani": "kaiulani",
	} {
		language, word, _ := strings.Cut(text, " ")
		c := &cultures[slices.IndexFunc(cultures, func(c culture) bool { return c.language == language })]
		if have := c.names(word)[0].login; have != want {
			t.Errorf("%s: %q, want %q", text, have, want)
		}
	}
}

// The laws of all users: a strict server takes each as it is, no two have the
// same userName, id or externalId, and the manager of each is one before.
func TestUsers(t *testing.T) {
	for _, edge := range []bool{false, true} {
		m := New(Options{Seed: 7, Edge: edge})
		ids, names := map[string]int{}, map[string]int{}
		for i := range 2000 {
			v := m.User(i)
			body, err := scim.Decode(v.Append(nil), scim.Limits{})
			if err != nil || !body.Equal(v) {
				t.Fatalf("%d: %v\n%.500s", i, err, v)
			}
			draft, notes, err := users.Read(body, scim.Policy{Mode: scim.Interop})
			if err != nil {
				t.Fatalf("%d: %v\n%.500s", i, err, v)
			}
			if kind := kinds[i/2%len(kinds)].name; len(notes) > 0 && !(edge && i%2 == 1 && kind == "the same value under two types") {
				t.Errorf("%d: %v\n%.500s", i, notes, v)
			}
			for _, key := range []string{v.Get("id").Text(), v.Get("externalId").Text()} {
				if j, taken := ids[key]; taken {
					t.Errorf("%d has the id %s of %d", i, key, j)
				}
				ids[key] = i
			}
			name := scim.Fold(draft.Attributes.Get("userName").Text())
			if j, taken := names[name]; taken || !strings.Contains(name, "@") {
				t.Errorf("%d has the userName %q of %d", i, name, j)
			}
			names[name] = i
			boss := draft.Attributes.Get(scim.EnterpriseURN).Get("manager").Get("value").Text()
			if j, there := ids[boss]; boss != "" && (!there || j != manager(i)) || boss == "" && i > 0 && !edge {
				t.Errorf("%d has the manager %q", i, boss)
			}
		}
	}
}

// What is made depends on the seed and the place alone, and stays what it was: people
// write down seeds. Whoever means to change it changes the sums.
func TestDeterminism(t *testing.T) {
	for o, want := range map[Options]string{
		{Seed: 1}:             "98667fdd1552fe20de22fbaa8ce592bd0a61df126cb896b5de6bdb29673940bc",
		{Seed: 1, Edge: true}: "5b136662682f59252d145882bfde93fc5fe9ab620db89a55a7cdfd56660cdd49",
		{Seed: 2}:             "e5fedaff3f42d2d576f4da55e549140750dfc1b42f7947fdbc023aace3536f96",
	} {
		m, sum := New(o), sha256.New()
		for _, i := range []int{0, 1, 2, 99, 4_000, 1_000_000} {
			sum.Write(m.User(i).Append(nil))
		}
		for g := range m.Groups(40) {
			sum.Write(g.Append(nil))
		}
		if have := hex.EncodeToString(sum.Sum(nil)); have != want {
			t.Errorf("%+v: %s, want %s", o, have, want)
		}
		if a, b := New(o).User(1_000_000).String(), m.User(1_000_000).String(); a != b {
			t.Errorf("%+v: %.500s\nand then %.500s", o, b, a)
		}
	}
}

// Groups have members that there are, each user is in one of a department, and all are in the last.
func TestGroups(t *testing.T) {
	m := New(Options{Seed: 3})
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 9: 9, 200: 9} {
		known := map[string]int{}
		for i := range n {
			known[m.User(i).Get("id").Text()] = 0
		}
		groups := 0
		for g := range m.Groups(n) {
			groups++
			for _, member := range g.Get("members").Members() {
				id := member.Get("value").Text()
				if _, ok := known[id]; !ok {
					t.Errorf("%d: the group %s has the member %s", n, g.Get("displayName"), id)
				}
				known[id]++
			}
			known[g.Get("id").Text()] = 0
		}
		if groups != want {
			t.Errorf("%d users: %d groups, want %d", n, groups, want)
		}
		for id, times := range known {
			if last := times == 0; last != (id == m.id(forIDs+span) || n == 0) || times > 1 {
				t.Errorf("%d: %s is a member %d times", n, id, times)
			}
		}
	}
}

func ExampleMaker_User() {
	m := New(Options{Seed: 1})
	for i := range 5 {
		v := m.User(i)
		fmt.Println(v.Get("displayName").Text(), v.Get("userName").Text(), v.Get("title").Text())
	}
	// Output:
	// Beau Holloway beau.holloway@example.com Chief Executive Officer
	// Gøran Strømmen goran.strommen@example.com Vice President, Engineering
	// Sipho Hlophe sipho.hlophe@example.com Vice President, Operations
	// Şebnem Kılıç sebnem.kilic@example.com Vice President, Sales
	// Øystein Kjærstad oystein.kjaerstad@example.com Vice President, Marketing
}

func BenchmarkUser(b *testing.B) {
	m := New(Options{Seed: 1})
	var line []byte
	for i := range b.N {
		line = m.User(i).Append(line[:0])
	}
	b.SetBytes(int64(len(line)))
}
