package paylinks

import "context"

// The steps of Run, for tests that make time pass themselves.

// SettleOperations settles the operations that are due, once.
func (s *Service) SettleOperations(ctx context.Context) error {
	c := newCrew()
	_, err := s.settleOperations(ctx, c)
	c.wait()
	return err
}

// HandleWebhooks handles the webhooks that are due, once.
func (s *Service) HandleWebhooks(ctx context.Context) error {
	c := newCrew()
	_, err := s.handleWebhooks(ctx, c)
	c.wait()
	return err
}

// CheckLinks looks at the links that are due, once.
func (s *Service) CheckLinks(ctx context.Context) error {
	c := newCrew()
	_, err := s.checkLinks(ctx, c)
	c.wait()
	return err
}

// Advance is the transition table.
func Advance(from, to Status) (Status, bool) { return advance(from, to) }

// Statuses is every status in the order of the table.
func Statuses() []Status { return statuses[:] }
