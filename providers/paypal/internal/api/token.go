package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/paylinks"
)

// SearchScope is what a token must have for Transaction Search.
const SearchScope = "https://uri.paypal.com/services/reporting/search/read"

// NoSearchScope is the name of the [Error] for an app that may not use Transaction Search.
const NoSearchScope = "NO_SEARCH_SCOPE"

// margin is how long before its end a token isn't used any more.
const margin = time.Minute

var errNoToken = errors.New("the answer has no access_token")

// tokens keeps the access token, and has at most one call for a new one under way.
type tokens struct {
	rest   *rest.Client
	url    string
	id     string
	secret paylinks.Secret
	now    func() time.Time
	// turn is held by whoever fetches: a lock that waits no longer than its context.
	turn chan struct{}

	mu    sync.Mutex
	value string
	until time.Time
}

// get is the token in force, or a new one.
func (t *tokens) get(ctx context.Context) (string, error) {
	if value, ok := t.current(); ok {
		return value, nil
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", &paylinks.ProviderError{Refusal: paylinks.Unreachable, Outcome: paylinks.NotApplied, Message: "no token in time", Err: ctx.Err()}
	}
	if value, ok := t.current(); ok { // somebody else fetched it
		return value, nil
	}
	return t.fetch(ctx)
}

func (t *tokens) current() (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.value, t.value != "" && t.now().Before(t.until)
}

// drop forgets a token that PayPal refused, unless it's been replaced meanwhile.
func (t *tokens) drop(value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.value == value {
		t.value = ""
	}
}

func (t *tokens) fetch(ctx context.Context) (string, error) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(t.id+":"+t.secret.Reveal()))
	res, err := success(ctx, t.rest, rest.Request{
		Method: http.MethodPost, URL: t.url, Header: http.Header{"Authorization": {basic}},
		Raw: []byte("grant_type=client_credentials"), ContentType: "application/x-www-form-urlencoded",
	})
	if err != nil {
		return "", err
	}
	var answer struct {
		Scope     string `json:"scope"`
		Token     string `json:"access_token"`
		ExpiresIn int64  `json:"expires_in"`
	}
	if err := json.Unmarshal(res.Body, &answer); err != nil {
		return "", &Error{Failure: res.Failure(err)}
	}
	if answer.Token == "" {
		return "", &Error{Failure: res.Failure(errNoToken)}
	}
	// A token without any scope named isn't judged.
	if scopes := strings.Fields(answer.Scope); len(scopes) > 0 && !slices.Contains(scopes, SearchScope) {
		return "", &Error{Failure: rest.Failure{Status: http.StatusForbidden, JSON: true}, Name: NoSearchScope}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.value, t.until = answer.Token, t.now().Add(time.Duration(answer.ExpiresIn)*time.Second-margin)
	return t.value, nil
}
