package tamara_test

import (
	"fmt"

	"github.com/paylinks/paylinks-go/tamara"
	"github.com/paylinks/paylinks-go/tamara/tamaratest"
)

// Credentials by their names in [tamara.Info]. Tamara's tokens don't say which environment they are for, so it has to be said.
func ExampleFromCredentials() {
	account := map[string]string{"TAMARA_API_TOKEN": tamaratest.APIToken, "TAMARA_NOTIFICATION_TOKEN": tamaratest.NotificationToken}
	credential := func(name string) string { return account[name] }
	_, err := tamara.FromCredentials(credential, tamara.Config{})
	fmt.Println(err)

	provider, err := tamara.FromCredentials(credential, tamara.Config{Environment: tamara.Sandbox, Flow: tamara.FlowOnline})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(provider.Info().Checkout, provider.Info().LinkLife)
	// Output:
	// tamara: the configuration is wrong: Environment: say tamara.Sandbox or tamara.Live: the token doesn't tell
	// qr 30m0s
}
