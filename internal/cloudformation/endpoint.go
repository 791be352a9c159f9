package cloudformation

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
	"github.com/vpcpath/vpcpath/internal/load"
)

// vpcEndpoint writes an endpoint of any type. Gateway endpoints need the
// addresses of their service, which no template has.
func (w *writer) vpcEndpoint(r *resource) {
	service, _ := r.get("ServiceName").text()
	switch typ, _ := r.get("VpcEndpointType").text(); typ {
	case "", "Gateway":
		w.gatewayEndpoint(r, service)
	case "Interface":
		e := w.entry("vpc_endpoints", r)
		e.Set("type", doc.Str("interface", r.at))
		w.link(e.Value, "vpc", r, "VpcId")
		e.Set("service", doc.Str(orElse(service, r.name), r.at))
		for _, s := range r.get("SubnetIds").each() {
			e.Append("subnets", doc.Str(w.target(r, "SubnetIds", s), s.at))
			e.Append("private_ips", doc.Str(draft.Auto, s.at))
		}
		for _, g := range r.get("SecurityGroupIds").each() {
			e.Append("security_groups", doc.Str(w.target(r, "SecurityGroupIds", g), g.at))
		}
	case "GatewayLoadBalancer":
		e := w.entry("vpc_endpoints", r)
		e.Set("type", doc.Str("gateway_load_balancer", r.at))
		e.Set("service", doc.Str(orElse(service, r.name), r.at))
		for _, s := range r.get("SubnetIds").each() {
			e.Set("subnet", doc.Str(w.target(r, "SubnetIds", s), s.at))
		}
	default:
		w.draft.NotModelled(r.shown, "VPC endpoint", "its type "+typ+" is not known to vpcpath", r.at)
	}
}

// gatewayEndpoint: the addresses of its service are in no template.
func (w *writer) gatewayEndpoint(r *resource, service string) {
	if !load.GatewayService(service) {
		w.draft.NotModelled(r.shown, "gateway endpoint", "which service it is for is not known", r.at)
		w.set.report(diag.Warning, r.get("ServiceName").at, idUnknown, "which service gateway endpoint %q is for is not known: its routes are left out", r.name)
		return
	}
	list := r.shown + ".prefix_list"
	w.draft.PrefixList(list, service, nil, r.at)
	e := w.entry("vpc_endpoints", r)
	e.Set("type", doc.Str("gateway", r.at))
	w.link(e.Value, "vpc", r, "VpcId")
	e.Set("service", doc.Str(service, r.at)).Set("prefix_list", doc.Str(list, r.at))
	for _, t := range r.get("RouteTableIds").each() {
		e.Append("route_tables", doc.Str(w.target(r, "RouteTableIds", t), t.at))
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
