package taptest

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// maxPeriod is what a period covers at the most (Tap, reports).
const maxPeriod = 30 * 24 * time.Hour

// apiError is an error as Tap's API answers it (Tap, errors).
type apiError struct {
	status      int
	code        string
	description string
}

// The codes are documented, their HTTP statuses and texts are mostly guesses.
var (
	errHeaders   = apiError{http.StatusBadRequest, "1100", "Headers missing"}
	errInput     = apiError{http.StatusBadRequest, "1103", "Input is invalid"}
	errChargeID  = apiError{http.StatusBadRequest, "1143", "Charge id is invalid"}
	errNoCharge  = apiError{http.StatusNotFound, "1144", "Charge id not found"}
	errLimit     = apiError{http.StatusBadRequest, "1162", "Limit exceeds 50"}
	errJSON      = apiError{http.StatusBadRequest, "2100", "Invalid JSON"}
	errNoKey     = apiError{http.StatusUnauthorized, "7022", "Authorization header is missing"}
	errWrongKey  = apiError{http.StatusUnauthorized, "2104", "Key is invalid"}
	errNoCharges = apiError{http.StatusBadRequest, "1144", "Charges not found"}
	errNoRefunds = apiError{http.StatusBadRequest, "1160", "Refunds not found"}
)

func (e apiError) write(w http.ResponseWriter) {
	simulator.WriteJSON(w, e.status, map[string]any{"errors": []map[string]string{{"code": e.code, "description": e.description}}})
}

// injectedError is how Tap fails when a test asks for it.
func injectedError(w http.ResponseWriter, status int) {
	apiError{status, "9999", http.StatusText(status)}.write(w)
}

func (s *Server) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		switch {
		case !ok:
			errNoKey.write(w)
		case key != s.key:
			errWrongKey.write(w)
		default:
			next(w, r)
		}
	}
}

func (s *Server) readCharge(w http.ResponseWriter, r *http.Request) {
	c, ok := s.find(r.PathValue("id"))
	if !ok {
		errNoCharge.write(w)
		return
	}
	simulator.WriteJSON(w, http.StatusOK, c.wire(s.live()))
}

func (s *Server) live() bool { return strings.HasPrefix(s.config.SecretKey, "sk_live_") }

// query is a list call's body, read.
type query struct {
	from, to time.Time
	limit    int
	after    string
}

// readQuery reads the body of a list call. Times and numbers are text; ones that aren't can't be decoded here.
func readQuery(w http.ResponseWriter, r *http.Request) (query, bool) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		errHeaders.write(w)
		return query{}, false
	}
	var body struct {
		Period struct {
			Date struct{ From, To string }
			Type string
		}
		Limit         string
		Order         string
		OrderBy       string `json:"order_by"`
		StartingAfter string `json:"starting_after"`
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil || !json.Valid(raw) {
		errJSON.write(w)
		return query{}, false
	}
	if json.Unmarshal(raw, &body) != nil {
		errInput.write(w)
		return query{}, false
	}
	from, fromOK := millis(body.Period.Date.From)
	to, toOK := millis(body.Period.Date.To)
	limit, err := strconv.Atoi(body.Limit)
	if body.Limit == "" {
		limit, err = 25, nil
	}
	switch {
	case err != nil || limit < 1 || !fromOK || !toOK || to.Before(from) || to.Sub(from) > maxPeriod:
	case body.Period.Type != "1" || (body.OrderBy != "" && body.OrderBy != "date"):
	case body.Order != "chronological": // The other order is documented too, and not simulated.
	case limit > PageSize:
		errLimit.write(w)
		return query{}, false
	default:
		return query{from: from, to: to, limit: limit, after: body.StartingAfter}, true
	}
	errInput.write(w)
	return query{}, false
}

func millis(text string) (time.Time, bool) {
	ms, err := strconv.ParseInt(text, 10, 64)
	return time.UnixMilli(ms).UTC(), err == nil
}

func (s *Server) listCharges(w http.ResponseWriter, r *http.Request) {
	q, ok := readQuery(w, r)
	if !ok {
		return
	}
	start := place{at: q.from}
	if q.after != "" {
		c, ok := s.find(q.after)
		if !ok {
			errChargeID.write(w) // A guess: 1144 would look like an empty list.
			return
		}
		start = c.place()
	}
	rows := list(q, start, s.charges, s.config.History, func(n int) *charge { return s.madeUp(n) })
	s.answer(w, "charges", rows, q.limit, errNoCharges)
}

func (s *Server) listRefunds(w http.ResponseWriter, r *http.Request) {
	q, ok := readQuery(w, r)
	if !ok {
		return
	}
	start := place{at: q.from}
	if q.after != "" {
		known := slices.IndexFunc(s.refunds, func(r *refund) bool { return r.ID == q.after })
		n, madeUp := number(q.after, madeUpRefund)
		switch {
		case known >= 0:
			start = s.refunds[known].place()
		case madeUp && n < s.madeUpRefunds():
			start = s.madeUpRefund(n).place()
		default:
			apiError{http.StatusBadRequest, "1159", "Refund id is invalid"}.write(w)
			return
		}
	}
	rows := list(q, start, s.refunds, s.madeUpRefunds(), func(n int) *refund { return s.madeUpRefund(n) })
	s.answer(w, "refunds", rows, q.limit, errNoRefunds)
}

// list merges the rows that were added with those that are made up, from the place after start on, and one more than fit. Both ends of the
// period are inclusive, a guess.
func list[R row](q query, start place, added []R, history int, madeUp func(int) R) []row {
	begins := func(r R) bool {
		p := r.place()
		return !p.at.Before(q.from) && p.compare(start) > 0
	}
	i, n := search(len(added), func(i int) bool { return begins(added[i]) }), search(history, func(n int) bool { return begins(madeUp(n)) })
	var rows []row
	for len(rows) <= q.limit {
		var next R
		switch {
		case i < len(added) && (n >= history || added[i].place().compare(madeUp(n).place()) < 0):
			next = added[i]
			i++
		case n < history:
			next = madeUp(n)
			n++
		default:
			return rows
		}
		if next.place().at.After(q.to) {
			return rows
		}
		rows = append(rows, next)
	}
	return rows
}

// search is the least index at which ok, which turns true once, is true.
func search(n int, ok func(int) bool) int {
	low, high := 0, n
	for low < high {
		if middle := (low + high) / 2; ok(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// answer writes a page. An empty list is an error (integrators, tried live; its code is a guess).
func (s *Server) answer(w http.ResponseWriter, name string, rows []row, limit int, empty apiError) {
	if len(rows) == 0 {
		empty.write(w)
		return
	}
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	page := make([]any, 0, len(rows))
	for _, r := range rows {
		page = append(page, r.wire(s.live()))
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"object_type": "list", "live_mode": s.live(), "count": len(page), "has_more": more, "api_version": "V2", name: page,
	})
}
