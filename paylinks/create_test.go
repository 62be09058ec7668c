package paylinks_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestCreateStoresTheLinkBeforeTheProviderIsCalled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	block := make(chan struct{})
	h.provider.next("create", fault{block: block})
	done := make(chan error, 1)
	go func() {
		_, err := h.Create(context.WithoutCancel(t.Context()), request())
		done <- err
	}()
	require.Eventually(t, func() bool { return h.provider.count("create") == 1 }, soon, time.Millisecond)
	page, err := h.List(t.Context(), paylinks.ListRequest{})
	require.NoError(t, err)
	require.Len(t, page.Paylinks, 1)
	assert.Equal(t, paylinks.StatusCreating, page.Paylinks[0].Status)
	close(block)
	require.NoError(t, <-done)
	assert.Equal(t, paylinks.StatusCreated, h.stored(page.Paylinks[0].ID).Status)
}

func TestCreateAnswersTheStoredLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := h.created()
	assert.Equal(t, link.ID, h.stored(link.ID).ID)
	assert.Equal(t, "https://checkout.example/pay_1", link.CheckoutURL)
	assert.Equal(t, paylinks.Phone("+966500000001"), link.Buyer.Phone)
	assert.Equal(t, "150.00", link.Amount.String())
	assert.Equal(t, []paylinks.EventType{paylinks.EventCreated}, h.events(link.ID))
}

func TestCreateNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct {
		change func(*paylinks.CreateRequest)
		code   paylinks.Code
		field  string
	}{
		"no order id":           {func(r *paylinks.CreateRequest) { r.OrderID = " " }, paylinks.CodeValidationFailed, "order_id"},
		"order id too long":     {func(r *paylinks.CreateRequest) { r.OrderID = string(make([]rune, 256)) }, paylinks.CodeValidationFailed, "order_id"},
		"control characters":    {func(r *paylinks.CreateRequest) { r.OrderID = "a\x00b" }, paylinks.CodeValidationFailed, "order_id"},
		"no amount":             {func(r *paylinks.CreateRequest) { r.Amount = "" }, paylinks.CodeValidationFailed, "amount"},
		"zero":                  {func(r *paylinks.CreateRequest) { r.Amount = "0.00" }, paylinks.CodeValidationFailed, "amount"},
		"negative":              {func(r *paylinks.CreateRequest) { r.Amount = "-1" }, paylinks.CodeValidationFailed, "amount"},
		"exponent":              {func(r *paylinks.CreateRequest) { r.Amount = "1e2" }, paylinks.CodeValidationFailed, "amount"},
		"too many decimals":     {func(r *paylinks.CreateRequest) { r.Amount = "1.005" }, paylinks.CodeValidationFailed, "amount"},
		"unknown currency":      {func(r *paylinks.CreateRequest) { r.Currency = "XXX" }, paylinks.CodeUnsupportedCurrency, "currency"},
		"provider's currencies": {func(r *paylinks.CreateRequest) { r.Currency = "AED" }, paylinks.CodeUnsupportedCurrency, "currency"},
		"phone":                 {func(r *paylinks.CreateRequest) { r.BuyerPhone = "12" }, paylinks.CodeValidationFailed, "buyer_phone"},
		"e-mail":                {func(r *paylinks.CreateRequest) { r.BuyerEmail = "a b@c" }, paylinks.CodeValidationFailed, "buyer_email"},
		"language":              {func(r *paylinks.CreateRequest) { r.Lang = "fr" }, paylinks.CodeValidationFailed, "lang"},
		"metadata key":          {func(r *paylinks.CreateRequest) { r.Metadata = map[string]string{"": "x"} }, paylinks.CodeValidationFailed, "metadata"},
		"metadata value":        {func(r *paylinks.CreateRequest) { r.Metadata = map[string]string{"k": string(make([]byte, 501))} }, paylinks.CodeValidationFailed, "metadata.k"},
		"item without a name":   {func(r *paylinks.CreateRequest) { r.Items = []paylinks.ItemRequest{{Quantity: 1, UnitPrice: "150.00"}} }, paylinks.CodeValidationFailed, "items[0].name"},
		"item quantity":         {func(r *paylinks.CreateRequest) { r.Items = []paylinks.ItemRequest{{Name: "a", UnitPrice: "150.00"}} }, paylinks.CodeValidationFailed, "items[0].quantity"},
		"item picture": {func(r *paylinks.CreateRequest) {
			r.Items = []paylinks.ItemRequest{{Name: "a", Quantity: 1, UnitPrice: "150.00", ImageURL: "javascript:x"}}
		}, paylinks.CodeValidationFailed, "items[0].image_url"},
		"items that don't match": {func(r *paylinks.CreateRequest) {
			r.Items = []paylinks.ItemRequest{{Name: "a", Quantity: 1, UnitPrice: "149.99"}}
		}, paylinks.CodeItemsTotalMismatch, "items"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := request()
			test.change(&req)
			_, err := h.Create(t.Context(), req)
			e := asError(t, err)
			assert.Equal(t, test.code, e.Code)
			assert.Equal(t, paylinks.NotApplied, e.Outcome)
			require.NotEmpty(t, e.Fields)
			assert.Equal(t, test.field, e.Fields[0].Field)
			assert.NotEmpty(t, e.Fields[0].Message)
			assert.Zero(t, h.provider.count("create"))
		})
	}
}

