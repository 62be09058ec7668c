package tamara

import (
	"cmp"
	"context"
	"net/url"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara/internal/api"
)

// CheckEligibility asks whether Tamara would want the buyer, from what it remembers of refusals. It fails open, and soon: without a clear no within
// [Config].EligibilityTimeout the buyer counts as eligible.
func (p *Provider) CheckEligibility(ctx context.Context, in paylinks.CreateInput) (paylinks.Eligibility, error) {
	ctx, cancel := context.WithTimeout(ctx, p.config.EligibilityTimeout)
	defer cancel()
	phone := digits(cmp.Or(in.SendTo, in.Buyer.Phone))
	answer, err := p.api.CheckEligibility(ctx, api.Eligibility{
		Order:    money(in.Amount),
		Customer: api.EligibilityCustomer{Phone: phone, PhoneNumber: phone, Email: string(in.Buyer.Email)},
	})
	if err != nil || answer.Eligible == nil || *answer.Eligible {
		return paylinks.Eligibility{Eligible: true}, nil
	}
	return paylinks.Eligibility{Reason: "not_eligible"}, nil
}

// PaymentType is a way of payment that Tamara offers the merchant's buyers. Limits that Tamara doesn't give are unset.
type PaymentType struct {
	// Name is Tamara's word: "PAY_BY_INSTALMENTS".
	Name string
	// Description and DescriptionAR are for the buyer, in English and Arabic.
	Description, DescriptionAR string
	Min, Max                   paylinks.Money
	Instalments                []Instalments
}

// Instalments is a number of instalments that a [PaymentType] has, and for which amounts.
type Instalments struct {
	// Count is how many, for amounts from Min to Max.
	Count    int
	Min, Max paylinks.Money
}

// PaymentTypes are the ways of payment for an amount, or for any amount where it's zero, with the account's limits: Tamara publishes no others.
// There are none in a currency that the account doesn't have. Tamara's present documentation has dropped this call. Every error is a [*paylinks.ProviderError].
func (p *Provider) PaymentTypes(ctx context.Context, amount paylinks.Money) ([]PaymentType, error) {
	if !amount.IsSet() {
		return nil, notACall("say an amount, or paylinks.Zero of a currency")
	}
	// The phone that Tamara would take as well is left out: URLs end up in logs.
	query := url.Values{"country": {amount.Currency().Region()}, "currency": {string(amount.Currency())}}
	if !amount.IsZero() {
		query.Set("order_value", amount.String())
	}
	answer, err := p.api.PaymentTypes(ctx, query)
	if err != nil {
		return nil, refusal(err)
	}
	types := make([]PaymentType, 0, len(answer))
	for _, one := range answer {
		kind := PaymentType{
			Name: one.Name, Description: one.Description, DescriptionAR: one.DescriptionAR, Min: limit(one.Min), Max: limit(one.Max),
		}
		for _, plan := range one.Instalments {
			kind.Instalments = append(kind.Instalments, Instalments{Count: plan.Count, Min: limit(plan.Min), Max: limit(plan.Max)})
		}
		types = append(types, kind)
	}
	return types, nil
}

// limit is a limit, unset where it can't be read.
func limit(sum api.Sum) paylinks.Money {
	currency, err := paylinks.ParseCurrency(sum.Currency)
	if err != nil {
		return paylinks.Money{}
	}
	m, err := paylinks.ParseProviderMoney(sum.Amount, currency)
	if err != nil {
		return paylinks.Money{}
	}
	return m
}
