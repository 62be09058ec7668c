package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func roundTripChecks() []Check {
	return []Check{
		{"every field of every record comes back", func(t TB, store paylinks.Store) {
			var link paylinks.Paylink
			fill(t, &link)
			link.Stale, link.Version = false, 1 // Stale isn't stored
			insert(t, store, &link)
			equal(t, &link, read(t, store, link.ID))
			storeAndCompare(t, store, link.ID, fill[paylinks.Operation], fill[paylinks.Event], fill[paylinks.Webhook], fill[paylinks.Answer])
		}},
		{"fields that are unset come back unset", func(t TB, store paylinks.Store) {
			link := paylinks.Paylink{ID: "a", Version: 1}
			insert(t, store, &link)
			equal(t, &link, read(t, store, "a"))
			storeAndCompare(t, store, "a",
				func(TB, *paylinks.Operation) {}, func(TB, *paylinks.Event) {}, func(TB, *paylinks.Webhook) {}, func(TB, *paylinks.Answer) {})
		}},
		{"no amount of a currency isn't no amount", func(t TB, store paylinks.Store) {
			link := newLink(t, "a")
			link.Captured, link.Refunded = paylinks.Zero(paylinks.SAR), paylinks.Money{}
			link.Items = []paylinks.Item{{Name: "tea", Quantity: 1, Discount: paylinks.Zero(paylinks.BHD)}}
			insert(t, store, link)
			got := read(t, store, "a")
			assert.True(t, got.Captured.IsSet())
			assert.False(t, got.Refunded.IsSet())
			assert.Equal(t, paylinks.BHD, got.Items[0].Discount.Currency())
			assert.Equal(t, "0.000", got.Items[0].Discount.String())
		}},
		{"times are kept to the microsecond, whatever their zone", func(t TB, store paylinks.Store) {
			riyadh := time.FixedZone("AST", 3*60*60)
			link := newLink(t, "a")
			link.CreatedAt = time.Date(2026, time.March, 1, 1, 30, 0, 123456000, riyadh)
			link.NextCheckAt = link.CreatedAt.Add(time.Microsecond)
			insert(t, store, link)
			got := read(t, store, "a")
			assert.True(t, link.CreatedAt.Equal(got.CreatedAt))
			assert.True(t, link.NextCheckAt.Equal(got.NextCheckAt))
			links, err := store.Paylinks(t.Context(), paylinks.PaylinkQuery{
				CreatedFrom: link.CreatedAt, CreatedTo: link.CreatedAt.Add(time.Microsecond), Limit: 1,
			})
			require.NoError(t, err)
			require.Len(t, links, 1)
		}},
	}
}

// storeAndCompare stores one of each record besides a link, prepared by the functions, and reads them back.
func storeAndCompare(
	t TB, store paylinks.Store, paylinkID string,
	operation func(TB, *paylinks.Operation), event func(TB, *paylinks.Event), webhook func(TB, *paylinks.Webhook), answer func(TB, *paylinks.Answer),
) {
	ctx := t.Context()
	var o paylinks.Operation
	operation(t, &o)
	o.PaylinkID, o.Open = paylinkID, true
	var e paylinks.Event
	event(t, &e)
	e.PaylinkID, e.Sequence = paylinkID, 1
	var w paylinks.Webhook
	webhook(t, &w)
	w.Done = false
	var a paylinks.Answer
	answer(t, &a)
	a.Key = "key"
	write(t, store, paylinks.Change{Begin: &o, Events: []paylinks.Event{e}, Webhook: &w, Answer: &a})

	operations, err := store.Operations(ctx, paylinkID)
	require.NoError(t, err)
	require.Len(t, operations, 1)
	equal(t, &o, operations[0])
	o.Open = false
	write(t, store, paylinks.Change{Settle: &o})
	operations, err = store.Operations(ctx, paylinkID)
	require.NoError(t, err)
	equal(t, &o, operations[0])

	events, err := store.Events(ctx, paylinkID, 0, 1)
	require.NoError(t, err)
	require.Len(t, events, 1)
	equal(t, e, events[0])

	w.Attempts++
	write(t, store, paylinks.Change{HandledWebhook: &w})
	webhooks, err := store.ClaimWebhooks(ctx, at(1_000_000), at(1_000_001), 1)
	require.NoError(t, err)
	require.Len(t, webhooks, 1)
	w.DueAt = at(1_000_001)
	equal(t, &w, webhooks[0])

	// Another request gets what is stored, for as long as that hasn't expired.
	stored, claimed, err := store.ClaimAnswer(ctx, paylinks.Answer{Key: "key", Fingerprint: "other"}, epoch)
	require.NoError(t, err)
	require.False(t, claimed)
	equal(t, a, stored)
}

