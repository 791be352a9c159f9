package terraform

// sectionOf says which section of the topology language a type of resource
// becomes an entry of.
var sectionOf = map[string]string{
	"aws_vpc": "vpcs", "aws_default_vpc": "vpcs",
	"aws_subnet": "subnets", "aws_default_subnet": "subnets",
	"aws_route_table": "route_tables", "aws_default_route_table": "route_tables",
	"aws_network_acl": "network_acls", "aws_default_network_acl": "network_acls",
	"aws_security_group": "security_groups", "aws_default_security_group": "security_groups",
	"aws_internet_gateway": "internet_gateways", "aws_egress_only_internet_gateway": "egress_only_internet_gateways",
	"aws_nat_gateway": "nat_gateways", "aws_instance": "instances", "aws_network_interface": "network_interfaces",
	"aws_vpc_peering_connection": "peering_connections", "aws_vpc_peering_connection_accepter": "peering_connections",
	"aws_ec2_transit_gateway": "transit_gateways", "aws_ec2_transit_gateway_route_table": "transit_gateway_route_tables",
	"aws_ec2_transit_gateway_vpc_attachment":     "transit_gateway_attachments",
	"aws_ec2_transit_gateway_peering_attachment": "transit_gateway_attachments",
	"aws_vpn_gateway":                            "vpn_gateways", "aws_vpn_connection": "vpn_connections",
	"aws_vpc_endpoint": "vpc_endpoints", "aws_lb": "load_balancers", "aws_alb": "load_balancers", "aws_elb": "load_balancers",
	"aws_ec2_managed_prefix_list": "prefix_lists", "aws_prefix_list": "prefix_lists",
	"aws_networkfirewall_firewall": "network_firewalls", "aws_ec2_instance_connect_endpoint": "vpc_endpoints",
	"aws_ec2_carrier_gateway": "carrier_gateways", "aws_vpc_block_public_access_options": "block_public_access",
	"aws_ec2_transit_gateway_connect": "transit_gateway_attachments",
	"aws_dx_gateway":                  "direct_connect_gateways",
}

// pieces are types that are a part of, or a link between, the entries of
// others; they are modelled where these are.
var pieces = []string{"aws_route", "aws_route_table_association", "aws_main_route_table_association", "aws_security_group_rule",
	"aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule", "aws_network_acl_rule", "aws_network_acl_association",
	"aws_eip", "aws_eip_association", "aws_vpc_ipv4_cidr_block_association", "aws_vpc_ipv6_cidr_block_association",
	"aws_internet_gateway_attachment", "aws_network_interface_attachment", "aws_network_interface_sg_attachment",
	"aws_vpc_peering_connection_accepter", "aws_vpc_peering_connection_options", "aws_vpn_gateway_attachment",
	"aws_vpn_gateway_route_propagation", "aws_vpn_connection_route", "aws_ec2_transit_gateway_route",
	"aws_ec2_transit_gateway_route_table_association", "aws_ec2_transit_gateway_route_table_propagation",
	"aws_ec2_transit_gateway_vpc_attachment_accepter", "aws_ec2_transit_gateway_peering_attachment_accepter",
	"aws_vpc_endpoint_route_table_association", "aws_vpc_endpoint_subnet_association", "aws_vpc_endpoint_security_group_association",
	"aws_lb_listener", "aws_alb_listener", "aws_lb_target_group", "aws_alb_target_group", "aws_lb_target_group_attachment",
	"aws_alb_target_group_attachment", "aws_lb_listener_rule", "aws_alb_listener_rule", "aws_elb_attachment", "aws_nat_gateway_eip_association", "aws_ec2_managed_prefix_list_entry", "aws_customer_gateway",
	"aws_networkfirewall_firewall_policy", "aws_networkfirewall_rule_group", "aws_vpc_block_public_access_exclusion",
	"aws_ec2_transit_gateway_connect_peer", "aws_dx_gateway_association", "aws_dx_gateway_association_proposal",
	"aws_dx_private_virtual_interface", "aws_dx_transit_virtual_interface", "aws_dx_hosted_private_virtual_interface",
	"aws_dx_hosted_private_virtual_interface_accepter", "aws_dx_hosted_transit_virtual_interface",
	"aws_dx_hosted_transit_virtual_interface_accepter"}

// kindsWithout are the kinds of what others name and has no entry of its own.
var kindsWithout = map[string]string{
	"aws_eip": "eips", "aws_lb_target_group": "target_groups", "aws_alb_target_group": "target_groups",
	"aws_lb_listener": "listeners", "aws_alb_listener": "listeners",
	"aws_networkfirewall_firewall_policy": "firewall_policies", "aws_networkfirewall_rule_group": "firewall_rule_groups",
	"aws_dx_gateway_association_proposal": "dx_proposals", "aws_dx_gateway_association": "dx_associations",
	"aws_vpc_endpoint_service": "endpoint_services",
	"aws_db_subnet_group":      "subnet_groups", "aws_docdb_subnet_group": "subnet_groups", "aws_neptune_subnet_group": "subnet_groups",
	"aws_elasticache_subnet_group": "subnet_groups", "aws_memorydb_subnet_group": "subnet_groups", "aws_dax_subnet_group": "subnet_groups",
	"aws_redshift_subnet_group": "subnet_groups", "aws_dms_replication_subnet_group": "subnet_groups",
	"aws_rds_cluster": "clusters", "aws_docdb_cluster": "clusters", "aws_neptune_cluster": "clusters",
	"aws_launch_template": "launch_templates", "aws_launch_configuration": "launch_templates", "aws_autoscaling_group": "scaling_groups",
}

// namesItself are the types whose id others give as a reference: the id of an
// association or a rule is nobody's name.
var namesItself = func() map[string]bool {
	out := map[string]bool{}
	for typ := range kindsWithout {
		out[typ] = true
	}
	for typ := range sectionOf {
		out[typ] = true
	}
	delete(out, "aws_vpc_peering_connection_accepter")
	return out
}()

// kindOf is the section of a resource, or the kind of what has no entry.
func (m *importer) kindOf(r *resource) string {
	if kind := kindsWithout[r.typ]; kind != "" {
		return kind
	}
	return sectionOf[r.typ]
}
