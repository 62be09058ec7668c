package paylinks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func buyerRefused() fault { return refused(paylinks.RefusedBuyer) }

// Which provider ends up active, for what each of them says.
func TestProvidersAreTriedInTurn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		one, two, three fault
		active          string
		status          paylinks.OrderStatus
		outcomes        []string
		code            paylinks.Code
	}{
		"the first accepts":              {active: "one", status: paylinks.OrderPending, outcomes: []string{"one accepted"}},
		"the first rejects":              {one: buyerRefused(), active: "two", status: paylinks.OrderPending, outcomes: []string{"one rejected", "two accepted"}},
		"the first can't be reached":     {one: refusedConn(), active: "two", status: paylinks.OrderPending, outcomes: []string{"one unavailable", "two accepted"}},
		"the first has no time":          {one: refused(paylinks.RefusedRate), active: "two", status: paylinks.OrderPending, outcomes: []string{"one unavailable", "two accepted"}},
		"the first refuses our key":      {one: refused(paylinks.RefusedCredentials), active: "two", status: paylinks.OrderPending, outcomes: []string{"one unavailable", "two accepted"}},
		"only the last accepts":          {one: buyerRefused(), two: refusedConn(), active: "three", status: paylinks.OrderPending, outcomes: []string{"one rejected", "two unavailable", "three accepted"}},
		"all reject":                     {one: buyerRefused(), two: buyerRefused(), three: buyerRefused(), status: paylinks.OrderFailed, outcomes: []string{"one rejected", "two rejected", "three rejected"}, code: paylinks.CodeBuyerRejected},
		"two reject, one isn't there":    {one: buyerRefused(), two: refusedConn(), three: buyerRefused(), status: paylinks.OrderPending, outcomes: []string{"one rejected", "two unavailable", "three rejected"}, code: paylinks.CodeProviderUnavailable},
		"none is there":                  {one: refusedConn(), two: refusedConn(), three: refusedConn(), status: paylinks.OrderPending, outcomes: []string{"one unavailable", "two unavailable", "three unavailable"}, code: paylinks.CodeProviderUnavailable},
		"nobody takes our key":           {one: refused(paylinks.RefusedCredentials), two: refused(paylinks.RefusedCredentials), three: refused(paylinks.RefusedCredentials), status: paylinks.OrderPending, outcomes: []string{"one unavailable", "two unavailable", "three unavailable"}, code: paylinks.CodeProviderError},
		"the first doesn't answer":       {one: timeout(), status: paylinks.OrderUnknown, outcomes: []string{"one unknown"}, code: paylinks.CodeProviderTimeout},
		"the first one's answer is lost": {one: lost(), status: paylinks.OrderUnknown, outcomes: []string{"one unknown"}, code: paylinks.CodeProviderTimeout},
		"the second doesn't answer":      {one: buyerRefused(), two: timeout(), status: paylinks.OrderUnknown, outcomes: []string{"one rejected", "two unknown"}, code: paylinks.CodeProviderTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t)
			for id, f := range map[string]fault{"one": test.one, "two": test.two, "three": test.three} {
				m.providers[id].next("create", f)
			}
			result, err := m.CreateOrder(t.Context(), orderOf("one", "two", "three"))
			order := m.order().Order
			assert.Equal(t, test.outcomes, outcomes(order.Attempts))
			assert.Equal(t, test.status, order.Status)
			assert.Equal(t, test.active, order.ActiveGateway)
			assert.Equal(t, "POS-77", order.OrderID)
			if test.code == "" {
				require.NoError(t, err)
				assert.Equal(t, test.active, result.Paylink.Provider)
				assert.Equal(t, order.PaylinkID, result.Paylink.ID)
				assert.Equal(t, order.ID, result.Paylink.OrderRef)
				assert.Equal(t, "POS-77", result.Paylink.OrderID)
				assert.True(t, order.OpenPaylink)
				assert.Equal(t, test.active+"-links", order.AppSlug())
				return
			}
			e := asError(t, err)
			assert.Equal(t, test.code, e.Code)
			assert.Equal(t, "POS-77", e.OrderID)
			assert.Equal(t, test.outcomes, outcomes(e.Attempts))
			assert.Equal(t, test.code == paylinks.CodeProviderTimeout, e.Outcome == paylinks.OutcomeUnknown)
		})
	}
}

