package serve

import (
	"os"
	"runtime"
	"runtime/debug"
)

// memoryLimit is the soft limit, in bytes, of what the Go runtime uses. It
// leaves room for the pages of the executable, some 27 MiB, in a container of
// 64 MiB.
const memoryLimit = 32 << 20

// LimitMemory makes the garbage collector work harder rather than let the
// process outgrow a container of 64 MiB. An explicit GOMEMLIMIT is left alone.
// The limit is soft: one request larger than it is still answered.
func LimitMemory() {
	if _, explicit := os.LookupEnv("GOMEMLIMIT"); !explicit {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// maxConcurrentStreams is how many requests of one connection are decoded and
// answered at a time. The others wait at the client, where they cost no memory
// here. Answering is pure computation: more requests at once than processors
// cost memory and gain nothing, and a few processors serve Crossplane well on
// any node.
func maxConcurrentStreams() uint32 {
	return uint32(min(max(runtime.GOMAXPROCS(0), 2), 4))
}
