package tamara_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/exchangetest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

func TestAProviderDoesNotPrintItsCredentials(t *testing.T) {
	t.Parallel()
	provider, err := tamara.New(tamara.Config{Environment: tamara.Sandbox, APIToken: "hush-api-token", NotificationToken: paylinks.Secret("hush-notification-token")})
	require.NoError(t, err)
	exchangetest.Hidden(t, provider, "hush")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.Contains(t, fmt.Sprintf(verb, provider), "tamara.Provider", verb)
	}
}
