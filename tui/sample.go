package tui

import (
	"scimdeck/scim"
	"scimdeck/scim/sample"
)

// sampleSeed makes 25 people of many languages, with Ada Lovelace among them and two who are deactivated.
const sampleSeed = 87

// sampleUsers are the bodies of the requests that create the sample users, so
// that an empty store can be tried with what real ones hold.
func sampleUsers() (bodies [][]byte) {
	m := sample.New(sample.Options{Seed: sampleSeed})
	for i := range 25 {
		v := m.User(i)
		v.Set("id", scim.Value{}) // the server gives another, so nobody's manager can be named yet
		work := v.Get(scim.EnterpriseURN)
		work.Set("manager", scim.Value{})
		v.Set(scim.EnterpriseURN, work)
		bodies = append(bodies, v.Append(nil))
	}
	return bodies
}
