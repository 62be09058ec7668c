// Command tenants is one server for many tenants, whose keys and provider accounts are in a database of its own. It tells a story of two: a bakery whose credentials are
// changed while the server runs, and a florist who must not see the bakery's sales.
//
//	go run ./examples/tenants
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/paylinks/paylinks-go/examples/tenants/tenancy"
	"github.com/paylinks/paylinks-go/paylinks/api"
	"github.com/paylinks/paylinks-go/tabby"
)

func main() {
	dir, err := os.MkdirTemp("", "tenants")
	if err == nil {
		err = run(context.Background(), dir, os.Stdout)
	}
	if err != nil {
		log.Fatal(err)
	}
	_ = os.RemoveAll(dir)
}

func run(ctx context.Context, dir string, out io.Writer) error {
	s, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer s.close()
	bakery, err := s.open(ctx, "bakery")
	if err != nil {
		return err
	}
	florist, err := s.open(ctx, "florist")
	if err != nil {
		return err
	}
	story := teller{out: out}

	// Each sells with the account that is theirs, and sees what is theirs.
	sale := bakery.call(ctx, http.MethodPost, api.PathPaylinks, `{"provider": "tabby", "org_app_id": "bakery-tabby", "order_id": "CAKE-1", "amount": "150.00", "currency": "SAR"}`)
	link := api.PathPaylinks + "/" + sale.PaylinkID
	story.tell("the bakery sells", sale)
	story.tell("the florist looks at that sale", florist.call(ctx, http.MethodGet, link, ""))
	story.tell("the florist takes the bakery's account", florist.call(ctx, http.MethodPost, api.PathPaylinks,
		`{"provider": "tabby", "org_app_id": "bakery-tabby", "order_id": "ROSE-1", "amount": "20.00", "currency": "SAR"}`))

	// The buyer pays. Then Tabby gives the bakery a new key and refuses the old one, and somebody stores it.
	if err := bakery.tabby.simulator.Pay(sale.PaymentID); err != nil {
		return err
	}
	old := bakery.credentials
	bakery.credentials = newCredentials()
	bakery.tabby.accept(bakery.credentials["TABBY_SECRET_KEY"])
	story.tell("the bakery captures with the old key", bakery.call(ctx, http.MethodPost, link+"/capture", `{}`))
	if err := s.accounts.Rotate(ctx, "bakery-tabby", bakery.credentials, time.Hour); err != nil {
		return err
	}
	story.tell("the bakery captures with the new one", bakery.call(ctx, http.MethodPost, link+"/capture", `{}`))

	// Tabby goes on for a while to prove its webhooks by the old secret.
	for _, w := range []struct {
		what  string
		proof tenancy.Credentials
		later time.Duration
	}{
		{"a webhook with the new secret", bakery.credentials, 0},
		{"a webhook with the old one", old, 0},
		{"a webhook with the old one, later", old, 2 * time.Hour},
	} {
		header, body, err := bakery.tabby.simulator.Webhook(sale.PaymentID, tabby.DefaultWebhookHeader, w.proof["TABBY_WEBHOOK_SECRET"])
		if err != nil {
			return err
		}
		s.clock.advance(w.later)
		story.tell(w.what, bakery.do(ctx, http.MethodPost, api.PathWebhooks+"/tabby/bakery-tabby", header, body))
	}

	if err := s.keys.RevokeKey(ctx, florist.key); err != nil {
		return err
	}
	story.tell("the florist calls with a revoked key", florist.call(ctx, http.MethodGet, api.PathPaylinks, ""))
	return nil
}

// teller prints what came of calls.
type teller struct{ out io.Writer }

func (t teller) tell(what string, a answer) {
	_, _ = fmt.Fprintf(t.out, "%-39s %d %s\n", what+":", a.HTTPStatus, a.words())
}
