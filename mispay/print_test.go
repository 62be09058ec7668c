package mispay_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestAProviderDoesNotPrintItsCredentials(t *testing.T) {
	t.Parallel()
	provider, err := mispay.New(mispay.Config{Environment: mispay.Sandbox, AppID: "app", AppSecret: "hush-app-secret", WebhookSecret: paylinks.Secret("hush-webhook-secret")})
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		text := fmt.Sprintf(verb, provider)
		assert.NotContains(t, text, "hush", verb)
		assert.Contains(t, text, "mispay.Provider", verb)
	}
}
