package api

// Item is a line of the order, as a request has it.
type Item struct {
	Name           string `json:"name"`
	Quantity       int64  `json:"quantity"`
	UnitPrice      string `json:"unit_price,omitempty"`
	SKU            string `json:"sku,omitempty"`
	Category       string `json:"category,omitempty"`
	ImageURL       string `json:"image_url,omitempty"`
	ProductURL     string `json:"product_url,omitempty"`
	DiscountAmount string `json:"discount_amount,omitempty"`
	TaxAmount      string `json:"tax_amount,omitempty"`
}
