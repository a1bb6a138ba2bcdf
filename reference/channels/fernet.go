package channels

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"
)

// A fernetKey seals messages as the Fernet tokens of Python's cryptography:
// version, time, AES-128-CBC with PKCS #7 padding, HMAC-SHA256 of all that.
//
// Source: https://github.com/fernet/spec/blob/master/Spec.md
type fernetKey struct{ sign, encrypt []byte }

const (
	fernetVersion = 0x80
	fernetHead    = 1 + 8 + aes.BlockSize
	fernetSkew    = time.Minute // how far in the future a token may come from
)

var (
	errToken   = errors.New("no key opens it: want the sender's among Keys")
	errExpired = errors.New("its token has expired, or comes from the future")
)

// newFernetKey derives a key from a text as channels_redis does.
func newFernetKey(text string) fernetKey {
	sum := sha256.Sum256([]byte(text))
	return fernetKey{sign: sum[:16], encrypt: sum[16:]}
}

func fernetKeys(texts []string) []fernetKey {
	var keys []fernetKey
	for _, t := range texts {
		keys = append(keys, newFernetKey(t))
	}
	return keys
}

// seal returns a token of base64 text.
func (k fernetKey) seal(body []byte, now time.Time) []byte {
	iv := make([]byte, aes.BlockSize)
	rand.Read(iv) // never fails
	return k.sealWith(body, now, iv)
}

func (k fernetKey) sealWith(body []byte, now time.Time, iv []byte) []byte {
	token := append(binary.BigEndian.AppendUint64([]byte{fernetVersion}, uint64(now.Unix())), iv...)
	pad := aes.BlockSize - len(body)%aes.BlockSize
	text := append(bytes.Clone(body), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(k.block(), iv).CryptBlocks(text, text)
	token = append(token, text...)
	token = append(token, k.mac(token)...)
	return base64.URLEncoding.AppendEncode(nil, token)
}

func (k fernetKey) block() cipher.Block {
	b, err := aes.NewCipher(k.encrypt)
	if err != nil {
		panic(err) // the key has 16 bytes
	}
	return b
}

func (k fernetKey) mac(token []byte) []byte {
	h := hmac.New(sha256.New, k.sign)
	h.Write(token)
	return h.Sum(nil)
}

// open returns what is in a token that one of the keys sealed, at most age
// ago; an age of 0 means any time.
func open(keys []fernetKey, text []byte, now time.Time, age time.Duration) ([]byte, error) {
	token, err := base64.URLEncoding.AppendDecode(nil, text)
	at := len(token) - sha256.Size
	if err != nil || at < fernetHead+aes.BlockSize || (at-fernetHead)%aes.BlockSize != 0 || token[0] != fernetVersion {
		return nil, errToken
	}
	for _, k := range keys {
		if !hmac.Equal(token[at:], k.mac(token[:at])) {
			continue
		}
		made := time.Unix(int64(binary.BigEndian.Uint64(token[1:9])), 0)
		if age > 0 && (made.Add(age).Before(now.Truncate(time.Second)) || made.After(now.Add(fernetSkew))) {
			return nil, errExpired
		}
		body := bytes.Clone(token[fernetHead:at])
		cipher.NewCBCDecrypter(k.block(), token[9:fernetHead]).CryptBlocks(body, body)
		pad := int(body[len(body)-1])
		if pad == 0 || pad > aes.BlockSize || !bytes.Equal(body[len(body)-pad:], bytes.Repeat([]byte{byte(pad)}, pad)) {
			return nil, errToken
		}
		return body[:len(body)-pad], nil
	}
	return nil, errToken
}
