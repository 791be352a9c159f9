package load

import "github.com/vpcpath/vpcpath/internal/model"

// accountOf is whose a part of a VPC is: its own account, or the VPC's; "" when
// the topology does not say.
func accountOf(own string, v *model.VPC) string {
	if own == "" && v != nil {
		return v.Account
	}
	return own
}

func (d *rawInterface) accountIn(v *model.VPC) string {
	if d.account == nil {
		return accountOf("", v)
	}
	return d.account.text
}

// ownGroup checks that an interface and a group that it carries are of one
// account: in a shared VPC neither its participants nor its owner use groups of
// others (MISC-2).
func (r *resolver) ownGroup(d *rawInterface, v *model.VPC, name ref, g *model.SecurityGroup) {
	if v == nil || g.VPC != v || g.Unmodelled != nil {
		return
	}
	mine, its := d.accountIn(v), accountOf(g.Account, v)
	if mine == "" || its == "" || mine == its {
		return
	}
	r.faultOf(name.at, idOtherAccount, g.At, quote(g.Name)+" is declared here",
		"security group %q is of account %s, and network interface %q of %s; in a shared VPC an interface carries groups of its own account only", g.Name, its, d.Name, mine)
}

// ownDefaultGroup checks that an interface without groups is the VPC owner's,
// whose the default group is (MISC-2).
func (r *resolver) ownDefaultGroup(d *rawInterface, v *model.VPC) {
	if v == nil || d.account == nil || v.Account == "" || d.account.text == v.Account {
		return
	}
	r.faultOf(d.account.at, idOtherAccount, v.At, quote(v.Name)+" is declared here",
		"network interface %q is of account %s and names no `security_groups`; the default one of VPC %q is of account %s, so name some of its own", d.Name, d.account.text, v.Name, v.Account)
}
