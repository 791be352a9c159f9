package terraform

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// loadBalancer of type application or network. One whose listeners have
// targets that nobody knows, as an Auto Scaling group's, is not modelled: a
// topology without them would call it unreachable.
func (m *importer) loadBalancer(r *resource) {
	typ := cmp.Or(r.text("load_balancer_type"), "application")
	if typ != "application" && typ != "network" {
		m.cannot(r, "load balancers of type %s are not modelled", typ)
		return
	}
	nodes := m.nodes(r)
	if nodes == nil {
		m.cannot(r, "its subnets are not known")
		return
	}
	listeners, problem := m.listeners(r, typ)
	if problem != "" {
		m.cannot(r, "%s", problem)
		return
	}
	e := m.Add("load_balancers", r.address, r.at)
	e.Set("type", str(r, typ))
	m.scheme(e, r, nodes)
	m.setGroups(r, "security_groups")
	if typ == "network" && r.yes("enable_cross_zone_load_balancing") {
		e.Set("cross_zone", doc.Bool(true, r.at))
	}
	if listeners != nil {
		e.Set("listeners", listeners)
	}
}

// node is a node of a load balancer, one in each subnet.
type node struct{ subnet, private, public string }

func (m *importer) nodes(r *resource) []node {
	var out []node
	for i := range r.items("subnet_mapping") {
		subnet, _ := m.link(r, toSubnet, "subnet_mapping", i, "subnet_id")
		if subnet == "" {
			continue
		}
		n := node{subnet: subnet, private: r.text("subnet_mapping", i, "private_ipv4_address")}
		if eip := m.eip(r, "subnet_mapping", i, "allocation_id"); eip != nil {
			n.public = m.publicText(eip, "public_ip")
		}
		out = append(out, n)
	}
	if len(out) == 0 {
		subnets, ok := m.links(r, toSubnet, "subnets")
		if !ok {
			return nil
		}
		for _, s := range subnets {
			out = append(out, node{subnet: s})
		}
	}
	slices.SortFunc(out, func(a, b node) int { return draft.CompareNames(a.subnet, b.subnet) })
	return out
}

func (m *importer) scheme(e *doc.Entry, r *resource, nodes []node) {
	scheme := "internet_facing"
	if r.yes("internal") {
		scheme = "internal"
	}
	e.Set("scheme", str(r, scheme))
	for _, n := range nodes {
		v := doc.Map(r.at).Set("subnet", str(r, n.subnet)).Set("private_ip", str(r, m.privateText(r, n.subnet, n.private)))
		if scheme != "internal" {
			v.Set("public_ip", str(r, auto(n.public)))
		}
		e.Append("nodes", v)
	}
}

// listeners of a load balancer; problem says why they cannot be modelled.
func (m *importer) listeners(b *resource, typ string) (list *doc.Value, problem string) {
	for _, r := range m.resources {
		if r.typ != "aws_lb_listener" && r.typ != "aws_alb_listener" {
			continue
		}
		if name, _ := m.link(r, []string{"load_balancers"}, "load_balancer_arn"); name != b.address {
			continue
		}
		port := r.number("port")
		if port == nil {
			return nil, "the port of its listener " + r.address + " is not known"
		}
		v := doc.Map(r.at).Set("protocol", str(r, strings.ToLower(cmp.Or(r.text("protocol"), "http")))).Set("port", doc.Int(*port, r.at))
		targets, keeps, answers, problem := m.actions(r)
		if problem != "" {
			return nil, problem
		}
		if answers && typ != "application" {
			return nil, "its listener " + r.address + " redirects or has a fixed response, which one of type " + typ + " cannot"
		}
		if answers {
			v.Set("answers", doc.Bool(true, r.at))
		}
		if len(targets.Items) > 0 {
			v.Set("targets", targets)
		}
		if typ == "network" && keeps != nil {
			v.Set("preserve_client_ip", keeps)
		}
		list = appendTo(list, v, b)
	}
	return list, ""
}

// appendTo adds an item to a list of a resource, made with its first one.
func appendTo(list, item *doc.Value, r *resource) *doc.Value {
	if list == nil {
		list = doc.ListOf(r.at)
	}
	list.Items = append(list.Items, item)
	return list
}

// actions of a listener and of its rules: what they forward to, and whether any
// of them answers by itself. What a request asks for chooses among them.
func (m *importer) actions(listener *resource) (targets, keeps *doc.Value, answers bool, problem string) {
	targets = doc.ListOf(listener.at)
	list := []*resource{listener}
	for _, r := range m.resources {
		if r.typ == "aws_lb_listener_rule" || r.typ == "aws_alb_listener_rule" {
			if name, _ := m.link(r, []string{"listeners"}, "listener_arn"); name == listener.address {
				list = append(list, r)
			}
		}
	}
	for _, r := range list {
		block := "default_action"
		if r != listener {
			block = "action"
		}
		found, keep, own, problem := m.targets(r, block)
		if problem != "" {
			return nil, nil, false, problem
		}
		targets.Items = append(targets.Items, found.Items...)
		answers = answers || own
		if keep != nil {
			keeps = keep
		}
	}
	if len(targets.Items) == 0 && !answers {
		return nil, nil, false, "the targets of its listener " + listener.address + " are not in the plan"
	}
	return targets, keeps, answers, ""
}

