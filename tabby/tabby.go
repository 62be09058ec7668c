package tabby

import (
	"context"
	"net/netip"
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/internal/api"
)

var (
	_ paylinks.Provider         = (*Provider)(nil)
	_ paylinks.Refunder         = (*Provider)(nil)
	_ paylinks.LinkSender       = (*Provider)(nil)
	_ paylinks.WebhookReceiver  = (*Provider)(nil)
	_ paylinks.WebhookRegistrar = (*Provider)(nil)
	_ paylinks.CallbackReceiver = (*Provider)(nil)
)

// Provider is one Tabby account. It's safe for concurrent use.
type Provider struct {
	config Config
	rest   *rest.Client
	ips    map[netip.Addr]bool
}

// New makes a Provider. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Provider, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	ips := make(map[netip.Addr]bool, len(config.AllowedWebhookIPs))
	for _, ip := range config.AllowedWebhookIPs {
		ips[ip.Unmap()] = true
	}
	return &Provider{
		config: config,
		ips:    ips,
		rest: rest.New(rest.Config{
			HTTPClient: config.HTTPClient, Timeout: config.Timeout, Retries: config.Retries, Logger: config.Logger,
		}),
	}, nil
}

// String names the provider. It keeps fmt from printing the credentials inside.
func (p *Provider) String() string { return "tabby.Provider" }

// GoString does the same for %#v.
func (p *Provider) GoString() string { return p.String() }

// Info describes Tabby.
func (p *Provider) Info() paylinks.Info { return Info() }

// Create makes a session and its payment.
func (p *Provider) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	session, raw, err := p.api(in.Amount.Currency()).CreateSession(ctx, p.checkout(in))
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	return p.sessionFacts(session, raw)
}

// Fetch reads the payment.
func (p *Provider) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	if err := needPayment(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	payment, raw, err := p.api(ref.Amount.Currency()).Payment(ctx, ref.PaymentID)
	return p.answered(ref, payment, raw, err)
}

// Capture captures a part or all of an authorized payment. Tabby closes the payment with the last part.
func (p *Provider) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	if err := needPayment(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	payment, raw, err := p.api(ref.Amount.Currency()).Capture(ctx, ref.PaymentID, api.Movement{
		Amount: in.Amount.String(), ReferenceID: in.Reference,
	})
	return p.answered(ref, payment, raw, err)
}

// Refund gives back a part or all of what was captured. Tabby wants the payment closed first.
func (p *Provider) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	if err := needPayment(ref); err != nil {
		return paylinks.Snapshot{}, err
	}
	payment, raw, err := p.api(ref.Amount.Currency()).Refund(ctx, ref.PaymentID, api.Movement{
		Amount: in.Amount.String(), ReferenceID: in.Reference, Reason: truncated(in.Reason),
	})
	return p.answered(ref, payment, raw, err)
}

// Cancel ends an unpaid session, or closes an authorized payment: what isn't captured goes back to the buyer.
func (p *Provider) Cancel(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	if in.Void {
		if err := needPayment(ref); err != nil {
			return paylinks.Snapshot{}, err
		}
		payment, raw, err := p.api(ref.Amount.Currency()).Close(ctx, ref.PaymentID)
		return p.answered(ref, payment, raw, err)
	}
	if !isUUID(ref.SessionID) {
		return paylinks.Snapshot{}, notACall("the link has no session id of Tabby")
	}
	session, raw, err := p.api(ref.Amount.Currency()).CancelSession(ctx, ref.SessionID)
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	return p.cancelledFacts(ref, session, raw)
}

// SendLink has Tabby send the link by SMS to the phone that the link was made with, or by push where the buyer has its app.
func (p *Provider) SendLink(ctx context.Context, ref paylinks.Ref, in paylinks.SendInput) error {
	if !isUUID(ref.SessionID) {
		return notACall("the link has no session id of Tabby")
	}
	var body *api.SendLink
	if p.config.SendLinkBody {
		body = &api.SendLink{Phone: strings.TrimPrefix(string(in.Phone), "+"), Product: "installments"}
	}
	if err := p.api(ref.Amount.Currency()).SendLink(ctx, ref.SessionID, body); err != nil {
		return refusal(err)
	}
	return nil
}

// api is the client for payments in currency.
func (p *Provider) api(currency paylinks.Currency) *api.Client {
	return &api.Client{
		REST: p.rest, BaseURL: p.config.host(currency), Key: p.config.SecretKey, MerchantCode: p.config.MerchantCode,
	}
}

// answered turns the outcome of a call on a payment into facts.
func (p *Provider) answered(ref paylinks.Ref, payment api.Payment, raw []byte, err error) (paylinks.Snapshot, error) {
	if err != nil {
		return paylinks.Snapshot{}, refusal(err)
	}
	if !strings.EqualFold(payment.ID, ref.PaymentID) {
		return paylinks.Snapshot{}, unreadable("it's about another payment", nil)
	}
	return p.paymentFacts(payment, raw)
}

func (p *Provider) testKey() bool { return environmentOf(p.config.SecretKey) == Test }

func needPayment(ref paylinks.Ref) error {
	if !isUUID(ref.PaymentID) {
		return notACall("the link has no payment id of Tabby")
	}
	return nil
}
