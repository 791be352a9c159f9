package check

import "embed"

// topologies are the bad and the good one of each rule.
//
//go:embed rules/*.yaml
var topologies embed.FS

// rules is the one list of rules, sorted by id. A test asserts that each is
// whole.
var rules = []*Rule{
	aclRuleSplitsSubnet,
	allPortsOpenToInternet,
	applianceInInspectedSubnet,
	applianceNotForwarding,
	applianceSourceDestCheck,
	applianceSubnetWithoutInternetRoute,
	blackholeRoute,
	databasePortOpenToInternet,
	dualStackSubnetWithoutIPv6Route,
	emptyNetworkACL,
	gatewayEndpointNotUsed,
	gatewayRouteTableShared,
	hubNATGatewayWithoutReturnRoute,
	ingressInspectionBypassed,
	ingressTargetWithoutPublicIP,
	inspectionOneWay,
	inspectionWithoutApplianceMode,
	interfaceEndpointClosed,
	internetRouteWithoutGateway,
	internetRouteWithoutPublicIP,
	ipv6WithoutRules,
	loadBalancerInPrivateSubnet,
	loadBalancerTargetNotAdmitted,
	loadBalancerZoneGap,
	mainRouteTableToInternet,
	managementPortForwardedToInternet,
	managementPortOpenToInternet,
	masqueradeMissesClients,
	natGatewayBlockedByACL,
	natGatewayInClientSubnet,
	natGatewayInOtherZone,
	natGatewayInPrivateSubnet,
	natInstanceBlockedBySecurityGroup,
	natInstanceWithoutInternet,
	networkACLBlocksPathMTU,
	networkACLBlocksReplies,
	networkLoadBalancerHairpin,
	peeringAmbiguousReturn,
	peeringRouteBeyondPeer,
	peeringWithoutReturnRoute,
	portForwardMatchesPublicAddress,
	portForwardToNobody,
	portForwardWithoutMasquerade,
	prefixListsOverlap,
	privateCIDROfNobody,
	privateNATGatewayToInternet,
	privateSubnetWithIPv6InternetRoute,
	propagatedRouteShadowed,
	publicIPWithoutInternetRoute,
	quotaExceeded,
	redundantSecurityGroupRule,
	routingLoop,
	securityGroupReferenceNeverMatches,
	securityGroupWithoutEgress,
	shadowedACLRule,
	singleApplianceForSeveralZones,
	subnetMissingFromIngressRouting,
	subnetUsesDefaultNetworkACL,
	subnetUsesMainRouteTable,
	transitGatewayAttachmentWithoutTable,
	transitGatewayRouteMissing,
	transitGatewayWithoutReturnRoute,
	transitGatewayZoneMissing,
	tunnelDown,
	tunnelOverlappingNetworks,
	tunnelWithoutReturnRoute,
	unreachableRoute,
	unusedResource,
	vpnGatewayIPv6,
	vpnGatewayUnknownPrefix,
	widePortRangeOpenToInternet,
	workloadInAttachmentSubnet,
}

// Bad is a whole topology that the rule flags, at the lines with
// `# want "regexp"`. It is empty for what is no rule of Rules.
func (r *Rule) Bad() string { return r.topology("bad") }

// Good is a topology that looks like Bad and that the rule does not flag.
func (r *Rule) Good() string { return r.topology("good") }

// topology reads rules/ID.KIND.yaml when it is asked for: the command starts
// without.
func (r *Rule) topology(kind string) string {
	text, err := topologies.ReadFile("rules/" + r.ID + "." + kind + ".yaml")
	if err != nil {
		return "" // a test holds that each rule has both
	}
	return string(text)
}