// targets of the actions of a listener, or of one of its rules.
func (m *importer) targets(r *resource, block string) (list, keeps *doc.Value, answers bool, problem string) {
	list = doc.ListOf(r.at)
	for i := range r.items(block) {
		switch action := r.text(block, i, "type"); {
		case action == "redirect" || action == "fixed-response":
			answers = true
			continue
		case strings.HasPrefix(action, "authenticate"):
			continue
		case action != "forward":
			return nil, nil, false, "its listener " + r.address + " does what vpcpath does not know (" + action + ")"
		}
		paths := []path{{block, i, "target_group_arn"}}
		for j := range r.items(block, i, "forward") {
			for k := range r.items(block, i, "forward", j, "target_group") {
				paths = append(paths, path{block, i, "forward", j, "target_group", k, "arn"})
			}
		}
		for _, p := range paths {
			name, _ := m.link(r, []string{"target_groups"}, p...)
			g := m.byAddress[name]
			if g == nil {
				continue
			}
			for _, a := range m.resources {
				if a.typ != "aws_lb_target_group_attachment" && a.typ != "aws_alb_target_group_attachment" {
					continue
				}
				if to, _ := m.link(a, []string{"target_groups"}, "target_group_arn"); to == name {
					t, problem := m.target(a, g)
					if problem != "" {
						return nil, nil, false, problem
					}
					list.Items = append(list.Items, t)
				}
			}
			list.Items = append(list.Items, m.placedTargets(g)...)
			if v := g.text("preserve_client_ip"); v != "" {
				keeps = doc.Bool(v == "true", g.at)
			}
		}
	}
	return list, keeps, answers, ""
}

func (m *importer) target(a, group *resource) (*doc.Value, string) {
	v := doc.Map(a.at)
	if kind := cmp.Or(group.text("target_type"), "instance"); kind == "ip" {
		address := a.text("target_id")
		if address == "" {
			if names := m.addressNames(a, "target_id"); len(names) == 1 {
				address = names[0]
			}
		}
		if address == "" {
			return nil, "the address of its target " + a.address + " is not known"
		}
		v.Set("address", str(a, address))
	} else if kind == "instance" {
		name, _ := m.link(a, []string{"instances"}, "target_id")
		if m.Section(name) != "instances" {
			return nil, "the instance of its target " + a.address + " is not among the resources"
		}
		v.Set("instance", str(a, name))
	} else {
		return nil, "targets of type " + kind + " are not modelled"
	}
	port := a.number("port")
	if port == nil {
		port = group.number("port")
	}
	if port != nil {
		v.Set("port", doc.Int(*port, a.at))
	}
	return v, ""
}

// classicBalancer has its listeners and instances in itself.
func (m *importer) classicBalancer(r *resource) {
	nodes := m.nodes(r)
	instances, ok := m.links(r, []string{"instances"}, "instances")
	for _, a := range m.resources {
		if a.typ == "aws_elb_attachment" {
			if b, _ := m.link(a, []string{"load_balancers"}, "elb"); b == r.address {
				if i, _ := m.link(a, []string{"instances"}, "instance"); i != "" && !slices.Contains(instances, i) {
					instances = append(instances, i)
				}
			}
		}
	}
	instances = slices.DeleteFunc(instances, func(i string) bool { return m.Section(i) != "instances" })
	switch {
	case len(nodes) == 0:
		m.cannot(r, "its subnets are not known")
		return
	case !ok || len(instances) == 0:
		m.cannot(r, "its instances are not in the plan")
		return
	}
	e := m.Add("load_balancers", r.address, r.at)
	e.Set("type", str(r, "classic"))
	m.scheme(e, r, nodes)
	m.setGroups(r, "security_groups")
	if r.value("cross_zone_load_balancing") != false {
		e.Set("cross_zone", doc.Bool(true, r.at))
	}
	for i := range r.items("listener") {
		port, to := r.number("listener", i, "lb_port"), r.number("listener", i, "instance_port")
		if port == nil || to == nil {
			continue
		}
		protocol := strings.ToLower(r.text("listener", i, "lb_protocol"))
		if protocol == "ssl" {
			protocol = "tcp" // as far as packets go
		}
		targets := doc.ListOf(r.at)
		for _, name := range instances {
			targets.Items = append(targets.Items, doc.Map(r.at).Set("instance", str(r, name)).Set("port", doc.Int(*to, r.at)))
		}
		e.Append("listeners", doc.Map(r.at).Set("protocol", str(r, protocol)).Set("port", doc.Int(*port, r.at)).Set("targets", targets))
	}
}
