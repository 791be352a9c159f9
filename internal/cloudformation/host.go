package cloudformation

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

func (w *writer) instance(r *resource) {
	interfaces := r.get("NetworkInterfaces").each()
	if w.onCarrier(r, interfaces) {
		w.hidden(r, "its carrier IP address is known only when the stack is made")
		return
	}
	e := w.entry("instances", r)
	if len(interfaces) == 0 {
		if r.get("SubnetId").kind == absent {
			w.set.report(diag.Warning, r.at, idUnknown, "instance %q names no subnet: CloudFormation starts it in the default VPC, which is not in the template", r.name)
			return
		}
		w.addresses(e.Value, r, r.properties(), false)
		w.checked(e.Value, r.properties(), true)
		return
	}
	for i, n := range interfaces {
		if ref, ok := n.get("NetworkInterfaceId").ref(); ok && ref.attribute == "" {
			w.attach(ref.to.shown, r.shown, n.get("DeviceIndex"), i)
			continue
		}
		if len(interfaces) == 1 {
			w.addresses(e.Value, r, n, isTrue(n.get("AssociatePublicIpAddress")))
			w.checked(e.Value, r.properties(), true)
			continue
		}
		ni := w.draft.Add("network_interfaces", r.shown+".eth"+itoa(i), n.at)
		w.addresses(ni.Value, r, n, isTrue(n.get("AssociatePublicIpAddress")))
		w.attach(ni.Name, r.shown, n.get("DeviceIndex"), i)
	}
}

// attach notes that an interface belongs to an instance. The interface may be
// written later.
func (w *writer) attach(iface, instance string, index value, standard int) {
	e := w.draft.Add("network_interfaces", iface, index.at)
	e.Set("instance", doc.Str(instance, e.At))
	n := standard
	if s, ok := index.text(); ok {
		if i, err := atoi(s); err == nil {
			n = i
		}
	}
	e.Set("device_index", doc.Int(n, e.At))
}

func (w *writer) networkInterface(r *resource) {
	e := w.entry("network_interfaces", r)
	e.At = r.at
	w.addresses(e.Value, r, r.properties(), false)
	w.checked(e.Value, r.properties(), false)
}

func (w *writer) attachInterface(r *resource) {
	if e := w.of(r, "NetworkInterfaceId"); e != nil {
		w.attach(e.Name, w.target(r, "InstanceId", r.get("InstanceId")), r.get("DeviceIndex"), 1)
	}
}

// checked writes a source/destination check that is off. A host with one may
// forward.
func (w *writer) checked(e *doc.Value, p value, host bool) {
	v := p.get("SourceDestCheck")
	if s, ok := v.text(); ok && (s == "false" || s == "False") {
		e.Set("source_dest_check", doc.Bool(false, v.at))
		if host {
			forwardsUnknown(e, v.at)
		}
	}
}

// forwardsUnknown says that what a host does with packets for others is in no
// template.
func forwardsUnknown(e *doc.Value, at diag.Pos) { e.Set("ip_forward", doc.Str("unknown", at)) }

// addresses writes subnet, addresses and groups of an interface.
func (w *writer) addresses(e *doc.Value, r *resource, p value, public bool) {
	subnet := p.get("SubnetId")
	if subnet.kind == absent {
		subnet = r.get("SubnetId")
	}
	name := w.target(r, "SubnetId", subnet)
	e.Set("subnet", doc.Str(name, subnet.at))
	s := w.subnetOf(subnet)
	v4, v6 := s == nil || s.get("CidrBlock").kind != absent, s != nil && isTrue(s.get("AssignIpv6AddressOnCreation"))
	if v4 {
		primary := doc.Str(draft.Auto, p.at)
		if a, ok := p.get("PrivateIpAddress").text(); ok && a != "" {
			primary = doc.Str(a, p.get("PrivateIpAddress").at)
		}
		e.Set("private_ip", primary)
		for _, item := range p.get("PrivateIpAddresses").each() {
			a, ok := item.get("PrivateIpAddress").text()
			switch {
			case ok && isTrue(item.get("Primary")):
				e.Set("private_ip", doc.Str(a, item.at))
			case ok:
				e.Append("private_ips", doc.Str(a, item.at))
			}
		}
	}
	for _, item := range p.get("Ipv6Addresses").each() {
		if a, ok := item.get("Ipv6Address").text(); ok {
			e.Append("ipv6", doc.Str(a, item.at))
			v6 = false
		}
	}
	if v6 || !v4 || p.get("Ipv6AddressCount").kind != absent {
		if e.Get("ipv6") == nil {
			e.Set("ipv6", doc.Str(draft.Auto, p.at))
		}
	}
	launches := p.get("AssociatePublicIpAddress").kind == absent && s != nil && isTrue(s.get("MapPublicIpOnLaunch")) && r.typ == "AWS::EC2::Instance"
	if v4 && (public || launches) {
		e.Set("public_ip", doc.Str(draft.Auto, p.at))
	}
	groups := p.get("SecurityGroupIds")
	if groups.kind == absent {
		groups = p.get("GroupSet")
	}
	for _, g := range groups.each() {
		e.Append("security_groups", doc.Str(w.target(r, "SecurityGroupIds", g), g.at))
	}
}

