package lab

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Every link has the same hardware address at both ends and no address
// resolution: the kernel then takes its own address for the neighbour's, and
// a route is just a device.
var oneMAC = net.HardwareAddr{2, 0, 0, 0, 0, 1}

// veth joins two namespaces, both ends up, and returns the index of the link
// at each end. The thread may be anywhere.
func veth(a *namespace, nameA string, b *namespace, nameB string) (int, int, error) {
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.HardwareAddr, attrs.TxQLen = nameA, oneMAC, 1000
	l := &netlink.Veth{LinkAttrs: attrs, PeerName: nameB, PeerHardwareAddr: oneMAC}
	if a != b {
		l.PeerNamespace = netlink.NsFd(b.fd)
	}
	if err := a.nl.LinkAdd(l); err != nil {
		return 0, 0, fmt.Errorf("link %s-%s: %w", nameA, nameB, err)
	}
	ia, err := a.up(nameA)
	if err != nil {
		return 0, 0, err
	}
	ib, err := b.up(nameB)
	return ia, ib, err
}

// sink makes a device that packets are routed to only to be dropped before
// they reach it.
func (ns *namespace) sink(name string) (int, error) {
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.HardwareAddr = name, oneMAC
	if err := ns.nl.LinkAdd(&netlink.Bridge{LinkAttrs: attrs}); err != nil {
		return 0, fmt.Errorf("sink %s: %w", name, err)
	}
	return ns.up(name)
}

func (ns *namespace) up(name string) (int, error) {
	l, err := ns.nl.LinkByName(name)
	if err != nil {
		return 0, fmt.Errorf("%s: link %s: %w", ns.name, name, err)
	}
	if name != "lo" {
		if err := ns.nl.LinkSetARPOff(l); err != nil {
			return 0, err
		}
	}
	return l.Attrs().Index, ns.nl.LinkSetUp(l)
}

// address gives a device an address of its own, without a subnet.
func (ns *namespace) address(index int, a netip.Addr) error {
	l := &netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Index: index}}
	err := ns.nl.AddrAdd(l, &netlink.Addr{IPNet: ipNet(netip.PrefixFrom(a, a.BitLen())), Flags: unix.IFA_F_NODAD})
	if err != nil {
		return fmt.Errorf("%s: address %s: %w", ns.name, a, err)
	}
	return nil
}

// route adds a route out of a device; a kind other than unicast needs none.
func (ns *namespace) route(table int, p netip.Prefix, index, metric, kind int) error {
	r := &netlink.Route{Table: table, Dst: ipNet(p.Masked()), LinkIndex: index, Priority: metric, Type: kind}
	if kind == unix.RTN_UNICAST && p.Addr().Is4() || kind == unix.RTN_LOCAL {
		r.Scope = netlink.SCOPE_LINK
	}
	if kind == unix.RTN_LOCAL {
		r.Scope = netlink.SCOPE_HOST
	}
	if err := ns.nl.RouteAdd(r); err != nil {
		return fmt.Errorf("%s: route %s table %d link %d kind %d: %w", ns.name, p, table, index, kind, err)
	}
	return nil
}

// multipath adds a route out of several devices, which a flow chooses among.
func (ns *namespace) multipath(table int, p netip.Prefix, links []int, metric int) error {
	r := &netlink.Route{Table: table, Dst: ipNet(p.Masked()), Priority: metric, Type: unix.RTN_UNICAST}
	if p.Addr().Is4() {
		r.Scope = netlink.SCOPE_LINK
	}
	for _, index := range links {
		r.MultiPath = append(r.MultiPath, &netlink.NexthopInfo{LinkIndex: index})
	}
	if err := ns.nl.RouteAdd(r); err != nil {
		return fmt.Errorf("%s: route %s table %d links %v: %w", ns.name, p, table, links, err)
	}
	return nil
}

// A policy is a rule that chooses a routing table.
type policy struct {
	priority, table int
	iif             string
	mark, mask      uint32
	to, from        netip.Prefix
	v6              bool
}

func (ns *namespace) policy(p policy) error {
	r := netlink.NewRule()
	r.Family = unix.AF_INET
	if p.v6 {
		r.Family = unix.AF_INET6
	}
	r.Priority, r.Table, r.IifName = p.priority, p.table, p.iif
	if p.mask != 0 {
		r.Mark, r.Mask = p.mark, &p.mask
	}
	if p.from.IsValid() {
		r.Src = ipNet(p.from)
	}
	if p.to.IsValid() {
		r.Dst = ipNet(p.to)
	}
	if err := ns.nl.RuleAdd(r); err != nil {
		return fmt.Errorf("%s: rule %+v: %w", ns.name, p, err)
	}
	return nil
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// waitLinks returns when every link of the namespaces carries packets: the end
// of a veth pair that comes up first gets its queue from a worker of the
// kernel, and until then what is sent into it is lost without a trace.
func waitLinks(list []*namespace) error {
	deadline := time.Now().Add(5 * time.Second)
	for _, ns := range list {
		for {
			links, err := ns.nl.LinkList()
			if err != nil {
				return err
			}
			ready := true
			for _, l := range links {
				if l.Type() == "veth" && l.Attrs().OperState != netlink.OperUp {
					ready = false
				}
			}
			if ready {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("%s: a link does not come up", ns.name)
			}
			time.Sleep(200 * time.Microsecond)
		}
	}
	return nil
}
