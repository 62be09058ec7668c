package paylinks

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/internal/rule"
)

// maxProviders bounds the providers of one order.
const maxProviders = 32

// OrderRequest asks for an order. Amounts are plain decimal strings in major units, as in [ParseMoney].
type OrderRequest struct {
	// Providers are the ids to try, in this order. One that nobody knows is skipped with a warning.
	Providers []string
	// OrgAppIDs names the app of a provider, by the provider's id. It can be left out where the caller has exactly one.
	OrgAppIDs map[string]string

	// OrderID is the caller's reference, up to 255 characters and unique among the caller's orders. One is made where it's empty.
	OrderID string
	// Amount is what the buyer pays, in Currency: total_amount on the wire.
	Amount   string
	Currency string
	// Items add up to Amount: line_items on the wire. Without any, the whole amount is one item.
	Items []ItemRequest

	BuyerName  string
	BuyerEmail string
	// BuyerPhone is in international form, or in the national form of the currency's country.
	BuyerPhone string
	// Lang is "ar" or "en", the language of the checkout.
	Lang string

	// Catalogue describes the providers that exist beside those of installed apps: one that is here and has no app is an attempt
	// [AttemptSkipped], one that isn't is a warning.
	Catalogue []Info

	// IdempotencyKey makes the call repeatable: the same key (per caller) carries the same order on to its end, and is an error with
	// [CodeIdempotencyMismatch] where the request differs. Empty for none.
	IdempotencyKey string
}

// NextRequest asks for the next provider of an order.
type NextRequest struct {
	// CancelCurrent cancels the open link first. Without it an open link is an error with [CodeOrderHasOpenPaylink].
	CancelCurrent bool
	// IdempotencyKey makes the call repeatable: the same key gets the link of the first call. Empty for none.
	IdempotencyKey string
}

// OrderResult is an order with its active link.
type OrderResult struct {
	Order *Order
	// Paylink is the link of the active gateway, nil for none.
	Paylink *Paylink
	// Warnings name what was ignored.
	Warnings []string
}

// ListOrdersRequest selects the caller's orders, newest first. Empty fields don't filter.
type ListOrdersRequest struct {
	Status OrderStatus
	// CreatedFrom is inclusive, CreatedTo exclusive.
	CreatedFrom time.Time
	CreatedTo   time.Time
	// Limit is 1 to 200, 0 for 50.
	Limit int
	// Cursor is the NextCursor of the page before.
	Cursor string
}

// OrdersPage is a page of orders.
type OrdersPage struct {
	Orders []*Order
	// NextCursor is "" on the last page.
	NextCursor string
}

// orderFields are the names that the fields of a link's request have in an order's.
var orderFields = strings.NewReplacer(
	"amount", "order.total_amount", "currency", "order.currency", "order_id", "order.order_id", "items", "order.line_items",
)

// itemFields are those inside a line, beside the ones of the same name.
var itemFields = strings.NewReplacer("quantity", "qty", "unit_price", "price")

// orderField is the name of a wrong field as the caller of an order knows it.
func orderField(name string) string {
	if line, field, ok := strings.Cut(name, "]."); ok {
		return strings.Replace(line, "items[", "order.line_items[", 1) + "]." + itemFields.Replace(field)
	}
	switch name {
	case "amount", "currency", "order_id", "items":
		return orderFields.Replace(name)
	default:
		return name
	}
}

// parse checks what any order must be and returns one that isn't stored yet, without ids, providers and times.
func (r OrderRequest) parse(orderID string) (*Order, error) {
	var wrong fieldErrors
	switch {
	case len(r.Providers) == 0:
		wrong.add("providers", "required", "is required: the ids of the providers to try, in order")
	case len(r.Providers) > maxProviders:
		wrong.add("providers", "too_many", "must have at most %d ids", maxProviders)
	}
	if orderID == "." || orderID == ".." {
		wrong.add("order_id", "invalid", "must not be a dot or two: no URL could name the order")
	}
	for i, name := range r.Providers {
		wrong.text(fmt.Sprintf("providers[%d]", i), name, maxText)
	}
	for _, provider := range slices.Sorted(maps.Keys(r.OrgAppIDs)) {
		if !utf8.ValidString(provider) {
			wrong.problem("org_app_ids", &rule.IllegibleKey)
			continue
		}
		wrong.legible("org_app_ids."+provider, r.OrgAppIDs[provider])
	}
	// What a link must be, an order must be: a stand-in for its links is checked by the same rules.
	link, err := CreateRequest{
		Provider: "-", OrgAppID: "-", OrderID: orderID, Amount: r.Amount, Currency: r.Currency, Items: r.Items,
		BuyerName: r.BuyerName, BuyerEmail: r.BuyerEmail, BuyerPhone: r.BuyerPhone, Lang: r.Lang,
	}.parse()
	if err != nil {
		return nil, orderError(err, wrong)
	}
	if err := wrong.err("order"); err != nil {
		return nil, err
	}
	return &Order{OrderID: orderID, Amount: link.Amount, Items: link.Items, Buyer: link.Buyer, Lang: link.Lang}, nil
}

// orderError is a link's error with the names that the fields have in an order, behind what is wrong besides.
func orderError(err error, more fieldErrors) error {
	var known *Error
	if !errors.As(err, &known) {
		return err
	}
	e := *known
	e.Op, e.Fields = "order", slices.Clone(more)
	for _, f := range known.Fields {
		name := orderField(f.Field)
		if rest, ok := strings.CutPrefix(f.Message, f.Field+" "); ok {
			f.Message = name + " " + rest
		}
		f.Field = name
		if e.Code == CodeItemsTotalMismatch {
			f.Message = "Σ (qty × price) must be order.total_amount"
			e.Message = "the line items don't add up to order.total_amount: " + strings.TrimPrefix(known.Message, "the items add up to ")
		}
		e.Fields = append(e.Fields, f)
	}
	if e.Code != CodeItemsTotalMismatch {
		e.Message = e.Fields[0].Message
	}
	return &e
}

