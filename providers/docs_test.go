package providers_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
)

// TestProvidersAsDocumented holds the tables of docs/providers.md against the catalogue. With -update they're written anew.
func TestProvidersAsDocumented(t *testing.T) {
	t.Parallel()
	const document = "../docs/providers.md"
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	want := string(text)
	for name, table := range map[string]string{"links": documentedLinks(), "gateways": documentedGateways(), "configuration": documentedConfiguration()} {
		begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
		before, rest, ok := strings.Cut(want, begin)
		require.True(t, ok, name)
		_, after, ok := strings.Cut(rest, end)
		require.True(t, ok, name)
		want = before + begin + table + end + after
	}
	goldentest.File(t, document, want)
}

// of are the catalogue's providers of a kind.
func of(kind paylinks.Kind) []providers.Entry {
	var some []providers.Entry
	for _, entry := range providers.Entries() {
		if entry.Kind == kind {
			some = append(some, entry)
		}
	}
	return some
}

// documentedLinks turns the catalogue on its side: a row for each property, so that three providers can be compared.
func documentedLinks() string {
	links := of(paylinks.KindBNPL)
	var b strings.Builder
	row := func(name string, cell func(providers.Entry) string) {
		_, _ = fmt.Fprintf(&b, "| %s |", name)
		for _, entry := range links {
			_, _ = fmt.Fprintf(&b, " %s |", cell(entry))
		}
		b.WriteString("\n")
	}
	can := func(c paylinks.Capability, otherwise string) func(providers.Entry) string {
		return func(e providers.Entry) string { return yes(e.Info, c, otherwise) }
	}
	row("", func(e providers.Entry) string { return "**" + e.Name + "** `" + e.ID + "`" })
	b.WriteString("|---" + strings.Repeat("|---", len(links)) + "|\n")
	row("Regions", func(e providers.Entry) string { return e.Regions })
	row("Currencies", func(e providers.Entry) string { return currencies(e.Info) })
	row("The link reaches the buyer by", func(e providers.Entry) string { return strings.ToUpper(string(e.Checkout)) })
	row("A link can be paid for", func(e providers.Entry) string { return duration(e.LinkLife) })
	row("and is watched for", func(e providers.Entry) string { return duration(e.SettleLife) })
	row("Capture", func(e providers.Entry) string {
		return inParts(e.Info, paylinks.CanCapture, paylinks.CanCapturePartly, "by itself")
	})
	row("Cancel an unpaid link", can(paylinks.CanCancel, "here only"))
	row("Void an authorization", can(paylinks.CanVoid, "–"))
	row("Refund", func(e providers.Entry) string {
		return inParts(e.Info, paylinks.CanRefund, paylinks.CanRefundPartly, "–")
	})
	row("Send again", can(paylinks.CanSend, "–"))
	row("Webhooks", can(paylinks.CanReceiveWebhook, "–"))
	row("The provider captures once per reference", can(paylinks.CanRepeatCapture, "no"))
	row("The provider refunds once per reference", can(paylinks.CanRepeatRefund, "no"))
	row("A capture can be found by its reference", can(paylinks.CanTraceCapture, "no"))
	row("A refund can be found by its reference", can(paylinks.CanTraceRefund, "no"))
	row("A create without an answer", func(e providers.Entry) string {
		if e.Can(paylinks.CanFindByReference) {
			return "found by reference"
		}
		return "ends `failed`"
	})
	row("Required fields", func(e providers.Entry) string { return fields(e.RequiredFields) })
	row("Optional fields", func(e providers.Entry) string { return fields(e.OptionalFields) })
	return b.String()
}

func documentedGateways() string {
	var b strings.Builder
	b.WriteString("| | Regions | Look-back | Webhooks | App slug |\n|---|---|---|---|---|\n")
	for _, entry := range of(paylinks.KindGatewaySync) {
		webhooks := "yes"
		for _, credential := range entry.Credentials {
			if !credential.Required && strings.Contains(credential.Name, "WEBHOOK") {
				webhooks = "with `" + credential.Name + "`"
			}
		}
		_, _ = fmt.Fprintf(&b, "| **%s** `%s` | %s | %s | %s | `%s` |\n", entry.Name, entry.ID, entry.Regions, duration(entry.LookBack),
			map[bool]string{true: webhooks, false: "–"}[entry.Can(paylinks.CanReceiveWebhook)], entry.AppSlug)
	}
	return b.String()
}

// documentedConfiguration is what each provider is configured with, and what its catalogue entry notes.
func documentedConfiguration() string {
	var b strings.Builder
	for _, entry := range append(of(paylinks.KindBNPL), of(paylinks.KindGatewaySync)...) {
		_, _ = fmt.Fprintf(&b, "### %s\n\n| Credential or setting | | |\n|---|---|---|\n", entry.Name)
		for _, credential := range entry.Credentials {
			need := "optional"
			if credential.Required {
				need = "required"
			}
			_, _ = fmt.Fprintf(&b, "| `%s` | %s | %s |\n", credential.Name, need, credential.Description)
		}
		for _, param := range entry.Params {
			standard := "setting"
			if param.Default != "" {
				standard = "setting (" + param.Default + ")"
			}
			_, _ = fmt.Fprintf(&b, "| `%s` | %s | %s |\n", param.Name, standard, param.Description)
		}
		b.WriteString("\n")
		for _, note := range entry.Notes {
			_, _ = fmt.Fprintf(&b, "- %s\n", note)
		}
		if len(entry.Notes) > 0 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

func fields(fields []paylinks.Field) string {
	var names []string
	for _, field := range fields {
		names = append(names, "`"+field.Name+"`")
	}
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

// duration is a duration in words.
func duration(d time.Duration) string {
	switch {
	case d == 0:
		return "–"
	case d%(24*time.Hour) == 0 && d > 24*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
}
