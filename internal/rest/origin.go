package rest

import "net/url"

// IsOrigin tells whether s is the scheme and host of an HTTP API and nothing more, such as https://api.example or http://127.0.0.1:8080:
// no user, path, query or slash at its end.
func IsOrigin(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && s == u.Scheme+"://"+u.Host
}
