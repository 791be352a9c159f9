package firewall

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcpath/vpcpath/internal/addr"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// mostNesting bounds how deep lists and variables of a header may stand in
// each other.
const mostNesting = 8

// addresses sets the addresses of a header, none for any; it reports whether
// it understood them.
func (h *headers) addresses(v *doc.Value, key, text string) bool {
	if isAny(text) {
		return true
	}
	set, ok := h.addressSet(text, 0)
	if !ok {
		return false
	}
	for _, p := range set.Prefixes() {
		v.Append(key, doc.Str(p.String(), v.At))
	}
	return !set.Empty()
}

var everyAddress = addr.SetOf(netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0"))

// addressSet reads an address, a CIDR, a variable, a reference to a prefix
// list, or a list of these in brackets; an exclamation mark turns it around.
func (h *headers) addressSet(text string, depth int) (set addr.Set, ok bool) {
	text = strings.TrimSpace(text)
	if depth > mostNesting || text == "" {
		return set, false
	}
	switch {
	case isAny(text):
		return everyAddress, true
	case text[0] == '!':
		not, ok := h.addressSet(text[1:], depth+1)
		return everyAddress.Minus(not), ok
	case text[0] == '[' && text[len(text)-1] == ']':
		return joinSets(splitList(text[1:len(text)-1]), func(part string) (addr.Set, bool) { return h.addressSet(part, depth+1) })
	case text[0] == '$':
		return h.addressVariable(text[1:], depth)
	case text[0] == '@':
		arn := h.group.Get("ReferenceSets", "IPSetReferences", text[1:], "ReferenceArn").Text()
		if h.f.PrefixList == nil {
			return set, false
		}
		return joinSets(h.f.PrefixList(arn[strings.LastIndexByte(arn, '/')+1:]), func(part string) (addr.Set, bool) { return h.addressSet(part, depth+1) })
	}
	p, err := netip.ParsePrefix(asCIDR(text))
	if err != nil {
		return set, false
	}
	return addr.SetOf(p.Masked()), true
}

// addressVariable is what a variable stands for. HOME_NET is the block of the
// firewall's VPC where nothing else is said, EXTERNAL_NET what is not HOME_NET.
func (h *headers) addressVariable(name string, depth int) (addr.Set, bool) {
	if list := h.variable("IPSets", name); len(list) > 0 {
		return joinSets(texts(list), func(part string) (addr.Set, bool) { return h.addressSet(part, depth+1) })
	}
	switch name {
	case "HOME_NET":
		if len(h.f.Home) == 1 { // of several AWS does not say which
			return h.addressSet(h.f.Home[0], depth+1)
		}
	case "EXTERNAL_NET":
		home, ok := h.addressVariable("HOME_NET", depth+1)
		return everyAddress.Minus(home), ok && depth <= mostNesting
	}
	return addr.Set{}, false
}

// joinSets is the union of the parts of a list, less those with an
// exclamation mark.
func joinSets(parts []string, read func(string) (addr.Set, bool)) (addr.Set, bool) {
	var in, out addr.Set
	with := false
	for _, part := range parts {
		not := strings.HasPrefix(strings.TrimSpace(part), "!")
		s, ok := read(strings.TrimPrefix(strings.TrimSpace(part), "!"))
		if !ok {
			return in, false
		}
		if not {
			out = out.Union(s)
		} else {
			in, with = in.Union(s), true
		}
	}
	if !with {
		in = everyAddress
	}
	return in.Minus(out), len(parts) > 0
}

func texts(list []jsontree.Value) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.Text())
	}
	return out
}

// splitList splits a list at its commas, but for those in brackets.
func splitList(text string) []string {
	var out []string
	depth, begin := 0, 0
	for i, c := range text {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ',' && depth == 0:
			out = append(out, text[begin:i])
			begin = i + 1
		}
	}
	return append(out, text[begin:])
}

// ports sets the ports of a header, none for any; it reports whether it
// understood them.
func (h *headers) ports(v *doc.Value, key, text string) bool {
	if isAny(text) {
		return true
	}
	open, ok := h.portSet(text, 0)
	if !ok {
		return false
	}
	some := false
	for lo := 0; lo < len(open); lo++ {
		if !open[lo] {
			continue
		}
		hi := lo
		for hi+1 < len(open) && open[hi+1] {
			hi++
		}
		v.Append(key, doc.Ports(lo, hi, v.At))
		lo, some = hi, true
	}
	return some
}

