package api_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/dinero/internal/api"
)

const password = paylinks.Secret("vector-Password-7")

// The vectors were computed by another implementation.
func TestHash(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fields []string
		want   string
	}{
		"status by payment": {[]string{"7c9e6679-7425-40de-944b-e07fc1f90ae7"}, "0b358df07e2edec70094c935fef9624f63b0d94b"},
		"status by order":   {[]string{"Shop-81/a"}, "819b2c2ead099aed6a659f45c32f7c2ec102652a"},
		"callback": {
			[]string{"7c9e6679-7425-40de-944b-e07fc1f90ae7", "shop-81", "12.500", "KWD", "Lamp, blue"},
			"7c1e0cda67f3d5bf2215e821668443e4ac12552c",
		},
		"letters beyond ASCII stay": {
			[]string{"7c9e6679-7425-40de-944b-e07fc1f90ae7", "shop-81", "12.500", "KWD", "café"},
			"8ac023f1abd9901500fe4332ee1a44904e7dcb23",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, api.Hash(password, tt.fields...))
			assert.True(t, api.Proves(tt.want, password, tt.fields...))
			assert.True(t, api.Proves(strings.ToUpper(tt.want), password, tt.fields...))
			assert.False(t, api.Proves(tt.want, "another", tt.fields...))
			assert.False(t, api.Proves("", password, tt.fields...))
			assert.False(t, api.Proves(tt.want[1:], password, tt.fields...))
		})
	}
}
