package lenient_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/rest/lenient"
)

type row struct {
	Text   lenient.Text                      `json:"text"`
	Scalar lenient.Scalar                    `json:"scalar"`
	Maybe  lenient.Maybe[map[string]float64] `json:"maybe"`
}

// read reads a row whose three fields have one value.
func read(t *testing.T, value string) row {
	t.Helper()
	var r row
	require.NoError(t, json.Unmarshal([]byte(`{"text":`+value+`,"scalar":`+value+`,"maybe":`+value+`}`), &r), "no field makes a row unreadable")
	return r
}

func TestWhatHasAnotherFormIsZero(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]struct {
		text   lenient.Text
		scalar lenient.Scalar
	}{
		`"x"`:          {"x", "x"},
		`"a\"b\u00e9"`: {`a"bé`, `a"bé`},
		`""`:           {"", ""},
		`12.500`:       {"", "12.500"},
		`1e3`:          {"", "1e3"},
		`true`:         {"", "true"},
		`null`:         {"", ""},
		`{"x":1}`:      {"", ""},
		`["x"]`:        {"", ""},
	} {
		r := read(t, value)
		assert.Equal(t, want.text, r.Text, value)
		assert.Equal(t, want.scalar, r.Scalar, value)
	}
}

func TestMaybe(t *testing.T) {
	t.Parallel()
	assert.Equal(t, map[string]float64{"x": 1}, read(t, `{"x":1}`).Maybe.Value)
	for _, value := range []string{`null`, `"x"`, `7`, `[1]`, `{"x":"one"}`} {
		assert.Empty(t, read(t, value).Maybe.Value, "%s: all of it or nothing", value)
	}
}

// A field that comes twice is what it was last.
func TestTheLastOneHolds(t *testing.T) {
	t.Parallel()
	var r row
	require.NoError(t, json.Unmarshal([]byte(`{"text":"a","text":7,"scalar":"a","scalar":{}}`), &r))
	assert.Equal(t, row{}, r)
}

func FuzzNothingIsUnreadable(f *testing.F) {
	for _, seed := range []string{`"x"`, `7`, `null`, `{}`, `[[]]`, `"\ud800"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if json.Valid([]byte(value)) {
			read(t, value)
		}
	})
}
