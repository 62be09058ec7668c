package api

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func jwt(payload string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
}

func TestATokenEndsAtTheEarlierOfItsTwoEnds(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0).UTC()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	const inAnHour = `{"exp":1800003600}`
	for _, tt := range []struct {
		name, token, expiration string
		life                    time.Duration
	}{
		{"both, the JWT's first", jwt(inAnHour), at(2 * time.Hour), 59 * time.Minute},
		{"both, expiration first", jwt(inAnHour), at(30 * time.Minute), 29 * time.Minute},
		{"the JWT's alone", jwt(inAnHour), "", 59 * time.Minute},
		{"expiration alone", jwt(`{"sub":"x"}`), at(time.Hour), 59 * time.Minute},
		{"a JWT that isn't one", "opaque", at(time.Hour), 59 * time.Minute},
		{"exp with decimals", jwt(`{"exp":1800003600.75}`), "", 59 * time.Minute},
		{"exp as a text", jwt(`{"exp":"1800003600"}`), "", 59 * time.Minute},
		{"padded payload", "e30." + base64.URLEncoding.EncodeToString([]byte(inAnHour)) + ".c2ln", "", 59 * time.Minute},
		{"another zone", jwt(`{}`), now.Add(time.Hour).In(time.FixedZone("Riyadh", 3*3600)).Format(time.RFC3339), 59 * time.Minute},
		{"neither", jwt(`{}`), "", 10 * time.Minute},
		{"neither can be read", jwt(`{"exp":{}}`), "tomorrow", 10 * time.Minute},
		{"exp of zero", jwt(`{"exp":0}`), "", 10 * time.Minute},
		{"exp with an exponent", jwt(`{"exp":1.8000036e9}`), "", 10 * time.Minute},
		{"exp beyond all time", jwt(`{"exp":1e99}`), "", 10 * time.Minute},
		{"ended by our clock", jwt(`{"exp":1799999000}`), "", 5 * time.Second},
		{"ends within the minute", jwt(inAnHour), at(30 * time.Second), 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			plain := `{"token":"` + tt.token + `"`
			if tt.expiration != "" {
				plain += `,"expiration":"` + tt.expiration + `"`
			}
			token, expires, ok := readToken([]byte(plain+"}"), now)
			assert.True(t, ok)
			assert.Equal(t, tt.token, token)
			assert.Equal(t, now.Add(tt.life), expires.UTC())
		})
	}
}

func TestATokenThatCantTravelInAHeaderIsNone(t *testing.T) {
	t.Parallel()
	for _, plain := range []string{
		``, `null`, `{}`, `[]`, `"x"`, `{"token":""}`, `{"token":null}`, `{"token":{}}`, `{"token":"a b"}`, `{"token":"a\r\nX-Evil: 1"}`, `{"token":"ü"}`,
	} {
		_, _, ok := readToken([]byte(plain), time.Unix(0, 0))
		assert.False(t, ok, plain)
	}
}
