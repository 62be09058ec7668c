package api_test

import (
	"encoding/json"
	"fmt"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// An answer of the server, for a program that has an HTTP client of its own. Package client does all of this.
func ExampleErrorAnswer() {
	body := `{"success":false,"error":{"code":"not_capturable","message":"a link that is created can't be captured","provider":"tabby",
		"outcome":"not_applied","paylink_id":"01a20cce","status":"created"},"request_id":"req_7h2k"}`
	var answer api.ErrorAnswer
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		fmt.Println(err)
		return
	}
	if answer.Error.Code == paylinks.CodeNotCapturable && answer.Error.Outcome == paylinks.NotApplied {
		fmt.Println("not yet:", answer.Error.Status)
	}
	// Output:
	// not yet: created
}
