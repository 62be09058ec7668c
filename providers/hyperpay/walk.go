package hyperpay

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/hyperpay/internal/api"
)

// impatience is how long a payment may be pending for minutes.
const impatience = 30 * time.Minute

// maxDepth is how far an operation's references are followed: a refund of a capture of an authorization is two.
const maxDepth = 8

// errStopped: the caller has broken the loop. It's never returned to him.
var errStopped = errors.New("hyperpay: the walk was stopped")

// walk is one pass through the operations of each entity, newest window first.
type walk struct {
	*Gateway
	// from (inclusive) and to (exclusive) bound the walk.
	from, to time.Time
	yield    func(paylinks.Payment, error) bool

	// entity is the one at hand, and end where its next window ends.
	entity string
	end    time.Time
	// late are ids that operations of the windows so far refer to and that weren't met yet.
	late map[string]bool
	// before are the ids of the window before, which the next one may have again at the seam.
	before map[string]bool
}

func (g *Gateway) newWalk(query paylinks.PaymentsQuery) (*walk, error) {
	w := &walk{Gateway: g, from: query.From.UTC().Truncate(time.Second), to: query.To.UTC()}
	if query.Resume == "" {
		w.begin(g.config.EntityIDs[0])
		return w, nil
	}
	point, ok := readCheckpoint(query.Resume)
	if !ok || !slices.Contains(g.config.EntityIDs, point.Entity) {
		return nil, &paylinks.ProviderError{
			Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the checkpoint is not one of a walk over these entities",
		}
	}
	w.entity, w.end, w.late, w.before = point.Entity, point.End, setOf(point.Late), setOf(point.Seam)
	return w, nil
}

// begin begins with an entity.
func (w *walk) begin(entity string) {
	w.entity, w.end, w.late, w.before = entity, span.UpToSecond(w.to), map[string]bool{}, map[string]bool{}
}

