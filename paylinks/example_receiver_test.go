package paylinks_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore/sqlite"
	"github.com/paylinks/paylinks-go/tabby"
	"github.com/paylinks/paylinks-go/tabby/tabbytest"
)

// verify checks a delivery by the Standard Webhooks scheme: HMAC-SHA256 over "id.timestamp.body", base64, as one of the header's signatures.
func verify(secret string, header http.Header, body []byte, now time.Time) error {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return err
	}
	id, timestamp := header.Get("Webhook-Id"), header.Get("Webhook-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return errors.New("too old, or no time at all")
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "." + string(body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, signature := range strings.Fields(header.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(signature), []byte(want)) {
			return nil
		}
	}
	return errors.New("no signature fits")
}

// An endpoint is told of events, and checks that they come from here. It answers 2xx once it has kept the event, and knows one that comes twice by its id.
func ExampleService_AddEndpoint() {
	ctx := context.Background()
	simulator := tabbytest.New(tabbytest.Config{}) // stands in for Tabby: without BaseURL, the provider calls the real one
	api := httptest.NewServer(simulator)
	defer api.Close()
	provider, err := tabby.New(tabby.Config{
		SecretKey: tabbytest.SecretKey, MerchantCode: "SA", WebhookSecret: "a-long-random-text", BaseURL: api.URL,
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	store, err := sqlite.OpenMemory(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()

	service, err := paylinks.New(store, paylinks.StaticApps{"tabby-main": provider}, paylinks.Options{
		SigningKey:            "32 random bytes of your own, kept for ever",
		AllowPrivateEndpoints: true, // the receiver below is on this machine
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	received, secret := make(chan string, 10), ""
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err == nil {
			err = verify(secret, r.Header, body, time.Now())
		}
		var event paylinks.Event
		if err == nil {
			err = json.Unmarshal(body, &event)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		received <- string(event.Type)
	}))
	defer receiver.Close()

	endpoint, err := service.AddEndpoint(ctx, paylinks.EndpointRequest{URL: receiver.URL, Types: []paylinks.EventType{paylinks.EventCreated}})
	if err != nil {
		fmt.Println(err)
		return
	}
	secret = endpoint.Secret.Reveal() // "whsec_…": the receiver's configuration
	running, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() {
		if err := service.Run(running); err != nil {
			fmt.Println(err)
		}
	})
	defer background.Wait()
	defer stop()

	_, err = service.Create(ctx, paylinks.CreateRequest{Provider: "tabby", OrgAppID: "tabby-main", OrderID: "POS-1234", Amount: "150.00", Currency: "SAR"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(<-received)
	// Output:
	// paylink.created
}
