package openapitest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// checkRequest is what is wrong with a request that was accepted. Unknown fields and parameters are allowed: the server ignores them.
func (o *operation) checkRequest(x *exchange, path map[string]string) []string {
	var problems []string
	if !o.public && x.request.Header.Get("Authorization") == "" {
		problems = append(problems, "a stranger was let in")
	}
	query := x.request.URL.Query()
	for _, p := range o.params {
		var text string
		switch p.in {
		case "query":
			text = query.Get(p.name)
		case "header":
			text = x.request.Header.Get(p.name)
		case "path":
			text = path[p.name]
		}
		if text == "" {
			if p.required {
				problems = append(problems, "accepted without the parameter "+p.name)
			}
			continue // an empty parameter is the same as none
		}
		value := any(text)
		if p.number {
			value = json.Number(text)
		}
		if err := p.schema.Validate(value); err != nil {
			problems = append(problems, fmt.Sprintf("accepted with %s=%q: %v", p.name, text, err))
		}
	}
	body := bytes.TrimSpace(x.sent.Bytes())
	switch {
	case o.body == nil:
	case len(body) == 0:
		if o.bodyRequired {
			problems = append(problems, "accepted without a body")
		}
	default:
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err == nil {
			err = o.body.Validate(withoutNulls(value))
		}
		if err != nil && !o.public { // what a provider sends is its own affair
			problems = append(problems, fmt.Sprintf("accepted the body %s: %v", clip(body), err))
		}
	}
	return problems
}

// withoutNulls is a body without the fields that say nothing: a null is the same as no field, and so is an empty text where one may be left out. No
// schema says that without spoiling the types that are generated from it.
func withoutNulls(value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := make(map[string]any, len(v))
		for key, inner := range v {
			if inner != nil && inner != "" {
				kept[key] = withoutNulls(inner)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(v))
		for i, inner := range v {
			kept[i] = withoutNulls(inner)
		}
		return kept
	default:
		return value
	}
}
