package lab

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// A tunnel joins two hosts by TUN devices and a forwarder in user space, as
// OpenVPN does: what a host routes into its device is sent to the other host
// inside UDP, which crosses security groups, network ACLs and gateways for
// itself (VPNI-2).
type tunnel struct {
	l    *Lab
	m    *model.Tunnel
	ends [2]tunnelEnd
	up   bool
	pong bool
	// first is the end that began, once the tunnel is up.
	first *tunnelEnd
}

type tunnelEnd struct {
	node   *node
	device int
	socket int
	remote netip.AddrPort
	v6     bool
}

// Kinds of outer packets; a probe of the tunnel's own port begins otherwise.
const (
	outerPing = 0xf1 + iota
	outerPong
	outerData
)

// buildTunnels makes the devices and finds out which tunnels come up.
func (l *Lab) buildTunnels() error {
	for k, m := range l.Topology.Tunnels {
		t := &tunnel{l: l, m: m}
		l.tunnels = append(l.tunnels, t)
		for n := range m.Ends {
			if err := t.buildEnd(n, linkName("tun", k, "")); err != nil {
				return fmt.Errorf("tunnel %s: %w", m.Name, err)
			}
		}
	}
	return l.raiseTunnels()
}

func (t *tunnel) buildEnd(n int, name string) error {
	m, end := t.m.Ends[n], &t.ends[n]
	end.node = t.l.hosts[m.Instance]
	remote := t.outerAddress(m.Peer().Instance)
	end.remote, end.v6 = netip.AddrPortFrom(remote, t.m.Port), remote.Is6()
	return t.l.t.in(end.node.namespace, func() error {
		fd, err := openTUN(name)
		if err != nil {
			return err
		}
		end.device = fd
		// Strict reverse path filtering on the tunnel alone (VPNI-4).
		if err := sysctl([2]string{"ipv4/conf/" + name + "/rp_filter", "1"}); err != nil {
			return err
		}
		index, err := end.node.up(name)
		if err != nil {
			return err
		}
		if err := t.address(end.node.namespace, index, m); err != nil {
			return err
		}
		return t.listen(end)
	})
}

func (t *tunnel) address(ns *namespace, index int, m *model.TunnelEnd) error {
	if m.Address.IsValid() {
		if err := ns.address(index, m.Address); err != nil {
			return err
		}
	}
	routes := map[netip.Prefix]bool{}
	if a := m.Peer().Address; a.IsValid() {
		routes[full(a)] = true
	}
	for _, b := range m.Routes {
		routes[b.Prefix.Masked()] = true
	}
	for p := range routes {
		if err := ns.route(unix.RT_TABLE_MAIN, p, index, 0, unix.RTN_UNICAST); err != nil {
			return err
		}
	}
	return nil
}

// outerAddress is where an end sends to: the other's public address, or its
// private one when it has none.
func (t *tunnel) outerAddress(to *model.Instance) netip.Addr {
	for _, i := range to.Interfaces {
		if pub, ok := i.PublicOf(i.Primary(false)); ok {
			return pub
		}
	}
	if a := to.Interfaces[0].Primary(false); a.IsValid() {
		return a
	}
	return to.Interfaces[0].Primary(true)
}

func (t *tunnel) listen(end *tunnelEnd) error {
	fd, err := openSocket(end.v6, t.m.Protocol)
	if err != nil {
		return err
	}
	end.socket = fd
	any := netip.IPv4Unspecified()
	if end.v6 {
		any = netip.IPv6Unspecified()
	}
	if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(any, t.m.Port))); err != nil {
		return err
	}
	if err := receiveInfo(fd, end.v6, outerTOS); err != nil {
		return err
	}
	for _, fd := range []int{end.device, end.socket} {
		t.l.serve.tunnels[fd] = t
		if err := t.l.serve.watch(fd); err != nil {
			return err
		}
	}
	return nil
}

// raiseTunnels lets each end begin, and keeps the first that gets an answer.
// Between the attempts everything is forgotten: what one attempt leaves in a
// security group must not let the other in.
func (l *Lab) raiseTunnels() error {
	for _, t := range l.tunnels {
		t.up = false
	}
	for range l.tunnels { // one tunnel may run inside another
		again := false
		for _, t := range l.tunnels {
			if t.up {
				continue
			}
			if err := t.raise(); err != nil {
				return err
			}
			again = again || t.up
		}
		if !again {
			break
		}
	}
	return nil
}

