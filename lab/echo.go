package lab

import (
	"encoding/binary"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// echo answers one UDP request from the address that it was for.
func (s *listeners) echo(fd int) (visit, bool) {
	n, oobn, _, from, err := unix.Recvmsg(fd, s.buf, s.oob, unix.MSG_DONTWAIT)
	if err != nil || n < 8 {
		return visit{}, false
	}
	v := visit{peer: addrPort(from), token: binary.BigEndian.Uint64(s.buf)}
	var tos uint8
	if v.local, tos = infoOf(s.oob[:oobn]); tos&^3 == replyTOS {
		return visit{}, false // an answer that has come to the wrong host
	}
	_, _ = unix.SendmsgN(fd, s.buf[:n], sourceInfo(v.local), from, unix.MSG_DONTWAIT)
	return v, true
}

// infoOf finds the address that a packet was for, and its type of service, in
// its control messages.
func infoOf(oob []byte) (to netip.Addr, tos uint8) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return to, tos
	}
	for _, m := range msgs {
		v6 := m.Header.Level == unix.SOL_IPV6
		switch {
		case !v6 && m.Header.Type == unix.IP_PKTINFO && len(m.Data) >= 12:
			to, _ = netip.AddrFromSlice(m.Data[8:12])
		case v6 && m.Header.Type == unix.IPV6_PKTINFO && len(m.Data) >= 16:
			to, _ = netip.AddrFromSlice(m.Data[:16])
		case !v6 && m.Header.Type == unix.IP_TOS && len(m.Data) >= 1:
			tos = m.Data[0]
		case v6 && m.Header.Type == unix.IPV6_TCLASS && len(m.Data) >= 4:
			tos = uint8(binary.NativeEndian.Uint32(m.Data))
		}
	}
	return to, tos
}

// sourceInfo is the control message that chooses the source address.
func sourceInfo(a netip.Addr) []byte {
	switch {
	case a.Is4():
		return unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: a.As4()})
	case a.Is6():
		return unix.PktInfo6(&unix.Inet6Pktinfo{Addr: a.As16()})
	}
	return nil
}

// tosInfo is the control message that chooses the type of service of one
// packet.
func tosInfo(v6 bool, tos int) []byte {
	b := make([]byte, unix.CmsgSpace(4))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = unix.SOL_IP, unix.IP_TOS
	if v6 {
		h.Level, h.Type = unix.SOL_IPV6, unix.IPV6_TCLASS
	}
	h.SetLen(unix.CmsgLen(4))
	binary.NativeEndian.PutUint32(b[unix.CmsgLen(0):], uint32(tos))
	return b
}

// echoRequest writes an ICMP echo request.
func echoRequest(proto uint8, id uint16, token uint64) []byte {
	b := make([]byte, 16)
	b[0] = 8
	if proto == packet.ICMPv6 {
		b[0] = 128 // the kernel fills in the checksum
	}
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], 1)
	binary.BigEndian.PutUint64(b[8:], token)
	if proto == packet.ICMP {
		sum := uint32(0)
		for i := 0; i < len(b); i += 2 {
			sum += uint32(binary.BigEndian.Uint16(b[i:]))
		}
		for sum > 0xffff {
			sum = sum>>16 + sum&0xffff
		}
		binary.BigEndian.PutUint16(b[2:], ^uint16(sum))
	}
	return b
}

// isEchoReply reports whether a raw packet is the answer to a request.
func isEchoReply(proto uint8, b []byte, id uint16, token uint64) bool {
	typ := byte(129)
	if proto == packet.ICMP {
		if len(b) < 20 {
			return false
		}
		b = b[min(int(b[0]&15)*4, len(b)):]
		typ = 0
	}
	return len(b) >= 16 && b[0] == typ && binary.BigEndian.Uint16(b[4:]) == id && binary.BigEndian.Uint64(b[8:]) == token
}
