package paylinks

import "context"

// Send has the provider send an unpaid link to the buyer again. A provider that can't is an error with [CodeUnsupported]. Whether a send with an unknown
// outcome went out can't be found out, so it isn't repeated: the same IdempotencyKey gets the same error.
func (s *Service) Send(ctx context.Context, id string, req SendRequest) (_ *SendResult, err error) {
	defer named("send", &err)
	ctx, span := s.trace(ctx, "send")
	defer span.end(&err)
	link, app, err := s.open(ctx, "send", id)
	if err != nil {
		return nil, err
	}
	if err := checkKey("send", req.IdempotencyKey); err != nil {
		return nil, err
	}
	info := app.Provider.Info()
	in := intent{
		kind:      OperationSend,
		lookFirst: func(link *Paylink) bool { return link.Status == StatusCreated && s.older(link) },
		plan:      func(link *Paylink) (*Operation, error) { return planSend(link, info) },
	}
	if req.IdempotencyKey != "" {
		in.name = keyName(req.IdempotencyKey)
	}
	done, err := s.carryOut(ctx, link, app, in)
	if err != nil {
		return nil, err
	}
	return &SendResult{PaylinkID: id, Provider: done.link.Provider, Delivery: DeliverySMS, SentTo: done.link.SendTo.Masked()}, nil
}

func planSend(link *Paylink, info Info) (*Operation, error) {
	switch {
	case !info.Can(CanSend):
		return nil, conflict("send", CodeUnsupported, link, "%s can't send a link again", info.Name)
	case link.Status.Paid():
		return nil, conflict("send", CodeAlreadyPaid, link, "the link is paid: there is nothing to send")
	case link.Status != StatusCreated:
		return nil, conflict("send", CodeUnsupported, link, "a link that is %s can't be sent: make a new one", link.Status)
	case link.SendTo == "":
		var wrong fieldErrors
		wrong.add("buyer_phone", "required", "the link was made without a phone number, so it can't be sent")
		return nil, wrong.err("send")
	}
	return &Operation{}, nil
}
