package faulttest

import (
	"flag"
	"testing"
)

// How much is done. 0 is the default, which -short and -race make smaller.
var (
	flagFlows    = flag.Int("faults.flows", 0, "sales during which the server is killed (default 150)")
	flagKills    = flag.Int("faults.kills", 0, "how often it's killed meanwhile (default 25)")
	flagSales    = flag.Int("faults.sales", 0, "sales over a bad network, for each provider (default 60)")
	flagCallers  = flag.Int("faults.callers", 0, "callers who want one thing at once (default 64)")
	flagWebhooks = flag.Int("faults.webhooks", 0, "webhooks of the storm (default 5000)")
	flagLinks    = flag.Int("faults.links", 0, "open links during an outage (default 30 and 2000)")
	flagPostgres = flag.Bool("faults.postgres", false, "stores are PostgreSQL's, not SQLite's")
	flagOutage   = flag.Duration("faults.outage", 0, "how long the provider is away (default 24h and 30m)")
)

// size is how much of something a test does: what the flag says, else the default of this kind of run.
func size(set *int, full, brief int) int {
	switch {
	case *set > 0:
		return *set
	case testing.Short() || raceEnabled:
		return brief
	default:
		return full
	}
}
