package scim_test

import (
	"errors"
	"fmt"

	"scimdeck/scim"
)

func ExampleParseFilter() {
	const filter = `userName eq 'bob'`
	_, err := scim.ParseFilter(filter)
	var fault *scim.SyntaxError
	if errors.As(err, &fault) {
		fmt.Println(fault.Caret(filter))
		fmt.Println(fault)
	}
	// Output:
	// userName eq 'bob'
	//             ^
	// column 13: the value is in the wrong quotes; put the value in double quotes: "bob"
}

func ExampleParsePath() {
	p, err := scim.ParsePath(`emails[type eq "work"].value`)
	fmt.Println(p.Attr, p.Sub, p.Filter, err)
	// Output: emails value type eq "work" <nil>
}

func ExampleResourceType_Compile() {
	user := scim.NewCatalog(false).Type("User")
	x, err := scim.ParseFilter(`EMAILS co "example.com" and userName eq "BJensen"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := user.Compile(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f)
	fmt.Println(f.Equal())
	fmt.Println(f.Match([]byte(`{"userName":"bjensen","emails":[{"value":"b@example.com"}]}`)))
	// Output:
	// emails.value co "example.com" and userName eq "BJensen"
	// [{userName bjensen}]
	// true
}
