// Package paging walks through lists that are answered page by page.
package paging

import (
	"errors"
	"iter"
)

// errStuck ends a walk that would never end.
var errStuck = errors.New("paging: the list gives the same cursor again")

// All yields the items of every page from a cursor on. fetch reads the page that follows a cursor, and says which cursor comes next: "" after the last
// page. An error is yielded and ends the walk.
func All[T any](cursor string, fetch func(cursor string) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for at := cursor; ; {
			items, next, err := fetch(at)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			if next == at {
				var none T
				yield(none, errStuck)
				return
			}
			at = next
		}
	}
}
