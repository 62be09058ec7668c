package compare

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"sync"
)

// replay answers a page that was asked for before with the same bytes, so that the making of pages isn't measured.
type replay struct {
	next http.Handler

	mu    sync.Mutex
	pages map[string][]byte
}

func (r *replay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	key := req.URL.Path + "?" + req.URL.RawQuery
	r.mu.Lock()
	page, ok := r.pages[key]
	r.mu.Unlock()
	if !ok {
		recorder := httptest.NewRecorder()
		r.next.ServeHTTP(recorder, req)
		if recorder.Code != http.StatusOK {
			w.WriteHeader(recorder.Code)
			_, _ = w.Write(recorder.Body.Bytes())
			return
		}
		page = bytes.Clone(recorder.Body.Bytes())
		r.mu.Lock()
		r.pages[key] = page
		r.mu.Unlock()
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(page)
}
