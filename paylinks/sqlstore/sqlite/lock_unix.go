//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// fileLock says that a process has a database open. Each Store holds its lock shared until it's closed; an exclusive one can
// only be had while there's no Store on the file in any process.
//
// That's how the leases of a dead process end. A lease in the database says "until 12:05 this belongs to whoever wrote this", and
// after a crash everything that was under way would stand still until then. The kernel drops a lock with the process
// that holds it, however it dies. So who gets the exclusive lock knows that nobody alive has a lease.
//
// It's flock on a file of its own. SQLite's locks are fcntl's, which a process loses altogether as soon as it closes any descriptor
// of the same file; flock's belong to the descriptor, and so two Stores in one process see each other, too.
type fileLock struct{ file *os.File }

// lockPoll is how often a lock that another process holds is tried again. Others hold it exclusively only while they open.
const lockPoll = 5 * time.Millisecond

// acquire takes the exclusive lock if nobody has any, and says so, or else the shared one.
func acquire(ctx context.Context, path string) (lock *fileLock, alone bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, false, fmt.Errorf("lock: %w", err)
	}
	lock = &fileLock{file: file}
	switch err := flock(file, unix.LOCK_EX|unix.LOCK_NB); {
	case err == nil:
		return lock, true, nil
	case errors.Is(err, unix.EWOULDBLOCK):
		if err := lock.share(ctx); err != nil {
			return nil, false, errors.Join(err, file.Close())
		}
		return lock, false, nil
	default:
		// A file system without flock. Leases run out by themselves, only later.
		return lock, false, nil
	}
}

// share turns the lock into a shared one. The kernel may let another process have its exclusive lock in between; that one then waits for
// nothing of ours, as a Store that isn't open yet has no leases.
func (l *fileLock) share(ctx context.Context) error {
	for {
		err := flock(l.file, unix.LOCK_SH|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) {
			if err != nil {
				return fmt.Errorf("lock: %w", err)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("lock: another process is opening the database: %w", ctx.Err())
		case <-time.After(lockPoll):
		}
	}
}

// release gives the lock up. The file stays: removing it would let two processes lock two different files of one name.
func (l *fileLock) release() error { return l.file.Close() }

// flock repeats the call when a signal has interrupted it.
func flock(file *os.File, how int) error {
	for {
		if err := unix.Flock(int(file.Fd()), how); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
