package main

import (
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// Source addresses of the clients: one has too few ports for tens of thousands.
const sourceAddresses = 8

// ipBindAddressNoPort lets the kernel choose a port when it knows the destination, so that ports are not used up.
const ipBindAddressNoPort = 24

// The one that counts in nanoseconds: who waits in milliseconds must spin for the rest, and take the core from others.
const sysEpollPwait2 = 441

// prSetTimerSlack is for how much later than asked the kernel may wake us: 50 microseconds by default.
const prSetTimerSlack = 29

var (
	poller  int
	targets []syscall.SockaddrInet4
	byFd    = make([]*client, 1<<16)
	events  = make([]syscall.EpollEvent, 2048)
	started = time.Now()
)

// now is in nanoseconds since the start.
func now() int64 { return int64(time.Since(started)) }

// resolve reads the addresses of the servers. Only loopback is let in: this is no tool to load others' servers with.
func resolve(addresses []string) {
	for _, address := range addresses {
		host, port, _ := strings.Cut(address, ":")
		fields := strings.Split(host, ".")
		if len(fields) != 4 || fields[0] != "127" {
			die("%q is not 127.x.x.x:port", address)
		}
		var target syscall.SockaddrInet4
		for i, field := range fields {
			digit, err := strconv.ParseUint(field, 10, 8)
			if err != nil {
				die("%q is not 127.x.x.x:port", address)
			}
			target.Addr[i] = byte(digit)
		}
		target.Port, _ = strconv.Atoi(port)
		targets = append(targets, target)
	}
}

func openPoller() {
	var err error
	if poller, err = syscall.EpollCreate1(0); err != nil {
		die("epoll: %v", err)
	}
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetTimerSlack, 1, 0)
}

func listenTo(c *client, interest uint32) {
	event := syscall.EpollEvent{Events: interest, Fd: int32(c.fd)}
	syscall.EpollCtl(poller, syscall.EPOLL_CTL_MOD, c.fd, &event)
}

func forget(c *client) {
	byFd[c.fd] = nil
	syscall.Close(c.fd)
}

// dial begins to connect one more client.
func dial() {
	index := len(all)
	all = append(all, open(index, [4]byte{127, 0, 0, byte(2 + index%sourceAddresses)}, 0))
}

// open begins to connect a socket from an address, with so many bytes for what is not read yet; 0 leaves that to the kernel.
func open(index int, from [4]byte, receiveBuffer int) *client {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		die("socket: %v", err)
	}
	if receiveBuffer > 0 {
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, receiveBuffer)
	}
	syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	// Closing resets, so that no port waits for two minutes.
	syscall.SetsockoptLinger(fd, syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1, Linger: 0})
	syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, ipBindAddressNoPort, 1)
	source := syscall.SockaddrInet4{Addr: from}
	if err := syscall.Bind(fd, &source); err != nil {
		die("bind: %v", err)
	}
	if err := syscall.Connect(fd, &targets[index%len(targets)]); err != nil && err != syscall.EINPROGRESS {
		die("connect: %v", err)
	}
	c := &client{fd: fd, index: index}
	byFd[fd] = c
	event := syscall.EpollEvent{Events: syscall.EPOLLOUT, Fd: int32(fd)}
	if err := syscall.EpollCtl(poller, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
		die("epoll: %v", err)
	}
	return c
}

// poll handles what is there, waiting for it until a time at the most.
func poll(until int64) {
	wait := syscall.NsecToTimespec(max(0, until-now()))
	count, _, errno := syscall.Syscall6(sysEpollPwait2, uintptr(poller), uintptr(unsafe.Pointer(&events[0])),
		uintptr(len(events)), uintptr(unsafe.Pointer(&wait)), 0, 0)
	if errno == syscall.EINTR {
		return
	}
	if errno != 0 {
		die("epoll: %v", errno)
	}
	for _, event := range events[:count] {
		c := byFd[event.Fd]
		if c == nil {
			continue
		}
		if c.stranger != nil {
			c.stranger.happened(event.Events)
			continue
		}
		if c.state == connecting {
			c.connected()
			continue
		}
		if event.Events&syscall.EPOLLOUT != 0 && len(c.unsent) > 0 {
			c.writable()
		}
		if event.Events&^syscall.EPOLLOUT != 0 && c.state != gone {
			c.readable()
		}
	}
}

// pollFor handles what comes for a while.
func pollFor(duration time.Duration) {
	for end := now() + int64(duration); now() < end; {
		poll(end)
	}
}

// The raw calls do not tell Go's scheduler, which has nothing else to run: that halves the cost of a small read.
func rawRead(fd int, to []byte) (int, syscall.Errno) {
	count, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(to))), uintptr(len(to)))
	return int(count), errno
}

func rawWrite(fd int, data []byte) (int, syscall.Errno) {
	count, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data)))
	return int(count), errno
}
