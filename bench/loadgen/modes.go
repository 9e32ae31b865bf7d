package main

import (
	"time"
)

// warmUp is not measured: runtimes compile what is used often, and queues fill.
const warmUp = time.Second

func measured() time.Duration { return time.Duration(*seconds * float64(time.Second)) }

// connectAll brings so many more clients up.
func connectAll(count int) {
	want, dialed := readyNow+goneNow+count, readyNow+goneNow
	for end := now() + int64(*connectTime); readyNow+goneNow < want; {
		for dialed < want && dialed-readyNow-goneNow < *handshakes {
			dial()
			dialed++
		}
		poll(now() + int64(50*time.Millisecond))
		if now() > end {
			die("only %d of %d clients are ready: %v", readyNow, count, whyGone)
		}
	}
	complain()
}

// complain ends the benchmark when a server has closed a client: what is counted would no longer be right.
func complain() {
	if goneNow > 0 {
		die("clients were closed: %v", whyGone)
	}
}

// room connects the members of a room, of whom the first is the publisher.
func room() *client {
	signTokens()
	connectAll(*clients)
	pollFor(500 * time.Millisecond)
	return all[0]
}

// until polls until a condition holds; it ends the benchmark when nothing arrives for too long.
func until(done func() bool, got *int) {
	last, lastAt := *got, now()
	for !done() {
		poll(now() + int64(100*time.Millisecond))
		complain()
		if *got != last {
			last, lastAt = *got, now()
		} else if now()-lastAt > int64(*stallTime) {
			die("nothing has arrived for %v, after %d messages", *stallTime, *got)
		}
	}
}

// flatOut publishes as much as fits: a message more whenever the clients have got all but a window, on average.
func flatOut() figures {
	publisher := room()
	sent, got := 0, 0
	onMessage = func(*client, int64, int64) { got++ }
	var frames []byte
	publish := func() {
		frames = frames[:0]
		for ; (sent-*window)*present() < got; sent++ {
			frames = frame(frames, opText, message(publisher, 0))
		}
		if len(frames) > 0 {
			publisher.send(frames)
		}
	}
	run := func(duration time.Duration) figures {
		m, before := begin(), got
		until(func() bool {
			publish()
			return now() >= m.at+int64(duration)
		}, &got)
		return m.figures(got - before)
	}
	run(warmUp)
	return run(measured())
}

// oneAtATime publishes the next message when all clients have got the last.
func oneAtATime() figures {
	publisher := room()
	got := 0
	onMessage = func(*client, int64, int64) { got++ }
	run := func(duration time.Duration) figures {
		got = 0
		m := begin()
		for expected := present(); now() < m.at+int64(duration); expected += present() {
			publisher.send(frame(nil, opText, message(publisher, now())))
			until(func() bool { return got >= expected }, &got)
		}
		return m.figures(got)
	}
	run(warmUp)
	return run(measured())
}

// fixedRate publishes at fixed times and tells how late messages arrive. Times count from when a message was due, so a
// server that stalls does not hide how long.
func fixedRate() figures {
	publisher := room()
	got := 0
	var latencies []int64
	onMessage = func(_ *client, sentAt, readAt int64) {
		got++
		latencies = append(latencies, readAt-sentAt)
	}
	run := func(messages int) figures {
		got, latencies = 0, latencies[:0]
		interval := int64(float64(time.Second) / *perSecond)
		m := begin()
		for i := range messages {
			due := m.at + int64(i+1)*interval
			for now() < due {
				poll(due)
			}
			publisher.send(frame(nil, opText, message(publisher, due)))
		}
		until(func() bool { return got >= messages*present() }, &got)
		return m.figures(got)
	}
	run(int(*perSecond * warmUp.Seconds()))
	result := run(int(*perSecond * *seconds))
	result["p50Ms"], result["p99Ms"] = quantile(latencies, 0.5), quantile(latencies, 0.99)
	return result
}

// echo keeps messages of each client under way, and sends one more for each that is back.
func echo() figures {
	room()
	got := 0
	onMessage = func(*client, int64, int64) { got++ }
	var frames []byte
	fill := func(c *client, count int) {
		frames = frames[:0]
		for range count {
			frames = frame(frames, opText, message(c, 0))
		}
		c.send(frames)
	}
	onRead = fill
	for _, c := range all {
		fill(c, *depth)
	}
	run := func(duration time.Duration) figures {
		m, before := begin(), got
		until(func() bool { return now() >= m.at+int64(duration) }, &got)
		return m.figures(got - before)
	}
	run(warmUp)
	return run(measured())
}

// idle tells by how much the memory of the servers grows for each client that is connected and silent. Some clients come
// before memory is read for the first time, so that what a server sets up once, and the garbage of its start, do not count.
func idle() figures {
	signTokens()
	connectAll(*earlier)
	pollFor(measured())
	before := residentKB()
	m := begin()
	connectAll(*clients)
	result := m.figures(*clients)
	pollFor(measured())
	complain()
	result["kbPerConnection"] = (residentKB() - before) / float64(*clients)
	return result
}

// warmUpWaves are not measured: runtimes that compile what is used often need some thousand clients for it.
const warmUpWaves = 3

// connect brings all clients up at once, several times; only the time until they are ready counts.
func connect() figures {
	signTokens()
	for range warmUpWaves {
		wave()
	}
	total, weight := figures{}, 1/float64(*waves)
	for range *waves {
		for name, value := range wave() {
			total[name] += value * weight
		}
	}
	return total
}

// wave connects all clients and drops them.
func wave() figures {
	m := begin()
	connectAll(*clients)
	result := m.figures(*clients)
	for _, c := range all {
		forget(c)
	}
	all, readyNow = nil, 0
	pollFor(time.Second)
	return result
}
