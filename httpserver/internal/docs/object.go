package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object that keeps the order of its keys: the page shows things in the order in which they are written.
type object struct {
	keys   []string
	values map[string]any
}

// parse reads JSON. Objects become *object, numbers json.Number.
func parse(data []byte) (*object, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	value, err := next(decoder)
	if err != nil {
		return nil, err
	}
	root, ok := value.(*object)
	if !ok {
		return nil, fmt.Errorf("the description is a %T", value)
	}
	return root, nil
}

func next(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := &object{values: map[string]any{}}
		for decoder.More() {
			key, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if o.values[name], err = next(decoder); err != nil {
				return nil, err
			}
			o.keys = append(o.keys, name)
		}
		_, err := decoder.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			element, err := next(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, element)
		}
		_, err := decoder.Token()
		return list, err
	default:
		return token, nil
	}
}

// at is the value at a path of keys, nil where there's none.
func (o *object) at(path ...string) any {
	var value any = o
	for _, key := range path {
		inner, _ := value.(*object)
		if inner == nil {
			return nil
		}
		value = inner.values[key]
	}
	return value
}

// object is the object at a path, an empty one where there's none.
func (o *object) object(path ...string) *object {
	if inner, ok := o.at(path...).(*object); ok {
		return inner
	}
	return &object{}
}

func (o *object) text(path ...string) string {
	text, _ := o.at(path...).(string)
	return text
}

func (o *object) flag(path ...string) bool {
	flag, _ := o.at(path...).(bool)
	return flag
}

func (o *object) list(path ...string) []any {
	list, _ := o.at(path...).([]any)
	return list
}

// objects are the objects of the list at a path.
func (o *object) objects(path ...string) []*object {
	var objects []*object
	for _, element := range o.list(path...) {
		if inner, ok := element.(*object); ok {
			objects = append(objects, inner)
		}
	}
	return objects
}

func (o *object) texts(path ...string) []string {
	var texts []string
	for _, element := range o.list(path...) {
		texts = append(texts, fmt.Sprint(element))
	}
	return texts
}

// follow is what an object refers to in root, itself where it refers to nothing. What stands beside the reference takes precedence.
func (o *object) follow(root *object) *object {
	ref := o.text("$ref")
	if ref == "" {
		return o
	}
	target := root.object(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	merged := &object{values: map[string]any{}}
	for _, source := range []*object{target, o} {
		for _, key := range source.keys {
			if key == "$ref" {
				continue
			}
			if _, there := merged.values[key]; !there {
				merged.keys = append(merged.keys, key)
			}
			merged.values[key] = source.values[key]
		}
	}
	return merged
}

// name is the last part of what an object refers to, "" where it refers to nothing.
func (o *object) name() string {
	ref := o.text("$ref")
	return ref[strings.LastIndex(ref, "/")+1:]
}
