package openapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// told are the headers that mean something to a client, so that none of them may be in an answer without being in the description.
var told = []string{"Retry-After", "Idempotent-Replayed", "Www-Authenticate", "Allow", "Link", "Etag", "Location", "Set-Cookie"}

// checkAnswer is what is wrong with an operation's answer.
func (c *recorder) checkAnswer(op *operation, x *exchange) []string {
	described, ok := op.answers[x.status]
	kind, _, _ := mime.ParseMediaType(x.header.Get("Content-Type"))
	_, page := op.answers[http.StatusOK].content["text/html"]
	switch {
	case c.madeUp && x.status >= 400 && (kind == typeJSON && (!ok || described.codes != nil)):
		return c.document.checkFailure(x)
	case c.madeUp && x.status >= 400 && page && kind == "text/html":
		return nil
	case !ok:
		return []string{"the operation has no answer of this status"}
	}
	problems := checkHeaders(described, x.header)
	schema, ok := described.content[kind]
	switch body := x.received.Bytes(); {
	case len(described.content) == 0:
		if len(body) > 0 {
			problems = append(problems, "there is a body, and the operation has none")
		}
	case !ok:
		problems = append(problems, fmt.Sprintf("the operation doesn't answer with %q", kind))
	case x.request.Method == http.MethodHead:
	case kind == typeStream:
		problems = append(problems, c.document.checkStream(body)...)
	case schema != nil:
		value, wrong := checkJSON(schema, body)
		problems = append(problems, wrong...)
		if code := codeOf(value); described.codes != nil && !slices.Contains(described.codes, code) {
			problems = append(problems, fmt.Sprintf("the operation has no error %q of this status", code))
		}
	}
	return problems
}

func checkHeaders(described answer, header http.Header) []string {
	var problems []string
	for name, required := range described.headers {
		if required && header.Get(name) == "" {
			problems = append(problems, "the header "+name+" is missing")
		}
	}
	for _, name := range told {
		if _, documented := described.headers[name]; !documented && header.Get(name) != "" {
			problems = append(problems, "the header "+name+" is not described")
		}
	}
	return problems
}

// checkFailure is what is wrong with an error that may have any of the codes, or any at all where none is named.
func (d *Document) checkFailure(x *exchange, codes ...string) []string {
	if x.request.Method == http.MethodHead {
		return nil
	}
	value, problems := checkJSON(d.failure, x.received.Bytes())
	code := codeOf(value)
	if len(codes) > 0 && !slices.Contains(codes, code) {
		problems = append(problems, fmt.Sprintf("answered with the code %q where only %s can be", code, strings.Join(codes, ", ")))
	}
	// In a path an unknown provider isn't found; in a body it's a wrong field.
	if d.statuses[code] != x.status && (code != "unknown_provider" || x.status != http.StatusNotFound) {
		problems = append(problems, fmt.Sprintf("the code %q has the status %d", code, d.statuses[code]))
	}
	if x.header.Get("X-Request-Id") == "" {
		problems = append(problems, "the header X-Request-Id is missing")
	}
	return problems
}

// checkJSON is the value of a JSON text, and what is wrong with it.
func checkJSON(schema *jsonschema.Schema, text []byte) (any, []string) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, []string{"the body is not JSON: " + err.Error()}
	}
	if err := schema.Validate(value); err != nil {
		return value, []string{err.Error()}
	}
	return value, nil
}

func codeOf(value any) string {
	answer, _ := value.(map[string]any)
	failure, _ := answer["error"].(map[string]any)
	code, _ := failure["code"].(string)
	return code
}

// checkStream is what is wrong with server-sent events. The last one may be cut off.
func (d *Document) checkStream(body []byte) []string {
	var problems []string
	blocks := strings.Split(string(body), "\n\n")
	for _, block := range blocks[:len(blocks)-1] {
		if strings.HasPrefix(block, ":") {
			continue
		}
		fields := map[string]string{}
		for line := range strings.Lines(block) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			fields[name] = value
		}
		_, wrong := checkJSON(d.event, []byte(fields["data"]))
		problems = append(problems, wrong...)
		var event struct{ ID, Type string }
		if err := json.Unmarshal([]byte(fields["data"]), &event); err == nil && (event.ID != fields["id"] || event.Type != fields["event"]) {
			problems = append(problems, "an event's id and type are not those of its data: "+block)
		}
	}
	return problems
}
