package httpserver

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

const createBody = `{"provider":"tabby","org_app_id":"shop-a","order_id":"T-1","amount":"75.00","currency":"SAR"}`

// counting is a Service whose create succeeds and counts.
func counting(t *testing.T) (*fake, *atomic.Int32) {
	t.Helper()
	var count atomic.Int32
	link := testLink(t)
	return &fake{create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) {
		count.Add(1)
		return link, nil
	}}, &count
}

func TestTheSameKeyAndBodyGetTheFirstAnswerByteForByte(t *testing.T) {
	t.Parallel()
	svc, count := counting(t)
	server, _ := newTestServer(t, svc)
	first := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k 1")
	assert.Equal(t, http.StatusBadRequest, first.Code, "a space isn't visible ASCII")

	first = call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k-1", "X-Request-Id", "one")
	require.Equal(t, http.StatusCreated, first.Code, first.Body.String())
	assert.Empty(t, first.Header().Get("Idempotent-Replayed"))

	reordered := `{ "amount":"75.00", "currency":"SAR","order_id":"T-1","org_app_id":"shop-a","provider":"tabb\u0079" }`
	for _, key := range []string{"k-1", `"k-1"`, "  k-1 "} {
		again := call(t, server, http.MethodPost, linksPath, reordered, "Idempotency-Key", key, "X-Request-Id", "two")
		assert.Equal(t, first.Code, again.Code)
		assert.Equal(t, first.Body.String(), again.Body.String())
		assert.Equal(t, first.Header().Get("Content-Type"), again.Header().Get("Content-Type"))
		assert.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
		assert.Equal(t, "two", again.Header().Get("X-Request-Id"))
	}
	assert.EqualValues(t, 1, count.Load())
}

func TestTheSameKeyWithAnotherBody(t *testing.T) {
	t.Parallel()
	svc, count := counting(t)
	server, _ := newTestServer(t, svc)
	call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k-1")
	w := call(t, server, http.MethodPost, linksPath, strings.Replace(createBody, "75.00", "75.0", 1), "Idempotency-Key", "k-1")
	assert.Equal(t, http.StatusUnprocessableEntity, w.Code)
	assert.Equal(t, "idempotency_mismatch", errorOf(t, w))
	assert.EqualValues(t, 1, count.Load())
}

// A key is the caller's own, for one path.
func TestTheScopeOfAKey(t *testing.T) {
	t.Parallel()
	svc, count := counting(t)
	var references []string
	svc.capture = func(_ context.Context, id string, req paylinks.CaptureRequest) (*paylinks.CaptureResult, error) {
		references = append(references, req.IdempotencyKey)
		return &paylinks.CaptureResult{PaylinkID: id, Status: paylinks.StatusCaptured, Amount: sar(t, "1"), Captured: sar(t, "1")}, nil
	}
	server, _ := newTestServer(t, svc)
	for _, token := range []string{fullToken, scopedToken} {
		w := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k", "Authorization", "Bearer "+token)
		assert.Equal(t, http.StatusCreated, w.Code)
	}
	assert.EqualValues(t, 2, count.Load())
	for _, path := range []string{"/a/capture", "/b/capture", "/a/capture"} {
		w := call(t, server, http.MethodPost, linksPath+path, "", "Idempotency-Key", "k")
		assert.Equal(t, http.StatusOK, w.Code)
	}
	require.Len(t, references, 2)
	assert.NotEqual(t, references[0], references[1])
}

// The Service is told the key, so that an answer that was lost isn't a second capture, refund or SMS.
func TestTheServiceIsToldTheKey(t *testing.T) {
	t.Parallel()
	var keys []string
	svc := &fake{
		create: func(_ context.Context, req paylinks.CreateRequest) (*paylinks.Paylink, error) {
			keys = append(keys, req.IdempotencyKey)
			return nil, errors.New("lost")
		},
		capture: func(_ context.Context, _ string, req paylinks.CaptureRequest) (*paylinks.CaptureResult, error) {
			keys = append(keys, req.IdempotencyKey)
			return nil, errors.New("lost")
		},
		refund: func(_ context.Context, _ string, req paylinks.RefundRequest) (*paylinks.RefundResult, error) {
			keys = append(keys, req.IdempotencyKey)
			return nil, errors.New("lost")
		},
		send: func(_ context.Context, _ string, req paylinks.SendRequest) (*paylinks.SendResult, error) {
			keys = append(keys, req.IdempotencyKey)
			return nil, errors.New("lost")
		},
	}
	server, _ := newTestServer(t, svc)
	for _, target := range []string{linksPath, linksPath + "/x/capture", linksPath + "/x/refund", linksPath + "/x/send"} {
		keys = nil
		for range 2 {
			call(t, server, http.MethodPost, target, `{}`, "Idempotency-Key", "my-secret-key")
		}
		call(t, server, http.MethodPost, target, `{}`)
		require.Len(t, keys, 3, target)
		assert.Regexp(t, `^[0-9a-f]{64}$`, keys[0], target)
		assert.Equal(t, keys[0], keys[1], target)
		assert.Empty(t, keys[2], target)
	}
}

