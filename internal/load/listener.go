package load

import (
	"net/netip"
	"slices"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
	"gopkg.in/yaml.v3"
)

// rawListener is a listener with its targets not yet looked up.
type rawListener struct {
	*model.Listener
	protocol          string
	protocolAt        diag.Pos
	preserveAt        diag.Pos
	targetsAt         diag.Pos
	answersAt         diag.Pos
	targets           []*rawTarget
	byAddress, byName *rawTarget // the first target of each sort
}

// rawTarget is a target by one of three names.
type rawTarget struct {
	*model.Target
	instance, iface ref
	address         address
	addressAt       diag.Pos
}

var listenerProtocols = []string{"tcp", "udp", "tcp_udp", "tls", "http", "https"}

// listenerTypes are the protocols that the listeners of each type take.
var listenerTypes = map[model.LoadBalancerType][]string{
	model.NetworkLoadBalancer:     {"tcp", "udp", "tcp_udp", "tls"},
	model.ApplicationLoadBalancer: {"http", "https"},
	model.ClassicLoadBalancer:     {"tcp", "http", "https"},
}

var listenerFields = []field[rawListener]{
	{"protocol", true, func(w *walker, n *yaml.Node, d *rawListener) {
		d.protocolAt = w.at(n)
		w.word(n, listenerProtocols, &d.protocol)
	}},
	{"port", true, func(w *walker, n *yaml.Node, d *rawListener) {
		if p, ok := w.integer(n, "a port", 1, 65535); ok {
			d.Port = uint16(p)
		}
	}},
	{"answers", false, func(w *walker, n *yaml.Node, d *rawListener) {
		d.answersAt = w.at(n)
		w.boolean(n, &d.Answers)
	}},
	{"targets", false, func(w *walker, n *yaml.Node, d *rawListener) {
		d.targetsAt = w.at(n)
		before := len(w.out.findings)
		w.list(n, "a list of targets", func(item *yaml.Node) { w.readTarget(item, d) })
		if len(d.targets) == 0 && len(w.out.findings) == before {
			w.report(w.at(n), idEmptyList, "a listener has at least one target; expected `instance`, `interface` or `address` of one")
		}
	}},
	{"preserve_client_ip", false, func(w *walker, n *yaml.Node, d *rawListener) {
		d.preserveAt = w.at(n)
		w.boolean(n, &d.PreserveClientIP)
	}},
}

var targetFields = []field[rawTarget]{
	{"instance", false, func(w *walker, n *yaml.Node, d *rawTarget) { w.ref(n, "the name of an instance", &d.instance) }},
	{"interface", false, func(w *walker, n *yaml.Node, d *rawTarget) { w.ref(n, "the name of a network interface", &d.iface) }},
	{"address", false, func(w *walker, n *yaml.Node, d *rawTarget) {
		d.addressAt = w.at(n)
		if w.addressRef(n, func(a netip.Addr, _ *model.Symbol) { d.address = address{Addr: a, at: d.addressAt} }) {
			return
		}
		d.address, _ = w.address(n, anyFamily)
	}},
	{"port", false, func(w *walker, n *yaml.Node, d *rawTarget) {
		if p, ok := w.integer(n, "a port", 1, 65535); ok {
			d.Port = uint16(p)
		}
	}},
}

func (w *walker) readListener(n *yaml.Node, b *rawBalancer) {
	d := &rawListener{Listener: &model.Listener{At: w.at(n)}}
	if !readMapping(w, n, d.At, subject{"a listener of load balancer", b.Name}, listenerFields, d) {
		return
	}
	b.listeners = append(b.listeners, d)
	if !d.targetsAt.IsValid() && !d.Answers {
		w.report(d.At, idMissingKey, "a listener of load balancer %q lacks the key `targets`, or `answers: true` where it redirects or has a fixed response", b.Name)
	}
	switch d.protocol {
	case "":
	case "udp":
		d.Protocols = []uint8{packet.UDP}
	case "tcp_udp":
		d.Protocols = []uint8{packet.TCP, packet.UDP}
	default:
		d.Protocols = []uint8{packet.TCP}
	}
	for _, t := range d.targets {
		if t.Port == 0 {
			t.Port = d.Port
		}
	}
}

