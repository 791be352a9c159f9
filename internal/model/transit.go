package model

// TransitGateway joins VPCs and sites (TGW-1).
type TransitGateway struct {
	Ident
	// SGReferencing lets a security group rule name a group of another
	// attached VPC, where both attachments have it too (SG-16).
	SGReferencing bool
	// NoECMP keeps the gateway from spreading connections over equal routes of
	// VPN connections (TGW-17).
	NoECMP      bool
	Tables      []*RouteTable
	Attachments []*TransitGatewayAttachment
}

// TransitGatewayAttachment is one leg of a transit gateway. Exactly one of
// VPC, Connection and PeerGateway is set.
type TransitGatewayAttachment struct {
	Ident
	TransitGateway *TransitGateway
	VPC            *VPC
	Interfaces     []*Interface // one for each subnet of a VPC attachment
	Connection     *VPNConnection
	Transport      *TransitGatewayAttachment // of a Connect attachment: the VPC or Direct Connect attachment that carries it
	PeerGateway    *TransitGateway
	Peer           *TransitGatewayAttachment // the other gateway's attachment; nil when it has none
	RouteTable     *RouteTable               // the association: for what comes from here (TGW-2); nil drops all
	PropagatesTo   []*RouteTable
	ApplianceMode  bool // TGW-7
	SGReferencing  bool // SG-16
}

// AttachmentOf returns the gateway's attachment to a VPC, or nil.
func (g *TransitGateway) AttachmentOf(v *VPC) *TransitGatewayAttachment {
	for _, a := range g.Attachments {
		if a.VPC == v && v != nil {
			return a
		}
	}
	return nil
}
