package mispay_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestAProviderDoesNotPrintItsCredentials(t *testing.T) {
	t.Parallel()
	provider, err := mispay.New(mispay.Config{Environment: mispay.Sandbox, AppID: "app", AppSecret: "hush-app-secret", WebhookSecret: paylinks.Secret("hush-webhook-secret")})
	require.NoError(t, err)
	exchangetest.Hidden(t, provider, "hush")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.Contains(t, fmt.Sprintf(verb, provider), "mispay.Provider", verb)
	}
}
