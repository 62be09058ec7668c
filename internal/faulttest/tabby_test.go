package faulttest

import (
	"net/http"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// tabbyWorld is Tabby.
type tabbyWorld struct{ *tabbytest.Server }

const tabbySecret = "a-secret-of-the-fault-tests"

func newTabbyWorld(now func() time.Time) world {
	return tabbyWorld{tabbytest.New(tabbytest.Config{Now: now})}
}

func (tabbyWorld) info() paylinks.Info { return tabby.Info() }
func (tabbyWorld) path() string        { return "" }

func (w tabbyWorld) provider(baseURL string, client *http.Client) (paylinks.Provider, error) {
	credentials := w.credentials()
	return tabby.FromCredentials(func(name string) string { return credentials[name] }, tabby.Config{BaseURL: baseURL, HTTPClient: client})
}

func (tabbyWorld) credentials() map[string]string {
	return map[string]string{
		"TABBY_SECRET_KEY": tabbytest.SecretKey, "TABBY_MERCHANT_CODE": "SA", "TABBY_WEBHOOK_SECRET": tabbySecret,
	}
}

func (w tabbyWorld) pay(orderIDs ...string) error { return withEach(w, orderIDs, w.Pay) }
func (w tabbyWorld) decline(orderID string) error { return with(w, orderID, w.Decline) }
func (w tabbyWorld) giveUp(orderID string) error  { return with(w, orderID, w.Cancel) }

func (w tabbyWorld) dashboard(orderID, action, amount string) error {
	return with(w, orderID, func(id string) error {
		switch action {
		case "capture":
			return w.CaptureFromDashboard(id, amount)
		case "refund":
			return w.RefundFromDashboard(id, amount)
		default:
			return w.CloseFromDashboard(id)
		}
	})
}

func (tabbyWorld) ops() map[paylinks.OperationKind][]string {
	return map[paylinks.OperationKind][]string{
		"":                        {tabbytest.OpPayment},
		paylinks.OperationCreate:  {tabbytest.OpCheckout},
		paylinks.OperationCapture: {tabbytest.OpCapture},
		paylinks.OperationCancel:  {tabbytest.OpCancel, tabbytest.OpClose},
		paylinks.OperationRefund:  {tabbytest.OpRefund},
		paylinks.OperationSend:    {tabbytest.OpSend},
	}
}

func (w tabbyWorld) webhook(orderID string) (h hook, err error) {
	err = with(w, orderID, func(id string) error {
		h.header, h.body, err = w.Webhook(id, "X-Webhook-Secret", tabbySecret)
		return err
	})
	return h, err
}

// forge has the proof missing, wrong, cut short, made longer, or in another header.
func (tabbyWorld) forge(h hook, way int) hook {
	header := h.header.Clone()
	header.Del("X-Webhook-Secret")
	switch way % 5 {
	case 0:
	case 1:
		header.Set("X-Webhook-Secret", "")
	case 2:
		header.Set("X-Webhook-Secret", tabbySecret[:len(tabbySecret)-1])
	case 3:
		header.Set("X-Webhook-Secret", tabbySecret+"s")
	case 4:
		header.Set("X-Secret", tabbySecret)
	}
	return hook{path: h.path, header: header, body: h.body}
}

func (w tabbyWorld) clock() *simulator.Clock   { return w.Clock }
func (w tabbyWorld) faults() *simulator.Faults { return w.Faults }

func (w tabbyWorld) deals() []deal {
	texts := map[string]int{}
	for _, sms := range w.Texts() {
		texts[sms.PaymentID]++
	}
	var deals []deal
	for _, p := range w.Payments() {
		deals = append(deals, deal{
			ID: p.ID, OrderID: p.OrderID, Native: p.Status, Status: tabbyStatus(p), Texts: texts[p.ID],
			Amount: p.Amount.String(), Captured: p.Captured.String(), Refunded: p.Refunded.String(),
			Captures: namesOf(p.Captures, func(t tabbytest.Transfer) string { return t.Reference }), Refunds: namesOf(p.Refunds, func(t tabbytest.Transfer) string { return t.Reference }),
		})
	}
	return deals
}

// tabbyStatus reads a payment as Tabby's page on payment statuses says: CLOSED without captures was cancelled.
func tabbyStatus(p tabbytest.Payment) paylinks.Status {
	switch {
	case p.SessionStatus == "rejected", p.Status == "REJECTED":
		return paylinks.StatusRejected
	case p.Status == "CREATED":
		return paylinks.StatusCreated
	case p.Status == "EXPIRED":
		return paylinks.StatusExpired
	default:
		return progress(p.Status == "CLOSED", p.Amount, p.Captured, p.Refunded)
	}
}
