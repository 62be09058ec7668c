package settings_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/settings"
	"github.com/paylinks/paylinks-go/internal/walktest"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestEverythingThatIsWrongIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	var wrong settings.Wrong
	wrong.Origin("https://api.example", "https://pay.example")
	settings.Outside(&wrong, "Least", 1, 1, 3, "")
	settings.Outside(&wrong, "Most", 3, 1, 3, "")
	require.NoError(t, wrong.Err("bank"))

	wrong.Required("Key", "set it")
	wrong.Invalid("Environment", "must be another")
	wrong.Origin("https://api.example/v1", "https://pay.example")
	settings.Outside(&wrong, "Below", 0, 1, 3, "must be from 1 to 3")
	settings.Outside(&wrong, "Above", 4, 1, 3, "must be from 1 to 3")
	err := wrong.Err("bank")
	require.ErrorContains(t, err, "bank: the configuration is wrong: ")
	assert.Equal(t, []*paylinks.FieldError{
		{Field: "Key", Code: "required", Message: "set it"},
		{Field: "Environment", Code: "invalid", Message: "must be another"},
		{Field: "BaseURL", Code: "invalid", Message: "must be a scheme and a host alone, such as https://pay.example"},
		{Field: "Below", Code: "invalid", Message: "must be from 1 to 3"},
		{Field: "Above", Code: "invalid", Message: "must be from 1 to 3"},
	}, walktest.FieldErrors(err))
}

func TestWhatComesWithCopyingIsTrimmed(t *testing.T) {
	t.Parallel()
	assert.Equal(t, paylinks.Secret("key"), settings.Secret(" key\n"))
	assert.Equal(t, "https://api.example", settings.BaseURL(" https://api.example// "))
}
