package httpserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"github.com/paylinks/paylinks-go/paylinks"
)

const (
	// quietZone is the white margin that ISO/IEC 18004 asks for, in modules.
	quietZone     = 4
	defaultQRSize = 512
	minQRSize     = 64
	maxQRSize     = 2048
)

// qrFormats draw a code as a picture of size pixels each way.
var qrFormats = map[string]struct {
	contentType string
	draw        func(code *qr.Code, size int) ([]byte, error)
}{
	"png": {"image/png", drawPNG},
	"svg": {"image/svg+xml", drawSVG},
}

// qr draws the checkout URL, without asking anybody but the Service for it.
func (s *server) qr(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	name := q.text("format")
	if name == "" {
		name = "png"
	}
	format, ok := qrFormats[name]
	if !ok {
		q.fail("format", "must be png or svg")
	}
	size, ok := q.number("size", defaultQRSize)
	if !ok || size < minQRSize || size > maxQRSize {
		q.fail("size", fmt.Sprintf("must be a whole number of pixels from %d to %d", minQRSize, maxQRSize))
	}
	if err := q.err(); err != nil {
		return err
	}

	link, err := s.svc.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if link.CheckoutURL == "" {
		return noCheckoutURL(link)
	}
	code, err := qr.Encode(link.CheckoutURL, qr.M)
	if err != nil {
		return fmt.Errorf("httpserver: the checkout URL doesn't fit into a QR code: %w", err)
	}
	if least := code.Size + 2*quietZone; size < least {
		return invalid("size", fmt.Sprintf("must be at least %d: this link's QR code has that many modules each way", least))
	}
	picture, err := format.draw(code, size)
	if err != nil {
		return fmt.Errorf("httpserver: draw a QR code: %w", err)
	}

	sum := sha256.Sum256(picture)
	header := w.Header()
	header.Set("Content-Type", format.contentType)
	header.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	header.Set("Cache-Control", "private, max-age=60")
	header.Set("Content-Security-Policy", "default-src 'none'")
	serveWhole(w, r, picture)
	return nil
}

func noCheckoutURL(link *paylinks.Paylink) *paylinks.Error {
	e := &paylinks.Error{
		Code: paylinks.CodeUnsupported, Outcome: paylinks.NotApplied, Provider: link.Provider, PaylinkID: link.ID, Status: link.Status,
		Message: "the link has no checkout URL that a QR code could show",
	}
	if link.Status == paylinks.StatusCreating {
		e.Code, e.Message = paylinks.CodeOperationInProgress, "the link is still being created: ask again"
	}
	return e
}

// drawPNG draws every module as a square of whole pixels, which scanners read best, in the middle of the picture.
func drawPNG(code *qr.Code, size int) ([]byte, error) {
	scale := size / (code.Size + 2*quietZone)
	margin := (size - code.Size*scale) / 2
	picture := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	for y := range code.Size * scale {
		for x := range code.Size * scale {
			if code.Black(x/scale, y/scale) {
				picture.SetColorIndex(margin+x, margin+y, 1)
			}
		}
	}
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, picture); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}

// drawSVG draws each row's runs of black modules as one path.
func drawSVG(code *qr.Code, size int) ([]byte, error) {
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for code.Black(x, y) {
				x++
			}
			if x > start {
				_, _ = fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", quietZone+start, quietZone+y, x-start, x-start)
			}
		}
	}
	side, modules := strconv.Itoa(size), strconv.Itoa(code.Size+2*quietZone)
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="` + side + `" height="` + side + `" viewBox="0 0 ` + modules + ` ` + modules +
		`" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="` + path.String() + `"/></svg>` + "\n"), nil
}
