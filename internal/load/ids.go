package load

import "github.com/vpcpath/vpcpath/internal/diag"

// ID is the stable name of a kind of finding.
type ID string

// The ids of the findings of this package; the table ids says what each means.
const (
	idAddressCount           ID = "address-count"
	idAddressOutside         ID = "address-outside-subnet"
	idAliasExpansion         ID = "alias-expansion"
	idAttachmentKind         ID = "attachment-kind"
	idBlockOverlap           ID = "block-overlap"
	idBlockSize              ID = "block-size"
	idConflictingKeys        ID = "conflicting-keys"
	idDuplicateAddress       ID = "duplicate-address"
	idDuplicateEntry         ID = "duplicate-entry"
	idDuplicateKey           ID = "duplicate-key"
	idDuplicateName          ID = "duplicate-name"
	idDuplicatePort          ID = "duplicate-tunnel-port"
	idDuplicatePublicAddress ID = "duplicate-public-address"
	idDuplicateRoute         ID = "duplicate-route"
	idDuplicateRule          ID = "duplicate-rule"
	idEdgeTable              ID = "edge-table"
	idEmptyFile              ID = "empty-file"
	idEmptyList              ID = "empty-list"
	idFileTooLarge           ID = "file-too-large"
	idForbiddenBlock         ID = "forbidden-block"
	idHostBits               ID = "host-bits"
	idIllegalDestination     ID = "illegal-route-destination"
	idIllegalTarget          ID = "illegal-route-target"
	idInstanceTarget         ID = "instance-target"
	idInvalidAddress         ID = "invalid-address"
	idInvalidCIDR            ID = "invalid-cidr"
	idInvalidICMP            ID = "invalid-icmp"
	idInvalidName            ID = "invalid-name"
	idInvalidNumber          ID = "invalid-number"
	idInvalidPort            ID = "invalid-port"
	idInvalidProtocol        ID = "invalid-protocol"
	idInvalidPublicAddress   ID = "invalid-public-address"
	idInvalidValue           ID = "invalid-value"
	idListenerProtocol       ID = "listener-protocol"
	idLoadBalancerTarget     ID = "load-balancer-target"
	idMissingGateway         ID = "missing-gateway"
	idMissingKey             ID = "missing-key"
	idMissingVersion         ID = "missing-version"
	idMissingWavelength      ID = "missing-wavelength-zone"
	idMixedFamilies          ID = "mixed-families"
	idMoreSpecificThanLocal  ID = "route-more-specific-than-local"
	idNoTopology             ID = "no-topology"
	idNotText                ID = "not-text"
	idOtherTransit           ID = "other-transit-gateway"
	idOtherAccount           ID = "other-account"
	idOtherVPC               ID = "other-vpc"
	idPeeringOverlap         ID = "peering-overlap"
	idPropagationOverlap     ID = "propagation-overlap"
	idReservedAddress        ID = "reserved-address"
	idSecondDocument         ID = "second-document"
	idSecondEdgeTable        ID = "second-edge-table"
	idSecondGateway          ID = "second-gateway"
	idSecondPeering          ID = "second-peering"
	idSelfPeering            ID = "self-peering"
	idStaleGroupReference    ID = "stale-group-reference"
	idSubnetOutside          ID = "subnet-outside-vpc"
	idSubnetOverlap          ID = "subnet-overlap"
	idSyntax                 ID = "yaml-syntax"
	idTunnelEnds             ID = "tunnel-ends"
	idUnknownAddress         ID = "unknown-address"
	idUnknownKey             ID = "unknown-key"
	idUnknownName            ID = "unknown-name"
	idUnreadableFile         ID = "unreadable-file"
	idUnsupportedVersion     ID = "unsupported-version"
	idWrongKind              ID = "wrong-kind"
	idWrongType              ID = "wrong-type"
)

// IDInfo is an id with its meaning in one line.
type IDInfo struct {
	ID      ID
	Meaning string
}

// Severity returns the severity of the findings of an id: an error, but for
// the few that milder names.
func (i IDInfo) Severity() diag.Severity {
	if s, ok := milder[i.ID]; ok {
		return s
	}
	return diag.Error
}

// milder are the ids whose findings leave a topology that can be asked.
var milder = map[ID]diag.Severity{
	idHostBits:            diag.Info,
	idPropagationOverlap:  diag.Warning,
	idStaleGroupReference: diag.Warning,
}

// IDs lists every id that Files and Load report, sorted. All are errors but
// for host-bits (info), propagation-overlap and stale-group-reference (warnings).
func IDs() []IDInfo { return append([]IDInfo(nil), ids...) }

