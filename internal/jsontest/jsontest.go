// Package jsontest makes the JSON bodies of tests: one that is right, and others that differ from it in one place.
package jsontest

import (
	"encoding/json"
	"strings"

	"github.com/stretchr/testify/require"
)

// Object is a JSON object.
type Object = map[string]any

// TB is what is needed of a test.
type TB interface {
	require.TestingT
	Helper()
}

// Encode is v as JSON.
func Encode(tb TB, v any) string {
	tb.Helper()
	body, err := json.Marshal(v)
	require.NoError(tb, err)
	return string(body)
}

// Replaced is an object as JSON, with some of its fields replaced. A field replaced by nil is left out.
func Replaced(tb TB, fields, replace Object) string {
	tb.Helper()
	for name, value := range replace {
		fields[name] = value
		if value == nil {
			delete(fields, name)
		}
	}
	return Encode(tb, fields)
}

// Set changes the field at a dotted path, where the name of a list means its first element; nil removes it. It returns the object.
func Set(o Object, path string, value any) Object {
	names := strings.Split(path, ".")
	at := o
	for _, name := range names[:len(names)-1] {
		if list, ok := at[name].([]any); ok {
			at, _ = list[0].(Object)
			continue
		}
		at, _ = at[name].(Object)
	}
	last := names[len(names)-1]
	if value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	return o
}
