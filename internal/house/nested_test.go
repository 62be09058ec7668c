package house

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAProviderFromOutside tests the module in examples/customprovider, which go test ./... doesn't reach since it's a module of its own: that's what keeps
// internal packages from it. The go command gets copies of its go.mod and go.sum, so that a newer version in our own go.mod neither fails the test nor changes the
// tree, and our go.sum beside its own, so that nothing has to be asked of the network.
func TestAProviderFromOutside(t *testing.T) {
	t.Parallel()
	nested, work := filepath.Join(root, "examples/customprovider"), t.TempDir()
	var sums []byte
	for _, dir := range []string{nested, root} {
		sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
		require.NoError(t, err)
		sums = append(sums, sum...)
	}
	mod, err := os.ReadFile(filepath.Join(nested, "go.mod"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(work, "go.sum"), sums, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(work, "go.mod"), mod, 0o600))

	for _, args := range [][]string{{"vet", "./..."}, append([]string{"test"}, append(raceFlag, "./...")...)} {
		command := exec.CommandContext(t.Context(), "go", args...)
		command.Dir = nested
		command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -modfile="+filepath.Join(work, "go.mod"))
		out, err := command.CombinedOutput()
		require.NoError(t, err, "go %v: %s", args, out)
	}
}
