package docs

import (
	"html/template"
	"net/http"
	"slices"
	"strings"
)

// operation is a call on the page.
type operation struct {
	ID, Method, Path string
	Summary          string
	Description      template.HTML
	// Scope is what the token must allow, "" where none is asked for.
	Scope      string
	Deprecated bool
	// Received: it's a call that the reader receives.
	Received bool
	Params   []param
	Request  *body
	Curl     string
	Answers  []answer
	Errors   []failure
}

// param is a parameter of a call.
type param struct {
	In string
	field
}

// body is what a request or an answer has in it.
type body struct {
	Required bool
	Types    []string
	// Schema names the schema of its JSON, "" for none.
	Schema   string
	Fields   []field
	Examples []example
}

type example struct {
	Name string
	Text template.HTML
}

// answer is an answer that is no error.
type answer struct {
	Status      string
	Description template.HTML
	Headers     []param
	body
}

// failure is an error that a call can answer.
type failure struct {
	Status, Code string
	Meaning      template.HTML
}

// operation reads an operation. shared are the parameters of its path.
func (r reader) operation(method, path string, o *object, shared []*object, publicURL string) operation {
	op := operation{
		ID: o.text("operationId"), Method: strings.ToUpper(method), Path: path, Summary: o.text("summary"), Description: prose(o.text("description")),
		Deprecated: o.flag("deprecated"), Received: path == "",
	}
	for _, requirement := range o.objects("security") {
		op.Scope = strings.Join(requirement.texts("bearer"), ", ")
	}
	where := map[string]string{}
	for _, reference := range slices.Concat(shared, o.objects("parameters")) {
		p := reference.follow(r.root)
		if reference.name() == "RequestId" {
			continue // every call takes it
		}
		f := r.field(p.object("schema"))
		f.Name, f.Required = p.text("name"), p.flag("required")
		f.Description = prose(p.text("description"))
		op.Params = append(op.Params, param{In: p.text("in"), field: f})
		if p.text("in") == "path" && p.text("example") != "" {
			where["{"+f.Name+"}"] = p.text("example")
		}
	}
	request := o.object("requestBody")
	if len(request.keys) > 0 {
		b := r.body(request, true)
		b.Required = request.flag("required")
		op.Request = &b
	}
	if !op.Received {
		op.Curl = curl(op, where, request, publicURL)
	}
	r.answers(&op, o.object("responses"))
	return op
}

func (r reader) body(o *object, nested bool) body {
	var b body
	content := o.object("content")
	for _, kind := range content.keys {
		media := content.object(kind)
		if kind != "*/*" {
			b.Types = append(b.Types, kind)
		}
		if s := media.object("schema"); s.name() != "" {
			b.Schema, b.Fields = s.name(), r.fields(s, nested)
		}
		examples := media.object("examples")
		for _, name := range examples.keys {
			e := examples.object(name).follow(r.root)
			text := template.HTML(template.HTMLEscapeString(e.text("value"))) //nolint:gosec // escaped
			if _, raw := e.at("value").(string); !raw {
				text = coloured(e.at("value"))
			}
			b.Examples = append(b.Examples, example{Name: e.text("summary"), Text: text})
		}
	}
	return b
}

// answers sorts what a call answers into successes and errors.
func (r reader) answers(op *operation, responses *object) {
	codes := r.root.object("components", "schemas", "ErrorCode", "x-error-codes")
	for _, status := range responses.keys {
		response := responses.object(status).follow(r.root)
		if response.text("content", "application/json", "schema", "$ref") == "#/components/schemas/ErrorAnswer" {
			for _, code := range response.object("content", "application/json", "examples").keys {
				op.Errors = append(op.Errors, failure{Status: status, Code: code, Meaning: line(codes.text(code, "meaning"))})
			}
			continue
		}
		a := answer{Status: status, Description: line(response.text("description")), body: r.body(response, false)}
		headers := response.object("headers")
		for _, name := range headers.keys {
			if headers.object(name).name() == "RequestId" {
				continue // every answer has it
			}
			h := headers.object(name).follow(r.root)
			f := r.field(h.object("schema"))
			f.Name, f.Description = name, prose(h.text("description"))
			a.Headers = append(a.Headers, param{In: "header", field: f})
		}
		op.Answers = append(op.Answers, a)
	}
}

// curl is the call as a line for a shell, with the first example of its body.
func curl(op operation, where map[string]string, request *object, publicURL string) string {
	path := op.Path
	for name, value := range where {
		path = strings.ReplaceAll(path, name, value)
	}
	var b strings.Builder
	b.WriteString("curl ")
	if op.Method != http.MethodGet {
		b.WriteString("-X " + op.Method + " ")
	}
	b.WriteString(`"` + publicURL + path + `"`)
	if op.Scope != "" {
		b.WriteString(" \\\n" + `-H "Authorization: Bearer YOUR_TOKEN"`)
	}
	examples := request.object("content", "application/json", "examples")
	if len(examples.keys) > 0 {
		b.WriteString(" \\\n" + `-H "Content-Type: application/json"`)
		value := strings.ReplaceAll(plain(examples.at(examples.keys[0], "value")), "'", `'\''`)
		b.WriteString(" \\\n-d '" + value + "'")
	}
	return b.String()
}
