#!/bin/sh
# Asks the AWS CLI for everything that vpcpath reads of an account, by calls
# that read only, and writes the answers to a directory:
#
#   sh dump.sh DIRECTORY
#   vpcpath import DIRECTORY -o network.yaml
#
# Run it once for each account (AWS_PROFILE), with the same directory. A call
# that fails is left out and named; the import then says what it lacks.
set -u
REGIONS=

out=${1:?usage: sh dump.sh DIRECTORY}
export AWS_PAGER=""
if [ -z "$REGIONS" ]; then
	REGIONS=$(aws configure get region) || REGIONS=${AWS_REGION:-${AWS_DEFAULT_REGION:?set AWS_REGION, or give --region to vpcpath import aws --commands}}
fi
account=$(aws --region "${REGIONS%% *}" sts get-caller-identity --query Account --output text) || exit 1

# get FILE CALL... writes what a call answers, all its pages, to a file.
get() {
	file=$dir/$1.json
	shift
	err=$(aws --region "$region" --output json "$@" 2>&1 >"$file") && return
	rm -f "$file"
	echo "left out: aws --region $region $*: $(printf '%s\n' "$err" | grep -v '^$' | tail -n 1)" >&2
}

# ids KEY FILE... lists what stands under a key in answers that are there.
ids() {
	key=$1
	shift
	for answer; do
		[ ! -f "$dir/$answer.json" ] || sed -n "s/.*\"$key\": \"\([^\"]*\)\".*/\1/p" "$dir/$answer.json"
	done | sort -u
}

