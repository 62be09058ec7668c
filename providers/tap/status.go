package tap

import (
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap/internal/api"
)

// normalForm says what a charge's status means. Tap's ABANDONED is a buyer who left, and final.
var normalForm = [...]struct {
	word   string
	status paylinks.PaymentStatus
}{
	{"INITIATED", paylinks.PaymentCreated},
	{"IN_PROGRESS", paylinks.PaymentPending},
	{"AUTHORIZED", paylinks.PaymentAuthorized},
	{"CAPTURED", paylinks.PaymentCaptured},
	{"ABANDONED", paylinks.PaymentExpired},
	{"CANCELLED", paylinks.PaymentCancelled},
	{"VOID", paylinks.PaymentCancelled},
	{"FAILED", paylinks.PaymentFailed},
	{"DECLINED", paylinks.PaymentFailed},
	{"RESTRICTED", paylinks.PaymentFailed},
	{"TIMEDOUT", paylinks.PaymentFailed},
	// Tap doesn't know yet what became of it; the look-back reads it again.
	{"UNKNOWN", paylinks.PaymentPending},
}

// codeExpired is the response code of a charge that nobody paid in time, whatever its status.
const codeExpired = "304"

// statusOf is what a charge's status means, refunds aside: [paylinks.PaymentUnknown] for a word that isn't in the table.
func statusOf(charge api.Charge, now time.Time) paylinks.PaymentStatus {
	status := paylinks.PaymentUnknown
	for _, row := range normalForm {
		if strings.EqualFold(row.word, string(charge.Status)) {
			status = row.status
		}
	}
	if status == paylinks.PaymentCaptured {
		return status
	}
	if charge.Response.Value.Code == codeExpired {
		return paylinks.PaymentExpired
	}
	if until, ok := deadline(charge); ok && status == paylinks.PaymentCreated && !now.Before(until) {
		return paylinks.PaymentExpired
	}
	return status
}

// afterRefunds is the status of captured money of which a part or all is refunded.
func afterRefunds(captured, refunded paylinks.Money) paylinks.PaymentStatus {
	switch {
	case refunded.IsZero():
		return paylinks.PaymentCaptured
	case refunded.Cmp(captured) < 0:
		return paylinks.PaymentPartiallyRefunded
	default:
		return paylinks.PaymentRefunded
	}
}
