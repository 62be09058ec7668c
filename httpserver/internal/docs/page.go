package docs

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"slices"
	"strings"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// Page is the page, and what a Content-Security-Policy must allow for it.
type Page struct {
	HTML      []byte
	StyleHash string
}

// tag is a group of calls.
type tag struct {
	ID, Name    string
	Description template.HTML
	Operations  []operation
}

// view is what the template shows.
type view struct {
	Title, Version string
	Summary        string
	Intro          template.HTML
	Guide          []heading
	Tags           []tag
	Errors         []failure
	Error          template.HTML
	Schemas        []schema
	PublicURL      string
	Style          template.CSS
}

type heading struct{ ID, Text string }

// Render makes the page of a description. base is where the API is reached.
func Render(description []byte, base string) (Page, error) {
	root, err := parse(description)
	if err != nil {
		return Page{}, fmt.Errorf("docs: read the description: %w", err)
	}
	page, err := template.New("docs").Parse(pageHTML)
	if err != nil {
		return Page{}, fmt.Errorf("docs: %w", err)
	}
	var html bytes.Buffer
	if err := page.Execute(&html, newView(root, strings.TrimRight(base, "/"))); err != nil {
		return Page{}, fmt.Errorf("docs: %w", err)
	}
	sum := sha256.Sum256([]byte(pageCSS))
	return Page{HTML: bytes.TrimSpace(html.Bytes()), StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:])}, nil
}

func newView(root *object, publicURL string) view {
	r := reader{root}
	intro := root.text("info", "description")
	v := view{
		Title: root.text("info", "title"), Version: root.text("info", "version"), Summary: root.text("info", "summary"), Intro: prose(intro),
		Schemas: r.schemas(), PublicURL: publicURL,
		Style: template.CSS(pageCSS), //nolint:gosec // our own embedded file
	}
	for _, text := range headings(intro) {
		v.Guide = append(v.Guide, heading{ID: anchor(text), Text: text})
	}
	for _, t := range root.objects("tags") {
		v.Tags = append(v.Tags, tag{ID: anchor(t.text("name")), Name: t.text("name"), Description: line(t.text("description"))})
	}
	r.collect(v.Tags, publicURL)
	codes := root.object("components", "schemas", "ErrorCode", "x-error-codes")
	for _, code := range codes.keys {
		v.Errors = append(v.Errors, failure{Status: fmt.Sprint(codes.at(code, "status")), Code: code, Meaning: line(codes.text(code, "meaning"))})
	}
	slices.SortStableFunc(v.Errors, func(a, b failure) int { return cmp.Compare(a.Status, b.Status) })
	v.Error = coloured(root.at("components", "examples", "validation_failed", "value"))
	return v
}

// collect puts every operation under its tag.
func (r reader) collect(tags []tag, publicURL string) {
	put := func(op operation, names []string) {
		for i := range tags {
			if slices.Contains(names, tags[i].Name) {
				tags[i].Operations = append(tags[i].Operations, op)
			}
		}
	}
	paths := r.root.object("paths")
	for _, path := range paths.keys {
		item := paths.object(path)
		for _, method := range item.keys {
			if o, ok := item.at(method).(*object); ok {
				put(r.operation(method, path, o, item.objects("parameters"), publicURL), o.texts("tags"))
			}
		}
	}
	webhooks := r.root.object("webhooks")
	for _, name := range webhooks.keys {
		for _, method := range webhooks.object(name).keys {
			o := webhooks.object(name, method)
			put(r.operation(method, "", o, nil, publicURL), o.texts("tags"))
		}
	}
}
