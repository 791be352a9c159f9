package model

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
)

// Symbol is an address that AWS chooses and that nobody knows yet: `auto` in a
// topology file, an address known after apply in a Terraform plan. It is some
// address of its pool. The topology holds a stand-in in its place, an address
// that nothing else in the topology names, so that the rest of the program
// has addresses to work with; a decision that another address of the pool
// would change is for package eval to see.
type Symbol struct {
	// Text is how a rule refers to the address, and how it is shown, as
	// web-1.private_ip.
	Text      string
	Interface *Interface
	Addr      netip.Addr // the stand-in
	// Pool holds every address that AWS may choose, the stand-in included:
	// for a private address the free ones of the subnet, for a public one
	// all public ones but those that the topology knows to be somebody's.
	Pool   addr.Set
	Public bool
}

// addressSuffixes are what stands behind the name of a resource in the name
// of its address.
var addressSuffixes = []string{".private_ip", ".public_ip", ".ipv6"}

// SplitAddressName cuts the name of an address, as web-1.private_ip, into the
// name of the resource and which of its addresses is meant: private_ip,
// public_ip or ipv6.
func SplitAddressName(text string) (resource, which string, ok bool) {
	for _, suffix := range addressSuffixes {
		if base, found := strings.CutSuffix(text, suffix); found && base != "" {
			return base, suffix[1:], true
		}
	}
	return "", "", false
}

// AddressOf returns the primary address of a resource with one network
// interface, or of the primary one of an instance; which is as
// SplitAddressName has it. problem says why there is none, as "has no
// public_ip".
func AddressOf(res Resource, which string) (a netip.Addr, problem string) {
	var list []*Interface
	switch res := res.(type) {
	case *Interface:
		list = []*Interface{res}
	case *NATGateway:
		list = res.Interfaces
	case *Instance:
		list = res.Interfaces[:min(1, len(res.Interfaces))]
	case *LoadBalancer:
		list = res.Nodes
	case *VPCEndpoint:
		list = res.Interfaces
	}
	switch len(list) {
	case 0:
		return a, "has no network interface"
	case 1:
	default:
		return a, fmt.Sprintf("has %d network interfaces", len(list))
	}
	switch which {
	case "private_ip":
		a = list[0].Primary(false)
	case "ipv6":
		a = list[0].Primary(true)
	case "public_ip":
		for _, p := range list[0].Public {
			if p.By == KindInternetGateway {
				a = p.Public
				break
			}
		}
	}
	if !a.IsValid() {
		return a, "has no " + which
	}
	return a, ""
}
