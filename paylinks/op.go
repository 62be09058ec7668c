package paylinks

import "errors"

// named has an error name the public method that returns it, whatever has gone wrong inside, or in the program's own [Apps]. An error is a caller's
// to keep, and Apps may return one to many: what is named is a copy.
func named(op string, err *error) {
	var known *Error
	if !errors.As(*err, &known) || known.Op == op {
		return
	}
	renamed := *known
	renamed.Op = op
	if *err != error(known) { //nolint:errorlint // whether it's this one, not whether it's in the chain
		renamed.Err = *err
	}
	*err = &renamed
}
