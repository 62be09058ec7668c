package tap_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/tap"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config tap.Config
		wrong  []string
	}{
		"a test key":              {tap.Config{SecretKey: "sk_test_abc"}, nil},
		"a live key":              {tap.Config{SecretKey: "sk_live_abc"}, nil},
		"space around":            {tap.Config{SecretKey: " sk_live_abc\n", BaseURL: " https://tap.example/ "}, nil},
		"test, as said":           {tap.Config{SecretKey: "sk_test_abc", Environment: tap.Test}, nil},
		"test, not as said":       {tap.Config{SecretKey: "sk_test_abc", Environment: tap.Live}, []string{"Environment"}},
		"an environment of none":  {tap.Config{SecretKey: "sk_test_abc", Environment: "sandbox"}, []string{"Environment", "Environment"}},
		"nothing":                 {tap.Config{}, []string{"SecretKey"}},
		"the public key":          {tap.Config{SecretKey: "pk_test_abc"}, []string{"SecretKey"}},
		"another's key":           {tap.Config{SecretKey: "sk_abc"}, []string{"SecretKey"}},
		"a key with a line break": {tap.Config{SecretKey: "sk_test_a\nb"}, []string{"SecretKey"}},
		"a path in the URL":       {tap.Config{SecretKey: "sk_test_abc", BaseURL: "https://api.tap.company/v2"}, []string{"BaseURL"}},
		"no scheme":               {tap.Config{SecretKey: "sk_test_abc", BaseURL: "api.tap.company"}, []string{"BaseURL"}},
		"a refunds path of words": {tap.Config{SecretKey: "sk_test_abc", RefundsPath: "refunds"}, []string{"RefundsPath"}},
		"all wrong":               {tap.Config{BaseURL: "ftp://x", RefundsPath: "x"}, []string{"SecretKey", "BaseURL", "RefundsPath"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gateway, err := tap.New(tt.config)
			if tt.wrong == nil {
				require.NoError(t, err)
				assert.Equal(t, "tap", gateway.Info().ID)
				return
			}
			require.Error(t, err)
			assert.Nil(t, gateway)
			assert.Equal(t, tt.wrong, walktest.Fields(err))
			var field *paylinks.FieldError
			require.ErrorAs(t, err, &field)
			assert.NotEmpty(t, field.Message)
			if key := tt.config.SecretKey.Reveal(); key != "" {
				assert.NotContains(t, err.Error(), key)
			}
		})
	}
}

func TestFromCredentials(t *testing.T) {
	t.Parallel()
	var asked []string
	gateway, err := tap.FromCredentials(func(name string) string {
		asked = append(asked, name)
		return map[string]string{"TAP_SECRET_KEY": "sk_test_abc"}[name]
	}, tap.Config{BaseURL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	assert.NotNil(t, gateway)
	walktest.Credentials(t, tap.Info(), asked)

	_, err = tap.FromCredentials(func(string) string { return "" }, tap.Config{})
	assert.Equal(t, []string{"SecretKey"}, walktest.Fields(err))
}

func TestAGatewayTellsNoKey(t *testing.T) {
	t.Parallel()
	gateway, err := tap.New(tap.Config{SecretKey: "sk_live_hidden"})
	require.NoError(t, err)
	walktest.Prints(t, gateway, "tap.Gateway")
}
