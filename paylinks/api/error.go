package api

import "github.com/paylinks/paylinks-go/paylinks"

// ErrorAnswer is every answer that isn't a success.
type ErrorAnswer struct {
	// Success is false.
	Success bool  `json:"success"`
	Error   Error `json:"error"`
	// RequestID is the one of the X-Request-Id header.
	RequestID string `json:"request_id"`
}

// Error says what went wrong, whether it has happened all the same, and what to do.
type Error struct {
	// Code is stable.
	Code    paylinks.Code `json:"code"`
	Message string        `json:"message"`
	// Fields name each wrong field of the request.
	Fields []paylinks.FieldError `json:"fields,omitempty"`
	// Provider and ProviderCode are set where a provider's answer is the reason, the latter its own code.
	Provider     string           `json:"provider,omitempty"`
	ProviderCode string           `json:"provider_code,omitempty"`
	Outcome      paylinks.Outcome `json:"outcome,omitempty"`
	// Reason is a stable word, Messages what the buyer should read.
	Reason   string             `json:"reason,omitempty"`
	Messages *paylinks.Messages `json:"messages,omitempty"`
	// PaylinkID and Status are the link that the error is about and what it is now.
	PaylinkID string          `json:"paylink_id,omitempty"`
	Status    paylinks.Status `json:"status,omitempty"`
	// OrderID and Attempts are the order that the error is about and the providers tried for it.
	OrderID  string         `json:"order_id,omitempty"`
	Attempts []OrderAttempt `json:"attempts,omitempty"`
	// Replacement is the call to make instead of one that was removed.
	Replacement *Replacement `json:"replacement,omitempty"`
}

// Replacement is the successor of a removed endpoint.
type Replacement struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}
