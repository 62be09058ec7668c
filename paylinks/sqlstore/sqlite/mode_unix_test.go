//go:build unix

package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// modes are the modes of a database's files while it's open and has been written to.
func modes(t *testing.T, path string) map[string]os.FileMode {
	t.Helper()
	link, _ := testLink("a")
	require.NoError(t, open(t, path).Write(t.Context(), paylinks.Change{Insert: link}))
	found := map[string]os.FileMode{}
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(path + suffix)
		require.NoError(t, err)
		found[suffix] = info.Mode().Perm()
	}
	return found
}

// Whatever the umask says: the files have buyers' phone numbers.
func TestANewFileIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	want := map[string]os.FileMode{"": 0o600, "-wal": 0o600, "-shm": 0o600, ".lock": 0o600}
	assert.Equal(t, want, modes(t, filepath.Join(folder, "paylinks.db")))

	// Where a link leads, too.
	link, target := filepath.Join(folder, "link.db"), filepath.Join(folder, "target.db")
	require.NoError(t, os.Symlink(target, link))
	open(t, link)
	info, err := os.Stat(target)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// Whoever gave a group access meant it.
func TestTheModeOfAFileThatIsThereIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "paylinks.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), "VACUUM")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.NoError(t, os.Chmod(path, 0o640))
	found := modes(t, path)
	delete(found, ".lock")
	assert.Equal(t, map[string]os.FileMode{"": 0o640, "-wal": 0o640, "-shm": 0o640}, found)
}
