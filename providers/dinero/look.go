package dinero

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// target is what one call asks for: a payment, or an order's last one.
type target struct {
	id      string
	byOrder bool
}

// String is the target as a checkpoint.
func (t target) String() string {
	if t.byOrder {
		return "order/" + t.id
	}
	return "payment/" + t.id
}

func targets(config Config) []target {
	list := make([]target, 0, len(config.PaymentIDs)+len(config.OrderIDs))
	for _, id := range config.PaymentIDs {
		list = append(list, target{id: id})
	}
	for _, id := range config.OrderIDs {
		list = append(list, target{id: id, byOrder: true})
	}
	return list
}

// after are the targets that follow a checkpoint: all of them for "" and where the configuration has lost the one it names.
func after(list []target, checkpoint string) []target {
	at := slices.IndexFunc(list, func(t target) bool { return t.String() == checkpoint })
	return list[at+1:]
}

// look asks for one target. Its error is a [*paylinks.BadRow] where the walk can go on.
func (g *Gateway) look(ctx context.Context, t target) (paylinks.Payment, error) {
	raw, err := g.ask(ctx, t)
	if err != nil {
		return paylinks.Payment{}, badRow(t, refusal(err))
	}
	payment, err := g.read(raw, t)
	if err != nil {
		return paylinks.Payment{}, &paylinks.BadRow{ID: t.id, Reason: err.Error()}
	}
	if !t.byOrder && !strings.EqualFold(payment.ID, t.id) {
		// The platform can be set up to tell of an order's latest attempt instead. It's the payment of its own id, then.
		g.config.Logger.LogAttrs(ctx, slog.LevelWarn, "dinero: the answer is about another payment",
			slog.String("asked", t.id), slog.String("answered", payment.ID))
	}
	payment.Checkpoint = t.String()
	return payment, nil
}

func (g *Gateway) ask(ctx context.Context, t target) (json.RawMessage, error) {
	if t.byOrder {
		return g.api.Order(ctx, t.id)
	}
	return g.api.Payment(ctx, t.id)
}

func isBadRow(err error) bool {
	var bad *paylinks.BadRow
	return errors.As(err, &bad)
}
