package client

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/paylinks/paylinks-go/paylinks"
)

// Config says which server to call. BaseURL and Token are required.
type Config struct {
	// BaseURL is where the server's handler is mounted: "https://pay.example.com", or "https://example.com/pay" with a prefix. Over plain
	// http the token can be read on the way: for development only.
	BaseURL string
	// Token is a bearer token of the server.
	Token paylinks.Secret

	// HTTPClient sends the requests (default: one with http.DefaultTransport). Redirects aren't followed. A Timeout of it bounds every try, and cuts the
	// streams of Watch, which go on by themselves.
	HTTPClient *http.Client
	// Timeout bounds a call with its retries where ctx has no earlier deadline (default 1 min).
	Timeout time.Duration
	// TryTimeout bounds each try (default 30 s, which is longer than the server waits for a provider).
	TryTimeout time.Duration
	// Retries is how often a call is repeated after its first try (default 3, negative for never).
	Retries int
	// MaxRetryAfter is the longest Retry-After of a server that is waited for (default 10 s). Where it asks for more, the call isn't repeated: its error has
	// the wish as RetryAfter.
	MaxRetryAfter time.Duration
	// Logger gets a line for each retry, each reconnection of Watch, and what the server ignored (default slog.Default).
	Logger *slog.Logger
}

// maxAnswer bounds what is read of an answer: a page of 200 links has some hundred KiB.
const maxAnswer = 8 << 20

// Client calls a server. It's safe for concurrent use and needs no closing.
type Client struct {
	base   string
	token  paylinks.Secret
	config Config
	log    *slog.Logger
	http   *retryablehttp.Client
	// stream has no time limit for a whole answer.
	stream *http.Client
}

var _ paylinks.API = (*Client)(nil)

// New makes a client, or names every field of the configuration that is wrong. It doesn't call the server: see [Client.Ready].
func New(config Config) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&config.Timeout, time.Minute},
		{&config.TryTimeout, 30 * time.Second},
		{&config.MaxRetryAfter, 10 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if config.Retries == 0 {
		config.Retries = 3
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	stream := &http.Client{Transport: http.DefaultTransport}
	if config.HTTPClient != nil {
		copied := *config.HTTPClient
		stream = &copied
	}
	// A redirect would take the token elsewhere.
	stream.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	bounded := *stream
	if bounded.Timeout <= 0 || bounded.Timeout > config.TryTimeout {
		bounded.Timeout = config.TryTimeout
	}

	c := &Client{
		base: strings.TrimRight(config.BaseURL, "/"), token: config.Token, config: config, log: config.Logger, stream: stream,
	}
	c.http = &retryablehttp.Client{
		HTTPClient:   &bounded,
		RetryMax:     math.MaxInt32, // checkRetry counts
		RetryWaitMin: 500 * time.Millisecond,
		RetryWaitMax: 5 * time.Second,
		CheckRetry:   c.checkRetry,
		Backoff:      c.backoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
		RequestLogHook: func(_ retryablehttp.Logger, req *http.Request, _ int) {
			if tries, ok := req.Context().Value(triesKey{}).(*tries); ok {
				tries.answered = nil // the next try begins
			}
		},
	}
	return c, nil
}

func (c Config) check() error {
	var wrong []error
	base, err := url.Parse(c.BaseURL)
	switch {
	case c.BaseURL == "":
		wrong = append(wrong, errors.New("client: BaseURL is required: where the server's handler is mounted, such as https://pay.example.com"))
	case err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") || base.RawQuery != "" || base.Fragment != "" || base.User != nil:
		wrong = append(wrong, errors.New("client: BaseURL must be scheme, host and the path of the handler, such as https://pay.example.com"))
	case strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/api/v1"):
		wrong = append(wrong, errors.New("client: BaseURL ends with /api/v1: leave that out, the client adds it"))
	}
	switch {
	case c.Token == "":
		wrong = append(wrong, errors.New("client: Token is required: a bearer token of the server"))
	case !visibleASCII(c.Token.Reveal()):
		wrong = append(wrong, errors.New("client: Token has a space or a character that isn't visible ASCII"))
	}
	return errors.Join(wrong...)
}

// visibleASCII tells whether s has only printable ASCII characters other than the space.
func visibleASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// String names the Client. It keeps fmt from printing the token inside.
func (c Client) String() string { return "paylinks client of " + c.base }

// GoString does the same for %#v.
func (c Client) GoString() string { return c.String() }

// newKey is an idempotency key that nobody else has.
func newKey() string { return "auto_" + strings.ToLower(rand.Text()) }