// portSet tells of each port whether it is in a port, a range with a colon, a
// variable, or a list of these in brackets.
func (h *headers) portSet(text string, depth int) (open []bool, ok bool) {
	text = strings.TrimSpace(text)
	if depth > mostNesting || text == "" {
		return nil, false
	}
	open = make([]bool, 65536)
	switch {
	case isAny(text):
		for i := range open {
			open[i] = true
		}
		return open, true
	case text[0] == '!':
		not, ok := h.portSet(text[1:], depth+1)
		for i := range not {
			open[i] = !not[i]
		}
		return open, ok
	case text[0] == '[' && text[len(text)-1] == ']':
		return h.portList(splitList(text[1:len(text)-1]), depth)
	case text[0] == '$':
		list := h.variable("PortSets", text[1:])
		return h.portList(texts(list), depth)
	}
	from, to, ranged := strings.Cut(text, ":")
	if !ranged {
		to = from
	}
	lo, hi := 0, 65535
	var err1, err2 error
	if from != "" {
		lo, err1 = strconv.Atoi(from)
	}
	if to != "" {
		hi, err2 = strconv.Atoi(to)
	}
	if err1 != nil || err2 != nil || lo < 0 || hi > 65535 || lo > hi {
		return nil, false
	}
	for i := lo; i <= hi; i++ {
		open[i] = true
	}
	return open, true
}

// portList is the union of the parts of a list, less those with an
// exclamation mark.
func (h *headers) portList(parts []string, depth int) ([]bool, bool) {
	in, out := make([]bool, 65536), make([]bool, 65536)
	with := false
	for _, part := range parts {
		part = strings.TrimSpace(part)
		into := in
		if strings.HasPrefix(part, "!") {
			into = out
		} else {
			with = true
		}
		s, ok := h.portSet(strings.TrimPrefix(part, "!"), depth+1)
		if !ok {
			return nil, false
		}
		for i := range s {
			into[i] = into[i] || s[i]
		}
	}
	for i := range in {
		in[i] = (in[i] || !with) && !out[i]
	}
	return in, len(parts) > 0
}

// signatures reads rules in Suricata's own language, one a line; why quotes
// the first line that it cannot read.
func signatures(text jsontree.Value) (out []signature, why string) {
	whole := strings.ReplaceAll(text.Text(), "\\\n", " ")
	for _, line := range strings.Split(whole, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		s, ok := parseSignature(line)
		if !ok {
			if why == "" {
				why = strconv.Quote(line[:min(len(line), 60)])
			}
			continue
		}
		s.at = text.At()
		out = append(out, s)
	}
	return out, why
}

// parseSignature reads ACTION PROTOCOL SOURCE PORT -> DESTINATION PORT (OPTIONS).
func parseSignature(line string) (s signature, ok bool) {
	open := strings.IndexByte(line, '(')
	if open < 0 || !strings.HasSuffix(line, ")") {
		return s, false
	}
	words := headerWords(line[:open])
	if len(words) != 7 || !slices.Contains([]string{"->", "<>"}, words[4]) {
		return s, false
	}
	s = signature{action: words[0], protocol: words[1], source: words[2], sourcePort: words[3], any: words[4] == "<>", destination: words[5], port: words[6]}
	for _, o := range splitOptions(line[open+1 : len(line)-1]) {
		keyword, _, _ := strings.Cut(o, ":")
		s.options = append(s.options, strings.TrimSpace(keyword))
	}
	return s, true
}

// headerWords splits a header at blanks, but for those in brackets.
func headerWords(text string) []string {
	var out []string
	var word strings.Builder
	depth := 0
	for _, c := range text {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		}
		if (c == ' ' || c == '\t') && depth == 0 {
			if word.Len() > 0 {
				out = append(out, word.String())
				word.Reset()
			}
			continue
		}
		word.WriteRune(c)
	}
	if word.Len() > 0 {
		out = append(out, word.String())
	}
	return out
}

// splitOptions splits options at semicolons, but for those in quotation marks.
func splitOptions(text string) []string {
	var out []string
	quoted, begin := false, 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ';' && !quoted:
			if o := strings.TrimSpace(text[begin:i]); o != "" {
				out = append(out, o)
			}
			begin = i + 1
		}
	}
	if o := strings.TrimSpace(text[min(begin, len(text)):]); o != "" {
		out = append(out, o)
	}
	return out
}
