package httpserver

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
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
	if reply := s.webhookReply(r.PathValue("provider")); reply != "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, reply) // a provider that is gone by now sends it again
		return nil
	}
	s.writeJSON(w, http.StatusOK, webhookAnswer{Success: true})
	return nil
}

// webhookReply is what a provider wants to read, "" for nothing in particular.
func (s *server) webhookReply(provider string) string {
	i := slices.IndexFunc(s.opts.Catalogue, func(info paylinks.Info) bool { return info.ID == provider })
	if i < 0 {
		return ""
	}
	return s.opts.Catalogue[i].WebhookReply
}

// remoteAddr is the peer's address, the zero Addr where the server knows none.
func remoteAddr(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return peer.Addr().Unmap()
}
