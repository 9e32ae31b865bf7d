package main

// mark begins each message, so that it is found in whatever envelope a protocol puts around it; the time it was sent at
// follows in 16 hexadecimal digits.
var mark = []byte("T=")

const stampSize = 16

var messageBuffer []byte

// message returns the text to send, envelope included; it is good until the next call.
func message(c *client, at int64) []byte {
	before, after := talk.envelope(c)
	text := append(messageBuffer[:0], before...)
	start := len(text)
	text = append(text, mark...)
	for shift := 60; shift >= 0; shift -= 4 {
		text = append(text, "0123456789abcdef"[(at>>shift)&15])
	}
	for len(text)-start < *size {
		text = append(text, 'x')
	}
	text = append(text, after...)
	messageBuffer = text
	return text
}

// sentAt reads the time out of a message.
func sentAt(message []byte) int64 {
	var at int64
	for _, digit := range message[len(mark) : len(mark)+stampSize] {
		if digit <= '9' {
			at = at<<4 | int64(digit-'0')
		} else {
			at = at<<4 | int64(digit-'a'+10)
		}
	}
	return at
}
