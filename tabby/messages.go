package tabby

import (
	"cmp"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby/internal/api"
)

// Reasons for which Tabby refuses a buyer before checkout. A refusal later, on its page, has no reason for the merchant.
const (
	reasonNotAvailable = "not_available"
	reasonTooHigh      = "order_amount_too_high"
	reasonTooLow       = "order_amount_too_low"
)

// rejection is why a session was rejected, and what the buyer is to read. Some answers have the reason at the top level only.
func rejection(session api.Session) (string, *paylinks.Messages) {
	reason := cmp.Or(
		session.Configuration.Products.Value.Installments.RejectionReason,
		session.RejectionReasonCode.Value,
		reasonNotAvailable,
	)
	return reason, rejectionMessages(reason)
}

// rejectionMessages is the wording that Tabby prescribes, to the letter. A reason that is new gets the text of [reasonNotAvailable], which
// fits every refusal.
func rejectionMessages(reason string) *paylinks.Messages {
	switch reason {
	case reasonTooHigh:
		return &paylinks.Messages{
			EN: "This purchase is above your current spending limit with Tabby, try a smaller cart or use another payment method",
			AR: "قيمة الطلب تفوق الحد الأقصى المسموح به حاليًا مع تابي. يُرجى تخفيض قيمة السلة أو استخدام وسيلة دفع أخرى.",
		}
	case reasonTooLow:
		return &paylinks.Messages{
			EN: "The purchase amount is below the minimum amount required to use Tabby, try adding more items or use another payment method",
			AR: "قيمة الطلب أقل من الحد الأدنى المطلوب لاستخدام خدمة تابي. يُرجى زيادة قيمة الطلب أو استخدام وسيلة دفع أخرى.",
		}
	default:
		return &paylinks.Messages{
			EN: "Sorry, Tabby is unable to approve this purchase. Please use an alternative payment method for your order.",
			AR: "نأسف، تابي غير قادرة على الموافقة على هذه العملية. الرجاء استخدام طريقة دفع أخرى.",
		}
	}
}

// CancelMessages is what Tabby wants a buyer to read who came back by the cancel URL.
func CancelMessages() *paylinks.Messages {
	return &paylinks.Messages{
		EN: "You aborted the payment. Please retry or choose another payment method.",
		AR: "لقد ألغيت الدفعة. فضلاً حاول مجددًا أو اختر طريقة دفع أخرى.",
	}
}
