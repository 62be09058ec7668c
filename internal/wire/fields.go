package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// maxWarnings bounds how many unknown fields are named.
const maxWarnings = 20

// object reads the fields of one JSON object by name. What has the wrong type is noted under the field's name and reads as
// nothing, so that one pass names every wrong field. A null is the same as no field.
type object struct {
	fields map[string]json.RawMessage
	// at is the object's own name with a dot, "" for the body.
	at    string
	known map[string]bool
	wrong *[]paylinks.FieldError
}

func newObject(body Body) object {
	return object{fields: body.fields, known: map[string]bool{}, wrong: new([]paylinks.FieldError)}
}

// take is the raw value of a field, nil where there's none.
func (o object) take(name string) json.RawMessage {
	o.known[name] = true
	raw := o.fields[name]
	if string(raw) == "null" {
		return nil
	}
	return raw
}

func (o object) fail(name, code, must string) {
	field := o.at + name
	*o.wrong = append(*o.wrong, paylinks.FieldError{Field: field, Code: code, Message: field + " " + must})
}

// text reads a string. NUL is refused: databases can't keep it.
func (o object) text(name string) string {
	raw := o.take(name)
	if raw == nil {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		o.fail(name, "invalid_type", "must be a string")
		return ""
	}
	if strings.ContainsRune(s, 0) {
		o.fail(name, "invalid", "must not contain the character U+0000")
		return ""
	}
	return s
}

// money reads an amount that is written as a string or as a number, as text: a number never becomes a float. What an
// explicit empty string should mean is not guessed.
func (o object) money(name string) string {
	const plain = `must be a plain decimal number such as "150.00"`
	raw := o.take(name)
	switch {
	case raw == nil:
		return ""
	case raw[0] == '"':
		s := o.text(name)
		if s == "" {
			o.fail(name, "invalid", plain)
		}
		return s
	case raw[0] != '-' && (raw[0] < '0' || raw[0] > '9'):
		o.fail(name, "invalid_type", "must be a string or a number")
		return ""
	case strings.ContainsAny(string(raw), "-+eE"):
		o.fail(name, "invalid", plain)
		return ""
	default:
		return string(raw)
	}
}

// count reads a whole number.
func (o object) count(name string) int64 {
	raw := o.take(name)
	if raw == nil {
		return 0
	}
	if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		o.fail(name, "invalid_type", "must be a whole number")
		return 0
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		o.fail(name, "invalid", "must be a whole number")
		return 0
	}
	return n
}

// texts reads an object of strings.
func (o object) texts(name string) map[string]string {
	raw := o.take(name)
	if raw == nil {
		return nil
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		o.fail(name, "invalid_type", "must be an object of strings")
		return nil
	}
	inner := object{fields: fields, at: o.at + name + ".", known: map[string]bool{}, wrong: o.wrong}
	texts := make(map[string]string, len(fields))
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		switch {
		case strings.ContainsRune(key, 0):
			o.fail(name, "invalid", "must not have the character U+0000 in a key")
		case inner.take(key) == nil:
			inner.fail(key, "invalid_type", "must be a string")
		default:
			texts[key] = inner.text(key)
		}
	}
	return texts
}

// objects reads an array of objects.
func (o object) objects(name string) []object {
	raw := o.take(name)
	if raw == nil {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		o.fail(name, "invalid_type", "must be an array of objects")
		return nil
	}
	objects := make([]object, 0, len(list))
	for i, raw := range list {
		element := fmt.Sprintf("%s[%d]", name, i)
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil || fields == nil {
			o.fail(element, "invalid_type", "must be an object")
			continue
		}
		objects = append(objects, object{fields: fields, at: o.at + element + ".", known: map[string]bool{}, wrong: o.wrong})
	}
	return objects
}

// warnings names the fields that nobody asked for.
func (o object) warnings() []string {
	var warnings []string
	unknown := 0
	for _, name := range slices.Sorted(maps.Keys(o.fields)) {
		if o.known[name] {
			continue
		}
		if unknown++; unknown <= maxWarnings {
			warnings = append(warnings, fmt.Sprintf("unknown field %q was ignored", shorten(name)))
		}
	}
	if unknown > maxWarnings {
		warnings = append(warnings, fmt.Sprintf("%d more unknown fields were ignored", unknown-maxWarnings))
	}
	return warnings
}

// err is the error that names every wrong field, nil where none is.
func (o object) err() error {
	if len(*o.wrong) == 0 {
		return nil
	}
	return &paylinks.Error{
		Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied,
		Message: (*o.wrong)[0].Message, Fields: *o.wrong,
	}
}
