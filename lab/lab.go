package lab

import (
	"fmt"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/model"
)

// A Lab is a topology that has been built.
type Lab struct {
	Topology *model.Topology

	t                    *thread
	fabric               *namespace
	internet             *node
	nodes                []*node // everybody who can answer
	boxes                []*namespace
	hosts                map[*model.Instance]*node
	sites                map[*model.VPNConnection]*node
	edges                map[model.Resource]*node   // networks behind carrier and local gateways
	connects             map[*model.Interface]*node // Instance Connect endpoints
	links                map[*model.VPNConnection]*port
	legs                 []*leg
	pairs                int // links of PrivateLink so far
	endpoints, balancers map[*model.Interface]*namespace
	states               []string           // names of the sets in which the fabric remembers
	kept                 []*model.Interface // nodes that get the replies of clients whose address they keep
	ports                []*port            // the fabric's links
	byIndex              map[int]*port      // by link index
	enis                 map[*model.Interface]*port
	tunnels              []*tunnel

	drops []Drop // what the ruleset's log prefixes stand for
	log   *nflog
	serve *listeners
	seen  []report // scratch
	ids   uint16   // of ICMP echo
	// current follows the probe that is on its way.
	current *walker
}

// outside reports whether a link leads to a gateway to the world outside: what
// that refuses has not come through it.
func (k portKind) outside() bool {
	switch k {
	case portInternet, portCarrier, portCarrierIn, portCarrierInternet, portLocal, portLocalIn:
		return true
	}
	return false
}

// A node is a namespace with a host in it.
type node struct {
	*namespace
	// One of these; the internet has none.
	instance *model.Instance
	vpn      *model.VPNConnection // a site behind it
	endpoint *model.VPCEndpoint   // the service behind it
	edge     model.Resource       // the carrier or local gateway that its networks are behind
	balancer *model.LoadBalancer  // a node that answers by itself
}

// portKind says what a link of the fabric leads to.
type portKind uint8

const (
	portInterface       portKind = iota // a network interface
	portInternet                        // the internet, by a VPC's internet gateway
	portEgressOnly                      // the internet, by an egress-only gateway
	portPeering                         // a side of a peering connection
	portVPNGateway                      // a VPN gateway, on its VPC's side
	portVPNInside                       // a VPN gateway, on the side of its connections
	portConnection                      // a site behind a VPN connection
	portNoExit                          // what a site sends nowhere
	portAttachment                      // a transit gateway attachment, on the side of what is attached
	portTransit                         // the same, on the transit gateway's side
	portDoor                            // the way into a VPC from its transit gateway: there a subnet is chosen
	portGatewayEndpoint                 // a service, by a gateway endpoint
	portCarrier                         // a carrier's network, by a VPC's carrier gateway
	portCarrierIn                       // the same, from the network behind another carrier gateway
	portCarrierInternet                 // the same, from the internet
	portLocal                           // the premises, by a local gateway
	portLocalIn                         // the same, from the network behind another local gateway
	portSink                            // nowhere
)

// A port is a link of the fabric.
type port struct {
	kind  portKind
	name  string // of the link
	index int
	// iface is what an interface's link leads to; an attachment's is the one
	// that stands for it in a subnet of the VPC.
	iface *model.Interface
	vpc   *model.VPC
	// resource is what a packet passes that goes through the link; nil for
	// sinks.
	resource model.Resource
	peer     *port // the other end, where that is in the fabric too
	says     *Drop // of a sink: what it reports, whoever sends
}

// Build makes the namespaces of a topology. The thread must be the caller's.
func Build(t *thread, topo *model.Topology) (lab *Lab, err error) {
	l := &Lab{Topology: topo, t: t, ids: firstID, hosts: map[*model.Instance]*node{}, sites: map[*model.VPNConnection]*node{},
		endpoints: map[*model.Interface]*namespace{}, balancers: map[*model.Interface]*namespace{},
		edges: map[model.Resource]*node{}, connects: map[*model.Interface]*node{}, links: map[*model.VPNConnection]*port{}, byIndex: map[int]*port{}, enis: map[*model.Interface]*port{}}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if l.serve, err = newListeners(l); err != nil {
		return l, err
	}
	if l.fabric, err = l.namespace("fabric", routerSettings); err != nil {
		return l, err
	}
	if l.log, err = openLog(); err != nil {
		return l, err
	}
	for _, step := range []func() error{l.buildSinks, l.buildHosts, l.buildNATGateways, l.buildEndpoints,
		l.buildBalancers, l.buildInternet, l.buildCarriers, l.buildOutposts, l.buildPeering, l.buildVPN, l.buildTransit, l.buildRoutes, l.buildRules, l.buildHostRules, l.wait, l.buildTunnels} {
		if err := step(); err != nil {
			return l, err
		}
	}
	return l, nil
}

