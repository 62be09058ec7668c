package hyperpaytest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

const (
	dateForm    = "2006-01-02 15:04:05"
	largestPage = 500
	usualPage   = 100 // a guess
)

// byDate lists the operations of an entity between two dates in UTC, both included, by time. The zone, the ends and the order are guesses.
func (s *Server) byDate(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	from, fromErr := time.Parse(dateForm, query.Get("date.from"))
	to, toErr := time.Parse(dateForm, query.Get("date.to"))
	page, size := 1, usualPage
	var pageErr, sizeErr error
	if text := query.Get("pageNo"); text != "" {
		page, pageErr = strconv.Atoi(text)
	}
	if text := query.Get("limit"); text != "" {
		size, sizeErr = strconv.Atoi(text)
	}
	for _, err := range []error{fromErr, toErr, pageErr, sizeErr} {
		if err != nil {
			s.refuse(w, http.StatusBadRequest, codeBadRequest, "invalid or missing parameter")
			return
		}
	}
	if page < 1 || size < 1 || size > largestPage || to.Before(from) {
		s.refuse(w, http.StatusBadRequest, codeBadRequest, "invalid or missing parameter")
		return
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	entity := query.Get("entityId")
	low, high := 0, 0
	if entity == s.config.EntityIDs[0] {
		low, high = s.history.Between(from, to)
	}
	var own []*record
	for _, one := range s.records {
		if one.entity == entity && !one.at.Before(from) && !one.at.After(to) {
			own = append(own, one)
		}
	}
	total := high - low + len(own)
	rows := []json.RawMessage{}
	for i := (page - 1) * size; i < min(page*size, total); i++ {
		if made := high - low; i < made {
			rows = append(rows, s.history.record(low+i).json())
		} else {
			rows = append(rows, own[i-made].json())
		}
	}
	s.answer(w, "records", rows, (total+size-1)/size)
}

// answer answers records, or that there are none.
func (s *Server) answer(w http.ResponseWriter, name string, rows []json.RawMessage, pages int) {
	if len(rows) == 0 {
		s.refuse(w, s.config.NotFound, codeNotFound, "cannot find transaction")
		return
	}
	body := map[string]any{
		"result": resultJSON{codeAnswered, "successful request"}, name: rows,
		"buildNumber": "simulated", "timestamp": s.Clock.Now().Format(timeForm), "ndc": "simulated",
	}
	if pages > 0 && !s.config.NoPages {
		body["pages"] = pages
	}
	simulator.WriteJSON(w, http.StatusOK, body)
}

// find is the operation of an entity with an id. s.mu is held.
func (s *Server) find(entity, id string) *record {
	if r := s.byID[id]; r != nil && r.entity == entity {
		return r
	}
	if entity == s.config.EntityIDs[0] {
		return s.history.find(id)
	}
	return nil
}

// byIDInV3 lists one operation, and its relatives where they're asked for: whatever refers to the same payment.
func (s *Server) byIDInV3(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	one := s.find(query.Get("entityId"), r.PathValue("id"))
	if one == nil {
		s.answer(w, "records", nil, 0)
		return
	}
	rows := []json.RawMessage{one.json()}
	if query.Get("includeLinkedTransactions") == "true" {
		rows = nil
		for _, relative := range s.relatives(one) {
			rows = append(rows, relative.json())
		}
	}
	s.answer(w, "records", rows, 0)
}

// relatives are all operations on the payment that r belongs to.
func (s *Server) relatives(r *record) []*record {
	root := r
	for root.referenced != "" {
		parent := s.find(r.entity, root.referenced)
		if parent == nil {
			break
		}
		root = parent
	}
	relatives := append([]*record{root}, s.history.followers(root.id)...)
	related := map[string]bool{root.id: true}
	for _, other := range s.records { // by time, so that what is referred to comes first
		if other.entity == root.entity && related[other.referenced] {
			related[other.id] = true
			relatives = append(relatives, other)
		}
	}
	return relatives
}

// byIDInV1 answers one flat object.
func (s *Server) byIDInV1(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.find(r.URL.Query().Get("entityId"), r.PathValue("id"))
	if one == nil {
		s.answer(w, "payments", nil, 0)
		return
	}
	simulator.WriteJSON(w, http.StatusOK, one.json())
}

func (s *Server) byReferenceInV1(w http.ResponseWriter, r *http.Request) {
	s.byReference(w, r, "payments")
}

func (s *Server) byReferenceInV3(w http.ResponseWriter, r *http.Request) {
	s.byReference(w, r, "records")
}

func (s *Server) byReference(w http.ResponseWriter, r *http.Request, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	query := r.URL.Query()
	var rows []json.RawMessage
	for _, one := range s.records {
		if one.entity == query.Get("entityId") && one.reference == query.Get("merchantTransactionId") {
			rows = append(rows, one.json())
		}
	}
	s.answer(w, name, rows, 0)
}
