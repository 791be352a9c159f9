package cloudformation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// loadBalancer writes a load balancer with its listeners, or says that it is
// not modelled: one with a listener left out would refuse what it takes.
func (w *writer) loadBalancer(r *resource) {
	typ := orElse(plainOf(r.get("Type")), "application")
	if typ != "application" && typ != "network" {
		w.draft.NotModelled(r.shown, "load balancer", "its type "+typ+" is not read from templates", r.at)
		return
	}
	listeners, why := w.listeners(r, typ)
	if why != "" {
		w.draft.NotModelled(r.shown, "load balancer", why, r.at)
		return
	}
	e := w.entry("load_balancers", r)
	e.Set("type", doc.Str(typ, r.at))
	add := w.nodes(e, r)
	for _, s := range r.get("Subnets").each() {
		add(s, value{})
	}
	for _, m := range r.get("SubnetMappings").each() {
		add(m.get("SubnetId"), m.get("PrivateIPv4Address"))
	}
	for _, g := range r.get("SecurityGroups").each() {
		e.Append("security_groups", doc.Str(w.target(r, "SecurityGroups", g), g.at))
	}
	if typ == "network" {
		for _, a := range r.get("LoadBalancerAttributes").each() {
			if plainOf(a.get("Key")) == "load_balancing.cross_zone.enabled" && plainOf(a.get("Value")) == "true" {
				e.Set("cross_zone", doc.Bool(true, a.at))
			}
		}
	}
	for _, l := range listeners {
		e.Append("listeners", l)
	}
}

// nodes writes the scheme, and returns what adds a node in a subnet.
func (w *writer) nodes(e *doc.Entry, r *resource) func(subnet, private value) {
	internal := plainOf(r.get("Scheme")) == "internal"
	scheme := "internet_facing"
	if internal {
		scheme = "internal"
	}
	e.Set("scheme", doc.Str(scheme, r.at))
	return func(subnet, private value) {
		node := doc.Map(subnet.at).Set("subnet", doc.Str(w.target(r, "Subnets", subnet), subnet.at)).
			Set("private_ip", doc.Str(orElse(plainOf(private), draft.Auto), subnet.at))
		if !internal {
			node.Set("public_ip", doc.Str(draft.Auto, subnet.at))
		}
		e.Append("nodes", node)
	}
}

func plainOf(v value) string {
	s, _ := v.text()
	return s
}

// listeners are those of a load balancer; why is not empty where one cannot be
// written.
func (w *writer) listeners(r *resource, typ string) (out []*doc.Value, why string) {
	for _, t := range w.set.templates {
		for _, l := range t.resources {
			if l.typ != "AWS::ElasticLoadBalancingV2::Listener" || l.left {
				continue
			}
			if of, ok := l.get("LoadBalancerArn").ref(); !ok || of.to != r {
				continue
			}
			port, ok := w.number(l, l.get("Port"))
			if !ok || port == nil {
				return nil, fmt.Sprintf("the port of listener %s is not known", l.name)
			}
			m := doc.Map(l.at).Set("protocol", doc.Str(strings.ToLower(orElse(plainOf(l.get("Protocol")), "http")), l.at)).Set("port", doc.Int(*port, l.at))
			for _, action := range w.actions(l) {
				switch plainOf(action.get("Type")) {
				case "redirect", "fixed-response":
					m.Set("answers", doc.Bool(true, action.at))
					continue
				case "forward":
				default:
					continue
				}
				groups := action.get("TargetGroupArn").each()
				for _, g := range action.get("ForwardConfig").get("TargetGroups").each() {
					groups = append(groups, g.get("TargetGroupArn"))
				}
				for _, g := range groups {
					if why := w.targets(m, g); why != "" {
						return nil, fmt.Sprintf("listener %s: %s", l.name, why)
					}
				}
			}
			if m.Get("answers") != nil && typ != "application" {
				return nil, fmt.Sprintf("listener %s redirects or has a fixed response, which one of type %s cannot", l.name, typ)
			}
			if m.Get("targets") == nil && m.Get("answers") == nil {
				return nil, fmt.Sprintf("listener %s has no targets in the template", l.name)
			}
			out = append(out, m)
		}
	}
	return out, ""
}

// actions are those of a listener and of its rules: what a request asks for
// chooses among them.
func (w *writer) actions(listener *resource) []value {
	out := listener.get("DefaultActions").each()
	for _, t := range w.set.templates {
		for _, r := range t.resources {
			if r.typ != "AWS::ElasticLoadBalancingV2::ListenerRule" || r.left {
				continue
			}
			if of, ok := r.get("ListenerArn").ref(); ok && of.to == listener {
				out = append(out[:len(out):len(out)], r.get("Actions").each()...)
			}
		}
	}
	return out
}

