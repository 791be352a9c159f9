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
	gatewayRouteTableShared,
	hubNATGatewayWithoutReturnRoute,
	ingressInspectionBypassed,
	ingressTargetWithoutPublicIP,
	inspectionOneWay,
	inspectionWithoutApplianceMode,
	internetRouteWithoutGateway,
	internetRouteWithoutPublicIP,
	ipv6WithoutRules,
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
	unreachableRoute,
	unusedResource,
	widePortRangeOpenToInternet,
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
