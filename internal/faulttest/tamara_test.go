package faulttest

import (
	"net/http"
	"net/url"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
	"github.com/paylinks/paylinks-go/tamara"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// tamaraWorld is Tamara in a shop: it texts the link by itself, and captures what is paid.
type tamaraWorld struct {
	*tamaratest.Server
	now func() time.Time
}

func newTamaraWorld(now func() time.Time) world {
	return tamaraWorld{tamaratest.New(tamaratest.Config{Now: now}), now}
}

func (tamaraWorld) info() paylinks.Info { return tamara.Info() }
func (tamaraWorld) path() string        { return "" }

func (tamaraWorld) credentials() map[string]string {
	return map[string]string{
		"TAMARA_API_TOKEN": tamaratest.APIToken, "TAMARA_NOTIFICATION_TOKEN": tamaratest.NotificationToken,
	}
}

func (w tamaraWorld) provider(baseURL string, client *http.Client) (paylinks.Provider, error) {
	credentials := w.credentials()
	return tamara.FromCredentials(func(name string) string { return credentials[name] }, tamara.Config{BaseURL: baseURL, HTTPClient: client, Now: w.now})
}

func (w tamaraWorld) pay(orderIDs ...string) error { return withEach(w, orderIDs, w.Pay) }
func (w tamaraWorld) decline(orderID string) error { return with(w, orderID, w.Decline) }
func (w tamaraWorld) giveUp(orderID string) error  { return with(w, orderID, w.Cancel) }

func (w tamaraWorld) dashboard(orderID, action, amount string) error {
	if action != "refund" {
		return errCutShort
	}
	return with(w, orderID, func(id string) error { return w.RefundFromPortal(id, amount) })
}

func (tamaraWorld) ops() map[paylinks.OperationKind][]string {
	return map[paylinks.OperationKind][]string{
		"":                       {tamaratest.OpOrder},
		paylinks.OperationCreate: {tamaratest.OpSMS},
		paylinks.OperationCancel: {tamaratest.OpVoid},
		paylinks.OperationRefund: {tamaratest.OpRefund},
	}
}

func (w tamaraWorld) webhook(orderID string) (h hook, err error) {
	err = with(w, orderID, func(id string) error {
		query, header, body, err := w.Webhook(id)
		h = hook{path: "?" + query.Encode(), header: header, body: body}
		return err
	})
	return h, err
}

// forge has the token missing, cut short, signed otherwise, of another algorithm, or no token at all.
func (tamaraWorld) forge(h hook, way int) hook {
	query, _ := url.ParseQuery(h.path[1:])
	signed := query.Get("tamaraToken")
	forged := ""
	switch way % 5 {
	case 0:
	case 1:
		forged = signed[:len(signed)-3]
	case 2:
		forged = signed[:len(signed)-6] + "AAAAAA"
	case 3:
		forged = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJleHAiOjQxMDI0NDQ4MDB9."
	case 4:
		forged = tamaratest.NotificationToken
	}
	header := h.header.Clone()
	header.Del("Authorization")
	if forged == "" {
		return hook{header: header, body: h.body}
	}
	header.Set("Authorization", "Bearer "+forged)
	return hook{path: "?tamaraToken=" + url.QueryEscape(forged), header: header, body: h.body}
}

func (w tamaraWorld) clock() *simulator.Clock   { return w.Clock }
func (w tamaraWorld) faults() *simulator.Faults { return w.Faults }

func (w tamaraWorld) deals() []deal {
	texts := map[string]int{}
	for _, sms := range w.Texts() {
		texts[sms.OrderID]++
	}
	var deals []deal
	for _, o := range w.Orders() {
		deals = append(deals, deal{
			ID: o.ID, OrderID: o.Number, Native: o.Status, Status: tamaraStatus(o), Texts: texts[o.ID],
			Amount: o.Amount.String(), Captured: o.Captured.String(), Refunded: o.Refunded.String(),
			Captures: namesOf(o.Captures, func(t tamaratest.Transfer) string { return t.Reference }),
			Refunds:  namesOf(o.Refunds, func(t tamaratest.Transfer) string { return t.Reference }),
		})
	}
	return deals
}

// tamaraStatus reads an order as Tamara's page on the flow of statuses says.
func tamaraStatus(o tamaratest.Order) paylinks.Status {
	switch o.Status {
	case "new", "on_hold":
		return paylinks.StatusCreated
	case "declined":
		return paylinks.StatusRejected
	case "expired":
		return paylinks.StatusExpired
	case "canceled":
		return paylinks.StatusCancelled
	default:
		return progress(o.Status == "fully_captured", o.Amount, o.Captured, o.Refunded)
	}
}
