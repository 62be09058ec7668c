package paylinks

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// List lists the links that the caller may see, newest first, page by page.
func (s *Service) List(ctx context.Context, req ListRequest) (Page, error) {
	query, err := req.parse()
	if err != nil {
		return Page{}, err
	}
	query.OrgAppIDs = CallerFrom(ctx).OrgApps
	if req.OrgAppID != "" {
		if query.OrgAppIDs != nil && !slices.Contains(query.OrgAppIDs, req.OrgAppID) {
			return Page{}, nil
		}
		query.OrgAppIDs = []string{req.OrgAppID}
	}
	if query.OrgAppIDs != nil && len(query.OrgAppIDs) == 0 {
		return Page{}, nil
	}
	limit := query.Limit
	query.Limit++ // one more tells whether there is a next page
	links, err := s.store.Paylinks(ctx, query)
	if err != nil {
		return Page{}, err
	}
	if len(links) <= limit {
		return Page{Paylinks: links}, nil
	}
	return Page{Paylinks: links[:limit], NextCursor: encodeCursor(links[limit-1])}, nil
}

func (r ListRequest) parse() (PaylinkQuery, error) {
	var wrong fieldErrors
	query := PaylinkQuery{
		Provider: r.Provider, Status: r.Status, OrderID: r.OrderID, CreatedFrom: r.CreatedFrom, CreatedTo: r.CreatedTo,
		Limit: checkLimit(&wrong, r.Limit),
	}
	if r.Status != "" && !r.Status.Valid() {
		wrong.add("status", "invalid", "must be a status of a link, such as created or captured")
	}
	if !r.CreatedFrom.IsZero() && !r.CreatedTo.IsZero() && r.CreatedTo.Before(r.CreatedFrom) {
		wrong.add("created_to", "invalid", "must not be before created_from")
	}
	if r.Cursor != "" {
		cursor, ok := decodeCursor(r.Cursor)
		if !ok {
			wrong.add("cursor", "invalid", "must be the next_cursor of an earlier answer")
		}
		query.After = cursor
	}
	return query, wrong.err("list")
}

func checkLimit(wrong *fieldErrors, limit int) int {
	switch {
	case limit == 0:
		return defaultLimit
	case limit < 1 || limit > maxLimit:
		wrong.add("limit", "invalid", "must be from 1 to %d", maxLimit)
	}
	return limit
}

// A cursor is the time of creation, in microseconds, and the id of the last link seen.
func encodeCursor(link *Paylink) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d:%s", link.CreatedAt.UnixMicro(), link.ID))
}

func decodeCursor(s string) (PaylinkCursor, bool) {
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return PaylinkCursor{}, false
	}
	micros, id, ok := strings.Cut(string(text), ":")
	at, err := strconv.ParseInt(micros, 10, 64)
	if !ok || err != nil || id == "" {
		return PaylinkCursor{}, false
	}
	return PaylinkCursor{CreatedAt: time.UnixMicro(at).UTC(), ID: id}, true
}
