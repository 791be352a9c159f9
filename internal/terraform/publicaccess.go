package terraform

import "github.com/vpcpath/vpcpath/internal/doc"

// publicAccess is VPC Block Public Access of the account's Region, with the
// exclusions that the configuration has.
func (m *importer) publicAccess(r *resource) {
	mode := r.text("internet_gateway_block_mode")
	if mode == "" {
		m.cannot(r, "its mode is not known")
		return
	}
	e := m.Add("block_public_access", r.address, r.at)
	e.Set("internet_gateway_block_mode", str(r, mode))
	for _, x := range m.resources {
		if x.typ != "aws_vpc_block_public_access_exclusion" || x.data {
			continue
		}
		v := doc.Map(x.at)
		if vpc, _ := m.link(x, toVPC, "vpc_id"); vpc != "" {
			v.Set("vpc", str(x, vpc))
		} else if subnet, _ := m.link(x, toSubnet, "subnet_id"); subnet != "" {
			v.Set("subnet", str(x, subnet))
		}
		e.Append("exclusions", v.Set("internet_gateway_exclusion_mode", str(x, x.text("internet_gateway_exclusion_mode"))))
	}
}
