package faulttest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// sale is one order from its creation to its end, as a till drives it, and what the till was told.
type sale struct {
	world world
	till  *till
	order string
	// way is how the sale goes, a number into ways.
	way int

	link string
	// told is the furthest state that an answer has acknowledged.
	told promise
}

// promise is what an answer has acknowledged. It may never be taken back.
type promise struct {
	status             paylinks.Status
	captured, refunded string
}

// ways are the ways in which a sale can go on once its link is made. Each is cut short where the provider can't do a thing.
var ways = []struct {
	name string
	run  func(context.Context, *sale) error
}{
	{"captured whole, refunded in part", func(ctx context.Context, s *sale) error {
		return s.inTurn(ctx, s.pay, s.operate("capture", ""), s.operate("refund", "40.00"))
	}},
	{"captured in two parts, refunded whole", func(ctx context.Context, s *sale) error {
		return s.inTurn(ctx, s.pay, s.operate("capture", "50.00"), s.operate("capture", ""), s.operate("refund", ""))
	}},
	{"refunded in two parts", func(ctx context.Context, s *sale) error {
		return s.inTurn(ctx, s.pay, s.operate("capture", ""), s.operate("refund", "100.00"), s.operate("refund", "50.00"))
	}},
	{"cancelled unpaid", func(ctx context.Context, s *sale) error { return s.inTurn(ctx, s.operate("cancel", "")) }},
	{"voided", func(ctx context.Context, s *sale) error {
		return s.inTurn(ctx, s.pay, s.known, s.operate("cancel", ""))
	}},
	{"sent, and never paid", func(ctx context.Context, s *sale) error { return s.inTurn(ctx, s.operate("send", "")) }},
}

const saleAmount = "150.00"

// run is the whole sale. A link whose creation has no known outcome is given up, as its till would: it makes another.
func (s *sale) run(ctx context.Context) error {
	r, err := s.till.insist(ctx, api.PathPaylinks, "create-"+s.order, order(s.world, s.order, saleAmount))
	if err != nil {
		return err
	}
	s.link = r.link()
	if r.status == http.StatusGatewayTimeout {
		s.told.status = paylinks.StatusCreating
		return nil
	}
	if r.status != http.StatusCreated {
		return fmt.Errorf("order %s: create: %s", s.order, r)
	}
	s.told.status = paylinks.StatusCreated
	if err := ways[s.way].run(ctx, s); err != nil {
		return fmt.Errorf("%s: %w", ways[s.way].name, err)
	}
	return nil
}

func (s *sale) inTurn(ctx context.Context, steps ...func(context.Context) error) error {
	for _, step := range steps {
		if err := step(ctx); err != nil {
			if errors.Is(err, errCutShort) {
				return s.seen(ctx)
			}
			return fmt.Errorf("order %s: %w", s.order, err)
		}
	}
	return nil
}

// seen has the till read a link that is paid, as it does before it prints a receipt: without webhooks, and with a provider that takes
// few calls, it's a while until a link is looked at by itself.
func (s *sale) seen(ctx context.Context) error {
	if d, err := dealOf(s.world, s.order); err == nil && d.Status.Paid() {
		return s.till.awaitPaid(ctx, s.link)
	}
	return nil
}

// errCutShort: the provider can't do the rest of the sale.
var errCutShort = errors.New("the provider can't do that")

func (s *sale) pay(context.Context) error { return s.world.pay(s.order) }

// known waits until the API knows that the link is paid.
func (s *sale) known(ctx context.Context) error {
	if !can(s.world, paylinks.CanVoid) {
		return errCutShort
	}
	return s.till.await(ctx, s.link, paylinks.StatusAuthorized)
}

// operate is an operation on the link, named so that it's made once.
func (s *sale) operate(name, amount string) func(context.Context) error {
	return func(ctx context.Context) error {
		if partly := map[string]paylinks.Capability{"capture": paylinks.CanCapturePartly, "refund": paylinks.CanRefundPartly}[name]; amount != "" && !can(s.world, partly) {
			return errCutShort
		}
		if able := map[string]paylinks.Capability{"refund": paylinks.CanRefund, "send": paylinks.CanSend}[name]; !can(s.world, able) {
			return errCutShort
		}
		if name == "refund" {
			// A capture may have been taken for done while the provider is still to be told.
			if err := s.till.awaitCaptured(ctx, s.link); err != nil {
				return err
			}
		}
		var body map[string]any
		if amount != "" {
			body = map[string]any{"amount": amount}
		}
		path := linkPath(s.link, name)
		r, err := s.till.insist(ctx, path, name+"-"+amount+"-"+s.order, body)
		if err != nil {
			return err
		}
		if r.status == http.StatusGatewayTimeout {
			return errCutShort
		}
		if !r.ok() {
			return fmt.Errorf("%s: %s", name, r)
		}
		s.acknowledge(name, r)
		return nil
	}
}

// acknowledge notes what an answer has promised.
func (s *sale) acknowledge(name string, r reply) {
	switch name {
	case "capture":
		s.told.status, s.told.captured = r.fields.PaylinkStatus, r.fields.CapturedAmount
	case "refund":
		s.told.status, s.told.refunded = r.fields.PaylinkStatus, r.fields.RefundedAmount
	case "cancel":
		s.told.status = paylinks.Status(r.fields.Status)
	}
}

// ranks are the steps of a link's way; the ends are each other's equals.
var ranks = []paylinks.Status{
	paylinks.StatusCreating, paylinks.StatusCreated, paylinks.StatusAuthorized, paylinks.StatusPartiallyCaptured, paylinks.StatusCaptured,
	paylinks.StatusPartiallyRefunded, paylinks.StatusRefunded,
}

// broken lists the promises that the stored links don't keep.
func broken(sales []*sale, links []api.Paylink) []string {
	stored := map[string]api.Paylink{}
	for _, link := range links {
		stored[link.ID] = link
	}
	var wrong []string
	for _, s := range sales {
		if s.told.status == "" {
			continue // nothing was acknowledged
		}
		link, ok := stored[s.link]
		switch {
		case !ok:
			wrong = append(wrong, fmt.Sprintf("order %s: the acknowledged link %s is gone", s.order, s.link))
		case s.told.status.Ended() && !link.Status.Ended(),
			!s.told.status.Ended() && slices.Index(ranks, link.Status) < slices.Index(ranks, s.told.status) && !link.Status.Ended(),
			s.told.captured != "" && less(link.CapturedAmount, s.told.captured),
			s.told.refunded != "" && less(link.RefundedAmount, s.told.refunded):
			wrong = append(wrong, fmt.Sprintf("order %s: acknowledged %+v, stored %s, captured %s, refunded %s",
				s.order, s.told, link.Status, link.CapturedAmount, link.RefundedAmount))
		}
	}
	return wrong
}

// less compares two amounts in the API's form.
func less(a, b string) bool {
	x, errX := paylinks.ParseMoney(a, paylinks.SAR)
	y, errY := paylinks.ParseMoney(b, paylinks.SAR)
	return errX != nil || errY != nil || x.Cmp(y) < 0
}
