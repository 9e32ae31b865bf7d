package main

// frame appends a frame as a client sends it, masked.
func frame(to []byte, opcode byte, payload []byte) []byte {
	to = append(to, 0x80|opcode)
	switch {
	case len(payload) < 126:
		to = append(to, 0x80|byte(len(payload)))
	case len(payload) < 65536:
		to = append(to, 0x80|126, byte(len(payload)>>8), byte(len(payload)))
	default:
		die("a message of %d bytes is too long", len(payload))
	}
	mask := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	to = append(to, mask[:]...)
	start := len(to)
	to = append(to, payload...)
	for i, body := 0, to[start:]; i < len(body); i++ {
		body[i] ^= mask[i&3]
	}
	return to
}

// parse reads the frame that data begins with, as a server sends it; its size is 0 when it is not complete.
func parse(data []byte) (opcode byte, payload []byte, size int) {
	if len(data) < 2 {
		return 0, nil, 0
	}
	head, length := 2, int(data[1]&127)
	switch length {
	case 126:
		head = 4
	case 127:
		head = 10
	}
	if len(data) < head {
		return 0, nil, 0
	}
	if head > 2 {
		length = 0
		for _, digit := range data[2:head] {
			length = length<<8 | int(digit)
		}
	}
	if len(data) < head+length {
		return 0, nil, 0
	}
	return data[0] & 15, data[head : head+length], head + length
}

// closeCode is the code in the payload of a closing frame; 1005 when there is none.
func closeCode(payload []byte) int {
	if len(payload) < 2 {
		return 1005
	}
	return int(payload[0])<<8 | int(payload[1])
}
