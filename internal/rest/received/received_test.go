package received_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/received"
)

func TestCompact(t *testing.T) {
	t.Parallel()
	row, err := received.Compact([]byte("{\n  \"id\" : \"a b\",\n  \"amount\": 12.50\n}\n"))
	require.NoError(t, err)
	assert.Equal(t, `{"id":"a b","amount":12.50}`, string(row), "texts and numbers stay as they are written")
	for _, text := range []string{"", "<html>", `{"id":`, `{} {}`} {
		_, err := received.Compact([]byte(text))
		assert.Error(t, err, text)
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ row, want string }{
		"a field":             {`{"id":"1","token":"t-1"}`, `{"id":"1","token":"[redacted]"}`},
		"two fields":          {`{"url":"https://x","token":"t-1"}`, `{"url":"[redacted]","token":"[redacted]"}`},
		"deep down, twice":    {`{"a":{"token":"t-1"},"b":[{"token":"t-2"}]}`, `{"a":{"token":"[redacted]"},"b":[{"token":"[redacted]"}]}`},
		"quotes within":       {`{"token":"t\"-\\","id":"1"}`, `{"token":"[redacted]","id":"1"}`},
		"a field's look":      {`{"note":"\"token\":\"t-1\""}`, `{"note":"\"token\":\"t-1\""}`},
		"another field":       {`{"my_token":"t-1","tokens":"t-2"}`, `{"my_token":"t-1","tokens":"t-2"}`},
		"no text":             {`{"token":null,"url":7}`, `{"token":null,"url":7}`},
		"an empty text":       {`{"token":""}`, `{"token":"[redacted]"}`},
		"a text without end":  {`{"token":"t-1`, `{"token":"[redacted]`},
		"nothing of the kind": {`{"id":"1"}`, `{"id":"1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := json.RawMessage(c.row)
			assert.Equal(t, c.want, string(received.Redact(given, "token", "url")))
			assert.Equal(t, c.row, string(given), "what was given stays as it is")
		})
	}
}

func TestHide(t *testing.T) {
	t.Parallel()
	row := `{ "url" : "https://pay.example/?s=1", "again": "https://pay.example/?s=1", "id": "" }`
	for literal, want := range map[string]string{
		`"https://pay.example/?s=1"`: `{ "url" : "[redacted]", "again": "[redacted]", "id": "" }`,
		`"other"`:                    row,
		`""`:                         row,
		`null`:                       row,
		``:                           row,
	} {
		assert.Equal(t, want, string(received.Hide(json.RawMessage(row), json.RawMessage(literal))), literal)
	}
}

func TestTogether(t *testing.T) {
	t.Parallel()
	one, two := json.RawMessage(`{"id":1}`), json.RawMessage(`{"id":2}`)
	assert.JSONEq(t, `{"id":1}`, string(received.Together(one)))
	assert.JSONEq(t, `[{"id":1},{"id":2},{"id":1}]`, string(received.Together(one, two, one)))
}

// Whatever a text is, it's gone, and the rest of the row is as it was.
func FuzzRedact(f *testing.F) {
	f.Add("t-1", "a note")
	f.Add(`"token":"`, `\`)
	f.Add("\u2028", `","token":"x`)
	f.Fuzz(func(t *testing.T, token, note string) {
		encode := func(token string) []byte {
			encoded, err := json.Marshal(map[string]string{"a": note, "token": token, "z": note})
			require.NoError(t, err)
			return encoded
		}
		assert.Equal(t, string(encode("[redacted]")), string(received.Redact(encode(token), "token")))
	})
}
