package gatewaytest_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/internal/recordtest"
	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/providers/gatewaytest"
)

func TestAGoodGatewayPasses(t *testing.T) {
	t.Parallel()
	gatewaytest.Run(t, harness(defects{}))
}

// record runs one check.
func record(ctx context.Context, check gatewaytest.Check, h gatewaytest.Harness) *recordtest.Recorder {
	return recordtest.Run(ctx, func(r *recordtest.Recorder) { check.Run(r, h) })
}

// Each defect is one that somebody's gateway has had, with a check that must find it.
func TestEveryDefectIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		defects defects
		check   string
	}{
		"trims the page":                        {defects{trimsPages: true}, "A walk over a page yields each once"},
		"repeats the row at a seam":             {defects{repeatsSeams: true}, "A walk over a page and one yields each once"},
		"takes a failed page for the end":       {defects{takesFailureForEnd: true}, "A walk that meets a dropped connection loses nothing"},
		"takes failing pages for the end":       {defects{takesFailureForEnd: true}, "A walk that meets nothing but a web page ends with an error"},
		"stops at a bad row":                    {defects{stopsAtBadRow: true}, "A row that can't be read is reported with its id, and the walk goes on"},
		"hides a bad row":                       {defects{hidesBadRow: true}, "A row without even an id is reported, and the walk goes on"},
		"thinks that all currencies have cents": {defects{twoDecimals: true}, "Each currency has its own decimals"},
		"adds up wrongly":                       {defects{twoDecimals: true}, "The totals of each currency are the ledger's"},
		"calls a refunded payment captured":     {defects{refundedIsCaptured: true}, "Each status is what the provider means, with its amounts"},
		"loses the reference":                   {defects{losesReference: true}, "A walk over one payment yields each once"},
		"resumes too late":                      {defects{checkpointTooFar: true}, "A walk resumed at a checkpoint yields exactly the rest"},
		"resumes too early":                     {defects{checkpointTooNear: true}, "A walk resumed at a checkpoint yields exactly the rest"},
		"doesn't resume":                        {defects{ignoresResume: true}, "A walk broken off in mid-page is resumed without loss"},
		"pages by number":                       {defects{pagesByNumber: true}, "Payments that appear during a walk cost no other its place"},
		"holds all payments":                    {defects{holdsAll: true}, "A walk holds no more than it needs"},
		"asks for all pages at once":            {defects{asksAhead: true}, "A walk asks for a page when it's wanted, and not before"},
		"ignores its context":                   {defects{ignoresContext: true}, "A walk ends with its context"},
		"follows redirects":                     {defects{followsRedirects: true}, "A walk that meets nothing but a redirect ends with an error"},
		"goes on after its end":                 {defects{yieldsAfterEnd: true}, "A walk that meets nothing but status 503 ends with an error"},
		"tells its key in errors":               {defects{tellsSecret: true}, "A walk without a connection ends with an error"},
		"returns plain errors":                  {defects{plainErrors: true}, "A walk without a connection ends with an error"},
		"calls refused credentials unreachable": {defects{credentialsUnreachable: true}, "Refused credentials end the walk with words that help"},
		"doesn't wait":                          {defects{deafToRetryAfter: true}, "A walk waits as long as Retry-After says"},
		"gives up when it is to wait":           {defects{givesUpAtRate: true}, "A walk that meets too many calls loses nothing"},
		"keeps an expired token":                {defects{keepsToken: true}, "A token that expires in mid-walk is renewed"},
		"leaves out the first second":           {defects{leavesOutFirstSecond: true}, "A long window is walked to its edges"},
		"takes in the second after":             {defects{takesInLastSecond: true}, "A long window is walked to its edges"},
		"shares state between walks":            {defects{sharesState: true}, "Many walks at once keep apart"},
		"can't walk again":                      {defects{sharesState: true}, "A walk can be repeated"},
		"prints its key":                        {defects{printsKey: true}, "A gateway prints no secret"},
		"gives local times":                     {defects{localTimes: true}, "A payment has all that every payment has"},
		"keeps secrets of the provider":         {defects{rawWithSecret: true}, "A payment has all that every payment has"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, check := range gatewaytest.Checks() {
				if check.Name == c.check {
					assert.NotEmpty(t, record(t.Context(), check, harness(c.defects)).Failures())
					return
				}
			}
			t.Fatalf("there's no check %q", c.check)
		})
	}
}

func TestEveryCheckRuns(t *testing.T) {
	t.Parallel()
	for _, check := range gatewaytest.Checks() {
		r := record(t.Context(), check, harness(defects{}))
		assert.False(t, r.Skipped(), "%s is skipped", check.Name)
		assert.Empty(t, r.Failures(), check.Name)
	}
}

func TestEveryCheckHasItsOwnName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, check := range gatewaytest.Checks() {
		require.False(t, seen[check.Name], check.Name)
		seen[check.Name] = true
	}
}

func TestAHarnessWithoutControlsSkipsRatherThanFails(t *testing.T) {
	t.Parallel()
	full := harness(defects{})
	bare := gatewaytest.Harness{
		Currencies: full.Currencies[:1], Statuses: []paylinks.PaymentStatus{paylinks.PaymentCaptured},
		New: func(t gatewaytest.TB, specs []gatewaytest.Spec) gatewaytest.Subject {
			subject := full.New(t, specs)
			return gatewaytest.Subject{Gateway: subject.Gateway, PageSize: subject.PageSize, Ledger: subject.Ledger}
		},
	}
	for _, check := range gatewaytest.Checks() {
		assert.Empty(t, record(t.Context(), check, bare).Failures(), check.Name)
	}
}
