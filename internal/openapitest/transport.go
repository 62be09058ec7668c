package openapitest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"testing"
)

// Transport is inner with everything that passes through it checked as [Document.Wrap] does: for a server that is a process of its own. An answer
// that breaks off isn't checked, and neither is a stream.
func (d *Document) Transport(tb testing.TB, inner http.RoundTripper) http.RoundTripper {
	tb.Helper()
	return transport{recorder: &recorder{tb: tb, document: d}, inner: inner}
}

type transport struct {
	recorder *recorder
	inner    http.RoundTripper
}

// RoundTrip makes a call, and checks it once its answer is complete.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	x := &exchange{request: r}
	if r.Body != nil {
		_, err := x.sent.ReadFrom(r.Body)
		if err = errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(x.sent.Bytes()))
	}
	res, err := t.inner.RoundTrip(r)
	if err != nil {
		return res, err
	}
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind == typeStream {
		return res, nil
	}
	_, err = x.received.ReadFrom(res.Body)
	body := io.Reader(bytes.NewReader(x.received.Bytes()))
	if err != nil {
		body = io.MultiReader(body, broken{err})
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{body, res.Body}
	if err == nil {
		x.status, x.header = res.StatusCode, res.Header
		t.recorder.report(x)
	}
	return res, nil
}

// broken is the end of a body that broke off.
type broken struct{ err error }

// Read fails.
func (b broken) Read([]byte) (int, error) { return 0, b.err }
