package client_test

import (
	"context"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/client"
)

// calls is every call of a client, and whether it has an effect. Watch isn't here: it waits for the API's answer.
func calls() map[string]struct {
	effect bool
	make   func(context.Context, *client.Client) error
} {
	type call = struct {
		effect bool
		make   func(context.Context, *client.Client) error
	}
	return map[string]call{
		"Create": {true, func(ctx context.Context, c *client.Client) error { return second(c.Create(ctx, sale("POS-1"))) }},
		"Get":    {false, func(ctx context.Context, c *client.Client) error { return second(c.Get(ctx, "plk_1")) }},
		"List":   {false, func(ctx context.Context, c *client.Client) error { return second(c.List(ctx, paylinks.ListRequest{})) }},
		"Capture": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.Capture(ctx, "plk_1", paylinks.CaptureRequest{}))
		}},
		"Cancel": {true, func(ctx context.Context, c *client.Client) error { return second(c.Cancel(ctx, "plk_1")) }},
		"Refund": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.Refund(ctx, "plk_1", paylinks.RefundRequest{}))
		}},
		"Send": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.Send(ctx, "plk_1", paylinks.SendRequest{}))
		}},
		"Resolve": {true, func(ctx context.Context, c *client.Client) error { return c.Resolve(ctx, "plk_1", "r-1", true) }},
		"Forget":  {true, func(ctx context.Context, c *client.Client) error { return c.Forget(ctx, "plk_1") }},
		"Events":  {false, func(ctx context.Context, c *client.Client) error { return second(c.Events(ctx, "plk_1", 0, 0)) }},
		"QR":      {false, func(ctx context.Context, c *client.Client) error { return second(c.QR(ctx, "plk_1", "", 0)) }},
		"QR, SVG": {false, func(ctx context.Context, c *client.Client) error { return second(c.QR(ctx, "plk_1", "svg", 0)) }},

		"CreateOrder": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.CreateOrder(ctx, paylinks.OrderRequest{}))
		}},
		"GetOrder": {false, func(ctx context.Context, c *client.Client) error { return second(c.GetOrder(ctx, "S-1")) }},
		"ListOrders": {false, func(ctx context.Context, c *client.Client) error {
			return second(c.ListOrders(ctx, paylinks.ListOrdersRequest{}))
		}},
		"NextProvider": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.NextProvider(ctx, "S-1", paylinks.NextRequest{}))
		}},

		"SyncPayments": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.SyncPayments(ctx, paylinks.SyncRequest{}))
		}},
		"GetSync": {false, func(ctx context.Context, c *client.Client) error { return second(c.GetSync(ctx, "syn_1")) }},
		"ListPayments": {false, func(ctx context.Context, c *client.Client) error {
			return second(c.ListPayments(ctx, paylinks.ListPaymentsRequest{}))
		}},
		"Report": {false, reported},

		"AddEndpoint": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.AddEndpoint(ctx, paylinks.EndpointRequest{}))
		}},
		"Endpoints":      {false, func(ctx context.Context, c *client.Client) error { return second(c.Endpoints(ctx)) }},
		"Endpoint":       {false, func(ctx context.Context, c *client.Client) error { return second(c.Endpoint(ctx, "ep_1")) }},
		"RotateEndpoint": {true, func(ctx context.Context, c *client.Client) error { return second(c.RotateEndpoint(ctx, "ep_1")) }},
		"DisableEndpoint": {true, func(ctx context.Context, c *client.Client) error {
			return second(c.DisableEndpoint(ctx, "ep_1", true))
		}},
		"DeleteEndpoint": {true, func(ctx context.Context, c *client.Client) error { return c.DeleteEndpoint(ctx, "ep_1") }},
		"ListDeliveries": {false, func(ctx context.Context, c *client.Client) error {
			return second(c.ListDeliveries(ctx, "ep_1", paylinks.ListDeliveriesRequest{}))
		}},
		"GetDelivery": {false, func(ctx context.Context, c *client.Client) error { return second(c.GetDelivery(ctx, "ep_1", "dlv_1")) }},
		"Resend":      {true, func(ctx context.Context, c *client.Client) error { return second(c.Resend(ctx, "ep_1", "dlv_1")) }},

		"Providers":      {false, func(ctx context.Context, c *client.Client) error { return second(c.Providers(ctx)) }},
		"ProviderConfig": {false, func(ctx context.Context, c *client.Client) error { return second(c.ProviderConfig(ctx, "tabby")) }},
		"Ready":          {false, func(ctx context.Context, c *client.Client) error { return c.Ready(ctx) }},
	}
}

func reported(ctx context.Context, c *client.Client) error {
	var last error
	for row, err := range c.Report(ctx, paylinks.ReportRequest{}) {
		last = second(row, err)
	}
	return last
}

