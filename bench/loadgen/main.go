// Command loadgen is the clients of a benchmark: thousands of WebSockets in one thread, on Linux and loopback.
//
// It puts one load on one server, measures the server from outside, and prints one JSON object. Every server gets the
// same load from the same code; only the protocol around a message differs.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

var (
	addresses   = flag.String("addresses", "", "servers, as 127.x.x.x:port,…; the clients are spread over them")
	speaks      = flag.String("protocol", "plain", "plain, socket-io or centrifugo")
	mode        = flag.String("mode", "", "flat-out, one-at-a-time, rate, echo, idle, connect, slow-readers, flooded, or strangers, which those two start")
	path        = flag.String("path", "/", "plain: path of the endpoint")
	channel     = flag.String("channel", "shared", "centrifugo: what a client subscribes to: shared, own or none")
	key         = flag.String("key", "", "HS256 key; each client then brings a token of its own")
	clients     = flag.Int("clients", 1000, "WebSockets")
	handshakes  = flag.Int("handshakes", 128, "handshakes under way at once")
	size        = flag.Int("size", 128, "bytes of a message without its envelope")
	seconds     = flag.Float64("seconds", 4, "time that is measured, after a second that is not; idle: until memory is read, twice")
	earlier     = flag.Int("earlier", 0, "idle: clients that are there before memory is read for the first time")
	window      = flag.Int("window", 512, "flat-out: messages that not all have got yet")
	depth       = flag.Int("depth", 16, "echo: messages of each client that are not back yet")
	burst       = flag.Int("burst", 1, "slow-readers: messages published at once")
	flood       = flag.String("flood", "non-readers", "flooded: what a stranger does: messages, long-messages, pings or handshakes")
	floodPath   = flag.String("flood-path", "", "flooded: path of the endpoint that is flooded; that of the clients by default")
	turns       = flag.Int("turns", 3, "slow-readers, flooded: turns without strangers, and as many with them")
	perSecond   = flag.Float64("per-second", 20, "rate, slow-readers, flooded: messages a second, of all clients together")
	waves       = flag.Int("waves", 3, "connect: times that all clients connect, after three that are not measured")
	servers     = flag.String("pids", "", "processes of the servers")
	others      = flag.String("other-pids", "", "processes that belong to the benchmark and are not measured")
	cores       = flag.String("cores", "0,1", "processor cores that nothing but the benchmark should use")
	connectTime = flag.Duration("connect-timeout", 2*time.Minute, "longest that connecting may take")
	stallTime   = flag.Duration("stall-timeout", 15*time.Second, "longest that nothing may arrive")
)

// modes are the loads; each returns its own figures beside those of the meter.
var modes = map[string]func() figures{
	"flat-out":      flatOut,
	"one-at-a-time": oneAtATime,
	"rate":          fixedRate,
	"echo":          echo,
	"idle":          idle,
	"connect":       connect,
	"slow-readers":  slowReaders,
	"flooded":       flooded,
	"strangers":     strangers,
}

// figures are what is printed, by name.
type figures map[string]float64

func main() {
	flag.Parse()
	// Little is garbage here, and what collects it would take time from the clients.
	debug.SetGCPercent(400)
	run, known := modes[*mode]
	if !known {
		die("unknown mode %q", *mode)
	}
	talk = protocolNamed(*speaks)
	resolve(strings.Split(*addresses, ","))
	openPoller()
	result, err := json.Marshal(run())
	if err != nil {
		die("%v", err)
	}
	fmt.Println(string(result))
}

// numbers reads a list such as "12,34"; an empty one has none.
func numbers(list string) []int {
	var result []int
	for _, field := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		number, err := strconv.Atoi(field)
		if err != nil {
			die("%q is no number", field)
		}
		result = append(result, number)
	}
	return result
}

func die(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "loadgen: "+format+"\n", args...)
	os.Exit(1)
}