for region in $REGIONS; do
	dir=$out/$account/$region
	mkdir -p "$dir" || exit 1

	get availability-zones ec2 describe-availability-zones
	get vpcs ec2 describe-vpcs
	get subnets ec2 describe-subnets
	get route-tables ec2 describe-route-tables
	get network-acls ec2 describe-network-acls
	get security-groups ec2 describe-security-groups
	get network-interfaces ec2 describe-network-interfaces
	get instances ec2 describe-instances
	get addresses ec2 describe-addresses
	get internet-gateways ec2 describe-internet-gateways
	get egress-only-internet-gateways ec2 describe-egress-only-internet-gateways
	get nat-gateways ec2 describe-nat-gateways
	get carrier-gateways ec2 describe-carrier-gateways
	get local-gateways ec2 describe-local-gateways
	get local-gateway-route-tables ec2 describe-local-gateway-route-tables
	get local-gateway-vpc-associations ec2 describe-local-gateway-route-table-vpc-associations
	for id in $(ids LocalGatewayRouteTableId local-gateway-route-tables); do
		get "$id-routes" ec2 search-local-gateway-routes --local-gateway-route-table-id "$id" \
			--query "{LocalGatewayRoutes: [{LocalGatewayRouteTableId: '$id', Routes: Routes}]}"
	done
	get block-public-access ec2 describe-vpc-block-public-access-options
	get block-public-access-exclusions ec2 describe-vpc-block-public-access-exclusions
	get public-ipv4-pools ec2 describe-public-ipv4-pools
	get byoip-cidrs ec2 describe-byoip-cidrs --max-results 100
	get vpc-peering-connections ec2 describe-vpc-peering-connections
	get vpc-endpoints ec2 describe-vpc-endpoints
	get instance-connect-endpoints ec2 describe-instance-connect-endpoints
	get vpn-gateways ec2 describe-vpn-gateways
	get vpn-connections ec2 describe-vpn-connections
	get customer-gateways ec2 describe-customer-gateways
	get direct-connect-gateways directconnect describe-direct-connect-gateways
	get virtual-interfaces directconnect describe-virtual-interfaces
	for id in $(ids directConnectGatewayId direct-connect-gateways); do
		get "direct-connect-$id" directconnect describe-direct-connect-gateway-associations --direct-connect-gateway-id "$id"
	done
	get rds-instances rds describe-db-instances

	get prefix-lists ec2 describe-prefix-lists
	get managed-prefix-lists ec2 describe-managed-prefix-lists
	for id in $(ids PrefixListId managed-prefix-lists); do
		get "prefix-list-$id" ec2 get-managed-prefix-list-entries --prefix-list-id "$id" \
			--query "{PrefixListEntries: [{PrefixListId: '$id', Entries: Entries}]}"
	done

	get transit-gateways ec2 describe-transit-gateways
	get transit-gateway-attachments ec2 describe-transit-gateway-attachments
	get transit-gateway-vpc-attachments ec2 describe-transit-gateway-vpc-attachments
	get transit-gateway-peering-attachments ec2 describe-transit-gateway-peering-attachments
	get transit-gateway-connects ec2 describe-transit-gateway-connects
	get transit-gateway-route-tables ec2 describe-transit-gateway-route-tables
	for id in $(ids TransitGatewayRouteTableId transit-gateway-route-tables); do
		get "$id-propagations" ec2 get-transit-gateway-route-table-propagations --transit-gateway-route-table-id "$id" \
			--query "{TransitGatewayPropagations: [{TransitGatewayRouteTableId: '$id', TransitGatewayRouteTablePropagations: TransitGatewayRouteTablePropagations}]}"
		get "$id-routes" ec2 search-transit-gateway-routes --transit-gateway-route-table-id "$id" --filters Name=state,Values=active,blackhole \
			--query "{TransitGatewayRoutes: [{TransitGatewayRouteTableId: '$id', Routes: Routes, AdditionalRoutesAvailable: AdditionalRoutesAvailable}]}"
	done

	# The Direct Connect gateway of one of these may be another account's.
	for id in $(ids VpnGatewayId vpn-gateways) $(ids TransitGatewayId transit-gateways); do
		get "direct-connect-$id" directconnect describe-direct-connect-gateway-associations --associated-gateway-id "$id"
	done

	get load-balancers elbv2 describe-load-balancers
	n=0 m=0
	for arn in $(ids LoadBalancerArn load-balancers); do
		n=$((n + 1))
		get "load-balancer-$n-listeners" elbv2 describe-listeners --load-balancer-arn "$arn" \
			--query "{LoadBalancerListeners: [{LoadBalancerArn: '$arn', Listeners: Listeners}]}"
		for listener in $(ids ListenerArn "load-balancer-$n-listeners"); do
			m=$((m + 1))
			get "listener-$m-rules" elbv2 describe-rules --listener-arn "$listener" --query "{ListenerRules: [{ListenerArn: '$listener', Rules: Rules}]}"
		done
		get "load-balancer-$n-attributes" elbv2 describe-load-balancer-attributes --load-balancer-arn "$arn" \
			--query "{LoadBalancerAttributes: [{LoadBalancerArn: '$arn', Attributes: Attributes}]}"
	done
	get target-groups elbv2 describe-target-groups
	n=0
	for arn in $(ids TargetGroupArn target-groups); do
		n=$((n + 1))
		get "target-group-$n-health" elbv2 describe-target-health --target-group-arn "$arn" \
			--query "{LoadBalancerTargetHealth: [{TargetGroupArn: '$arn', TargetHealthDescriptions: TargetHealthDescriptions}]}"
		get "target-group-$n-attributes" elbv2 describe-target-group-attributes --target-group-arn "$arn" \
			--query "{TargetGroupAttributes: [{TargetGroupArn: '$arn', Attributes: Attributes}]}"
	done
	get classic-load-balancers elb describe-load-balancers

	get network-firewall-list-firewalls network-firewall list-firewalls
	n=0
	for arn in $(ids FirewallArn network-firewall-list-firewalls); do
		n=$((n + 1))
		get "network-firewall-$n" network-firewall describe-firewall --firewall-arn "$arn" \
			--query '{NetworkFirewalls: [{Firewall: Firewall, FirewallStatus: FirewallStatus}]}'
	done
	get network-firewall-list-firewall-policies network-firewall list-firewall-policies
	n=0
	for arn in $(ids Arn network-firewall-list-firewall-policies); do
		n=$((n + 1))
		get "network-firewall-policy-$n" network-firewall describe-firewall-policy --firewall-policy-arn "$arn" \
			--query '{NetworkFirewallPolicies: [{FirewallPolicyResponse: FirewallPolicyResponse, FirewallPolicy: FirewallPolicy}]}'
	done
	get network-firewall-list-rule-groups network-firewall list-rule-groups
	n=0
	for arn in $(ids Arn network-firewall-list-rule-groups); do
		n=$((n + 1))
		get "network-firewall-rule-group-$n" network-firewall describe-rule-group --rule-group-arn "$arn" \
			--query '{NetworkFirewallRuleGroups: [{RuleGroupResponse: RuleGroupResponse, RuleGroup: RuleGroup}]}'
	done
done
