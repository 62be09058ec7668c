package postgres_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/paylinks/paylinks-go/internal/postgrestest"
)

// childEnv is the URL of the database that a re-executed test binary opens instead of running tests.
const childEnv = "PAYLINKS_POSTGRES_TEST_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(childEnv); url != "" {
		os.Exit(playChild(url))
	}
	goleak.VerifyTestMain(postgrestest.Main{M: m})
}
