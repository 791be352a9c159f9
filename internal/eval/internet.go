package eval

import (
	"fmt"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/model"
	"github.com/vpcpath/vpcpath/internal/packet"
)

// theInternet stands for every host outside the topology.
var theInternet = &pseudo{model.Ident{Name: "internet", Kind: model.KindInternet}}

type pseudo struct{ model.Ident }

// internet carries b between the gateways and the hosts outside.
func (w *walk) internet(b branch) {
	if b.asked == packet.Empty {
		return
	}
	if g := b.supposedGateway(); g != nil {
		w.igwIn(b, publicOwner{vpc: g.VPC})
		return
	}
	rest := b.asked
	split(w, w.net.public(), b.asked, b.fam, b.destination(), func(rs []addr.Range, to publicOwner, ok bool) {
		if ok {
			s := w.to(&b, rs...)
			rest = w.sp.Minus(rest, s)
			if to.by == model.KindCarrierGateway {
				w.carrierIn(w.only(b, s), to, true)
			} else {
				w.igwIn(w.only(b, s), to)
			}
		}
	})
	b = w.only(b, rest)
	outside := w.in(rest, b.fam, b.destination(), w.net.carried().Ranges(b.fam))
	if rest != outside {
		own := w.supposedIn(&b, w.sp.Minus(rest, outside))
		rest = w.sp.Minus(rest, own)
		w.without(&b, own)
	}
	w.drop(&b, w.sp.Minus(rest, outside), func() Hop {
		return w.notOnInternet(&b, w.sp.Minus(rest, outside))
	})
	w.arrive(b, w.outsider(&b), nil)
}

// outsider names who on the internet b is for: an external network that has
// all its destinations, else the internet as a whole.
func (w *walk) outsider(b *branch) model.Resource {
	var who model.Resource = theInternet
	if b.asked == packet.Empty || b.dir == packet.Reply {
		return who
	}
	answers := 0
	split(w, w.net.named(), b.asked, b.fam, b.destination(), func(_ []addr.Range, e *model.ExternalNetwork, ok bool) {
		if answers++; ok {
			who = e
		}
	})
	if answers > 1 {
		return theInternet
	}
	return who
}

// notOnInternet explains that an address is not one of the internet's.
func (w *walk) notOnInternet(b *branch, s packet.Set) Hop {
	h := Hop{Component: theInternet.Name, Kind: theInternet.Kind, Resource: theInternet, Code: IGWNoPrivateIP,
		Message: w.some(s, b.fam, b.destination()) + " is no public address", RuleIDs: []string{"IGW-5"}}
	i := w.target.iface
	if i == nil {
		return h
	}
	v := i.Subnet.VPC
	if v.InternetGateway == nil {
		h.Code = NoInternetGateway
		h.Component, h.Kind, h.Resource, h.At = v.Name, v.Kind, v, v.At
		h.Message = v.Name + " has no internet gateway"
		h.RuleIDs = []string{"IGW-1"}
		return h
	}
	g := v.InternetGateway
	h.Component, h.Kind, h.Resource, h.At = g.Name, g.Kind, g, g.At
	h.Message = fmt.Sprintf("%s of %s has no public address, so nothing can come in", w.some(s, b.fam, b.destination()), i.Name)
	return h
}
