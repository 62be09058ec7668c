package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func listChecks() []Check {
	return []Check{
		{"lists filter by every field, and by several", listFilters},
		{"lists are newest first, and by falling id where the time is the same", func(t TB, store paylinks.Store) {
			for _, c := range []struct {
				id     string
				minute int
			}{{"b", 1}, {"d", 0}, {"a", 1}, {"c", 2}, {"e", 0}} {
				link := newLink(t, c.id)
				link.CreatedAt = at(c.minute)
				insert(t, store, link)
			}
			links, err := store.Paylinks(t.Context(), paylinks.PaylinkQuery{Limit: 10})
			require.NoError(t, err)
			require.Equal(t, []string{"c", "b", "a", "e", "d"}, ids(links))
		}},
		{"pages show each link once, though many have the same time", listPages},
		{"a list over no apps is empty, and one over unknown apps too", func(t TB, store paylinks.Store) {
			insert(t, store, newLink(t, "a"))
			for _, apps := range [][]string{{}, {"unknown"}, {"unknown", "unheard"}} {
				links, err := store.Paylinks(t.Context(), paylinks.PaylinkQuery{OrgAppIDs: apps, Limit: 10})
				require.NoError(t, err)
				require.Empty(t, links, "%q", apps)
			}
		}},
		{"a list over hundreds of apps is one list", func(t TB, store paylinks.Store) {
			var apps []string
			for i := range 230 {
				apps = append(apps, fmt.Sprintf("app-%03d", i))
			}
			for i, app := range []string{"app-000", "app-120", "app-229", "app-000"} {
				link := newLink(t, fmt.Sprint(i))
				link.OrgAppID, link.CreatedAt = app, at(i)
				insert(t, store, link)
			}
			links, err := store.Paylinks(t.Context(), paylinks.PaylinkQuery{OrgAppIDs: append(apps, "app-000"), Limit: 3})
			require.NoError(t, err)
			require.Equal(t, []string{"3", "2", "1"}, ids(links))
		}},
	}
}

// listFilters stores links that differ in every field that a list can filter by, and compares lists with the same filters in Go.
func listFilters(t TB, store paylinks.Store) {
	var links []*paylinks.Paylink
	for i := range 24 {
		link := newLink(t, fmt.Sprintf("%02d", i))
		link.OrgAppID = []string{"shop", "branch", "market"}[i%3]
		link.Provider = map[string]string{"shop": "tabby", "branch": "tabby", "market": "tamara"}[link.OrgAppID]
		link.Status = []paylinks.Status{paylinks.StatusCreated, paylinks.StatusCaptured}[i/3%2]
		link.OrderID = fmt.Sprintf("order-%d", i/6%3)
		link.CreatedAt = at(i / 2)
		links = append(links, link)
	}
	insert(t, store, links...)
	slices.Reverse(links)

	for _, apps := range [][]string{nil, {"shop"}, {"shop", "market"}} {
		for _, provider := range []string{"", "tabby"} {
			for _, status := range []paylinks.Status{"", paylinks.StatusCaptured} {
				for _, order := range []string{"", "order-1"} {
					for _, created := range [][2]time.Time{{}, {at(3), {}}, {{}, at(8)}, {at(2).Add(time.Nanosecond), at(9)}} {
						query := paylinks.PaylinkQuery{
							OrgAppIDs: apps, Provider: provider, Status: status, OrderID: order,
							CreatedFrom: created[0], CreatedTo: created[1], Limit: 7,
						}
						got, err := store.Paylinks(t.Context(), query)
						require.NoError(t, err)
						require.Equal(t, selected(links, query), ids(got), "%+v", query)
					}
				}
			}
		}
	}
}

// selected is what a list is by its definition. links are newest first.
func selected(links []*paylinks.Paylink, query paylinks.PaylinkQuery) []string {
	names := []string{}
	for _, link := range links {
		if len(names) == query.Limit {
			break
		}
		if (query.OrgAppIDs == nil || slices.Contains(query.OrgAppIDs, link.OrgAppID)) &&
			(query.Provider == "" || query.Provider == link.Provider) &&
			(query.Status == "" || query.Status == link.Status) &&
			(query.OrderID == "" || query.OrderID == link.OrderID) &&
			!link.CreatedAt.Before(query.CreatedFrom) &&
			(query.CreatedTo.IsZero() || link.CreatedAt.Before(query.CreatedTo)) {
			names = append(names, link.ID)
		}
	}
	return names
}

func listPages(t TB, store paylinks.Store) {
	var want []string
	for i := range 11 {
		link := newLink(t, fmt.Sprintf("%02d", i))
		link.OrgAppID = []string{"shop", "branch"}[i%2]
		link.CreatedAt = at(i / 5)
		insert(t, store, link)
		want = append(want, link.ID)
	}
	slices.Reverse(want)
	for name, query := range map[string]paylinks.PaylinkQuery{
		"all":          {Limit: 2},
		"two apps":     {Limit: 2, OrgAppIDs: []string{"shop", "branch"}},
		"by provider":  {Limit: 3, Provider: "tabby"},
		"with a range": {Limit: 1, CreatedFrom: at(0), CreatedTo: at(3)},
	} {
		var got []string
		for range len(want) + 1 {
			page, err := store.Paylinks(t.Context(), query)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			assert.LessOrEqual(t, len(page), query.Limit)
			got = append(got, ids(page)...)
			last := page[len(page)-1]
			query.After = paylinks.PaylinkCursor{CreatedAt: last.CreatedAt, ID: last.ID}
		}
		require.Equal(t, want, got, name)
	}
}
