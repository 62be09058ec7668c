package api

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAmountsKeepTheirZeros(t *testing.T) {
	t.Parallel()
	for want, amount := range map[string]Amount{
		`"200.00"`: {Decimal: "200.00"},
		`200.00`:   {Decimal: "200.00", Number: true},
		`"2"`:      {Decimal: "2"},
		`0.10`:     {Decimal: "0.10", Number: true},
	} {
		got, err := json.Marshal(amount)
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func TestTextIsReadFromWhateverIsThere(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]Text{
		`"abc"`: "abc", `""`: "", `12`: "12", `12.50`: "12.50", `true`: "true", `false`: "false", `null`: "", `{}`: "", `[1]`: "", `"\u0041"`: "A",
	} {
		got := Text("before")
		require.NoError(t, json.Unmarshal([]byte(data), &got))
		assert.Equal(t, want, got, data)
	}
}

func TestExtraFieldsReplaceNoneOfOurs(t *testing.T) {
	t.Parallel()
	extra := map[string]json.RawMessage{"amount": json.RawMessage(`"9"`), "more": json.RawMessage(`{"a":1}`)}
	body, err := with(struct {
		Amount string `json:"amount"`
	}{"1.00"}, extra)
	require.NoError(t, err)
	got, err := json.Marshal(body)
	require.NoError(t, err)
	assert.JSONEq(t, `{"amount":"1.00","more":{"a":1}}`, string(got))
	assert.JSONEq(t, `"9"`, string(extra["amount"]), "the configuration isn't changed")
}
