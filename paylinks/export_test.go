package paylinks

import "context"

// The steps of Run, for tests that make time pass themselves.

// SettleOperations settles the operations that are due, once.
func (s *Service) SettleOperations(ctx context.Context) error {
	c := newCrew(s.log, crewSize)
	_, err := s.settleOperations(ctx, c)
	c.wait()
	return err
}

// HandleWebhooks handles the webhooks that are due, once.
func (s *Service) HandleWebhooks(ctx context.Context) error {
	c := newCrew(s.log, crewSize)
	_, err := s.handleWebhooks(ctx, c)
	c.wait()
	return err
}

// CheckLinks looks at the links that are due, once.
func (s *Service) CheckLinks(ctx context.Context) error {
	c := newCrew(s.log, crewSize)
	_, err := s.checkLinks(ctx, c)
	c.wait()
	return err
}

// Advance is the transition table.
func Advance(from, to Status) (Status, bool) { return advance(from, to) }

// Statuses is every status in the order of the table.
func Statuses() []Status { return statuses[:] }

// FollowOrders brings the orders that are due up to date, once.
func (s *Service) FollowOrders(ctx context.Context) error {
	c := newCrew(s.log, crewSize)
	_, err := s.followOrders(ctx, c)
	c.wait()
	return err
}

// SettleOrderByPayment is what a sync does with each payment.
func (s *Service) SettleOrderByPayment(ctx context.Context, orgAppID string, payment Payment) error {
	return s.settleOrderByPayment(ctx, orgAppID, payment)
}

// DeliverEvents tells endpoints what is due, once.
func (s *Service) DeliverEvents(ctx context.Context) error {
	c := newCrew(s.log, crewSize)
	_, err := s.deliverEvents(ctx, c)
	c.wait()
	return err
}

// PlaceLocalEndpoint is what Run begins with.
func (s *Service) PlaceLocalEndpoint(ctx context.Context) error { return s.placeLocalEndpoint(ctx) }

// RunSyncs runs the syncs that are due, once.
func (s *Service) RunSyncs(ctx context.Context) error {
	c := newCrew(s.log, crewSize)
	_, err := s.runSyncs(ctx, c)
	c.wait()
	return err
}

// ScheduleSyncs begins the syncs whose time has come, once.
func (s *Service) ScheduleSyncs(ctx context.Context) error {
	_, err := s.scheduleSyncs(ctx)
	return err
}
