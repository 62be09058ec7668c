package httpserver

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"image/color"
	"image/png"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"rsc.io/qr"

	"github.com/paylinks/paylinks-go/paylinks"
)

func qrServer(t *testing.T, link *paylinks.Paylink) http.Handler {
	t.Helper()
	server, _ := newTestServer(t, &fake{get: func(context.Context, string) (*paylinks.Paylink, error) { return link, nil }})
	return server
}

// Every module of the code is a square of whole black or white pixels, with at least four modules of white around.
func TestQRAsPNGShowsTheCheckoutURL(t *testing.T) {
	t.Parallel()
	link := testLink(t)
	code, err := qr.Encode(link.CheckoutURL, qr.M)
	require.NoError(t, err)
	server := qrServer(t, link)
	for query, size := range map[string]int{"": 512, "?size=64": 64, "?size=2048": 2048, "?size=333&format=png": 333} {
		w := call(t, server, http.MethodGet, linksPath+"/plk_1/qr"+query, "")
		require.Equal(t, http.StatusOK, w.Code, w.Body.String())
		assert.Equal(t, "image/png", w.Header().Get("Content-Type"))
		picture, err := png.Decode(bytes.NewReader(w.Body.Bytes()))
		require.NoError(t, err)
		require.Equal(t, size, picture.Bounds().Dx())
		require.Equal(t, size, picture.Bounds().Dy())

		scale := size / (code.Size + 8)
		margin := (size - code.Size*scale) / 2
		require.GreaterOrEqual(t, margin, 4*scale)
		wrong := 0
		for y := range size {
			for x := range size {
				mx, my := x-margin, y-margin
				black := mx >= 0 && my >= 0 && code.Black(mx/scale, my/scale)
				if (color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y == 0) != black {
					wrong++
				}
			}
		}
		assert.Zero(t, wrong, query)
	}
}

func TestQRAsSVGShowsTheCheckoutURL(t *testing.T) {
	t.Parallel()
	link := testLink(t)
	code, err := qr.Encode(link.CheckoutURL, qr.M)
	require.NoError(t, err)
	w := call(t, qrServer(t, link), http.MethodGet, linksPath+"/plk_1/qr?format=svg&size=300", "")
	require.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "image/svg+xml", w.Header().Get("Content-Type"))

	var picture struct {
		Width   string `xml:"width,attr"`
		ViewBox string `xml:"viewBox,attr"`
		Path    struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	require.NoError(t, xml.Unmarshal(w.Body.Bytes(), &picture))
	assert.Equal(t, "300", picture.Width)
	assert.Equal(t, fmt.Sprintf("0 0 %d %d", code.Size+8, code.Size+8), picture.ViewBox)

	black := map[[2]int]bool{}
	run := regexp.MustCompile(`^M(\d+) (\d+)h(\d+)v1h-(\d+)z$`)
	for _, part := range strings.SplitAfter(picture.Path.D, "z") {
		if part == "" {
			continue
		}
		found := run.FindStringSubmatch(part)
		require.NotNil(t, found, part)
		x, y, length := number(t, found[1]), number(t, found[2]), number(t, found[3])
		assert.Equal(t, found[3], found[4])
		for i := range length {
			black[[2]int{x + i - 4, y - 4}] = true
		}
	}
	count := 0
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				count++
				require.True(t, black[[2]int{x, y}], "module %d,%d", x, y)
			}
		}
	}
	assert.Len(t, black, count)
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}

func TestQRIsNotSentTwice(t *testing.T) {
	t.Parallel()
	server := qrServer(t, testLink(t))
	first := call(t, server, http.MethodGet, linksPath+"/plk_1/qr", "")
	tag := first.Header().Get("ETag")
	assert.Regexp(t, `^"[0-9a-f]{32}"$`, tag)
	assert.Equal(t, "private, max-age=60", first.Header().Get("Cache-Control"))

	again := call(t, server, http.MethodGet, linksPath+"/plk_1/qr", "", "If-None-Match", `"x", `+tag)
	assert.Equal(t, http.StatusNotModified, again.Code)
	assert.Empty(t, again.Body.Bytes())

	other := call(t, server, http.MethodGet, linksPath+"/plk_1/qr?size=100", "", "If-None-Match", tag)
	assert.Equal(t, http.StatusOK, other.Code)
	assert.NotEqual(t, tag, other.Header().Get("ETag"))
}

func TestQRRefuses(t *testing.T) {
	t.Parallel()
	for query, field := range map[string]string{
		"size=63": "size", "size=2049": "size", "size=0": "size", "size=-512": "size", "size=big": "size", "format=gif": "format", "format=%00": "format",
	} {
		w := call(t, qrServer(t, testLink(t)), http.MethodGet, linksPath+"/plk_1/qr?"+query, "")
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
		assert.Equal(t, "validation_failed", errorOf(t, w), query)
		assert.Contains(t, w.Body.String(), `"field":"`+field+`"`, query)
	}

	long := testLink(t)
	long.CheckoutURL = "https://checkout.example.test/" + strings.Repeat("a", 1500)
	w := call(t, qrServer(t, long), http.MethodGet, linksPath+"/plk_1/qr?size=64", "")
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Contains(t, w.Body.String(), "must be at least 1")
	w = call(t, qrServer(t, long), http.MethodGet, linksPath+"/plk_1/qr", "")
	assert.Equal(t, http.StatusOK, w.Code)
	long.CheckoutURL += strings.Repeat("a", 5000)
	w = call(t, qrServer(t, long), http.MethodGet, linksPath+"/plk_1/qr", "")
	assert.Equal(t, "internal", errorOf(t, w))
}

func TestQRBeforeThereIsACheckoutURL(t *testing.T) {
	t.Parallel()
	link := testLink(t)
	link.CheckoutURL = ""
	w := call(t, qrServer(t, link), http.MethodGet, linksPath+"/plk_1/qr", "")
	assert.Equal(t, http.StatusConflict, w.Code)
	assert.Equal(t, "unsupported", errorOf(t, w))

	link.Status = paylinks.StatusCreating
	w = call(t, qrServer(t, link), http.MethodGet, linksPath+"/plk_1/qr", "")
	assert.Equal(t, http.StatusConflict, w.Code)
	assert.Equal(t, "operation_in_progress", errorOf(t, w))
	assert.Equal(t, "1", w.Header().Get("Retry-After"))
}
