package load

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"gopkg.in/yaml.v3"
)

// family says which addresses a key takes.
type family uint8

const (
	anyFamily family = iota
	onlyV4
	onlyV6
)

func (f family) example() string {
	switch f {
	case onlyV4:
		return "an IPv4 CIDR as 10.0.0.0/16"
	case onlyV6:
		return "an IPv6 CIDR as 2001:db8::/56"
	}
	return "a CIDR as 10.0.0.0/16 or 2001:db8::/56"
}

func (f family) addrExample() string {
	switch f {
	case onlyV4:
		return "an IPv4 address as 10.0.0.10"
	case onlyV6:
		return "an IPv6 address as 2001:db8::10"
	}
	return "an address as 10.0.0.10 or 2001:db8::10"
}

func (f family) takes(a netip.Addr) bool {
	return f == anyFamily || (f == onlyV4) == a.Is4()
}

// parsePrefix reads a CIDR. problem is empty when it is one; the prefix may
// have host bits.
func parsePrefix(text string, f family) (p netip.Prefix, problem string) {
	p, err := netip.ParsePrefix(text)
	if err != nil {
		if a, bad := parseAddr(text, anyFamily); bad == "" {
			p = netip.PrefixFrom(a, a.BitLen())
			return netip.Prefix{}, "an address without a prefix length; did you mean " + strconv.Quote(p.String()) + "?"
		}
		return netip.Prefix{}, reason(err)
	}
	if p.Addr().Is4In6() {
		return netip.Prefix{}, "an IPv4 address written as IPv6; write it as IPv4"
	}
	if !f.takes(p.Addr()) {
		return netip.Prefix{}, "it is " + addr.FamilyOf(p.Addr()).String()
	}
	return p, ""
}

// parseAddr reads an address.
func parseAddr(text string, f family) (a netip.Addr, problem string) {
	a, err := netip.ParseAddr(text)
	if err != nil {
		if p, err2 := netip.ParsePrefix(text); err2 == nil {
			return netip.Addr{}, "a CIDR, not one address; did you mean " + strconv.Quote(p.Addr().String()) + "?"
		}
		return netip.Addr{}, reason(err)
	}
	switch {
	case a.Zone() != "":
		return netip.Addr{}, "it has a zone"
	case a.Is4In6():
		return netip.Addr{}, "an IPv4 address written as IPv6; write it as IPv4"
	case !f.takes(a):
		return netip.Addr{}, "it is " + addr.FamilyOf(a).String()
	}
	return a, ""
}

// reason takes the cause out of an error of net/netip, whose messages repeat
// the input.
func reason(err error) string {
	s := err.Error()
	if i := strings.LastIndex(s, `"): `); i >= 0 {
		return s[i+len(`"): `):]
	}
	return s
}

// cidr reads a CIDR and clears its host bits, as AWS does (ADDR-4).
func (w *walker) cidr(n *yaml.Node, f family) (model.Block, bool) {
	b, _, ok := w.rawCIDR(n, f)
	return b, ok
}

// cidrNoName is cidr where somebody may take the name of a prefix list or of
// a group for possible; instead tells what is.
func (w *walker) cidrNoName(n *yaml.Node, instead string) (model.Block, bool) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" && !strings.ContainsAny(n.Value, "/:") && strings.ContainsFunc(n.Value, unicode.IsLetter) {
		w.pattern(n, `^[0-9a-fA-F.:]+/[0-9]+$`)
		w.report(w.at(n), idInvalidCIDR, "%s is no CIDR; %s", quote(n.Value), instead)
		return model.Block{}, false
	}
	return w.cidr(n, anyFamily)
}

func (w *walker) rawCIDR(n *yaml.Node, f family) (b model.Block, hostBits, ok bool) {
	text, ok := w.scalar(n, f.example())
	w.pattern(n, `^[0-9a-fA-F.:]+/[0-9]+$`)
	if !ok {
		return b, false, false
	}
	p, problem := parsePrefix(text, f)
	if problem != "" {
		w.report(w.at(n), idInvalidCIDR, "%s is not a CIDR that fits here: %s; expected %s", quote(text), problem, f.example())
		return b, false, false
	}
	return model.Block{Prefix: p.Masked(), At: w.at(n)}, p != p.Masked(), true
}

// blockCIDR reads the CIDR of a VPC or subnet, and tells when it had host
// bits.
func (w *walker) blockCIDR(n *yaml.Node, f family) (model.Block, bool) {
	b, hostBits, ok := w.rawCIDR(n, f)
	if hostBits {
		text, _ := w.scalar(n, "")
		w.out.findings = append(w.out.findings, diag.Finding{Pos: b.At, Severity: diag.Info, ID: string(idHostBits),
			Message: quote(text) + " has host bits; taken as " + b.Prefix.String() + ", as AWS does"})
	}
	return b, ok
}

