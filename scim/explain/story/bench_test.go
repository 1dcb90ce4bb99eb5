package story

import (
	"fmt"
	"strings"
	"testing"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// What Okta sends about one person, with a profile of a usual size.
func BenchmarkRead(b *testing.B) {
	l := newLab(b, "jane", oktaAgent)
	profile := `{"schemas":["` + scim.UserURN + `","` + scim.EnterpriseURN + `"],"userName":"jane.doe@example.com","name":{"givenName":"Jane","familyName":"Doe"},` +
		`"emails":[{"value":"jane.doe@example.com","type":"work","primary":true}],"displayName":"Jane Doe","title":"Engineer","locale":"en-US",` +
		`"externalId":"00ujl29u0le5T6Aj10h7","phoneNumbers":[{"value":"+1 555 0100","type":"mobile"}],"password":"1mz050nq","groups":[],"active":true,` +
		`"` + scim.EnterpriseURN + `":{"employeeNumber":"701984","department":"Tour Operations"}}`
	const lookup = "/Users?filter=userName%20eq%20%22jane.doe%40example.com%22&startIndex=1&count=100"
	miss := l.do("GET", lookup, "")
	create := l.do("POST", "/Users", profile)
	one := "/Users/" + create.ID
	hit := l.do("GET", lookup, "")
	read := l.do("GET", one, "")
	put := l.do("PUT", one, strings.Replace(profile, "Engineer", "Staff Engineer", 1))
	patch := l.do("PATCH", one, fmt.Sprintf(`{"schemas":[%q],"Operations":[{"op":"replace","value":{"active":false}}]}`, scim.PatchURN))
	for i, ex := range l.log {
		b.Run([...]string{"miss", "create", "hit", "read", "put", "patch"}[i], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read(ex)
			}
		})
	}
	for ex, want := range map[*wire.Exchange]shape{miss: userMiss, create: createUser, hit: userHit, read: readUser, put: putUserPassword, patch: patchUserOff} {
		if got := Read(ex).shape; got != want {
			b.Errorf("%s %s: %v, want %v", ex.Method, ex.Target, got, want)
		}
	}
}