// namespace makes a namespace with settings and loopback, and stays in it.
func (l *Lab) namespace(name string, settings [][2]string) (*namespace, error) {
	ns, err := l.t.newNamespace(name)
	if err != nil {
		return nil, err
	}
	l.boxes = append(l.boxes, ns)
	if err := sysctl(settings...); err != nil {
		return nil, err
	}
	_, err = ns.up("lo")
	return ns, err
}

// port adds a link of the fabric to another namespace.
func (l *Lab) port(p port, other *namespace, otherName string) (*port, int, error) {
	ours, theirs, err := veth(l.fabric, p.name, other, otherName)
	if err != nil {
		return nil, 0, err
	}
	p.index = ours
	return l.addPort(&p), theirs, nil
}

func (l *Lab) addPort(p *port) *port {
	l.ports = append(l.ports, p)
	l.byIndex[p.index] = p
	return p
}

// twin adds a link with both ends in the fabric.
func (l *Lab) twin(a, b port) (*port, *port, error) {
	ia, ib, err := veth(l.fabric, a.name, l.fabric, b.name)
	if err != nil {
		return nil, nil, err
	}
	a.index, b.index = ia, ib
	a.peer, b.peer = &b, &a
	return l.addPort(&a), l.addPort(&b), nil
}

func (l *Lab) buildSinks() error {
	for _, name := range []string{sinkNoRoute, sinkNoOwner, sinkBadState} {
		if _, err := l.sink(name, nil); err != nil {
			return err
		}
	}
	return nil
}

// sink adds a link that leads nowhere. What it reports goes by where the packet
// came in, unless it says itself.
func (l *Lab) sink(name string, says *Drop) (*port, error) {
	index, err := l.fabric.sink(name)
	if err != nil {
		return nil, err
	}
	return l.addPort(&port{kind: portSink, name: name, index: index, says: says}), nil
}

func (l *Lab) wait() error { return waitLinks(l.boxes) }

// Close gives everything back; the kernel takes the namespaces apart.
func (l *Lab) Close() {
	_ = l.t.leave()
	for _, t := range l.tunnels {
		t.close()
	}
	if l.serve != nil {
		l.serve.close()
	}
	if l.log != nil {
		l.log.close()
	}
	for _, b := range l.boxes {
		b.close()
	}
}

// Settings of the namespaces. Source addresses are never checked by the
// kernel; where AWS does, the ruleset says so. A host may see its own address
// as a source, as two hosts that masquerade towards each other do.
var (
	commonSettings = [][2]string{
		{"ipv4/conf/all/rp_filter", "0"}, {"ipv4/conf/default/rp_filter", "0"},
		{"ipv4/conf/all/send_redirects", "0"}, {"ipv4/conf/default/send_redirects", "0"},
		{"ipv4/conf/all/accept_local", "1"},
		{"ipv6/conf/default/accept_dad", "0"}, {"ipv6/conf/default/addr_gen_mode", "1"}, {"ipv6/conf/default/accept_ra", "0"},
		{"ipv6/conf/default/router_solicitations", "0"},
	}
	routerSettings = append(commonSettings[:len(commonSettings):len(commonSettings)],
		[2]string{"ipv4/ip_forward", "1"}, [2]string{"ipv6/conf/all/forwarding", "1"})
	hostSettings = append(commonSettings[:len(commonSettings):len(commonSettings)],
		[2]string{"ipv4/tcp_synack_retries", "0"}, [2]string{"core/somaxconn", "8192"}, [2]string{"ipv4/tcp_max_syn_backlog", "16384"},
		[2]string{"ipv4/tcp_timestamps", "0"})
	forwarderSettings = append(hostSettings[:len(hostSettings):len(hostSettings)],
		[2]string{"ipv4/ip_forward", "1"}, [2]string{"ipv6/conf/all/forwarding", "1"})
)

func full(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

func anyOf(v6 bool) netip.Prefix {
	if v6 {
		return netip.MustParsePrefix("::/0")
	}
	return netip.MustParsePrefix("0.0.0.0/0")
}

// nodeName says who a node is.
func (n *node) String() string {
	switch {
	case n.instance != nil:
		return n.instance.Name
	case n.vpn != nil:
		return n.vpn.Name
	case n.endpoint != nil:
		return n.endpoint.Name
	case n.edge != nil:
		return n.edge.ID().Name
	case n.balancer != nil:
		return n.balancer.Name
	}
	return "internet"
}

func linkName(kind string, n int, side string) string { return fmt.Sprintf("%s%d%s", kind, n, side) }
