package stripetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
)

// request is a list call whose parameters are in order.
type request struct {
	limit         int
	after         string
	from, to      int64 // inclusive
	expand        map[string]bool
	paymentIntent string
}

// expandName is how a list's elements are named: with or without their number.
var expandName = regexp.MustCompile(`^expand\[\d*\]$`)

// parse reads a list call's parameters as Stripe does: an unknown one is refused (Stripe, API reference: errors).
func parse(query url.Values, expandable ...string) (request, error) {
	// 10 a page is Stripe's default.
	r := request{limit: 10, from: math.MinInt64, to: math.MaxInt64, expand: map[string]bool{}}
	for name, values := range query {
		value := values[0]
		if expandName.MatchString(name) {
			name = "expand[]"
		}
		if name != "expand[]" && len(values) > 1 {
			return r, fmt.Errorf("%w: %s", errParam, name)
		}
		switch name {
		case "limit":
			limit, err := strconv.Atoi(value)
			if err != nil || limit < 1 || limit > 100 {
				return r, fmt.Errorf("%w: limit", errParam)
			}
			r.limit = limit
		case "starting_after":
			r.after = value
		case "payment_intent":
			r.paymentIntent = value
		case "created[gte]", "created[gt]", "created[lte]", "created[lt]":
			unix, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return r, fmt.Errorf("%w: %s", errParam, name)
			}
			switch name {
			case "created[gte]":
				r.from = unix
			case "created[gt]":
				r.from = unix + 1
			case "created[lte]":
				r.to = unix
			default:
				r.to = unix - 1
			}
		case "expand[]":
			for _, path := range values {
				if !slices.Contains(expandable, path) {
					return r, fmt.Errorf("%w: expand[]", errParam)
				}
				r.expand[path] = true
			}
		default:
			return r, fmt.Errorf("%w: %s", errUnknownParam, name)
		}
	}
	return r, nil
}

// item is an element of a list: its place in time, and how it's written.
type item struct {
	id      string
	created int64
	row     func() any
}

// list answers a page of items that are newest first, as iter.Seq gives them.
func list(w http.ResponseWriter, r *http.Request, request request, items iter.Seq[item]) {
	skipping := request.after != ""
	page, more := []any{}, false
	for i := range items {
		if skipping {
			skipping = i.id != request.after
			continue
		}
		if i.created < request.from || i.created > request.to {
			continue
		}
		if len(page) == request.limit {
			more = true
			break
		}
		page = append(page, i.row())
	}
	if skipping {
		// That the object must exist is documented; the status is a guess.
		apiError{status: http.StatusBadRequest, code: "resource_missing", param: "starting_after", message: "No such object: '" + request.after + "'"}.write(w)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "url": r.URL.Path, "has_more": more, "data": page})
}

func (s *Server) listIntents(w http.ResponseWriter, r *http.Request) {
	request, err := parse(r.URL.Query(), "data.latest_charge")
	if err == nil && request.paymentIntent != "" {
		err = fmt.Errorf("%w: payment_intent", errUnknownParam)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	expanded := request.expand["data.latest_charge"]
	added, first := s.payments, s.history.first(request.to)
	if i, ok := s.history.number(request.after); ok {
		added, first, request.after = nil, i+1, ""
	}
	list(w, r, request, func(yield func(item) bool) {
		for _, p := range added {
			if !yield(item{p.ID, p.Created.Unix(), func() any { return p.row(expanded) }}) {
				return
			}
		}
		for i := first; i < s.history.n && s.history.created(i) >= request.from; i++ {
			if !yield(item{"", s.history.created(i), func() any { return intentJSON(s.history.payment(i), expanded) }}) {
				return
			}
		}
	})
}

func (s *Server) listRefunds(w http.ResponseWriter, r *http.Request) {
	s.listChanges(w, r, func(yield func(string, item) bool, expanded bool) {
		for _, refund := range s.refunds {
			if !yield(refund.payment, item{refund.id, refund.created, func() any { return s.refundRow(refund, expanded) }}) {
				return
			}
		}
	})
}

func (s *Server) listDisputes(w http.ResponseWriter, r *http.Request) {
	s.listChanges(w, r, func(yield func(string, item) bool, expanded bool) {
		for _, dispute := range s.disputes {
			if !yield(dispute.payment, item{dispute.id, dispute.created, func() any { return s.disputeRow(dispute, expanded) }}) {
				return
			}
		}
	})
}

// listChanges answers a page of what happened to payments. all gives each with its payment's id.
func (s *Server) listChanges(w http.ResponseWriter, r *http.Request, all func(yield func(payment string, i item) bool, expanded bool)) {
	request, err := parse(r.URL.Query(), "data.payment_intent", "data.payment_intent.latest_charge")
	if err != nil {
		refuse(w, err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list(w, r, request, func(yield func(item) bool) {
		all(func(payment string, i item) bool {
			return (request.paymentIntent != "" && payment != request.paymentIntent) || yield(i)
		}, len(request.expand) > 0)
	})
}

func (s *Server) readIntent(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	if i, ok := s.history.number(id); ok {
		writeJSON(w, http.StatusOK, intentJSON(s.history.payment(i), true))
		return
	}
	p := s.find(id)
	if p == nil {
		apiError{status: http.StatusNotFound, code: "resource_missing", param: "intent", message: "No such payment_intent: '" + id + "'"}.write(w)
		return
	}
	writeJSON(w, http.StatusOK, p.row(r.URL.Query().Get("expand[]") == "latest_charge"))
}

// writeJSON writes v spread out, as Stripe does.
func writeJSON(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		http.Error(w, "simulator: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