// A cancel means another thing once its caller knows that the link is paid. The answer to the first one may have been lost.
func TestACancelMeansWhatItMeantAtFirst(t *testing.T) {
	t.Parallel()
	svc := &fake{}
	var known []paylinks.Status
	svc.cancel = func(_ context.Context, _ string, status paylinks.Status) (*paylinks.CancelResult, error) {
		known = append(known, status)
		return nil, &paylinks.Error{Code: paylinks.CodeAlreadyPaid, Outcome: paylinks.NotApplied}
	}
	server, _ := newTestServer(t, svc)
	cancel := func(status paylinks.Status, headers ...string) {
		svc.known = status
		w := call(t, server, http.MethodPost, linksPath+"/x/cancel", "", headers...)
		assert.Equal(t, http.StatusConflict, w.Code)
		assert.Empty(t, w.Header().Get("Idempotent-Replayed"), "it was looked at again")
	}
	cancel(paylinks.StatusCreated, "Idempotency-Key", "one")
	cancel(paylinks.StatusAuthorized, "Idempotency-Key", "one")
	cancel(paylinks.StatusAuthorized, "Idempotency-Key", "two")
	cancel(paylinks.StatusAuthorized)
	assert.Equal(t, []paylinks.Status{paylinks.StatusCreated, paylinks.StatusCreated, paylinks.StatusAuthorized, ""}, known)
}

func TestKeysWithOddCharacters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		key string
		ok  bool
	}{
		"punctuation":         {"!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true},
		"a quote inside":      {`a"b`, true},
		"one quote":           {`"`, true},
		"255 long":            {strings.Repeat("k", 255), true},
		"255 long and quoted": {`"` + strings.Repeat("k", 255) + `"`, true},
		"256 long":            {strings.Repeat("k", 256), false},
		"empty and quoted":    {`""`, false},
		"blank":               {"  ", false},
		"a tab":               {"a\tb", false},
		"NUL":                 {"a\x00b", false},
		"DEL":                 {"a\x7fb", false},
		"not ASCII":           {"مفتاح", false},
	} {
		svc, count := counting(t)
		server, _ := newTestServer(t, svc)
		w := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", test.key)
		if test.ok {
			assert.Equal(t, http.StatusCreated, w.Code, name)
			continue
		}
		assert.Equal(t, http.StatusBadRequest, w.Code, name)
		assert.Equal(t, "validation_failed", errorOf(t, w), name)
		assert.Contains(t, w.Body.String(), `"field":"Idempotency-Key"`, name)
		assert.Zero(t, count.Load(), name)
	}

	svc, count := counting(t)
	server, _ := newTestServer(t, svc)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, linksPath, strings.NewReader(createBody))
	r.Header = http.Header{"Authorization": {"Bearer " + fullToken}, "Content-Type": {"application/json"}, "Idempotency-Key": {"a", "a"}}
	w := httptest.NewRecorder()
	held(t, server).ServeHTTP(w, r)
	assert.Equal(t, http.StatusBadRequest, w.Code, "two headers")
	assert.Zero(t, count.Load())
}

