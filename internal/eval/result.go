package eval

import (
	"net/netip"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// Verdict is the answer to a question (language.md section 4).
type Verdict uint8

// The verdicts.
const (
	Unreachable Verdict = iota // none of what was asked works
	Partial                    // some of it works
	Reachable                  // all of it works
	Unknown                    // something that is not modelled decides
)

// String returns the verdict in lower case, as in topology files.
func (v Verdict) String() string {
	return [...]string{"unreachable", "partial", "reachable", "unknown"}[v]
}

// Result is the answer to a question about one pair of endpoints.
type Result struct {
	From, To     Party
	Port         model.PortSpec
	SourcePorts  packet.PortRange
	Verdict      Verdict
	Asked        []packet.Box // what was asked
	Works        []packet.Box // what certainly works
	Sometimes    []packet.Box // what works for some of a NAT's choices only
	Undetermined []packet.Box // what an unmodelled part decides
	Forward      Walk
	Return       Walk
	Blockers     []Blocker // every one, forward before return, in walk order
	Assumptions  []Assumption
	DeliveredTo  []model.Resource // who gets the packet in the end, first met first
	pair         *pair            // what was asked, for Narrow; nil without Why and Record
}

// Party is one end of a pair: what the user wrote, the interface or network
// it stands for, and the addresses used.
type Party struct {
	Text     string
	Resource model.Resource // nil for plain addresses and the internet
	Addrs    addr.Set
	Names    Names
}

// Names are the texts of addresses that AWS chooses, by their stand-ins; nil
// where there are none. What shows addresses shows these in their place.
type Names map[netip.Addr]string

// Format writes a range of addresses.
func (n Names) Format(f addr.Family, r addr.Range) string {
	if len(n) > 0 && r.Single(f) {
		if text, ok := n[r.First(f)]; ok {
			return text
		}
	}
	return r.Format(f)
}

// Addr writes an address.
func (n Names) Addr(a netip.Addr) string {
	if text, ok := n[a]; ok {
		return text
	}
	return a.String()
}

// Set writes a set of addresses as addr.Set does.
func (n Names) Set(s addr.Set) string {
	if s.Empty() || len(n) == 0 {
		return s.String()
	}
	var parts []string
	for _, f := range addr.Families {
		for _, r := range s.Ranges(f) {
			parts = append(parts, n.Format(f, r))
		}
	}
	return strings.Join(parts, ", ")
}

// Walk is one direction. Without recording it has no hops.
type Walk struct {
	// Walked is false for a reply that nothing asks for, or that never
	// starts; Why then says so.
	Walked    bool
	Why       string
	Delivered bool // some of it arrives, nothing supposed
	Complete  bool // all of it arrives, nothing supposed
	Hops      []*Hop
}

// Action is what a hop does with the packet.
type Action string

// The actions, as in the JSON output.
const (
	Originate Action = "originate" // the packet starts here
	Allow     Action = "allow"     // a filter or check lets all of it pass
	Deny      Action = "deny"      // a filter or check stops some of it; see Hop.Passed
	Route     Action = "route"     // a table chooses the next stop
	Translate Action = "translate" // an address or port changes
	Forward   Action = "forward"   // a host, gateway or link hands it on unchanged
	Deliver   Action = "deliver"   // it arrives
	Drop      Action = "drop"      // it ends here
)

// Hop is one step of a walk.
type Hop struct {
	N     int // 1.. over both directions
	After int // the hop before this one; 0 for a first one. N-1 unless the path forked.
	// Component names where it happens; Resource is it, where it has one.
	Component string
	Kind      model.Kind
	Resource  model.Resource
	Interface *model.Interface // the interface that a security group or check guards
	Direction string           // ingress, egress or ""
	Action    Action
	// Supposed marks what lies behind a drop: the walk went on as if the
	// packet had passed.
	Supposed bool
	Packet   Packet  // as it comes in
	Becomes  *Packet // as it leaves, for Translate
	Passed   bool    // for Deny: a part of the packet passes nevertheless
	Rules    []RuleUse
	Nearest  []RuleUse // for Deny: rules that almost admit it, and Note why not
	Routes   []RouteUse
	Code     Code // for Deny and Drop
	Message  string
	RuleIDs  []string // of docs/semantics.md
	At       diag.Pos
	Outer    []*Result // a tunnel's own packets, both ways
}

// Packet describes a set of packets as they stand on the wire: for a reply,
// source and destination are the reply's own.
type Packet struct {
	Family      addr.Family
	Source      []addr.Range
	Destination []addr.Range
	Protocols   []packet.ProtoRange
	Ports       []packet.PortRange // destination ports, or ICMP types and codes
	SourcePorts []packet.PortRange
	Names       Names
}

// RuleUse is a rule of a security group or network ACL and the part of the
// packet that it decides.
type RuleUse struct {
	Component string // the group or ACL
	Number    int    // the ACL rule's number; 0 for a group's, -1 for the ACL's implicit last one
	Allow     bool
	Traffic   model.Traffic
	Peer      string // CIDR, prefix list or group as written
	At        diag.Pos
	Packet    *Packet // the part it decides; nil in Nearest
	Note      string
	Decides   bool // false for rules that were considered only
}

// RouteUse is a route of the table that matched, with the part of the packet
// it was considered for.
type RouteUse struct {
	Destination string
	Target      string
	Origin      string
	At          diag.Pos
	Chosen      bool
	WhyNot      string // for one not chosen
}

// Blocker is one reason why something of what was asked does not work.
type Blocker struct {
	Code      Code
	Component string
	Kind      model.Kind
	Resource  model.Resource   // the component, where it is one
	Interface *model.Interface // the interface that a security group or check guards
	Direction string           // ingress, egress or ""
	Path      string           // forward or return
	Supposed  bool             // found behind another blocker
	Packet    Packet           // what it stops
	Hop       int              // the number of the hop, 0 without recording
	At        diag.Pos
	Message   string
	RuleIDs   []string
}

// Assumption is a point on which AWS's documentation is silent and which
// decided something of the answer.
type Assumption struct {
	RuleID string
	Text   string
}
