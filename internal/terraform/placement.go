package terraform

import (
	"maps"
	"slices"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// placement says where a resource that runs hosts of its own has their network
// interfaces: in subnets, with security groups. Each place becomes an instance.
type placement struct {
	subnets path // of the subnets themselves, or of a subnet group
	groups  path
	public  path // whether they get public addresses
	from    path // of another resource that has the subnets and groups, as a cluster
	address path // the private address, where there is one
	// outbound says that no connection can be begun to them (NI-24).
	outbound bool
}

var placements = map[string]placement{
	"aws_lambda_function":               {subnets: path{"vpc_config", 0, "subnet_ids"}, groups: path{"vpc_config", 0, "security_group_ids"}, outbound: true},
	"aws_ecs_service":                   {subnets: path{"network_configuration", 0, "subnets"}, groups: path{"network_configuration", 0, "security_groups"}, public: path{"network_configuration", 0, "assign_public_ip"}},
	"aws_db_instance":                   {subnets: path{"db_subnet_group_name"}, groups: path{"vpc_security_group_ids"}, public: path{"publicly_accessible"}},
	"aws_rds_cluster_instance":          {from: path{"cluster_identifier"}, public: path{"publicly_accessible"}},
	"aws_docdb_cluster_instance":        {from: path{"cluster_identifier"}},
	"aws_neptune_cluster_instance":      {from: path{"cluster_identifier"}},
	"aws_rds_cluster":                   {subnets: path{"db_subnet_group_name"}, groups: path{"vpc_security_group_ids"}},
	"aws_docdb_cluster":                 {subnets: path{"db_subnet_group_name"}, groups: path{"vpc_security_group_ids"}},
	"aws_neptune_cluster":               {subnets: path{"neptune_subnet_group_name"}, groups: path{"vpc_security_group_ids"}},
	"aws_db_proxy":                      {subnets: path{"vpc_subnet_ids"}, groups: path{"vpc_security_group_ids"}},
	"aws_elasticache_cluster":           {subnets: path{"subnet_group_name"}, groups: path{"security_group_ids"}},
	"aws_elasticache_replication_group": {subnets: path{"subnet_group_name"}, groups: path{"security_group_ids"}},
	"aws_memorydb_cluster":              {subnets: path{"subnet_group_name"}, groups: path{"security_group_ids"}},
	"aws_dax_cluster":                   {subnets: path{"subnet_group_name"}, groups: path{"security_group_ids"}},
	"aws_redshift_cluster":              {subnets: path{"cluster_subnet_group_name"}, groups: path{"vpc_security_group_ids"}, public: path{"publicly_accessible"}},
	"aws_dms_replication_instance":      {subnets: path{"replication_subnet_group_id"}, groups: path{"vpc_security_group_ids"}, public: path{"publicly_accessible"}},
	"aws_efs_mount_target":              {subnets: path{"subnet_id"}, groups: path{"security_groups"}, address: path{"ip_address"}},
	"aws_msk_cluster":                   {subnets: path{"broker_node_group_info", 0, "client_subnets"}, groups: path{"broker_node_group_info", 0, "security_groups"}},
	"aws_mq_broker":                     {subnets: path{"subnet_ids"}, groups: path{"security_groups"}, public: path{"publicly_accessible"}},
	"aws_opensearch_domain":             {subnets: path{"vpc_options", 0, "subnet_ids"}, groups: path{"vpc_options", 0, "security_group_ids"}},
	"aws_elasticsearch_domain":          {subnets: path{"vpc_options", 0, "subnet_ids"}, groups: path{"vpc_options", 0, "security_group_ids"}},
	"aws_fsx_lustre_file_system":        {subnets: path{"subnet_ids"}, groups: path{"security_group_ids"}},
	"aws_fsx_windows_file_system":       {subnets: path{"subnet_ids"}, groups: path{"security_group_ids"}},
	"aws_apprunner_vpc_connector":       {subnets: path{"subnets"}, groups: path{"security_groups"}, outbound: true},
	"aws_sagemaker_notebook_instance":   {subnets: path{"subnet_id"}, groups: path{"security_groups"}},
	"aws_mwaa_environment":              {subnets: path{"network_configuration", 0, "subnet_ids"}, groups: path{"network_configuration", 0, "security_group_ids"}},
	"aws_codebuild_project":             {subnets: path{"vpc_config", 0, "subnets"}, groups: path{"vpc_config", 0, "security_group_ids"}},
	"aws_autoscaling_group":             {subnets: path{"vpc_zone_identifier"}, groups: nil},
}

// clusters are the types whose instances are resources of their own.
var clusters = map[string]string{"aws_rds_cluster": "aws_rds_cluster_instance", "aws_docdb_cluster": "aws_docdb_cluster_instance", "aws_neptune_cluster": "aws_neptune_cluster_instance"}

// placing are the types of placements.
func placing() []string { return slices.Sorted(maps.Keys(placements)) }

// place enters the hosts of a resource where it is known where they are, and
// reports whether it is. Else they are hidden.
func (m *importer) place(r *resource) bool {
	p, ok := placements[r.typ]
	if !ok || r.data {
		return false
	}
	if instances := clusters[r.typ]; instances != "" && slices.ContainsFunc(m.resources, func(o *resource) bool {
		return o.typ == instances && m.other(o, []string{"clusters"}, "cluster_identifier") == r
	}) {
		m.placed[r] = []string{} // its instances are what is placed
		return true
	}
	holder, groups := r, r
	if p.from != nil {
		if holder = m.other(r, []string{"clusters"}, p.from...); holder == nil {
			return false
		}
		groups = holder
		p.subnets, p.groups = placements[holder.typ].subnets, placements[holder.typ].groups
	}
	if r.typ == "aws_autoscaling_group" {
		if groups, p.groups, p.public = m.launched(r); groups == nil {
			return false
		}
	}
	subnets := m.placesOf(holder, p.subnets)
	names, problem := m.resolve(groups, toGroup, p.groups...)
	if len(subnets) == 0 || problem != "" {
		return false
	}
	public := p.public != nil && r.yes(p.public...)
	if r.typ == "aws_autoscaling_group" {
		public = p.public != nil && groups.yes(p.public...)
	}
	m.placed[r] = []string{}
	for _, s := range subnets {
		name := r.address
		if len(subnets) > 1 {
			name += "@" + s
		}
		e := m.Add("instances", name, r.at)
		e.Comment = "where " + r.typ + " may have a host"
		e.Set("subnet", str(r, s)).Set("private_ip", str(r, draft.Auto))
		if p.address != nil && r.text(p.address...) != "" {
			e.Set("private_ip", str(r, m.privateText(r, s, r.text(p.address...))))
		}
		if public || r.typ == "aws_autoscaling_group" && (p.public == nil || groups.value(p.public...) == nil) && m.byAddress[s] != nil && m.byAddress[s].yes("map_public_ip_on_launch") {
			e.Set("public_ip", str(r, draft.Auto))
		}
		for _, g := range names {
			e.Append("security_groups", str(r, g))
		}
		if p.outbound {
			e.Set("outbound_only", doc.Bool(true, r.at))
		}
		m.placed[r] = append(m.placed[r], name)
	}
	return true
}

// outside reports whether a resource has no part in any VPC, as a function
// without a configuration for one.
func outside(r *resource) bool {
	p := placements[r.typ].subnets
	if len(p) < 2 {
		return false
	}
	block, _ := p[0].(string)
	return len(r.items(block)) == 0 && !r.unknownAt(block)
}

// placesOf finds subnets: those named, or those of a group that is named.
func (m *importer) placesOf(r *resource, p path) []string {
	if g := m.other(r, []string{"subnet_groups"}, p...); g != nil {
		r, p = g, path{"subnet_ids"}
	}
	subnets, problem := m.resolve(r, toSubnet, p...)
	if problem != "" || slices.ContainsFunc(subnets, func(s string) bool { return m.Section(s) != "subnets" || !m.speaks(s, "cidr") }) {
		return nil
	}
	slices.SortFunc(subnets, draft.CompareNames)
	return subnets
}

// other finds the resource of a kind without entries that a value names, by id,
// name or reference; nil where there is none, or several.
func (m *importer) other(r *resource, kinds []string, p ...any) *resource {
	if id := r.text(p...); id != "" {
		for _, o := range m.resources {
			if slices.Contains(kinds, m.kindOf(o)) && slices.Contains([]string{o.text("id"), o.text("name"), o.text("cluster_identifier"), o.text("service_name")}, id) {
				return o
			}
		}
		return nil
	}
	if names, _, _ := m.named(r, kinds, p...); len(names) == 1 {
		return m.byAddress[names[0]]
	}
	return nil
}

// launched finds what an Auto Scaling group launches: the template or
// configuration, where its groups stand in it, and whether it gives public
// addresses.
func (m *importer) launched(r *resource) (of *resource, groups, public path) {
	for _, p := range []path{{"launch_template", 0, "id"}, {"launch_template", 0, "name"}, {"launch_configuration"},
		{"mixed_instances_policy", 0, "launch_template", 0, "launch_template_specification", 0, "launch_template_id"}} {
		o := m.other(r, []string{"launch_templates"}, p...)
		switch {
		case o == nil:
		case o.typ == "aws_launch_configuration":
			return o, path{"security_groups"}, path{"associate_public_ip_address"}
		case len(o.items("network_interfaces")) > 0:
			return o, path{"network_interfaces", 0, "security_groups"}, path{"network_interfaces", 0, "associate_public_ip_address"}
		default:
			return o, path{"vpc_security_group_ids"}, nil
		}
	}
	return nil, nil, nil
}

// placedTargets are the hosts that a target group gets from the resources that
// run them.
func (m *importer) placedTargets(group *resource) []*doc.Value {
	var out []*doc.Value
	add := func(r *resource, port *int) {
		if port == nil {
			port = group.number("port")
		}
		for _, name := range m.placed[r] {
			v := doc.Map(r.at).Set("instance", str(r, name))
			if port != nil {
				v.Set("port", doc.Int(*port, r.at))
			}
			out = append(out, v)
		}
	}
	is := func(r *resource, p ...any) bool {
		names, _ := m.resolve(r, []string{"target_groups"}, p...)
		return slices.Contains(names, group.address)
	}
	for _, r := range m.resources {
		switch r.typ {
		case "aws_ecs_service":
			for i := range r.items("load_balancer") {
				if is(r, "load_balancer", i, "target_group_arn") {
					add(r, r.number("load_balancer", i, "container_port"))
				}
			}
		case "aws_autoscaling_group":
			if is(r, "target_group_arns") {
				add(r, nil)
			}
		case "aws_autoscaling_attachment":
			if asg := m.other(r, []string{"scaling_groups"}, "autoscaling_group_name"); asg != nil && (is(r, "lb_target_group_arn") || is(r, "alb_target_group_arn")) {
				add(asg, nil)
			}
		}
	}
	return out
}