func TestItemsAddUpWithDiscountAndTax(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	req := request()
	req.Items = []paylinks.ItemRequest{
		{Name: "two", Quantity: 2, UnitPrice: "80.00", DiscountAmount: "20.00"},
		{Name: "one", Quantity: 1, UnitPrice: "5.00", TaxAmount: "5.00"},
	}
	_, err := h.Create(t.Context(), req)
	require.NoError(t, err)
}

func TestCreateAsksForAnAppThatTheCallerMayUse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "till", OrgApps: []string{"fake-other"}})
	_, notMine := h.Create(ctx, request())
	req := request()
	req.OrgAppID = "nowhere"
	_, notThere := h.Create(ctx, req)
	require.ErrorIs(t, notMine, paylinks.CodeOrgAppNotFound)
	require.ErrorIs(t, notThere, paylinks.CodeOrgAppNotFound)

	link := h.created()
	_, err := h.Get(ctx, link.ID)
	require.ErrorIs(t, err, paylinks.CodePaylinkNotFound)
	page, err := h.List(ctx, paylinks.ListRequest{})
	require.NoError(t, err)
	assert.Empty(t, page.Paylinks)
}

func TestARejectedBuyerIsAnErrorWithTheStoredLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.reject = &paylinks.Snapshot{
		Status: paylinks.StatusRejected, ProviderStatus: "rejected", Reason: "not_available", Messages: &paylinks.Messages{EN: "Sorry", AR: "نأسف"},
	}
	_, err := h.Create(t.Context(), request())
	e := asError(t, err)
	assert.Equal(t, paylinks.CodeBuyerRejected, e.Code)
	assert.Equal(t, "not_available", e.Reason)
	assert.Equal(t, "نأسف", e.Messages.AR)
	assert.Equal(t, paylinks.StatusRejected, h.stored(e.PaylinkID).Status)
}

func TestCreateFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   fault
		code    paylinks.Code
		outcome paylinks.Outcome
		status  paylinks.Status
	}{
		"provider can't be reached": {refusedConn(), paylinks.CodeProviderUnavailable, paylinks.NotApplied, paylinks.StatusFailed},
		"too many calls":            {refused(paylinks.RefusedRate), paylinks.CodeProviderUnavailable, paylinks.NotApplied, paylinks.StatusFailed},
		"bad credentials":           {refused(paylinks.RefusedCredentials), paylinks.CodeProviderError, paylinks.NotApplied, paylinks.StatusFailed},
		"refused request":           {refused(paylinks.RefusedRequest), paylinks.CodeProviderError, paylinks.NotApplied, paylinks.StatusFailed},
		"refused buyer":             {refused(paylinks.RefusedBuyer), paylinks.CodeBuyerRejected, paylinks.NotApplied, paylinks.StatusRejected},
		"no answer":                 {timeout(), paylinks.CodeProviderTimeout, paylinks.OutcomeUnknown, paylinks.StatusCreating},
		"answer lost":               {lost(), paylinks.CodeProviderTimeout, paylinks.OutcomeUnknown, paylinks.StatusCreating},
		"an error of another kind":  {fault{err: assert.AnError}, paylinks.CodeProviderTimeout, paylinks.OutcomeUnknown, paylinks.StatusCreating},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.provider.next("create", test.fault)
			_, err := h.Create(t.Context(), request())
			e := asError(t, err)
			assert.Equal(t, test.code, e.Code)
			assert.Equal(t, test.outcome, e.Outcome)
			assert.Equal(t, test.status, h.stored(e.PaylinkID).Status)
			assert.Equal(t, 1, h.provider.count("create"), "a create is never sent twice")
		})
	}
}

func TestTheSameKeyGetsTheSameLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	req := request()
	req.IdempotencyKey = "key-1"
	first, err := h.Create(t.Context(), req)
	require.NoError(t, err)
	second, err := h.Create(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, first.ID, second.ID)
	assert.Equal(t, 1, h.provider.count("create"))

	req.Amount = "151.00"
	_, err = h.Create(t.Context(), req)
	require.ErrorIs(t, err, paylinks.CodeIdempotencyMismatch)
}

func TestTheSameKeyTriesAgainWhereNothingHappened(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.next("create", refusedConn())
	req := request()
	req.IdempotencyKey = "key-1"
	_, err := h.Create(t.Context(), req)
	require.ErrorIs(t, err, paylinks.CodeProviderUnavailable)
	link, err := h.Create(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCreated, link.Status)
}

func TestTheSameKeyWaitsForAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.next("create", lost())
	req := request()
	req.IdempotencyKey = "key-1"
	_, err := h.Create(t.Context(), req)
	first := asError(t, err)
	_, err = h.Create(t.Context(), req)
	second := asError(t, err)
	assert.Equal(t, paylinks.CodeProviderTimeout, second.Code)
	assert.Equal(t, first.PaylinkID, second.PaylinkID)
	assert.Equal(t, 1, h.provider.count("create"))
}

func TestTwoCallersOnePairOfKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	req := request()
	req.IdempotencyKey = "same"
	for _, caller := range []string{"a", "b"} {
		_, err := h.Create(paylinks.WithCaller(t.Context(), paylinks.Caller{ID: caller}), req)
		require.NoError(t, err)
	}
	assert.Equal(t, 2, h.provider.effect("create"))
}

func TestACreateWithoutKnownOutcomeFailsOnceItsSessionIsOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.provider.next("create", lost())
	_, err := h.Create(t.Context(), request())
	id := asError(t, err).PaylinkID
	for range 3 {
		h.clock.Advance(time.Minute)
		require.NoError(t, h.SettleOperations(t.Context()))
		require.Equal(t, paylinks.StatusCreating, h.stored(id).Status)
	}
	h.clock.Advance(18 * time.Minute)
	require.NoError(t, h.SettleOperations(t.Context()))
	link := h.stored(id)
	assert.Equal(t, paylinks.StatusFailed, link.Status)
	assert.Equal(t, "create_outcome_unknown", link.Reason)
	assert.Equal(t, 1, h.provider.count("create"))
	assert.Equal(t, []paylinks.EventType{paylinks.EventFailed, paylinks.EventOperationUnknown}, h.events(id))
}

func TestALinkThatCanNotBePaidIsNotHandedOut(t *testing.T) {
	t.Parallel()
	other, err := paylinks.ParseMoney("1.00", paylinks.SAR)
	require.NoError(t, err)
	for reason, answer := range map[string]paylinks.Snapshot{
		"amount_mismatch": {Ref: paylinks.Ref{PaymentID: "p"}, Status: paylinks.StatusCreated, Amount: other, CheckoutURL: "https://checkout.example/"},
		"no_checkout_url": {Ref: paylinks.Ref{PaymentID: "p"}, Status: paylinks.StatusUnknown, ProviderStatus: "weird"},
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.provider.reject = &answer
			_, err := h.Create(t.Context(), request())
			e := asError(t, err)
			assert.Equal(t, paylinks.CodeProviderError, e.Code)
			assert.Equal(t, paylinks.OutcomeUnknown, e.Outcome)
			link := h.stored(e.PaylinkID)
			assert.Equal(t, paylinks.StatusFailed, link.Status)
			assert.Equal(t, reason, link.Reason)
			assert.Equal(t, "p", link.Ref.PaymentID, "a person may look it up")
		})
	}
}

func TestAnOptionHasOneOfItsValues(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(f *fakeProvider) {
		f.info.OptionalFields = []paylinks.Field{{Name: "plan", Values: []string{"short", "long"}}, {Name: "note"}}
	})
	for _, c := range []struct {
		options map[string]string
		right   bool
	}{
		{nil, true},
		{map[string]string{"plan": "long", "note": "anything", "another": "field"}, true},
		{map[string]string{"plan": ""}, true},
		{map[string]string{"plan": "Long"}, false},
	} {
		req := request()
		req.Options = c.options
		_, err := h.Create(t.Context(), req)
		if c.right {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, paylinks.CodeValidationFailed)
		require.Equal(t, []paylinks.FieldError{{Field: "plan", Code: "invalid", Message: "plan must be one of short, long"}}, asError(t, err).Fields)
	}
	assert.Equal(t, 3, h.provider.count("create"))
}