// Final outcomes are kept. After the others the key carries the operation on: free where nothing happened, bound to the same request
// where that isn't known.
func TestWhatIsKept(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"a success":                       {nil, "kept"},
		"a rejected buyer":                {&paylinks.Error{Code: paylinks.CodeBuyerRejected, Outcome: paylinks.NotApplied}, "kept"},
		"a failed validation":             {&paylinks.Error{Code: paylinks.CodeValidationFailed, Outcome: paylinks.NotApplied}, "free"},
		"not found":                       {&paylinks.Error{Code: paylinks.CodePaylinkNotFound, Outcome: paylinks.NotApplied}, "free"},
		"a conflict":                      {&paylinks.Error{Code: paylinks.CodeNotCapturable, Outcome: paylinks.NotApplied}, "free"},
		"a mismatch of the reference":     {&paylinks.Error{Code: paylinks.CodeIdempotencyMismatch, Outcome: paylinks.NotApplied}, "free"},
		"too many calls":                  {&paylinks.Error{Code: paylinks.CodeRateLimited, Outcome: paylinks.NotApplied}, "free"},
		"the provider refused our call":   {&paylinks.Error{Code: paylinks.CodeProviderError, Outcome: paylinks.NotApplied}, "free"},
		"the provider is down":            {&paylinks.Error{Code: paylinks.CodeProviderUnavailable, Outcome: paylinks.NotApplied}, "free"},
		"no outcome known":                {&paylinks.Error{Code: paylinks.CodeProviderTimeout, Outcome: paylinks.OutcomeUnknown}, "bound"},
		"in progress, no outcome known":   {&paylinks.Error{Code: paylinks.CodeOperationInProgress, Outcome: paylinks.OutcomeUnknown}, "bound"},
		"the store failed":                {errors.New("disk full"), "bound"},
		"a failure before anything began": {&paylinks.Error{Code: paylinks.CodeInternal, Outcome: paylinks.NotApplied}, "free"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			svc := &fake{create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) {
				calls++
				return testLink(t), test.err
			}}
			server, _ := newTestServer(t, svc)
			first := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k")
			assert.Equal(t, test.want, svc.state())

			again := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k", "X-Request-Id", "another")
			other := call(t, server, http.MethodPost, linksPath, `{"amount":"1"}`, "Idempotency-Key", "k")
			switch test.want {
			case "kept":
				assert.Equal(t, 1, calls)
				assert.Equal(t, first.Code, again.Code)
				assert.Equal(t, first.Body.String(), again.Body.String())
				assert.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
				assert.Equal(t, "idempotency_mismatch", errorOf(t, other))
			case "bound":
				assert.Equal(t, 2, calls, "the same request goes on")
				assert.Equal(t, "idempotency_mismatch", errorOf(t, other))
			default:
				assert.Equal(t, 3, calls, "any request may use the key")
			}
		})
	}
}

func TestAPanicGivesTheKeyBack(t *testing.T) {
	t.Parallel()
	svc := &fake{create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) { panic("boom") }}
	server, out := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k")
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Equal(t, "internal", errorOf(t, w))
	assert.Equal(t, "bound", svc.state())
	assert.Contains(t, out.String(), "panic: boom")
	assert.Contains(t, out.String(), "idempotency_test.go")
}

// A body that can't be read claims no key.
func TestAMalformedBodyClaimsNothing(t *testing.T) {
	t.Parallel()
	svc, count := counting(t)
	server, _ := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, linksPath, `{"amount":`, "Idempotency-Key", "k")
	assert.Equal(t, "invalid_json", errorOf(t, w))
	assert.Equal(t, "free", svc.state())
	assert.Zero(t, count.Load())
}

func TestOneOfManyAtOnceIsCarriedOut(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan struct{}), make(chan struct{})
	var count atomic.Int32
	link := testLink(t)
	svc := &fake{create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) {
		if count.Add(1) == 1 {
			close(begun)
		}
		<-finish
		return link, nil
	}}
	server, _ := newTestServer(t, svc)
	first := make(chan *httptest.ResponseRecorder)
	go func() { first <- call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k") }()
	<-begun

	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			w := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k")
			assert.Equal(t, http.StatusConflict, w.Code)
			assert.Equal(t, "idempotency_in_progress", errorOf(t, w))
			assert.Equal(t, "1", w.Header().Get("Retry-After"))
		})
	}
	group.Wait()
	close(finish)
	assert.Equal(t, http.StatusCreated, (<-first).Code)
	assert.EqualValues(t, 1, count.Load())

	w := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k")
	assert.Equal(t, "true", w.Header().Get("Idempotent-Replayed"))
}

