package paylinks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
)

// promised is one call to a provider about a link. Where the answer isn't what a [Provider] promises, the log has it as the bug that it is, and what
// comes back is the cautious reading of it: a panic, and an error of another type, tell nothing of the outcome, and a status that no link can be told of
// tells nothing of the state.
func (s *Service) promised(ctx context.Context, link *Paylink, name string, do func(context.Context) (Snapshot, error)) (facts Snapshot, err error) {
	broken := func(what string, more ...slog.Attr) {
		s.log.LogAttrs(ctx, slog.LevelError, what, append([]slog.Attr{
			slog.String("paylink_id", link.ID), slog.String("provider", link.Provider), slog.String("org_app_id", link.OrgAppID), slog.String("call", name),
		}, more...)...)
	}
	defer func() {
		if value := recover(); value != nil {
			broken("a provider panicked", slog.String("panic", panicText(value)), slog.String("stack", string(debug.Stack())))
			facts, err = Snapshot{}, &ProviderError{Refusal: Unreachable, Outcome: OutcomeUnknown, Message: "it panicked"}
		}
	}()
	facts, err = do(ctx)
	var known *ProviderError
	switch {
	case err != nil && !errors.As(err, &known):
		broken("a provider returned an error that isn't a *paylinks.ProviderError", slog.String("type", fmt.Sprintf("%T", err)))
	case err == nil && name != string(OperationSend) && !facts.Status.told():
		if facts.Status != StatusUnknown {
			broken("a provider returned a status that no Snapshot has: StatusUnknown is the one for a word that no table knows",
				slog.String("status", string(facts.Status)), slog.String("provider_status", facts.ProviderStatus))
		}
		facts.Status = StatusUnknown
	}
	return facts, err
}

// panicText is what a log may have of a panic: the runtime's own words, but of another value only the type, as it may be about a buyer.
func panicText(value any) string {
	if known, ok := value.(runtime.Error); ok {
		return known.Error()
	}
	return fmt.Sprintf("%T", value)
}
