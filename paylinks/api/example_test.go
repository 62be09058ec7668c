package api_test

import (
	"fmt"

	"github.com/paylinks/paylinks-go/paylinks/api"
)

// A request body as the server reads it: what nobody knows is named, so that a misspelt field doesn't go unseen.
func ExampleDecodeCapture() {
	body, err := api.ParseBody([]byte(`{"amuont": "50.00", "reference_id": "parcel-1"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	request, warnings, err := api.DecodeCapture(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q %q\n", request.Amount, request.ReferenceID)
	fmt.Println(warnings)
	// Output:
	// "" "parcel-1"
	// [unknown field "amuont" was ignored]
}
