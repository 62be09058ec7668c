package client

import (
	"context"
	"errors"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// Providers lists the providers that the server knows, sorted by id.
func (c *Client) Providers(ctx context.Context) ([]api.Provider, error) {
	providers, _, err := fetch(ctx, c, get("providers", api.PathProviders, nil), wire.ToCatalogue)
	return providers, err
}

// ProviderConfig is what an integrator must know of a provider: its fields, capabilities and credentials' names.
func (c *Client) ProviderConfig(ctx context.Context, id string) (api.ProviderConfig, error) {
	config, _, err := fetch(ctx, c, get("provider config", path(api.PathConfig, id), nil), wire.ToProviderConfig)
	return config, err
}

// Ready tells whether the server answers, and its store does.
func (c *Client) Ready(ctx context.Context) error {
	_, _, err := fetch(ctx, c, get("ready", "/readyz", nil), wire.ToReady)
	var failure *paylinks.Error
	if errors.As(err, &failure) && failure.Code == paylinks.CodeUnreachable {
		failure.Message = "the server isn't ready: " + failure.Message
	}
	return err
}
