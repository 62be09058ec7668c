package httpserver

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"github.com/paylinks/paylinks-go/paylinks"
)

type webhookAnswer struct {
	Success bool `json:"success"`
}

// webhook hands a delivery to the Service as it arrived. 200 means that it's stored; after anything else the provider sends it again.
func (s *server) webhook(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r, s.opts.WebhookBodyLimit)
	if err != nil {
		return err
	}
	err = s.svc.HandleWebhook(r.Context(), r.PathValue("provider"), r.PathValue("org_app_id"), paylinks.WebhookRequest{
		Header:     r.Header.Clone(),
		Query:      r.URL.Query(),
		Path:       strings.Trim(r.PathValue("rest"), "/"),
		Body:       body,
		RemoteAddr: remoteAddr(r),
		Now:        s.opts.Now(),
	})
	if errors.Is(err, paylinks.ErrUnproven) {
		return unauthenticated("this webhook doesn't prove that it comes from the provider")
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, http.StatusOK, webhookAnswer{Success: true})
	return nil
}

// remoteAddr is the peer's address, the zero Addr where the server knows none.
func remoteAddr(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap()
}
