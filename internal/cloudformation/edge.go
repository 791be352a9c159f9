package cloudformation

import (
	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
)

func (w *writer) instanceConnect(r *resource) {
	e := w.entry("vpc_endpoints", r)
	e.Set("type", doc.Str("instance_connect", r.at))
	w.link(e.Value, "subnet", r, "SubnetId")
	e.Set("private_ip", doc.Str(draft.Auto, r.at))
	for _, g := range r.get("SecurityGroupIds").each() {
		e.Append("security_groups", doc.Str(w.target(r, "SecurityGroupIds", g), g.at))
	}
	if isTrue(r.get("PreserveClientIp")) {
		e.Set("preserve_client_ip", doc.Bool(true, r.at))
	}
}

func (w *writer) carrierGateway(r *resource) {
	w.link(w.entry("carrier_gateways", r).Value, "vpc", r, "VpcId")
}

func (w *writer) publicAccess(r *resource) {
	if mode, ok := w.literal(r, "InternetGatewayBlockMode"); ok {
		w.entry("block_public_access", r).Set("internet_gateway_block_mode", doc.Str(mode, r.at))
	}
}

// publicAccessExclusion adds to the options of the templates; of an account that
// has them elsewhere nothing is known.
func (w *writer) publicAccessExclusion(r *resource) {
	for _, t := range w.set.templates {
		for _, o := range t.resources {
			e := w.draft.Entry(o.shown)
			if o.typ != "AWS::EC2::VPCBlockPublicAccessOptions" || o.left || e == nil {
				continue
			}
			x := doc.Map(r.at)
			if r.get("VpcId").kind != absent {
				w.link(x, "vpc", r, "VpcId")
			} else {
				w.link(x, "subnet", r, "SubnetId")
			}
			mode, _ := r.get("InternetGatewayExclusionMode").text()
			e.Append("exclusions", x.Set("internet_gateway_exclusion_mode", doc.Str(mode, r.at)))
		}
	}
}

// learned says that what comes by BGP is in no template.
func (w *writer) learned(r *resource, what string) {
	w.set.report(diag.Warning, r.at, idUnknown, "what is learned over %q is in no template; give %s in a topology file beside this one", r.name, what)
}

func (w *writer) transitConnect(r *resource) {
	transport, ok := r.get("TransportTransitGatewayAttachmentId").ref()
	carrier := (*doc.Entry)(nil)
	if ok {
		carrier = w.draft.Entry(transport.to.shown)
	}
	if carrier == nil || carrier.Get("transit_gateway") == nil {
		w.draft.NotModelled(r.shown, "transit gateway Connect attachment", "the attachment that carries it is not in the template", r.at)
		return
	}
	e := w.entry("transit_gateway_attachments", r)
	e.Set("transit_gateway", doc.Str(carrier.Get("transit_gateway").Text, r.at)).Set("connect", doc.Str(carrier.Name, r.at))
	if gateway := w.set.shown(carrier.Get("transit_gateway").Text); gateway != nil {
		w.defaultTables(e.Value, gateway)
	}
	w.learned(r, "`routes` of the attachment, or external networks behind it,")
}

// transitPeering makes both ends: a template describes a peering once.
func (w *writer) transitPeering(r *resource) {
	near, ok1 := r.get("TransitGatewayId").ref()
	far, ok2 := r.get("PeerTransitGatewayId").ref()
	if !ok1 || !ok2 {
		w.draft.NotModelled(r.shown, "transit gateway peering", "the transit gateway at one of its ends is not in the templates", r.at)
		return
	}
	e := w.entry("transit_gateway_attachments", r)
	e.Set("transit_gateway", doc.Str(near.to.shown, r.at)).Set("peer", doc.Str(far.to.shown, r.at))
	o := w.draft.Add("transit_gateway_attachments", r.shown+".peer", r.at)
	o.Set("transit_gateway", doc.Str(far.to.shown, r.at)).Set("peer", doc.Str(near.to.shown, r.at))
	for _, end := range []struct {
		e  *doc.Entry
		of *resource
	}{{e, near.to}, {o, far.to}} {
		if t := w.defaultTable(end.of, "DefaultRouteTableAssociation"); t != "" {
			end.e.Set("route_table", doc.Str(t, r.at))
		}
	}
}

func (w *writer) directConnectGateway(r *resource) {
	w.entry("direct_connect_gateways", r)
	w.learned(r, "external networks behind the gateway")
}

func (w *writer) directConnectAssociation(r *resource) {
	dx := w.of(r, "DirectConnectGatewayId")
	if dx == nil {
		return
	}
	to, ok := r.get("AssociatedGateway").get("Id").ref()
	if !ok {
		to, ok = r.get("AssociatedGatewayId").ref()
	}
	switch {
	case ok && to.to.typ == "AWS::EC2::VPNGateway":
		dx.Append("vpn_gateways", doc.Str(to.to.shown, r.at))
	case ok && to.to.typ == "AWS::EC2::TransitGateway":
		e := w.draft.Add("transit_gateway_attachments", r.shown, r.at)
		e.Set("transit_gateway", doc.Str(to.to.shown, r.at)).Set("direct_connect_gateway", doc.Str(dx.Name, r.at))
		w.defaultTables(e.Value, to.to)
	default:
		w.draft.NotModelled(r.shown, "Direct Connect gateway association", "the gateway that it joins is not in the template", r.at)
		return
	}
	for _, p := range r.get("AllowedPrefixesToDirectConnectGateway").each() {
		if p.kind == mapping {
			p = p.get("Cidr")
		}
		if s, ok := p.text(); ok {
			dx.Append("allowed_prefixes", doc.Str(s, p.at))
		}
	}
}
