package tamara

import (
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

// words says what Tamara's statuses mean. Its spelling is British but for "canceled"; the other one is read as well.
var words = [...]struct {
	word   string
	status paylinks.Status
}{
	{"new", paylinks.StatusCreated},
	{"on_hold", paylinks.StatusCreated},
	{"approved", paylinks.StatusAuthorized},
	{"authorised", paylinks.StatusAuthorized},
	{"authorized", paylinks.StatusAuthorized},
	{"updated", paylinks.StatusAuthorized},
	{"partially_captured", paylinks.StatusPartiallyCaptured},
	{"fully_captured", paylinks.StatusCaptured},
	{"partially_refunded", paylinks.StatusPartiallyRefunded},
	{"fully_refunded", paylinks.StatusRefunded},
	{"canceled", paylinks.StatusCancelled},
	{"cancelled", paylinks.StatusCancelled},
	{"expired", paylinks.StatusExpired},
	{"declined", paylinks.StatusRejected},
}

// approved is the word for a payment that the merchant has yet to authorise.
const approved = "approved"

// word is the unified status of a word, [paylinks.StatusUnknown] for one that isn't in the table.
func word(s string) paylinks.Status {
	for _, row := range words {
		if strings.EqualFold(row.word, s) {
			return row.status
		}
	}
	return paylinks.StatusUnknown
}

// stayedApproved is how long after its link's end an order in a shop that is still approved isn't just passing through that state.
const stayedApproved = 5 * time.Minute

// confirmNeeded tells whether an order waits for us. Tamara captures in a shop without being asked, so that an approved order there is left
// alone until it can't be in passing any more.
func (p *Provider) confirmNeeded(order api.Order, flow Flow) bool {
	if p.config.ManualAuthorise || !strings.EqualFold(order.Status, approved) {
		return false
	}
	created := order.CreatedAt.Value
	return flow == FlowOnline || (!created.IsZero() && p.config.Now().After(created.Add(p.config.life(flow)+stayedApproved)))
}