// hosted adds the hosts that a target group gets from what runs them.
func (w *writer) hosted(listener *doc.Value, g *resource, standard *int) (why string) {
	is := func(v value) bool {
		to, ok := v.ref()
		return ok && to.to == g
	}
	for _, t := range w.set.templates {
		for _, r := range t.resources {
			port, found := standard, false
			switch {
			case r.left:
			case r.typ == "AWS::ECS::Service":
				for _, b := range r.get("LoadBalancers").each() {
					if is(b.get("TargetGroupArn")) {
						found = true
						if n, _ := w.number(r, b.get("ContainerPort")); n != nil {
							port = n
						}
					}
				}
			case r.typ == "AWS::AutoScaling::AutoScalingGroup":
				found = slices.ContainsFunc(r.get("TargetGroupARNs").each(), is)
			}
			if !found {
				continue
			}
			names, why := w.places(r)
			if why != "" || len(names) == 0 || w.draft.Section(names[0]) != "instances" {
				return "where the hosts of " + r.name + " are is not known"
			}
			for _, name := range names {
				m := doc.Map(r.at).Set("instance", doc.Str(name, r.at))
				if port != nil {
					m.Set("port", doc.Int(*port, r.at))
				}
				listener.Append("targets", m)
			}
		}
	}
	return ""
}

// targets adds the targets of a target group to a listener.
func (w *writer) targets(listener *doc.Value, group value) (why string) {
	ref, ok := group.ref()
	if !ok || ref.to.typ != "AWS::ElasticLoadBalancingV2::TargetGroup" {
		return "its target group is not in the template"
	}
	g := ref.to
	standard, ok := w.number(g, g.get("Port"))
	if !ok {
		return "the port of its target group is not known"
	}
	for _, t := range g.get("Targets").each() {
		m := doc.Map(t.at)
		switch to, isRef := t.get("Id").ref(); {
		case isRef && to.attribute == "" && to.to.typ == "AWS::EC2::Instance":
			m.Set("instance", doc.Str(to.to.shown, t.at))
		case isRef && w.address(to) != "":
			m.Set("address", doc.Str(w.address(to), t.at))
		case plainOf(t.get("Id")) != "" && plainOf(g.get("TargetType")) == "ip":
			m.Set("address", doc.Str(plainOf(t.get("Id")), t.at))
		default:
			return "a target is not in the template"
		}
		port, ok := w.number(g, t.get("Port"))
		if !ok {
			return "the port of a target is not known"
		}
		if port == nil {
			port = standard
		}
		if port != nil {
			m.Set("port", doc.Int(*port, t.at))
		}
		listener.Append("targets", m)
	}
	return w.hosted(listener, g, standard)
}

// classicBalancer has its listeners and instances in itself.
func (w *writer) classicBalancer(r *resource) {
	var instances []string
	for _, i := range r.get("Instances").each() {
		to, ok := i.ref()
		if !ok || w.draft.Section(to.to.shown) != "instances" {
			w.draft.NotModelled(r.shown, "load balancer", "an instance of it is not in the template", r.at)
			return
		}
		instances = append(instances, to.to.shown)
	}
	if len(instances) == 0 || r.get("Subnets").kind == absent {
		w.draft.NotModelled(r.shown, "load balancer", "its instances or subnets are not in the template", r.at)
		return
	}
	e := w.entry("load_balancers", r)
	e.Set("type", doc.Str("classic", r.at))
	add := w.nodes(e, r)
	for _, s := range r.get("Subnets").each() {
		add(s, value{})
	}
	for _, g := range r.get("SecurityGroups").each() {
		e.Append("security_groups", doc.Str(w.target(r, "SecurityGroups", g), g.at))
	}
	if isTrue(r.get("CrossZone")) {
		e.Set("cross_zone", doc.Bool(true, r.at))
	}
	for _, l := range r.get("Listeners").each() {
		port, ok1 := w.number(r, l.get("LoadBalancerPort"))
		to, ok2 := w.number(r, l.get("InstancePort"))
		if !ok1 || !ok2 || port == nil || to == nil {
			continue
		}
		protocol := strings.ToLower(plainOf(l.get("Protocol")))
		if protocol == "ssl" {
			protocol = "tcp" // as far as packets go
		}
		m := doc.Map(l.at).Set("protocol", doc.Str(protocol, l.at)).Set("port", doc.Int(*port, l.at))
		for _, name := range instances {
			m.Append("targets", doc.Map(l.at).Set("instance", doc.Str(name, l.at)).Set("port", doc.Int(*to, l.at)))
		}
		e.Append("listeners", m)
	}
}