func (w *walker) readTarget(n *yaml.Node, l *rawListener) {
	d := &rawTarget{Target: &model.Target{At: w.at(n)}}
	before := len(w.out.findings)
	if !readMapping(w, n, d.At, subject{kind: "a target"}, targetFields, d) {
		return
	}
	count := 0
	for _, given := range []bool{d.instance.given(), d.iface.given(), d.addressAt.IsValid()} {
		if given {
			count++
		}
	}
	if count != 1 && len(w.out.findings) == before {
		w.report(d.At, idConflictingKeys, "a target needs exactly one of `instance`, `interface` and `address`; found %d of them", count)
	}
	l.targets = append(l.targets, d)
	if d.addressAt.IsValid() && l.byAddress == nil {
		l.byAddress = d
	} else if !d.addressAt.IsValid() && l.byName == nil {
		l.byName = d
	}
}

// finishListeners judges listeners by the type of their load balancer.
func (w *walker) finishListeners(b *rawBalancer) {
	for i, l := range b.listeners {
		if l.protocol == "" {
			continue
		}
		if takes := listenerTypes[b.Type]; !slices.Contains(takes, l.protocol) {
			w.report(l.protocolAt, idListenerProtocol, "protocol %s does not go with load balancer %q of type %s; expected %s", l.protocol, b.Name, b.Type, oneOf(takes))
			continue
		}
		for _, o := range b.listeners[:i] {
			if p := commonProtocol(l.Protocols, o.Protocols); p != "" && l.Port > 0 && l.Port == o.Port {
				w.reportOf(l.At, idDuplicateEntry, o.At, "the first", "load balancer %q listens on %s port %d already, at %s; expected one listener for each protocol and port",
					b.Name, p, l.Port, o.At)
				break
			}
		}
		if l.Answers && b.Type != model.ApplicationLoadBalancer {
			w.report(l.answersAt, idListenerProtocol, "load balancer %q is of type %s, which redirects nothing and has no fixed responses; expected `targets`", b.Name, b.Type)
		}
		if b.Type == model.ClassicLoadBalancer && l.byAddress != nil {
			w.report(l.byAddress.addressAt, idLoadBalancerTarget, "a classic load balancer has instances as its targets; expected `instance`")
		}
		w.preservation(b, l)
	}
}

// commonProtocol names a protocol that two listeners have in common; "" for
// none.
func commonProtocol(a, b []uint8) string {
	for _, p := range a {
		if slices.Contains(b, p) {
			return map[uint8]string{packet.TCP: "TCP", packet.UDP: "UDP"}[p]
		}
	}
	return ""
}

// preservation: whose address the targets see (LB-3, LB-6).
func (w *walker) preservation(b *rawBalancer, l *rawListener) {
	given := l.preserveAt.IsValid()
	switch {
	case b.Type != model.NetworkLoadBalancer:
		if given && l.PreserveClientIP {
			w.report(l.preserveAt, idListenerProtocol, "the targets of load balancer %q see its nodes, never the client, since it is of type %s; expected false, or no `preserve_client_ip`", b.Name, b.Type)
		}
		l.PreserveClientIP = false
	case l.protocol == "udp" || l.protocol == "tcp_udp":
		if given && !l.PreserveClientIP {
			w.report(l.preserveAt, idListenerProtocol, "a listener for %s always preserves the client's address; expected true, or no `preserve_client_ip`", l.protocol)
		}
		l.PreserveClientIP = true
	case given:
	case l.byAddress != nil && l.byName != nil:
		w.reportOf(l.At, idMissingKey, l.byAddress.At, "a target by its address", "a listener with targets by address and others lacks the key `preserve_client_ip`, whose default they do not have in common")
	default:
		l.PreserveClientIP = l.byAddress == nil
	}
}
