package bench

import (
	"net/http"
	"testing"
)

func BenchmarkOurs(b *testing.B) {
	provider, client := loopback(b), newClient()
	url, _ := product(b, provider)
	c := contender{"paylinks", func() error { return post(client, url+"/api/v1/providers/paylinks", createBody, http.StatusCreated) }}
	b.ResetTimer()
	_, err := take(c, 32, b.N)
	if err != nil { b.Fatal(err) }
}
func BenchmarkE(b *testing.B) {
	provider, client := loopback(b), newClient()
	c := rivalCreate(b, provider, client, grouped(rivalDB(b)), true)
	b.ResetTimer()
	_, err := take(c, 32, b.N)
	if err != nil { b.Fatal(err) }
}
