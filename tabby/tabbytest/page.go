package tabbytest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"slices"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// showPage is the hosted checkout page. Tabby's own is on another host and is called with the session in its query; the
// URL is opaque to merchants.
func (s *Server) showPage(w http.ResponseWriter, r *http.Request, p *payment) {
	page := simulator.Page{
		Provider: "Tabby", Lang: p.request.Lang, Merchant: s.config.MerchantName,
		Amount: p.amount.String(), Currency: string(p.amount.Currency()), Order: p.reference,
		Open: p.open(), State: p.status, Good: p.status == authorized || (p.status == closed && len(p.captures) > 0),
	}
	if p.status == created && !p.open() {
		page.State = p.sessionStatus // The session is over, its payment isn't yet.
	}
	if slices.ContainsFunc(s.texts, func(sms SMS) bool { return sms.PaymentID == p.id }) {
		page.Phone = p.request.Payment.Buyer.Phone
	}
	page.Serve(w, r)
}

// decide does what the person tapped and sends the browser back to the merchant with payment_id added to the URL (Tabby,
// checkout flow). Tapping on a session that is over changes nothing.
func (s *Server) decide(w http.ResponseWriter, r *http.Request, p *payment) {
	do, ok := map[simulator.Decision]func(*payment) error{
		simulator.Pay: s.pay, simulator.Decline: s.decline, simulator.Cancel: s.cancel,
	}[simulator.ReadDecision(r)]
	if !ok {
		http.Error(w, "unknown decision", http.StatusBadRequest)
		return
	}
	to := ""
	if do(p) == nil {
		urls := p.request.MerchantURLs
		to = map[string]string{authorized: urls.Success, closed: urls.Success, rejected: urls.Failure, expired: urls.Cancel}[p.status]
	}
	simulator.Return(w, r, to, url.Values{"payment_id": {p.id}})
}

// index lists all payments, newest first, and the text messages.
func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	index := simulator.Index{Provider: "Tabby"}
	for _, p := range slices.Backward(s.payments.All()) {
		state := p.status
		if p.rejection != "" {
			state = "session rejected: " + p.rejection
		}
		index.Payments = append(index.Payments, simulator.IndexRow{
			Link: "checkout/" + p.session, ID: p.id, Order: p.reference,
			Amount: p.amount.String(), Currency: string(p.amount.Currency()), State: state,
		})
	}
	for _, sms := range slices.Backward(s.texts) {
		index.Messages = append(index.Messages, simulator.SMS{To: sms.Phone, Text: "Tabby: pay " + s.config.MerchantName, Link: sms.URL})
	}
	index.Serve(w)
}

// qr is GET /api/v2/checkout/{id}/hpp_link_qr. The picture is no QR code, and says so: whoever wants one makes it of web_url.
func (s *Server) qr(w http.ResponseWriter, _ *http.Request, _ *payment) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, simulatedSign()); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = picture.WriteTo(w)
}

// sign is "NO QR" in dots.
var sign = []string{
	"#   #  ###         ###  #### ",
	"##  # #   #       #   # #   #",
	"# # # #   #       #   # #### ",
	"#  ## #   #       #  ## #  # ",
	"#   #  ###         #### #   #",
}

func simulatedSign() image.Image {
	const dot, margin = 8, 24
	img := image.NewGray(image.Rect(0, 0, len(sign[0])*dot+2*margin, len(sign)*dot+2*margin))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for y := range len(sign) * dot {
		for x := range len(sign[0]) * dot {
			if sign[y/dot][x/dot] == '#' {
				img.SetGray(x+margin, y+margin, color.Gray{})
			}
		}
	}
	return img
}
