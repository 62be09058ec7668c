package mispaytest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// token is GET /token: a JWT, encrypted with the app secret (MisPay, authentication).
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	switch id, secret := r.Header.Get("X-App-Id"), r.Header.Get("X-App-Secret"); {
	case id == "":
		errNoAppID.write(w)
		return
	case secret == "":
		errNoSecret.write(w)
		return
	case id != s.config.AppID || secret != s.config.AppSecret:
		errNoApp.write(w)
		return
	}
	now := s.Clock.Now()
	expires := now.Add(s.config.TokenLife)
	jwt := s.sign(now, expires)
	content, err := json.Marshal(map[string]string{"token": jwt, "expiration": expires.Format(time.RFC3339)})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	sealed, err := s.box.Seal(content)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	s.mu.Lock()
	s.tokens[jwt] = expires
	s.mu.Unlock()
	succeed(w, http.StatusOK, map[string]string{"token": sealed})
}

// sign makes a JWT with HS256, as MisPay's documented example is.
func (s *Server) sign(issued, expires time.Time) string {
	payload := fmt.Sprintf(`{"sub":%q,"jti":%q,"iat":%d,"exp":%d}`, s.config.AppID, simulator.NewUUID(), issued.Unix(), expires.Unix())
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, s.signing[:])
	_, _ = mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// authenticated lets calls through that have the App ID and a valid token, and that declare JSON, as MisPay's plugins do on every one.
func (s *Server) authenticated(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		s.mu.Lock()
		expires, known := s.tokens[token]
		s.mu.Unlock()
		switch id := r.Header.Get("X-App-Id"); {
		case id == "":
			errNoAppID.write(w)
		case id != s.config.AppID:
			errNoApp.write(w)
		case !bearer || !known:
			errToken.write(w)
		case !s.Clock.Now().Before(expires):
			errTokenExpired.write(w)
		case r.Header.Get("Content-Type") != "application/json":
			errInvalid.write(w)
		default:
			next(w, r)
		}
	})
}

// ForgetTokens makes every token invalid that was given out, as MisPay may at any time.
func (s *Server) ForgetTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = map[string]time.Time{}
}