// Load balancers, captive portals and maintenance pages say 200 to everything.
func TestOnlyTheAPIsOwnAnswerIsAnAnswer(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	answers := map[string]reply{
		"a page":                       says(200, "<html>welcome</html>", "Content-Type", "text/html"),
		"a page without a type":        says(200, "<html>welcome</html>"),
		"nothing":                      says(200, ""),
		"a status":                     says(200, `{"status":"maintenance"}`, "Content-Type", asJSON),
		"another's success":            says(200, `{"success":true}`, "Content-Type", asJSON),
		"another's success, made":      says(201, `{"success":true,"status":"ok","id":null}`, "Content-Type", asJSON),
		"another's ids":                says(200, `{"success":false,"id":"","paylink_id":"plk_1"}`, "Content-Type", asJSON),
		"no object":                    says(200, `[]`, "Content-Type", asJSON),
		"a text":                       says(202, `"ok"`, "Content-Type", asJSON),
		"null":                         says(200, `null`, "Content-Type", asJSON),
		"no list":                      says(200, `{"paylinks":null,"orders":null,"payments":null,"events":null,"endpoints":null,"deliveries":null,"providers":null,"rows":null}`, "Content-Type", asJSON),
		"the API's, said to be a text": says(200, `{"success":true,"paylink_id":"plk_1","status":"ready","rows":[]}`, "Content-Type", "text/plain"),
	}
	methods := calls()
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for method, call := range methods {
				s := &script{answers: replies(answer)}
				err := call.make(t.Context(), scripted(t, s))
				var failed *paylinks.Error
				require.ErrorAs(t, err, &failed, method)
				assert.Equal(t, paylinks.CodeUnreachable, failed.Code, method)
				assert.NotEmpty(t, failed.Op, method)
				want := paylinks.NotApplied
				if call.effect {
					want = paylinks.OutcomeUnknown
				}
				assert.Equal(t, want, failed.Outcome, method)
				assert.Len(t, s.tries, 1, method)
			}
		})
	}
	t.Run("nothing at all", func(t *testing.T) { // as the answer to a deletion is
		t.Parallel()
		for method, call := range methods {
			err := call.make(t.Context(), scripted(t, &script{answers: replies(says(204, ""))}))
			if method == "DeleteEndpoint" {
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, paylinks.CodeUnreachable, method)
		}
	})
}

// Whatever a client can call is held to that.
func TestEveryCallIsAmongTheCalls(t *testing.T) {
	t.Parallel()
	made := map[string]bool{"Watch": true, "All": true, "AllOrders": true, "AllPayments": true, "AllDeliveries": true, "String": true, "GoString": true}
	for name := range calls() {
		made[name] = true
	}
	for method := range reflect.TypeFor[*client.Client]().Methods() {
		assert.True(t, made[method.Name], method.Name)
	}
}

// What an endpoint is has changed once the API has said so, whoever answers the question for its secret.
func TestAForeignSecretTakesNothingBack(t *testing.T) {
	t.Parallel()
	s := &script{answers: replies(says(201, `{"success":true,"endpoint":{"id":"ep_1","url":"https://example.com/"}}`), says(200, "<html>"))}
	_, err := scripted(t, s).AddEndpoint(t.Context(), paylinks.EndpointRequest{})
	var failed *paylinks.Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, paylinks.Applied, failed.Outcome)
	assert.Equal(t, "add endpoint", failed.Op)
}

// Another picture than the one that was asked for isn't the QR code.
func TestAQRCodeIsOfTheKindThatWasAskedFor(t *testing.T) {
	t.Parallel()
	for format, mediaType := range map[string]string{"": "image/svg+xml", "png": "image/gif", "svg": "image/png"} {
		_, err := scripted(t, &script{answers: replies(says(200, "a picture", "Content-Type", mediaType))}).QR(t.Context(), "plk_1", format, 0)
		require.ErrorIs(t, err, paylinks.CodeUnreachable)
	}
	for format, mediaType := range map[string]string{"": "image/png", "png": "image/png", "svg": "image/svg+xml; charset=utf-8"} {
		picture, err := scripted(t, &script{answers: replies(says(200, "a picture", "Content-Type", mediaType))}).QR(t.Context(), "plk_1", format, 0)
		require.NoError(t, err)
		assert.Equal(t, "a picture", string(picture))
	}
}

// A watch waits for the API's answer, whoever else answers meanwhile.
func TestAWatchTakesNoOtherAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: replies(says(200, "<html>"), says(204, ""), says(200, `{"status":"maintenance"}`), flows(streamed(1), hangs))}
		assert.Equal(t, []int64{1}, watched(t, s, 0, 1))
		assert.Len(t, s.tries, 4)
	})
}
