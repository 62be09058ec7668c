package httpserver

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Scope is what a caller may do.
type Scope string

// The scopes.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
)

// Principal is a known caller.
type Principal struct {
	// Caller is who it is to the Service. Its ID must not be a secret: it's logged.
	Caller paylinks.Caller
	Scopes []Scope
}

// Authenticator tells who sent a request. An error with [paylinks.CodeUnauthenticated] means that the request shows nobody who is
// known; any other is a failure to tell and is answered like every failure inside. It must be safe for concurrent use.
type Authenticator interface {
	Authenticate(r *http.Request) (Principal, error)
}

// authorize lets in who may use a route, and has the Service act for them.
func (s *server) authorize(r *http.Request, scope Scope) (*http.Request, error) {
	if scope == public {
		return r, nil
	}
	principal, err := s.opts.Authenticator.Authenticate(r)
	if err != nil {
		return r, err
	}
	exchangeOf(r).caller = principal.Caller.ID
	if !slices.Contains(principal.Scopes, scope) {
		return r, &paylinks.Error{
			Code: paylinks.CodeForbidden, Outcome: paylinks.NotApplied,
			Message: fmt.Sprintf("your token doesn't have the scope %q", scope),
		}
	}
	return r.WithContext(paylinks.WithCaller(r.Context(), principal.Caller)), nil
}

// StaticTokens knows callers by a fixed list of bearer tokens, of which it keeps only hashes. The zero StaticTokens knows nobody.
type StaticTokens struct {
	entries []tokenEntry
}

type tokenEntry struct {
	hash      [sha256.Size]byte
	principal Principal
}

// ParseTokens reads a comma list of bearer tokens, each
//
//	token[:ro][=org_app_id+org_app_id]
//
// ":ro" gives the scope read alone instead of read and write; without a list of apps the caller may use every app. A token has
// letters, digits and any of - . _ ~ + /. Errors name an entry by its place and never show a token.
func ParseTokens(list string) (StaticTokens, error) {
	var tokens StaticTokens
	for i, text := range strings.Split(list, ",") {
		entry, err := parseToken(strings.TrimSpace(text))
		if err != nil {
			return StaticTokens{}, fmt.Errorf("httpserver: token %d of the list: %w", i+1, err)
		}
		if slices.ContainsFunc(tokens.entries, func(e tokenEntry) bool { return e.hash == entry.hash }) {
			return StaticTokens{}, fmt.Errorf("httpserver: token %d of the list: it's there twice", i+1)
		}
		tokens.entries = append(tokens.entries, entry)
	}
	return tokens, nil
}

func parseToken(text string) (tokenEntry, error) {
	text, apps, limited := strings.Cut(text, "=")
	token, mark, marked := strings.Cut(text, ":")
	switch {
	case token == "":
		return tokenEntry{}, errors.New("it's empty")
	case strings.ContainsFunc(token, func(c rune) bool { return !tokenRune(c) }):
		return tokenEntry{}, errors.New("only letters, digits and - . _ ~ + / may be in a token")
	case marked && mark != "ro":
		return tokenEntry{}, errors.New(`only ":ro" may follow a token's colon`)
	}
	entry := tokenEntry{
		hash:      sha256.Sum256([]byte(token)),
		principal: Principal{Caller: paylinks.Caller{ID: callerID(token)}, Scopes: []Scope{ScopeRead}},
	}
	if !marked {
		entry.principal.Scopes = append(entry.principal.Scopes, ScopeWrite)
	}
	if limited {
		entry.principal.Caller.OrgApps = strings.Split(apps, "+")
		if slices.Contains(entry.principal.Caller.OrgApps, "") {
			return tokenEntry{}, errors.New(`an org_app_id after "=" is empty`)
		}
	}
	return entry, nil
}

func tokenRune(c rune) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-._~+/", c)
}

// callerID tells tokens apart without showing them. It isn't a prefix of the hash that tokens are compared by.
func callerID(token string) string {
	sum := sha256.Sum256([]byte("paylinks caller\x00" + token))
	return "tok_" + hex.EncodeToString(sum[:8])
}

// Authenticate finds the token of the Authorization header. It takes the same time whether and wherever the token is in the list.
func (t StaticTokens) Authenticate(r *http.Request) (Principal, error) {
	token, err := BearerToken(r)
	if err != nil {
		return Principal{}, err
	}
	hash := sha256.Sum256([]byte(token))
	found := -1
	for i := range t.entries {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash[:], t.entries[i].hash[:]), i, found)
	}
	if found < 0 {
		return Principal{}, unauthenticated("the bearer token isn't known")
	}
	return t.entries[found].principal, nil
}

// BearerToken is the token of a request's Authorization header, for an [Authenticator] of your own. A request without one, or with two, is an error with
// [paylinks.CodeUnauthenticated].
func BearerToken(r *http.Request) (string, error) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return "", unauthenticated("send one header Authorization: Bearer <token>")
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", unauthenticated("send the header Authorization: Bearer <token>")
	}
	return token, nil
}

func unauthenticated(message string) *paylinks.Error {
	return &paylinks.Error{Code: paylinks.CodeUnauthenticated, Outcome: paylinks.NotApplied, Message: message}
}
