package layertest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// Fernet as Python's cryptography has it, written from its specification and
// not from any subject: https://github.com/fernet/spec/blob/master/Spec.md

const fernetHead = 1 + 8 + aes.BlockSize // version, time, initialisation vector

// fernetKeys are the keys of a text: to sign, to encrypt.
func fernetKeys(text string) (sign []byte, block cipher.Block) {
	sum := sha256.Sum256([]byte(text))
	block, err := aes.NewCipher(sum[16:])
	if err != nil {
		panic(err) // the key has 16 bytes
	}
	return sum[:16], block
}

func fernetMAC(sign, token []byte) []byte {
	h := hmac.New(sha256.New, sign)
	h.Write(token) // never fails
	return h.Sum(nil)
}

// seal makes a token of base64 text.
func seal(key string, body []byte, at time.Time) string {
	sign, block := fernetKeys(key)
	iv := make([]byte, aes.BlockSize)
	token := append(binary.BigEndian.AppendUint64([]byte{0x80}, uint64(at.Unix())), iv...)
	pad := aes.BlockSize - len(body)%aes.BlockSize
	text := append(bytes.Clone(body), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	token = append(token, text...)
	return base64.URLEncoding.EncodeToString(append(token, fernetMAC(sign, token)...))
}

// unseal reads a token, and when it was made.
func unseal(key, text string) (body []byte, at time.Time, err error) {
	sign, block := fernetKeys(key)
	token, err := base64.URLEncoding.DecodeString(text)
	if err != nil {
		return nil, at, err
	}
	n := len(token) - sha256.Size
	if n < fernetHead+aes.BlockSize || (n-fernetHead)%aes.BlockSize != 0 || token[0] != 0x80 {
		return nil, at, errors.New("no Fernet token")
	}
	if !hmac.Equal(token[n:], fernetMAC(sign, token[:n])) {
		return nil, at, errors.New("another key signed it")
	}
	body = token[fernetHead:n]
	cipher.NewCBCDecrypter(block, token[9:fernetHead]).CryptBlocks(body, body)
	pad := int(body[len(body)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, at, errors.New("its padding is wrong")
	}
	return body[:len(body)-pad], time.Unix(int64(binary.BigEndian.Uint64(token[1:9])), 0), nil
}
