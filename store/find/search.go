package find

import (
	"context"
	"iter"
	"time"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// Read reads logged exchanges by their numbers, in their order, without those
// that are gone. Store.Exchanges is such a function.
type Read func(ctx context.Context, numbers []uint64) iter.Seq2[*wire.Exchange, error]

const (
	batchTime = 25 * time.Millisecond // about so long, so that whoever shows progress has something to show
	batchRows = 2048                  // at most so many, so that what reads ahead does not do so for nothing
)

// Search decides rows that are Maybe by their exchanges, in the order given. It
// returns after about 25 ms, or when all are decided: seen says how many were
// looked at, hits which of them the filter lets through. Call it again with
// rows[seen:] for the rest. A row whose exchange is gone is no hit. The error is
// ctx's or read's, and what was found before it counts.
func (f Filter) Search(ctx context.Context, rows []*store.Row, read Read) (hits []*store.Row, seen int, err error) {
	end := time.Now().Add(batchTime)
	rows = rows[:min(len(rows), batchRows)]
	numbers := make([]uint64, len(rows))
	for i, row := range rows {
		numbers[i] = row.Seq
	}
	for ex, err := range read(ctx, numbers) {
		if err != nil {
			return hits, seen, err
		}
		for seen < len(rows) && rows[seen].Seq != ex.Seq {
			seen++ // gone
		}
		if seen == len(rows) { // what nobody asked for
			break
		}
		if f.MatchExchange(rows[seen], ex) {
			hits = append(hits, rows[seen])
		}
		seen++
		if ctx.Err() != nil || time.Now().After(end) {
			return hits, seen, ctx.Err()
		}
	}
	return hits, len(rows), ctx.Err()
}
