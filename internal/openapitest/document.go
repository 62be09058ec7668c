package openapitest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Document is a description that handlers can be held to. It may be used by many at once.
type Document struct {
	operations []*operation
	// failure is the form of every error, statuses are the HTTP statuses of its codes.
	failure  *jsonschema.Schema
	statuses map[string]int
	event    *jsonschema.Schema
}

// operation is one method of one path.
type operation struct {
	method, path string
	segments     []string
	public       bool
	params       []param
	// body is the schema of a JSON body, nil where the description says nothing of it.
	body         *jsonschema.Schema
	bodyRequired bool
	answers      map[int]answer
}

type param struct {
	name, in string
	required bool
	schema   *jsonschema.Schema
	// number: its text is to be read as one.
	number bool
}

type answer struct {
	// content is the schema of each media type, nil for one that isn't JSON.
	content map[string]*jsonschema.Schema
	// codes are the error codes that it may have, nil where it's no error.
	codes []string
	// headers tells of each documented header whether it must be there.
	headers map[string]bool
}

// media is a media type object.
type media struct {
	Schema   map[string]any             `json:"schema"`
	Examples map[string]json.RawMessage `json:"examples"`
}

type rawParam struct {
	Name     string         `json:"name"`
	In       string         `json:"in"`
	Required bool           `json:"required"`
	Schema   map[string]any `json:"schema"`
}

