// Package received is about rows as a provider has sent them: what of them is kept, and what may not be.
package received

import (
	"bytes"
	"encoding/json"
	"slices"
)

// redacted stands in a row for what gives power over a payment or a card.
const redacted = "[redacted]"

// Compact is JSON without the space that is there for people to read, with some providers half of it.
func Compact(row []byte) (json.RawMessage, error) {
	var out bytes.Buffer
	out.Grow(len(row))
	if err := json.Compact(&out, row); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Redact replaces the texts of some fields of a compact row, wherever in it they are.
func Redact(row json.RawMessage, fields ...string) json.RawMessage {
	for _, field := range fields {
		row = redact(row, []byte(`"`+field+`":"`))
	}
	return row
}

// redact replaces what follows begin. A quote within a text has a backslash before it, so begin can be nothing but a field's.
func redact(row, begin []byte) []byte {
	if !bytes.Contains(row, begin) {
		return row
	}
	var out bytes.Buffer
	out.Grow(len(row))
	for {
		before, after, found := bytes.Cut(row, begin)
		out.Write(before)
		if !found {
			return out.Bytes()
		}
		out.Write(begin)
		out.WriteString(redacted)
		row = after[closingQuote(after):]
	}
}

// closingQuote is where the text that s begins with ends.
func closingQuote(s []byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(s)
}

// Hide replaces a text of a row of any spacing, given as the JSON literal that stands there. No other literal, and no empty text, hides anything.
func Hide(row, literal json.RawMessage) json.RawMessage {
	if len(literal) <= len(`""`) || literal[0] != '"' {
		return row
	}
	return bytes.ReplaceAll(row, literal, []byte(`"`+redacted+`"`))
}

// Together is a row with those that belong to it: an array of them, or the row alone where there are no others.
func Together(row json.RawMessage, others ...json.RawMessage) json.RawMessage {
	if len(others) == 0 {
		return row
	}
	rows := [][]byte{row}
	for _, other := range others {
		rows = append(rows, other)
	}
	return slices.Concat([]byte("["), bytes.Join(rows, []byte(",")), []byte("]"))
}
