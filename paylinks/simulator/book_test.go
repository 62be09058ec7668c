package simulator_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// sale is an entry of the book: known by two ids, and older with each look.
type sale struct {
	id, session string
	looks       int
}

type saleView struct {
	ID    string
	Looks int
}

func newBook() (*simulator.Book[sale, saleView], *sync.Mutex) {
	var mu sync.Mutex
	book := simulator.NewBook(&mu, "acme: there's no sale", func(s *sale) { s.looks++ }, func(s *sale) saleView { return saleView{s.id, s.looks} })
	book.Add(&sale{id: "first", session: "1"}, "first", "1")
	book.Add(&sale{id: "second", session: "2"}, "second", "2")
	return book, &mu
}

func TestABookKnowsAPaymentByEachOfItsIDs(t *testing.T) {
	t.Parallel()
	book, _ := newBook()
	assert.Equal(t, 2, book.Len())
	assert.Same(t, book.Find("first"), book.Find("1"))
	assert.Nil(t, book.Find("third"))

	second, err := book.View("2")
	require.NoError(t, err)
	assert.Equal(t, saleView{"second", 1}, second, "time has had its effect before it's seen")
	assert.Equal(t, []saleView{{"first", 3}, {"second", 2}}, book.Views(), "oldest first")
	_, err = book.View("third")
	require.EqualError(t, err, `acme: there's no sale "third"`)
}

func TestWhatIsDoneToAPaymentIsATransaction(t *testing.T) {
	t.Parallel()
	book, mu := newBook()
	refused := errors.New("refused")
	require.ErrorIs(t, book.Do("first", func(s *sale) error {
		assert.False(t, mu.TryLock(), "the lock is held")
		assert.Equal(t, 1, s.looks)
		return refused
	}), refused)
	assert.True(t, mu.TryLock(), "and given back")
	mu.Unlock()
	require.EqualError(t, book.Do("third", func(*sale) error { return nil }), `acme: there's no sale "third"`)
}

func TestAPathNamesAPaymentByOneOfItsIDs(t *testing.T) {
	t.Parallel()
	book, mu := newBook()
	show := func(w http.ResponseWriter, _ *http.Request, s *sale) {
		assert.False(t, mu.TryLock(), "the lock is held")
		_, _ = io.WriteString(w, s.id)
	}
	mux := http.NewServeMux()
	session := func(s *sale) string { return s.session }
	mux.Handle("GET /page/{id}", book.On(session, nil, show))
	mux.Handle("GET /api/{id}", book.On(session, func(w http.ResponseWriter) { http.Error(w, "no such session", http.StatusConflict) }, show))
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/page/2":      {200, "second"},
		"/api/1":       {200, "first"},
		"/page/second": {404, "404 page not found\n"},
		"/page/third":  {404, "404 page not found\n"},
		"/api/first":   {409, "no such session\n"},
		"/api/third":   {409, "no such session\n"},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		assert.Equal(t, want.status, w.Code, path)
		assert.Equal(t, want.body, w.Body.String(), path)
	}
}
