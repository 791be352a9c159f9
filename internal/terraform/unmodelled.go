package terraform

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
)

// hidden are types that have network interfaces, or move packets, in ways that
// a plan does not show or that vpcpath does not model: with one of these, the
// topology does not hold all interfaces.
var hidden = map[string]string{
	"aws_db_instance": "database instance", "aws_rds_cluster": "database cluster", "aws_rds_cluster_instance": "database instance",
	"aws_db_proxy": "database proxy", "aws_docdb_cluster": "database cluster", "aws_neptune_cluster": "database cluster",
	"aws_redshift_cluster": "database cluster", "aws_elasticache_cluster": "cache cluster", "aws_elasticache_replication_group": "cache cluster",
	"aws_memorydb_cluster": "cache cluster", "aws_dax_cluster": "cache cluster", "aws_lambda_function": "Lambda function",
	"aws_ecs_service": "ECS service", "aws_eks_cluster": "EKS cluster", "aws_eks_node_group": "EKS node group",
	"aws_eks_fargate_profile": "Fargate profile", "aws_autoscaling_group": "Auto Scaling group", "aws_spot_instance_request": "spot instance",
	"aws_spot_fleet_request": "spot fleet", "aws_ec2_fleet": "fleet", "aws_efs_mount_target": "EFS mount target",
	"aws_fsx_lustre_file_system": "file system", "aws_fsx_windows_file_system": "file system", "aws_fsx_ontap_file_system": "file system",
	"aws_msk_cluster": "Kafka cluster", "aws_mq_broker": "message broker", "aws_opensearch_domain": "OpenSearch domain",
	"aws_elasticsearch_domain": "Elasticsearch domain", "aws_directory_service_directory": "directory", "aws_workspaces_workspace": "workspace",
	"aws_sagemaker_notebook_instance": "notebook", "aws_emr_cluster": "EMR cluster", "aws_batch_compute_environment": "compute environment",
	"aws_transfer_server": "transfer server", "aws_dms_replication_instance": "replication instance", "aws_glue_connection": "Glue connection",
	"aws_mwaa_environment": "Airflow environment", "aws_apprunner_vpc_connector": "VPC connector", "aws_cloud9_environment_ec2": "Cloud9 environment",
	"aws_route53_resolver_endpoint": "resolver endpoint", "aws_elastic_beanstalk_environment": "Beanstalk environment",
	"aws_lightsail_instance": "Lightsail instance", "aws_docdb_cluster_instance": "database instance", "aws_neptune_cluster_instance": "database instance",
	"aws_codebuild_project": "build project",
}

// deciding are types that decide about packets and are not modelled.
var deciding = map[string]string{
	"aws_networkmanager_core_network": "Cloud WAN core network", "aws_networkmanager_vpc_attachment": "Cloud WAN attachment",
	"aws_networkmanager_connect_attachment": "Cloud WAN attachment", "aws_networkmanager_site_to_site_vpn_attachment": "Cloud WAN attachment",
	"aws_networkmanager_transit_gateway_route_table_attachment": "Cloud WAN attachment", "aws_networkmanager_dx_gateway_attachment": "Cloud WAN attachment",
	"aws_ec2_local_gateway_route": "local gateway route", "aws_ec2_local_gateway_route_table_vpc_association": "local gateway table",
	"aws_ec2_transit_gateway_multicast_domain": "multicast domain", "aws_ec2_transit_gateway_policy_table": "transit gateway policy table",
	"aws_ec2_client_vpn_endpoint":                        "Client VPN endpoint",
	"aws_vpclattice_service_network_vpc_association":     "VPC Lattice association",
	"aws_vpclattice_service_network_service_association": "VPC Lattice association", "aws_vpclattice_resource_gateway": "VPC Lattice resource gateway",
	"aws_vpc_route_server": "route server", "aws_vpc_route_server_propagation": "route server propagation",
	"aws_globalaccelerator_endpoint_group": "Global Accelerator endpoints", "aws_globalaccelerator_custom_routing_endpoint_group": "Global Accelerator endpoints",
	"aws_verifiedaccess_endpoint": "Verified Access endpoint",
}

// unmodelled enters what matters to packets and has no entry yet. All else,
// as roles and buckets, is of no account to packets.
func (m *importer) unmodelled(r *resource) {
	if kind := hidden[r.typ]; kind != "" {
		if m.placed[r] != nil || outside(r) {
			return
		}
		m.cannot(r, "network interfaces of this kind are not in a plan")
		m.setKind(r, kind)
		m.incomplete(r, kind)
		return
	}
	if kind := deciding[r.typ]; kind != "" {
		m.cannot(r, "resources of this kind are not modelled")
		m.setKind(r, kind)
		return
	}
	if m.Section(r.address) == "not_modelled" && (sectionOf[r.typ] == "instances" || sectionOf[r.typ] == "load_balancers" || sectionOf[r.typ] == "network_interfaces") {
		m.incomplete(r, strings.ReplaceAll(strings.TrimSuffix(sectionOf[r.typ], "s"), "_", " "))
	}
}

