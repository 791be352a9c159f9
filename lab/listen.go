package lab

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// listeners are the servers of a topology, all on one epoll. They are opened
// when a probe first needs their port.
type listeners struct {
	l       *Lab
	epoll   int
	open    map[serverKey]int
	sockets map[int]server
	tunnels map[int]*tunnel
	// families are what translates between IPv4 and IPv6.
	families map[int]*translator
	ready    map[serverPort]bool
	events   []unix.EpollEvent
	buf      []byte
	oob      []byte
	extra    []visit // probes of a tunnel's own port
}

type serverPort struct {
	proto uint8
	port  uint16
	v6    bool
}

type serverKey struct {
	node *node
	serverPort
}

type server struct {
	node  *node
	proto uint8
}

// A visit is a request that a server has got.
type visit struct {
	node  *node
	peer  netip.AddrPort
	local netip.Addr
	conn  int // of TCP
	token uint64
}

func newListeners(l *Lab) (*listeners, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &listeners{l: l, epoll: fd, open: map[serverKey]int{}, sockets: map[int]server{}, tunnels: map[int]*tunnel{}, families: map[int]*translator{},
		ready: map[serverPort]bool{}, events: make([]unix.EpollEvent, 32), buf: make([]byte, 1<<16), oob: make([]byte, 256)}, nil
}

func (s *listeners) watch(fd int) error {
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

// want opens a port on every host that may answer.
func (s *listeners) want(p serverPort) error {
	if p.proto != packet.TCP && p.proto != packet.UDP || s.ready[p] {
		return nil
	}
	for _, n := range s.l.nodes {
		if err := s.listen(n, p); err != nil {
			return fmt.Errorf("%s: port %d: %w", n, p.port, err)
		}
	}
	s.ready[p] = true
	return nil
}

// shut closes a port of one host that a client needs for itself.
func (s *listeners) shut(n *node, p serverPort) {
	k := serverKey{n, p}
	if fd, ok := s.open[k]; ok {
		delete(s.open, k)
		delete(s.sockets, fd)
		unix.Close(fd)
		s.ready[p] = false
	}
}

func (s *listeners) listen(n *node, p serverPort) error {
	k := serverKey{n, p}
	if _, ok := s.open[k]; ok || s.tunnelPort(n, p) {
		return nil
	}
	return s.l.t.in(n.namespace, func() error {
		fd, err := openSocket(p.v6, p.proto)
		if err != nil {
			return err
		}
		addr := netip.IPv4Unspecified()
		if p.v6 {
			addr = netip.IPv6Unspecified()
		}
		if err := unix.Bind(fd, sockaddr(netip.AddrPortFrom(addr, p.port))); err != nil {
			unix.Close(fd)
			return err
		}
		if p.proto == packet.TCP {
			err = unix.Listen(fd, 4096)
		} else {
			err = receiveInfo(fd, p.v6, replyTOS)
		}
		if err != nil {
			unix.Close(fd)
			return err
		}
		s.open[k] = fd
		s.sockets[fd] = server{n, p.proto}
		return s.watch(fd)
	})
}

// tunnelPort reports whether a tunnel of the host has the port; the tunnel
// then answers for it.
func (s *listeners) tunnelPort(n *node, p serverPort) bool {
	for _, t := range s.l.tunnels {
		for _, e := range t.ends {
			if e.node == n && t.m.Protocol == p.proto && t.m.Port == p.port && e.v6 == p.v6 {
				return true
			}
		}
	}
	return false
}

// replyTOS marks a UDP answer, outerTOS a tunnel's own packet from the end that
// began and answerTOS one from the other end: the ruleset and the log cannot
// tell them otherwise.
const (
	replyTOS  = 1 << 2
	outerTOS  = 2 << 2
	answerTOS = 3 << 2
)

// receiveInfo asks for the address that a packet was for, to answer from it.
func receiveInfo(fd int, v6 bool, tos int) error {
	if v6 {
		if err := unix.SetsockoptInt(fd, unix.SOL_IPV6, unix.IPV6_RECVPKTINFO, 1); err != nil {
			return err
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_IPV6, unix.IPV6_RECVTCLASS, 1); err != nil {
			return err
		}
		return unix.SetsockoptInt(fd, unix.SOL_IPV6, unix.IPV6_TCLASS, tos)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_RECVTOS, 1); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_PKTINFO, 1); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_TOS, tos)
}

func openSocket(v6 bool, proto uint8) (int, error) {
	family, kind := unix.AF_INET, unix.SOCK_STREAM
	if v6 {
		family = unix.AF_INET6
	}
	switch proto {
	case packet.UDP:
		kind = unix.SOCK_DGRAM
	case packet.ICMP, packet.ICMPv6:
		kind = unix.SOCK_RAW
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, int(proto))
	if err != nil {
		return 0, err
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	_ = unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_FREEBIND, 1)
	if v6 {
		_ = unix.SetsockoptInt(fd, unix.SOL_IPV6, unix.IPV6_V6ONLY, 1)
		_ = unix.SetsockoptInt(fd, unix.SOL_IPV6, unix.IPV6_FREEBIND, 1)
	}
	return fd, nil
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

func addrPort(s unix.Sockaddr) netip.AddrPort {
	switch s := s.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(s.Addr), uint16(s.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(s.Addr), uint16(s.Port))
	}
	return netip.AddrPort{}
}

// poll serves what is there and returns the visits.
func (s *listeners) poll(dst []visit) []visit {
	n, err := unix.EpollWait(s.epoll, s.events, 0)
	if err != nil || n == 0 {
		return dst
	}
	for _, e := range s.events[:n] {
		fd := int(e.Fd)
		if t := s.tunnels[fd]; t != nil {
			t.carry(fd)
			dst, s.extra = append(dst, s.extra...), s.extra[:0]
			continue
		}
		if t := s.families[fd]; t != nil {
			t.carry()
			continue
		}
		srv, ok := s.sockets[fd]
		switch {
		case !ok:
		case srv.proto == packet.TCP:
			if conn, peer, err := unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC); err == nil {
				dst = append(dst, visit{node: srv.node, peer: addrPort(peer), conn: conn})
			}
		default:
			if v, ok := s.echo(fd); ok {
				v.node = srv.node
				dst = append(dst, v)
			}
		}
	}
	return dst
}

func (s *listeners) close() {
	for fd := range s.families {
		unix.Close(fd)
	}
	for fd := range s.sockets {
		unix.Close(fd)
	}
	unix.Close(s.epoll)
}
