package awsjson

import (
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// publicAccess is the setting of VPC Block Public Access (IGW-16) that is for
// a VPC; nil where the dump holds none.
func (b *builder) publicAccess(v *vpc) *resource {
	for _, r := range b.d.lists[optionsKey] {
		if (r.account == "" || v.account == "" || r.account == v.account) && (r.region == "" || v.region == "" || r.region == v.region) {
			return r
		}
	}
	return nil
}

// judgePublicAccess leaves out the gateways to the internet of VPCs whose
// public access is blocked, where the dump does not hold all of the setting.
func (b *builder) judgePublicAccess() {
	why := map[string]string{}
	assumed := map[string]bool{}
	for _, v := range b.sortedVPCs() {
		switch r, mode := b.publicAccess(v), b.shownMode(v); {
		case r != nil && b.refused[r.id] != "":
			why[v.id] = "VPC Block Public Access is not known: " + b.refused[r.id]
		case r != nil && !blocks(r):
		case r != nil && !b.d.has("VpcBlockPublicAccessExclusions", r.region) && !is(r.get("ExclusionsAllowed"), "not-allowed"):
			why[v.id] = "VPC Block Public Access is on (" + r.text("InternetGatewayBlockMode") + "), and its exclusions are not in the dump (aws ec2 describe-vpc-block-public-access-exclusions)"
		case r != nil:
		case mode.Text() != "" && !is(mode, "off"):
			why[v.id] = "VPC Block Public Access is on (" + mode.Text() + "), and its setting is not in the dump (aws ec2 describe-vpc-block-public-access-options and -exclusions)"
		case mode.Text() == "" && v.r != nil && b.hasInternet(v) && !assumed[v.region]:
			assumed[v.region] = true
			b.info(v.at, "assumed", "the dump does not say whether VPC Block Public Access is on (aws ec2 describe-vpc-block-public-access-options); it is taken to be off")
		}
	}
	for _, list := range []string{"InternetGateways", "EgressOnlyInternetGateways", "CarrierGateways"} {
		for _, r := range b.d.lists[list] {
			switch text := why[attachedTo(r).Text()]; {
			case text == "" || b.refused[r.id] != "":
			case list == "InternetGateways":
				b.doubt(r.id, text)
			default:
				b.refused[r.id] = text
			}
		}
	}
}

func blocks(r *resource) bool {
	mode := r.get("InternetGatewayBlockMode")
	return mode.Text() != "" && !is(mode, "off")
}

// shownMode is what a VPC and its subnets say is in force: a mode that blocks
// before `off`.
func (b *builder) shownMode(v *vpc) jsontree.Value {
	var mode jsontree.Value
	note := func(r *resource) {
		if m := r.get("BlockPublicAccessStates", "InternetGatewayBlockMode"); m.Text() != "" && (mode.Text() == "" || is(mode, "off")) {
			mode = m
		}
	}
	if v.r != nil {
		note(v.r)
	}
	for _, s := range b.d.lists["Subnets"] {
		if s.text("VpcId") == v.id {
			note(s)
		}
	}
	return mode
}

func (b *builder) hasInternet(v *vpc) bool {
	for _, list := range []string{"InternetGateways", "EgressOnlyInternetGateways", "CarrierGateways"} {
		for _, r := range b.d.lists[list] {
			if attachedTo(r).Text() == v.id {
				return true
			}
		}
	}
	return false
}

// writePublicAccess writes the settings that block, with their exclusions.
func (b *builder) writePublicAccess() {
	for _, r := range b.live(optionsKey) {
		if !blocks(r) || !b.d.has("VpcBlockPublicAccessExclusions", r.region) && !is(r.get("ExclusionsAllowed"), "not-allowed") {
			continue
		}
		e := b.entry("block_public_access", r.id, r.At())
		mode := r.get("InternetGatewayBlockMode")
		e.Set("internet_gateway_block_mode", doc.Str(mode.Text(), mode.At()))
		if r.account != "" {
			e.Set("account", doc.Str(r.account, r.At()))
		}
		if r.region != "" {
			e.Set("region", doc.Str(r.region, r.At()))
		}
		if is(r.get("State"), "update-in-progress") {
			b.warn(r.At(), "assumed", "VPC Block Public Access is being changed (update-in-progress); it is taken to be what it will be, %s", mode.Text())
		}
		if is(r.get("ExclusionsAllowed"), "not-allowed") {
			continue
		}
		for _, x := range b.d.sorted("VpcBlockPublicAccessExclusions") {
			if v := b.exclusion(r, x); v != nil {
				e.Append("exclusions", v)
			}
		}
	}
}

// exclusion makes an exclusion that is in force for a setting and for
// something in the dump; nil for others.
func (b *builder) exclusion(setting, x *resource) *doc.Value {
	arn := x.get("ResourceArn")
	parts := strings.SplitN(arn.Text(), ":", 6) // arn:aws:ec2:REGION:ACCOUNT:vpc/vpc-1
	if len(parts) != 6 || setting.region != "" && parts[3] != setting.region || setting.account != "" && parts[4] != setting.account {
		return nil
	}
	switch state := x.get("State"); {
	case is(state, "create-complete", "update-complete", ""):
	case is(state, "update-in-progress", "update-failed", "create-in-progress", "delete-in-progress", "disable-in-progress"):
		b.warn(x.At(), "assumed", "the exclusion of %s from VPC Block Public Access is in state %s; it is taken to be in force", arn.Text(), state.Text())
	default:
		return nil
	}
	kind, id, _ := strings.Cut(parts[5], "/")
	out := doc.Map(x.At())
	switch v := b.vpcs[id]; {
	case kind == "vpc" && v != nil && v.usable:
		out.Set("vpc", doc.Str(b.name(id), arn.At()))
	case kind == "subnet" && b.usable("Subnets", id):
		out.Set("subnet", doc.Str(b.name(id), arn.At()))
	default:
		return nil
	}
	mode := x.get("InternetGatewayExclusionMode")
	return out.Set("internet_gateway_exclusion_mode", doc.Str(mode.Text(), mode.At()))
}
