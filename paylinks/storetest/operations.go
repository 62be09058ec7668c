package storetest

import (
	"fmt"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func operationChecks() []Check {
	return []Check{
		{"an operation that isn't there is ErrNotFound, and a link without any has none", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			write(t, store, paylinks.Change{Begin: newOperation("without-key", "a")})
			for _, key := range []string{"unknown", ""} {
				_, err := store.Operation(t.Context(), key)
				require.ErrorIs(t, err, paylinks.ErrNotFound, "key %q", key)
			}
			operations, err := store.Operations(t.Context(), "unknown")
			require.NoError(t, err)
			require.Empty(t, operations)
		}},
		{"a link has one open operation at most: ErrOperationOpen", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"), newLink(t, "b"))
			write(t, store, paylinks.Change{Begin: newOperation("1", "a")})
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Begin: newOperation("2", "a")}), paylinks.ErrOperationOpen)
			write(t, store, paylinks.Change{Begin: newOperation("3", "b")})
		}},
		{"of many operations that begin at once on a link exactly one does", func(t TB, store paylinks.Store) {
			const callers = 8
			insert(t, store, newLink(t, "a"))
			begun := 0
			for _, err := range together(callers, func(i int) error {
				return store.Write(t.Context(), paylinks.Change{Begin: newOperation(fmt.Sprint(i), "a")})
			}) {
				if err == nil {
					begun++
				} else {
					assert.ErrorIs(t, err, paylinks.ErrOperationOpen)
				}
			}
			assert.Equal(t, 1, begun)
			operations, err := store.Operations(t.Context(), "a")
			require.NoError(t, err)
			require.Len(t, operations, 1)
		}},
		{"a settled operation is closed for good: ErrNotFound", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			operation := newOperation("1", "a")
			write(t, store, paylinks.Change{Begin: operation})
			operation.Open, operation.Outcome, operation.FinishedAt = false, paylinks.Applied, at(1)
			write(t, store, paylinks.Change{Settle: operation})
			operation.Outcome = paylinks.NotApplied
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Settle: operation}), paylinks.ErrNotFound)
			operations, err := store.Operations(t.Context(), "a")
			require.NoError(t, err)
			require.Len(t, operations, 1)
			assert.False(t, operations[0].Open)
			assert.Equal(t, paylinks.Applied, operations[0].Outcome)
			write(t, store, paylinks.Change{Begin: newOperation("2", "a")})
		}},
		{"an operation can be settled as still open, with another time", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			operation := newOperation("1", "a")
			write(t, store, paylinks.Change{Begin: operation})
			operation.Attempts, operation.DueAt = 2, at(30)
			write(t, store, paylinks.Change{Settle: operation})
			operations, err := store.Operations(t.Context(), "a")
			require.NoError(t, err)
			require.Len(t, operations, 1)
			equal(t, operation, operations[0])
		}},
		{"an ended operation can be opened again, by one caller", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			operation := newOperation("1", "a")
			operation.Key = "key"
			write(t, store, paylinks.Change{Begin: operation})
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Begin: operation}), paylinks.ErrOperationOpen, "it's still open")
			operation.Open, operation.Outcome = false, paylinks.NotApplied
			write(t, store, paylinks.Change{Settle: operation})

			operation.Open, operation.Outcome, operation.DueAt = true, "", at(20)
			begun := 0
			for _, err := range together(4, func(int) error { return store.Write(t.Context(), paylinks.Change{Begin: operation}) }) {
				if err == nil {
					begun++
				} else {
					assert.ErrorIs(t, err, paylinks.ErrOperationOpen)
				}
			}
			assert.Equal(t, 1, begun)
			got, err := store.Operation(t.Context(), "key")
			require.NoError(t, err)
			equal(t, operation, got)
		}},
		{"an ended operation can't be opened again beside another open one", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			first := newOperation("1", "a")
			write(t, store, paylinks.Change{Begin: first})
			first.Open = false
			write(t, store, paylinks.Change{Settle: first, Begin: newOperation("2", "a")})
			first.Open = true
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Begin: first}), paylinks.ErrOperationOpen)
		}},
		{"an operation can be settled with another key, or without one, and its old key is free", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"), newLink(t, "b"))
			operation := newOperation("1", "a")
			operation.Key = "first"
			write(t, store, paylinks.Change{Begin: operation})
			operation.Key = "second"
			write(t, store, paylinks.Change{Settle: operation})
			got, err := store.Operation(t.Context(), "second")
			require.NoError(t, err)
			equal(t, operation, got)
			operation.Open, operation.Key = false, ""
			write(t, store, paylinks.Change{Settle: operation})
			for _, key := range []string{"first", "second"} {
				_, err := store.Operation(t.Context(), key)
				require.ErrorIs(t, err, paylinks.ErrNotFound, key)
			}

			other := newOperation("2", "b")
			other.Key = "second"
			write(t, store, paylinks.Change{Begin: other})
			again := *operation
			again.Open, again.Key = true, "second"
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Begin: &again}), paylinks.ErrDuplicate)
			again.Key = "third"
			write(t, store, paylinks.Change{Begin: &again})
			got, err = store.Operation(t.Context(), "third")
			require.NoError(t, err)
			equal(t, &again, got)
			again.Key = "second"
			require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Settle: &again}), paylinks.ErrDuplicate)
		}},
		{"keys and references name one operation: ErrDuplicate", operationNames},
		{"an operation belongs to a link that is there: ErrNotFound", func(t TB, store paylinks.Store) {
			err := store.Write(t.Context(), paylinks.Change{Begin: newOperation("1", "nobody")})
			require.ErrorIs(t, err, paylinks.ErrNotFound)
		}},
		{"operations are listed oldest first", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			for _, c := range []struct {
				id     string
				minute int
			}{{"z", 0}, {"b", 2}, {"a", 1}} {
				operation := newOperation(c.id, "a")
				operation.StartedAt = at(c.minute)
				write(t, store, paylinks.Change{Begin: operation})
				operation.Open = false
				write(t, store, paylinks.Change{Settle: operation})
			}
			operations, err := store.Operations(t.Context(), "a")
			require.NoError(t, err)
			var got []string
			for _, operation := range operations {
				got = append(got, operation.ID)
			}
			require.Equal(t, []string{"z", "a", "b"}, got)
		}},
	}
}

