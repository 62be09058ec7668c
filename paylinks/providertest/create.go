package providertest

import (
	"net/url"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/paylinks/paylinks-go/paylinks"
)

func createChecks() []Check {
	return []Check{
		{"Create gives ids and a way to pay, in every currency", createGivesIDs},
		{"Create keeps every amount exactly", createKeepsAmounts},
		{"Create takes long and foreign texts", createTakesTexts},
		{"Create says a refused buyer as a fact, not as an error", createRejected},
		{"SendLink sends the link once more", sendLink},
		{"FindByReference finds a link by our reference alone", findByReference},
		{"FindByReference doesn't find what isn't there", findNothing},
	}
}

func createGivesIDs(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		in := s.input(s.money("150"))
		snapshot, err := s.Provider.Create(s.ctx(), in)
		s.fine(snapshot, err)

		assert.Equal(t, paylinks.StatusCreated, snapshot.Status)
		assert.NotEmpty(t, snapshot.Ref.SessionID+snapshot.Ref.PaymentID, "a new link has an id of the provider")
		delivery := snapshot.Delivery
		if delivery == "" {
			delivery = s.info.Checkout
		}
		if delivery == paylinks.DeliveryQR {
			assert.NotEmpty(t, snapshot.CheckoutURL, "what is shown as a QR code has a URL")
		}
		for _, link := range []string{snapshot.CheckoutURL, snapshot.QRCodeURL} {
			if link != "" {
				u, err := url.Parse(link)
				require.NoError(t, err)
				assert.True(t, (u.Scheme == "https" || u.Scheme == "http") && u.Host != "", "%s is an absolute web address", link)
			}
		}
		s.discreet("the checkout URL", snapshot.CheckoutURL+snapshot.QRCodeURL, false)
		s.totals(refOf(in, snapshot), snapshot, paylinks.Zero(currency), paylinks.Zero(currency))
	}
}

func createKeepsAmounts(t TB, h Harness) {
	for _, currency := range h.Currencies {
		s := stageIn(t, h, currency)
		for _, text := range map[int32][]string{
			2: {"150", "150.00", "99.95", "10.10", "1234.56", "7.5"},
			3: {"150", "150.000", "99.995", "10.010", "1234.567", "7.5"},
		}[currency.Exponent()] {
			amount := s.parse(text)
			ref := s.create(amount)
			snapshot := s.fetch(ref)
			if snapshot.Amount.IsSet() {
				s.same(amount, snapshot.Amount, "the amount of a new link")
			}
			if s.Truth != nil {
				s.same(amount, s.Truth(ref).Amount, "the amount that was really asked for")
			}
		}
	}
}

func createTakesTexts(t TB, h Harness) {
	s := stage(t, h)
	for _, text := range []string{strings.Repeat("قهوة ", 100), `<b>"Tea" & \ sugar</b>`, "one\ntwo\tthree", "😀"} {
		in := s.input(s.money("150"))
		in.Description, in.Buyer.Name, in.Items[0].Name, in.Items[0].Category = text, text, text, text
		snapshot, err := s.Provider.Create(s.ctx(), in)
		s.fine(snapshot, err)
		assert.Equal(t, paylinks.StatusCreated, snapshot.Status)
	}
	bare := s.input(s.money("150"))
	bare.Description, bare.Lang, bare.ReturnURL, bare.NotifyURL, bare.Buyer.Name, bare.Buyer.Email = "", "", "", "", "", ""
	snapshot, err := s.Provider.Create(s.ctx(), bare)
	s.fine(snapshot, err)
	assert.Equal(t, paylinks.StatusCreated, snapshot.Status, "optional texts are optional")
}

func createRejected(t TB, h Harness) {
	s := stage(t, h)
	s.needs("Subject.RejectedPhone", s.RejectedPhone != "")
	in := s.input(s.money("150"))
	in.Buyer.Phone, in.SendTo = s.RejectedPhone, s.RejectedPhone
	snapshot, err := s.Provider.Create(s.ctx(), in)
	if err != nil {
		_ = s.providerError(err)
	}
	require.NoError(t, err, "a buyer whom the provider doesn't want is no error: return a Snapshot with StatusRejected instead")
	s.fine(snapshot, nil)
	assert.Equal(t, paylinks.StatusRejected, snapshot.Status)
	assert.NotEmpty(t, snapshot.Reason, "a refused buyer has a reason")
	assert.Empty(t, snapshot.CheckoutURL, "a refused buyer has nowhere to pay")
	if snapshot.Messages != nil {
		assert.NotEmpty(t, snapshot.Messages.EN)
		assert.NotEmpty(t, snapshot.Messages.AR)
	}
}

func sendLink(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanSend)
	ref := s.create(s.money("150"))
	err := s.Provider.(paylinks.LinkSender).SendLink(s.ctx(), ref, paylinks.SendInput{Phone: s.Phone})
	if err != nil {
		_ = s.providerError(err)
	}
	require.NoError(t, err)
	if s.Calls != nil {
		assert.Equal(t, 1, s.Calls(OpSend))
	}
}

func findByReference(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanFindByReference)
	s.create(s.money("150"))
	ref := s.create(s.money("99"))

	snapshot, err := s.Provider.(paylinks.ReferenceFinder).FindByReference(s.ctx(), ref.Reference, ref.Amount)
	s.fine(snapshot, err)
	assert.Equal(t, paylinks.StatusCreated, snapshot.Status)
	assert.Equal(t, s.fetch(ref).Status, snapshot.Status)
	assert.True(t, equal(snapshot.Ref.PaymentID, ref.PaymentID) || equal(snapshot.Ref.SessionID, ref.SessionID), "it's the link that was made")
}

func findNothing(t TB, h Harness) {
	s := stage(t, h)
	s.can(paylinks.CanFindByReference)
	_, err := s.Provider.(paylinks.ReferenceFinder).FindByReference(s.ctx(), "never-sent", s.money("150"))
	s.refused(err, paylinks.RefusedNotFound)
}