func TestARejectionByAllHasWhatTheBuyerShouldRead(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].reject = &paylinks.Snapshot{Status: paylinks.StatusRejected, Reason: "too_high", Messages: &paylinks.Messages{EN: "Sorry", AR: "نأسف"}}
	_, err := m.CreateOrder(t.Context(), orderOf("one"))
	e := asError(t, err)
	assert.Equal(t, paylinks.CodeBuyerRejected, e.Code)
	assert.Equal(t, paylinks.NotApplied, e.Outcome)
	assert.Equal(t, "too_high", e.Reason)
	assert.Equal(t, "نأسف", e.Messages.AR)
	assert.Equal(t, paylinks.StatusRejected, m.link(e.PaylinkID).Status)
}

func TestAnOrderIsTriedWithItsLines(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	link := m.ordered("one").Paylink
	require.Len(t, link.Items, 1)
	assert.Equal(t, "SKU-1", link.Items[0].SKU)
	assert.Equal(t, "149.50", link.Items[0].UnitPrice.String())
	assert.Equal(t, paylinks.Phone("+966500000001"), link.SendTo)
}

func TestProvidersThatAreNotTried(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change   func(*market, *paylinks.OrderRequest)
		skipped  []paylinks.OrderAttempt
		warnings []string
	}{
		"one that nobody knows": {
			func(_ *market, r *paylinks.OrderRequest) { r.Providers = []string{"zeta", "one"} }, nil,
			[]string{`unsupported provider "zeta" was skipped`},
		},
		"one named twice": {
			func(_ *market, r *paylinks.OrderRequest) { r.Providers = []string{"one", "one"} }, nil,
			[]string{`provider "one" was named twice`},
		},
		"one without an app": {
			func(_ *market, r *paylinks.OrderRequest) {
				r.Providers, r.Catalogue = []string{"far", "one"}, []paylinks.Info{{ID: "far", Kind: paylinks.KindBNPL}}
			},
			[]paylinks.OrderAttempt{{Provider: "far", Outcome: paylinks.AttemptSkipped, Reason: "no_app"}},
			nil,
		},
		"one that doesn't take the currency": {
			func(m *market, r *paylinks.OrderRequest) {
				r.Providers, m.providers["two"].info.Currencies = []string{"two", "one"}, []paylinks.Currency{paylinks.KWD}
			},
			[]paylinks.OrderAttempt{{Provider: "two", OrgAppID: "two-main", Outcome: paylinks.AttemptSkipped, Reason: "unsupported_currency"}},
			nil,
		},
		"one that wants a phone": {
			func(m *market, r *paylinks.OrderRequest) {
				r.Providers, r.BuyerPhone = []string{"two", "one"}, ""
				m.providers["two"].info.RequiredFields = []paylinks.Field{{Name: "phone_number"}}
			},
			[]paylinks.OrderAttempt{{Provider: "two", OrgAppID: "two-main", Outcome: paylinks.AttemptSkipped, Reason: "missing_buyer_phone"}},
			nil,
		},
		"a gateway behind others": {
			func(_ *market, r *paylinks.OrderRequest) { r.Providers = []string{"one", "gate"} },
			[]paylinks.OrderAttempt{{Provider: "gate", OrgAppID: "till", Outcome: paylinks.AttemptSkipped, Reason: "gateway_beside_links"}},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t)
			req := orderOf()
			test.change(m, &req)
			result, err := m.CreateOrder(t.Context(), req)
			require.NoError(t, err)
			assert.Equal(t, "one", result.Order.ActiveGateway)
			assert.Equal(t, test.warnings, result.Warnings)
			var skipped []paylinks.OrderAttempt
			for _, a := range result.Order.Attempts {
				if a.Outcome == paylinks.AttemptSkipped {
					skipped = append(skipped, a)
				}
			}
			assert.Equal(t, test.skipped, skipped)
			assert.Equal(t, "one accepted", outcomes(result.Order.Attempts)[len(result.Order.Attempts)-1])
		})
	}
}

func TestWithoutAUsableProviderThereIsNoOrder(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	req := orderOf("zeta", "far")
	req.Catalogue = []paylinks.Info{{ID: "far", Kind: paylinks.KindBNPL}}
	_, err := m.CreateOrder(t.Context(), req)
	e := asError(t, err)
	assert.Equal(t, paylinks.CodeNoUsableProvider, e.Code)
	assert.Equal(t, []string{"far skipped"}, outcomes(e.Attempts))
	_, err = m.GetOrder(t.Context(), "POS-77")
	require.ErrorIs(t, err, paylinks.CodeNotFound)
	m.ordered("one") // the order_id is free
}