func (t *tunnel) raise() error {
	for n := range t.ends {
		end := &t.ends[n]
		t.pong = false
		err := unix.Sendto(end.socket, []byte{outerPing}, 0, sockaddr(end.remote))
		for deadline := time.Now().Add(8 * time.Millisecond); err == nil && !t.pong && time.Now().Before(deadline); {
			t.l.serve.poll(nil)
			fds := []unix.PollFd{{Fd: int32(t.l.serve.epoll), Events: unix.POLLIN}}
			_, _ = unix.Poll(fds, 1)
		}
		if t.pong {
			t.up, t.first = true, end
			return nil
		}
		if err := t.l.forget(); err != nil {
			return err
		}
	}
	return nil
}

// forget empties the sets in which the fabric remembers connections.
func (l *Lab) forget() error {
	text := ""
	for _, name := range l.states {
		text += "flush set inet fabric " + name + "\n"
	}
	return l.t.in(l.fabric, func() error { return nft(text) })
}

// clean forgets everything that earlier probes have left behind.
func (l *Lab) clean() error {
	l.settle()
	if err := l.forget(); err != nil {
		return err
	}
	if err := l.flush(); err != nil {
		return err
	}
	return l.raiseTunnels()
}

// carry moves one packet on: from a device into the outer socket, or from the
// socket into the device.
func (t *tunnel) carry(fd int) {
	var b [2048]byte
	for n := range t.ends {
		end := &t.ends[n]
		switch fd {
		case end.device:
			if size, err := unix.Read(fd, b[1:]); err == nil {
				t.inner(end, b[:size+1])
			}
		case end.socket:
			t.outer(end, b[:])
		}
	}
}

func (t *tunnel) inner(end *tunnelEnd, b []byte) {
	var r report
	if !r.parsePacket(b[1:]) {
		return
	}
	if w := t.l.current; w != nil && !w.through(t, r) {
		return
	}
	if t.up {
		b[0] = outerData
		tos := outerTOS
		if end != t.first {
			tos = answerTOS
		}
		_, _ = unix.SendmsgN(end.socket, b, tosInfo(end.v6, tos), sockaddr(end.remote), unix.MSG_DONTWAIT)
	}
}

// outer takes in a packet of the tunnel itself. Whoever asks is answered, at
// the address that he is seen by; from the address that he asked.
func (t *tunnel) outer(end *tunnelEnd, b []byte) {
	var oob [256]byte
	n, oobn, _, from, err := unix.Recvmsg(end.socket, b, oob[:], unix.MSG_DONTWAIT)
	if err != nil || n == 0 {
		return
	}
	switch b[0] {
	case outerPing:
		end.remote = addrPort(from)
		local, _ := infoOf(oob[:oobn])
		_, _ = unix.SendmsgN(end.socket, []byte{outerPong}, append(sourceInfo(local), tosInfo(end.v6, answerTOS)...), from, unix.MSG_DONTWAIT)
	case outerPong:
		if addrPort(from) == end.remote {
			t.pong = true
		}
	case outerData:
		_, _ = unix.Write(end.device, b[1:n])
	default:
		if local, tos := infoOf(oob[:oobn]); n >= 8 && tos&^3 != replyTOS {
			v := visit{node: end.node, peer: addrPort(from), local: local, token: binary.BigEndian.Uint64(b)}
			_, _ = unix.SendmsgN(end.socket, b[:n], append(sourceInfo(v.local), tosInfo(end.v6, replyTOS)...), from, unix.MSG_DONTWAIT)
			t.l.serve.extra = append(t.l.serve.extra, v)
		}
	}
}

func (t *tunnel) close() {
	for _, e := range t.ends {
		for _, fd := range []int{e.device, e.socket} {
			if fd > 0 {
				unix.Close(fd)
			}
		}
	}
}

// through notes a packet that enters a tunnel; it is false when the tunnel is
// down.
func (w *walker) through(t *tunnel, r report) bool {
	dir, ok := w.direction(r)
	if !ok || w.ended {
		return t.up
	}
	walk := &w.out.Walks[dir]
	w.out.Reports = append(w.out.Reports, fmt.Sprintf("T %s %v", t.m.Name, r.header))
	if dir == back && !walk.Started {
		for _, end := range t.ends { // a host that answers into its own tunnel
			for _, a := range ownAddresses(end.node.instance) {
				if a == r.header.Src {
					w.out.Answered, w.out.Seen = end.node.String(), netip.AddrPortFrom(r.header.Dst, r.header.DPort)
				}
			}
		}
	}
	walk.Started, walk.Last = true, r.header
	if !t.up {
		w.drop(walk, Drop{Code: eval.TunnelDown, Component: t.m.Name})
		return false
	}
	walk.Steps = append(walk.Steps, Step{"through", t.m.Name})
	return true
}

func ownAddresses(inst *model.Instance) []netip.Addr {
	var out []netip.Addr
	for _, i := range inst.Interfaces {
		out = append(out, i.Addrs()...)
	}
	for _, e := range inst.TunnelEnds {
		if e.Address.IsValid() {
			out = append(out, e.Address)
		}
	}
	return out
}
