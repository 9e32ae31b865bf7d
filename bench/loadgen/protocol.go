package main

import (
	"bytes"
	"strconv"
)

// protocol is how the clients of a server talk to it.
type protocol interface {
	// path of the handshake's request.
	path(c *client) string
	// begin is called when the WebSocket is open. It makes the client ready, or sends what leads to it.
	begin(c *client)
	// answer gets what the server sends until the client is ready.
	answer(c *client, text []byte)
	// heartbeat answers a ping of the protocol, and tells whether a text is one.
	heartbeat(c *client, text []byte) bool
	// envelope is what stands before and after a message that a client sends.
	envelope(c *client) (before, after string)
}

var talk protocol

func protocolNamed(name string) protocol {
	switch name {
	case "plain":
		return plain{}
	case "socket-io":
		return socketIO{}
	case "centrifugo":
		return centrifugo{}
	}
	die("unknown protocol %q", name)
	return nil
}

// plain has no envelope: a frame is a message.
type plain struct{}

func (plain) path(c *client) string {
	if *key == "" {
		return *path
	}
	return *path + "?token=" + tokenOf(c)
}
func (plain) begin(c *client)                         { c.becomeReady() }
func (plain) answer(*client, []byte)                  {}
func (plain) heartbeat(*client, []byte) bool          { return false }
func (plain) envelope(*client) (before, after string) { return "", "" }

// socketIO is Socket.IO 4 over the WebSocket transport of Engine.IO 4.
type socketIO struct{}

func (socketIO) path(*client) string { return "/socket.io/?EIO=4&transport=websocket" }
func (socketIO) begin(*client)       {}
func (socketIO) answer(c *client, text []byte) {
	switch {
	case bytes.HasPrefix(text, []byte("0{")):
		proof := ""
		if *key != "" {
			proof = `{"token":"` + tokenOf(c) + `"}`
		}
		c.sendText("40" + proof)
	case bytes.HasPrefix(text, []byte("40")):
		c.becomeReady()
	default:
		die("Socket.IO answered %.200q", text)
	}
}
func (socketIO) heartbeat(c *client, text []byte) bool {
	if len(text) != 1 || text[0] != '2' {
		return false
	}
	c.sendText("3")
	return true
}
func (socketIO) envelope(*client) (before, after string) {
	if *mode == "echo" {
		return `42["echo","`, `"]`
	}
	return `42["room","`, `"]`
}

// centrifugo is the JSON form of Centrifugo's client protocol, version 2.
type centrifugo struct{}

func (centrifugo) path(*client) string { return "/connection/websocket" }
func (centrifugo) begin(c *client) {
	c.sendText(`{"id":1,"connect":{"token":"` + tokenOf(c) + `"}}`)
}
func (p centrifugo) answer(c *client, text []byte) {
	if bytes.Contains(text, []byte(`"error"`)) {
		die("Centrifugo's protocol was answered with %.200q", text)
	}
	if c.step++; c.step == 1 && *channel != "none" {
		c.sendText(`{"id":2,"subscribe":{"channel":"` + p.channelOf(c) + `"}}`)
		return
	}
	c.becomeReady()
}
func (centrifugo) heartbeat(c *client, text []byte) bool {
	if len(text) != 2 {
		return false
	}
	c.sendText("{}")
	return true
}
func (p centrifugo) envelope(c *client) (before, after string) {
	return `{"id":3,"publish":{"channel":"` + p.channelOf(c) + `","data":"`, `"}}`
}
func (centrifugo) channelOf(c *client) string {
	if *channel == "own" {
		return "own" + strconv.Itoa(c.index)
	}
	return "room"
}
