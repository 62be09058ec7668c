package paylinks

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// List lists the links that the caller may see, newest first, page by page.
func (s *Service) List(ctx context.Context, req ListRequest) (_ Page, err error) {
	defer named("list", &err)
	query, err := req.parse()
	if err != nil {
		return Page{}, err
	}
	apps, none := visibleApps(ctx, req.OrgAppID)
	if none {
		return Page{}, nil
	}
	query.OrgAppIDs = apps
	limit := query.Limit
	query.Limit++ // one more tells whether there is a next page
	links, err := s.store.Paylinks(ctx, query)
	if err != nil {
		return Page{}, err
	}
	if len(links) <= limit {
		return Page{Paylinks: links}, nil
	}
	last := links[limit-1]
	return Page{Paylinks: links[:limit], NextCursor: encodeCursor(last.CreatedAt, last.ID)}, nil
}

// visibleApps are the apps whose rows a list may show, nil for all: the one that is asked for, if any, as far as the caller may use it.
func visibleApps(ctx context.Context, orgAppID string) (apps []string, none bool) {
	caller := CallerFrom(ctx)
	if orgAppID == "" {
		return caller.OrgApps, caller.OrgApps != nil && len(caller.OrgApps) == 0
	}
	return []string{orgAppID}, !caller.MayUse(orgAppID)
}

func (r ListRequest) parse() (PaylinkQuery, error) {
	var wrong fieldErrors
	query := PaylinkQuery{
		Provider: r.Provider, Status: r.Status, OrderID: r.OrderID, CreatedFrom: r.CreatedFrom, CreatedTo: r.CreatedTo,
		Limit: checkLimit(&wrong, r.Limit), After: wrong.cursor(r.Cursor),
	}
	if r.Status != "" && !r.Status.Valid() {
		wrong.add("status", "invalid", "must be a status of a link, such as created or captured")
	}
	wrong.legible("provider", r.Provider)
	wrong.legible("org_app_id", r.OrgAppID)
	wrong.legible("order_id", r.OrderID)
	wrong.window(r.CreatedFrom, r.CreatedTo)
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

// window checks a time from (inclusive) to (exclusive).
func (f *fieldErrors) window(from, to time.Time) {
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		f.add("created_to", "invalid", "must not be before created_from")
	}
}

// cursor reads the position of an earlier page's end, the zero position for "".
func (f *fieldErrors) cursor(text string) PaylinkCursor {
	if text == "" {
		return PaylinkCursor{}
	}
	cursor, ok := decodeCursor(text)
	if !ok {
		f.add("cursor", "invalid", "must be the next_cursor of an earlier answer")
	}
	return cursor
}

// A cursor is the time of creation, in microseconds, and the id of the last row seen.
func encodeCursor(createdAt time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d:%s", createdAt.UnixMicro(), id))
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