func operationNames(t TB, store paylinks.Store) {
	insert(t, store, newLink(t, "a"), newLink(t, "b"))
	first := newOperation("1", "a")
	first.Key = "key"
	write(t, store, paylinks.Change{Begin: first})
	first.Open = false
	write(t, store, paylinks.Change{Settle: first})

	sameReference := newOperation("2", "a")
	sameReference.Reference = first.Reference
	sameKey := newOperation("3", "b")
	sameKey.Key = first.Key
	sameID := newOperation("1", "b")
	for name, operation := range map[string]*paylinks.Operation{"reference": sameReference, "key": sameKey, "id": sameID} {
		require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Begin: operation}), paylinks.ErrDuplicate, name)
	}

	otherKind := newOperation("4", "a")
	otherKind.Kind, otherKind.Reference = paylinks.OperationRefund, first.Reference
	write(t, store, paylinks.Change{Begin: otherKind})
	otherLink := newOperation("5", "b")
	otherLink.Reference = first.Reference
	write(t, store, paylinks.Change{Begin: otherLink})

	// The name says more than the open operation: its caller can be given the first one's answer.
	otherKind.ID = "6"
	require.ErrorIs(t, store.Write(t.Context(), paylinks.Change{Begin: otherKind}), paylinks.ErrDuplicate)
	got, err := store.Operation(t.Context(), "key")
	require.NoError(t, err)
	equal(t, first, got)
}
