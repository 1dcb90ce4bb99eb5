package scim

// The message and schema URNs of RFC 7643 §8 and RFC 7644 §8.2.
const (
	UserURN         = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupURN        = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseURN   = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	ConfigURN       = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	ResourceTypeURN = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	SchemaURN       = "urn:ietf:params:scim:schemas:core:2.0:Schema"
	ListURN         = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	PatchURN        = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	ErrorURN        = "urn:ietf:params:scim:api:messages:2.0:Error"
)
