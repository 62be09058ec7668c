package httpserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"

	"github.com/paylinks/paylinks-go/paylinks"
)

const contentTypeJSON = "application/json"

// readBody reads a body of at most limit bytes.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var beyond *http.MaxBytesError
	switch {
	case errors.As(err, &beyond):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, &paylinks.Error{Code: paylinks.CodeInvalidJSON, Outcome: paylinks.NotApplied, Message: "the body ended early", Err: err}
	}
	return body, nil
}

// readJSONBody reads the body of an API call, which is JSON where there is one.
func (s *server) readJSONBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := readBody(w, r, s.opts.BodyLimit)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != contentTypeJSON {
		return nil, &paylinks.Error{
			Code: paylinks.CodeUnsupportedMediaType, Outcome: paylinks.NotApplied,
			Message: "send the body as Content-Type: " + contentTypeJSON,
		}
	}
	return body, nil
}

func tooLarge(limit int64) *paylinks.Error {
	return &paylinks.Error{
		Code: paylinks.CodeBodyTooLarge, Outcome: paylinks.NotApplied,
		Message: fmt.Sprintf("the body has more than %d bytes", limit),
	}
}

// encodeJSON is compact JSON with a new line at its end. URLs stay readable: < > & aren't escaped.
func encodeJSON(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("httpserver: encode the answer: %w", err)
	}
	return buffer.Bytes(), nil
}

// writeJSON answers with v, which is one of our own wire types.
func (s *server) writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := encodeJSON(v)
	if err != nil {
		s.log.Error("an answer can't be encoded", slog.Any("error", err))
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	writeBody(w, status, body)
}

func writeBody(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", contentTypeJSON)
	w.WriteHeader(status)
	// A client that is gone by now asks again.
	_, _ = w.Write(body)
}
