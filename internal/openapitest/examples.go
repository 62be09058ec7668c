package openapitest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// CheckExamples says which examples of a description are not as it says itself: of bodies, of parameters, and in schemas. Closed schemas hold them to the
// last field.
func CheckExamples(description []byte) (checked int, problems []string) {
	r, err := newReader(description)
	if err != nil {
		return 0, []string{err.Error()}
	}
	e := examples{reader: r}
	e.walk(r.root, "#")
	return e.checked, e.problems
}

type examples struct {
	reader
	checked  int
	problems []string
}

// walk visits everything. What has a schema and examples is a body or a parameter; what has examples in a list is a schema.
func (e *examples) walk(value any, pointer string) {
	switch v := value.(type) {
	case map[string]any:
		list, _ := v["examples"].([]any)
		for _, example := range list {
			e.check(pointer, example)
		}
		if _, ok := v["schema"]; ok {
			named, _ := v["examples"].(map[string]any)
			for _, example := range named {
				resolved, _ := e.resolve(example).(map[string]any)
				e.check(pointer+"/schema", resolved["value"])
			}
			if example, ok := v["example"]; ok {
				e.check(pointer+"/schema", example)
			}
		}
		for key, inner := range v {
			if key != "examples" && key != "example" {
				e.walk(inner, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
			}
		}
	case []any:
		for i, inner := range v {
			e.walk(inner, fmt.Sprint(pointer, "/", i))
		}
	}
}

func (e *examples) check(pointer string, example any) {
	e.checked++
	schema, err := e.compiler.Compile(closedURL + escape(pointer))
	if err == nil {
		err = schema.Validate(example)
	}
	if err != nil {
		text, _ := json.Marshal(example)
		e.problems = append(e.problems, fmt.Sprintf("%s: %s: %v", pointer, text, err))
	}
}

// escape is a JSON pointer as the fragment of a URL.
func escape(pointer string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
}
