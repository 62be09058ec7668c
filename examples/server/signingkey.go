package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

// chooseSigningKey is the signing key of this process. With PostgreSQL there's no file beside the database, and the other processes on it need the same key: it's the
// environment's, or events aren't sent to endpoints at all. Where there are endpoints already, going without it would lose their events, so that
// the server doesn't start then.
func chooseSigningKey(ctx context.Context, config config, store paylinks.Outbox, log *slog.Logger) (paylinks.Secret, error) {
	if config.postgresURL == "" || config.getenv("PAYLINKS_SIGNING_KEY") != "" {
		return signingKey(config.getenv, config.databaseFile)
	}
	endpoints, err := store.Endpoints(ctx)
	if err != nil {
		return "", err
	}
	if len(endpoints) > 0 {
		return "", fmt.Errorf("PAYLINKS_SIGNING_KEY must be set: the database has %d endpoints whose events it signs", len(endpoints))
	}
	log.Warn("there are no event endpoints: with PostgreSQL they need PAYLINKS_SIGNING_KEY, the same in every process")
	return "", nil
}

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
