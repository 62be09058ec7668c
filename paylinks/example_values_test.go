package paylinks_test

import (
	"encoding/json"
	"fmt"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Amounts are read exactly, with the currency's own number of decimals.
func ExampleParseMoney() {
	for _, input := range []struct {
		amount   string
		currency paylinks.Currency
	}{
		{"150", paylinks.SAR}, {"12.5", paylinks.KWD}, {"12.505", paylinks.SAR}, {"1,500.00", paylinks.SAR}, {"-5", paylinks.SAR},
	} {
		money, err := paylinks.ParseMoney(input.amount, input.currency)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(money, money.Currency())
	}
	// Output:
	// 150.00 SAR
	// 12.500 KWD
	// amount: has 3 decimals, SAR has 2
	// amount: must be a plain decimal number such as "150.00"
	// amount: must be a plain decimal number such as "150.00"
}

// Money never goes below zero, and a zero amount isn't the same as no amount.
func ExampleMoney() {
	total := paylinks.Zero(paylinks.KWD)
	price, err := paylinks.ParseMoney("12.345", paylinks.KWD)
	if err != nil {
		fmt.Println(err)
		return
	}
	total = total.Add(price.Times(3))
	fmt.Println(total, total.Cmp(price), total.Sub(price), price.Sub(total))
	fmt.Println(paylinks.Zero(paylinks.KWD).IsSet(), paylinks.Money{}.IsSet())
	// Output:
	// 37.035 1 24.690 0.000
	// true false
}

// Providers that count in small units are read with the exponent that they use.
func ExampleMoneyFromUnits() {
	for _, c := range []paylinks.Currency{paylinks.SAR, paylinks.KWD} {
		money, err := paylinks.MoneyFromUnits(15000, c, c.Exponent())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(money, c)
	}
	// Output:
	// 150.00 SAR
	// 15.000 KWD
}

// Providers write amounts in their own ways: zeros that are too many are no harm, digits that are too many are.
func ExampleParseProviderMoney() {
	for _, text := range []string{"150", "150.0000", "150.0050"} {
		money, err := paylinks.ParseProviderMoney(text, paylinks.SAR)
		fmt.Println(money, err)
	}
	// Output:
	// 150.00 <nil>
	// 150.00 <nil>
	// 0.00 amount: has 3 decimals, SAR has 2
}

// A number as people write it, and as it's stored. It prints masked.
func ExampleParsePhone() {
	for _, text := range []string{"0500000001", "+971 50 000 0001", "00966-50-000-0001", "12"} {
		phone, err := paylinks.ParsePhone(text, paylinks.SAR.Region())
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(string(phone), "prints as", phone)
	}
	// Output:
	// +966500000001 prints as +9665*****01
	// +971500000001 prints as +9715*****01
	// +966500000001 prints as +9665*****01
	// phone: must be a phone number such as +966500000001, or a national one of the currency's country
}

// Personal data and credentials can't slip into a log, whatever verb or logger writes them.
func ExampleSecret() {
	key, email := paylinks.Secret("sk_live_1234"), paylinks.Email("noura@example.com")
	fmt.Printf("%s %v %q %#v %s\n", key, key, key, key, email)
	text, err := json.Marshal(map[string]any{"key": key})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text))
	fmt.Println(len(key.Reveal()), string(email)) // said on purpose
	// Output:
	// [secret] [secret] "[secret]" [secret] n***@example.com
	// {"key":"[secret]"}
	// 12 noura@example.com
}

// The questions that a status answers.
func ExampleStatus() {
	for _, status := range []paylinks.Status{paylinks.StatusCreated, paylinks.StatusAuthorized, paylinks.StatusCaptured, paylinks.StatusExpired} {
		fmt.Println(status, "paid:", status.Paid(), "ended unpaid:", status.Ended(), "final:", status.Final())
	}
	// Output:
	// created paid: false ended unpaid: false final: false
	// authorized paid: true ended unpaid: false final: false
	// captured paid: true ended unpaid: false final: true
	// expired paid: false ended unpaid: true final: true
}
