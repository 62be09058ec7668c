package paypal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest/patience"
	"github.com/paylinks/paylinks-go/internal/rest/span"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/paypal/internal/api"
)

// recent is how young a window's start may be for PayPal to have nothing of it yet.
const recent = 24 * time.Hour

// errTooMany: a window has more rows than may be held.
var errTooMany = errors.New("paypal: too many rows for one window")

// errStopped: the caller has broken the loop. It's never returned to him.
var errStopped = errors.New("paypal: the walk was stopped")

// walk is one pass through the ledger, newest window first.
type walk struct {
	*Gateway
	// from (inclusive) and to (exclusive) are whole seconds, as all times of PayPal are.
	from, to time.Time
	// told is where the part begins that an earlier walk has yielded: windows from there on are read and not yielded.
	told time.Time
	// length is how long a window is at present.
	length time.Duration
	// waiting are rows whose payment hasn't come yet, by its id.
	waiting map[string][]row
	// seam are the rows of the window before that lie at its start: the next window may have them again.
	seam map[string]bool
}

func (g *Gateway) newWalk(query paylinks.PaymentsQuery) (*walk, error) {
	now := g.config.Now().UTC()
	w := &walk{
		Gateway: g, length: g.config.Window, waiting: map[string][]row{},
		from: span.UpToSecond(span.Later(query.From.UTC(), now.AddDate(-memoryYears, 0, 0))),
		to:   span.UpToSecond(span.Earlier(query.To.UTC(), now.Add(-g.config.Delay))),
	}
	w.told = w.to
	if query.Resume != "" {
		told, to, ok := readCheckpoint(query.Resume)
		if !ok {
			return nil, &paylinks.ProviderError{
				Refusal: paylinks.RefusedRequest, Outcome: paylinks.NotApplied, Message: "the checkpoint is not one of a PayPal walk",
			}
		}
		w.told, w.to = told, to
	}
	return w, nil
}

// run yields the walk's payments and bad rows, and returns what ends it early.
func (w *walk) run(ctx context.Context, yield func(paylinks.Payment, error) bool) error {
	err := w.windows(ctx, yield)
	if err == nil {
		err = w.updates(ctx, yield)
	}
	if errors.Is(err, errStopped) {
		return nil
	}
	return err
}

func (w *walk) windows(ctx context.Context, yield func(paylinks.Payment, error) bool) error {
	for end := w.to; end.After(w.from); {
		start := span.Later(w.from, end.Add(-w.length))
		if start.Before(w.told) && end.After(w.told) { // a window is told or it isn't
			start = w.told
		}
		window, err := w.read(ctx, start, end)
		switch width := end.Sub(start); {
		case errors.Is(err, errTooMany) && width > shortest:
			w.length = max((width / 2).Truncate(time.Second), shortest)
			continue
		case err != nil:
			return err
		case window.total < w.config.MaxRows/4:
			w.length = min(2*w.length, w.config.Window)
		}
		if err := w.settle(ctx, window, yield); err != nil {
			return err
		}
		end = start
	}
	return nil
}

// window is what lies between two times.
type window struct {
	start time.Time
	// total is how many rows there are, those that aren't of interest with them.
	total int
	rows  []row
	bad   []*paylinks.BadRow
}

// read reads a window, without the rows that the window before had too.
func (w *walk) read(ctx context.Context, start, end time.Time) (window, error) {
	got := window{start: start}
	seen, seam := map[string]bool{}, map[string]bool{}
	for number := 1; ; number++ {
		page, err := w.page(ctx, start, end, number)
		if err != nil {
			return got, err
		}
		if number == 1 && (page.TotalItems > w.config.MaxRows || page.TotalItems >= largestWindow) && end.Sub(start) > shortest {
			return got, errTooMany
		}
		got.total += len(page.Details)
		for _, raw := range page.Details {
			row, wrong := readRow(raw)
			key := row.key()
			if row.ID != "" {
				if seen[key] || w.seam[key] {
					continue
				}
				seen[key] = true
				if !row.initiated.After(start) || !row.updated.After(start) {
					seam[key] = true
				}
			}
			switch {
			case wrong != nil:
				got.bad = append(got.bad, wrong)
			case row.kind != other && row.initiated.Before(w.to):
				got.rows = append(got.rows, row)
			}
		}
		if number >= page.TotalPages || len(page.Details) == 0 {
			w.seam = seam
			return got, nil
		}
	}
}

