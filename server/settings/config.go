package settings

// Config is every setting, with the value in force. config.hujson, which the
// program has built in, says of each what it does and what it is by default.
//
// A field's json name is its name in a file; a struct is a group of settings.
type Config struct {
	Listen            string       `json:"listen"`            // HOST:PORT
	PublicURL         string       `json:"publicURL"`         // http or https, or ""
	BasePaths         []string     `json:"basePaths"`         // at least one, "/scim/v2"
	Data              string       `json:"data"`              // a folder, or "": see DataFolder
	Durable           bool         `json:"durable"`           // synced before it is answered
	RequestLog        RequestLog   `json:"requestLog"`        //
	Limits            Limits       `json:"limits"`            //
	Conformance       string       `json:"conformance"`       // lenient, strict or interop
	UnknownAttributes string       `json:"unknownAttributes"` // ignore, keep or reject
	Groups            bool         `json:"groups"`            // /Groups is offered
	Schemas           []Definition `json:"schemas"`           // see Definitions
	TLS               TLS          `json:"tls"`               //
	Theme             string       `json:"theme"`             // auto, dark, light, 16 or none
	Keys              []string     `json:"keys"`              // of the dashboard: "action=key" each
}

// RequestLog says how much of the request log is kept.
type RequestLog struct {
	Entries   int  `json:"entries"`   // at least 1
	Age       Span `json:"age"`       // 0: however old
	Bytes     Size `json:"bytes"`     // on disk; 0: however large, else at least 4 MB
	BodyBytes int  `json:"bodyBytes"` // of each body; 0: none of it
}

// Limits bounds what a client may ask for. All are at least 1, CursorAge at least a second.
type Limits struct {
	BodyBytes      int  `json:"bodyBytes"`
	Depth          int  `json:"depth"`
	PageSize       int  `json:"pageSize"`
	FilterBytes    int  `json:"filterBytes"`
	HeaderBytes    int  `json:"headerBytes"`
	ReadTimeout    Span `json:"readTimeout"`
	Requests       int  `json:"requests"`
	BulkOperations int  `json:"bulkOperations"`
	BulkBytes      int  `json:"bulkBytes"`
	CursorAge      Span `json:"cursorAge"`
}

// TLS names PEM files: both, or none for http.
type TLS struct {
	Cert string `json:"cert"`
	Key  string `json:"key"`
}
