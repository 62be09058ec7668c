package paypaltest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// dateForm is what start_date and end_date must look like (PayPal, Transaction Search: the parameters' pattern).
var dateForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[1-2][0-9]|3[0-1])[Tt]([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$`)

// request is a search that was understood.
type request struct {
	from, to time.Time
	all      bool
	page     int
	size     int
	id       string
}

func readRequest(query url.Values) (request, bool) {
	r := request{all: query.Get("balance_affecting_records_only") == "N", id: query.Get("transaction_id"), page: 1, size: 100}
	for _, name := range []string{"start_date", "end_date"} {
		if !dateForm.MatchString(query.Get(name)) {
			return r, false
		}
	}
	var errs [4]error
	r.from, errs[0] = time.Parse(time.RFC3339, query.Get("start_date"))
	r.to, errs[1] = time.Parse(time.RFC3339, query.Get("end_date"))
	if text := query.Get("page"); text != "" {
		r.page, errs[2] = strconv.Atoi(text)
	}
	if text := query.Get("page_size"); text != "" {
		r.size, errs[3] = strconv.Atoi(text)
	}
	for _, err := range errs {
		if err != nil {
			return r, false
		}
	}
	const shortestID, longestID = 17, 19
	return r, !r.to.Before(r.from) && r.to.Sub(r.from) <= longestWindow && r.page >= 1 && r.size >= 1 && r.size <= largestPage &&
		(r.id == "" || (len(r.id) >= shortestID && len(r.id) <= longestID))
}

// search lists the rows whose initiation lies in the window, both ends included. That it's the initiation, and that the ends are included, are
// guesses: PayPal doesn't say.
func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	request, ok := readRequest(r.URL.Query())
	now := s.Clock.Now()
	shown := now.Add(-s.config.Delay)
	switch {
	case !ok:
		failure(http.StatusBadRequest).write(w)
		return
	case request.from.After(shown), request.from.Before(now.AddDate(-memoryYears, 0, 0).Add(-time.Minute)):
		errNotAvailable.write(w)
		return
	}
	to := request.to
	if shown.Before(to) {
		to = shown
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	low, high := s.history.Between(request.from, to)
	own := s.between(request, to)
	total := high - low + len(own)
	if request.id != "" {
		low, high = 0, 0
		if e := s.history.find(request.id); e != nil && !e.at.Before(request.from) && !e.at.After(to) {
			own = append(own, e)
		}
		total = len(own)
	}
	if total > s.config.MaxRows {
		errTooLarge.write(w)
		return
	}

	rows := []json.RawMessage{}
	for i := (request.page - 1) * request.size; i < min(request.page*request.size, total); i++ {
		if made := high - low; i < made {
			rows = append(rows, s.history.entry(low+i).row())
		} else {
			rows = append(rows, own[i-made].row())
		}
	}
	simulator.WriteJSON(w, http.StatusOK, map[string]any{
		"transaction_details": rows, "account_number": "SIMULATEDACCT",
		"start_date": request.from.UTC().Format(timeForm), "end_date": request.to.UTC().Format(timeForm),
		"last_refreshed_datetime": shown.Format(timeForm),
		"page":                    request.page, "total_items": total, "total_pages": (total + request.size - 1) / request.size,
		"links": []any{},
	})
}

// between are the rows made by hand that a search finds, in the order of their time. s.mu is held.
func (s *Server) between(r request, to time.Time) []*entry {
	var found []*entry
	for _, e := range s.entries {
		if !e.at.Before(r.from) && !e.at.After(to) && (r.all || !e.unsettled) && (r.id == "" || r.id == e.id) {
			found = append(found, e)
		}
	}
	return found
}
