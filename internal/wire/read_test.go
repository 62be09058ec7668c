package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// backAndForth reads an answer as the client does and writes it as the server does.
func backAndForth[A, R any](to func(A) (R, error), from func(R) A) func([]byte) (any, error) {
	return func(data []byte) (any, error) {
		var answer A
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&answer); err != nil {
			return nil, err
		}
		read, err := to(answer)
		return from(read), err
	}
}

// Nothing that the server says is lost on the client.
func TestAnswersTravel(t *testing.T) {
	t.Parallel()
	created := backAndForth(wire.ToCreated, func(p *paylinks.Paylink) api.CreateAnswer { return wire.FromCreated(p, "", nil) })
	link := backAndForth(wire.ToPaylink, func(p *paylinks.Paylink) api.Paylink { return wire.FromPaylink(p, "") })
	links := backAndForth(wire.ToPage, func(p paylinks.Page) api.PaylinkList { return wire.FromPage(p, "") })
	capture := backAndForth(wire.ToCapture, func(r *paylinks.CaptureResult) api.CaptureAnswer { return wire.FromCapture(r, nil) })
	events := backAndForth(wire.ToEvents, func(e []paylinks.Event) api.EventList { return wire.FromEvents(e, "") })
	order := backAndForth(wire.ToOrder, func(r *paylinks.OrderResult) api.Order { return wire.FromOrder(r, "") })
	ordered := backAndForth(wire.ToOrdered, func(r *paylinks.OrderResult) api.OrderAnswer { return wire.FromOrdered(r, "", nil) })
	orders := backAndForth(wire.ToOrdersPage, wire.FromOrdersPage)
	payments := backAndForth(wire.ToPaymentsPage, wire.FromPaymentsPage)
	sync := backAndForth(wire.ToSync, wire.FromSync)
	endpoints := backAndForth(wire.ToEndpoints, wire.FromEndpoints)
	deliveries := backAndForth(wire.ToDeliveriesPage, wire.FromDeliveriesPage)
	for file, travel := range map[string]func([]byte) (any, error){
		"create": created, "create_bare": created, "get": link, "get_bare": link, "list": links, "list_empty": links,
		"capture": capture, "capture_kwd": capture,
		"cancel": backAndForth(wire.ToCancel, wire.FromCancel),
		"refund": backAndForth(wire.ToRefund, func(r *paylinks.RefundResult) api.RefundAnswer { return wire.FromRefund(r, nil) }),
		"send":   backAndForth(wire.ToSend, wire.FromSend),
		"events": events, "events_empty": events,
		"order": order, "order_settled": order, "orders": orders, "orders_empty": orders,
		"order_created": ordered, "order_sync": ordered,
		"payments": payments, "payments_empty": payments, "sync_running": sync, "sync_failed": sync,
		"sync_started": backAndForth(wire.ToSyncStarted, func(s *paylinks.Sync) api.SyncStarted { return wire.FromSyncStarted(s, nil) }),
		"endpoint":     backAndForth(wire.ToEndpoint, wire.FromEndpoint),
		"endpoints":    endpoints, "endpoints_empty": endpoints,
		"delivery":   backAndForth(wire.ToDelivery, wire.FromDelivery),
		"deliveries": deliveries, "deliveries_empty": deliveries,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join("testdata", file+".json"))
			require.NoError(t, err)
			back, err := travel(data)
			require.NoError(t, err)
			got, err := json.Marshal(back)
			require.NoError(t, err)
			want := map[string]any{}
			require.NoError(t, json.Unmarshal(data, &want))
			if file != "order_created" {
				delete(want, "warnings") // logged
			}
			if file == "events" {
				delete(want, "next_cursor")
			}
			wanted, err := json.Marshal(want)
			require.NoError(t, err)
			assert.JSONEq(t, string(wanted), string(got))
		})
	}
}

