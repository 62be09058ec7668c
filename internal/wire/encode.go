package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/internal/rule"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// The encoders write the bodies that the decoders read. Idempotency keys aren't part of them: they travel in a header. A text that isn't UTF-8 is refused as
// the Service refuses it, with [paylinks.CodeValidationFailed] and its field: encoding/json would put another text in its place.

// encode writes a body.
func encode(body any) ([]byte, error) {
	var wrong illegible
	wrong.look("", reflect.ValueOf(body))
	if err := refused(wrong); err != nil {
		return nil, err
	}
	return json.Marshal(body)
}

// refused is the error for a request with wrong fields, nil without any.
func refused(wrong []paylinks.FieldError) error {
	if len(wrong) == 0 {
		return nil
	}
	return &paylinks.Error{Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied, Message: wrong[0].Message, Fields: wrong}
}

// problem is what a rule has found wrong with a field.
func problem(field string, p rule.Problem) paylinks.FieldError {
	return paylinks.FieldError{Field: field, Code: p.Code, Message: field + " " + p.Message}
}

// CheckTexts refuses texts by name that aren't UTF-8, as the encoders do those of a body.
func CheckTexts(texts map[string][]string) error {
	var wrong illegible
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		for _, text := range texts[name] {
			wrong.look(name, reflect.ValueOf(text))
		}
	}
	return refused(wrong)
}

// CheckKey refuses an idempotency key as the Service does.
func CheckKey(key string) error {
	if p := rule.Key(key); p != nil {
		return refused([]paylinks.FieldError{problem("idempotency_key", *p)})
	}
	return nil
}

// illegible are the texts of a body that aren't UTF-8.
type illegible []paylinks.FieldError

// look looks through a value of the wire types, which is at a field of the body.
func (l *illegible) look(at string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if !utf8.ValidString(v.String()) {
			*l = append(*l, problem(at, rule.Illegible))
		}
	case reflect.Interface:
		l.look(at, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			l.look(fmt.Sprintf("%s[%d]", at, i), v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			if !utf8.ValidString(key.String()) {
				*l = append(*l, problem(at, rule.IllegibleKey))
				continue
			}
			l.look(inside(at, key.String()), v.MapIndex(key))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			l.look(inside(at, name), v.Field(i))
		}
	default:
	}
}

// inside is the name of a field of an object.
func inside(object, field string) string {
	if object == "" {
		return field
	}
	return object + "." + field
}

// EncodeCapture writes the body of a capture.
func EncodeCapture(req paylinks.CaptureRequest) ([]byte, error) {
	return encode(api.CaptureRequest{Amount: req.Amount, ReferenceID: req.ReferenceID})
}

// EncodeRefund writes the body of a refund.
func EncodeRefund(req paylinks.RefundRequest) ([]byte, error) {
	return encode(api.RefundRequest{Amount: req.Amount, ReferenceID: req.ReferenceID, Reason: req.Reason})
}

// EncodeResolve writes the body of the call that tells what became of an operation.
func EncodeResolve(referenceID string, happened bool) ([]byte, error) {
	return encode(api.ResolveRequest{ReferenceID: referenceID, Happened: happened})
}

// EncodeOrder writes an order request. Its Catalogue stays behind: a server has its own.
func EncodeOrder(req paylinks.OrderRequest) ([]byte, error) {
	body := api.OrderRequest{
		Providers: req.Providers, OrgAppIDs: req.OrgAppIDs,
		Order:     api.OrderDetails{OrderID: req.OrderID, TotalAmount: req.Amount, Currency: req.Currency},
		BuyerName: req.BuyerName, BuyerEmail: req.BuyerEmail, BuyerPhone: req.BuyerPhone, Lang: req.Lang,
	}
	for _, item := range req.Items {
		body.Order.LineItems = append(body.Order.LineItems, api.LineItem{
			SKU: item.SKU, Name: item.Name, Quantity: item.Quantity, Price: item.UnitPrice, Category: item.Category,
			ImageURL: item.ImageURL, ProductURL: item.ProductURL, DiscountAmount: item.DiscountAmount, TaxAmount: item.TaxAmount,
		})
	}
	return encode(body)
}

// EncodeNext writes the body of the call for the next provider.
func EncodeNext(req paylinks.NextRequest) ([]byte, error) {
	return encode(api.NextRequest{CancelCurrent: req.CancelCurrent})
}

// EncodeSync writes the body of the call that starts a sync.
func EncodeSync(req paylinks.SyncRequest) ([]byte, error) {
	return encode(api.SyncRequest{OrgAppID: req.OrgAppID, From: instant(req.From), To: instant(req.To)})
}

// EncodeEndpoint writes the body of the call that adds an endpoint.
func EncodeEndpoint(req paylinks.EndpointRequest) ([]byte, error) {
	return encode(api.EndpointRequest{URL: req.URL, Description: req.Description, Types: req.Types, OrgAppIDs: req.OrgApps})
}
