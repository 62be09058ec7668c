package httpserver

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

// fakePersons are the calls that are a person's.
type fakePersons struct {
	resolve func(ctx context.Context, id, referenceID string, happened bool) error
	forget  func(ctx context.Context, id string) error
}

func (f *fakePersons) Resolve(ctx context.Context, id, referenceID string, happened bool) error {
	return f.resolve(ctx, id, referenceID, happened)
}

func (f *fakePersons) Forget(ctx context.Context, id string) error { return f.forget(ctx, id) }

func TestAPersonResolvesWhatNobodyCanAsk(t *testing.T) {
	t.Parallel()
	var got []any
	svc := &fake{fakePersons: fakePersons{resolve: func(_ context.Context, id, referenceID string, happened bool) error {
		got = append(got, id, referenceID, happened)
		return nil
	}}}
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, linksPath+"/plk_1/resolve", `{"reference_id": "return-1", "happened": false, "colour": "red"}`)
	require.Equal(t, http.StatusOK, w.Code)
	assertBody(t, `{"success":true,"paylink_id":"plk_1","reference_id":"return-1","happened":false,"warnings":["unknown field \"colour\" was ignored"]}`, w)
	assert.Equal(t, []any{"plk_1", "return-1", false}, got)

	// What isn't said isn't guessed.
	w = call(t, server, http.MethodPost, linksPath+"/plk_1/resolve", `{"reference_id": "return-1"}`)
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), `"field":"happened"`)
	w = call(t, server, http.MethodPost, linksPath+"/plk_1/resolve", "")
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Len(t, got, 3)
}

func TestABuyerIsForgotten(t *testing.T) {
	t.Parallel()
	svc := &fake{fakePersons: fakePersons{forget: func(_ context.Context, id string) error {
		if id != "plk_1" {
			return &paylinks.Error{Code: paylinks.CodeUnsupported, Outcome: paylinks.NotApplied, Message: "it still needs its buyer"}
		}
		return nil
	}}}
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, linksPath+"/plk_1/forget", "")
	require.Equal(t, http.StatusOK, w.Code)
	assertBody(t, `{"success":true,"paylink_id":"plk_1"}`, w)
	w = call(t, server, http.MethodPost, linksPath+"/plk_2/forget", "")
	assert.Equal(t, http.StatusConflict, w.Code)
	assert.Equal(t, "unsupported", errorOf(t, w))
}
