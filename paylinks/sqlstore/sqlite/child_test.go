package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// The parts of a child process.
const (
	childWrites = "writes" // writes links until it's killed, and prints the id of each that was acknowledged
	childOpens  = "opens"  // opens the file, writes a link, closes it
)

// playChild is the main function of a child process.
func playChild(part, path string) int {
	ctx := context.Background()
	store, err := Open(ctx, path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	const callers = 4
	failed := make(chan error, callers)
	acknowledged := make(chan string)
	write := func() error {
		link, operation := testLink(uuid.Must(uuid.NewV7()).String())
		if err := store.Write(ctx, paylinks.Change{Insert: link, Begin: operation}); err != nil {
			return err
		}
		acknowledged <- link.ID
		return nil
	}
	switch part {
	case childOpens:
		go func() { failed <- write() }()
		_, _ = fmt.Fprintln(os.Stdout, <-acknowledged)
		err = <-failed
		if closing := store.Close(); err == nil {
			err = closing
		}
	case childWrites:
		for range callers {
			go func() {
				for {
					if err := write(); err != nil {
						failed <- err
						return
					}
				}
			}()
		}
		for err == nil {
			select {
			case id := <-acknowledged:
				_, _ = fmt.Fprintln(os.Stdout, id)
			case err = <-failed:
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// child is the test binary as another process.
func child(t *testing.T, part, path string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), binary, path)
	cmd.Env = append(os.Environ(), childEnv+"="+part)
	return cmd
}

func TestWhatWasAcknowledgedOutlivesAKilledProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	var acknowledged []string
	for range 3 {
		cmd := child(t, childWrites, path)
		output, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(output)
		for seen := 0; lines.Scan(); seen++ {
			acknowledged = append(acknowledged, lines.Text())
			if seen == 40 {
				require.NoError(t, cmd.Process.Kill()) // SIGKILL, while its writers are busy
			}
		}
		require.Error(t, cmd.Wait(), "the child must have been killed, not have ended")

		store, err := Open(t.Context(), path)
		require.NoError(t, err)
		for _, id := range acknowledged {
			_, err := store.Paylink(t.Context(), id)
			require.NoError(t, err, id)
			operations, err := store.Operations(t.Context(), id)
			require.NoError(t, err, id)
			assert.Len(t, operations, 1, id)
		}
		// Nobody lives who could hold an operation: all of them are due at once, though their time is far ahead.
		due, err := store.ClaimOperations(t.Context(), longAgo, longAgo.AddDate(50, 0, 0), 10_000)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, len(due), len(acknowledged))
		require.NoError(t, store.Close())
	}
	require.Greater(t, len(acknowledged), 100)
}

func TestTenProcessesOpenANewFileAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	children := make([]*exec.Cmd, 10)
	outputs := make([]*bufio.Scanner, len(children))
	for i := range children {
		children[i] = child(t, childOpens, path)
		children[i].Stderr = os.Stderr
		output, err := children[i].StdoutPipe()
		require.NoError(t, err)
		outputs[i] = bufio.NewScanner(output)
		require.NoError(t, children[i].Start())
	}
	var written []string
	for i, cmd := range children {
		for outputs[i].Scan() {
			written = append(written, outputs[i].Text())
		}
		require.NoError(t, cmd.Wait())
	}
	require.Len(t, written, len(children))
	store := open(t, path)
	for _, id := range written {
		_, err := store.Paylink(t.Context(), id)
		assert.NoError(t, err)
	}
}
