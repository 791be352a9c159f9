package render

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/model"
)

// A namer writes address sets in the words of a question: the internet is a
// score of ranges, and "internet" or "internet except 198.51.100.0/24" says
// the same.
type namer struct {
	parties []eval.Party
	chosen  eval.Names
	// all spells every range out where there is no word for a set; else long
	// lists end in a count.
	all bool
}

// few is how many ranges are written out before a name or a count is better.
const few = 3

// addrs writes addresses of one family; nil means all of it.
func (n namer) addrs(f addr.Family, ranges []addr.Range) string {
	if len(ranges) == 0 || len(ranges) == 1 && ranges[0] == addr.All {
		return "any " + f.String() + " address"
	}
	if len(ranges) <= few && !n.internetSized(f, ranges) {
		return formatRanges(f, ranges, n.chosen)
	}
	set := addr.SetOfRanges(f, ranges...)
	for _, p := range n.parties {
		whole := p.Addrs.Only(f)
		rest := whole.Minus(set)
		switch {
		case whole.Empty() || !whole.Covers(set):
			continue
		case rest.Empty():
			return clean(p.Text)
		case len(rest.Ranges(f)) < len(ranges) && (n.all || len(rest.Ranges(f)) <= few):
			return clean(p.Text) + " except " + formatRanges(f, rest.Ranges(f), n.chosen)
		}
	}
	if n.all || len(ranges) <= few+1 {
		return formatRanges(f, ranges, n.chosen)
	}
	return formatRanges(f, ranges[:few], n.chosen) + " and " + plural(len(ranges)-few, "more range")
}

// internetSized reports whether one of the parties is the internet and has
// just these few ranges, as internet6 has.
func (n namer) internetSized(f addr.Family, ranges []addr.Range) bool {
	return slices.ContainsFunc(n.parties, func(p eval.Party) bool {
		return (p.Text == "internet" || p.Text == "internet6") && slices.Equal(p.Addrs.Ranges(f), ranges)
	})
}

func formatRanges(f addr.Family, ranges []addr.Range, chosen eval.Names) string {
	parts := make([]string, len(ranges))
	for i, r := range ranges {
		parts[i] = clean(chosen.Format(f, r))
	}
	return strings.Join(parts, ", ")
}

// party writes one end of a pair with the addresses used: "web-1 10.0.0.10".
func party(p eval.Party) string {
	name := partyName(p)
	text := ""
	n := 0
	for _, f := range addr.Families {
		n += len(p.Addrs.Ranges(f))
	}
	switch {
	case p.Text == "internet" || p.Text == "internet6" || n == 0 || n > few:
	default:
		text = clean(p.Names.Set(p.Addrs))
	}
	if strings.HasPrefix(text, name+".") {
		return text // the name of an address that AWS chooses says whose it is
	}
	if samePlace(name, text) {
		return name
	}
	return joinNonEmpty(" ", name, text)
}

// samePlace reports whether name is itself the address or CIDR in text.
func samePlace(name, text string) bool {
	if name == text {
		return true
	}
	p, err := netip.ParsePrefix(name)
	return err == nil && (p.Masked().String() == text || p.IsSingleIP() && p.Addr().String() == text)
}

// partyName names the end as the user thinks of it: the host that was asked
// for rather than its interface, and the host found behind a group.
func partyName(p eval.Party) string {
	if p.Resource == nil {
		return clean(p.Text)
	}
	return clean(hostName(p.Resource, p.Text))
}

// hostName is the name of a resource; for an interface that its owner's
// shorthand made, or whose owner the user wrote, it is the owner's.
func hostName(r model.Resource, wrote string) string {
	if i, ok := r.(*model.Interface); ok && i.Owner != nil {
		if owner := i.Owner.ID().Name; i.Implicit || owner == wrote {
			return owner
		}
	}
	return r.ID().Name
}
