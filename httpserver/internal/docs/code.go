package docs

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
)

// lineWidth is how long a line of JSON may be before it's broken up.
const lineWidth = 60

// plain is a value as JSON in lines that a person would write.
func plain(value any) string {
	var b strings.Builder
	write(&b, value, "", func(_, text string) string { return text })
	return b.String()
}

// coloured is the same with its parts marked for the style sheet.
func coloured(value any) template.HTML {
	var b strings.Builder
	write(&b, value, "", func(class, text string) string {
		return `<span class="` + class + `">` + template.HTMLEscapeString(text) + `</span>`
	})
	return template.HTML(b.String()) //nolint:gosec // every text in it is escaped
}

// write writes a value. mark marks keys (k), texts (s) and other values (n).
func write(b *strings.Builder, value any, indent string, mark func(class, text string) string) {
	inner := indent + "  "
	switch v := value.(type) {
	case *object:
		if len(v.keys) == 0 {
			b.WriteString("{}")
			return
		}
		b.WriteString("{\n")
		for i, key := range v.keys {
			b.WriteString(inner + mark("k", quote(key)) + ": ")
			write(b, v.values[key], inner, mark)
			b.WriteString(separator(i, len(v.keys)))
		}
		b.WriteString(indent + "}")
	case []any:
		writeList(b, v, indent, mark)
	case string:
		b.WriteString(mark("s", quote(v)))
	case nil:
		b.WriteString(mark("n", "null"))
	default:
		b.WriteString(mark("n", fmt.Sprint(v)))
	}
}

func writeList(b *strings.Builder, list []any, indent string, mark func(class, text string) string) {
	short, width := true, 0
	for _, element := range list {
		_, nested := element.(*object)
		short = short && !nested
		width += len(fmt.Sprint(element)) + 4
	}
	if short && width <= lineWidth {
		b.WriteString("[")
		for i, element := range list {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, element, indent, mark)
		}
		b.WriteString("]")
		return
	}
	b.WriteString("[\n")
	for i, element := range list {
		b.WriteString(indent + "  ")
		write(b, element, indent+"  ", mark)
		b.WriteString(separator(i, len(list)))
	}
	b.WriteString(indent + "]")
}

func separator(i, n int) string {
	if i < n-1 {
		return ",\n"
	}
	return "\n"
}

// quote is a text in JSON, with < > & as they are.
func quote(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text always encodes
	return strings.TrimSuffix(b.String(), "\n")
}
