package httpserver

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func TestParseTokens(t *testing.T) {
	t.Parallel()
	tokens, err := ParseTokens("alpha, beta:ro ,g+a/m.m_a-~=shop-a+shop-b,delta:ro=shop-c")
	require.NoError(t, err)
	both, read := []Scope{ScopeRead, ScopeWrite}, []Scope{ScopeRead}
	for token, want := range map[string]struct {
		scopes []Scope
		apps   []string
	}{
		"alpha":       {both, nil},
		"beta":        {read, nil},
		"g+a/m.m_a-~": {both, []string{"shop-a", "shop-b"}},
		"delta":       {read, []string{"shop-c"}},
	} {
		principal, err := tokens.Authenticate(requestWith("Bearer " + token))
		require.NoError(t, err, token)
		assert.Equal(t, want.scopes, principal.Scopes, token)
		assert.Equal(t, want.apps, principal.Caller.OrgApps, token)
		assert.Regexp(t, `^tok_[0-9a-f]{16}$`, principal.Caller.ID)
	}
}

func TestParseTokensRefuses(t *testing.T) {
	t.Parallel()
	for list, message := range map[string]string{
		"":                     "httpserver: token 1 of the list: it's empty",
		"hush1,":               "httpserver: token 2 of the list: it's empty",
		"hush1,,hush2":         "httpserver: token 2 of the list: it's empty",
		":ro":                  "httpserver: token 1 of the list: it's empty",
		"=shop":                "httpserver: token 1 of the list: it's empty",
		"hush1:rw":             `httpserver: token 1 of the list: only ":ro" may follow a token's colon`,
		"hush1:":               `httpserver: token 1 of the list: only ":ro" may follow a token's colon`,
		"hush1:ro:ro":          `httpserver: token 1 of the list: only ":ro" may follow a token's colon`,
		"hush1=":               `httpserver: token 1 of the list: an org_app_id after "=" is empty`,
		"hush1=a+":             `httpserver: token 1 of the list: an org_app_id after "=" is empty`,
		"hush1=+a":             `httpserver: token 1 of the list: an org_app_id after "=" is empty`,
		"hu sh1":               "httpserver: token 1 of the list: only letters, digits and - . _ ~ + / may be in a token",
		"hüsh1":                "httpserver: token 1 of the list: only letters, digits and - . _ ~ + / may be in a token",
		"hush1,hush2,hush1:ro": "httpserver: token 3 of the list: it's there twice",
	} {
		_, err := ParseTokens(list)
		require.EqualError(t, err, message, list)
		assert.NotContains(t, err.Error(), "hush")
	}
}

func requestWith(authorization ...string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/", http.NoBody)
	for _, value := range authorization {
		r.Header.Add("Authorization", value)
	}
	return r
}

func TestStaticTokensLetInOnlyWhomTheyKnow(t *testing.T) {
	t.Parallel()
	tokens, err := ParseTokens("alpha,beta")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		headers []string
		in      bool
	}{
		"the first":              {[]string{"Bearer alpha"}, true},
		"the last":               {[]string{"Bearer beta"}, true},
		"the scheme in any case": {[]string{"bEARER alpha"}, true},
		"more spaces":            {[]string{"Bearer   alpha "}, true},
		"nothing":                {nil, false},
		"unknown":                {[]string{"Bearer gamma"}, false},
		"a prefix":               {[]string{"Bearer alph"}, false},
		"longer":                 {[]string{"Bearer alphaa"}, false},
		"another case":           {[]string{"Bearer ALPHA"}, false},
		"empty":                  {[]string{"Bearer "}, false},
		"no scheme":              {[]string{"alpha"}, false},
		"another scheme":         {[]string{"Basic alpha"}, false},
		"two headers":            {[]string{"Bearer alpha", "Bearer alpha"}, false},
		"two tokens":             {[]string{"Bearer alpha beta"}, false},
		"with a mark":            {[]string{"Bearer alpha:ro"}, false},
	} {
		principal, err := tokens.Authenticate(requestWith(test.headers...))
		if test.in {
			require.NoError(t, err, name)
			assert.NotEmpty(t, principal.Caller.ID, name)
			continue
		}
		require.ErrorIs(t, err, paylinks.CodeUnauthenticated, name)
		assert.Equal(t, Principal{}, principal, name)
	}
	_, err = StaticTokens{}.Authenticate(requestWith("Bearer alpha"))
	require.ErrorIs(t, err, paylinks.CodeUnauthenticated)
}

func TestCallersDiffer(t *testing.T) {
	t.Parallel()
	assert.NotEqual(t, callerID("alpha"), callerID("beta"))
	assert.Equal(t, "tok_", callerID("alpha")[:4])
	assert.NotContains(t, callerID("alpha"), "alpha")
}

type brokenAuthenticator struct{ err error }

func (b brokenAuthenticator) Authenticate(*http.Request) (Principal, error) {
	return Principal{}, b.err
}

// A directory that is down isn't a wrong token.
func TestAnAuthenticatorThatFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		status int
	}{
		"says no": {&paylinks.Error{Code: paylinks.CodeUnauthenticated}, http.StatusUnauthorized},
		"limits":  {&paylinks.Error{Code: paylinks.CodeRateLimited}, http.StatusTooManyRequests},
		"is down": {errors.New("ldap: connection refused"), http.StatusInternalServerError},
	} {
		options, _ := testOptions(t)
		options.Authenticator = brokenAuthenticator{test.err}
		w := call(t, newServer(&fake{}, options), http.MethodGet, "/api/v1/providers", "")
		assert.Equal(t, test.status, w.Code, name)
		assert.NotContains(t, w.Body.String(), "ldap", name)
	}
}
