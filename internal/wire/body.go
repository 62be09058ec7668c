package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/paylinks/paylinks-go/paylinks"
)

// maxDepth bounds the nesting of a request body. The deepest field of the API is at depth 3.
const maxDepth = 32

// Body is a request body that was checked: one JSON object in valid UTF-8, in which no object at any depth has a key twice.
// Two readers of such a body can't disagree about what it says. The zero Body is the empty object.
type Body struct {
	fields map[string]json.RawMessage
	data   []byte
}

// ParseBody checks a request body. An empty one stands for {}. Anything else than a checked object is an error with
// [paylinks.CodeInvalidJSON].
func ParseBody(data []byte) (Body, error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return Body{}, nil
	}
	if err := checkJSON(data); err != nil {
		return Body{}, err
	}
	body := Body{data: data}
	if err := json.Unmarshal(data, &body.fields); err != nil || body.fields == nil {
		return Body{}, invalidJSON("the body must be a JSON object")
	}
	return body, nil
}

// Canonical is the body with sorted keys and without white space, numbers as they were written: equal for two bodies that say
// the same in the same words.
func (b Body) Canonical() []byte {
	if b.data == nil {
		return []byte("{}")
	}
	decoder := json.NewDecoder(bytes.NewReader(b.data))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) == nil {
		if canonical, err := json.Marshal(value); err == nil {
			return canonical
		}
	}
	return b.data // not reached: ParseBody has read it
}

func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return invalidJSON("the body is not valid UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return invalidJSON(fmt.Sprintf("the body is not valid JSON: look near byte %d", syntax.Offset))
		}
		return invalidJSON("the body is not valid JSON")
	}
	if loneSurrogate(data) {
		return invalidJSON("the body has half of a surrogate pair, which is no text")
	}
	return checkKeys(data)
}

// loneSurrogate tells whether valid JSON has an escape like \ud800 without its other half: encoding/json would read it as U+FFFD.
func loneSurrogate(data []byte) bool {
	for i := 0; i+1 < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		i++ // the escaped character
		if data[i] != 'u' {
			continue
		}
		first := escaped(data[i+1:])
		i += 4
		if !utf16.IsSurrogate(first) {
			continue
		}
		if !bytes.HasPrefix(data[i+1:], []byte(`\u`)) || utf16.DecodeRune(first, escaped(data[i+3:])) == utf8.RuneError {
			return true
		}
		i += 6
	}
	return false
}

// escaped is the number of the four hexadecimal digits that data begins with.
func escaped(data []byte) rune {
	n, _ := strconv.ParseUint(string(data[:4]), 16, 16) // the JSON is valid
	return rune(n)
}

// scope is an object or array that the walk of checkKeys is in.
type scope struct {
	// seen are the keys so far, nil in an array.
	seen map[string]bool
	// value: the next token of an object is a value and not a key.
	value bool
}

// checkKeys walks the tokens of valid JSON and looks for repeated keys, compared as they read once unescaped.
func checkKeys(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var open []scope
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return invalidJSON("the body is not valid JSON")
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if len(open) > 0 && open[len(open)-1].seen != nil {
			current := &open[len(open)-1]
			if !current.value {
				key, _ := token.(string)
				if current.seen[key] {
					return invalidJSON(fmt.Sprintf("the key %q is in one object twice", shorten(key)))
				}
				current.seen[key], current.value = true, true
				continue
			}
			current.value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, scope{seen: map[string]bool{}})
		case json.Delim('['):
			open = append(open, scope{})
		}
		if len(open) > maxDepth {
			return invalidJSON(fmt.Sprintf("the body is nested deeper than %d levels", maxDepth))
		}
	}
}

func invalidJSON(message string) *paylinks.Error {
	return &paylinks.Error{Code: paylinks.CodeInvalidJSON, Outcome: paylinks.NotApplied, Message: message}
}

// shorten keeps a name that the caller chose from filling a message.
func shorten(name string) string {
	const most = 64
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return string(runes[:most]) + "…"
}
