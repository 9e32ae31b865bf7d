package main

import (
	"bytes"
	"syscall"
)

// stranger is a client that is not measured: one that disturbs the others. It may be refused and closed, and comes again.
type stranger struct {
	connection *client
	// bytes it sends over and over once it is let in; nothing when it is empty.
	flood []byte
	sent  int
	// words it says before that, each when the one before was answered.
	words []string
	said  int
	// leaves tells whether it goes, and comes again, as soon as it is let in.
	leaves bool
	// deaf tells whether it reads nothing once it is let in.
	deaf bool
}

var (
	// strangersAddress is theirs alone, so that limits by address meet nobody else.
	strangersAddress = [4]byte{127, 0, 0, 99}
	strangersIndex   = 1 << 20
	admitted         int
	dismissed        int
	discarded        = make([]byte, 1<<16)
)

// deafBuffer is how much the kernel takes for a client that reads nothing: little, so that the server's own bounds count.
const deafBuffer = 4096

// longest is the length of a long message, envelope excluded.
const longest = 65_000

func (s *stranger) path() string {
	if *floodPath != "" {
		return *floodPath
	}
	return talk.path(s.connection)
}

func (s *stranger) come() {
	strangersIndex++
	s.sent, s.said = 0, 0
	receiveBuffer := 0
	if s.deaf {
		receiveBuffer = deafBuffer
	}
	s.connection = open(strangersIndex, strangersAddress, receiveBuffer)
	s.connection.stranger = s
}

func (s *stranger) leave() {
	if s.connection != nil {
		forget(s.connection)
		s.connection = nil
	}
}

func (s *stranger) again() {
	dismissed++
	s.leave()
	s.come()
}

// happened handles what the kernel tells of its socket.
func (s *stranger) happened(events uint32) {
	c := s.connection
	if c.state == connecting {
		if failure, _ := syscall.GetsockoptInt(c.fd, syscall.SOL_SOCKET, syscall.SO_ERROR); failure != 0 {
			s.again()
			return
		}
		c.state = upgrading
		listenTo(c, syscall.EPOLLIN)
		rawWrite(c.fd, handshake(s.path()))
		return
	}
	if events&^syscall.EPOLLOUT != 0 && !s.hears(c) {
		s.again()
		return
	}
	if c.state == ready && events&syscall.EPOLLOUT != 0 {
		s.pours(c)
	}
}

// hears reads what has come; false when the connection has ended, or is to.
func (s *stranger) hears(c *client) bool {
	if c.state == ready && s.deaf {
		return false
	}
	read, errno := rawRead(c.fd, discarded)
	if errno == syscall.EAGAIN {
		return true
	}
	if errno != 0 || read == 0 {
		return false
	}
	if c.state == ready {
		return true
	}
	if c.state == upgrading {
		if !bytes.HasPrefix(discarded[:read], []byte("HTTP/1.1 101")) {
			return false
		}
		admitted++
		c.state = greeting
		if s.leaves {
			return false
		}
	}
	if s.said < len(s.words) {
		rawWrite(c.fd, frame(nil, opText, []byte(s.words[s.said])))
		s.said++
		return true
	}
	c.state = ready
	switch {
	case s.deaf:
		listenTo(c, 0)
	case len(s.flood) > 0:
		listenTo(c, syscall.EPOLLIN|syscall.EPOLLOUT)
	}
	return true
}

// pours writes once: what this costs the generator must not be what delays the others.
func (s *stranger) pours(c *client) {
	written, errno := rawWrite(c.fd, s.flood[s.sent:])
	if errno == 0 {
		s.sent = (s.sent + written) % len(s.flood)
	} else if errno != syscall.EAGAIN {
		s.again()
	}
}

// floods are what one client can do to the others.
var floods = map[string]func() []*stranger{
	// As many short messages as go through.
	"messages": func() []*stranger { return []*stranger{flooder(words("flood"), repeated(floodFrame("x")))} },
	// The longest that are allowed.
	"long-messages": func() []*stranger {
		return []*stranger{flooder(words("flood"), repeated(floodFrame(string(bytes.Repeat([]byte("x"), longest)))))}
	},
	"pings":      func() []*stranger { return []*stranger{flooder(nil, repeated(frame(nil, opPing, nil)))} },
	"handshakes": func() []*stranger { return many(16, func() *stranger { return &stranger{leaves: true} }) },
	"non-readers": func() []*stranger {
		return many(*clients/9, func() *stranger { return &stranger{words: words("room"), deaf: true} })
	},
}

func many(count int, one func() *stranger) (all []*stranger) {
	for range count {
		all = append(all, one())
	}
	return all
}

func flooder(words []string, flood []byte) *stranger { return &stranger{words: words, flood: flood} }

// repeated is a frame as often as fits into what is written at once, whole.
func repeated(one []byte) []byte { return bytes.Repeat(one, max(1, (1<<16)/len(one))) }

// words are how a client of the protocol begins; of channels it subscribes to one.
func words(channel string) []string {
	switch *speaks {
	case "centrifugo":
		return []string{
			`{"id":1,"connect":{"token":"` + tokens[0] + `"}}`,
			`{"id":2,"subscribe":{"channel":"` + channel + `"}}`,
		}
	case "socket-io":
		return []string{"40"}
	}
	return nil
}

func floodFrame(text string) []byte {
	if *speaks == "centrifugo" {
		text = `{"id":3,"publish":{"channel":"flood","data":"` + text + `"}}`
	}
	return frame(nil, opText, []byte(text))
}
