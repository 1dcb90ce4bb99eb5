package explain

import "scimdeck/scim/wire"

// Exchange fills in ex.Op, ex.Sentence and ex.Changed from what is on the wire and what the server noted.
func Exchange(ex *wire.Exchange) { panic("skeleton") }