func TestOrderRequestsThatAreWrong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*paylinks.OrderRequest)
		code   paylinks.Code
		fields []string
	}{
		"no provider":         {func(r *paylinks.OrderRequest) { r.Providers = nil }, paylinks.CodeValidationFailed, []string{"providers"}},
		"no amount":           {func(r *paylinks.OrderRequest) { r.Amount = "" }, paylinks.CodeValidationFailed, []string{"order.total_amount"}},
		"too many decimals":   {func(r *paylinks.OrderRequest) { r.Amount = "1.234" }, paylinks.CodeValidationFailed, []string{"order.total_amount"}},
		"no currency":         {func(r *paylinks.OrderRequest) { r.Currency = "" }, paylinks.CodeValidationFailed, []string{"order.currency"}},
		"unknown currency":    {func(r *paylinks.OrderRequest) { r.Currency = "XXX" }, paylinks.CodeUnsupportedCurrency, []string{"order.currency"}},
		"order id too long":   {func(r *paylinks.OrderRequest) { r.OrderID = string(make([]rune, 256)) }, paylinks.CodeValidationFailed, []string{"order.order_id"}},
		"phone":               {func(r *paylinks.OrderRequest) { r.BuyerPhone = "1" }, paylinks.CodeValidationFailed, []string{"buyer_phone"}},
		"language":            {func(r *paylinks.OrderRequest) { r.Lang = "fr" }, paylinks.CodeValidationFailed, []string{"lang"}},
		"a line without all":  {func(r *paylinks.OrderRequest) { r.Items = []paylinks.ItemRequest{{}} }, paylinks.CodeValidationFailed, []string{"order.line_items[0].name", "order.line_items[0].qty", "order.line_items[0].price"}},
		"lines that differ":   {func(r *paylinks.OrderRequest) { r.Items[0].UnitPrice = "149.49" }, paylinks.CodeItemsTotalMismatch, []string{"order.line_items"}},
		"everything at once":  {func(r *paylinks.OrderRequest) { r.Providers, r.Amount, r.Lang = nil, "x", "fr" }, paylinks.CodeValidationFailed, []string{"providers", "lang", "order.total_amount"}},
		"a key with spaces":   {func(r *paylinks.OrderRequest) { r.IdempotencyKey = "a b" }, paylinks.CodeValidationFailed, []string{"idempotency_key"}},
		"an app of another's": {func(r *paylinks.OrderRequest) { r.OrgAppIDs = map[string]string{"one": "two-main"} }, paylinks.CodeOrgAppNotFound, nil},
		"an app that isn't":   {func(r *paylinks.OrderRequest) { r.OrgAppIDs = map[string]string{"one": "nowhere"} }, paylinks.CodeOrgAppNotFound, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMarket(t)
			req := orderOf("one")
			test.change(&req)
			_, err := m.CreateOrder(t.Context(), req)
			e := asError(t, err)
			assert.Equal(t, test.code, e.Code)
			assert.Equal(t, paylinks.NotApplied, e.Outcome)
			var fields []string
			for _, f := range e.Fields {
				fields = append(fields, f.Field)
			}
			assert.Equal(t, test.fields, fields)
			assert.Zero(t, m.providers["one"].count("create"))
		})
	}
}

func TestSeveralAppsOfOneProviderMustBeNamed(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	second := newFakeProvider()
	second.info.ID = "one"
	m.apps["one-second"] = second
	_, err := m.CreateOrder(t.Context(), orderOf("one"))
	e := asError(t, err)
	require.Equal(t, paylinks.CodeValidationFailed, e.Code)
	assert.Equal(t, "org_app_ids.one", e.Fields[0].Field)

	// A caller with one of them needs no name.
	ctx := paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "till", OrgApps: []string{"one-second"}})
	result, err := m.CreateOrder(ctx, orderOf("one"))
	require.NoError(t, err)
	assert.Equal(t, "one-second", result.Paylink.OrgAppID)

	req := orderOf("one")
	req.OrgAppIDs = map[string]string{"one": "one-main"}
	result, err = m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, "one-main", result.Paylink.OrgAppID)
}

func TestAnOrderIDIsMadeWhereThereIsNone(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	req := orderOf("one")
	req.OrderID = ""
	first, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	second, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	assert.NotEmpty(t, first.Order.OrderID)
	assert.NotEqual(t, first.Order.OrderID, second.Order.OrderID)
	assert.Equal(t, first.Order.OrderID, first.Paylink.OrderID)
}