// What the client asks is what the server reads.
func TestRequestsTravel(t *testing.T) {
	t.Parallel()
	read := func(data []byte, err error) wire.Body {
		require.NoError(t, err)
		body, err := wire.ParseBody(data)
		require.NoError(t, err)
		return body
	}
	capture := paylinks.CaptureRequest{Amount: "1.50", ReferenceID: "r"}
	gotCapture, warnings, err := wire.DecodeCapture(read(wire.EncodeCapture(capture)))
	require.NoError(t, err)
	assert.Empty(t, warnings)
	assert.Equal(t, capture, gotCapture)

	refund := paylinks.RefundRequest{Amount: "1.50", ReferenceID: "r", Reason: "<too small>"}
	gotRefund, warnings, err := wire.DecodeRefund(read(wire.EncodeRefund(refund)))
	require.NoError(t, err)
	assert.Empty(t, warnings)
	assert.Equal(t, refund, gotRefund)

	order := paylinks.OrderRequest{
		Providers: []string{"tabby", "stripe"}, OrgAppIDs: map[string]string{"tabby": "a"}, OrderID: "S-1", Amount: "10.00", Currency: "SAR",
		Items: []paylinks.ItemRequest{{
			Name: "n", Quantity: 2, UnitPrice: "5.00", SKU: "s", Category: "c", ImageURL: "i", ProductURL: "p", DiscountAmount: "1.00", TaxAmount: "1.00",
		}},
		BuyerName: "b", BuyerEmail: "e", BuyerPhone: "f", Lang: "ar",
	}
	gotOrder, warnings, err := wire.DecodeOrder(read(wire.EncodeOrder(order)))
	require.NoError(t, err)
	assert.Empty(t, warnings)
	assert.Equal(t, order, gotOrder)

	next := paylinks.NextRequest{CancelCurrent: true}
	gotNext, warnings, err := wire.DecodeNext(read(wire.EncodeNext(next)))
	require.NoError(t, err)
	assert.Empty(t, warnings)
	assert.Equal(t, next, gotNext)

	endpoint := paylinks.EndpointRequest{URL: "https://x.example.test", Description: "d", Types: []paylinks.EventType{paylinks.EventCaptured}, OrgApps: []string{"a"}}
	gotEndpoint, warnings, err := wire.DecodeEndpoint(read(wire.EncodeEndpoint(endpoint)))
	require.NoError(t, err)
	assert.Empty(t, warnings)
	assert.Equal(t, endpoint, gotEndpoint)

	gotResolve, warnings, err := wire.DecodeResolve(read(wire.EncodeResolve("r", false)))
	require.NoError(t, err)
	assert.Empty(t, warnings)
	assert.Equal(t, api.ResolveRequest{ReferenceID: "r"}, gotResolve)
	_, _, err = wire.DecodeResolve(wire.Body{})
	require.ErrorIs(t, err, paylinks.CodeValidationFailed)
	var wrong *paylinks.Error
	require.ErrorAs(t, err, &wrong)
	assert.Len(t, wrong.Fields, 2)
}

// What isn't the API's answer is never taken for one: each of these lacks something that the server always sends.
func TestAForeignAnswerIsToldApart(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func([]byte) error{
		"create": reads(wire.ToCreated), "get": reads(wire.ToPaylink), "list": reads(wire.ToPage), "capture": reads(wire.ToCapture),
		"cancel": reads(wire.ToCancel), "refund": reads(wire.ToRefund), "send": reads(wire.ToSend), "resolve": reads(wire.ToResolved),
		"forget": reads(wire.ToForgotten), "events": reads(wire.ToEvents), "ordered": reads(wire.ToOrdered), "order": reads(wire.ToOrder),
		"orders": reads(wire.ToOrdersPage), "sync started": reads(wire.ToSyncStarted), "sync": reads(wire.ToSync), "payment": reads(wire.ToPayment),
		"payments": reads(wire.ToPaymentsPage), "endpoint": reads(wire.ToEndpoint), "endpoint change": reads(wire.ToEndpointChange),
		"endpoints": reads(wire.ToEndpoints), "endpoint secret": reads(wire.ToEndpointSecret), "delivery": reads(wire.ToDelivery),
		"resent": reads(wire.ToResent), "deliveries": reads(wire.ToDeliveriesPage), "providers": reads(wire.ToCatalogue),
		"provider config": reads(wire.ToProviderConfig), "ready": reads(wire.ToReady),
	} {
		for _, answer := range []string{
			`{}`, `{"success":true}`, `{"status":"maintenance"}`, `{"amount":"1e9","currency":"SAR"}`,
			`{"paylinks":[{}],"events":[{}],"orders":[{}],"payments":[{}],"deliveries":[{}],"providers":[{}]}`,
		} {
			require.ErrorIs(t, read([]byte(answer)), wire.ErrForeign, "%s %s", name, answer)
		}
	}
	require.ErrorIs(t, reads(wire.ToEndpoints)([]byte(`{"endpoints":[{}]}`)), wire.ErrForeign)
	for name, read := range map[string]func([]byte) error{ // with ids, and without the word that it has happened
		"create": reads(wire.ToCreated), "capture": reads(wire.ToCapture), "cancel": reads(wire.ToCancel), "refund": reads(wire.ToRefund),
		"send": reads(wire.ToSend), "resolve": reads(wire.ToResolved), "forget": reads(wire.ToForgotten), "ordered": reads(wire.ToOrdered),
		"sync started": reads(wire.ToSyncStarted), "endpoint change": reads(wire.ToEndpointChange),
	} {
		const ids = `"paylink_id":"p","reference_id":"r","sync_id":"s","data":{"order_id":"o"},"endpoint":{"id":"e"}`
		require.ErrorIs(t, read([]byte(`{`+ids+`}`)), wire.ErrForeign, name)
		require.NoError(t, read([]byte(`{"success":true,`+ids+`}`)), name)
	}
	const delivery = `"delivery":{"id":"d","endpoint_id":"e"}`
	require.ErrorIs(t, reads(wire.ToResent)([]byte(`{`+delivery+`}`)), wire.ErrForeign)
	require.NoError(t, reads(wire.ToResent)([]byte(`{"success":true,`+delivery+`}`)))
}

// reads is a reading of which only the error matters.
func reads[A, R any](to func(A) (R, error)) func([]byte) error {
	return func(data []byte) error {
		var answer A
		if err := json.Unmarshal(data, &answer); err != nil {
			return err
		}
		_, err := to(answer)
		return err
	}
}
