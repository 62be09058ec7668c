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

// FromError is an error on the wire. Its cause stays behind.
func FromError(e *paylinks.Error, requestID string) ErrorAnswer {
	message := e.Message
	if message == "" {
		message = string(e.Code)
	}
	return ErrorAnswer{
		Error: Error{
			Code:         e.Code,
			Message:      message,
			Fields:       e.Fields,
			Provider:     e.Provider,
			ProviderCode: e.ProviderCode,
			Outcome:      e.Outcome,
			Reason:       e.Reason,
			Messages:     e.Messages,
			PaylinkID:    e.PaylinkID,
			Status:       e.Status,
			OrderID:      e.OrderID,
			Attempts:     fromAttempts(e.Attempts),
		},
		RequestID: requestID,
	}
}

// Err is the error that an answer tells of, for a client to return. What travels in headers, the wait before a retry, is for the client to add.
func (a ErrorAnswer) Err() *paylinks.Error {
	e := a.Error
	return &paylinks.Error{
		Code:         e.Code,
		Message:      e.Message,
		Fields:       e.Fields,
		Provider:     e.Provider,
		ProviderCode: e.ProviderCode,
		Outcome:      e.Outcome,
		Reason:       e.Reason,
		Messages:     e.Messages,
		PaylinkID:    e.PaylinkID,
		Status:       e.Status,
		OrderID:      e.OrderID,
		Attempts:     toAttempts(e.Attempts),
	}
}
