package sqlite

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childEnv names the part that a re-executed test binary plays instead of running tests.
const childEnv = "PAYLINKS_SQLITE_TEST_CHILD"

func TestMain(m *testing.M) {
	if part := os.Getenv(childEnv); part != "" {
		os.Exit(playChild(part, os.Args[len(os.Args)-1]))
	}
	goleak.VerifyTestMain(m)
}
