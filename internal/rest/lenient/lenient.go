// Package lenient reads JSON whose parts may be absent or odd: no single field makes a row unreadable, and what has another form than
// expected is zero.
package lenient

import "encoding/json"

// Text is a string where there is one. Anything else, null among it, is "".
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(data []byte) error {
	var s string
	_ = json.Unmarshal(data, &s) // what isn't a string leaves it empty
	*t = Text(s)
	return nil
}

// Scalar is a scalar as it was written: the content of a string, or the literal of a number or boolean. Anything else is "".
type Scalar string

// UnmarshalJSON never fails.
func (s *Scalar) UnmarshalJSON(data []byte) error {
	*s = ""
	switch {
	case len(data) == 0 || data[0] == '{' || data[0] == '[' || data[0] == 'n':
		return nil
	case data[0] != '"':
		*s = Scalar(data)
		return nil
	}
	return json.Unmarshal(data, (*string)(s))
}

// Maybe is a value that may be absent, null or of another form, and is zero then.
type Maybe[T any] struct{ Value T }

// UnmarshalJSON never fails.
func (m *Maybe[T]) UnmarshalJSON(data []byte) error {
	var value T
	if json.Unmarshal(data, &value) == nil {
		m.Value = value
	}
	return nil
}
