package wire_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/wire"
	"github.com/paylinks/paylinks-go/paylinks"
)

func TestParseBodyRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, message string }{
		"a syntax error":                 {`{"amount":`, "the body is not valid JSON: look near byte 10"},
		"a number that isn't JSON":       {`{"amount":01}`, "the body is not valid JSON: look near byte 12"},
		"trailing data":                  {`{} {}`, "the body is not valid JSON: look near byte 4"},
		"a trailing comma":               {`{"a":1,}`, "the body is not valid JSON: look near byte 8"},
		"an array":                       {`[1]`, "the body must be a JSON object"},
		"a string":                       {`"x"`, "the body must be a JSON object"},
		"null":                           {`null`, "the body must be a JSON object"},
		"bytes that aren't UTF-8":        {"{\"a\":\"\xc3\x28\"}", "the body is not valid UTF-8"},
		"the first half of a character":  {`{"a":"\ud800"}`, "the body has half of a surrogate pair, which is no text"},
		"the second half of a character": {`{"a":"x\udc00y"}`, "the body has half of a surrogate pair, which is no text"},
		"two first halves":               {`{"a":"\ud83d\ud83d"}`, "the body has half of a surrogate pair, which is no text"},
		"a byte order mark":              {"\ufeff{}", "the body is not valid JSON: look near byte 1"},
		"a repeated key":                 {`{"amount":"1.00","amount":"9.00"}`, `the key "amount" is in one object twice`},
		"a repeated key, escaped":        {`{"amount":"1.00","\u0061mount":"9.00"}`, `the key "amount" is in one object twice`},
		"a repeated key, deep":           {`{"items":[{"sku":"a"},{"sku":"a","x":[],"sku":"b"}]}`, `the key "sku" is in one object twice`},
		"a repeated key, unknown":        {`{"x":{"y":{},"y":1}}`, `the key "y" is in one object twice`},
		"too deep, arrays":               {`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "the body is nested deeper than 32 levels"},
		"too deep, objects":              {strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), "the body is nested deeper than 32 levels"},
		"deeper than any parser's":       {strings.Repeat("[", 20000), "the body is not valid JSON: look near byte 10001"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := wire.ParseBody([]byte(test.body))
			var failure *paylinks.Error
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, paylinks.CodeInvalidJSON, failure.Code)
			assert.Equal(t, paylinks.NotApplied, failure.Outcome)
			assert.Equal(t, test.message, failure.Message)
		})
	}
}

func TestParseBodyAccepts(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"one key in different objects": `{"a":{"k":1},"b":{"k":1},"c":[{"k":1},{"k":1}],"k":1}`,
		"a character in two halves":    `{"a":"\ud83d\ude00"}`,
		"what only looks like a half":  `{"a":"\\ud800"}`,
		"a value like a key":           `{"a":"a","b":"a"}`,
		"as deep as allowed":           strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32),
		"white space around":           "\n\t{ } \r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := wire.ParseBody([]byte(body))
			require.NoError(t, err)
		})
	}
}

func TestCanonicalBodies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		a, b string
		same bool
	}{
		"order of keys":         {`{"a":1,"b":{"c":2,"d":3}}`, `{"b":{"d":3,"c":2},"a":1}`, true},
		"white space":           {`{"a":[1,2]}`, "{ \"a\" : [ 1,\n2 ] }", true},
		"escapes":               {`{"a":"é/"}`, `{"\u0061":"\u00e9\/"}`, true},
		"nothing and empty":     {``, `{}`, true},
		"white space and empty": {" \n", `{ }`, true},
		"order of elements":     {`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		"numbers as written":    {`{"a":1.0}`, `{"a":1.00}`, false},
		"a number and a string": {`{"a":1}`, `{"a":"1"}`, false},
		"large numbers":         {`{"a":9007199254740993}`, `{"a":9007199254740992}`, false},
		"null isn't the same":   {`{"a":null}`, `{}`, false},
		"another value":         {`{"amount":"1.00"}`, `{"amount":"2.00"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := wire.ParseBody([]byte(test.a))
			require.NoError(t, err)
			b, err := wire.ParseBody([]byte(test.b))
			require.NoError(t, err)
			assert.Equal(t, test.same, string(a.Canonical()) == string(b.Canonical()))
		})
	}
}
