package blob

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// vectors were computed by three implementations in three languages.
type vectors struct {
	Secret  string `json:"secret"`
	Vectors []struct {
		Name, Salt, Nonce, Key, Text, Sealed, Blob, Query string
	} `json:"vectors"`
	Forged []struct {
		Name, Secret, Blob, Query string
	} `json:"forged"`
}

func load(t *testing.T) vectors {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var v vectors
	require.NoError(t, json.Unmarshal(data, &v))
	require.Len(t, v.Vectors, 4)
	require.Len(t, v.Forged, 3)
	return v
}

func bytesOf(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	require.NoError(t, err)
	return raw
}

func TestVectorsOpenStepByStep(t *testing.T) {
	t.Parallel()
	all := load(t)
	for _, v := range all.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			key, err := pbkdf2.Key(sha256.New, all.Secret, bytesOf(t, v.Salt), rounds, keySize)
			require.NoError(t, err)
			assert.Equal(t, v.Key, hex.EncodeToString(key), "the key")

			raw, err := Decode(v.Blob)
			require.NoError(t, err)
			assert.Equal(t, v.Salt+v.Nonce+v.Sealed, hex.EncodeToString(raw), "salt, nonce, ciphertext, tag")

			plain, err := New(all.Secret).Open(v.Blob)
			require.NoError(t, err)
			assert.Equal(t, v.Text, string(plain))
			if v.Query != "" {
				inner, err := Decode(v.Query)
				require.NoError(t, err)
				assert.Equal(t, v.Blob, string(inner), "the query's value is the blob's base64, once more in base64")
			}
		})
	}
}

func TestVectorsThatMustFail(t *testing.T) {
	t.Parallel()
	for _, v := range load(t).Forged {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			box := New(v.Secret)
			plain, err := box.Open(v.Blob)
			assert.Nil(t, plain)
			want, keys := ErrForged, int64(1)
			if v.Name == "too_short" {
				want, keys = ErrShort, 0
			}
			require.ErrorIs(t, err, want)
			assert.Equal(t, keys, box.Keys(), "no key is derived for what can't be a blob")
		})
	}
}

func TestEveryChangedByteIsSeen(t *testing.T) {
	t.Parallel()
	v := load(t)
	raw, err := Decode(v.Vectors[1].Blob)
	require.NoError(t, err)
	box := New(v.Secret)
	for _, at := range []int{0, saltSize - 1, saltSize, saltSize + nonceSize - 1, saltSize + nonceSize, len(raw) - tagSize, len(raw) - 1} {
		changed := bytes.Clone(raw)
		changed[at] ^= 1
		_, err := box.Open(base64.StdEncoding.EncodeToString(changed))
		require.ErrorIs(t, err, ErrForged, "byte %d", at)
	}
}

func TestNothingShorterThanABlobCostsAKey(t *testing.T) {
	t.Parallel()
	box := New("secret")
	for size := range minSize {
		_, err := box.Open(base64.StdEncoding.EncodeToString(make([]byte, size)))
		require.ErrorIs(t, err, ErrShort)
	}
	for _, text := range []string{"%%%", "A", "AAAA=AAAA", "ü"} {
		_, err := box.Open(text)
		require.ErrorIs(t, err, ErrEncoding, text)
	}
	assert.Zero(t, box.Keys())
}

func TestTheEmptyTextIsTheShortestBlob(t *testing.T) {
	t.Parallel()
	box := New("secret")
	sealed, err := box.Seal(nil)
	require.NoError(t, err)
	raw, err := Decode(sealed)
	require.NoError(t, err)
	assert.Len(t, raw, minSize)
	plain, err := box.Open(sealed)
	require.NoError(t, err)
	assert.Empty(t, plain)
}

func TestSealIsOpenedByTheSameSecretAlone(t *testing.T) {
	t.Parallel()
	const text = `{"orderId":"طلب-1"}`
	first, err := New("s3cret with spaces ü").Seal([]byte(text))
	require.NoError(t, err)
	second, err := New("s3cret with spaces ü").Seal([]byte(text))
	require.NoError(t, err)
	assert.NotEqual(t, first, second, "salt and nonce are random")

	plain, err := New("s3cret with spaces ü").Open(first)
	require.NoError(t, err)
	assert.Equal(t, text, string(plain))
	_, err = New("s3cret with spaces u").Open(first)
	assert.ErrorIs(t, err, ErrForged)
}

func TestBase64IsReadHoweverItArrives(t *testing.T) {
	t.Parallel()
	want := []byte{0xfb, 0xff, 0xbe, 0x3f, 0x00}
	standard := base64.StdEncoding.EncodeToString(want)
	require.Equal(t, "+/++PwA=", standard)
	for _, text := range []string{
		standard, "+/++PwA", "-_--PwA=", "-_--PwA", " +/++PwA= \n", "+/++\r\nPwA=", "+/ +PwA=", "+/++PwA==",
	} {
		got, err := Decode(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("")
	f.Add("AAAA")
	f.Add(base64.StdEncoding.EncodeToString(make([]byte, minSize)))
	box := New("secret")
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := box.Open(text)
		if err == nil {
			t.Fatalf("a blob that nobody sealed was opened: %q", plain)
		}
		if !errors.Is(err, ErrEncoding) && !errors.Is(err, ErrShort) && !errors.Is(err, ErrForged) {
			t.Fatalf("an error that isn't one of the three: %v", err)
		}
	})
}
