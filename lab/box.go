package lab

import (
	"encoding/binary"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"github.com/vpcpath/vpcpath/internal/packet"
)

// A box is the ruleset of a namespace that translates or forwards, given to
// the kernel over netlink: a program started for each would take longer than
// all the rest of a topology.
type box struct {
	c     *nftables.Conn
	table *nftables.Table
	v6    bool
}

// A chunk is a part of a rule: matches, or what to do.
type chunk []expr.Any

// rules loads what write adds into a namespace.
func (l *Lab) rules(ns *namespace, write func(*box)) error {
	ns.tracks = true
	return l.t.in(ns, func() error {
		c, err := nftables.New()
		if err != nil {
			return err
		}
		write(&box{c: c})
		return c.Flush()
	})
}

// nat begins the address translation of one family.
func (b *box) nat(v6 bool) {
	b.v6 = v6
	family := nftables.TableFamilyIPv4
	if v6 {
		family = nftables.TableFamilyIPv6
	}
	b.table = b.c.AddTable(&nftables.Table{Family: family, Name: "nat"})
}

// onward begins a chain that judges what is forwarded; replies of connections
// that are not known are dropped (M-8), where Linux alone would pass them on.
func (b *box) onward() *nftables.Chain {
	b.table = b.c.AddTable(&nftables.Table{Family: nftables.TableFamilyINet, Name: "f"})
	c := b.hook("onward", nftables.ChainTypeFilter, nftables.ChainHookForward, 0)
	b.rule(c, state(expr.CtStateBitINVALID), verdict(expr.VerdictDrop, ""))
	for _, v6 := range []bool{false, true} {
		for _, tos := range []int{replyTOS, answerTOS} {
			b.rule(c, family(v6), state(expr.CtStateBitNEW), l4(packet.UDP), service(v6, uint8(tos)), verdict(expr.VerdictDrop, ""))
		}
	}
	return c
}

// closed lets nobody in but the namespace itself, and what some matches are
// about.
func (b *box) closed(but ...chunk) {
	drop := nftables.ChainPolicyDrop
	c := b.c.AddChain(&nftables.Chain{Name: "in", Table: b.table, Type: nftables.ChainTypeFilter, Hooknum: nftables.ChainHookInput,
		Priority: nftables.ChainPriorityRef(0), Policy: &drop})
	b.rule(c, link(expr.MetaKeyIIFNAME, "lo", true), verdict(expr.VerdictAccept, ""))
	for _, m := range but {
		b.rule(c, m, verdict(expr.VerdictAccept, ""))
	}
}

func (b *box) pre() *nftables.Chain {
	return b.hook("pre", nftables.ChainTypeNAT, nftables.ChainHookPrerouting, -100)
}

func (b *box) post() *nftables.Chain {
	return b.hook("post", nftables.ChainTypeNAT, nftables.ChainHookPostrouting, 100)
}

func (b *box) hook(name string, kind nftables.ChainType, at *nftables.ChainHook, priority int32) *nftables.Chain {
	return b.c.AddChain(&nftables.Chain{Name: name, Table: b.table, Type: kind, Hooknum: at,
		Priority: nftables.ChainPriorityRef(nftables.ChainPriority(priority))})
}

// chain adds a chain to go to.
func (b *box) chain(name string) *nftables.Chain {
	return b.c.AddChain(&nftables.Chain{Name: name, Table: b.table})
}

func (b *box) rule(c *nftables.Chain, parts ...chunk) {
	r := &nftables.Rule{Table: b.table, Chain: c}
	for _, p := range parts {
		r.Exprs = append(r.Exprs, p...)
	}
	b.c.AddRule(r)
}

func verdict(kind expr.VerdictKind, to string) chunk {
	return chunk{&expr.Verdict{Kind: kind, Chain: to}}
}

// link matches the name of a link, or all that begin so where the name ends in
// an asterisk; is says whether it must be that or another one.
func link(key expr.MetaKey, name string, is bool) chunk {
	op, data := expr.CmpOpEq, make([]byte, unix.IFNAMSIZ)
	copy(data, name)
	if n := len(name) - 1; name[n] == '*' {
		data = []byte(name[:n])
	}
	if !is {
		op = expr.CmpOpNeq
	}
	return chunk{&expr.Meta{Key: key, Register: 1}, &expr.Cmp{Op: op, Register: 1, Data: data}}
}