var ids = []IDInfo{
	{idAddressCount, "an interface endpoint has not one address for each of its subnets"},
	{idAddressOutside, "an interface's address lies outside of its subnet, or is of a family that the subnet lacks"},
	{idAliasExpansion, "YAML aliases or merges stand for too much, or contain themselves"},
	{idAttachmentKind, "a transit gateway attachment is to nothing, to several things, or has no subnets"},
	{idBlockOverlap, "two blocks of one VPC overlap"},
	{idBlockSize, "the prefix length of a VPC's or subnet's block is not one that AWS allows"},
	{idConflictingKeys, "two keys that exclude each other, or one that makes no sense without another"},
	{idDuplicateAddress, "two interfaces of a VPC have one private or IPv6 address"},
	{idDuplicateEntry, "a list names the same thing twice"},
	{idDuplicateKey, "a mapping has a key twice"},
	{idDuplicateName, "a name stands for two resources"},
	{idDuplicatePublicAddress, "a public address is used twice"},
	{idDuplicateRoute, "a route table has two static routes with one destination, or two endpoints of one service"},
	{idDuplicateRule, "a network ACL has a rule number twice in one direction, or a firewall a priority"},
	{idDuplicatePort, "two tunnels of one instance listen on the same port"},
	{idEdgeTable, "a route table of a gateway has a route, or a use, that such a table cannot have"},
	{idEmptyFile, "a file holds no YAML"},
	{idEmptyList, "a list that needs an entry has none"},
	{idFileTooLarge, "a file is larger than is read"},
	{idForbiddenBlock, "AWS refuses the range of a VPC's block, alone or beside the others"},
	{idHostBits, "a VPC's or subnet's CIDR has host bits, which are cleared"},
	{idIllegalDestination, "a destination that no route may have"},
	{idIllegalTarget, "a target that a route with this destination may not have"},
	{idInstanceTarget, "a route names an instance that has not exactly one interface"},
	{idInvalidAddress, "an IP address that is none, or of the wrong family"},
	{idInvalidCIDR, "a CIDR that is none, or of the wrong family"},
	{idInvalidICMP, "ICMP type and code, or ports, that do not go with the protocol"},
	{idInvalidName, "a name that is reserved, empty, or has characters that names may not have"},
	{idInvalidNumber, "a number that is none, or out of its range"},
	{idInvalidPort, "a port, range of ports or list of them that is none"},
	{idInvalidProtocol, "a protocol that is none"},
	{idInvalidPublicAddress, "a public address that is private or reserved"},
	{idInvalidValue, "a word that is none of those expected"},
	{idListenerProtocol, "a listener has a protocol, or a setting, that its type of load balancer does not take"},
	{idLoadBalancerTarget, "a target of a load balancer that is nobody's, or that it cannot have"},
	{idMissingGateway, "a VPC lacks a gateway without which AWS refuses what stands in it"},
	{idMissingKey, "a required key is missing"},
	{idMissingVersion, "no file says `version: 1`"},
	{idMissingWavelength, "a carrier gateway stands in a VPC without a subnet in a Wavelength Zone"},
	{idMixedFamilies, "IPv4 and IPv6 where one family is expected"},
	{idNoTopology, "a directory, or the list of files, holds no topology"},
	{idNotText, "a file is not YAML text in UTF-8"},
	{idOtherTransit, "a route table or connection belongs to another transit gateway"},
	{idOtherAccount, "in a shared VPC, a network interface carries a security group of another account"},
	{idOtherVPC, "a resource belongs to another VPC than the one that uses it"},
	{idPeeringOverlap, "two VPCs with overlapping blocks are peered"},
	{idPropagationOverlap, "a VPC's block does not propagate to a transit gateway's table, since it overlaps a VPC attached before (warning)"},
	{idReservedAddress, "an interface has an address that AWS keeps for itself"},
	{idMoreSpecificThanLocal, "a route inside the VPC that is no subnet's, or has a target that cannot take it"},
	{idSecondDocument, "a file holds a second YAML document"},
	{idSecondEdgeTable, "a gateway is associated with two route tables"},
	{idSecondGateway, "a VPC has two internet gateways or two VPN gateways"},
	{idSecondPeering, "two VPCs have two peering connections"},
	{idSelfPeering, "a peering connection joins a VPC with itself"},
	{idStaleGroupReference, "a rule names a security group of a VPC that is neither the same nor peered, so it never matches"},
	{idSubnetOutside, "a subnet lies outside of its VPC"},
	{idSubnetOverlap, "two subnets of a VPC overlap"},
	{idTunnelEnds, "a tunnel that has not two distinct ends"},
	{idUnknownAddress, "an address that is none of the interface's"},
	{idUnknownKey, "a key that the language does not have"},
	{idUnknownName, "a name that stands for nothing"},
	{idUnreadableFile, "a file that cannot be read"},
	{idUnsupportedVersion, "a version of the language that this version does not know"},
	{idWrongKind, "a name that stands for another kind of resource than expected"},
	{idWrongType, "a mapping, list or value where another of them is expected"},
	{idSyntax, "the YAML cannot be parsed"},
}
