package api

import (
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // Dinero Pay's own recipe
	"crypto/sha1" //nolint:gosec // likewise
	"encoding/hex"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Hash is the proof that goes with a call: SHA-1 over the hex text of the MD5 of the fields and the password, in capitals and with nothing
// between them. The hash of a payment's status is that of its void too, so it's never to be logged.
func Hash(password paylinks.Secret, fields ...string) string {
	return digest(asciiUpper(join(password, fields)))
}

// Proves tells, in constant time, whether hash is that of the fields. Dinero Pay doesn't say what becomes of letters beyond ASCII, and its
// platform's examples differ: PHP leaves them alone, JavaScript and Python make capitals of them. Both are tried.
func Proves(hash string, password paylinks.Secret, fields ...string) bool {
	text := join(password, fields)
	have := []byte(strings.ToLower(hash))
	ascii, unicode := hmac.Equal(have, []byte(digest(asciiUpper(text)))), hmac.Equal(have, []byte(digest(strings.ToUpper(text))))
	return ascii || unicode
}

func join(password paylinks.Secret, fields []string) string {
	return strings.Join(fields, "") + password.Reveal()
}

func digest(text string) string {
	inner := md5.Sum([]byte(text))                          //nolint:gosec // Dinero Pay's own recipe
	outer := sha1.Sum([]byte(hex.EncodeToString(inner[:]))) //nolint:gosec // likewise
	return hex.EncodeToString(outer[:])
}

func asciiUpper(s string) string {
	upper := []byte(s)
	for i, b := range upper {
		if 'a' <= b && b <= 'z' {
			upper[i] = b - 'a' + 'A'
		}
	}
	return string(upper)
}
