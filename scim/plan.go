package scim

// BulkStep is one thing to do of a Bulk's plan.
type BulkStep struct {
	Index int // of the operation
	// Partial: some of the references in the data form a circle and are not
	// resolvable yet. The step creates the resource without them.
	Partial bool
	// Complete: the resource that a Partial step created gets what it lacks: a
	// PUT of the same data, all references resolved, to the resource's path.
	Complete bool
}

// Plan puts the operations in an order in which references (RFC 7644 §3.7.2)
// are resolvable: that of the request, except that what an operation refers to
// comes before it, and that circles are broken by Partial steps, which
// have their Complete steps after the last of the circle (RFC 7644 §3.7.1).
//
// An operation with a Fault is in the plan too, so that it is answered in its
// place; nothing can be resolved by it.
func (b *Bulk) Plan() []BulkStep {
	p := planner{
		b: b, makes: make(map[string]int), state: make([]planState, len(b.Operations)),
		steps: make([]BulkStep, 0, len(b.Operations)),
	}
	for i := range b.Operations {
		if o := &b.Operations[i]; o.Method == "POST" && o.Fault == nil {
			p.makes[o.BulkID] = i
		}
	}
	for i := range b.Operations {
		p.visit(i)
	}
	return p.steps
}

type planState uint8

const (
	unplanned planState = iota
	open                // on the way down: what it refers to comes first
	planned
)

// planner walks references in depth, without recursion: a chain may be as long
// as the request.
type planner struct {
	b       *Bulk
	makes   map[string]int // the operation that creates a bulkId's resource
	state   []planState
	steps   []BulkStep
	waiting []int // partial steps without their complete ones
}

// visit plans operation i after all that it refers to.
func (p *planner) visit(root int) {
	if p.state[root] != unplanned {
		return
	}
	type frame struct {
		op      int
		needs   []int
		partial bool
	}
	begin := func(i int) frame {
		p.state[i] = open
		return frame{op: i, needs: p.needs(i)}
	}
	stack := []frame{begin(root)}
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		if len(f.needs) > 0 {
			next := f.needs[0]
			f.needs = f.needs[1:]
			switch p.state[next] {
			case unplanned:
				stack = append(stack, begin(next))
			case open:
				f.partial = true // a circle, or the operation itself
			}
			continue
		}
		p.state[f.op] = planned
		p.steps = append(p.steps, BulkStep{Index: f.op, Partial: f.partial})
		if f.partial {
			p.waiting = append(p.waiting, f.op)
		}
		stack = stack[:len(stack)-1]
	}
	for _, i := range p.waiting { // all of their circles is planned now
		p.steps = append(p.steps, BulkStep{Index: i, Complete: true})
	}
	p.waiting = p.waiting[:0]
}

// needs lists the operations that i refers to. Only a POST can wait for
// itself or be done in part, so other operations are planned as they come:
// their references cannot be part of a circle, since nothing refers to them.
func (p *planner) needs(i int) (list []int) {
	o := &p.b.Operations[i]
	if o.Fault != nil {
		return nil
	}
	o.eachReference(func(id string) {
		if j, ok := p.makes[id]; ok {
			list = append(list, j)
		}
	})
	return list
}
