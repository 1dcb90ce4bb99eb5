package share

import (
	"iter"
	"strconv"
	"strings"

	"scimdeck/scim/wire"
)

// writeRaw writes request and answer as they look on the wire, with the lengths
// of what is here: a password that was cut out has changed them. Where a body is
// not whole, it says so in its place.
func writeRaw(w *writer, all iter.Seq2[*wire.Exchange, error]) error {
	for ex, err := range all {
		if err != nil {
			return err
		}
		w.printf("%s %s %s\r\nHost: %s\r\n", line(ex.Method), line(ex.Target), protocol(ex), line(ex.Host))
		w.message(ex.RequestHeader, ex.RequestBody, requestRemark(ex))
		if ex.Status != 0 {
			w.printf("%s %s\r\n", protocol(ex), statusText(ex.Status))
			w.message(ex.ResponseHeader, ex.ResponseBody, responseRemark(ex))
		}
	}
	return nil
}

func (w *writer) message(fields []wire.Field, body []byte, remark string) {
	for _, f := range header(fields) {
		switch strings.ToLower(f.Name) {
		case "content-length", "transfer-encoding":
			continue
		}
		w.printf("%s: %s\r\n", line(f.Name), line(f.Value))
	}
	if remark != "" {
		body = []byte("(" + remark + ")")
	}
	if len(body) > 0 {
		w.printf("Content-Length: %s\r\n", strconv.Itoa(len(body)))
	}
	w.printf("\r\n%s", body)
	if len(body) > 0 {
		w.printf("\r\n\r\n")
	}
}
