// Package failpoint names the points of the operation protocol at which a test kills the process. Built with the tag
// "failpoint", Hit ends the process at the point that PAYLINKS_FAILPOINT names; without the tag it does nothing and costs nothing.
package failpoint

// The points, in the order in which an operation passes them. Each follows the operation's kind: "capture.called".
const (
	// Asked: the request is valid; nothing is written yet.
	Asked = "asked"
	// Begun: the intent is written; the provider isn't called yet.
	Begun = "begun"
	// Called: the provider has answered; the answer isn't written yet.
	Called = "called"
	// Settled: the outcome is written; the caller isn't answered yet.
	Settled = "settled"
)

// Points is every point in order.
func Points() []string { return []string{Asked, Begun, Called, Settled} }
