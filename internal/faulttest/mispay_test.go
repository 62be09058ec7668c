package faulttest

import (
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// mispayWorld is MisPay: it captures what is paid by itself, wants to be told that we know, and can neither cancel nor tell of refunds.
type mispayWorld struct {
	*mispaytest.Server
	now func() time.Time
}

func newMisPayWorld(now func() time.Time) world {
	return mispayWorld{mispaytest.New(mispaytest.Config{Now: now}), now}
}

func (mispayWorld) info() paylinks.Info { return mispay.Info() }
func (mispayWorld) path() string        { return mispaytest.BasePath }

func (mispayWorld) credentials() map[string]string {
	return map[string]string{
		"MISPAY_APP_ID": mispaytest.AppID, "MISPAY_APP_SECRET": mispaytest.AppSecret, "MISPAY_WEBHOOK_SECRET": mispaytest.WebhookSecret,
	}
}

func (w mispayWorld) provider(baseURL string, client *http.Client) (paylinks.Provider, error) {
	credentials := w.credentials()
	return mispay.FromCredentials(func(name string) string { return credentials[name] }, mispay.Config{BaseURL: baseURL, HTTPClient: client, Now: w.now})
}

func (w mispayWorld) pay(orderIDs ...string) error { return withEach(w, orderIDs, w.Pay) }
func (w mispayWorld) decline(orderID string) error { return with(w, orderID, w.Decline) }
func (w mispayWorld) giveUp(orderID string) error  { return with(w, orderID, w.Cancel) }

// dashboard does nothing: what MisPay's panel refunds shows by webhook alone, in which no later one repeats an earlier amount.
func (mispayWorld) dashboard(string, string, string) error { return errCutShort }

func (mispayWorld) ops() map[paylinks.OperationKind][]string {
	return map[paylinks.OperationKind][]string{
		"":                        {mispaytest.OpTrack},
		paylinks.OperationCreate:  {mispaytest.OpStart},
		paylinks.OperationCapture: {mispaytest.OpEnd},
		paylinks.OperationRefund:  {mispaytest.OpRefund},
	}
}

func (w mispayWorld) webhook(orderID string) (h hook, err error) {
	err = with(w, orderID, func(id string) error {
		h = hook{path: "/" + mispaytest.WebhookSecret, header: http.Header{"Content-Type": {"application/json"}}}
		h.body, err = w.Webhook(id)
		return err
	})
	return h, err
}

// forge has the secret of the path wrong, too short, too long, or after something else.
func (mispayWorld) forge(h hook, way int) hook {
	secret := mispaytest.WebhookSecret
	path := [...]string{"/wrong", "/" + secret[:len(secret)-1], "/" + secret + "s", "/x/" + secret}[way%4]
	return hook{path: path, header: h.header, body: h.body}
}

func (w mispayWorld) clock() *simulator.Clock   { return w.Clock }
func (w mispayWorld) faults() *simulator.Faults { return w.Faults }

func (w mispayWorld) deals() []deal {
	var deals []deal
	for _, p := range w.Payments() {
		d := deal{
			ID: p.TrackID, OrderID: ourOrder(p.OrderID), Native: p.Status, Status: mispayStatus(p), Amount: p.Amount.String(), Captured: "0.00",
			Refunded: p.Refunded().String(), Uncancellable: true, RefundsHidden: true,
			Refunds: namesOf(p.Refunds, func(r mispaytest.Refund) string { return r.Reference }),
		}
		if p.Ends > 0 { // told again, it changes nothing
			d.Captured, d.Captures = d.Amount, []string{"end"}
		}
		deals = append(deals, d)
	}
	return deals
}

// mispayStatus reads a checkout as MisPay's plugins do. A checkout that is paid counts once it was ended.
func mispayStatus(p mispaytest.Payment) paylinks.Status {
	switch p.Status {
	case "pending", "in-progress":
		return paylinks.StatusCreated
	case "canceled":
		return paylinks.StatusCancelled
	case "error":
		return paylinks.StatusFailed
	default:
		captured := paylinks.Zero(paylinks.SAR)
		if p.Ends > 0 {
			captured = p.Amount
		}
		return progress(false, p.Amount, captured, p.Refunded())
	}
}

// ourOrder is the merchant's part of an order id at MisPay, which a reference of its own follows.
func ourOrder(id string) string {
	const reference = len("_00000000-0000-0000-0000-000000000000")
	return id[:max(0, len(id)-reference)]
}