// fingerprint is a hash of everything that the request asks for.
func (r OrderRequest) fingerprint() string {
	r.Catalogue, r.IdempotencyKey = nil, ""
	encoded, _ := json.Marshal(r) // texts, numbers, lists and a map of texts: nothing can fail to encode
	return hash("order", string(encoded))
}

// orderPlan is which providers an order can try.
type orderPlan struct {
	providers []OrderProvider
	skipped   []OrderAttempt
	warnings  []string
}

// planOrder finds the providers of a request, and why others are passed over.
func (s *Service) planOrder(ctx context.Context, req OrderRequest, order *Order) (orderPlan, error) {
	var plan orderPlan
	apps, err := s.apps.List(ctx)
	if err != nil {
		return plan, err
	}
	caller := CallerFrom(ctx)
	apps = slices.DeleteFunc(apps, func(app App) bool { return !caller.MayUse(app.ID) })
	var wrong fieldErrors
	for i, name := range req.Providers {
		if slices.Contains(req.Providers[:i], name) {
			plan.warn("provider %q was named twice", name)
			continue
		}
		installed, problem, err := s.orderApp(ctx, apps, name, req.OrgAppIDs[name])
		if err != nil {
			return plan, err
		}
		info, known := installed.info(), problem == ""
		if !known {
			info, known = findInfo(name, req.Catalogue, apps)
		}
		switch {
		case !known:
			plan.warn("unsupported provider %q was skipped", name)
		case problem == problemSeveral:
			wrong.add("org_app_ids."+name, "required", "is required: you have several apps of this provider")
		case problem != "":
			plan.skip(name, "", problem)
		case len(plan.providers) > 0 && KindGatewaySync == cmp.Or(plan.gateway(), info.Kind):
			// A gateway can't be asked whether it wants the buyer: it's the whole order, or no part of it.
			plan.skip(name, installed.ID, "gateway_beside_links")
		default:
			if reason := whyNot(order, info); reason != "" {
				plan.skip(name, installed.ID, reason)
				continue
			}
			plan.providers = append(plan.providers, OrderProvider{Provider: name, Kind: info.Kind, OrgAppID: installed.ID, AppSlug: info.AppSlug})
		}
	}
	if err := wrong.err("order"); err != nil {
		return plan, err
	}
	if len(plan.providers) == 0 {
		return plan, &Error{
			Code: CodeNoUsableProvider, Outcome: NotApplied, Op: "order", OrderID: req.OrderID, Attempts: plan.skipped,
			Message: "none of the providers can be tried: check their ids, your apps and the currency",
		}
	}
	return plan, nil
}

// gateway is [KindGatewaySync] where the order is to be paid at a gateway, else "".
func (p *orderPlan) gateway() Kind {
	if len(p.providers) > 0 && p.providers[0].Kind == KindGatewaySync {
		return KindGatewaySync
	}
	return ""
}

func (p *orderPlan) warn(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

func (p *orderPlan) skip(provider, orgAppID, reason string) {
	p.skipped = append(p.skipped, OrderAttempt{Provider: provider, OrgAppID: orgAppID, Outcome: AttemptSkipped, Reason: reason})
}

// Why a provider has no app to be tried with.
const (
	problemNone    = "no_app"
	problemSeveral = "several_apps"
)

// orderApp is the app of a provider: the one that is named, or else the only one of the caller's. A named one that isn't the caller's, or
// another provider's, is an error.
func (s *Service) orderApp(ctx context.Context, apps []App, provider, named string) (app App, problem string, err error) {
	if named != "" {
		app, err := s.app(ctx, named)
		if err == nil && app.info().ID != provider {
			err = orgAppNotFound(named)
		}
		return app, "", err
	}
	for _, candidate := range apps {
		if candidate.info().ID != provider {
			continue
		}
		if app.ID != "" {
			return App{}, problemSeveral, nil
		}
		app = candidate
	}
	if app.ID == "" {
		return App{}, problemNone, nil
	}
	return app, "", nil
}

// info describes what an app is of.
func (a App) info() Info {
	switch {
	case a.Provider != nil:
		return a.Provider.Info()
	case a.Gateway != nil:
		return a.Gateway.Info()
	default:
		return Info{}
	}
}

// findInfo is the description of a provider in a catalogue, or of one of the apps.
func findInfo(provider string, catalogue []Info, apps []App) (Info, bool) {
	for _, info := range catalogue {
		if info.ID == provider {
			return info, true
		}
	}
	for _, app := range apps {
		if info := app.info(); info.ID == provider {
			return info, true
		}
	}
	return Info{}, false
}

// whyNot is why a provider can't take an order, "" where it can: a stable word, or the field that it lacks.
func whyNot(order *Order, info Info) string {
	if info.Kind != KindBNPL {
		return ""
	}
	err := checkProvider(order.paylink(&OrderProvider{Provider: info.ID}), info)
	var known *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &known) && known.Code == CodeValidationFailed:
		field := known.Fields[0].Field
		if field == "phone_number" {
			field = "buyer_phone" // the one phone that an order has
		}
		return "missing_" + field
	default:
		return string(CodeOf(err))
	}
}
