package wire

import (
	"encoding/json"

	"github.com/paylinks/paylinks-go/paylinks"
	"github.com/paylinks/paylinks-go/paylinks/api"
)

// The encoders write the bodies that the decoders read. Idempotency keys aren't part of them: they travel in a header.

// EncodeCapture writes the body of a capture.
func EncodeCapture(req paylinks.CaptureRequest) ([]byte, error) {
	return json.Marshal(api.CaptureRequest{Amount: req.Amount, ReferenceID: req.ReferenceID})
}

// EncodeRefund writes the body of a refund.
func EncodeRefund(req paylinks.RefundRequest) ([]byte, error) {
	return json.Marshal(api.RefundRequest{Amount: req.Amount, ReferenceID: req.ReferenceID, Reason: req.Reason})
}

// EncodeResolve writes the body of the call that tells what became of an operation.
func EncodeResolve(referenceID string, happened bool) ([]byte, error) {
	return json.Marshal(api.ResolveRequest{ReferenceID: referenceID, Happened: happened})
}

// EncodeOrder writes an order request. Its Catalogue stays behind: a server has its own.
func EncodeOrder(req paylinks.OrderRequest) ([]byte, error) {
	body := api.OrderRequest{
		Providers: req.Providers, OrgAppIDs: req.OrgAppIDs,
		Order:     api.OrderDetails{OrderID: req.OrderID, TotalAmount: req.Amount, Currency: req.Currency},
		BuyerName: req.BuyerName, BuyerEmail: req.BuyerEmail, BuyerPhone: req.BuyerPhone, Lang: req.Lang,
	}
	for _, item := range req.Items {
		body.Order.LineItems = append(body.Order.LineItems, api.LineItem{
			SKU: item.SKU, Name: item.Name, Quantity: item.Quantity, Price: item.UnitPrice, Category: item.Category,
			ImageURL: item.ImageURL, ProductURL: item.ProductURL, DiscountAmount: item.DiscountAmount, TaxAmount: item.TaxAmount,
		})
	}
	return json.Marshal(body)
}

// EncodeNext writes the body of the call for the next provider.
func EncodeNext(req paylinks.NextRequest) ([]byte, error) {
	return json.Marshal(api.NextRequest{CancelCurrent: req.CancelCurrent})
}

// EncodeSync writes the body of the call that starts a sync.
func EncodeSync(req paylinks.SyncRequest) ([]byte, error) {
	return json.Marshal(api.SyncRequest{OrgAppID: req.OrgAppID, From: instant(req.From), To: instant(req.To)})
}

// EncodeEndpoint writes the body of the call that adds an endpoint.
func EncodeEndpoint(req paylinks.EndpointRequest) ([]byte, error) {
	return json.Marshal(api.EndpointRequest{URL: req.URL, Description: req.Description, Types: req.Types, OrgAppIDs: req.OrgApps})
}
