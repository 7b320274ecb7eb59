package main

import (
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// unroutedMetric makes the blackhole the last choice, after the bridge's own
// route to the pods.
const unroutedMetric = 4000

// makeNetwork makes the bridge that pods are attached to and the routes that
// keep their traffic, and that for Services, on this machine. What exists
// already is left as it is.
func makeNetwork() error {
	attributes := netlink.NewLinkAttrs()
	attributes.Name = bridge

	if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: attributes}); err != nil && !errors.Is(err, unix.EEXIST) {
		return errors.Wrapf(err, "cannot make the bridge %s", bridge)
	}

	link, err := netlink.LinkByName(bridge)
	if err != nil {
		return errors.Wrapf(err, "cannot find the bridge %s", bridge)
	}

	address, err := netlink.ParseAddr(bridgePrefix)
	if err != nil {
		return errors.Wrapf(err, "cannot parse the address %s", bridgePrefix)
	}

	if err := netlink.AddrReplace(link, address); err != nil {
		return errors.Wrapf(err, "cannot give the bridge the address %s", bridgePrefix)
	}

	if err := netlink.LinkSetUp(link); err != nil {
		return errors.Wrapf(err, "cannot set the bridge %s up", bridge)
	}

	routes, err := clusterRoutes(link.Attrs().Index)
	if err != nil {
		return err
	}

	for _, r := range routes {
		if err := netlink.RouteReplace(&r); err != nil {
			return errors.Wrapf(err, "cannot make the route to %s", r.Dst)
		}
	}

	return nil
}

// clusterRoutes are the routes besides the bridge's own. Service addresses are
// routed at the bridge rather than blackholed: the kernel refuses to connect
// through a blackhole before kube-proxy's rules have a chance to translate.
func clusterRoutes(bridgeIndex int) ([]netlink.Route, error) {
	_, pods, err := net.ParseCIDR(unroutedRange)
	if err != nil {
		return nil, errors.Wrap(err, "cannot parse the pod range")
	}

	_, services, err := net.ParseCIDR(serviceRange)
	if err != nil {
		return nil, errors.Wrap(err, "cannot parse the Service range")
	}

	return []netlink.Route{
		{Dst: pods, Type: unix.RTN_BLACKHOLE, Priority: unroutedMetric},
		{Dst: services, LinkIndex: bridgeIndex, Priority: 100},
	}, nil
}

// removeNetwork removes the bridge with its routes, the pods' interfaces on it
// and the blackhole. What is gone already is no error.
func removeNetwork() error {
	routes, err := clusterRoutes(0)
	if err != nil {
		return err
	}

	if err := netlink.RouteDel(&routes[0]); err != nil && !errors.Is(err, unix.ESRCH) {
		return errors.Wrapf(err, "cannot remove the route to %s", routes[0].Dst)
	}

	links, err := clusterLinks()
	if err != nil {
		return err
	}

	for _, l := range links {
		if err := netlink.LinkDel(l); err != nil && !errors.As(err, &netlink.LinkNotFoundError{}) && !errors.Is(err, unix.ENODEV) {
			return errors.Wrapf(err, "cannot remove the network interface %s", l.Attrs().Name)
		}
	}

	return nil
}

// clusterLinks are the interfaces attached to the bridge, and the bridge.
func clusterLinks() ([]netlink.Link, error) {
	link, err := netlink.LinkByName(bridge)
	if errors.As(err, &netlink.LinkNotFoundError{}) {
		return nil, nil
	}

	if err != nil {
		return nil, errors.Wrapf(err, "cannot find the bridge %s", bridge)
	}

	all, err := netlink.LinkList()
	if err != nil {
		return nil, errors.Wrap(err, "cannot list network interfaces")
	}

	links := make([]netlink.Link, 0, len(all))

	for _, l := range all {
		if l.Attrs().MasterIndex == link.Attrs().Index {
			links = append(links, l)
		}
	}

	return append(links, link), nil
}

// networkLeftovers names the interfaces and routes of the cluster that exist.
func networkLeftovers() ([]string, error) {
	links, err := clusterLinks()
	if err != nil {
		return nil, err
	}

	var left []string
	for _, l := range links {
		left = append(left, "network interface "+l.Attrs().Name)
	}

	existing, err := netlink.RouteList(nil, netlink.FAMILY_V4)
	if err != nil {
		return nil, errors.Wrap(err, "cannot list routes")
	}

	wanted, err := clusterRoutes(0)
	if err != nil {
		return nil, err
	}

	for _, e := range existing {
		for _, w := range wanted {
			if e.Dst != nil && e.Dst.String() == w.Dst.String() {
				left = append(left, "route to "+e.Dst.String())
			}
		}
	}

	return left, nil
}
