package httpserver

import (
	"cmp"
	"net/http"
	"sync"

	"github.com/paylinks/paylinks-go/httpserver/internal/docs"
)

// docsPage is the description as a page, made when somebody first asks for it. Where the public address isn't known, the examples have a host to fill in.
func docsPage(options Options) func() (docs.Page, error) {
	base := cmp.Or(options.PublicURL, "https://YOUR_HOST"+options.Prefix)
	return sync.OnceValues(func() (docs.Page, error) { return docs.Render(openAPI, base) })
}

// read serves the page. It has no script and loads nothing.
func (s *server) read(w http.ResponseWriter, r *http.Request) error {
	page, err := s.docs()
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src '"+page.StyleHash+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Frame-Options", "DENY")
	servePublic(w, r, page.HTML)
	return nil
}
