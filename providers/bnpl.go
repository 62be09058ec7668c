package providers

import (
	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tamara"
)

// Credentials without a base URL are of the provider's live environment; its sandbox is another base URL. Tabby's keys tell by
// themselves which they are.

func newTabby(s Settings) (paylinks.Installed, error) {
	return tabby.FromCredentials(s.Credential, tabby.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger})
}

func newTamara(s Settings) (paylinks.Installed, error) {
	config := tamara.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger}
	if s.BaseURL == "" {
		config.Environment = tamara.Live
	}
	return tamara.FromCredentials(s.Credential, config)
}

func newMisPay(s Settings) (paylinks.Installed, error) {
	config := mispay.Config{BaseURL: s.BaseURL, HTTPClient: s.HTTPClient, Logger: s.Logger}
	if s.BaseURL == "" {
		config.Environment = mispay.Live
	}
	return mispay.FromCredentials(s.Credential, config)
}
