package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// signingKey is the root of the secrets with which events are signed: the environment's, or one of its own that is made once and kept beside the database.
func signingKey(getenv func(string) string, databaseFile string) (paylinks.Secret, error) {
	const least = 32
	if key := getenv("PAYLINKS_SIGNING_KEY"); key != "" {
		if len(key) < least {
			return "", fmt.Errorf("PAYLINKS_SIGNING_KEY must have at least %d characters", least)
		}
		return paylinks.Secret(key), nil
	}
	path := databaseFile + ".key"
	made := rand.Text() + rand.Text()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		kept, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		if key := strings.TrimSpace(string(kept)); len(key) >= least {
			return paylinks.Secret(key), nil
		}
		return "", fmt.Errorf("%s is not whole: delete it, and give the new secrets to those who receive events", path)
	}
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(made + "\n")
	return paylinks.Secret(made), errors.Join(err, file.Sync(), file.Close())
}
