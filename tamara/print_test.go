package tamara_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/tamara"
)

func TestAProviderDoesNotPrintItsCredentials(t *testing.T) {
	t.Parallel()
	provider, err := tamara.New(tamara.Config{Environment: tamara.Sandbox, APIToken: "hush-api-token", NotificationToken: paylinks.Secret("hush-notification-token")})
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		text := fmt.Sprintf(verb, provider)
		assert.NotContains(t, text, "hush", verb)
		assert.Contains(t, text, "tamara.Provider", verb)
	}
}
