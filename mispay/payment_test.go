package mispay_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestWhatTracksWordsMean(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]paylinks.Status{
		"pending":            paylinks.StatusCreated,
		"in-progress":        paylinks.StatusCreated,
		"success":            paylinks.StatusAuthorized,
		"SUCCESS":            paylinks.StatusAuthorized,
		"canceled":           paylinks.StatusCancelled,
		"cancelled":          paylinks.StatusCancelled,
		"error":              paylinks.StatusFailed,
		"refunded":           paylinks.StatusUnknown,
		"partially-refunded": paylinks.StatusUnknown,
		"Refund-Pending":     paylinks.StatusUnknown,
		"paid":               paylinks.StatusUnknown,
		"expired":            paylinks.StatusUnknown,
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked(word))
			got, err := e.Fetch(t.Context(), unpaidRef(t))
			require.NoError(t, err)
			assert.Equal(t, paylinks.Snapshot{
				Ref: paylinks.Ref{Reference: reference}, ProviderStatus: word, Status: want, Raw: json.RawMessage(tracked(word)),
			}, got, "amounts that MisPay doesn't confirm stay unset")
		})
	}
}

func TestTheOuterSuccessIsNoPayment(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"status":"success"}`, `{"status":"success","result":{}}`, `{"status":"success","result":null}`,
		`{"status":"success","result":"success"}`, `{"status":"success","result":{"status":null}}`, `{"status":"success","result":{"status":{}}}`,
	} {
		e := newExchange(t)
		e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, body)
		_, err := e.Fetch(t.Context(), unpaidRef(t))
		assert.Equal(t, paylinks.Unreachable, providerError(t, err).Refusal, body)
	}
}

func TestFetchTakesWhatElseTrackShows(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, result string
		paymentID    string
		amount       string
		wrong        bool
	}{
		{"a checkout id", `{"status":"success","orderId":"` + orderID + `","checkoutId":"c1"}`, "c1", "", false},
		{"a checkout id that is none", `{"status":"success","orderId":"` + orderID + `","checkoutId":"../refund"}`, "", "", false},
		{"an amount as a string", `{"status":"success","purchaseAmount":"247.2500","purchaseCurrency":"SAR"}`, "", "247.25", false},
		{"an amount as a number", `{"status":"success","purchaseAmount":247.25}`, "", "247.25", false},
		{"another amount, for the Service to see", `{"status":"success","purchaseAmount":"1.00"}`, "", "1.00", false},
		{"no order", `{"status":"success"}`, "", "", false},
		{"another order", `{"status":"success","orderId":"POS-77_0197c2a4-0000-7e8f-9a0b-1c2d3e4f5a6b"}`, "", "", true},
		{"an order of another system", `{"status":"success","orderId":"abc-123"}`, "", "", true},
		{"another currency", `{"status":"success","purchaseAmount":"247.25","purchaseCurrency":"AED"}`, "", "", true},
		{"another currency alone", `{"status":"success","purchaseCurrency":"AED"}`, "", "", true},
		{"an unknown currency", `{"status":"success","purchaseAmount":"247.25","purchaseCurrency":"riyal"}`, "", "", true},
		{"an amount that is none", `{"status":"success","purchaseAmount":"2e2"}`, "", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, `{"status":"success","result":`+tt.result+`}`)
			got, err := e.Fetch(t.Context(), unpaidRef(t))
			if tt.wrong {
				failed := providerError(t, err)
				assert.Equal(t, paylinks.Unreachable, failed.Refusal)
				assert.Empty(t, got, "facts about something else are no facts")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusAuthorized, got.Status)
			assert.Equal(t, tt.paymentID, got.Ref.PaymentID)
			assert.Equal(t, tt.amount != "", got.Amount.IsSet())
			if tt.amount != "" {
				assert.True(t, sar(t, tt.amount).Equal(got.Amount))
			}
			assert.False(t, got.Captured.IsSet())
			assert.False(t, got.Refunded.IsSet())
		})
	}
}

func TestAnIDThatCantBeMisPaysIsNeverPutIntoAPath(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	for _, id := range []string{"", "../refund", "a b", "a?b", "a%2fb", "ü"} {
		ref := paidRef(t)
		ref.SessionID, ref.PaymentID = id, id
		_, fetch := e.Fetch(t.Context(), ref)
		_, capture := e.Capture(t.Context(), ref, paylinks.CaptureInput{Amount: ref.Amount})
		_, refund := e.Refund(t.Context(), ref, paylinks.RefundInput{Reference: "r", Amount: ref.Amount})
		_, confirm := e.Confirm(t.Context(), ref)
		for _, err := range []error{fetch, capture, refund, confirm} {
			assert.Equal(t, paylinks.NotApplied, providerError(t, err).Outcome)
		}
	}
	assert.Zero(t, e.tokens+len(e.Sent))
}

func capture(t *testing.T, e *exchange, ref paylinks.Ref) (paylinks.Snapshot, error) {
	t.Helper()
	return e.Capture(t.Context(), ref, paylinks.CaptureInput{Reference: "capture-1", Amount: ref.Amount, At: noon()})
}

func TestCaptureEndsTheCheckout(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answer(http.MethodPut, "/checkout/"+checkoutID+"/end", 200, ended)
	got, err := capture(t, e, paidRef(t))
	require.NoError(t, err)
	assert.Equal(t, paylinks.Snapshot{
		Ref:            paylinks.Ref{PaymentID: checkoutID, TransactionID: "67d142f0f0c7455f05ea9301"},
		ProviderStatus: "success",
		Status:         paylinks.StatusCaptured,
		Captured:       sar(t, "247.25"),
		Raw:            json.RawMessage(ended),
	}, got)
	assert.Empty(t, e.Bodies[0], "it has no body: it's no capture of an amount")
	assert.Equal(t, "application/json", e.Sent[0].Header.Get("Content-Type"), "and declares JSON all the same")
	assert.Len(t, e.Sent, 1)
}

func TestACheckoutThatIsEndedAlreadyIsCaptured(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"status":"error : 400","result":"checkout already ended"}`,
		`{"status":"error : 409","result":{"message":"Checkout has ALREADY been completed","code":"ME04"}}`,
		`{"status":"error : 400","result":"ExceptionType.ALREADY_CONFIRMED"}`,
	} {
		e := newExchange(t)
		e.Answer(http.MethodPut, "/checkout/"+checkoutID+"/end", 400, body)
		got, err := capture(t, e, paidRef(t))
		require.NoError(t, err, body)
		assert.Equal(t, paylinks.StatusCaptured, got.Status)
		assert.True(t, sar(t, "247.25").Equal(got.Captured))
	}
}

