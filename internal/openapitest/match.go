package openapitest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// root is the path of the API: what is in front of it in a request is where the handler is mounted.
const root = "/api/v1/"

// rest is the last parameter of a path that may have more than one segment, as a provider appends its secret.
const rest = "{secret}"

// match finds the operations of a request's path, and its path parameters. Of two paths that fit, the one with more of its own words wins.
func (d *Document) match(r *http.Request) (found []*operation, params map[string]string) {
	path := r.URL.EscapedPath()
	if at := strings.Index(path, root); at > 0 {
		path = path[at:]
	}
	segments := strings.Split(path, "/")
	best := -1
	for _, op := range d.operations {
		values, score, ok := op.fits(segments)
		switch {
		case !ok || score < best:
		case score == best:
			found = append(found, op)
		default:
			found, params, best = []*operation{op}, values, score
		}
	}
	return found, params
}

// fits tells whether a path is one of the operation's, and how many of its segments are the operation's own words.
func (o *operation) fits(segments []string) (params map[string]string, score int, ok bool) {
	last := o.segments[len(o.segments)-1]
	switch {
	case last == rest && len(segments) > len(o.segments):
		segments = append(slices.Clone(segments[:len(o.segments)-1]), strings.Join(segments[len(o.segments)-1:], "/"))
	case last == "{org_app_id}" && len(segments) == len(o.segments)+1 && segments[len(segments)-1] == "":
		segments = segments[:len(o.segments)] // a browser that comes back may bring a slash
	}
	if len(segments) != len(o.segments) {
		return nil, 0, false
	}
	params = map[string]string{}
	for i, segment := range o.segments {
		if segment == segments[i] {
			score++
			continue
		}
		value, err := url.PathUnescape(segments[i])
		if err != nil || value == "" || !strings.HasPrefix(segment, "{") {
			return nil, 0, false
		}
		params[strings.Trim(segment, "{}")] = value
	}
	for _, p := range o.params {
		if p.in == "path" && p.schema.Validate(params[p.name]) != nil {
			return nil, 0, false
		}
	}
	return params, score, true
}
