package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

var tokens = map[int]string{}

// signTokens makes the token of each client, before any time is measured.
func signTokens() {
	for index := range *clients {
		tokens[index] = sign(fmt.Sprintf(`{"sub":"user-%d","exp":%d}`, index, time.Now().Add(time.Hour).Unix()))
	}
}

// tokenOf is the token of a client; those of a later wave are the users of the first.
func tokenOf(c *client) string { return tokens[c.index%*clients] }

// sign makes a JSON Web Token with HS256.
func sign(claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims))
	hash := hmac.New(sha256.New, []byte(*key))
	hash.Write([]byte(signed))
	return signed + "." + encode(hash.Sum(nil))
}
