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
account=$(aws sts get-caller-identity --query Account --output text) || exit 1
if [ -z "$REGIONS" ]; then
	REGIONS=$(aws configure get region) || REGIONS=${AWS_REGION:-${AWS_DEFAULT_REGION:?set AWS_REGION, or give --region to vpcpath import aws --commands}}
fi

# get FILE CALL... writes what a call answers, all its pages, to a file.
get() {
	file=$dir/$1.json
	shift
	err=$(aws --region "$region" --output json "$@" 2>&1 >"$file") && return
	rm -f "$file"
	echo "left out: aws --region $region $*: $(printf '%s\n' "$err" | grep -i -m 1 error)" >&2
}

# each CALL... lists the ids that a call answers.
each() { aws --region "$region" --output text "$@" | tr '\t' '\n' | grep -v '^None$'; }

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
	get block-public-access ec2 describe-vpc-block-public-access-options
	get vpc-peering-connections ec2 describe-vpc-peering-connections
	get vpc-endpoints ec2 describe-vpc-endpoints
	get instance-connect-endpoints ec2 describe-instance-connect-endpoints
	get vpn-gateways ec2 describe-vpn-gateways
	get vpn-connections ec2 describe-vpn-connections
	get customer-gateways ec2 describe-customer-gateways
	get direct-connect-gateways directconnect describe-direct-connect-gateways
	get rds-instances rds describe-db-instances

	get prefix-lists ec2 describe-prefix-lists
	get managed-prefix-lists ec2 describe-managed-prefix-lists
	for id in $(each ec2 describe-managed-prefix-lists --query 'PrefixLists[].PrefixListId'); do
		get "prefix-list-$id" ec2 get-managed-prefix-list-entries --prefix-list-id "$id" \
			--query "{PrefixListEntries: [{PrefixListId: '$id', Entries: Entries}]}"
	done

	get transit-gateways ec2 describe-transit-gateways
	get transit-gateway-attachments ec2 describe-transit-gateway-attachments
	get transit-gateway-vpc-attachments ec2 describe-transit-gateway-vpc-attachments
	get transit-gateway-peering-attachments ec2 describe-transit-gateway-peering-attachments
	get transit-gateway-route-tables ec2 describe-transit-gateway-route-tables
	for id in $(each ec2 describe-transit-gateway-route-tables --query 'TransitGatewayRouteTables[].TransitGatewayRouteTableId'); do
		get "$id-propagations" ec2 get-transit-gateway-route-table-propagations --transit-gateway-route-table-id "$id" \
			--query "{TransitGatewayPropagations: [{TransitGatewayRouteTableId: '$id', TransitGatewayRouteTablePropagations: TransitGatewayRouteTablePropagations}]}"
		get "$id-routes" ec2 search-transit-gateway-routes --transit-gateway-route-table-id "$id" --filters Name=state,Values=active,blackhole \
			--query "{TransitGatewayRoutes: [{TransitGatewayRouteTableId: '$id', Routes: Routes, AdditionalRoutesAvailable: AdditionalRoutesAvailable}]}"
	done

	get load-balancers elbv2 describe-load-balancers
	n=0 m=0
	for arn in $(each elbv2 describe-load-balancers --query 'LoadBalancers[].LoadBalancerArn'); do
		n=$((n + 1))
		get "load-balancer-$n-listeners" elbv2 describe-listeners --load-balancer-arn "$arn" \
			--query "{LoadBalancerListeners: [{LoadBalancerArn: '$arn', Listeners: Listeners}]}"
		for listener in $(each elbv2 describe-listeners --load-balancer-arn "$arn" --query 'Listeners[].ListenerArn'); do
			m=$((m + 1))
			get "listener-$m-rules" elbv2 describe-rules --listener-arn "$listener" --query "{ListenerRules: [{ListenerArn: '$listener', Rules: Rules}]}"
		done
		get "load-balancer-$n-attributes" elbv2 describe-load-balancer-attributes --load-balancer-arn "$arn" \
			--query "{LoadBalancerAttributes: [{LoadBalancerArn: '$arn', Attributes: Attributes}]}"
	done
	get target-groups elbv2 describe-target-groups
	n=0
	for arn in $(each elbv2 describe-target-groups --query 'TargetGroups[].TargetGroupArn'); do
		n=$((n + 1))
		get "target-group-$n-health" elbv2 describe-target-health --target-group-arn "$arn" \
			--query "{LoadBalancerTargetHealth: [{TargetGroupArn: '$arn', TargetHealthDescriptions: TargetHealthDescriptions}]}"
		get "target-group-$n-attributes" elbv2 describe-target-group-attributes --target-group-arn "$arn" \
			--query "{TargetGroupAttributes: [{TargetGroupArn: '$arn', Attributes: Attributes}]}"
	done
	get classic-load-balancers elb describe-load-balancers

	n=0
	for arn in $(each network-firewall list-firewalls --query 'Firewalls[].FirewallArn'); do
		n=$((n + 1))
		get "network-firewall-$n" network-firewall describe-firewall --firewall-arn "$arn" \
			--query '{NetworkFirewalls: [{Firewall: Firewall, FirewallStatus: FirewallStatus}]}'
	done
done
