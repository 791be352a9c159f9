package cloudformation

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

// placement says where a resource that runs hosts of its own has their network
// interfaces: properties, by their path.
type placement struct {
	subnets, group, groups, public string
	outbound                       bool // no connection can be begun to them (NI-24)
}

var placements = map[string]placement{
	"AWS::RDS::DBInstance":               {group: "DBSubnetGroupName", groups: "VPCSecurityGroups", public: "PubliclyAccessible"},
	"AWS::Lambda::Function":              {subnets: "VpcConfig.SubnetIds", groups: "VpcConfig.SecurityGroupIds", outbound: true},
	"AWS::Serverless::Function":          {subnets: "VpcConfig.SubnetIds", groups: "VpcConfig.SecurityGroupIds", outbound: true},
	"AWS::ECS::Service":                  {subnets: "NetworkConfiguration.AwsvpcConfiguration.Subnets", groups: "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups", public: "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"},
	"AWS::EFS::MountTarget":              {subnets: "SubnetId", groups: "SecurityGroups"},
	"AWS::ElastiCache::CacheCluster":     {group: "CacheSubnetGroupName", groups: "VpcSecurityGroupIds"},
	"AWS::ElastiCache::ReplicationGroup": {group: "CacheSubnetGroupName", groups: "SecurityGroupIds"},
	"AWS::Redshift::Cluster":             {group: "ClusterSubnetGroupName", groups: "VpcSecurityGroupIds", public: "PubliclyAccessible"},
	"AWS::AutoScaling::AutoScalingGroup": {subnets: "VPCZoneIdentifier"},
}

// path follows a path of properties.
func (v value) path(keys string) value {
	for _, key := range strings.Split(keys, ".") {
		v = v.get(key)
	}
	return v
}

// places are the hosts of a resource, one for each subnet; why tells what is not
// known of them.
func (w *writer) places(r *resource) (names []string, why string) {
	p := placements[r.typ]
	if p.subnets != "" && strings.Contains(p.subnets, ".") && r.get(strings.SplitN(p.subnets, ".", 2)[0]).kind == absent {
		return nil, "" // outside of any VPC
	}
	subnets := r.properties().path(p.subnets)
	if p.group != "" {
		g, ok := r.get(p.group).ref()
		if !ok {
			return nil, "its subnet group is not in the template"
		}
		subnets = g.to.get("SubnetIds")
	}
	for _, s := range subnets.each() {
		to := w.subnetOf(s)
		if to == nil {
			return nil, "its subnets are not in the template"
		}
		names = append(names, r.shown+"@"+to.shown)
	}
	if len(names) == 1 {
		names[0] = r.shown
	}
	if len(names) == 0 {
		return nil, "it names no subnets"
	}
	return names, ""
}

// place writes the hosts of a resource where it is known where they are.
func (w *writer) place(r *resource) {
	names, why := w.places(r)
	if why != "" {
		w.hidden(r, why)
		return
	}
	p := placements[r.typ]
	groups, public, ofSubnet := r.properties().path(p.groups), isTrue(r.properties().path(p.public)) || plainOf(r.properties().path(p.public)) == "ENABLED", false
	if r.typ == "AWS::AutoScaling::AutoScalingGroup" {
		var ok bool
		if groups, public, ofSubnet, ok = w.launched(r); !ok {
			w.hidden(r, "what it launches is not in the template")
			return
		}
	}
	subnets := r.properties().path(p.subnets)
	if p.group != "" {
		g, _ := r.get(p.group).ref()
		subnets = g.to.get("SubnetIds")
	}
	for i, s := range subnets.each() {
		if i >= len(names) {
			break
		}
		e := w.draft.Add("instances", names[i], r.at)
		e.Comment = "where " + r.typ + " may have a host"
		subnet := w.subnetOf(s)
		e.Set("subnet", doc.Str(subnet.shown, s.at)).Set("private_ip", doc.Str(draft.Auto, s.at))
		if public || ofSubnet && isTrue(subnet.get("MapPublicIpOnLaunch")) {
			e.Set("public_ip", doc.Str(draft.Auto, s.at))
		}
		if p.outbound {
			e.Set("outbound_only", doc.Bool(true, r.at))
		}
		for _, g := range groups.each() {
			e.Append("security_groups", doc.Str(w.target(r, "SecurityGroupIds", g), g.at))
		}
	}
}

// hidden enters what has network interfaces somewhere, which makes every VPC of
// its template incomplete.
func (w *writer) hidden(r *resource, why string) {
	w.draft.NotModelled(r.shown, r.typ, why, r.at)
	for _, v := range r.template.resources {
		if e := w.draft.Entry(v.shown); v.typ == "AWS::EC2::VPC" && !v.left && e != nil && e.Get("incomplete") == nil {
			e.Set("incomplete", doc.Str("where the interfaces of "+r.shown+" are is not known: "+why, r.at))
		}
	}
}

// launched is what an Auto Scaling group gives its hosts: groups, whether they
// get public addresses, and whether the subnet says that.
func (w *writer) launched(r *resource) (groups value, public, ofSubnet, ok bool) {
	of := r.get("LaunchConfigurationName")
	if t := r.get("LaunchTemplate"); t.kind != absent {
		of = t.get("LaunchTemplateId")
		if of.kind == absent {
			of = t.get("LaunchTemplateName")
		}
	} else if t := r.properties().path("MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"); t.kind != absent {
		of = t.get("LaunchTemplateId")
	}
	to, ok := of.ref()
	if !ok {
		return value{}, false, false, false
	}
	data := to.to.get("LaunchTemplateData")
	if to.to.typ == "AWS::AutoScaling::LaunchConfiguration" {
		own := to.to.get("AssociatePublicIpAddress")
		return to.to.get("SecurityGroups"), isTrue(own), own.kind == absent, true
	}
	for _, n := range data.get("NetworkInterfaces").each() {
		own := n.get("AssociatePublicIpAddress")
		return n.get("Groups"), isTrue(own), own.kind == absent, true
	}
	return data.get("SecurityGroupIds"), false, true, true
}
