//go:build failpoint

package failpoint

import (
	"os"
	"syscall"
)

// Hit kills the process, as kill -9 does, where PAYLINKS_FAILPOINT is "kind.point".
func Hit(kind, point string) {
	if os.Getenv("PAYLINKS_FAILPOINT") == kind+"."+point {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}
