package hyperpay

import "regexp"

// effect is what a result code means for the operation that has it.
type effect uint8

const (
	// unknown: no pattern knows the code.
	unknown effect = iota
	success
	// review: a success that HyperPay's risk management wants a person to look at. HyperPay calls it successful; others count it as pending.
	review
	pending
	created
	cancelled
	failed
	expired
	disputed
	// throttled, refusedKey and missing say something of the query, and nothing of a payment.
	throttled
	refusedKey
	missing
)

// class is a group of result codes.
type class struct {
	name    string
	pattern *regexp.Regexp
	effect  effect
}

func row(name, pattern string, e effect) class {
	return class{name: name, pattern: regexp.MustCompile(pattern), effect: e}
}

// Names of classes that decide more than their effect.
const (
	classCreated        = "checkout created"
	classSoon           = "pending (minutes)"
	classGone           = "session gone"
	classBuyerCancelled = "buyer cancelled"
)

// classes are tried in this order, and the first that matches decides: HyperPay's patterns overlap (the throttle's code matches "risk checks", the
// buyer's cancellation "async flow", 100.400.500 "external risk"). The single codes at the top are taken out of their classes on purpose.
var classes = [...]class{
	row("throttled", `^800\.120\.100$`, throttled),
	row("auth error", `^800\.900\.300$`, refusedKey),
	row(classGone, `^200\.300\.404$`, expired),
	row("not found", `^700\.400\.580$`, missing),
	row("timeout, reversed", `^900\.100\.301$`, cancelled),
	row("timeout, uncertain", `^900\.100\.300$`, pending),
	row(classBuyerCancelled, `^100\.396\.(101|104)$`, cancelled),
	row(classCreated, `^000\.200\.100$`, created),
	row("chargeback", `^(000\.100\.2)`, disputed),
	row("success", `^(000\.000\.|000\.100\.1|000\.[36])`, success),
	row("success (newer doc)", `^(000\.400\.[1][12]0)`, success),
	// 000.400.030 is among these: a part failed, and so did its reversal. It wants a person.
	row("communication", `^(900\.[1234]00|000\.400\.030)`, failed),
	row("manual review", `^(000\.400\.0[^3]|000\.400\.100)`, review),
	row(classSoon, `^(000\.200)`, pending),
	row("pending (days)", `^(800\.400\.5|100\.400\.500)`, pending),
	row("soft decline", `^(300\.100\.100)`, failed),
	row("3DS/liability", `^(000\.400\.[1][0-9][1-9]|000\.400\.2)`, failed),
	row("bank refusal", `^(800\.[17]00|800\.800\.[123])`, failed),
	row("system error", `^(800\.[56]|999\.|600\.1|800\.800\.[84])`, failed),
	row("async flow", `^(100\.39[765])`, failed),
	row("external risk", `^(100\.400|100\.38|100\.370\.100|100\.370\.11)`, failed),
	row("address check", `^(800\.400\.1)`, failed),
	row("3-D Secure", `^(800\.400\.2|100\.390)`, failed),
	row("blacklist", `^(100\.100\.701|800\.[32])`, failed),
	row("risk checks", `^(800\.1[123456]0)`, failed),
	row("configuration", `^(600\.[23]|500\.[12]|800\.121)`, failed),
	row("registration", `^(100\.[13]50)`, failed),
	row("job", `^(100\.250|100\.360)`, failed),
	row("reference", `^(700\.[1345][05]0)`, failed),
	row("format", `^(200\.[123]|100\.[53][07]|800\.900|100\.[69]00\.500)`, failed),
	row("address", `^(100\.800)`, failed),
	row("contact", `^(100\.[97]00)`, failed),
	row("account", `^(100\.100|100\.2[01])`, failed),
	row("amount", `^(100\.55)`, failed),
	row("merchant advice", `^(700\.(600|601))`, failed),
}

// classOf is the class of a result code, "anything else" with the effect unknown where no pattern knows it.
func classOf(code string) class {
	for _, c := range classes {
		if c.pattern.MatchString(code) {
			return c
		}
	}
	return class{name: "anything else", effect: unknown}
}

// testCodes are the successes of a test connector. At the live host they mean that no bank was asked.
var testCodes = map[string]bool{"000.100.110": true, "000.100.111": true, "000.100.112": true}
