package paylinks

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// App is an installed provider account: one set of credentials.
type App struct {
	// ID is the org_app_id of the API.
	ID string
	// Provider makes payment links, Gateway has payments to sync. One of them is set.
	Provider Provider
	Gateway  Gateway
	// Retired are the same account with credentials that were replaced: a webhook that Provider or Gateway can't prove is shown to them in turn, since it may
	// have been signed before the replacement. Nothing else is asked of them. Leave them out once the old secret is to count no more.
	Retired []WebhookReceiver
}

// installed is the app's Provider or Gateway, nil for neither.
func (a App) installed() Installed {
	if a.Provider != nil {
		return a.Provider
	}
	return a.Gateway
}

// Apps finds the app that an org_app_id names. Look-ups may go to the user's own database; the Service asks for every
// call, so cache there.
type Apps interface {
	// App returns the app, or an error with [CodeOrgAppNotFound]. Any other error is a look-up that failed: the call that asked ends with it, and
	// background work is tried again later.
	App(ctx context.Context, orgAppID string) (App, error)
	// List returns all apps, or those that matter where there are too many to list. An order looks among the apps of its caller, whom [CallerFrom]
	// tells, for one of each provider that it may try. Without a caller, [Service.Run] looks for gateways once a minute (for the schedule of [Options.SyncInterval],
	// and to measure when the last sync was), and once, as it begins, for the providers whose metrics are to stand at 0 from the start.
	List(ctx context.Context) ([]App, error)
}

// Installed is a [Provider] or a [Gateway].
type Installed interface {
	Info() Info
}

// StaticApps is a fixed set of apps by org_app_id. Each is a [Provider] or a [Gateway].
type StaticApps map[string]Installed

// App finds an app by its id.
func (s StaticApps) App(_ context.Context, orgAppID string) (App, error) {
	installed, ok := s[orgAppID]
	if !ok {
		return App{}, orgAppNotFound(orgAppID)
	}
	app := App{ID: orgAppID}
	app.Provider, _ = installed.(Provider)
	app.Gateway, _ = installed.(Gateway)
	return app, nil
}

// List returns all apps in the order of their ids.
func (s StaticApps) List(ctx context.Context) ([]App, error) {
	apps := make([]App, 0, len(s))
	for _, id := range slices.Sorted(maps.Keys(s)) {
		app, err := s.App(ctx, id)
		if err != nil {
			return nil, err
		}
		apps = append(apps, app)
	}
	return apps, nil
}

func orgAppNotFound(orgAppID string) *Error {
	return &Error{
		Code: CodeOrgAppNotFound, Outcome: NotApplied,
		Message: fmt.Sprintf("no app %q is installed that you may use: check org_app_id", orgAppID),
	}
}

// Caller is who asks. Put into a context with [WithCaller], it limits what the Service does for that context.
type Caller struct {
	// ID tells callers apart, for the scope of idempotency keys.
	ID string
	// OrgApps are the apps that the caller may use, nil for all.
	OrgApps []string
}

// MayUse tells whether the caller may use an app.
func (c Caller) MayUse(orgAppID string) bool {
	return c.OrgApps == nil || slices.Contains(c.OrgApps, orgAppID)
}

type callerKey struct{}

// WithCaller returns a context in which the Service acts for caller. Without one it acts for the program itself, which
// may use every app.
func WithCaller(ctx context.Context, caller Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// CallerFrom is the caller of a context, the zero Caller where there's none.
func CallerFrom(ctx context.Context) Caller {
	caller, _ := ctx.Value(callerKey{}).(Caller)
	return caller
}
