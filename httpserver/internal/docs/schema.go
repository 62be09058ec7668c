package docs

import (
	"html/template"
	"slices"
	"strings"
)

// field is a line of a table of fields.
type field struct {
	// Parent is what the field is in, with a dot; Name follows it.
	Parent, Name string
	Type         string
	// Schema is the schema of Type, "" where it has no name.
	Schema      string
	Required    bool
	Description template.HTML
	// Notes are the limits that the schema sets.
	Notes []string
	Enum  []string
}

// schema is a named schema on the page.
type schema struct {
	Name        string
	Description template.HTML
	Fields      []field
	Type        string
	Notes, Enum []string
}

// reader reads schemas of one description.
type reader struct{ root *object }

// maxNesting bounds how deep fields in fields are listed.
const maxNesting = 3

// fields are the properties of a schema. nested lists those of objects in it, too, under their whole names.
func (r reader) fields(s *object, nested bool) []field { return r.walk(s, "", nested, maxNesting) }

func (r reader) walk(s *object, parent string, nested bool, depth int) []field {
	s = s.follow(r.root)
	required := s.texts("required")
	properties := s.object("properties")
	var fields []field
	for _, name := range properties.keys {
		property := properties.object(name)
		f := r.field(property)
		f.Parent, f.Name, f.Required = parent, name, slices.Contains(required, name)
		fields = append(fields, f)
		if !nested || depth == 0 {
			continue
		}
		way, inner := parent+name+".", property.follow(r.root)
		if inner.text("type") == "array" {
			way, inner = parent+name+"[].", inner.object("items").follow(r.root)
		}
		if len(inner.object("properties").keys) > 0 {
			fields = append(fields, r.walk(inner, way, nested, depth-1)...)
		}
	}
	return fields
}

// field describes a property.
func (r reader) field(property *object) field {
	target := property.follow(r.root)
	f := field{Description: prose(target.text("description")), Notes: notes(target), Enum: target.texts("enum")}
	f.Type, f.Schema = r.typeOf(property)
	if target.text("type") == "array" && len(f.Enum) == 0 && target.text("description") == "" {
		f.Description = prose(target.object("items").follow(r.root).text("description"))
	}
	if property.name() != "" && len(f.Enum) > 0 {
		f.Enum = nil // the schema of that name lists them
		f.Description = prose(firstParagraph(target.text("description")))
	}
	return f
}

// typeOf is a schema's type in words, and the named schema that it leads to.
func (r reader) typeOf(s *object) (words, name string) {
	target := s.follow(r.root)
	if choices := target.objects("oneOf"); len(choices) > 0 {
		var all []string
		for _, choice := range choices {
			words, _ := r.typeOf(choice)
			all = append(all, words)
		}
		return strings.Join(all, " or "), ""
	}
	kind := target.text("type")
	switch {
	case kind == "array":
		words, name := r.typeOf(target.object("items"))
		return "array of " + words, name
	case kind == "object" && s.name() != "" && len(target.object("properties").keys) > 0:
		return s.name(), s.name()
	case kind == "object" && target.at("additionalProperties") != nil:
		return "object of texts", ""
	case len(target.list("enum")) > 0 && s.name() != "":
		return s.name(), s.name()
	case target.text("format") == "date-time":
		return "time", ""
	case kind == "":
		return "anything", ""
	default:
		return kind, ""
	}
}

// notes are the limits of a schema in words.
func notes(s *object) []string {
	var notes []string
	for _, limit := range []struct{ key, words string }{
		{"default", "default "}, {"const", "always "}, {"minimum", "at least "}, {"maximum", "at most "}, {"maxLength", "up to "}, {"maxItems", "up to "}, {"maxProperties", "up to "},
	} {
		value := s.at(limit.key)
		if value == nil {
			continue
		}
		text := limit.words + strings.Trim(plain(value), `"`)
		switch limit.key {
		case "maxLength":
			text += " characters"
		case "maxItems":
			text += " elements"
		case "maxProperties":
			text += " keys"
		}
		notes = append(notes, text)
	}
	return notes
}

func firstParagraph(text string) string {
	first, _, _ := strings.Cut(text, "\n\n")
	return first
}

// schemas are all named schemas.
func (r reader) schemas() []schema {
	all := r.root.object("components", "schemas")
	var list []schema
	for _, name := range all.keys {
		s := all.object(name)
		words, _ := r.typeOf(s)
		list = append(list, schema{
			Name: name, Description: prose(s.text("description")), Fields: r.fields(s, false), Type: words, Notes: notes(s), Enum: s.texts("enum"),
		})
	}
	return list
}