// subnetOf is the subnet that a value refers to, if it is in the templates.
func (w *writer) subnetOf(v value) *resource {
	if ref, ok := v.ref(); ok && ref.to.typ == "AWS::EC2::Subnet" {
		return ref.to
	}
	return nil
}

func (w *writer) natGateway(r *resource) {
	if mode, _ := r.get("AvailabilityMode").text(); mode == "regional" {
		w.draft.NotModelled(r.shown, "NAT gateway", "the addresses of a regional NAT gateway are known only when the stack is made", r.at)
		return
	}
	for _, p := range []string{"SecondaryAllocationIds", "SecondaryPrivateIpAddressCount", "SecondaryPrivateIpAddresses"} {
		if v := r.get(p); v.kind != absent {
			w.draft.NotModelled(r.shown, "NAT gateway", "which of its several addresses go together is known only when the stack is made", v.at)
			return
		}
	}
	e := w.entry("nat_gateways", r)
	w.link(e.Value, "subnet", r, "SubnetId")
	e.Set("private_ip", doc.Str(draft.Auto, r.at))
	if a, ok := r.get("PrivateIpAddress").text(); ok && a != "" {
		e.Set("private_ip", doc.Str(a, r.at))
	}
	if c, _ := r.get("ConnectivityType").text(); c == "private" {
		e.Set("connectivity", doc.Str("private", r.at))
		return
	}
	e.Set("public_ip", doc.Str(draft.Auto, r.get("AllocationId").at))
}

// elasticIP gives an instance that the address itself names a public address.
func (w *writer) elasticIP(r *resource) {
	if r.get("InstanceId").kind != absent {
		w.publish(r, "InstanceId", r)
	}
}

func (w *writer) associateElasticIP(r *resource) {
	var eip *resource
	for _, property := range []string{"AllocationId", "EIP"} {
		if ref, ok := r.get(property).ref(); ok {
			eip = ref.to
		}
	}
	for _, property := range []string{"InstanceId", "NetworkInterfaceId"} {
		if r.get(property).kind != absent {
			w.publish(r, property, eip)
		}
	}
}

// ofCarrier reports whether an Elastic IP address is one of a Wavelength Zone:
// a carrier IP address (MISC-3).
func ofCarrier(eip *resource) bool {
	if eip == nil {
		return false
	}
	group, _ := eip.get("NetworkBorderGroup").text()
	return strings.Contains(group, "-wl")
}

// onCarrier reports whether an instance has a carrier IP address, which the
// language has no word for before it is known.
func (w *writer) onCarrier(r *resource, interfaces []value) bool {
	for _, n := range interfaces {
		if isTrue(n.get("AssociateCarrierIpAddress")) {
			return true
		}
	}
	if w.carried == nil {
		w.carried = map[string]bool{}
		for _, t := range w.set.templates {
			for _, eip := range t.resources {
				if eip.typ == "AWS::EC2::EIP" && !eip.left && ofCarrier(eip) {
					w.carried[w.holder(eip)] = true
				}
			}
		}
	}
	return w.carried[r.shown]
}

// publish gives what a property of r names the Elastic IP address, which is
// nil where it is not in the templates.
func (w *writer) publish(r *resource, property string, eip *resource) {
	if ref, ok := r.get(property).ref(); ok && ref.to.typ == "AWS::EC2::Instance" && ofCarrier(eip) {
		return // the instance says so
	}
	e := w.of(r, property)
	if e == nil {
		return
	}
	if a, ok := r.get("PrivateIpAddress").text(); ok && a != "" {
		m := e.Get("public_ips")
		if m == nil {
			m = doc.Map(r.at)
			e.Set("public_ips", m)
		}
		m.Set(a, doc.Str(draft.Auto, r.at))
		return
	}
	e.Set("public_ip", doc.Str(draft.Auto, r.at))
}

// address is the topology's name of a resource's address; "" where it has
// none.
func (w *writer) address(to reference) string {
	switch to.to.typ + "." + to.attribute {
	case "AWS::EC2::Instance.PrivateIp", "AWS::EC2::NetworkInterface.PrimaryPrivateIpAddress", "AWS::EC2::NetworkInterface.PrimaryPrivateIp":
		return to.to.shown + ".private_ip"
	case "AWS::EC2::Instance.PublicIp":
		return to.to.shown + ".public_ip"
	case "AWS::EC2::EIP.", "AWS::EC2::EIP.PublicIp":
		if holder := w.holder(to.to); holder != "" && !ofCarrier(to.to) {
			return holder + ".public_ip"
		}
	}
	return ""
}

// holder is the name of what an Elastic IP belongs to.
func (w *writer) holder(eip *resource) string {
	if ref, ok := eip.get("InstanceId").ref(); ok {
		return ref.to.shown
	}
	for _, t := range w.set.templates {
		for _, r := range t.resources {
			if r.left {
				continue
			}
			for _, property := range []string{"AllocationId", "EIP"} {
				if ref, ok := r.get(property).ref(); !ok || ref.to != eip {
					continue
				}
				if r.typ == "AWS::EC2::NatGateway" {
					return r.shown
				}
				for _, p := range []string{"InstanceId", "NetworkInterfaceId"} {
					if ref, ok := r.get(p).ref(); ok {
						return ref.to.shown
					}
				}
			}
		}
	}
	return ""
}
