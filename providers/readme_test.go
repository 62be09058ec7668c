package providers_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/paylinks/paylinks-go/internal/goldentest"

	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers"
)

const (
	readme     = "../README.md"
	tableBegin = "<!-- providers:begin -->\n"
	tableEnd   = "<!-- providers:end -->"
)

// TestReadmeTable holds the README's tables of providers against the catalogue. With -update they're written anew.
func TestReadmeTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), tableBegin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, tableEnd)
	require.True(t, ok)
	goldentest.File(t, readme, before+tableBegin+linkTable()+"\n"+gatewayTable()+tableEnd+after)
}

func linkTable() string {
	var b strings.Builder
	b.WriteString("| | Regions | Currencies | Link by | Capture | Cancel unpaid | Void | Refund | Send again | A create without answer |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, info := range providers.Catalogue() {
		if info.Kind != paylinks.KindBNPL {
			continue
		}
		lost := "ends `failed`"
		if info.Can(paylinks.CanFindByReference) {
			lost = "found by reference"
		}
		_, _ = fmt.Fprintf(&b, "| **%s** `%s` | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", info.Name, info.ID, info.Regions, currencies(info),
			strings.ToUpper(string(info.Checkout)), inParts(info, paylinks.CanCapture, paylinks.CanCapturePartly, "by itself"), yes(info, paylinks.CanCancel, "here only"),
			yes(info, paylinks.CanVoid, "–"), inParts(info, paylinks.CanRefund, paylinks.CanRefundPartly, "–"), yes(info, paylinks.CanSend, "–"), lost)
	}
	return b.String()
}

func gatewayTable() string {
	var b strings.Builder
	b.WriteString("| Gateway | Regions | State |\n|---|---|---|\n")
	for _, entry := range providers.Entries() {
		if entry.Kind != paylinks.KindGatewaySync {
			continue
		}
		state := "listed only"
		if entry.Available() {
			state = "payments sync"
		}
		_, _ = fmt.Fprintf(&b, "| **%s** `%s` | %s | %s |\n", entry.Name, entry.ID, entry.Regions, state)
	}
	return b.String()
}

func currencies(info paylinks.Info) string {
	var names []string
	for _, c := range info.Currencies {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

func yes(info paylinks.Info, c paylinks.Capability, otherwise string) string {
	if info.Can(c) {
		return "yes"
	}
	return otherwise
}

func inParts(info paylinks.Info, all, part paylinks.Capability, otherwise string) string {
	switch {
	case info.Can(part):
		return "whole or part"
	case info.Can(all):
		return "whole"
	default:
		return otherwise
	}
}
