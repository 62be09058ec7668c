package paylinks

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/internal/rule"
)

// The limits of a create request.
const (
	maxText        = 255
	maxDescription = 1000
	maxURL         = 1024
	maxItems       = 200
	maxQuantity    = 1_000_000
	maxMetadata    = 50
	maxMetadataKey = 40
	maxMetadataVal = 500
)

// fieldErrors collects what is wrong with a request, all of it at once.
type fieldErrors []FieldError

// add notes that a field is wrong. Its message is a sentence that begins with the field's name.
func (f *fieldErrors) add(field, code, format string, args ...any) {
	*f = append(*f, FieldError{Field: field, Code: code, Message: field + " " + fmt.Sprintf(format, args...)})
}

// addErr adds err under the name of a field: a [*FieldError] with its own code and message.
func (f *fieldErrors) addErr(field string, err error) {
	var wrong *FieldError
	if errors.As(err, &wrong) {
		f.add(field, wrong.Code, "%s", wrong.Message)
	}
}

// problem notes what a rule has found wrong with a field, nil for nothing.
func (f *fieldErrors) problem(field string, problem *rule.Problem) {
	if problem != nil {
		f.add(field, problem.Code, "%s", problem.Message)
	}
}

// legible tells whether a text is UTF-8, and notes where it isn't.
func (f *fieldErrors) legible(field, value string) bool {
	if utf8.ValidString(value) {
		return true
	}
	f.problem(field, &rule.Illegible)
	return false
}

func (f *fieldErrors) text(field, value string, limit int) {
	switch {
	case !f.legible(field, value):
	case utf8.RuneCountInString(value) > limit:
		f.add(field, "too_long", "must have at most %d characters", limit)
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		f.add(field, "invalid", "must not have control characters")
	}
}

func (f *fieldErrors) required(field, value string) {
	if strings.TrimSpace(value) == "" {
		f.add(field, "required", "is required")
		return
	}
	f.text(field, value, maxText)
}

func (f *fieldErrors) link(field, value string) {
	if value == "" || !f.legible(field, value) {
		return
	}
	parsed, err := url.Parse(value)
	if err != nil || (parsed.Scheme != "https" && parsed.Scheme != "http") || parsed.Host == "" || len(value) > maxURL {
		f.add(field, "invalid", "must be an absolute http or https URL of at most %d characters", maxURL)
	}
}

// err is the collected error, nil without any. The message repeats the first field, since many clients show nothing else.
func (f fieldErrors) err(op string) error {
	if len(f) == 0 {
		return nil
	}
	return &Error{
		Code: CodeValidationFailed, Outcome: NotApplied, Op: op, Fields: f,
		Message: f[0].Message,
	}
}

// parse turns a request into a link that isn't stored yet, without ids and times.
func (r CreateRequest) parse() (*Paylink, error) {
	var wrong fieldErrors
	wrong.required("provider", r.Provider)
	wrong.required("org_app_id", r.OrgAppID)
	wrong.required("order_id", r.OrderID)
	wrong.required("currency", r.Currency)
	wrong.text("description", r.Description, maxDescription)
	wrong.text("buyer_name", r.BuyerName, maxText)
	if wrong.legible("lang", r.Lang) && r.Lang != "" && r.Lang != "ar" && r.Lang != "en" {
		wrong.add("lang", "invalid", `must be "ar" or "en"`)
	}
	if r.BuyerEmail != "" && wrong.legible("buyer_email", r.BuyerEmail) {
		if address, err := mail.ParseAddress(r.BuyerEmail); err != nil || address.Address != r.BuyerEmail || len(r.BuyerEmail) > maxText {
			wrong.add("buyer_email", "invalid", "must be an e-mail address such as name@example.com")
		}
	}
	wrong.metadata(r.Metadata)
	wrong.options(r.Options)

	currency, unsupported := ParseCurrency(r.Currency)
	if unsupported != nil {
		if r.Amount == "" {
			wrong.add("amount", "required", "is required")
		}
		return nil, cmp.Or(wrong.err("create"), unsupported)
	}
	link := &Paylink{
		Provider: r.Provider, OrgAppID: r.OrgAppID, OrderID: r.OrderID,
		Amount: wrong.amount("amount", r.Amount, currency), Captured: Zero(currency), Refunded: Zero(currency),
		Description: r.Description, Lang: r.Lang, Metadata: r.Metadata, Options: r.Options,
		Buyer: Buyer{
			Name: r.BuyerName, Email: Email(r.BuyerEmail),
			Phone: wrong.phone("buyer_phone", r.BuyerPhone, currency),
		},
		SendTo: wrong.phone("phone_number", r.PhoneNumber, currency),
	}
	link.SendTo = cmp.Or(link.SendTo, link.Buyer.Phone)
	link.Buyer.Phone = cmp.Or(link.Buyer.Phone, link.SendTo)
	link.Items = wrong.items(r.Items, currency)
	if err := wrong.err("create"); err != nil {
		return nil, err
	}
	if err := checkItemsTotal(link.Items, link.Amount); err != nil {
		return nil, err
	}
	return link, nil
}

