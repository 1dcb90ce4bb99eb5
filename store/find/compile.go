package find

import (
	"fmt"
	"slices"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// slip is what is wrong with a value; the parser knows where it stands.
type slip struct{ text, hint string }

func (s *slip) Error() string { return s.text }

func slipf(hint, format string, args ...any) error { return &slip{fmt.Sprintf(format, args...), hint} }

// compile makes a condition of a tree. A tree of Parse always has one; the error
// is an *Error without a column.
func compile(x Expr, env Env) (step, error) {
	switch x := x.(type) {
	case And:
		return combine(x, env, Yes, func(a, b Verdict) Verdict { return min(a, b) })
	case Or:
		return combine(x, env, No, func(a, b Verdict) Verdict { return max(a, b) })
	case Not:
		inner, err := compile(x.X, env)
		return step{func(r *store.Row, ex *wire.Exchange) Verdict { return Yes - inner.test(r, ex) }, inner.cost}, err
	case Text:
		return anywhere(string(x)), nil
	case Numbers:
		return ofRow(func(r *store.Row) bool { return r.Seq >= x.From && r.Seq <= x.To }), nil
	case Field:
		return compileField(x, env)
	}
	return step{}, &Error{Text: fmt.Sprintf("%T is no filter", x)}
}

func compileField(x Field, env Env) (step, error) {
	f := lookup(x.Name)
	if f == nil || len(x.Values) == 0 {
		return step{}, &Error{Text: fmt.Sprintf("%s: is no field, or has no value", x.Name)}
	}
	any := make([]step, len(x.Values))
	for i, v := range x.Values {
		s, err := f.compile(v, env)
		if err != nil {
			return step{}, &Error{Text: err.Error()}
		}
		any[i] = s
	}
	return join(any, No, func(a, b Verdict) Verdict { return max(a, b) }), nil
}

func combine(parts []Expr, env Env, none Verdict, with func(a, b Verdict) Verdict) (step, error) {
	steps := make([]step, len(parts))
	for i, part := range parts {
		s, err := compile(part, env)
		if err != nil {
			return step{}, err
		}
		steps[i] = s
	}
	return join(steps, none, with), nil
}

// join runs steps, the cheap ones first, until the verdict can no longer change.
// none is the verdict of no step at all, and Yes-none ends it.
func join(steps []step, none Verdict, with func(a, b Verdict) Verdict) step {
	if len(steps) == 1 {
		return steps[0]
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.cost - b.cost })
	return step{func(r *store.Row, ex *wire.Exchange) Verdict {
		all := none
		for i := range steps {
			if all = with(all, steps[i].test(r, ex)); all == Yes-none {
				break
			}
		}
		return all
	}, steps[len(steps)-1].cost}
}

// ofRow is a step that costs next to nothing.
func ofRow(is func(*store.Row) bool) step {
	return step{func(r *store.Row, _ *wire.Exchange) Verdict { return verdict(is(r)) }, costNumber}
}

// deep is a step that needs the exchange, unless the row already says no.
func deep(may func(*store.Row) bool, is func(*wire.Exchange) bool) step {
	return step{func(r *store.Row, ex *wire.Exchange) Verdict {
		switch {
		case may != nil && !may(r):
			return No
		case ex == nil:
			return Maybe
		}
		return verdict(is(ex))
	}, costDeep}
}