func TestAnOrderIDIsUniquePerCaller(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.ordered("one")
	_, err := m.CreateOrder(t.Context(), orderOf("two"))
	require.ErrorIs(t, err, paylinks.CodeOrderExists)
	assert.Equal(t, "POS-77", asError(t, err).OrderID)
	assert.Zero(t, m.providers["two"].count("create"))

	other := paylinks.WithCaller(t.Context(), paylinks.Caller{ID: "other"})
	_, err = m.GetOrder(other, "POS-77")
	require.ErrorIs(t, err, paylinks.CodeNotFound)
	_, err = m.NextProvider(other, "POS-77", paylinks.NextRequest{CancelCurrent: true})
	require.ErrorIs(t, err, paylinks.CodeNotFound)
	_, err = m.CreateOrder(other, orderOf("two"))
	require.NoError(t, err)
	page, err := m.ListOrders(other, paylinks.ListOrdersRequest{})
	require.NoError(t, err)
	require.Len(t, page.Orders, 1)
	assert.Equal(t, "two", page.Orders[0].ActiveGateway)
}

func TestTheSameKeyGetsTheSameOrder(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	req := orderOf("one", "two")
	req.IdempotencyKey = "k"
	first, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	second, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, first.Paylink.ID, second.Paylink.ID)
	assert.Equal(t, 1, m.providers["one"].count("create"))

	req.Amount, req.Items = "150.00", nil
	_, err = m.CreateOrder(t.Context(), req)
	require.ErrorIs(t, err, paylinks.CodeIdempotencyMismatch)

	// Not even once the buyer was rejected on the page does a repeated call ask anybody else.
	m.end(first.Paylink, paylinks.StatusRejected)
	req = orderOf("one", "two")
	req.IdempotencyKey = "k"
	again, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, first.Order.OrderID, again.Order.OrderID)
	assert.Zero(t, m.providers["two"].count("create"))
}

func TestTheSameKeyWithoutAnOrderIDGetsTheSameOrder(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	req := orderOf("one")
	req.OrderID, req.IdempotencyKey = "", "k"
	first, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	second, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, first.Order.OrderID, second.Order.OrderID)
}

func TestTheSameKeyGoesOnWhereNobodyWasThere(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].next("create", buyerRefused())
	m.providers["two"].next("create", refusedConn())
	req := orderOf("one", "two")
	req.IdempotencyKey = "k"
	_, err := m.CreateOrder(t.Context(), req)
	require.ErrorIs(t, err, paylinks.CodeProviderUnavailable)
	result, err := m.CreateOrder(t.Context(), req)
	require.NoError(t, err)
	assert.Equal(t, "two", result.Order.ActiveGateway)
	assert.Equal(t, []string{"one rejected", "two unavailable", "two accepted"}, outcomes(result.Order.Attempts))
	assert.Equal(t, 1, m.providers["one"].count("create"), "who has rejected isn't asked again")
}

func TestAnUnknownOutcomeStopsTheWayUntilItIsSettled(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.providers["one"].next("create", lost())
	req := orderOf("one", "two")
	req.IdempotencyKey = "k"
	for range 3 {
		_, err := m.CreateOrder(t.Context(), req)
		require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
		_, err = m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{CancelCurrent: true})
		require.ErrorIs(t, err, paylinks.CodeOrderHasOpenPaylink, "the link may be there")
	}
	assert.Zero(t, m.providers["two"].count("create"))

	// Nobody can pay it any more: the order is free for the next provider, and nobody is asked by itself.
	m.clock.Advance(21 * time.Minute)
	m.settle()
	order := m.order().Order
	assert.Equal(t, paylinks.OrderPending, order.Status)
	assert.Equal(t, []string{"one unknown"}, outcomes(order.Attempts))
	assert.Zero(t, m.providers["two"].count("create"))
	result, err := m.NextProvider(t.Context(), "POS-77", paylinks.NextRequest{})
	require.NoError(t, err)
	assert.Equal(t, "two", result.Paylink.Provider)
	assert.Equal(t, 1, m.providers["one"].count("create"))
}

// A provider that can be asked for our reference settles the order by that.
func TestAnUnknownOutcomeIsSettledByReference(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	found := &findingProvider{fakeProvider: m.providers["one"]}
	found.info.Capabilities = append(found.info.Capabilities, paylinks.CanFindByReference)
	m.apps["one-main"] = found
	m.providers["one"].next("create", lost())
	req := orderOf("one", "two")
	_, err := m.CreateOrder(t.Context(), req)
	require.ErrorIs(t, err, paylinks.CodeProviderTimeout)
	m.clock.Advance(time.Minute)
	m.settle()
	result := m.order()
	assert.Equal(t, paylinks.OrderPending, result.Order.Status)
	assert.Equal(t, "one", result.Order.ActiveGateway)
	assert.Equal(t, paylinks.StatusCreated, result.Paylink.Status)
	assert.Equal(t, []string{"one accepted"}, outcomes(result.Order.Attempts))
	assert.Equal(t, 1, m.providers["one"].effect("create"))
}
