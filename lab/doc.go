// Package lab builds a topology as Linux network namespaces, sends real TCP,
// UDP and ICMP through it, and compares what the kernel did with what the
// analyzer says.
//
// One namespace, the fabric, is every VPC router, filter and gateway: a
// kernel routing table per route table, chosen by the interface that a packet
// comes in by, and one nftables ruleset in which every drop reports the
// element and the rule that dropped (NFLOG). Instances, NAT gateways, the
// internet and the sites behind VPN connections are namespaces of their own,
// joined to the fabric by veth pairs. Longest-prefix match, connection
// tracking, masquerading and port forwarding are the kernel's own.
//
// Everything lives in unnamed namespaces held by open files: nothing touches
// the host's network, and the kernel cleans up when the process ends.
package lab
