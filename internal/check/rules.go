package check

import "embed"

// topologies are the bad and the good one of each rule.
//
//go:embed rules/*.yaml
var topologies embed.FS

// rules is the one list of rules, sorted by id. A test asserts that each is
// whole.
var rules = withTopologies(
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
)

// withTopologies gives each rule its topologies, rules/ID.bad.yaml and
// rules/ID.good.yaml.
func withTopologies(list ...*Rule) []*Rule {
	for _, r := range list {
		r.Bad, r.Good = topology(r.ID, "bad"), topology(r.ID, "good")
	}
	return list
}

func topology(id, kind string) string {
	text, err := topologies.ReadFile("rules/" + id + "." + kind + ".yaml")
	if err != nil {
		panic(err) // the files are compiled in, and a test loads each
	}
	return string(text)
}
