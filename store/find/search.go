package find

import (
	"context"
	"time"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Read reads a logged exchange; ok is false when it is gone. Store.Exchange and
// LogReader.Exchange are such functions.
type Read func(seq uint64) (ex *wire.Exchange, ok bool, err error)

// batchTime is about how long a batch takes, so that whoever shows progress has
// something to show and whoever stops is heard.
const batchTime = 25 * time.Millisecond

// Search decides rows that are Maybe by their exchanges, in the order given. It
// returns after about 25 ms, or when all are decided: seen says how many were
// looked at, hits which of them the filter lets through. Call it again with
// rows[seen:] for the rest. A row whose exchange is gone is no hit. The error is
// ctx's or read's, and what was found before it counts.
func (f Filter) Search(ctx context.Context, rows []*store.Row, read Read) (hits []*store.Row, seen int, err error) {
	end := time.Now().Add(batchTime)
	for _, row := range rows {
		if seen > 0 && (ctx.Err() != nil || time.Now().After(end)) {
			return hits, seen, ctx.Err()
		}
		ex, ok, err := read(row.Seq)
		if err != nil {
			return hits, seen, err
		}
		if ok && f.MatchExchange(row, ex) {
			hits = append(hits, row)
		}
		seen++
	}
	return hits, seen, ctx.Err()
}
