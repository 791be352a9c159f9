package terraform

import (
	"slices"
)

// ofVPC reports whether a default resource has taken over what a VPC came
// with: by id, or by reference.
func (m *importer) ofVPC(r *resource, key string, vpc *resource, attributes ...string) bool {
	if id := r.text(key); id != "" {
		return slices.ContainsFunc(attributes, func(a string) bool { return vpc.text(a) == id })
	}
	if id := r.text("vpc_id"); id != "" {
		return vpc.text("id") == id
	}
	for _, k := range []string{key, "vpc_id"} {
		e, _ := r.expression(k)
		if e == nil {
			continue
		}
		found, _ := m.follow(references(e, 0), m.scopeOf(r))
		for _, t := range found {
			if t.resource == vpc {
				return true
			}
		}
	}
	return false
}

// vpcOfDefault finds the VPC whose default resource this is.
func (m *importer) vpcOfDefault(r *resource, key string, attributes ...string) *resource {
	for _, v := range m.resources {
		if sectionOf[v.typ] == "vpcs" && !v.data && m.ofVPC(r, key, v, attributes...) {
			return v
		}
	}
	return nil
}

// owningVPC finds the VPC of a table or ACL: what vpc_id says, or, for a
// resource that adopts a default one, the VPC whose default it is; the VPC then
// names it under role. It is "" where there is none, which is said.
func (m *importer) owningVPC(r *resource, adopts bool, role, key string, attributes ...string) string {
	vpc, ok := "", true
	if !adopts {
		vpc, ok = m.link(r, toVPC, "vpc_id")
	} else if v := m.vpcOfDefault(r, key, attributes...); v != nil {
		vpc = v.address
		if e := m.Entry(vpc); e != nil {
			e.Set(role, str(r, r.address))
		}
	}
	if !ok || vpc == "" {
		m.cannot(r, "its VPC is not known")
		return ""
	}
	return vpc
}
