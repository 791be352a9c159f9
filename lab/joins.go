package lab

// buildPeering makes a link with both ends in the fabric for each active
// peering connection; the far end knows the local routes of its VPC alone, so
// that nothing is transitive (PCX-5).
func (l *Lab) buildPeering() error {
	for k, c := range l.Topology.PeeringConnections {
		if !c.Active() {
			continue
		}
		a := port{kind: portPeering, name: linkName("p", k, "a"), vpc: c.Requester, resource: c}
		b := port{kind: portPeering, name: linkName("p", k, "b"), vpc: c.Accepter, resource: c}
		if _, _, err := l.twin(a, b); err != nil {
			return err
		}
	}
	return nil
}

// buildVPN makes a link with both ends in the fabric for each VPN gateway, and
// the sites behind the connections.
func (l *Lab) buildVPN() error {
	for k, g := range l.Topology.VPNGateways {
		a := port{kind: portVPNGateway, name: linkName("v", k, "a"), vpc: g.VPC, resource: g}
		b := port{kind: portVPNInside, name: linkName("v", k, "b"), vpc: g.VPC, resource: g}
		if _, _, err := l.twin(a, b); err != nil {
			return err
		}
	}
	if n := len(l.Topology.VPNConnections); n > mostConnections {
		return tooManyConnections(n)
	}
	return l.buildSites()
}
