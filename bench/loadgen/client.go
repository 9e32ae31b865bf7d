package main

import (
	"bytes"
	"strconv"
	"syscall"
)

// state is how far a client has come.
type state uint8

const (
	connecting state = iota
	upgrading
	greeting
	ready
	gone
)

// client is one WebSocket.
type client struct {
	fd    int
	index int
	state state
	// step counts the answers of a protocol's greeting.
	step int
	// rest is the beginning of a frame whose end has not come yet.
	rest []byte
	// unsent is what the kernel has not taken yet.
	unsent []byte
	// stranger is whose connection it is when it is not measured.
	stranger *stranger
}

const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

var (
	all       []*client
	readyNow  int
	goneNow   int
	whyGone   = map[string]int{}
	onMessage = func(c *client, sentAt, readAt int64) {}
	// onRead is called after everything that one read has brought.
	onRead = func(c *client, messages int) {}
)

// present are the clients that get what is published.
func present() int { return readyNow }

func (c *client) becomeReady() {
	c.state = ready
	readyNow++
}

func (c *client) close(why string) {
	if c.state == gone {
		return
	}
	if c.state == ready {
		readyNow--
	} else {
		why = "before it was ready: " + why
	}
	whyGone[why]++
	goneNow++
	c.state = gone
	forget(c)
}

// send writes bytes to the socket, or keeps them until the kernel takes them.
func (c *client) send(data []byte) {
	if len(c.unsent) > 0 {
		c.unsent = append(c.unsent, data...)
		return
	}
	written, errno := rawWrite(c.fd, data)
	if errno != 0 {
		if errno != syscall.EAGAIN {
			c.close(errno.Error())
			return
		}
		written = 0
	}
	if written < len(data) {
		c.unsent = append(c.unsent, data[written:]...)
		listenTo(c, syscall.EPOLLIN|syscall.EPOLLOUT)
	}
}

func (c *client) sendText(text string) { c.send(frame(nil, opText, []byte(text))) }

// connected begins the handshake.
func (c *client) connected() {
	if failure, _ := syscall.GetsockoptInt(c.fd, syscall.SOL_SOCKET, syscall.SO_ERROR); failure != 0 {
		c.close("connect: " + syscall.Errno(failure).Error())
		return
	}
	c.state = upgrading
	listenTo(c, syscall.EPOLLIN)
	c.send(handshake(talk.path(c)))
}

func handshake(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
}

func (c *client) writable() {
	written, errno := rawWrite(c.fd, c.unsent)
	if errno == 0 {
		c.unsent = append(c.unsent[:0], c.unsent[written:]...)
	} else if errno != syscall.EAGAIN {
		c.close(errno.Error())
		return
	}
	if len(c.unsent) == 0 {
		listenTo(c, syscall.EPOLLIN)
	}
}

var readBuffer = make([]byte, 1<<20)

func (c *client) readable() {
	kept := copy(readBuffer, c.rest)
	read, errno := rawRead(c.fd, readBuffer[kept:])
	if errno == syscall.EAGAIN {
		return
	}
	if errno != 0 {
		c.close(errno.Error())
		return
	}
	if read == 0 {
		c.close("end of the stream")
		return
	}
	data := readBuffer[:kept+read]
	if c.state == upgrading {
		if data = c.upgraded(data); data == nil {
			return
		}
	}
	data, messages := c.frames(data, now())
	if c.state == gone {
		return
	}
	c.rest = append(c.rest[:0], data...)
	if messages > 0 {
		onRead(c, messages)
	}
}

// upgraded takes the answer to the handshake off; nil when it is not complete yet.
func (c *client) upgraded(data []byte) []byte {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		c.rest = append(c.rest[:0], data...)
		return nil
	}
	if !bytes.HasPrefix(data, []byte("HTTP/1.1 101")) {
		die("the handshake was refused: %.200q", data)
	}
	c.state = greeting
	talk.begin(c)
	return data[end+4:]
}

// frames handles the frames that are complete and returns the rest, and how many messages there were.
func (c *client) frames(data []byte, readAt int64) (rest []byte, messages int) {
	for {
		opcode, payload, size := parse(data)
		if size == 0 {
			return data, messages
		}
		data = data[size:]
		switch {
		case opcode == opPing:
			c.send(frame(nil, opPong, payload))
		case opcode == opClose:
			c.close("closed with " + strconv.Itoa(closeCode(payload)))
		case opcode == opPong:
		case c.state == greeting:
			talk.answer(c, payload)
		case !talk.heartbeat(c, payload):
			messages += c.messages(payload, readAt)
		}
		if c.state == gone {
			return nil, messages
		}
	}
}

// messages finds the messages in a frame, which holds several when a protocol joins them.
func (c *client) messages(payload []byte, readAt int64) int {
	found := 0
	for {
		start := bytes.Index(payload, mark)
		if start < 0 || len(payload) < start+*size {
			return found
		}
		onMessage(c, sentAt(payload[start:]), readAt)
		payload = payload[start+*size:]
		found++
	}
}
