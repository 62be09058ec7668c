package tap

import (
	"strings"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

// methods are Tap's words for what a buyer pays with, in lower case and without "_" and spaces: payment_method, or the end of a source's id
// ("src_kw.knet").
var methods = map[string]paylinks.PaymentMethod{
	"card": paylinks.MethodCard, "visa": paylinks.MethodCard, "mastercard": paylinks.MethodCard, "mada": paylinks.MethodCard,
	"amex": paylinks.MethodCard, "americanexpress": paylinks.MethodCard, "knet": paylinks.MethodCard, "benefit": paylinks.MethodCard,
	"omannet": paylinks.MethodCard, "naps": paylinks.MethodCard, "meeza": paylinks.MethodCard,
	"applepay": paylinks.MethodApplePay, "googlepay": paylinks.MethodGooglePay, "samsungpay": paylinks.MethodSamsungPay,
	"stcpay": paylinks.MethodSTCPay, "tabby": paylinks.MethodBNPL, "tamara": paylinks.MethodBNPL,
	"benefitpay": paylinks.MethodOther, "fawry": paylinks.MethodOther,
}

// brands are the spellings that differ from ours.
var brands = map[string]string{"americanexpress": "amex"}

// methodOf is the method and the card's brand, "" where the charge doesn't tell: the source of an unpaid one is often "src_all". A mada
// card has scheme MADA and brand VISA, so the scheme comes first.
func methodOf(charge api.Charge) (paylinks.PaymentMethod, string) {
	source, card := charge.Source.Value, charge.Card.Value
	word := plain(source.PaymentMethod)
	method := methods[word]
	if method == "" {
		method = methods[sourceWord(source.ID)]
	}
	switch kind := plain(source.PaymentType); {
	case method != "":
	case kind == "credit" || kind == "debit" || card != (api.Card{}):
		method = paylinks.MethodCard
	case word != "":
		method = paylinks.MethodOther
	}

	spoken := source.PaymentMethod
	if known := methods[word]; known != "" && known != paylinks.MethodCard {
		spoken = "" // a wallet's name is no brand
	}
	for _, candidate := range []lenient.Scalar{card.Scheme, spoken, card.Brand} {
		if brand := plain(candidate); brand != "" {
			if ours, ok := brands[brand]; ok {
				return method, ours
			}
			return method, brand
		}
	}
	return method, ""
}

// sourceWord is the method in a source's id: "knet" of "src_kw.knet", "" of a token.
func sourceWord(id lenient.Scalar) string {
	word, ok := strings.CutPrefix(string(id), "src_")
	if !ok {
		return ""
	}
	if _, method, ok := strings.Cut(word, "."); ok {
		word = method
	}
	return plain(lenient.Scalar(word))
}

// plain is a word in lower case and without "_" and spaces.
func plain(t lenient.Scalar) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(string(t)), "_", ""), " ", "")
}
