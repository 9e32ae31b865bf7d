package main

import (
	"sort"
	"time"
)

// settle is the time that strangers have for coming in, and for leaving, before anything is measured.
const settle = 500 * time.Millisecond

// slowReaders has one client of a room publish bursts at fixed times. In every other turn as many strangers as a tenth of
// the clients are in the room, who read nothing.
func slowReaders() figures {
	publisher := room()
	var frames []byte
	return inTurns(func(due int64) {
		frames = frames[:0]
		for range *burst {
			frames = frame(frames, opText, message(publisher, due))
		}
		publisher.send(frames)
	}, *burst*present())
}

// flooded has each client send messages at fixed times that come back to it, one client after the other. In every other
// turn a stranger floods the server.
func flooded() figures {
	room()
	next := 0
	return inTurns(func(due int64) {
		c := all[next%len(all)]
		next++
		c.sendText(string(message(c, due)))
	}, 1)
}

// inTurns tells how late messages arrive without and with the strangers, in turns: what else happens on the machine meets
// both. Times count from when a message was due. Each figure is the median of the turns, and of the ratios of a turn
// to the one before it.
func inTurns(publish func(due int64), deliveries int) figures {
	takePrecedence()
	strangers := startStrangers()
	var without, with, ratios, cpu []float64
	turn(publish, deliveries, int(*perSecond*warmUp.Seconds()))
	m, sent := begin(), 0
	for range *turns {
		messages := int(*perSecond * *seconds)
		calm := turn(publish, deliveries, messages)
		strangers.order(orderCome)
		pollFor(settle)
		busy, from := cpuOf(*servers), now()
		disturbed := turn(publish, deliveries, messages)
		cpu = append(cpu, (cpuOf(*servers)-busy)*float64(time.Second)/float64(now()-from))
		strangers.order(orderLeave)
		pollFor(settle)
		without, with = append(without, calm), append(with, disturbed)
		ratios = append(ratios, disturbed/calm)
		sent += 2 * messages * deliveries
	}
	result := m.figures(sent)
	for name, value := range strangers.end() {
		result[name] = value
	}
	result["p99Ms"], result["calmP99Ms"], result["p99Ratio"] = median(with), median(without), median(ratios)
	result["disturbedServerCpu"] = median(cpu)
	return result
}

// turn publishes so many times and returns the 99th percentile of the latencies in milliseconds.
func turn(publish func(due int64), deliveries, messages int) float64 {
	got := 0
	var latencies []int64
	onMessage = func(_ *client, sentAt, readAt int64) {
		got++
		latencies = append(latencies, readAt-sentAt)
	}
	start, interval := now(), float64(time.Second) / *perSecond
	for i := range messages {
		due := start + int64(float64(i+1)*interval)
		for now() < due {
			poll(due)
		}
		publish(due)
		complain()
	}
	until(func() bool { return got >= messages*deliveries }, &got)
	return quantile(latencies, 0.99)
}

// quantile of latencies, in milliseconds.
func quantile(latencies []int64, q float64) float64 {
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	return float64(latencies[int(q*float64(len(latencies)-1))]) / 1e6
}

func median(values []float64) float64 {
	sort.Float64s(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}
