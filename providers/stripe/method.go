package stripe

import (
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/stripe/internal/api"
)

// methods are Stripe's types of payment methods. Any other is [paylinks.MethodOther].
var methods = map[string]paylinks.PaymentMethod{
	"card": paylinks.MethodCard, "card_present": paylinks.MethodCard, "interac_present": paylinks.MethodCard,
	"paypal": paylinks.MethodPayPal, "samsung_pay": paylinks.MethodSamsungPay,
	"klarna": paylinks.MethodBNPL, "afterpay_clearpay": paylinks.MethodBNPL, "affirm": paylinks.MethodBNPL, "zip": paylinks.MethodBNPL,
	"billie": paylinks.MethodBNPL, "alma": paylinks.MethodBNPL,
	"customer_balance": paylinks.MethodBankTransfer, "sepa_debit": paylinks.MethodBankTransfer, "us_bank_account": paylinks.MethodBankTransfer,
	"bacs_debit": paylinks.MethodBankTransfer, "au_becs_debit": paylinks.MethodBankTransfer, "acss_debit": paylinks.MethodBankTransfer,
	"ach_credit_transfer": paylinks.MethodBankTransfer, "ach_debit": paylinks.MethodBankTransfer, "sepa_credit_transfer": paylinks.MethodBankTransfer,
}

// wallets are the wallets in which a card can be. The card in any other is just a card.
var wallets = map[string]paylinks.PaymentMethod{
	"apple_pay": paylinks.MethodApplePay, "google_pay": paylinks.MethodGooglePay, "samsung_pay": paylinks.MethodSamsungPay,
}

// methodOf is the method and the card's brand. Before the first attempt to pay the method is known only where there's no choice.
func methodOf(intent api.PaymentIntent) (paylinks.PaymentMethod, string) {
	details := intent.LatestCharge.Method.Value
	kind := string(details.Type)
	if kind == "" && len(intent.PaymentMethodTypes) == 1 {
		kind = string(intent.PaymentMethodTypes[0])
	}
	if kind == "" {
		return "", ""
	}
	method, ok := methods[kind]
	if !ok {
		return paylinks.MethodOther, ""
	}
	if wallet, ok := wallets[string(details.Card.Wallet.Type)]; ok {
		method = wallet
	}
	brand := strings.ToLower(string(details.Card.Brand + details.CardPresent.Brand))
	if brand == "unknown" {
		brand = ""
	}
	return method, brand
}