// cidrs reads a list of CIDRs.
func (w *walker) cidrs(n *yaml.Node, f family, into *[]model.Block) {
	w.list(n, "a list of CIDRs", func(item *yaml.Node) {
		if b, ok := w.cidr(item, f); ok {
			*into = append(*into, b)
		}
	})
}

// unknown reports whether a value is the word that stands for one that nobody
// knows.
func (w *walker) unknown(n *yaml.Node) bool {
	if w.describing() {
		w.shapes.add(n, &schemaNode{Type: "string", Enum: []string{"unknown"}})
		return false
	}
	v := w.deref(n)
	return v != nil && v.Kind == yaml.ScalarNode && v.Value == "unknown"
}

// address is an address with its place.
type address struct {
	netip.Addr
	at diag.Pos
	// auto marks an address that AWS chooses; Addr is its stand-in once
	// chooseAddresses has run.
	auto bool
}

func (w *walker) address(n *yaml.Node, f family) (address, bool) {
	text, ok := w.scalar(n, f.addrExample())
	if !ok {
		return address{}, false
	}
	a, problem := parseAddr(text, f)
	if problem != "" {
		w.report(w.at(n), idInvalidAddress, "%s is not an address that fits here: %s; expected %s", quote(text), problem, f.addrExample())
		return address{}, false
	}
	return address{Addr: a, at: w.at(n)}, true
}

// autoWord is what stands for an address that AWS chooses.
const autoWord = "auto"

// ownAddress reads an address that a resource has itself, or `auto`.
func (w *walker) ownAddress(n *yaml.Node, f family) (address, bool) {
	if v := w.deref(n); v != nil && v.Kind == yaml.ScalarNode && v.Value == autoWord {
		return address{at: w.at(n), auto: true}, true
	}
	return w.address(n, f)
}

// given reports whether the user wrote an address.
func (a address) given() bool { return a.auto || a.IsValid() }

// addressOrCIDR reads either; an address stands for itself alone, as in
// iptables' rules.
func (w *walker) addressOrCIDR(n *yaml.Node, into *netip.Prefix) {
	const want = "an address or a CIDR"
	text, ok := w.scalar(n, want)
	if !ok {
		return
	}
	if a, problem := parseAddr(text, anyFamily); problem == "" {
		*into = netip.PrefixFrom(a, a.BitLen())
		return
	}
	p, problem := parsePrefix(text, anyFamily)
	if problem != "" {
		w.report(w.at(n), idInvalidCIDR, "%s is neither: %s; expected %s", quote(text), problem, want)
		return
	}
	*into = p.Masked()
}

// parseNumber reads a decimal number without the forms that YAML reads in
// ways that surprise: 022, 0x16, 1_000, 1e3.
func parseNumber(text string, low, high int) (n int, problem string) {
	digits := strings.TrimPrefix(text, "-")
	for i := range len(digits) {
		if c := digits[i]; c < '0' || c > '9' {
			return 0, "not a whole decimal number"
		}
	}
	if digits == "" {
		return 0, "not a whole decimal number"
	}
	if len(digits) > 1 && digits[0] == '0' {
		return 0, "a number with a leading zero, which YAML reads as octal; did you mean " + strings.TrimLeft(text, "0-") + "?"
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, "out of range"
	}
	return n, ""
}

// integer reads a number between two bounds, both included.
func (w *walker) integer(n *yaml.Node, what string, low, high int) (int, bool) {
	if w.describing() {
		w.shapes.integer(n, what, low, high)
		return 0, false
	}
	want := what + " from " + strconv.Itoa(low) + " to " + strconv.Itoa(high)
	text, ok := w.scalar(n, want)
	if !ok {
		return 0, false
	}
	if v := w.deref(n); v != nil && isQuoted(v) {
		w.report(w.at(n), idWrongType, "expected %s, found the text %s; write it without quotes", want, quote(text))
		return 0, false
	}
	v, problem := parseNumber(text, low, high)
	if problem != "" {
		w.report(w.at(n), idInvalidNumber, "%s is %s; expected %s", quote(text), problem, want)
		return 0, false
	}
	return v, true
}

// word reads one of a few words.
func (w *walker) word(n *yaml.Node, words []string, into *string) {
	if w.describing() {
		w.shapes.add(n, &schemaNode{Type: "string", Enum: words})
		return
	}
	text, ok := w.scalar(n, oneOf(words))
	if !ok {
		return
	}
	for _, word := range words {
		if text == word {
			*into = text
			return
		}
	}
	w.report(w.at(n), idInvalidValue, "%s is not known here; expected %s%s", quote(text), oneOf(words), diag.DidYouMean(text, words))
}