// amount reads a positive amount.
func (f *fieldErrors) amount(field, value string, currency Currency) Money {
	if value == "" {
		f.add(field, "required", "is required")
		return Zero(currency)
	}
	if !f.legible(field, value) {
		return Zero(currency)
	}
	money, err := ParseMoney(value, currency)
	switch {
	case err != nil:
		f.addErr(field, err)
	case money.IsZero():
		f.add(field, "must_be_positive", "must be more than zero")
	}
	return money
}

func (f *fieldErrors) phone(field, value string, currency Currency) Phone {
	if strings.TrimSpace(value) == "" || !f.legible(field, value) {
		return ""
	}
	phone, err := ParsePhone(value, currency.Region())
	if err != nil {
		f.addErr(field, err)
	}
	return phone
}

func (f *fieldErrors) metadata(metadata map[string]string) {
	if len(metadata) > maxMetadata {
		f.add("metadata", "too_many", "must have at most %d keys", maxMetadata)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		switch {
		case !utf8.ValidString(key):
			f.problem("metadata", &rule.IllegibleKey)
		case key == "" || utf8.RuneCountInString(key) > maxMetadataKey:
			f.add("metadata", "invalid", "keys must have 1 to %d characters", maxMetadataKey)
		default:
			f.text("metadata."+key, metadata[key], maxMetadataVal)
		}
	}
}

func (f *fieldErrors) options(options map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(options)) {
		_, own := rule.CreateField(name)
		switch {
		case !utf8.ValidString(name):
			f.problem("options", &rule.IllegibleKey)
		case own:
			f.problem(name, &rule.Taken)
		default:
			f.text(name, options[name], maxText)
		}
	}
}

func (f *fieldErrors) items(requests []ItemRequest, currency Currency) []Item {
	if len(requests) > maxItems {
		f.add("items", "too_many", "must have at most %d lines", maxItems)
		return nil
	}
	var items []Item
	for i, r := range requests {
		field := func(name string) string { return fmt.Sprintf("items[%d].%s", i, name) }
		f.required(field("name"), r.Name)
		f.text(field("sku"), r.SKU, maxText)
		f.text(field("category"), r.Category, maxText)
		f.link(field("image_url"), r.ImageURL)
		f.link(field("product_url"), r.ProductURL)
		if r.Quantity < 1 || r.Quantity > maxQuantity {
			f.add(field("quantity"), "invalid", "must be a whole number from 1 to %d", maxQuantity)
		}
		items = append(items, Item{
			Name: r.Name, Quantity: r.Quantity, SKU: r.SKU, Category: r.Category, ImageURL: r.ImageURL, ProductURL: r.ProductURL,
			UnitPrice: f.itemAmount(field("unit_price"), r.UnitPrice, currency, true),
			Discount:  f.itemAmount(field("discount_amount"), r.DiscountAmount, currency, false),
			Tax:       f.itemAmount(field("tax_amount"), r.TaxAmount, currency, false),
		})
	}
	return items
}

