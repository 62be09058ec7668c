package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"
)

//go:embed page.html
var pageHTML string

// startPage is the page at /.
type startPage struct {
	html []byte
}

// pageData is what the page and the banner tell.
type pageData struct {
	URL       string
	Simulated bool
	// Token is shown where it's the demo token or a made-up one; others are the operator's own.
	Token     string
	Providers []pageProvider
	Curl      string
}

type pageProvider struct {
	Name, AppID, Page string
}

func newStartPage(config config, simulators []simulated) (startPage, error) {
	page, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return startPage{}, err
	}
	var html bytes.Buffer
	if err := page.Execute(&html, describe(config, simulators, config.publicURL)); err != nil {
		return startPage{}, err
	}
	return startPage{html: html.Bytes()}, nil
}

func describe(config config, simulators []simulated, url string) pageData {
	data := pageData{URL: url, Simulated: config.simulated()}
	if config.simulated() && config.getenv("PAYLINKS_TOKENS") == "" {
		data.Token = config.tokens
	}
	for _, s := range simulators {
		data.Providers = append(data.Providers, pageProvider{Name: s.name, AppID: s.appID, Page: s.page()})
	}
	for _, entry := range config.real {
		data.Providers = append(data.Providers, pageProvider{Name: entry.Name, AppID: appID(entry.ID)})
	}
	if len(data.Providers) > 0 {
		id, _, _ := strings.Cut(data.Providers[0].AppID, "-")
		data.Curl = curl(url, or(data.Token, "YOUR_TOKEN"), id, data.Providers[0].AppID)
	}
	return data
}

// curl is a line that makes a link as it stands.
func curl(url, token, provider, appID string) string {
	return fmt.Sprintf(`curl -X POST "%s/api/v1/providers/paylinks" \
  -H "Authorization: Bearer %s" \
  -H "Content-Type: application/json" \
  -d '{"provider": "%s", "org_app_id": "%s", "order_id": "POS-1234", "amount": "150.00", "currency": "SAR",
       "description": "In-store purchase", "buyer_phone": "0500000001"}'`, url, token, provider, appID)
}

// ServeHTTP serves the page.
func (p startPage) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(p.html)
}

// printBanner tells the operator what runs and how to try it.
func printBanner(out io.Writer, config config, simulators []simulated, addr string) error {
	data := describe(config, simulators, "http://"+addr)
	var b strings.Builder
	if data.Simulated {
		b.WriteString("SIMULATED: no provider has credentials, so every provider is simulated and no money moves.\n")
	}
	fmt.Fprintf(&b, "paylinks listens on %s\n", data.URL)
	for _, p := range data.Providers {
		kind := "real"
		switch {
		case p.Page != "":
			kind = "simulated, " + data.URL + p.Page
		case data.Simulated:
			kind = "simulated"
		}
		fmt.Fprintf(&b, "  %-12s %s (%s)\n", p.AppID, p.Name, kind)
	}
	if config.getenv("PAYLINKS_TOKENS") == "" {
		fmt.Fprintf(&b, "token: %s\n", config.tokens)
	}
	if data.Token != "" {
		fmt.Fprintf(&b, "\n%s\n\n", data.Curl)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
