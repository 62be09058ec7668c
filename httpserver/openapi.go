package httpserver

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"time"
)

const (
	pathOpenAPI = "/api/v1/openapi.json"
	pathDocs    = "/docs"
)

// openAPI is kept by hand. Tests hold it to the table of routes, the table of codes, the wire types, and every answer that any test gets.
//
//go:embed openapi.json
var openAPI []byte

// OpenAPI is the API's own description, as OpenAPI 3.1 in JSON. The caller may change it.
func OpenAPI() []byte { return bytes.Clone(openAPI) }

// describe serves the description.
func (s *server) describe(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", contentTypeJSON)
	servePublic(w, r, openAPI)
	return nil
}

// servePublic answers with what is the same for everybody until the next release.
func servePublic(w http.ResponseWriter, r *http.Request, content []byte) {
	sum := sha256.Sum256(content)
	header := w.Header()
	header.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	header.Set("Cache-Control", "public, max-age=300")
	serveWhole(w, r, content)
}

// serveWhole answers with content, or that the client has it already. Parts of it aren't served: they would need errors of their own form.
func serveWhole(w http.ResponseWriter, r *http.Request, content []byte) {
	whole := r.Clone(r.Context())
	whole.Header.Del("Range")
	http.ServeContent(w, whole, "", time.Time{}, bytes.NewReader(content))
}
