package sqlstore_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/sqlstore"
)

func TestAListOfOrdersIsAWalkOverAnIndexInItsOrder(t *testing.T) {
	t.Parallel()
	store, db := openWithPlans(t)
	for index, query := range map[string]paylinks.OrderQuery{
		"orders_caller (caller_id=? AND ":                     {CallerID: "till", Limit: 1},
		"orders_caller_status (caller_id=? AND status=? AND ": {CallerID: "till", Status: paylinks.OrderPaid, Limit: 1},
	} {
		before := sqlstore.Queries(store)
		_, err := store.Orders(t.Context(), query)
		require.NoError(t, err)
		var walks []string
		for _, text := range sqlstore.Queries(store) {
			if strings.Contains(text, "FROM orders") && strings.Contains(text, "ORDER BY created_at") {
				lines := plan(t, db, text)
				assert.Empty(t, slow(lines), text)
				walks = append(walks, lines...)
			}
		}
		assert.Greater(t, len(sqlstore.Queries(store)), len(before))
		assert.Contains(t, strings.Join(walks, "\n"), "SEARCH orders USING INDEX "+index)
	}
}
