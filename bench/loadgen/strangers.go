package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// strangersProcess is where strangers live: as on machines of their own, what they do takes no time from the clients
// that are measured. The kernel runs it only when those do not want the core, and it never rests, so that the core is
// as awake in the turns without strangers.
type strangersProcess struct {
	command *exec.Cmd
	orders  io.WriteCloser
	printed *bytes.Buffer
}

const (
	orderCome  = 'c'
	orderLeave = 'l'
)

// Of sched(7): a thread of this policy runs as soon as it wants to.
const schedFIFO = 1

// takePrecedence lets the clients that are measured run before strangers in the moment in which something comes for
// them, which the kernel otherwise puts off until its next tick. It takes a privilege (CAP_SYS_NICE); without it, both
// kinds of turns look slower.
func takePrecedence() {
	runtime.LockOSThread()
	priority := int32(1)
	_, _, errno := syscall.RawSyscall(syscall.SYS_SCHED_SETSCHEDULER, 0, schedFIFO, uintptr(unsafe.Pointer(&priority)))
	if errno != 0 {
		fmt.Fprintf(os.Stderr, "loadgen: without precedence over strangers (%v), latencies include the kernel's ticks\n", errno)
	}
}

func startStrangers() *strangersProcess {
	program, err := os.Executable()
	if err != nil {
		die("%v", err)
	}
	arguments := append([]string{"--idle", "0", program}, os.Args[1:]...)
	command := exec.Command("chrt", append(arguments, "--mode=strangers")...)
	printed := &bytes.Buffer{}
	command.Stdout, command.Stderr = printed, os.Stderr
	orders, err := command.StdinPipe()
	if err != nil {
		die("%v", err)
	}
	if err := command.Start(); err != nil {
		die("strangers: %v", err)
	}
	*others += "," + strconv.Itoa(command.Process.Pid)
	return &strangersProcess{command, orders, printed}
}

func (p *strangersProcess) order(order byte) {
	if _, err := p.orders.Write([]byte{order}); err != nil {
		die("strangers: %v", err)
	}
}

// end returns what they have found out.
func (p *strangersProcess) end() (found figures) {
	p.orders.Close()
	if err := p.command.Wait(); err != nil {
		die("strangers: %v", err)
	}
	if err := json.Unmarshal(p.printed.Bytes(), &found); err != nil {
		die("strangers: %v", err)
	}
	return found
}

// strangers obeys what comes on its standard input, until that ends.
func strangers() figures {
	signTokens()
	disturbers := floods[*flood]()
	if err := syscall.SetNonblock(0, true); err != nil {
		die("%v", err)
	}
	for order := make([]byte, 1); ; {
		read, errno := rawRead(0, order)
		switch {
		case errno == syscall.EAGAIN:
		case errno != 0 || read == 0:
			return figures{"admitted": float64(admitted), "dismissed": float64(dismissed)}
		case order[0] == orderCome:
			for _, s := range disturbers {
				s.come()
			}
		case order[0] == orderLeave:
			for _, s := range disturbers {
				s.leave()
			}
		}
		poll(now())
	}
}