func TestAFailedEndNeverUnpaysAPayment(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]reply{
		"no answer":          {},
		"500":                says(500, "<html>"),
		"503":                says(503, ""),
		"429":                says(429, ""),
		"session invalid":    says(400, refusedBody("ME04")),
		"not found":          says(404, refusedBody("ME05")),
		"a page with 200":    says(200, "<html>"),
		"500 already ended":  says(500, `{"result":"already ended"}`),
		"200, but an error":  says(200, refusedBody("ME97")),
		"200 and no success": says(200, `{"status":"maybe"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			e.Answers(http.MethodPut, "/checkout/"+checkoutID+"/end", end)
			e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("success"))
			got, err := capture(t, e, paidRef(t))
			require.NoError(t, err)
			assert.Equal(t, paylinks.StatusAuthorized, got.Status)
			assert.True(t, got.FinalizePending)
			assert.Equal(t, "success", got.ProviderStatus)
			assert.False(t, got.Captured.IsSet(), "nothing is claimed to be captured")
		})
	}
}

func TestAnEndThatHangsLeavesTimeToLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newExchange(t)
		e.Mock.RegisterResponder(http.MethodPut, live+"/checkout/"+checkoutID+"/end", func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("success"))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		got, err := e.Capture(ctx, paidRef(t), paylinks.CaptureInput{Reference: "capture-1", Amount: paidRef(t).Amount})
		require.NoError(t, err)
		assert.True(t, got.FinalizePending)
		assert.NoError(t, ctx.Err())
	})
}

func TestACaptureWaitsForTheCheckoutID(t *testing.T) {
	t.Parallel()
	t.Run("track doesn't show it", func(t *testing.T) {
		t.Parallel()
		e := newExchange(t)
		e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked("success"))
		got, err := capture(t, e, unpaidRef(t))
		require.NoError(t, err)
		assert.True(t, got.FinalizePending)
		assert.Equal(t, paylinks.StatusAuthorized, got.Status)
		assert.Len(t, e.Sent, 1)
	})
	t.Run("track shows it", func(t *testing.T) {
		t.Parallel()
		e := newExchange(t)
		e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, trackedWithID("success"))
		e.Answer(http.MethodPut, "/checkout/"+checkoutID+"/end", 200, ended)
		got, err := capture(t, e, unpaidRef(t))
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCaptured, got.Status)
		assert.Equal(t, checkoutID, got.Ref.PaymentID)
		assert.False(t, got.FinalizePending)
	})
	t.Run("track shows it, and the end fails", func(t *testing.T) {
		t.Parallel()
		e := newExchange(t)
		e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, trackedWithID("success"))
		e.Answer(http.MethodPut, "/checkout/"+checkoutID+"/end", 502, "")
		got, err := capture(t, e, unpaidRef(t))
		require.NoError(t, err)
		assert.True(t, got.FinalizePending)
		assert.Equal(t, checkoutID, got.Ref.PaymentID, "it's learnt for the next try")
	})
}

func TestWhatTrackDoesntShowAsPaidIsNotCaptured(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"pending", "in-progress", "canceled", "error", "refunded"} {
		for _, ref := range []paylinks.Ref{unpaidRef(t), paidRef(t)} {
			e := newExchange(t)
			e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, tracked(word))
			e.Answer(http.MethodPut, "/checkout/"+checkoutID+"/end", 400, refusedBody("ME04"))
			_, err := capture(t, e, ref)
			refused := providerError(t, err)
			assert.Equal(t, paylinks.RefusedState, refused.Refusal, word)
			assert.Equal(t, paylinks.NotApplied, refused.Outcome)
		}
	}
}

func TestACaptureOfAnotherAmountIsRefused(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	for _, amount := range []string{"247.24", "247.26"} {
		_, err := e.Capture(t.Context(), paidRef(t), paylinks.CaptureInput{Reference: "c", Amount: sar(t, amount)})
		assert.Equal(t, paylinks.RefusedUnsupported, providerError(t, err).Refusal)
	}
	e.Answer(http.MethodGet, "/track-checkout/"+trackID, 200, `{"status":"success","result":{"status":"success","purchaseAmount":"1.00"}}`)
	_, err := capture(t, e, unpaidRef(t))
	refused := providerError(t, err)
	assert.Equal(t, paylinks.RefusedState, refused.Refusal)
	assert.Equal(t, "amount_mismatch", refused.Reason)
}

func TestACaptureThatNothingAnswersIsNoFact(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	e.Answers(http.MethodPut, "/checkout/"+checkoutID+"/end", reply{})
	e.Answer(http.MethodGet, "/track-checkout/"+trackID, 503, "")
	_, err := capture(t, e, paidRef(t))
	failed := providerError(t, err)
	assert.Equal(t, paylinks.OutcomeUnknown, failed.Outcome, "the end may have got through")

	_, err = capture(t, e, unpaidRef(t))
	failed = providerError(t, err)
	assert.Equal(t, paylinks.Unreachable, failed.Refusal)
	assert.Equal(t, paylinks.NotApplied, failed.Outcome, "without a checkout id nothing was ended")
}

func TestSkipEndCapturesOnTracksWordAlone(t *testing.T) {
	t.Parallel()
	e := newExchange(t, func(c *mispay.Config) { c.SkipEnd = true })
	e.Answers(http.MethodGet, "/track-checkout/"+trackID, says(200, tracked("success")), says(200, tracked("pending")))
	got, err := capture(t, e, paidRef(t))
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, got.Status)
	assert.True(t, sar(t, "247.25").Equal(got.Captured))
	_, err = capture(t, e, paidRef(t))
	assert.Equal(t, paylinks.RefusedState, providerError(t, err).Refusal)

	got, err = e.Confirm(t.Context(), unpaidRef(t))
	require.NoError(t, err)
	assert.Equal(t, paylinks.StatusCaptured, got.Status, "a pending one from before the switch")
}

func TestConfirmFinishesAPendingCapture(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	_, err := e.Confirm(t.Context(), unpaidRef(t))
	assert.Equal(t, "checkout_id_unknown", providerError(t, err).Reason)
	assert.Empty(t, e.Sent)

	e.Answers(http.MethodPut, "/checkout/"+checkoutID+"/end", says(503, ""), says(200, ended))
	_, err = e.Confirm(t.Context(), paidRef(t))
	assert.Equal(t, paylinks.Unreachable, providerError(t, err).Refusal)
	for range 2 {
		got, err := e.Confirm(t.Context(), paidRef(t))
		require.NoError(t, err)
		assert.Equal(t, paylinks.StatusCaptured, got.Status)
		assert.True(t, sar(t, "247.25").Equal(got.Captured))
		assert.False(t, got.FinalizePending)
	}
}

func TestCancelIsNotForMisPay(t *testing.T) {
	t.Parallel()
	e := newExchange(t)
	_, err := e.Cancel(t.Context(), unpaidRef(t), paylinks.CancelInput{Reference: "c"})
	refused(t, err, paylinks.RefusedUnsupported, paylinks.NotApplied)
	assert.Zero(t, e.tokens)
}

func TestRefundSendsWhatMisPayDocuments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		golden string
		change func(*mispay.Config)
		in     paylinks.RefundInput
	}{
		{"refund.json", func(*mispay.Config) {}, paylinks.RefundInput{Reference: "refund-1", Amount: sar(t, "47.25"), Reason: "item returned"}},
		{"refund_whole.json", func(*mispay.Config) {}, paylinks.RefundInput{Reference: "refund-2", Amount: sar(t, "247.25")}},
		{"refund_numbers.json", func(c *mispay.Config) {
			c.AmountsAsNumbers = true
			c.RefundExtra = map[string]any{"userDetails": map[string]any{"id": 7}, "amount": "999.00"}
		}, paylinks.RefundInput{Reference: "refund-3", Amount: sar(t, "7.5")}},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, tt.change)
			e.Answer(http.MethodPost, "/refund", 201, `{"status":"success","result":{}}`)
			_, err := e.Refund(t.Context(), paidRef(t), tt.in)
			require.NoError(t, err)
			goldentest.Body(t, tt.golden, e.Bodies[0])
		})
	}
}

func TestARefundsAnswerProvesThisRefundAndNoTotal(t *testing.T) {
	t.Parallel()
	for result, id := range map[string]string{
		`{}`: "", `null`: "", `"accepted"`: "", `[]`: "",
		`{"id":"r1"}`: "r1", `{"id":"r1","refundId":"r2"}`: "r2", `{"transactionId":"t3"}`: "t3", `{"refundId":77}`: "77", `{"id":{}}`: "",
	} {
		t.Run(result, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t)
			body := `{"status":"success","result":` + result + `}`
			e.Answer(http.MethodPost, "/refund", 201, body)
			got, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "refund-1", Amount: sar(t, "47.25")})
			require.NoError(t, err)
			assert.Equal(t, paylinks.Snapshot{
				Ref: paylinks.Ref{PaymentID: checkoutID}, ProviderStatus: "success", Status: paylinks.StatusUnknown,
				Refunds: []paylinks.Transaction{{ID: id, Reference: "refund-1", Amount: sar(t, "47.25")}},
				Raw:     json.RawMessage(body),
			}, got)
		})
	}
}

func TestARefundNeedsTheCheckoutID(t *testing.T) {
	t.Parallel()
	in := paylinks.RefundInput{Reference: "refund-1", Amount: sar(t, "47.25")}
	e := newExchange(t)
	_, err := e.Refund(t.Context(), unpaidRef(t), in)
	got := refused(t, err, paylinks.RefusedState, paylinks.NotApplied)
	assert.Equal(t, "checkout_id_unknown", got.Reason)
	assert.Zero(t, e.tokens+len(e.Sent), "MisPay isn't asked")

	e = newExchange(t, func(c *mispay.Config) { c.RefundFallbackToTrackID = true })
	e.Answer(http.MethodPost, "/refund", 201, `{"status":"success"}`)
	_, err = e.Refund(t.Context(), unpaidRef(t), in)
	require.NoError(t, err)
	_, err = e.Refund(t.Context(), paidRef(t), in)
	require.NoError(t, err)
	for i, want := range []string{trackID, checkoutID} {
		var body struct{ PurchaseID string }
		require.NoError(t, json.Unmarshal(e.Bodies[i], &body))
		assert.Equal(t, want, body.PurchaseID)
	}
}

func TestARefundWithNoKnownOutcomeIsSentOnce(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]reply{
		"no answer": {}, "500": says(500, ""), "502": says(502, "<html>"), "500 with a code": says(500, refusedBody("ME05")), "504": says(504, ""),
		"a page": says(201, "<html>"), "nothing": says(201, ""), "no success": says(201, `{"status":"queued"}`), "a redirect": says(302, ""), "408": says(408, ""),
		"an error of the inside": says(200, `{"status":"error : 500","result":"ExceptionType.ME97"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newExchange(t, func(c *mispay.Config) { c.Retries = 3 })
			e.Answers(http.MethodPost, "/refund", answer)
			_, err := e.Refund(t.Context(), paidRef(t), paylinks.RefundInput{Reference: "refund-1", Amount: sar(t, "47.25")})
			refused(t, err, paylinks.Unreachable, paylinks.OutcomeUnknown)
			assert.Len(t, e.Sent, 1)
		})
	}
}
