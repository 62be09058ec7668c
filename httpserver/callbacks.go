package httpserver

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks"
)

//go:embed callback.html
var callbackHTML string

//go:embed callback.css
var callbackCSS string

// phrase is what the page says in one language.
type phrase struct{ Title, Text string }

// callbackPage is what a buyer reads. It claims nothing about money: the query of a browser proves nothing.
type callbackPage struct {
	EN, AR  phrase
	OrderID string
	Style   template.CSS
}

// callbackTexts are the texts by the provider's claim, "" for no claim that's known.
var callbackTexts = map[string]callbackPage{
	"success": {
		EN: phrase{"Thank you", "The payment page is finished. You can return to the merchant now."},
		AR: phrase{"شكرًا لك", "انتهت صفحة الدفع. يمكنك العودة إلى المتجر الآن."},
	},
	"cancel": {
		EN: phrase{"Cancelled", "You left the payment page. To pay, open the link again or ask the merchant for another one."},
		AR: phrase{"تم الإلغاء", "لقد غادرت صفحة الدفع. للدفع، افتح الرابط مرة أخرى أو اطلب رابطًا آخر من المتجر."},
	},
	"failure": {
		EN: phrase{"Not completed", "The payment was not completed. Please ask the merchant for another way to pay."},
		AR: phrase{"لم تكتمل العملية", "لم تكتمل عملية الدفع. يرجى سؤال المتجر عن طريقة دفع أخرى."},
	},
	"": {
		EN: phrase{"You can close this page", "Please return to the merchant."},
		AR: phrase{"يمكنك إغلاق هذه الصفحة", "يرجى العودة إلى المتجر."},
	},
}

// callback shows a page to a returning browser and lets the Service look at the link.
func (s *server) callback(w http.ResponseWriter, r *http.Request) error {
	status := http.StatusOK
	result, err := s.svc.HandleCallback(r.Context(), r.PathValue("provider"), r.PathValue("org_app_id"), r.URL.Query())
	if err != nil {
		status = failureOf(r, err).status
		if status >= http.StatusInternalServerError {
			s.logFailure(r, err)
		}
		result = paylinks.CallbackResult{}
	}
	page, known := callbackTexts[result.Result]
	if !known {
		page = callbackTexts[""]
	}
	if result.Paylink != nil {
		page.OrderID = result.Paylink.OrderID
	}
	return s.writePage(w, status, page)
}

func (s *server) writePage(w http.ResponseWriter, status int, page callbackPage) error {
	page.Style = template.CSS(callbackCSS) //nolint:gosec // our own embedded file
	var buffer bytes.Buffer
	if err := s.page.Execute(&buffer, page); err != nil {
		return fmt.Errorf("httpserver: write the callback page: %w", err)
	}
	hash := sha256.Sum256([]byte(callbackCSS))
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(hash[:])+
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	// The query may hold a provider's token.
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Frame-Options", "DENY")
	header.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(status)
	_, _ = w.Write(buffer.Bytes())
	return nil
}
