package simulator

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"path"
)

//go:embed page.html
var pageHTML string

// Decision is what the person at the checkout page did.
type Decision string

// The decisions, as the page's forms send them in the field "decision".
const (
	Pay     Decision = "pay"
	Decline Decision = "decline"
	Cancel  Decision = "cancel"
)

// Page is the hosted checkout page of a simulated payment: one HTML page in English or Arabic that loads nothing from
// anywhere and says plainly that it's a simulation.
type Page struct {
	// Provider is the simulated provider's name: "Tabby".
	Provider string
	// Lang is "ar" or, by default, "en". The query parameter of the same name changes it.
	Lang     string
	Merchant string
	Amount   string
	Currency string
	Order    string
	// Phone is shown where an SMS brought the buyer here.
	Phone string
	// Open: the buyer can still decide. Else the page shows State.
	Open bool
	// State is what the payment is now: the provider's own word.
	State string
	// Good marks a State that the buyer likes to see.
	Good bool
}

// Serve writes the page.
func (p Page) Serve(w http.ResponseWriter, r *http.Request) {
	if lang := r.URL.Query().Get("lang"); lang == "ar" || lang == "en" {
		p.Lang = lang
	}
	words, ok := pageWords[p.Lang]
	if !ok {
		p.Lang, words = "en", pageWords["en"]
	}
	render(w, "page", struct {
		Page
		Words map[string]string
	}{p, words})
}

// ReadDecision is what the form says, "" where it says nothing known.
func ReadDecision(r *http.Request) Decision {
	switch decision := Decision(r.PostFormValue("decision")); decision {
	case Pay, Decline, Cancel:
		return decision
	default:
		return ""
	}
}

// Return sends the buyer's browser back to the merchant with extra added to the URL's query. Where there's no absolute
// http or https URL to return to, it shows the page that was decided on once more.
func Return(w http.ResponseWriter, r *http.Request, to string, extra url.Values) {
	// Relative, so that it holds under any prefix that the simulator is mounted at.
	location := "./" + path.Base(r.URL.EscapedPath())
	if target, err := url.Parse(to); err == nil && target.Host != "" && (target.Scheme == "http" || target.Scheme == "https") {
		query := target.Query()
		for name, values := range extra {
			query[name] = values
		}
		target.RawQuery = query.Encode()
		location = target.String()
	}
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusSeeOther)
}

// Index is a simulator's front page: what it has made and sent, so that a developer sees what's going on.
type Index struct {
	Provider string
	Payments []IndexRow
	// Messages are the SMS that the provider would have sent, newest first.
	Messages []SMS
}

// IndexRow is one payment of an [Index].
type IndexRow struct {
	// Link is the checkout page, relative to the index.
	Link                               string
	ID, Order, Amount, Currency, State string
}

// SMS is a text message that a simulator would have sent.
type SMS struct {
	To, Text string
	// Link is the URL in it.
	Link string
}

// Serve writes the index.
func (i Index) Serve(w http.ResponseWriter) { render(w, "index", i) }

func render(w http.ResponseWriter, name string, data any) {
	// Parsed each time: it's no state, and a simulator has the time.
	pages, err := template.New("").Parse(pageHTML)
	if err != nil {
		http.Error(w, "simulator: "+err.Error(), http.StatusInternalServerError)
		return
	}
	WriteHTML(w, pages.Lookup(name), data)
}

// WriteHTML answers with a page that can load nothing from anywhere.
func WriteHTML(w http.ResponseWriter, t *template.Template, data any) {
	var page bytes.Buffer
	if err := t.Execute(&page, data); err != nil {
		http.Error(w, "simulator: "+err.Error(), http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	// No form-action: browsers apply it to the redirect after the form, and that leads to the merchant.
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = page.WriteTo(w)
}

// pageWords are the texts of the checkout page by language.
var pageWords = map[string]map[string]string{
	"en": {
		"dir": "ltr", "otherLang": "ar", "otherName": "العربية",
		"title": "Checkout", "badge": "SIMULATED", "notice": "This is a simulation. No money moves.",
		"merchant": "Merchant", "order": "Order", "amount": "Amount", "phone": "Sent to", "state": "Payment status",
		"pay": "Pay", "decline": "Decline as the provider", "cancel": "Cancel",
	},
	"ar": {
		"dir": "rtl", "otherLang": "en", "otherName": "English",
		"title": "الدفع", "badge": "محاكاة", "notice": "هذه محاكاة ولا يُحوَّل فيها أي مال.",
		"merchant": "المتجر", "order": "رقم الطلب", "amount": "المبلغ", "phone": "أُرسل إلى", "state": "حالة الدفع",
		"pay": "ادفع", "decline": "رفض من مزود الخدمة", "cancel": "إلغاء",
	},
}
