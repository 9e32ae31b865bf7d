// The one image that the cluster's node needs. As `pause` it holds a pod's namespaces open; as `volume` it makes and
// removes the directory of a local volume, as the provisioner's helper pod; as `probe` it shows what pods can reach.
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	var err error
	switch name := filepath.Base(os.Args[0]); name {
	case "pause":
		pause()
	case "volume":
		err = volume(os.Getenv("VOL_DIR"), os.Args[1:])
	case "probe":
		err = probe(os.Args[1:])
	default:
		err = fmt.Errorf("nothing is called %q", name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// pause waits for the end, reaping what a pod with a shared process namespace leaves to it.
func pause() {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}

// volume gets the arguments of local-path-provisioner's helper: `-p DIR -s SIZE -m MODE -a create|delete`.
func volume(directory string, args []string) error {
	action := ""
	for index := 0; index+1 < len(args); index += 2 {
		if args[index] == "-a" {
			action = args[index+1]
		}
	}
	switch {
	case directory == "":
		return fmt.Errorf("VOL_DIR is empty")
	case action == "create":
		if err := os.MkdirAll(directory, 0o777); err != nil {
			return err
		}
		// Pods that are not root write here.
		return os.Chmod(directory, 0o777)
	case action == "delete":
		return os.RemoveAll(directory)
	}
	return fmt.Errorf("no action is called %q", action)
}

// probe listens on an address (`listen :8000`) until the end, or connects to one (`dial server:8000`).
func probe(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: probe listen|dial ADDRESS")
	}
	if args[0] == "dial" {
		connection, err := net.DialTimeout("tcp", args[1], 2*time.Second)
		if err != nil {
			return err
		}
		return connection.Close()
	}
	listener, err := net.Listen("tcp", args[1])
	if err != nil {
		return err
	}
	fmt.Println("Listening on", args[1])
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		connection.Close()
	}
}
