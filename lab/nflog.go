package lab

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// An nflog is the socket on which the ruleset of a namespace reports.
type nflog struct {
	fd  int
	buf []byte
}

const nflogGroup = 7

// openLog opens the log of the namespace that the thread is in.
func openLog() (*nflog, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, err
	}
	l := &nflog{fd: fd, buf: make([]byte, 1<<16)}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 4<<20)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		l.close()
		return nil, err
	}
	// Bind the group; copy the first bytes of packets; report each at once.
	mode := make([]byte, 6)
	binary.BigEndian.PutUint32(mode, 96)
	mode[4] = 2 // NFULNL_COPY_PACKET
	for _, attr := range [][]byte{
		attribute(1, []byte{1}),          // NFULA_CFG_CMD: bind
		attribute(2, mode),               // NFULA_CFG_MODE
		attribute(5, []byte{0, 0, 0, 1}), // NFULA_CFG_QTHRESH
	} {
		if err := l.configure(attr); err != nil {
			l.close()
			return nil, fmt.Errorf("packet log: %w", err)
		}
	}
	return l, nil
}

func (l *nflog) close() { unix.Close(l.fd) }

func attribute(kind uint16, data []byte) []byte {
	n := 4 + len(data)
	b := make([]byte, (n+3)&^3)
	binary.NativeEndian.PutUint16(b, uint16(n))
	binary.NativeEndian.PutUint16(b[2:], kind)
	copy(b[4:], data)
	return b
}

func (l *nflog) configure(attr []byte) error {
	b := make([]byte, 20+len(attr))
	binary.NativeEndian.PutUint32(b, uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], 4<<8|1) // NFNL_SUBSYS_ULOG, NFULNL_MSG_CONFIG
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	binary.BigEndian.PutUint16(b[18:], nflogGroup)
	copy(b[20:], attr)
	if err := unix.Sendto(l.fd, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	p := []unix.PollFd{{Fd: int32(l.fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(p, 1000); n == 0 {
		return fmt.Errorf("no answer: %v", err)
	}
	n, _, err := unix.Recvfrom(l.fd, l.buf, 0)
	if err != nil {
		return err
	}
	if n >= 20 && binary.NativeEndian.Uint16(l.buf[4:]) == unix.NLMSG_ERROR {
		if code := int32(binary.NativeEndian.Uint32(l.buf[16:])); code != 0 {
			return syscall.Errno(-code)
		}
	}
	return nil
}

// A report is one line of the log: what the ruleset said, and the packet as
// it was there.
type report struct {
	prefix   string
	in, out  int // link indices
	header   packet.Header
	tos      uint8
	tcpFlags uint8
	id       uint16 // ICMP echo
}

// read appends all reports that are there.
func (l *nflog) read(dst []report) []report {
	for {
		n, _, err := unix.Recvfrom(l.fd, l.buf, 0)
		if err == unix.EINTR || err == unix.ENOBUFS {
			continue
		}
		if err != nil {
			return dst
		}
		for b := l.buf[:n]; len(b) >= 20; {
			size := int(binary.NativeEndian.Uint32(b))
			if size < 20 || size > len(b) {
				break
			}
			if binary.NativeEndian.Uint16(b[4:]) == 4<<8 { // NFULNL_MSG_PACKET
				if r, ok := parseReport(b[20:size]); ok {
					dst = append(dst, r)
				}
			}
			b = b[min((size+3)&^3, len(b)):]
		}
	}
}

func parseReport(b []byte) (report, bool) {
	var r report
	ok := false
	for len(b) >= 4 {
		n := int(binary.NativeEndian.Uint16(b))
		if n < 4 || n > len(b) {
			break
		}
		data := b[4:n]
		switch binary.NativeEndian.Uint16(b[2:]) & 0x3fff {
		case 4:
			r.in = int(binary.BigEndian.Uint32(data))
		case 5:
			r.out = int(binary.BigEndian.Uint32(data))
		case 9:
			ok = r.parsePacket(data)
		case 10:
			r.prefix = strings.TrimRight(string(data), "\x00")
		}
		b = b[min((n+3)&^3, len(b)):]
	}
	return r, ok
}

// parsePacket reads the head of an IP packet.
func (r *report) parsePacket(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	var l4 []byte
	h := &r.header
	switch b[0] >> 4 {
	case 4:
		r.tos = b[1]
		h.Proto = b[9]
		h.Src, _ = netip.AddrFromSlice(b[12:16])
		h.Dst, _ = netip.AddrFromSlice(b[16:20])
		l4 = b[min(int(b[0]&15)*4, len(b)):]
	case 6:
		if len(b) < 40 {
			return false
		}
		r.tos = b[0]<<4 | b[1]>>4
		h.Proto = b[6]
		h.Src, _ = netip.AddrFromSlice(b[8:24])
		h.Dst, _ = netip.AddrFromSlice(b[24:40])
		l4 = b[40:]
	default:
		return false
	}
	if len(l4) < 8 {
		return false
	}
	switch h.Proto {
	case packet.TCP, packet.UDP:
		h.SPort, h.DPort = binary.BigEndian.Uint16(l4), binary.BigEndian.Uint16(l4[2:])
		if h.Proto == packet.TCP && len(l4) >= 14 {
			r.tcpFlags = l4[13]
		}
	case packet.ICMP, packet.ICMPv6:
		h.DPort = binary.BigEndian.Uint16(l4)
		r.id = binary.BigEndian.Uint16(l4[4:])
	}
	return true
}
