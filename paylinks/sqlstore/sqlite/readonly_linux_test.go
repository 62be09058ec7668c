package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestOpenSaysWhenAFolderIsNotWritable(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o555))               // a folder that nobody can write to
	require.NoError(t, os.Chmod(filepath.Dir(folder), 0o755)) // for nobody to come this far
	failed := make(chan error, 1)
	go func() {
		if err := becomeNobody(); err != nil {
			failed <- err
			return
		}
		_, err := Open(t.Context(), filepath.Join(folder, "paylinks.db"))
		failed <- err
	}()
	err := <-failed
	require.ErrorContains(t, err, "must be writable")
	require.ErrorIs(t, err, os.ErrPermission)
}

// becomeNobody takes root's power over files from the goroutine, as root may write to any folder. The thread stays locked, so that
// it ends with the goroutine.
func becomeNobody() error {
	if os.Geteuid() != 0 {
		return nil
	}
	runtime.LockOSThread()
	const nobody = 65534
	if _, err := unix.SetfsuidRetUid(nobody); err != nil {
		return err
	}
	// The kernel tells no failure, but a second call says which id is in force.
	got, err := unix.SetfsuidRetUid(nobody)
	if err == nil && got != nobody {
		err = errors.New("the id of the thread hasn't changed")
	}
	return err
}
