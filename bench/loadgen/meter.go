package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// meter measures the processes of a benchmark from its start on.
type meter struct {
	at                                int64
	server, other, generator, machine float64
}

func begin() meter {
	return meter{now(), cpuOf(*servers), cpuOf(*others), ownCPU(), busy()}
}

// elapsed is in seconds.
func (m meter) elapsed() float64 { return float64(now()-m.at) / float64(time.Second) }

// figures tells what so many units of work took.
//
//   - perSecond and perCpuSecond: units, by the clock and by the CPU time of the servers
//   - serverCpu and generatorCpu: CPU time by the clock, 1 for one core; near 1 the generator is the limit
//   - foreignCpu: CPU time that anything else took on the cores of the benchmark; it falsifies what goes by the clock
func (m meter) figures(units int) figures {
	wall := m.elapsed()
	server, other, generator := cpuOf(*servers)-m.server, cpuOf(*others)-m.other, ownCPU()-m.generator
	return figures{
		"seconds":      wall,
		"perSecond":    float64(units) / wall,
		"perCpuSecond": float64(units) / server,
		"serverCpu":    server / wall,
		"generatorCpu": generator / wall,
		"foreignCpu":   max(0, busy()-m.machine-server-other-generator) / wall,
	}
}

// cpuOf is the CPU time of processes in seconds, of all their threads; the kernel counts it in nanoseconds.
func cpuOf(pids string) float64 {
	var total float64
	for _, pid := range numbers(pids) {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
		for _, file := range files {
			text, _ := os.ReadFile(file)
			if fields := strings.Fields(string(text)); len(fields) > 0 {
				nanoseconds, _ := strconv.ParseFloat(fields[0], 64)
				total += nanoseconds / 1e9
			}
		}
	}
	return total
}

func ownCPU() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

// busy is the time in seconds that the cores of the benchmark were not idle, steal of the hypervisor included.
func busy() float64 {
	const ticksPerSecond, idleField, ioWaitField, guestField = 100, 4, 5, 9
	mine := map[string]bool{}
	for _, core := range numbers(*cores) {
		mine["cpu"+strconv.Itoa(core)] = true
	}
	var ticks float64
	text, _ := os.ReadFile("/proc/stat")
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || !mine[fields[0]] {
			continue
		}
		for i, field := range fields[:min(guestField, len(fields))] {
			if i > 0 && i != idleField && i != ioWaitField {
				count, _ := strconv.ParseFloat(field, 64)
				ticks += count
			}
		}
	}
	return ticks / ticksPerSecond
}

// residentKB is the memory of the servers that is in RAM.
func residentKB() float64 {
	var total float64
	for _, pid := range numbers(*servers) {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		for _, line := range strings.Split(string(text), "\n") {
			if rest, found := strings.CutPrefix(line, "VmRSS:"); found {
				kilobytes, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				total += kilobytes
			}
		}
	}
	return total
}