// run yields the walk's payments and bad rows, and returns what ends it early.
func (w *walk) run(ctx context.Context, yield func(paylinks.Payment, error) bool) error {
	w.yield = yield
	entities := w.config.EntityIDs
	for i := slices.Index(entities, w.entity); i < len(entities); i++ {
		if w.entity != entities[i] {
			w.begin(entities[i])
		}
		err := w.windows(ctx)
		if err == nil {
			err = w.updates(ctx)
		}
		if errors.Is(err, errStopped) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) windows(ctx context.Context) error {
	for w.end.After(w.from) {
		start := w.end.Add(-w.config.Window)
		if start.Before(w.from) {
			start = w.from
		}
		records, bad, err := w.window(ctx, start, w.end)
		if err != nil {
			return err
		}
		w.end = start
		for _, wrong := range bad {
			if !w.yield(paylinks.Payment{}, wrong) {
				return errStopped
			}
		}
		if err := w.settle(ctx, records); err != nil {
			return err
		}
	}
	return nil
}

// window is all operations between two times that weren't in the window before, besides those that can't be read.
func (w *walk) window(ctx context.Context, start, end time.Time) (records []record, bad []*paylinks.BadRow, err error) {
	seen, place := map[string]bool{}, map[string]int{}
	for number := 1; ; number++ {
		answer, err := w.page(ctx, api.Window{From: start, To: end, Page: number, Limit: w.config.PageSize})
		if err != nil {
			return nil, nil, err
		}
		for _, raw := range answer.Records {
			r, wrong := w.readRecord(raw)
			if w.before[r.ID] {
				continue
			}
			again := seen[r.ID]
			if r.ID != "" {
				seen[r.ID] = true
			}
			i, there := place[r.ID]
			switch {
			case wrong != nil && !again:
				bad = append(bad, wrong)
			case wrong != nil || (!r.root() && !r.follower()) || !r.at.Before(w.to):
			case there: // the later answer knows more
				records[i] = r
			default:
				place[r.ID] = len(records)
				records = append(records, r)
			}
		}
		last := number >= answer.Pages
		if answer.Pages == 0 { // not said
			last = len(answer.Records) < w.config.PageSize
		}
		if last || len(answer.Records) == 0 {
			w.before = seen
			return records, bad, nil
		}
	}
}

func (w *walk) page(ctx context.Context, window api.Window) (api.Answer, error) {
	var answer api.Answer
	err := w.pace.Turn(ctx, func() (err error) {
		answer, err = w.api.ByDate(ctx, w.entity, window)
		return verdict(answer, err)
	})
	var failure *paylinks.ProviderError
	if errors.As(err, &failure) && failure.Refusal == paylinks.RefusedNotFound {
		return api.Answer{}, nil
	}
	return answer, err
}

// settle puts a window's operations together and yields its payments.
func (w *walk) settle(ctx context.Context, records []record) error {
	families, ask := w.gather(records)
	var roots []record
	for _, r := range records {
		if r.root() {
			roots = append(roots, r)
		}
	}
	point := w.checkpoint(records)
	clear(records) // what is yielded is the caller's
	for i := range roots {
		root, family := roots[i], families[roots[i].ID]
		roots[i] = record{}
		delete(families, root.ID)
		payment, err := w.payment(ctx, root, family, ask[root.ID])
		if err == nil && i == len(roots)-1 {
			payment.Checkpoint = point
		}
		if err := w.tell(ctx, payment, err); err != nil {
			return err
		}
	}
	return nil
}

// tell yields a payment or the bad row that stands for it. Any other error ends the walk.
func (w *walk) tell(ctx context.Context, payment paylinks.Payment, err error) error {
	var bad *paylinks.BadRow
	switch {
	case errors.As(err, &bad):
		payment, err = paylinks.Payment{}, bad
	case err != nil:
		return err
	case ctx.Err() != nil:
		return patience.Ended(ctx.Err())
	}
	if !w.yield(payment, err) {
		return errStopped
	}
	return nil
}

// gather sorts the operations that follow a payment by the payment's id, and tells which payments have to be asked for, since later windows
// had operations of theirs. What refers to something older is late.
func (w *walk) gather(records []record) (families map[string][]record, ask map[string]bool) {
	families, ask = map[string][]record{}, map[string]bool{}
	byID := make(map[string]record, len(records))
	for _, r := range records {
		byID[r.ID] = r
	}
	for _, r := range records {
		top := r
		for depth := 0; top.ReferencedID != "" && depth < maxDepth; depth++ {
			parent, here := byID[top.ReferencedID]
			if !here {
				break
			}
			top = parent
		}
		waited := w.late[r.ID]
		delete(w.late, r.ID)
		switch {
		case top.root():
			if r.follower() {
				families[top.ID] = append(families[top.ID], r)
			}
			ask[top.ID] = ask[top.ID] || waited
		case top.ReferencedID != "":
			w.late[top.ReferencedID] = true
		}
	}
	return families, ask
}

// payment is the payment of a root, asked for once more where what is in hand may not be all.
func (w *walk) payment(ctx context.Context, root record, family []record, ask bool) (paylinks.Payment, error) {
	old := w.config.Now().Sub(root.at) > impatience
	soon := old && (root.class.name == classSoon || root.class.name == classCreated)
	doubtful := soon || root.class.name == classGone || root.Result.Code == "100.396.104" // "uncertain, probably cancelled"
	if ask || doubtful {
		now, all, err := w.family(ctx, root.ID)
		switch {
		case err == nil:
			root, family = now, all
			soon = soon && (root.class.name == classSoon || root.class.name == classCreated)
		case ask || !notFound(err):
			return paylinks.Payment{}, w.blame(root.ID, err)
		}
	}
	payment := w.fold(root, family)
	if soon {
		payment.Status = paylinks.PaymentExpired
	}
	return payment, nil
}

// updates yields the payments that were refunded or charged back during the walk and are older than it.
func (w *walk) updates(ctx context.Context) error {
	for len(w.late) > 0 {
		id := slices.Min(keysOf(w.late))
		delete(w.late, id)
		root, family, err := w.family(ctx, id)
		if err != nil {
			err = w.blame(id, err)
		}
		var payment paylinks.Payment
		if err == nil {
			delete(w.late, root.ID)
			for _, r := range family {
				delete(w.late, r.ID)
			}
			payment = w.fold(root, family)
		}
		if err := w.tell(ctx, payment, err); err != nil {
			return err
		}
	}
	return nil
}

// family asks for the payment that an operation belongs to, with all its operations.
func (w *walk) family(ctx context.Context, id string) (root record, family []record, err error) {
	known := map[string]record{}
	next := id
	for range maxDepth {
		var answer api.Answer
		err := w.pace.Do(ctx, func() (err error) {
			answer, err = w.api.ByID(ctx, w.entity, next)
			return verdict(answer, err)
		})
		if err != nil {
			return record{}, nil, err
		}
		for _, raw := range answer.Records {
			r, wrong := w.readRecord(raw)
			if wrong != nil {
				return record{}, nil, &paylinks.BadRow{ID: id, Reason: "one of its operations can't be read: " + wrong.Reason}
			}
			known[r.ID] = r
		}
		top, given := known[next]
		if !given {
			break
		}
		for depth := 0; top.ReferencedID != "" && depth < maxDepth; depth++ {
			next = top.ReferencedID
			top = known[next]
		}
		if top.root() {
			delete(known, top.ID)
			for _, key := range slices.Sorted(slices.Values(keysOf(known))) {
				if r := known[key]; r.follower() {
					family = append(family, r)
				}
			}
			return top, family, nil
		}
		if top.ID != "" { // neither a payment nor a follower of one
			break
		}
	}
	return record{}, nil, &paylinks.BadRow{ID: id, Reason: "the payment that it belongs to can't be found"}
}

// blame makes a bad row of an error that is one operation's own, and not the walk's.
func (w *walk) blame(id string, err error) error {
	var failure *paylinks.ProviderError
	if notFound(err) || (errors.As(err, &failure) && failure.Refusal == paylinks.RefusedRequest) {
		return &paylinks.BadRow{ID: id, Reason: "other operations refer to it, but HyperPay doesn't give it out by its id"}
	}
	return err
}
