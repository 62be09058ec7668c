package moyasartest

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// request is a list call whose parameters are in order. Bounds are inclusive, in Unix milliseconds: Moyasar calls them gt and lt, and says
// "equal or after" and "equal or before".
type request struct {
	page             int
	created, updated bounds
	status, id       string
}

type bounds struct{ from, to int64 }

func (b bounds) has(t time.Time) bool { return t.UnixMilli() >= b.from && t.UnixMilli() <= b.to }

var errParam = errors.New("is invalid")

// parse reads a list call's parameters. That an unknown one is refused is a guess: the documentation doesn't say.
func parse(query url.Values) (r request, field string, err error) {
	all := bounds{math.MinInt64, math.MaxInt64}
	r = request{page: 1, created: all, updated: all}
	for name, values := range query {
		value := values[0]
		var to *int64
		switch name {
		case "page":
			if r.page, err = strconv.Atoi(value); err != nil || r.page < 1 {
				return r, name, errParam
			}
		case "status":
			r.status = value
		case "id":
			r.id = value
		case "created[gt]":
			to = &r.created.from
		case "created[lt]":
			to = &r.created.to
		case "updated[gt]":
			to = &r.updated.from
		case "updated[lt]":
			to = &r.updated.to
		default:
			return r, name, errParam
		}
		if to != nil {
			at, err := time.Parse(time.RFC3339, value)
			if err != nil {
				return r, name, errParam
			}
			*to = at.UnixMilli()
		}
	}
	return r, "", nil
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	request, field, err := parse(query)
	if err != nil {
		apiError{status: http.StatusBadRequest, kind: "invalid_request_error", message: "Validation Failed", field: field}.write(w)
		return
	}
	if s.config.IgnoreCreated && (query.Has("updated[gt]") || query.Has("updated[lt]")) {
		request.created = bounds{math.MinInt64, math.MaxInt64}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var added []*payment
	for _, p := range s.payments {
		if request.created.has(p.Created) && request.updated.has(p.Updated) &&
			(request.status == "" || p.Status == request.status) && (request.id == "" || p.ID == request.id) {
			added = append(added, p)
		}
	}
	// The history was never changed, and is all paid.
	first, end := s.history.within(max(request.created.from, request.updated.from), min(request.created.to, request.updated.to))
	if request.id != "" || (request.status != "" && request.status != "paid") {
		first, end = 0, 0
	}

	total := len(added) + end - first
	pages := max((total+PageSize-1)/PageSize, 1)
	rows := []any{}
	for i := (request.page - 1) * PageSize; i < min(request.page*PageSize, total); i++ {
		if i < len(added) {
			rows = append(rows, added[i].row())
		} else {
			rows = append(rows, rowOf(s.history.payment(first+i-len(added))))
		}
	}
	meta := map[string]any{"current_page": request.page, "next_page": nil, "prev_page": nil, "total_pages": pages, "total_count": total}
	if request.page < pages {
		meta["next_page"] = request.page + 1
	}
	if request.page > 1 {
		meta["prev_page"] = request.page - 1
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]any{"payments": rows, "meta": meta})
}

func (s *Server) read(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.find(r.PathValue("id"))
	if p == nil {
		apiError{status: http.StatusNotFound, kind: "api_error", message: "Object not found"}.write(w)
		return
	}
	simulator.WriteJSON(w, http.StatusOK, p.row())
}
