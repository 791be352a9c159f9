// Package packet holds exact sets of packet headers and the filters that cut
// them.
//
// A header here is always a connection header: the addresses, the protocol
// and the ports of the FORWARD direction. A reply is never written as a
// swapped set; filters that judge replies take Direction Reply and read the
// same header the other way round, so that every reply stays linked to the
// connection it belongs to.
//
// For TCP and UDP, DPort and SPort are the two ports. For ICMP and ICMPv6,
// DPort holds type<<8|code and SPort is unconstrained. For every other
// protocol both are unconstrained.
//
// # Representation
//
// A Set is a node number in a Space. A node tests one field and has sorted
// edges that partition the whole domain of the field; fields are tested in
// the order of the Field constants. Nodes are hash-consed and reduced: equal
// neighbours are one edge, a node with one edge is left out. So two Sets of
// one Space are equal exactly if they are the same number, and a set is empty
// exactly if it is Empty. This is an interval decision diagram, known from
// firewall analysis as FDD.
package packet
