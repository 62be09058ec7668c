package tamaratest

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

//go:embed sms.html
var smsHTML string

// textOf is a text message. Tamara's own wording isn't documented.
func textOf(merchant string, o *order) string {
	if o.request.Locale == "en_US" {
		return "Tamara: pay " + o.amount.String() + " " + string(o.amount.Currency()) + " to " + merchant
	}
	return "تمارا: ادفع " + o.amount.String() + " " + string(o.amount.Currency()) + " إلى " + merchant
}

// showPage is the hosted checkout page, at the path of Tamara's own.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request, o *order) {
	page := simulator.Page{
		Provider: "Tamara", Lang: "ar", Merchant: s.config.MerchantName, Amount: o.amount.String(), Currency: string(o.amount.Currency()),
		Order: o.request.Number, Open: o.is(statusNew), State: o.status, Good: o.is(approved, authorised, partiallyCaptured, fullyCaptured),
	}
	if o.request.Locale == "en_US" {
		page.Lang = "en"
	}
	if o.phone != "" {
		page.Phone = "+" + o.phone
	}
	page.Serve(w, r)
}

// decide does what the person tapped. Of the online checkout it sends the browser back to the merchant with paymentStatus and orderId (Tamara's plugins read both);
// a link in a shop has nowhere to go back to. On cancellation the order's id was seen to be "null": odd orders say so.
func (s *Server) decide(w http.ResponseWriter, r *http.Request, o *order) {
	urls, extra := o.request.MerchantURL, url.Values{"orderId": {o.id}}
	var (
		to, result string
		err        error
	)
	switch simulator.ReadDecision(r) {
	case simulator.Pay:
		to, result, err = urls.Success, approved, s.pay(o)
	case simulator.Decline:
		to, result, err = urls.Failure, declined, s.decline(o)
	case simulator.Cancel:
		to, result, err = urls.Cancel, canceled, s.giveUp(o)
		if o.odd {
			extra.Set("orderId", "null")
		}
	default:
		http.Error(w, "unknown decision", http.StatusBadRequest)
		return
	}
	if o.is(declined) {
		to, result = urls.Failure, declined
		extra.Set("decline_type", "soft decline")
	}
	extra.Set("paymentStatus", result)
	if err != nil {
		to = ""
	}
	simulator.Return(w, r, to, extra)
}

// index lists all orders, newest first, and the text messages.
func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	index := simulator.Index{Provider: "Tamara", Messages: s.messages()}
	for _, o := range slices.Backward(s.orders.All()) {
		index.Payments = append(index.Payments, simulator.IndexRow{
			Link: "checkout/" + o.checkout, ID: o.id, Order: o.request.Number, Amount: o.amount.String(), Currency: string(o.amount.Currency()), State: o.status,
		})
	}
	index.Serve(w)
}

// messages are the text messages, newest first. s.mu is held.
func (s *Server) messages() []simulator.SMS {
	var list []simulator.SMS
	for _, sms := range slices.Backward(s.texts) {
		list = append(list, simulator.SMS{To: sms.Phone, Text: sms.Text, Link: sms.URL})
	}
	return list
}

// showTexts is the buyers' phone: the text messages, newest first. ?to= shows those to one number.
func (s *Server) showTexts(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	messages := s.messages()
	s.mu.Unlock()
	if to := strings.TrimSpace(r.URL.Query().Get("to")); to != "" {
		messages = slices.DeleteFunc(messages, func(sms simulator.SMS) bool { return strings.TrimPrefix(sms.To, "+") != strings.TrimPrefix(to, "+") })
	}
	page, err := template.New("sms").Parse(smsHTML)
	if err != nil {
		http.Error(w, "tamaratest: "+err.Error(), http.StatusInternalServerError)
		return
	}
	simulator.WriteHTML(w, page, messages)
}
