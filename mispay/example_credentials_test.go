package mispay_test

import (
	"fmt"

	"github.com/paylinks/paylinks-go/mispay"
	"github.com/paylinks/paylinks-go/mispay/mispaytest"
)

// Credentials by their names in [mispay.Info]. The environment isn't among them: MISPAY_BASE_URL or Config says it.
func ExampleFromCredentials() {
	account := map[string]string{"MISPAY_APP_ID": mispaytest.AppID, "MISPAY_APP_SECRET": mispaytest.AppSecret, "MISPAY_WEBHOOK_SECRET": "not/for/a/path"}
	_, err := mispay.FromCredentials(func(name string) string { return account[name] }, mispay.Config{Environment: mispay.Sandbox})
	fmt.Println(err)
	// Output:
	// mispay: the configuration is wrong: WebhookSecret: must be letters, digits, "-" and "_", since it's a part of a path
}