func (m *importer) setKind(r *resource, kind string) {
	if e := m.Entry(r.address); e != nil {
		e.Set("kind", str(r, kind))
	}
}

// incomplete says of the VPC that it has interfaces that the topology does not
// hold: of every VPC, where it cannot be told which one it is.
func (m *importer) incomplete(r *resource, kind string) {
	vpcs := map[string]bool{}
	for _, p := range []path{{"subnet_ids"}, {"subnets"}, {"vpc_zone_identifier"}, {"subnet_id"}, {"vpc_config", 0, "subnet_ids"},
		{"network_configuration", 0, "subnets"}, {"broker_node_group_info", 0, "client_subnets"}, {"vpc_options", 0, "subnet_ids"}} {
		for _, s := range m.subnetsOf(r, p) {
			if e := m.Entry(s); e != nil && e.Get("vpc") != nil {
				vpcs[e.Get("vpc").Text] = true
			}
		}
	}
	for _, v := range m.resources {
		if sectionOf[v.typ] != "vpcs" || len(vpcs) > 0 && !vpcs[v.address] {
			continue
		}
		if e := m.Entry(v.address); e != nil && e.Get("incomplete") == nil {
			e.Set("incomplete", doc.Str("interfaces of "+r.address+", a "+kind+", are not in the plan", r.at))
		}
	}
}

// subnetsOf finds subnets without a word about those that it does not find.
func (m *importer) subnetsOf(r *resource, p path) []string {
	var out []string
	for _, id := range append(r.texts(p...), r.text(p...)) {
		if s := m.byID[id]; s != nil && sectionOf[s.typ] == "subnets" {
			out = append(out, s.address)
		}
	}
	if r.unknownAt(p...) {
		names, _, _ := m.named(r, toSubnet, p...)
		out = append(out, names...)
	}
	return out
}

// dataBuilders make entries of what data sources have read. They are a part of
// something whose rest nobody has read.
var dataBuilders = map[string]func(*importer, *resource){
	"aws_vpc": func(m *importer, r *resource) {
		if m.elsewhere(r) || r.text("cidr_block") == "" {
			return
		}
		m.vpc(r)
		e := m.Entry(r.address)
		e.Weak = true
		e.Set("incomplete", str(r, "a data source has read the VPC; what else is in it, it does not tell"))
		for _, part := range []struct{ key, kind string }{{"main_route_table", "route table"}, {"default_network_acl", "network ACL"}} {
			name := r.address + "." + part.key
			m.NotModelled(name, part.kind, "a data source has read the VPC only", r.at)
			e.Set(part.key, str(r, name))
		}
	},
	"aws_subnet": func(m *importer, r *resource) {
		vpc := m.byID[r.text("vpc_id")]
		if m.elsewhere(r) || vpc == nil {
			return
		}
		m.subnet(r)
		e := m.Entry(r.address)
		if e == nil || m.Section(r.address) != "subnets" {
			return
		}
		e.Weak = true
		for _, part := range []struct{ key, kind string }{{"route_table", "route table"}, {"network_acl", "network ACL"}} {
			name := r.address + "." + part.key
			m.NotModelled(name, part.kind, "a data source has read the subnet only", r.at)
			e.Set(part.key, str(r, name))
		}
	},
	"aws_security_group": func(m *importer, r *resource) {
		if !m.elsewhere(r) {
			m.cannot(r, "a data source does not read the rules of a security group")
			m.Entry(r.address).Weak = true
		}
	},
	"aws_prefix_list": func(m *importer, r *resource) { m.listRead(r, r.texts("cidr_blocks")) },
	"aws_ec2_managed_prefix_list": func(m *importer, r *resource) {
		var cidrs []string
		for i := range r.items("entries") {
			cidrs = append(cidrs, r.text("entries", i, "cidr"))
		}
		m.listRead(r, cidrs)
	},
}

// listRead enters a prefix list that a data source has read, or will read when
// the plan is applied.
func (m *importer) listRead(r *resource, cidrs []string) {
	if m.elsewhere(r) {
		return
	}
	service := r.text("name")
	if !strings.HasPrefix(service, "com.amazonaws.") {
		service = ""
	}
	m.PrefixList(r.address, service, cidrs, r.at).Weak = true
}

// elsewhere reports whether a managed resource is what a data source has read.
func (m *importer) elsewhere(r *resource) bool {
	o := m.byID[r.text("id")]
	return o != nil && o != r && !o.data
}
