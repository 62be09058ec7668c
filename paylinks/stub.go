package paylinks

import (
	"context"
	"iter"
	"net/url"
)

// Create makes a payment link.
func (s *Service) Create(ctx context.Context, req CreateRequest) (*Paylink, error) { panic("stub") }

// Get reads a link, refreshed from the provider when that can change anything.
func (s *Service) Get(ctx context.Context, id string) (*Paylink, error) { panic("stub") }

// List lists links.
func (s *Service) List(ctx context.Context, req ListRequest) (Page, error) { panic("stub") }

// Capture captures.
func (s *Service) Capture(ctx context.Context, id string, req CaptureRequest) (*CaptureResult, error) {
	panic("stub")
}

// Cancel cancels.
func (s *Service) Cancel(ctx context.Context, id string) (*CancelResult, error) { panic("stub") }

// Refund refunds.
func (s *Service) Refund(ctx context.Context, id string, req RefundRequest) (*RefundResult, error) {
	panic("stub")
}

// Send sends.
func (s *Service) Send(ctx context.Context, id string) (*SendResult, error) { panic("stub") }

// Events lists the events of a link with a sequence above after, oldest first. limit is 1 to 200.
func (s *Service) Events(ctx context.Context, id string, after int64, limit int) ([]Event, error) {
	panic("stub")
}

// Watch yields the events of a link with a sequence above after, those to come included, until ctx ends or the loop breaks.
func (s *Service) Watch(ctx context.Context, id string, after int64) iter.Seq2[Event, error] {
	panic("stub")
}

// HandleWebhook takes a webhook delivery. nil means stored: answer 200. [ErrUnproven] means 401.
func (s *Service) HandleWebhook(ctx context.Context, provider, orgAppID string, req WebhookRequest) error {
	panic("stub")
}

// HandleCallback takes the query of a returning browser.
func (s *Service) HandleCallback(ctx context.Context, provider, orgAppID string, query url.Values) (CallbackResult, error) {
	panic("stub")
}

// ClaimAnswer takes an idempotency key for one request of a caller. key is a hash of the caller, method, path and Idempotency-Key.
// Not claimed means that answer is the one to replay. An error has [CodeIdempotencyMismatch] or [CodeIdempotencyInProgress].
func (s *Service) ClaimAnswer(ctx context.Context, key, fingerprint string) (answer Answer, claimed bool, err error) {
	panic("stub")
}

// KeepAnswer stores the final answer to a claimed request.
func (s *Service) KeepAnswer(ctx context.Context, claimed Answer, status int, body []byte) error {
	panic("stub")
}

// ReleaseAnswer gives a claimed key back without an answer. With bound, only the same request may take it again: its outcome isn't known yet.
func (s *Service) ReleaseAnswer(ctx context.Context, claimed Answer, bound bool) error {
	panic("stub")
}

// Run does the background work until ctx ends.
func (s *Service) Run(ctx context.Context) error { panic("stub") }
