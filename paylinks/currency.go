package paylinks

import "strings"

// Currency is an ISO 4217 code in upper case, such as "SAR".
type Currency string

// The currencies that the payment link providers settle in, and the one that most gateways know besides.
const (
	SAR Currency = "SAR"
	AED Currency = "AED"
	KWD Currency = "KWD"
	BHD Currency = "BHD"
	OMR Currency = "OMR"
	QAR Currency = "QAR"
	USD Currency = "USD"
)

// The active codes of ISO 4217 by their number of decimals.
const (
	noDecimals    = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
	threeDecimals = "BHD IQD JOD KWD LYD OMR TND"
	twoDecimals   = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP " +
		"CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD " +
		"KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN " +
		"QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES " +
		"WST XCD YER ZAR ZMW ZWG"
)

// ParseCurrency reads a currency code in any case. One that ISO 4217 doesn't have is an error with code [CodeUnsupportedCurrency].
func ParseCurrency(s string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(s)))
	if !c.in(twoDecimals) && !c.in(threeDecimals) && !c.in(noDecimals) {
		const mend = "use an ISO 4217 code such as SAR, AED or KWD"
		return "", &Error{
			Code: CodeUnsupportedCurrency, Outcome: NotApplied, Message: "currency is unknown: " + mend,
			Fields: []FieldError{{Field: "currency", Code: "unsupported", Message: "currency is unknown: " + mend}},
		}
	}
	return c, nil
}

// in tells whether c is one of a list of codes with spaces between them.
func (c Currency) in(codes string) bool {
	return len(c) == 3 && !strings.Contains(string(c), " ") && strings.Contains(codes, string(c))
}

// Exponent is the number of decimals that amounts in c have: 2 for SAR, 3 for KWD. It's 2 for an unknown currency.
func (c Currency) Exponent() int32 {
	switch {
	case c.in(threeDecimals):
		return 3
	case c.in(noDecimals):
		return 0
	default:
		return 2
	}
}

// Region is the ISO 3166 country whose national phone numbers are assumed for payments in c, "" where no one country is.
func (c Currency) Region() string {
	switch c {
	case SAR, AED, KWD, BHD, OMR, QAR, USD:
		return string(c[:2])
	default:
		return ""
	}
}
