module tidegate.dev/bench/loadgen

go 1.24