// fill gives every field of a record a value of its own.
func fill[T any](t TB, record *T) {
	n := 0
	fillValue(t, reflect.ValueOf(record).Elem(), &n)
}

func fillValue(t TB, v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case paylinks.Money:
		v.Set(reflect.ValueOf(money(t, fmt.Sprintf("%d.125", *n), paylinks.KWD)))
		return
	case time.Time:
		v.Set(reflect.ValueOf(at(*n).Add(123456 * time.Microsecond)))
		return
	case json.RawMessage:
		v.SetBytes(fmt.Appendf(nil, `{"n":%d}`, *n))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d: <&> \"شاي\" \U0001F375", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256)) //nolint:gosec // a small number
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillValue(t, v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillValue(t, v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fillValue(t, key, n)
			fillValue(t, value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillValue(t, v.Field(i), n)
		}
	default:
		require.Fail(t, "storetest doesn't know how to fill a "+v.Type().String())
	}
}

// equal requires two records to be the same to a caller: amounts and times by their value, JSON by its content, and nothing is
// as good as empty.
func equal(t TB, want, got any) {
	t.Helper()
	require.Empty(t, differences(reflect.TypeOf(want).String(), reflect.ValueOf(want), reflect.ValueOf(got)))
}

func differences(path string, want, got reflect.Value) []string {
	var same bool
	switch w := want.Interface().(type) {
	case paylinks.Money:
		same = w.Equal(got.Interface().(paylinks.Money))
	case time.Time:
		same = w.Equal(got.Interface().(time.Time))
	case json.RawMessage:
		same = sameJSON(w, got.Interface().(json.RawMessage))
	default:
		return differencesInside(path, want, got)
	}
	return difference(same, path, want, got)
}

func differencesInside(path string, want, got reflect.Value) []string {
	var found []string
	switch want.Kind() {
	case reflect.Pointer:
		if want.IsNil() || got.IsNil() {
			return difference(want.IsNil() == got.IsNil(), path, want, got)
		}
		return differences(path, want.Elem(), got.Elem())
	case reflect.Struct:
		for i := range want.NumField() {
			found = append(found, differences(path+"."+want.Type().Field(i).Name, want.Field(i), got.Field(i))...)
		}
	case reflect.Slice:
		if want.Len() != got.Len() {
			return difference(false, path, want, got)
		}
		for i := range want.Len() {
			found = append(found, differences(fmt.Sprintf("%s[%d]", path, i), want.Index(i), got.Index(i))...)
		}
	case reflect.Map:
		same := want.Len() == got.Len() && (want.Len() == 0 || reflect.DeepEqual(want.Interface(), got.Interface()))
		return difference(same, path, want, got)
	default:
		return difference(want.Interface() == got.Interface(), path, want, got)
	}
	return found
}

func difference(same bool, path string, want, got reflect.Value) []string {
	if same {
		return nil
	}
	return []string{fmt.Sprintf("%s: want %v, got %v", path, want.Interface(), got.Interface())}
}

func sameJSON(a, b json.RawMessage) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
