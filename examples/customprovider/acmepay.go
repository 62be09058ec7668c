package acmepay

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"github.com/paylinks/paylinks-go/paylinks"
)

var (
	_ paylinks.Provider         = (*Provider)(nil)
	_ paylinks.Refunder         = (*Provider)(nil)
	_ paylinks.LinkSender       = (*Provider)(nil)
	_ paylinks.ReferenceFinder  = (*Provider)(nil)
	_ paylinks.WebhookReceiver  = (*Provider)(nil)
	_ paylinks.CallbackReceiver = (*Provider)(nil)
)

// Provider is one account at Acme Pay. It's safe for concurrent use.
type Provider struct {
	config Config
	client client
}

// New makes a Provider. Its error names every wrong field of config, each as a [*paylinks.FieldError].
func New(config Config) (*Provider, error) {
	config = config.normalized()
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Provider{config: config, client: newClient(config)}, nil
}

// String names the provider. It keeps fmt from printing the credentials inside.
func (p *Provider) String() string { return "acmepay.Provider" }

// GoString does the same for %#v.
func (p *Provider) GoString() string { return p.String() }

// Info describes Acme Pay.
func (p *Provider) Info() paylinks.Info { return Info() }

// Create makes a link.
func (p *Provider) Create(ctx context.Context, in paylinks.CreateInput) (paylinks.Snapshot, error) {
	body, err := newLink(in)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	return rejected(facts(p.client.link(ctx, http.MethodPost, "/v1/links", body)))
}

// Fetch reads a link.
func (p *Provider) Fetch(ctx context.Context, ref paylinks.Ref) (paylinks.Snapshot, error) {
	return p.on(ctx, http.MethodGet, ref, "", nil)
}

// Capture takes a part or all of an authorized amount.
func (p *Provider) Capture(ctx context.Context, ref paylinks.Ref, in paylinks.CaptureInput) (paylinks.Snapshot, error) {
	units, err := unitsOf(in.Amount)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	return p.on(ctx, http.MethodPost, ref, "/captures", movement{Reference: in.Reference, Amount: units})
}

// Refund gives back a part or all of what was captured.
func (p *Provider) Refund(ctx context.Context, ref paylinks.Ref, in paylinks.RefundInput) (paylinks.Snapshot, error) {
	units, err := unitsOf(in.Amount)
	if err != nil {
		return paylinks.Snapshot{}, err
	}
	return p.on(ctx, http.MethodPost, ref, "/refunds", movement{Reference: in.Reference, Amount: units, Reason: in.Reason})
}

// Cancel ends an unpaid link, or gives back what is authorized and not captured.
func (p *Provider) Cancel(ctx context.Context, ref paylinks.Ref, in paylinks.CancelInput) (paylinks.Snapshot, error) {
	if in.Void {
		return p.on(ctx, http.MethodPost, ref, "/void", nil)
	}
	return p.on(ctx, http.MethodPost, ref, "/cancel", nil)
}

// SendLink has Acme Pay send the link by SMS.
func (p *Provider) SendLink(ctx context.Context, ref paylinks.Ref, in paylinks.SendInput) error {
	_, err := p.on(ctx, http.MethodPost, ref, "/send", sendLink{Phone: string(in.Phone)})
	return err
}

// FindByReference finds the link that a create call made whose answer was lost.
func (p *Provider) FindByReference(ctx context.Context, reference string, _ paylinks.Money) (paylinks.Snapshot, error) {
	list, err := p.client.links(ctx, "/v1/links?"+url.Values{"reference": {reference}}.Encode())
	switch {
	case err != nil:
		return paylinks.Snapshot{}, err
	case len(list) == 0:
		return paylinks.Snapshot{}, &paylinks.ProviderError{
			Refusal: paylinks.RefusedNotFound, Outcome: paylinks.NotApplied, Status: http.StatusOK, Message: "Acme Pay has no link of that reference",
		}
	default:
		return facts(decode(list[0]))
	}
}

// on makes a call about one link, which every such call answers with.
func (p *Provider) on(ctx context.Context, method string, ref paylinks.Ref, path string, body any) (paylinks.Snapshot, error) {
	if !isID(ref.PaymentID) {
		return paylinks.Snapshot{}, notACall("the link has no id of Acme Pay")
	}
	return facts(p.client.link(ctx, method, "/v1/links/"+ref.PaymentID+path, body))
}

var idShape = regexp.MustCompile(`^lnk_[0-9a-f]{8,40}$`)

// isID tells whether s can be an id of a link. Ids go into paths: one that comes from outside could lead anywhere.
func isID(s string) bool { return idShape.MatchString(s) }
