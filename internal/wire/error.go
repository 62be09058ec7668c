package wire

import (
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// FromError is an error on the wire. Its cause stays behind.
func FromError(e *paylinks.Error, requestID string) api.ErrorAnswer {
	message := e.Message
	if message == "" {
		message = string(e.Code)
	}
	return api.ErrorAnswer{
		Error: api.Error{
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

// ToError is the error that an answer tells of, for a client to return. What travels in headers, the wait before a retry, is for the client to add.
func ToError(a api.ErrorAnswer) *paylinks.Error {
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