func family(v6 bool) chunk {
	data := byte(unix.NFPROTO_IPV4)
	if v6 {
		data = unix.NFPROTO_IPV6
	}
	return chunk{&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{data}}}
}

func l4(proto uint8) chunk {
	return chunk{&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{proto}}}
}

func dports(lo, hi uint16) chunk {
	return chunk{&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
		&expr.Range{Op: expr.CmpOpEq, Register: 1, FromData: binaryutil.BigEndian.PutUint16(lo), ToData: binaryutil.BigEndian.PutUint16(hi)}}
}

// inPrefix matches the source or destination address.
func inPrefix(destination bool, p netip.Prefix) chunk {
	p = p.Masked()
	if p.Bits() == 0 {
		return nil
	}
	n := uint32(p.Addr().BitLen() / 8)
	offset := uint32(12)
	if p.Addr().Is6() {
		offset = 8
	}
	if destination {
		offset += n
	}
	mask := make([]byte, n)
	for k := range p.Bits() {
		mask[k/8] |= 0x80 >> (k % 8)
	}
	return chunk{&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: n},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: n, Mask: mask, Xor: make([]byte, n)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: p.Addr().AsSlice()}}
}

// service matches the type of service, without the two bits behind it.
func service(v6 bool, tos uint8) chunk {
	if v6 { // it lies across the first two bytes
		return chunk{&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: 0, Len: 2},
			&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 2, Mask: []byte{0x0f, 0xc0}, Xor: []byte{0, 0}},
			&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{tos >> 4, tos << 4 & 0xc0}}}
	}
	return chunk{&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: 1, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{0xfc}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{tos}}}
}

// state matches a state of connection tracking.
func state(bit uint32) chunk {
	return chunk{&expr.Ct{Register: 1, Key: expr.CtKeySTATE},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: binaryutil.NativeEndian.PutUint32(bit), Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: make([]byte, 4)}}
}

// original matches packets in the direction of the request.
func original() chunk {
	return chunk{&expr.Ct{Register: 1, Key: expr.CtKeyDIRECTION}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{0}}}
}

func marked(n uint32) chunk {
	return chunk{&expr.Meta{Key: expr.MetaKeyMARK, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: binaryutil.NativeEndian.PutUint32(n)}}
}

func setMark(n uint32) chunk {
	return chunk{&expr.Immediate{Register: 1, Data: binaryutil.NativeEndian.PutUint32(n)},
		&expr.Meta{Key: expr.MetaKeyMARK, SourceRegister: true, Register: 1}}
}

// oneIn is true in one of n cases, at random.
func oneIn(n int) chunk {
	if n <= 1 {
		return nil
	}
	return chunk{&expr.Numgen{Register: 1, Modulus: uint32(n), Type: unix.NFT_NG_RANDOM}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: make([]byte, 4)}}
}

// dnat changes the destination, and the port too unless it is 0.
func (b *box) dnat(to netip.Addr, port uint16) chunk {
	n := &expr.NAT{Type: expr.NATTypeDestNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: 1}
	if b.v6 {
		n.Family = unix.NFPROTO_IPV6
	}
	out := chunk{&expr.Immediate{Register: 1, Data: to.AsSlice()}}
	if port != 0 {
		out = append(out, &expr.Immediate{Register: 2, Data: binary.BigEndian.AppendUint16(nil, port)})
		n.RegProtoMin, n.Specified = 2, true
	}
	return append(out, n)
}

func masquerades() chunk { return chunk{&expr.Masq{}} }

// snatKeeping changes the source to an address; the port stays where it can.
func (b *box) snatKeeping(to netip.Addr) chunk {
	n := &expr.NAT{Type: expr.NATTypeSourceNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: 1}
	if b.v6 {
		n.Family = unix.NFPROTO_IPV6
	}
	return chunk{&expr.Immediate{Register: 1, Data: to.AsSlice()}, n}
}

// snat changes the source to an address and, at random, to any port of
// 1024-65535.
func (b *box) snat(to netip.Addr) chunk {
	n := &expr.NAT{Type: expr.NATTypeSourceNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: 1, RegProtoMin: 2, RegProtoMax: 3, FullyRandom: true, Specified: true}
	if b.v6 {
		n.Family = unix.NFPROTO_IPV6
	}
	return chunk{&expr.Immediate{Register: 1, Data: to.AsSlice()}, &expr.Immediate{Register: 2, Data: []byte{4, 0}},
		&expr.Immediate{Register: 3, Data: []byte{0xff, 0xff}}, n}
}
