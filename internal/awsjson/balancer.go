package awsjson

import (
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// writeBalancers writes the load balancers. One of which the dump does not say
// enough leaves its interfaces with an owner that is not modelled.
func (b *builder) writeBalancers() {
	for _, r := range b.live("LoadBalancers") {
		kind := r.text("Type")
		prefix := map[string]string{"network": "net/", "application": "app/", "gateway": "gwy/"}[kind]
		suffix := r.id[strings.LastIndexByte(r.id, ':')+1:]
		nodes := b.nodesOf("ELB " + strings.TrimPrefix(suffix, "loadbalancer/"))
		if prefix == "gwy/" || prefix == "" {
			b.leaveOut(r, "load balancers of type "+kind+" are not modelled; their endpoints are")
			continue
		}
		listeners, why := b.listeners(r)
		b.balancer(r, kind, nodes, listeners, why, r.get("SecurityGroups"))
	}
	for _, r := range b.live("LoadBalancerDescriptions") {
		listeners, why := b.classicListeners(r)
		vpc := r.text("VPCId")
		var nodes []*eni
		for _, i := range b.nodesOf("ELB " + r.text("LoadBalancerName")) {
			if vpc == "" || i.text("VpcId") == vpc {
				nodes = append(nodes, i)
			}
		}
		b.balancer(r, "classic", nodes, listeners, why, r.get("SecurityGroups"))
	}
}

func (b *builder) nodesOf(description string) []*eni {
	var out []*eni
	for _, i := range b.enis {
		if i.text("Description") == description && i.instance == "" {
			out = append(out, i)
		}
	}
	return out
}

func (b *builder) balancer(r *resource, kind string, nodes []*eni, listeners *doc.Value, why string, groups jsontree.Value) {
	for _, i := range nodes {
		s := i.text("SubnetId")
		switch {
		case !b.usable("Subnets", s):
			why = "its subnet " + s + " is not in the dump, or not modelled"
		case len(i.addresses()) == 0:
			why = "its node " + i.id + " has no IPv4 address"
		}
	}
	if len(nodes) == 0 {
		vpcID := r.text("VpcId")
		if vpcID == "" {
			vpcID = r.text("VPCId")
		}
		why = "the network interfaces of its nodes are not in the dump"
		b.vpcs[vpcID].lose("load balancer " + r.id + " is not modelled")
	}
	if why != "" {
		b.leaveOut(r, why)
		return
	}
	e := b.entry("load_balancers", r.id, r.At())
	e.Set("type", doc.Str(kind, r.At()))
	scheme := "internal"
	if r.text("Scheme") == "internet-facing" {
		scheme = "internet_facing"
	}
	e.Set("scheme", doc.Str(scheme, r.At()))
	for _, i := range nodes {
		a := i.addresses()[0]
		n := doc.Map(i.At()).Set("subnet", doc.Str(b.name(i.text("SubnetId")), i.At())).Set("private_ip", doc.Str(a.private.Text(), a.private.At()))
		if a.public.Text() != "" && scheme != "internal" {
			n.Set("public_ip", doc.Str(a.public.Text(), a.public.At()))
		}
		if v6 := i.ipv6(); len(v6) > 0 && kind != "classic" {
			n.Set("ipv6", doc.Str(v6[0].Text(), v6[0].At()))
		}
		e.Append("nodes", n)
	}
	b.groupsOf(e.Value, "security_groups", groups)
	if kind == "network" {
		for a := range b.d.find("LoadBalancerAttributes", r.id).attributes() {
			if a.Get("Key").Text() == "load_balancing.cross_zone.enabled" && a.Get("Value").IsTrue() {
				e.Set("cross_zone", doc.Bool(true, a.At()))
			}
		}
	}
	if len(listeners.Items) > 0 {
		e.Set("listeners", listeners)
	}
	b.claim(nodes)
}

// attributes yields the attributes of a load balancer, none for nil.
func (r *resource) attributes() func(func(jsontree.Value) bool) {
	return func(yield func(jsontree.Value) bool) {
		if r == nil {
			return
		}
		r.get("Attributes").Items()(yield)
	}
}

// listeners makes the listeners of a load balancer; why says what is missing.
func (b *builder) listeners(r *resource) (out *doc.Value, why string) {
	out = doc.ListOf(r.At())
	var all []jsontree.Value
	if l := b.d.find("LoadBalancerListeners", r.id); l != nil {
		for _, v := range append([]jsontree.Value{l.Value}, l.others...) {
			for x := range v.Get("Listeners").Items() {
				all = append(all, x)
			}
		}
	} else if b.d.present["LoadBalancerListeners"] == nil {
		return out, "its listeners are not in the dump (aws elbv2 describe-listeners)"
	}
	for _, l := range b.d.lists["Listeners"] {
		if l.text("LoadBalancerArn") == r.id {
			all = append(all, l.Value)
		}
	}
	for _, l := range all {
		v := doc.Map(l.At()).Set("protocol", doc.Str(strings.ToLower(l.Get("Protocol").Text()), l.At()))
		port, _ := l.Get("Port").Int()
		v.Set("port", doc.Int(port, l.At()))
		targets := doc.ListOf(l.At())
		actions := []jsontree.Value{l.Get("DefaultActions")}
		if r.text("Type") == "application" {
			rules := b.d.find("ListenerRules", l.Get("ListenerArn").Text())
			if rules == nil {
				return out, "the rules of its listener on port " + l.Get("Port").Text() + " are not in the dump (aws elbv2 describe-rules)"
			}
			for rule := range rules.get("Rules").Items() {
				actions = append(actions, rule.Get("Actions"))
			}
		}
		for _, list := range actions {
			if why := b.actions(v, list, targets); why != "" {
				return out, why
			}
		}
		if v.Get("answers") != nil && r.text("Type") != "application" {
			return out, "its listener on port " + l.Get("Port").Text() + " answers by itself, which one of its type cannot"
		}
		if len(targets.Items) > 0 {
			v.Set("targets", targets)
		} else if v.Get("answers") == nil {
			return out, "no target is registered for its listener on port " + l.Get("Port").Text()
		}
		out.Items = append(out.Items, v)
		if keep := b.keepsClient(l); keep != nil {
			v.Set("preserve_client_ip", keep)
		}
	}
	return out, ""
}

// actions adds the targets that a list of actions forwards to, and to a
// listener that it answers by itself; why says what else it does.
func (b *builder) actions(listener *doc.Value, actions jsontree.Value, into *doc.Value) (why string) {
	for a := range actions.Items() {
		kind := a.Get("Type").Text()
		switch {
		case strings.HasPrefix(kind, "authenticate"):
			continue
		case kind == "redirect" || kind == "fixed-response":
			listener.Set("answers", doc.Bool(true, a.At()))
			continue
		case kind != "forward":
			return "its listener on port " + listener.Get("port").Text + " does what vpcpath does not know (" + kind + ")"
		}
		arns := []string{}
		for g := range a.Get("ForwardConfig", "TargetGroups").Items() {
			arns = append(arns, g.Get("TargetGroupArn").Text())
		}
		if len(arns) == 0 {
			arns = append(arns, a.Get("TargetGroupArn").Text())
		}
		for _, arn := range arns {
			if why := b.targets(arn, into); why != "" {
				return why
			}
		}
	}
	return ""
}

// keepsClient is what the attributes of a target group say of the client's
// address; nil where they are not in the dump, or do not matter.
func (b *builder) keepsClient(l jsontree.Value) *doc.Value {
	if p := l.Get("Protocol").Text(); p != "TCP" && p != "TLS" {
		return nil
	}
	for a := range l.Get("DefaultActions").Items() {
		for attr := range b.d.find("TargetGroupAttributes", a.Get("TargetGroupArn").Text()).attributes() {
			if attr.Get("Key").Text() == "preserve_client_ip.enabled" {
				return doc.Bool(attr.Get("Value").IsTrue(), attr.At())
			}
		}
	}
	return nil
}

// targets adds the targets of a target group.
func (b *builder) targets(arn string, into *doc.Value) (why string) {
	g, health := b.d.find("TargetGroups", arn), b.d.find("LoadBalancerTargetHealth", arn)
	if g == nil || health == nil {
		return "its targets are not in the dump (aws elbv2 describe-target-groups, describe-target-health)"
	}
	for _, v := range append([]jsontree.Value{health.Value}, health.others...) {
		for t := range v.Get("TargetHealthDescriptions").Items() {
			id := t.Get("Target", "Id")
			out := doc.Map(t.At())
			switch g.text("TargetType") {
			case "instance":
				if b.d.find("Instances", id.Text()) == nil || b.gone[id.Text()] || b.refused[id.Text()] != "" {
					return "its target " + id.Text() + " is not in the dump"
				}
				out.Set("instance", doc.Str(b.name(id.Text()), id.At()))
			case "ip":
				out.Set("address", doc.Str(id.Text(), id.At()))
			default:
				return "targets of type " + g.text("TargetType") + " are not modelled"
			}
			if port, ok := t.Get("Target", "Port").Int(); ok {
				out.Set("port", doc.Int(port, t.At()))
			}
			if !slices.ContainsFunc(into.Items, func(o *doc.Value) bool { return sameTarget(o, out) }) {
				into.Items = append(into.Items, out)
			}
		}
	}
	return ""
}

// sameTarget reports whether two targets are the same: several rules may lead
// to one.
func sameTarget(a, b *doc.Value) bool {
	return slices.EqualFunc(a.Pairs, b.Pairs, func(x, y doc.Pair) bool { return x.Key == y.Key && x.Value.Text == y.Value.Text })
}

func (b *builder) classicListeners(r *resource) (out *doc.Value, why string) {
	out = doc.ListOf(r.At())
	for d := range r.get("ListenerDescriptions").Items() {
		l := d.Get("Listener")
		protocol := strings.ToLower(l.Get("Protocol").Text())
		if protocol == "ssl" {
			protocol = "tcp"
		}
		port, _ := l.Get("LoadBalancerPort").Int()
		to, _ := l.Get("InstancePort").Int()
		v := doc.Map(l.At()).Set("protocol", doc.Str(protocol, l.At())).Set("port", doc.Int(port, l.At()))
		targets := doc.ListOf(l.At())
		for i := range r.get("Instances").Items() {
			id := i.Get("InstanceId").Text()
			if b.d.find("Instances", id) == nil || b.gone[id] {
				return out, "its target " + id + " is not in the dump"
			}
			targets.Items = append(targets.Items, doc.Map(i.At()).Set("instance", doc.Str(b.name(id), i.At())).Set("port", doc.Int(to, l.At())))
		}
		if len(targets.Items) == 0 {
			return out, "no instance is registered"
		}
		out.Items = append(out.Items, v.Set("targets", targets))
	}
	return out, ""
}
