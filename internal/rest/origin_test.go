package rest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/paylinks/paylinks-go/internal/rest"
)

func TestAnOriginIsSchemeAndHostAlone(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"https://api.example":           true,
		"http://127.0.0.1:8080":         true,
		"http://[::1]:8080":             true,
		"":                              false,
		"api.example":                   false,
		"https://":                      false,
		"ftp://api.example":             false,
		"https://api.example/":          false,
		"https://api.example/v1":        false,
		"https://api.example?key=1":     false,
		"https://api.example#top":       false,
		"https://user:pass@api.example": false,
		"\thttps://api.example":         false,
		"https://api.example:port":      false,
	} {
		assert.Equal(t, want, rest.IsOrigin(s), s)
	}
}
