// Command coredns is CoreDNS with only the plugins that a one-node cluster needs.
package main

import (
	"github.com/coredns/coredns/coremain"

	// Plugins register themselves; the Corefile names each of these.
	_ "github.com/coredns/coredns/core/dnsserver"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() { coremain.Run() }
