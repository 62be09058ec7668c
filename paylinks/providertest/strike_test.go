package providertest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks/providertest"
	"github.com/paylinks/paylinks-go/paylinks/simulator"
)

// Each of the suite's faults, as a simulator makes it: does the call have its effect, and what does its caller see?
func TestAFaultStrikesASimulatorsOperation(t *testing.T) {
	t.Parallel()
	for fault, want := range map[providertest.Fault]struct {
		effects, status int
		cut, huge       bool
	}{
		providertest.LostAnswer:    {effects: 2},
		providertest.CutAnswer:     {effects: 2, status: 201, cut: true},
		providertest.GarbledAnswer: {effects: 2, status: 200},
		providertest.LateError:     {effects: 2, status: 500},
		providertest.EarlyError:    {status: 503},
		providertest.TooMany:       {status: 429},
		providertest.Redirected:    {status: 307},
		providertest.Huge:          {effects: 2, status: 201, huge: true},
		providertest.Endless:       {effects: 2, status: 201, cut: true, huge: true},
		providertest.Unauthorized:  {status: 401},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			effects := make(chan string, 4)
			kit := simulator.New(simulator.Config{})
			mux := http.NewServeMux()
			for _, op := range []string{"sell", "tell"} {
				mux.Handle("POST /"+op, kit.Handle(op, "", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					effects <- op
					simulator.WriteJSON(w, http.StatusCreated, "a word that is long enough to be cut")
				})))
			}
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			client := server.Client()
			client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			const most = 31 << 20
			call := func(op string) (int, error) {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/"+op, nil)
				require.NoError(t, err)
				res, err := client.Do(req)
				if err != nil {
					return 0, err
				}
				defer func() { assert.NoError(t, res.Body.Close()) }()
				read, err := io.Copy(io.Discard, res.Body)
				assert.Equal(t, want.huge && op == "sell", read > most)
				return res.StatusCode, err
			}

			fault.Strike(kit.Faults, "sell")
			for range 2 {
				status, err := call("sell")
				assert.Equal(t, want.status, status)
				assert.Equal(t, want.cut || want.status == 0, err != nil, "%v", err)
			}
			assert.Len(t, effects, want.effects, "every call is struck")
			status, err := call("tell")
			require.NoError(t, err)
			assert.Equal(t, http.StatusCreated, status, "no other operation is")
		})
	}
}
