package docs

import (
	"html/template"
	"regexp"
	"strings"
)

// Descriptions are written in the little of Markdown that this reads: paragraphs, lists with "- ", headings with "## ", `code`, and links.
var (
	codeSpan = regexp.MustCompile("`([^`]+)`")
	link     = regexp.MustCompile(`\[([^\]]+)\]\((#[A-Za-z0-9-]+)\)`)
)

// prose is a description as HTML. Headings get an anchor of their own text.
func prose(text string) template.HTML {
	var b strings.Builder
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		switch {
		case block == "":
		case strings.HasPrefix(block, "## "):
			heading := strings.TrimPrefix(block, "## ")
			b.WriteString(`<h2 id="` + anchor(heading) + `">` + inline(heading) + "</h2>")
		case strings.HasPrefix(block, "- "):
			b.WriteString("<ul>")
			for _, item := range strings.Split(strings.TrimPrefix(block, "- "), "\n- ") {
				b.WriteString("<li>" + inline(item) + "</li>")
			}
			b.WriteString("</ul>")
		default:
			b.WriteString("<p>" + inline(block) + "</p>")
		}
	}
	return template.HTML(b.String()) //nolint:gosec // every text in it is escaped
}

// inline is a line of a description as HTML.
func inline(text string) string {
	text = template.HTMLEscapeString(text)
	text = codeSpan.ReplaceAllString(text, "<code>$1</code>")
	return link.ReplaceAllString(text, `<a href="$2">$1</a>`)
}

// line is a description of one line.
func line(text string) template.HTML {
	return template.HTML(inline(text)) //nolint:gosec // every text in it is escaped
}

// headings are the headings of a description.
func headings(text string) []string {
	var found []string
	for _, block := range strings.Split(text, "\n\n") {
		if heading, ok := strings.CutPrefix(block, "## "); ok {
			found = append(found, heading)
		}
	}
	return found
}

var notInAnchors = regexp.MustCompile(`[^a-z0-9]+`)

func anchor(text string) string {
	return strings.Trim(notInAnchors.ReplaceAllString(strings.ToLower(text), "-"), "-")
}
