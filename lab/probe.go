package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// firstID is above what a NAT chooses that cannot keep an ICMP id: it counts
// from 0.
const firstID = 20000

// A Probe is one request to send.
type Probe struct {
	Instance *model.Instance      // who sends; nil for a site or the internet
	Site     *model.VPNConnection // who sends; nil for an instance or the internet
	Edge     model.Resource       // or the carrier or local gateway that the sender is behind
	Endpoint *model.Interface     // or that of an Instance Connect endpoint
	// Named is the interface that the packets must leave by; without it the
	// host's routes choose, and the source address too when it is not given.
	Named  *model.Interface
	Header packet.Header
}

// Outcome is what became of a probe.
type Outcome struct {
	Source   netip.Addr // the source address used
	Err      error      // the sender's kernel refused to send
	Walks    [2]Walk    // forward, return
	Answered string     // who answered; "" when nobody did
	Seen     netip.AddrPort
	Local    bool // the request never left the host
	Home     bool // the answer came back to the socket
	Refused  bool // a TCP reset came back
	Reports  []string
}

// request is a probe on its way.
type request struct {
	l      *Lab
	p      Probe
	from   *node
	fd     int
	id     uint16
	token  uint64
	out    *Outcome
	visits []visit
	walk   walker
}

func (l *Lab) nodeOf(p Probe) *node {
	switch {
	case p.Instance != nil:
		return l.hosts[p.Instance]
	case p.Site != nil:
		return l.sites[p.Site]
	case p.Edge != nil:
		return l.edges[p.Edge]
	case p.Endpoint != nil:
		return l.connects[p.Endpoint]
	}
	return l.internet
}

// Send sends a probe and follows it. It returns at once when it came back or
// was dropped, and otherwise when nothing more happens for guard.
func (l *Lab) Send(p Probe, guard time.Duration) (*Outcome, error) {
	h := p.Header
	v6 := h.Dst.Is6()
	from := l.nodeOf(p)
	for _, port := range l.portsBehind(h.Proto, h.DPort) {
		for _, other := range []bool{v6, !v6} {
			if other != v6 && len(l.serve.families) == 0 {
				continue // nothing changes the family
			}
			if err := l.serve.want(serverPort{h.Proto, port, other}); err != nil {
				return nil, err
			}
		}
	}
	l.serve.shut(from, serverPort{h.Proto, h.SPort, v6})
	l.ids++
	r := &request{l: l, p: p, from: from, id: l.ids, token: uint64(l.ids)<<32 | uint64(time.Now().UnixNano()&0xffffffff), out: &Outcome{}}
	r.walk = walker{l: l, proto: h.Proto, id: r.id, out: r.out, visited: map[visited]bool{}}
	l.current = &r.walk
	defer func() { l.current = nil }()
	l.seen = l.log.read(l.seen[:0]) // what earlier probes left behind
	for _, v := range l.serve.poll(nil) {
		if v.conn > 0 {
			closeHard(v.conn)
		}
	}
	if err := l.t.in(from.namespace, r.open); err != nil {
		return nil, fmt.Errorf("%s: probe %+v: %w", from, h, err)
	}
	defer r.close()
	if r.out.Err == nil {
		r.follow(guard)
		r.reports() // of the answer that has just come home
		if r.out.Home && r.out.Answered == "" && !r.out.Walks[forward].Started {
			r.out.Answered = from.String() // a ping of the host itself
		}
	}
	return r.out, nil
}

// portsBehind returns a port and what port forwards and listeners may make of
// it.
func (l *Lab) portsBehind(proto uint8, port uint16) []uint16 {
	out := []uint16{port}
	for k := 0; k < len(out); k++ {
		for _, inst := range l.Topology.Instances {
			for _, f := range inst.PortForwards {
				if f.Protocol == proto && f.ToPort != 0 && f.Ports.Lo <= out[k] && out[k] <= f.Ports.Hi && !slices.Contains(out, f.ToPort) {
					out = append(out, f.ToPort)
				}
			}
		}
		for _, lb := range l.Topology.LoadBalancers {
			for _, li := range lb.Listeners {
				for _, t := range li.Targets {
					if li.Port == out[k] && slices.Contains(li.Protocols, proto) && !slices.Contains(out, t.Port) {
						out = append(out, t.Port)
					}
				}
			}
		}
	}
	return out
}

// open makes the socket and sends the request.
func (r *request) open() error {
	h := r.p.Header
	fd, err := openSocket(h.Dst.Is6(), h.Proto)
	if err != nil {
		return err
	}
	r.fd = fd
	if r.p.Named != nil {
		for k, i := range r.p.Instance.Interfaces {
			if i == r.p.Named {
				if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, namedMark+k); err != nil {
					return err
				}
			}
		}
	}
	if r.l.anyClient(r.p) { // from an address of nobody here
		if err := unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_TRANSPARENT, 1); err != nil {
			return err
		}
	}
	src := h.Src
	if !src.IsValid() {
		src = netip.IPv4Unspecified()
		if h.Dst.Is6() {
			src = netip.IPv6Unspecified()
		}
	}
	sport := h.SPort
	if h.Proto == packet.ICMP || h.Proto == packet.ICMPv6 {
		sport = 0
	}
	if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(src, sport))); err != nil {
		return fmt.Errorf("bind %s port %d: %w", src, sport, err)
	}
	to := netip.AddrPortFrom(h.Dst, h.DPort)
	if h.Proto == packet.ICMP || h.Proto == packet.ICMPv6 {
		to = netip.AddrPortFrom(h.Dst, 0)
	}
	err = unix.Connect(fd, sockaddr(to))
	if err != nil && !errors.Is(err, unix.EINPROGRESS) {
		r.out.Err = err
		return nil
	}
	if own, err := unix.Getsockname(fd); err == nil {
		r.out.Source = addrPort(own).Addr()
	}
	switch h.Proto {
	case packet.UDP:
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], r.token)
		_, err = unix.Write(fd, b[:])
	case packet.ICMP, packet.ICMPv6:
		_, err = unix.Write(fd, echoRequest(h.Proto, r.id, r.token))
	default:
		return nil
	}
	if err != nil {
		r.out.Err = err
	}
	return nil
}

// close ends the connection at both ends, with a reset.
func (r *request) close() {
	if r.fd > 0 {
		closeHard(r.fd)
	}
	for _, v := range r.visits {
		if v.conn > 0 {
			closeHard(v.conn)
		}
	}
}

func closeHard(fd int) {
	_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	unix.Close(fd)
}