// itemAmount reads an amount that may be zero.
func (f *fieldErrors) itemAmount(field, value string, currency Currency, required bool) Money {
	if value == "" {
		if required {
			f.add(field, "required", "is required")
		}
		return Zero(currency)
	}
	if !f.legible(field, value) {
		return Zero(currency)
	}
	money, err := ParseMoney(value, currency)
	if err != nil {
		f.addErr(field, err)
	}
	return money
}

// checkItemsTotal compares without subtraction: prices and taxes on one side, amount and discounts on the other.
func checkItemsTotal(items []Item, amount Money) error {
	if len(items) == 0 {
		return nil
	}
	due, paid := Zero(amount.Currency()), amount
	for _, item := range items {
		due = due.Add(item.UnitPrice.Times(item.Quantity)).Add(item.Tax)
		paid = paid.Add(item.Discount)
	}
	if due.Equal(paid) {
		return nil
	}
	return &Error{
		Code: CodeItemsTotalMismatch, Outcome: NotApplied, Op: "create",
		Message: fmt.Sprintf("items add up to %s after discounts, amount is %s", due.signedDifference(paid.Sub(amount)), amount),
		Fields:  []FieldError{{Field: "items", Code: "total_mismatch", Message: "items: Σ (quantity × unit_price − discount_amount + tax_amount) must be the amount"}},
	}
}

// signedDifference is m − n for a message, also below zero.
func (m Money) signedDifference(n Money) string {
	return m.amount.Sub(n.amount).StringFixed(m.currency.Exponent())
}

// checkProvider checks what only the provider's Info can tell.
func checkProvider(link *Paylink, info Info) error {
	if !info.Accepts(link.Amount.Currency()) {
		return &Error{
			Code: CodeUnsupportedCurrency, Outcome: NotApplied, Op: "create", Provider: info.ID,
			Message: fmt.Sprintf("%s takes payments in %s", info.Name, joinCurrencies(info.Currencies)),
			Fields:  []FieldError{{Field: "currency", Code: "unsupported", Message: "currency must be one of " + joinCurrencies(info.Currencies)}},
		}
	}
	present := map[string]bool{
		"phone_number": link.SendTo != "",
		"buyer_phone":  link.Buyer.Phone != "",
		"buyer_email":  link.Buyer.Email != "",
		"buyer_name":   link.Buyer.Name != "",
		"description":  link.Description != "",
	}
	var wrong fieldErrors
	for _, field := range info.RequiredFields {
		// What every request must have, parse has checked.
		if always, _ := rule.CreateField(field.Name); !always && !present[field.Name] && link.Options[field.Name] == "" {
			wrong.add(field.Name, "required", "is required by %s", info.Name)
		}
	}
	for _, field := range slices.Concat(info.RequiredFields, info.OptionalFields) {
		if value := link.Options[field.Name]; value != "" && field.Values != nil && !slices.Contains(field.Values, value) {
			wrong.add(field.Name, "invalid", "must be one of %s", strings.Join(field.Values, ", "))
		}
	}
	return wrong.err("create")
}

func joinCurrencies(currencies []Currency) string {
	names := make([]string, len(currencies))
	for i, c := range currencies {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}

// checkReference checks the name that a caller gives to an operation.
func checkReference(op, value string) error {
	var wrong fieldErrors
	wrong.problem("reference_id", rule.Name(value))
	return wrong.err(op)
}

// checkKey checks an idempotency key.
func checkKey(op, value string) error {
	var wrong fieldErrors
	wrong.problem("idempotency_key", rule.Key(value))
	return wrong.err(op)
}

// fingerprint is a hash of everything that a create request asks for.
func fingerprint(link *Paylink) string {
	encoded, _ := json.Marshal(link) // no value of a Paylink can fail to encode
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])
}