// page reads one page. A window that is too young for PayPal has none.
func (w *walk) page(ctx context.Context, start, end time.Time, number int) (api.Page, error) {
	var page api.Page
	err := w.call(ctx, func() (err error) {
		page, err = w.api.Transactions(ctx, api.Search{
			From: start, To: end, All: w.config.Authorizations, Page: number, PageSize: w.config.PageSize,
		})
		return err
	})
	switch {
	case tooLarge(err) && end.Sub(start) > shortest:
		return api.Page{}, errTooMany
	case notAvailable(err) && start.After(w.config.Now().Add(-recent)):
		return api.Page{}, nil
	default:
		return page, err
	}
}

// settle puts a window's rows together and yields its payments.
func (w *walk) settle(ctx context.Context, got window, yield func(paylinks.Payment, error) bool) error {
	told := !got.start.Before(w.told)
	for _, wrong := range got.bad {
		if !told && !yield(paylinks.Payment{}, wrong) {
			return errStopped
		}
	}
	roots := w.gather(got.rows)
	clear(got.rows) // what is yielded is the caller's
	for i := range roots {
		root := roots[i]
		roots[i] = row{}
		family := w.waiting[root.ID]
		delete(w.waiting, root.ID)
		if told {
			continue
		}
		if err := ctx.Err(); err != nil {
			return patience.Ended(err)
		}
		payment := fold(root, family, w.config.Now())
		if i == len(roots)-1 {
			payment.Checkpoint = checkpoint(got.start, w.to)
		}
		if !yield(payment, nil) {
			return errStopped
		}
	}
	return nil
}

// gather is the window's payments, each once. What refers to a payment waits for it.
func (w *walk) gather(rows []row) []row {
	var roots []row
	at := map[string]int{}
	for _, r := range rows {
		switch {
		case r.kind == follower:
			w.waiting[r.ReferenceID] = append(w.waiting[r.ReferenceID], r)
			continue
		case r.kind == payment && w.config.Authorizations && r.ReferenceType == typeTransaction:
			// A capture: its authorization isn't a payment of its own any more.
			capture := r
			capture.raw = nil
			w.waiting[r.ReferenceID] = append(w.waiting[r.ReferenceID], capture)
		}
		// PayPal can list one id twice, once for its effect on the balance and once without. The later one knows more.
		if i, again := at[r.ID]; again {
			if r.updated.After(roots[i].updated) {
				roots[i] = r
			}
			continue
		}
		at[r.ID] = len(roots)
		roots = append(roots, r)
	}
	return slices.DeleteFunc(roots, func(r row) bool {
		captured := r.kind == authorization && slices.ContainsFunc(w.waiting[r.ID], func(f row) bool { return f.kind == payment })
		if captured {
			delete(w.waiting, r.ID)
		}
		return captured
	})
}

// checkpoint says from when on a walk has yielded all, and where it ends: a resumed walk has the same windows behind it although time has gone on.
func checkpoint(told, to time.Time) string {
	return told.Format(time.RFC3339) + "/" + to.Format(time.RFC3339)
}

func readCheckpoint(s string) (told, to time.Time, ok bool) {
	first, second, _ := strings.Cut(s, "/")
	told, err := time.Parse(time.RFC3339, first)
	if err != nil {
		return told, to, false
	}
	to, err = time.Parse(time.RFC3339, second)
	return told.UTC(), to.UTC(), err == nil && !to.Before(told)
}
