package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/paylinks/paylinks-go/internal/rest"
	"github.com/paylinks/paylinks-go/mispay/internal/blob"
	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	// early is how long before its end a token is renewed.
	early = time.Minute
	// defaultLife is how long a token is used that doesn't say its end.
	defaultLife = 10 * time.Minute
	// leastLife is how long a token is used at least, however soon it ends by our clock: a clock that is wrong must not have every call
	// fetch and decrypt a token of its own. MisPay answers 401 where it has really ended.
	leastLife = 5 * time.Second
)

// Tokens keeps the token of one app.
type Tokens struct {
	Box *blob.Box
	Now func() time.Time

	renewal singleflight.Group

	mu      sync.Mutex
	token   string
	expires time.Time
}

// ErrToken is a token that can't be read, for want of the right secret most likely.
var ErrToken = errors.New("the token can't be decrypted")

// current is the token that is kept, "" where there's none, it has ended, or it's the stale one.
func (t *Tokens) current(stale string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == stale || !t.Now().Before(t.expires) {
		return ""
	}
	return t.token
}

func (t *Tokens) keep(token string, expires time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.expires = token, expires
}

// token is a valid token other than stale. Whoever needs one while it's being fetched waits for that one call.
//
// An error is about the token alone: the call that it was for hasn't been made.
func (c *Client) token(ctx context.Context, stale string) (string, error) {
	if token := c.Tokens.current(stale); token != "" {
		return token, nil
	}
	if err := ctx.Err(); err != nil {
		return "", notCalled(err)
	}
	renewed := c.Tokens.renewal.DoChan("token", func() (any, error) {
		if token := c.Tokens.current(stale); token != "" {
			return token, nil
		}
		return c.fetchToken(context.WithoutCancel(ctx)) // others wait for it, too
	})
	select {
	case <-ctx.Done():
		return "", notCalled(ctx.Err())
	case result := <-renewed:
		if result.Err != nil {
			return "", notApplied(result.Err)
		}
		token, _ := result.Val.(string)
		return token, nil
	}
}

func (c *Client) fetchToken(ctx context.Context) (string, error) {
	res, err := c.REST.Do(ctx, rest.Request{
		Method: http.MethodGet, URL: c.BaseURL + c.Paths.Token, Repeatable: true,
		Header: http.Header{"X-App-Id": {c.AppID}, "X-App-Secret": {c.Secret.Reveal()}},
	})
	if err != nil {
		return "", err
	}
	var sealed struct {
		Token Text `json:"token"`
	}
	if _, err := read(res, &sealed); err != nil {
		return "", err
	}
	plain, err := c.Tokens.Box.Open(string(sealed.Token))
	if err != nil {
		return "", &Error{Status: res.Status, JSON: true, Err: errors.Join(ErrToken, err)}
	}
	token, expires, ok := readToken(plain, c.Tokens.Now())
	if !ok {
		return "", &Error{Status: res.Status, JSON: true, Err: ErrToken}
	}
	c.Tokens.keep(token, expires)
	return token, nil
}

// visibleASCII is what can travel in a header.
var visibleASCII = regexp.MustCompile(`^[!-~]+$`)

// readToken reads a decrypted token and tells until when to use it: the earlier of its two ends, less a minute.
func readToken(plain []byte, now time.Time) (token string, expires time.Time, ok bool) {
	var content struct {
		Token Text `json:"token"`
		// Expiration is absent on some of MisPay's pages.
		Expiration Text `json:"expiration"`
	}
	if json.Unmarshal(plain, &content) != nil || !visibleASCII.MatchString(string(content.Token)) {
		return "", time.Time{}, false
	}
	ends := expiryClaim(string(content.Token))
	if said, err := time.Parse(time.RFC3339, string(content.Expiration)); err == nil && (ends.IsZero() || said.Before(ends)) {
		ends = said
	}
	if ends.IsZero() {
		return string(content.Token), now.Add(defaultLife), true
	}
	expires = ends.Add(-early)
	if least := now.Add(leastLife); expires.Before(least) {
		expires = least
	}
	return string(content.Token), expires, true
}

// expiryClaim is the claim "exp" of a JWT, zero without one. The token is MisPay's affair: nothing is verified here.
func expiryClaim(jwt string) time.Time {
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Expiry json.Number `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return time.Time{}
	}
	whole := claims.Expiry.String()
	if !strings.ContainsAny(whole, "eE") {
		whole, _, _ = strings.Cut(whole, ".")
	}
	seconds, err := json.Number(whole).Int64()
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// notCalled is a call that wasn't made since its context had ended.
func notCalled(cause error) error {
	return &paylinks.ProviderError{
		Refusal: paylinks.Unreachable, Outcome: paylinks.NotApplied, Message: "no time left for the call", Err: cause,
	}
}

// TokenError is a failed fetch of a token. The call that it was for hasn't been made.
type TokenError struct{ Err error }

// Error is the cause.
func (e *TokenError) Error() string { return "token: " + e.Err.Error() }

// Unwrap is the cause.
func (e *TokenError) Unwrap() error { return e.Err }

func notApplied(err error) error { return &TokenError{Err: err} }
