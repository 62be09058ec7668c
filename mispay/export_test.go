package mispay

import "github.com/paylinks/paylinks-go/paylinks"

// Keys is how many keys the provider has derived so far.
func (p *Provider) Keys() int64 { return p.box.Keys() }

// OrderID is the orderId of an attempt.
func OrderID(merchants, reference string) (string, error) { return orderID(merchants, reference) }

// ReferenceOf is our reference in an orderId.
func ReferenceOf(orderID string) string { return referenceOf(orderID) }

// CallbackBurst is how many callbacks are decrypted at once.
const CallbackBurst = callbackBurst

// ReadCallback reads a callback whose content MisPay has sealed, without the cost of a key.
func ReadCallback(content string) (paylinks.Callback, error) {
	return readCallback([]byte(content))
}
