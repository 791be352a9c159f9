package iptables

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/doc"
)

// nat reads PREROUTING and POSTROUTING of the table nat.
func (c *converter) nat() {
	c.chain("nat", "PREROUTING", func(r *rule, _ bool) { c.prerouting(r) })
	c.chain("nat", "POSTROUTING", c.postrouting)
}

// postrouting reads MASQUERADE, SNAT and ACCEPT.
func (c *converter) postrouting(r *rule, last bool) {
	m := doc.Map(r.at)
	if d := r.get("destination"); d != nil && d.not && last && r.value("jump") == "MASQUERADE" {
		// "! -d X -j MASQUERADE" at the end: X stays as it is, the rest does not.
		keep := doc.Map(r.at)
		if !c.address(keep, "destination", r, "destination") {
			return
		}
		c.host.Append("masquerade", keep.Set("translate", doc.Bool(false, r.at)))
		d.not = false
		d.values = []string{c.everything()}
	}
	if !c.only(r, "source", "destination", "to-source", "random", "random-fully", "persistent") || !c.address(m, "source", r, "source") || !c.address(m, "destination", r, "destination") {
		return
	}
	if c.save.v6 && m.Get("source") == nil && m.Get("destination") == nil {
		m.Set("source", doc.Str(c.everything(), r.at))
	}
	switch r.value("jump") {
	case "MASQUERADE":
	case "ACCEPT", "RETURN":
		m.Set("translate", doc.Bool(false, r.at))
	case "SNAT":
		to, err := netip.ParseAddr(r.value("to-source"))
		if err != nil {
			c.notUnderstood(r, "--to-source "+r.value("to-source")+" is not one address")
			return
		}
		m.Set("to", doc.Str(to.String(), r.at))
	default:
		c.notUnderstood(r, "its target "+r.value("jump")+" is not known to vpcpath here")
		return
	}
	c.host.Append("masquerade", m)
}

// prerouting reads DNAT and REDIRECT.
func (c *converter) prerouting(r *rule) {
	if !c.only(r, "source", "destination", "protocol", "dports", "to-destination", "to-ports") {
		return
	}
	if r.get("source") != nil {
		c.notUnderstood(r, "a port forward by the client's address is not known to vpcpath")
		return
	}
	protocol := r.value("protocol")
	if protocol != "tcp" && protocol != "udp" {
		c.notUnderstood(r, "a port forward is for tcp or udp")
		return
	}
	m := doc.Map(r.at).Set("protocol", doc.Str(protocol, r.at))
	if !c.address(m, "destination", r, "destination") {
		return
	}
	if m.Get("destination") == nil {
		m.Set("destination", doc.Str(c.everything(), r.at))
	}
	to, port, ok := c.newDestination(r)
	if !ok {
		return
	}
	list := "1:65535"
	if p := r.value("dports"); p != "" {
		list = p
	}
	for _, item := range ports(list, r.at).Items {
		if hi, ok := strings.CutPrefix(item.Text, "0-"); ok {
			item.Text = "1-" + hi // nobody sends to port 0
		}
		one := doc.Map(r.at)
		one.Pairs = append(one.Pairs, m.Pairs...)
		one.Set("port", item).Set("to", doc.Str(to, r.at))
		if port != 0 {
			one.Set("to_port", doc.Int(port, r.at))
		}
		c.host.Append("port_forwards", one)
	}
}

// newDestination is where DNAT or REDIRECT sends to; port 0 keeps it.
func (c *converter) newDestination(r *rule) (to string, port int, ok bool) {
	switch r.value("jump") {
	case "DNAT":
		text := r.value("to-destination")
		if a, err := netip.ParseAddrPort(text); err == nil {
			return a.Addr().String(), int(a.Port()), true
		}
		if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
			return a.String(), 0, true
		}
		c.notUnderstood(r, "--to-destination "+text+" is not one address, or one with a port")
	case "REDIRECT":
		key := "private_ip"
		if c.save.v6 {
			key = "ipv6"
		}
		own := c.host.Get(key)
		if own == nil || own.Kind != doc.Text {
			c.notUnderstood(r, "the host's own address is not known")
			return "", 0, false
		}
		to = own.Text
		if to == "auto" {
			to = c.host.Name + "." + key
		}
		p := r.value("to-ports")
		if p == "" {
			return to, 0, true
		}
		if n, err := strconv.Atoi(p); err == nil && n > 0 && n < 65536 {
			return to, n, true
		}
		c.notUnderstood(r, "--to-ports "+p+" is not one port")
	default:
		c.notUnderstood(r, "its target "+r.value("jump")+" is not known to vpcpath here")
	}
	return "", 0, false
}
