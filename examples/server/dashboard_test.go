package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/paylinks/paylinks-go/paylinks"
)

// figures are what a scrape has: the labels of each name, and the values of each label.
type figures map[string]map[string]map[string]bool

var (
	sample  = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? `)
	matcher = regexp.MustCompile(`([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"`)
	// selector is what stands in braces, window what stands in brackets, grouping is "by (…)".
	selector   = regexp.MustCompile(`\{([^{}]*)\}`)
	window     = regexp.MustCompile(`\[[^\]]*\]`)
	grouping   = regexp.MustCompile(`\bby\s*\(([^)]*)\)`)
	identifier = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*(\s*\()?`)
	legend     = regexp.MustCompile(`\{\{\s*([a-zA-Z_]+)\s*\}\}`)
)

func readScrape(t *testing.T, text string) figures {
	t.Helper()
	all := figures{}
	for line := range strings.Lines(text) {
		found := sample.FindStringSubmatch(line)
		if strings.HasPrefix(line, "#") || found == nil {
			continue
		}
		if all[found[1]] == nil {
			all[found[1]] = map[string]map[string]bool{}
		}
		for _, pair := range matcher.FindAllStringSubmatch(found[2], -1) {
			if all[found[1]][pair[1]] == nil {
				all[found[1]][pair[1]] = map[string]bool{}
			}
			all[found[1]][pair[1]][pair[3]] = true
		}
	}
	require.Greater(t, len(all), 50)
	return all
}

// checkExpression checks that what an expression asks for exists: each name, each label, and each value that a label is compared with.
func checkExpression(t *testing.T, have figures, expression, shown string) {
	t.Helper()
	functions := []string{"sum", "rate", "increase", "histogram_quantile", "max", "time", "label_values"}
	grouped := map[string]bool{}
	for _, by := range grouping.FindAllStringSubmatch(expression, -1) {
		for label := range strings.SplitSeq(by[1], ",") {
			grouped[strings.TrimSpace(label)] = true
		}
	}
	for _, label := range legend.FindAllStringSubmatch(shown, -1) {
		grouped[label[1]] = true
	}
	rest := window.ReplaceAllString(grouping.ReplaceAllString(expression, " "), " ")
	// Each selector belongs to the name before it.
	for _, at := range selector.FindAllStringSubmatchIndex(rest, -1) {
		names := identifier.FindAllString(rest[:at[0]], -1)
		require.NotEmpty(t, names, expression)
		name := names[len(names)-1]
		for _, m := range matcher.FindAllStringSubmatch(rest[at[2]:at[3]], -1) {
			checkMatcher(t, have, expression, name, m[1], m[3])
		}
	}
	names := 0
	for _, word := range identifier.FindAllString(selector.ReplaceAllString(rest, " "), -1) {
		if function, called := strings.CutSuffix(word, "("); called {
			assert.Contains(t, functions, strings.TrimSpace(function), expression)
			continue
		}
		if word == "unless" || word == "up" || grouped[word] {
			names++
			continue // "up" is Prometheus's own; what is grouped by stands in a query for a variable's values
		}
		names++
		if !assert.Contains(t, have, word, "no such metric: %s", expression) {
			continue
		}
		for label := range grouped {
			if label != "le" && label != "instance" {
				assert.Contains(t, have[word], label, "%s has no such label: %s", word, expression)
			}
		}
	}
	assert.Positive(t, names, expression)
}

// checkMatcher checks a comparison. Events and operations are known by their words, since not each happens in a test; statuses of HTTP are whatever they are.
func checkMatcher(t *testing.T, have figures, expression, name, label, value string) {
	t.Helper()
	if label == "job" {
		return
	}
	labels, ok := have[name]
	if !assert.True(t, ok, "no metric %s: %s", name, expression) || !assert.Contains(t, labels, label, expression) {
		return
	}
	if strings.Contains(value, "$") || label == "http_response_status_code" {
		return
	}
	known := map[string][]string{
		"paylinks_event": {
			string(paylinks.EventAuthorized), string(paylinks.EventCaptured), string(paylinks.EventPaidAfterEnd), string(paylinks.EventAmountMismatch), string(paylinks.EventDuplicatePayment),
		},
		"paylinks_operation": {
			string(paylinks.OperationCreate), string(paylinks.OperationCapture), string(paylinks.OperationCancel), string(paylinks.OperationRefund), string(paylinks.OperationSend),
		},
	}
	for one := range strings.SplitSeq(value, "|") {
		if slices.Contains(known[label], one) {
			continue
		}
		assert.Contains(t, labels[label], one, expression)
	}
}

func checkDashboard(t *testing.T, have figures) {
	t.Helper()
	text, err := os.ReadFile("grafana/paylinks.json")
	require.NoError(t, err)
	var dashboard struct {
		Panels []struct {
			Title, Type string
			Targets     []struct{ Expr, LegendFormat string }
		}
		Templating struct {
			List []struct{ Name, Definition string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &dashboard))
	expressions := 0
	for _, panel := range dashboard.Panels {
		assert.NotEmpty(t, panel.Title)
		assert.Equal(t, panel.Type == "row", len(panel.Targets) == 0, panel.Title)
		for _, target := range panel.Targets {
			expressions++
			checkExpression(t, have, target.Expr, target.LegendFormat)
		}
	}
	assert.Greater(t, expressions, 30)
	for _, variable := range dashboard.Templating.List {
		if metric, ok := strings.CutPrefix(variable.Definition, "label_values("); ok {
			name, label, _ := strings.Cut(strings.TrimSuffix(metric, ")"), ", ")
			assert.Contains(t, have[name], label)
		}
	}
}

// alerts is the file of alert rules.
type alerts struct {
	Groups []struct {
		Rules []struct {
			Alert, Expr string
			Annotations struct{ Summary string }
		}
	}
}

func readAlerts(t *testing.T) alerts {
	t.Helper()
	text, err := os.ReadFile("grafana/alerts.yml")
	require.NoError(t, err)
	var all alerts
	require.NoError(t, yaml.Unmarshal(text, &all))
	require.NotEmpty(t, all.Groups)
	return all
}

func checkAlerts(t *testing.T, have figures) {
	t.Helper()
	for _, rule := range readAlerts(t).Groups[0].Rules {
		require.NotEmpty(t, rule.Alert)
		checkExpression(t, have, rule.Expr, "")
		assert.NotEmpty(t, rule.Annotations.Summary, rule.Alert)
	}
}

// checkHandbook checks that the handbook speaks of every metric and alert, and of none that isn't there.
func checkHandbook(t *testing.T, have figures) {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	handbook := string(text)
	ours := regexp.MustCompile(`\b(?:paylinks_[a-z_]+_(?:total|seconds)|paylinks_provider_resting|paylinks_http_event_streams|http_server_request_duration_seconds)\b`)
	base := regexp.MustCompile(`_(bucket|count|sum)$`)
	there := map[string]bool{}
	for name := range have {
		name = base.ReplaceAllString(name, "")
		there[name] = true
		if strings.HasPrefix(name, "paylinks_") || strings.HasPrefix(name, "http_") {
			assert.Contains(t, handbook, "`"+name+"`")
		}
	}
	for _, name := range ours.FindAllString(handbook, -1) {
		assert.True(t, there[name], "the handbook speaks of %s", name)
	}
	named := map[string]bool{}
	for _, rule := range readAlerts(t).Groups[0].Rules {
		named[rule.Alert] = true
		assert.Contains(t, handbook, "`"+rule.Alert+"`")
	}
	for _, name := range regexp.MustCompile("`(Paylinks[A-Z][A-Za-z]+)`").FindAllStringSubmatch(handbook, -1) {
		assert.True(t, named[name[1]], "the handbook speaks of %s", name[1])
	}
}
