package cloudformation

import (
	"fmt"
	"net/netip"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// properties that an attribute of the same meaning returns.
var sameAs = map[string]string{
	"AWS::EC2::VPC.CidrBlock": "CidrBlock", "AWS::EC2::Subnet.CidrBlock": "CidrBlock", "AWS::EC2::Subnet.VpcId": "VpcId",
	"AWS::EC2::Subnet.AvailabilityZone": "AvailabilityZone", "AWS::EC2::SecurityGroup.VpcId": "VpcId",
	"AWS::EC2::NetworkInterface.VpcId": "VpcId",
}

// idAttributes return what Ref returns, for resources whose Ref may be another
// thing.
var idAttributes = map[string]bool{"GroupId": true, "VpcId": true, "SubnetId": true, "RouteTableId": true, "InternetGatewayId": true,
	"NatGatewayId": true, "AllocationId": true, "Id": true, "AttachmentId": true, "TransitGatewayRouteTableId": true, "InstanceId": true,
	"LoadBalancerArn": true, "TargetGroupArn": true, "FirewallArn": true, "FirewallPolicyArn": true, "RuleGroupArn": true, "PrefixListId": true,
	"VPNGatewayId": true, "CustomerGatewayId": true, "VpnConnectionId": true, "ListenerArn": true}

// attribute is what GetAtt returns.
func (r *resource) attribute(name string, at diag.Pos) value {
	if property, ok := sameAs[r.typ+"."+name]; ok {
		if v := r.get(property); v.kind != absent {
			v.at = at
			return v
		}
	}
	switch {
	case r.typ == "AWS::EC2::VPC" && name == "CidrBlockAssociations", r.typ == "AWS::EC2::VPC" && name == "Ipv6CidrBlocks":
		return r.ipv6Blocks(at)
	case r.typ == "AWS::NetworkFirewall::Firewall" && name == "EndpointIds":
		return r.firewallEndpoints(at)
	case idAttributes[name]:
		return refer(r, "", at)
	}
	return refer(r, name, at)
}

// ipv6Blocks are the IPv6 blocks of a VPC. One that Amazon provides is known
// only when the stack is made: a block of the range for documentation stands
// for it, which no rule can mean.
func (r *resource) ipv6Blocks(at diag.Pos) value {
	out := value{kind: list, at: at}
	for _, t := range r.template.set.templates {
		for _, o := range t.resources {
			if o.typ != "AWS::EC2::VPCCidrBlock" || o.left {
				continue
			}
			if to, ok := o.get("VpcId").ref(); !ok || to.to != r {
				continue
			}
			if block, ok := o.get("Ipv6CidrBlock").text(); ok && block != "" {
				out.items = append(out.items, plain(block, at))
			} else if isTrue(o.get("AmazonProvidedIpv6CidrBlock")) {
				out.items = append(out.items, plain(o.standIn().String(), at))
			}
		}
	}
	if len(out.items) == 0 {
		return unknownValue(fmt.Sprintf("VPC %q has no IPv6 block in the template", r.name), at)
	}
	return out
}

// standIn is the block that stands for one that Amazon chooses: 2001:db8:N::/56
// for the Nth.
func (r *resource) standIn() netip.Prefix {
	n := 0
	for _, t := range r.template.set.templates {
		for _, o := range t.resources {
			if o.typ != "AWS::EC2::VPCCidrBlock" || !isTrue(o.get("AmazonProvidedIpv6CidrBlock")) {
				continue
			}
			if o == r {
				return netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(n >> 8), byte(n)}), 56)
			}
			n++
		}
	}
	return netip.Prefix{}
}

// firewallEndpoints are as AWS lists them: "zone:vpce-...".
func (r *resource) firewallEndpoints(at diag.Pos) value {
	out := value{kind: list, at: at}
	for i, m := range r.get("SubnetMappings").each() {
		zone := value{kind: text, parts: []part{{text: "zone"}}}
		if s, ok := m.get("SubnetId").ref(); ok {
			if z := s.to.get("AvailabilityZone"); z.kind == text {
				zone = z
			}
		}
		endpoint := refer(r, endpointAttribute(i), at)
		out.items = append(out.items, join(":", []value{zone, endpoint}, at))
	}
	return out
}

func endpointAttribute(i int) string { return fmt.Sprintf("endpoint-%d", i+1) }

// pseudo is the value of a pseudo parameter: the user's, else a stand-in.
func (s *set) pseudo(name string) string {
	if v, ok := s.parameters[name]; ok {
		s.used[name] = true
		return v
	}
	switch name {
	case "AWS::Region":
		return "us-east-1"
	case "AWS::AccountId":
		return "111122223333"
	case "AWS::Partition":
		return "aws"
	case "AWS::URLSuffix":
		return "amazonaws.com"
	case "AWS::StackName":
		return "stack"
	}
	return name
}

func isTrue(v value) bool {
	s, ok := v.text()
	return ok && (s == "true" || s == "True" || s == "TRUE")
}
