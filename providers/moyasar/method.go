package moyasar

import (
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/moyasar/internal/api"
)

// methods are Moyasar's types of a source. Any other is [paylinks.MethodOther].
var methods = map[string]paylinks.PaymentMethod{
	"creditcard": paylinks.MethodCard, "applepay": paylinks.MethodApplePay, "googlepay": paylinks.MethodGooglePay,
	"samsungpay": paylinks.MethodSamsungPay, "stcpay": paylinks.MethodSTCPay,
}

// methodOf is the method and the card's brand. Moyasar says both "master" and "mastercard".
func methodOf(source api.Source) (paylinks.PaymentMethod, string) {
	brand := strings.ToLower(string(source.Company))
	if brand == "master" {
		brand = "mastercard"
	}
	kind := strings.ToLower(string(source.Type))
	if kind == "" {
		return "", brand
	}
	if method, ok := methods[kind]; ok {
		return method, brand
	}
	return paylinks.MethodOther, brand
}