// What has happened is kept for a client that has hung up: it will ask again.
func TestTheAnswerIsKeptForAClientThatHasLeft(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	link := testLink(t)
	svc := &fake{create: func(context.Context, paylinks.CreateRequest) (*paylinks.Paylink, error) {
		leave()
		return link, nil
	}}
	server, _ := newTestServer(t, svc)
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, linksPath, strings.NewReader(createBody))
	r.Header = http.Header{"Authorization": {"Bearer " + fullToken}, "Content-Type": {"application/json"}, "Idempotency-Key": {"k"}}
	held(t, server).ServeHTTP(httptest.NewRecorder(), r)
	require.Error(t, ctx.Err())
	assert.Equal(t, "kept", svc.state())
	require.Len(t, svc.keeps, 1)
	deadline, bounded := svc.keeps[0].Deadline()
	assert.True(t, bounded, "but not for ever")
	assert.LessOrEqual(t, time.Until(deadline), storeTimeout)
}

// The link exists, whether or not its answer could be kept.
func TestAnAnswerThatCannotBeKeptIsStillGiven(t *testing.T) {
	t.Parallel()
	svc, _ := counting(t)
	svc.keepErr = errors.New("disk full")
	server, out := newTestServer(t, svc)
	w := call(t, server, http.MethodPost, linksPath, createBody, "Idempotency-Key", "k")
	assert.Equal(t, http.StatusCreated, w.Code)
	assert.Contains(t, out.String(), "disk full")
}

func TestEveryOperationTakesAKey(t *testing.T) {
	t.Parallel()
	calls := 0
	svc := &fake{
		cancel: func(_ context.Context, id string, _ paylinks.Status) (*paylinks.CancelResult, error) {
			calls++
			return &paylinks.CancelResult{PaylinkID: id, Provider: "tabby", Status: paylinks.StatusCancelled}, nil
		},
		send: func(_ context.Context, id string, _ paylinks.SendRequest) (*paylinks.SendResult, error) {
			calls++
			return &paylinks.SendResult{PaylinkID: id, Provider: "tabby", Delivery: paylinks.DeliverySMS, SentTo: "+9665*****78"}, nil
		},
		refund: func(_ context.Context, id string, _ paylinks.RefundRequest) (*paylinks.RefundResult, error) {
			calls++
			return &paylinks.RefundResult{PaylinkID: id, Status: paylinks.StatusRefunded, Amount: sar(t, "1"), Refunded: sar(t, "1")}, nil
		},
	}
	server, _ := newTestServer(t, svc)
	for i, action := range []string{"cancel", "send", "refund"} {
		first := call(t, server, http.MethodPost, linksPath+"/x/"+action, "", "Idempotency-Key", "k")
		again := call(t, server, http.MethodPost, linksPath+"/x/"+action, "{}", "Idempotency-Key", "k")
		assert.Equal(t, first.Body.String(), again.Body.String())
		assert.Equal(t, first.Code, again.Code)
		assert.Equal(t, "true", again.Header().Get("Idempotent-Replayed"), action)
		assert.Equal(t, i+1, calls, action)
		assert.True(t, json.Valid(first.Body.Bytes()))
	}
}

func TestAReferenceIsReplayedAsAKeyIs(t *testing.T) {
	t.Parallel()
	server, _ := newTestServer(t, &fake{
		capture: func(_ context.Context, id string, req paylinks.CaptureRequest) (*paylinks.CaptureResult, error) {
			return &paylinks.CaptureResult{
				PaylinkID: id, Provider: "tabby", Status: paylinks.StatusCaptured, Amount: sar(t, "1"), Captured: sar(t, "1"),
				ReferenceID: req.ReferenceID, Replayed: req.ReferenceID == "again",
			}, nil
		},
		refund: func(_ context.Context, id string, req paylinks.RefundRequest) (*paylinks.RefundResult, error) {
			return &paylinks.RefundResult{
				PaylinkID: id, Provider: "tabby", Status: paylinks.StatusRefunded, Amount: sar(t, "1"), Refunded: sar(t, "1"),
				ReferenceID: req.ReferenceID, Replayed: req.ReferenceID == "again",
			}, nil
		},
	})
	for _, action := range []string{"/capture", "/refund"} {
		for reference, want := range map[string]string{"again": "true", "first": ""} {
			w := call(t, server, http.MethodPost, linksPath+"/plk_1"+action, `{"reference_id":"`+reference+`"}`)
			assert.Equal(t, http.StatusOK, w.Code)
			assert.Equal(t, want, w.Header().Get("Idempotent-Replayed"), action+reference)
		}
	}
}
