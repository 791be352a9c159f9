package model

// ConnectionType is the sort of a VPNConnection; it decides between routes to
// the same prefix (VGW-2, TGW-4).
type ConnectionType uint8

// The types of connections.
const (
	SiteToSiteVPN     ConnectionType = iota // over the internet
	PrivateIPVPN                            // a Site-to-Site VPN over a private Direct Connect
	ConcentratorVPN                         // one of the sites of a VPN concentrator
	ClientVPN                               // a Client VPN endpoint; the site is its clients
	DirectConnect                           // a Direct Connect gateway
	ConnectAttachment                       // GRE and BGP through a transit gateway's Connect attachment
)

// VPNConnection is a link to sites outside AWS: a VPN connection on a VPN
// gateway or a transit gateway; a Direct Connect gateway, which may serve
// several of them; or what is behind a Connect attachment.
type VPNConnection struct {
	Ident
	Type        ConnectionType
	Gateways    []*VPNGateway
	Attachments []*TransitGatewayAttachment
	BGP         bool
	Routes      []Block // static: the prefixes that the gateways know (VGW-4); BGP: those of Networks
	Networks    []*ExternalNetwork
	// CustomerGateway is the site's end; nil where the topology does not name
	// it, and for Direct Connect and Connect.
	CustomerGateway *CustomerGateway
	// AllowedPrefixes bound what a Direct Connect gateway announces to the
	// sites; nil when the topology does not say.
	AllowedPrefixes []Block
	// AllowedAt is the same for each VPN gateway or transit gateway, where they
	// differ; one that is not in it has no bound. Nil where AllowedPrefixes
	// says it for all.
	AllowedAt map[Resource][]Block
	// ASPathLength and MED are those of the routes learned by BGP: of routes
	// alike in all else the shorter path wins, then the lower MED (VGW-2,
	// TGW-4). Zero is the default of both.
	ASPathLength int
	MED          int
}

// Allowed returns what the connection may announce of a VPN gateway or transit
// gateway; ok is false where nothing bounds that, or the topology does not say.
func (c *VPNConnection) Allowed(gateway Resource) (list []Block, ok bool) {
	if c.AllowedAt != nil {
		list, ok = c.AllowedAt[gateway]
		return list, ok
	}
	return c.AllowedPrefixes, c.AllowedPrefixes != nil
}

// Origin returns the origin of the routes that the connection brings.
func (c *VPNConnection) Origin() Origin {
	switch c.Type {
	case DirectConnect:
		return OriginPropagatedDX
	case ConnectAttachment:
		return OriginPropagatedConnect
	case PrivateIPVPN:
		return OriginPropagatedPrivateVPN
	case ConcentratorVPN:
		return OriginPropagatedConcentrator
	case ClientVPN:
		return OriginPropagatedClientVPN
	}
	if c.BGP {
		return OriginPropagatedBGP
	}
	return OriginPropagatedVPN
}

// Named returns the resource that the user knows the connection by: itself,
// or the Connect attachment that it stands behind.
func (c *VPNConnection) Named() Resource {
	if c.Type == ConnectAttachment {
		return c.Attachments[0]
	}
	return c
}

// CustomerGateway is the site's end of VPN connections (VGW-6).
type CustomerGateway struct {
	Ident
	// Routes are the prefixes that the site routes into the connections. Nil
	// stands for whatever AWS offers there, empty for none.
	Routes []Block
}