type rawOperation struct {
	Security    *[]any     `json:"security"`
	Parameters  []rawParam `json:"parameters"`
	RequestBody struct {
		Required bool             `json:"required"`
		Content  map[string]media `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Headers map[string]rawParam `json:"headers"`
		Content map[string]media    `json:"content"`
	} `json:"responses"`
}

const (
	openURL   = "mem:///open.json"
	closedURL = "mem:///closed.json"
)

// Parse reads a description.
func Parse(description []byte) (*Document, error) {
	r, err := newReader(description)
	if err != nil {
		return nil, err
	}
	d := &Document{statuses: map[string]int{}}
	if d.failure, err = r.compiler.Compile(closedURL + "#/components/schemas/ErrorAnswer"); err != nil {
		return nil, err
	}
	if d.event, err = r.compiler.Compile(closedURL + "#/components/schemas/Event"); err != nil {
		return nil, err
	}
	if err := r.read(&d.statuses, "components", "schemas", "ErrorCode", "x-error-codes", "*", "status"); err != nil {
		return nil, err
	}
	d.operations, err = r.operations()
	return d, err
}

// newReader reads a description, and an open and a closed copy of its schemas.
func newReader(description []byte) (reader, error) {
	root, err := jsonschema.UnmarshalJSON(strings.NewReader(string(description)))
	if err != nil {
		return reader{}, err
	}
	closed, err := jsonschema.UnmarshalJSON(strings.NewReader(string(description)))
	if err != nil {
		return reader{}, err
	}
	closeObjects(closed)
	r := reader{root: root, compiler: jsonschema.NewCompiler()}
	r.compiler.AssertFormat()
	if err := r.compiler.AddResource(openURL, root); err != nil {
		return reader{}, err
	}
	return r, r.compiler.AddResource(closedURL, closed)
}

// closeObjects makes every object with properties refuse others, wherever in the description it is.
func closeObjects(value any) {
	switch v := value.(type) {
	case map[string]any:
		_, properties := v["properties"].(map[string]any)
		if _, open := v["additionalProperties"]; properties && !open {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range v {
			closeObjects(inner)
		}
	}
}

// reader reads a description's parts. Its errors are those of whoever wrote it.
type reader struct {
	root     any
	compiler *jsonschema.Compiler
}

// resolve is a value with every reference in it replaced, but for those to schemas, which are compiled as they are.
func (r reader) resolve(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && !strings.HasPrefix(ref, "#/components/schemas/") {
			return r.resolve(r.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...))
		}
		resolved := make(map[string]any, len(v))
		for key, inner := range v {
			resolved[key] = r.resolve(inner)
		}
		return resolved
	case []any:
		resolved := make([]any, len(v))
		for i, inner := range v {
			resolved[i] = r.resolve(inner)
		}
		return resolved
	default:
		return value
	}
}

func (r reader) at(path ...string) any {
	value := r.root
	for _, key := range path {
		inner, _ := value.(map[string]any)
		value = inner[key]
	}
	return value
}

// read decodes what is at a path into target. A "*" in the path stands for each key of an object, and what follows it is picked from each.
func (r reader) read(target any, path ...string) error {
	var value any
	if star := slices.Index(path, "*"); star >= 0 {
		picked := map[string]any{}
		each, _ := r.at(path[:star]...).(map[string]any)
		for key, inner := range each {
			fields, _ := inner.(map[string]any)
			picked[key] = fields[path[star+1]]
		}
		value = picked
	} else {
		value = r.resolve(r.at(path...))
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}

func (r reader) operations() ([]*operation, error) {
	var all []*operation
	paths, _ := r.at("paths").(map[string]any)
	for path := range paths {
		var item map[string]json.RawMessage
		if err := r.read(&item, "paths", path); err != nil {
			return nil, err
		}
		var shared []rawParam
		if len(item["parameters"]) > 0 {
			if err := json.Unmarshal(item["parameters"], &shared); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			delete(item, "parameters")
		}
		for method, text := range item {
			var raw rawOperation
			if err := json.Unmarshal(text, &raw); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			raw.Parameters = slices.Concat(shared, raw.Parameters)
			op, err := r.operation(strings.ToUpper(method), path, raw)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			all = append(all, op)
		}
	}
	return all, nil
}

func (r reader) operation(method, path string, raw rawOperation) (*operation, error) {
	op := &operation{
		method: method, path: path, segments: strings.Split(path, "/"), answers: map[int]answer{},
		public: raw.Security != nil && len(*raw.Security) == 0, bodyRequired: raw.RequestBody.Required,
	}
	var err error
	for i, p := range raw.Parameters {
		made := param{name: p.Name, in: p.In, required: p.Required, number: p.Schema["type"] == "integer"}
		if made.schema, err = r.compile(fmt.Sprint(method, path, i), p.Schema, openURL); err != nil {
			return nil, err
		}
		op.params = append(op.params, made)
	}
	if content, ok := raw.RequestBody.Content[typeJSON]; ok {
		if op.body, err = r.compile(method+path+"body", content.Schema, openURL); err != nil {
			return nil, err
		}
	}
	for text, response := range raw.Responses {
		var status int
		if _, err := fmt.Sscan(text, &status); err != nil || http.StatusText(status) == "" {
			return nil, fmt.Errorf("no status: %q", text)
		}
		a := answer{content: map[string]*jsonschema.Schema{}, headers: map[string]bool{}}
		for name, header := range response.Headers {
			a.headers[http.CanonicalHeaderKey(name)] = header.Required
		}
		for kind, content := range response.Content {
			a.content[kind] = nil
			if kind != typeJSON {
				continue
			}
			if a.content[kind], err = r.compile(method+path+text, content.Schema, closedURL); err != nil {
				return nil, err
			}
			if content.Schema["$ref"] == "#/components/schemas/ErrorAnswer" {
				for code := range content.Examples {
					a.codes = append(a.codes, code)
				}
			}
		}
		op.answers[status] = a
	}
	return op, nil
}

// compile compiles a schema that is used at one place. References in it are to base.
func (r reader) compile(place string, schema map[string]any, base string) (*jsonschema.Schema, error) {
	if ref, ok := schema["$ref"].(string); ok && len(schema) == 1 {
		return r.compiler.Compile(base + ref)
	}
	url := "mem:///" + strings.NewReplacer("{", "", "}", "").Replace(place)
	if err := r.compiler.AddResource(url, absolute(schema, base)); err != nil {
		return nil, err
	}
	return r.compiler.Compile(url)
}

// absolute is a schema with its references made to base.
func absolute(value any, base string) any {
	switch v := value.(type) {
	case map[string]any:
		moved := make(map[string]any, len(v))
		for key, inner := range v {
			moved[key] = absolute(inner, base)
		}
		if ref, ok := v["$ref"].(string); ok {
			moved["$ref"] = base + ref
		}
		return moved
	case []any:
		moved := make([]any, len(v))
		for i, inner := range v {
			moved[i] = absolute(inner, base)
		}
		return moved
	default:
		return value
	}
}
