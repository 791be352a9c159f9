package cloudformation

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// maxDepth bounds values in values, and maxValues all of them: an anchor may
// contain itself, and a few lines of aliases stand for any number of values.
const (
	maxDepth  = 64
	maxValues = 200_000
)

// eval makes the value of a node.
func (t *template) eval(n *yaml.Node, depth int) value {
	n = follow(n)
	at := t.at(n)
	if depth > maxDepth {
		t.set.report(diag.Error, at, idTemplate, "values nest deeper than %d", maxDepth)
		return unknownValue("it nests too deep", at)
	}
	if t.set.values++; t.set.values > maxValues {
		if t.set.values == maxValues+1 {
			t.set.report(diag.Error, at, idTemplate, "the aliases of the template stand for more than %d values", maxValues)
		}
		return unknownValue("the template has too many values", at)
	}
	if name, ok := strings.CutPrefix(n.Tag, "!"); ok && !strings.HasPrefix(name, "!") && name != "" {
		arg := *n
		arg.Tag = ""
		if n.Kind == yaml.ScalarNode {
			arg.Tag = "!!str"
		}
		return t.call(longName(name), &arg, at, depth)
	}
	switch n.Kind {
	case yaml.SequenceNode:
		v := value{kind: list, at: at}
		for _, item := range n.Content {
			if i := t.eval(item, depth+1); i.kind != absent {
				v.items = append(v.items, i)
			}
		}
		return v
	case yaml.MappingNode:
		if len(n.Content) == 2 && !strings.HasPrefix(n.Content[0].Value, "Fn::ForEach") {
			if key := n.Content[0].Value; key == "Ref" || strings.HasPrefix(key, "Fn::") {
				return t.call(key, n.Content[1], at, depth)
			}
		}
		v := value{kind: mapping, at: at}
		for k, item := range pairs(n) {
			switch {
			case strings.HasPrefix(k.Value, "Fn::ForEach"):
				t.loop(k)
				continue
			case k.Value == "Fn::Transform":
				t.set.report(diag.Warning, t.at(k), idUnknown, "what Fn::Transform puts here, only CloudFormation can tell; %s", processed)
				continue
			}
			if f := t.eval(item, depth+1); f.kind != absent {
				v.fields = append(v.fields, field{k.Value, f})
			}
		}
		return v
	}
	if n.Tag == "!!null" {
		return value{at: at}
	}
	return plain(n.Value, at)
}

// longName is the name of a function in its short form.
func longName(tag string) string {
	if tag == "Ref" || tag == "Condition" {
		return tag
	}
	return "Fn::" + tag
}

// call evaluates a function.
func (t *template) call(name string, n *yaml.Node, at diag.Pos, depth int) value {
	if name == "Fn::Sub" {
		return t.sub(n, at, depth)
	}
	if name == "Fn::If" {
		return t.choose(n, at, depth)
	}
	arg := t.eval(n, depth+1)
	args := arg.each()
	for _, a := range args {
		if a.kind == unknown && name != "Fn::Join" && name != "Fn::Select" {
			return unknownValue(a.why, at)
		}
	}
	need := func(n int) bool {
		if len(args) == n {
			return true
		}
		t.set.report(diag.Error, at, idTemplate, "%s takes %d arguments, here it has %d", name, n, len(args))
		return false
	}
	switch name {
	case "Ref":
		if s, ok := arg.text(); ok {
			return t.ref(s, at)
		}
	case "Fn::GetAtt":
		return t.getAtt(arg, at)
	case "Fn::Join":
		if sep, ok := first(args).text(); ok && need(2) {
			return join(sep, args[1].each(), at)
		}
	case "Fn::Split":
		if sep, ok := first(args).text(); ok && need(2) && args[1].kind == text {
			return value{kind: list, items: split(sep, args[1]), at: at}
		}
	case "Fn::Select":
		return t.selectItem(args, at)
	case "Fn::FindInMap":
		return t.findInMap(args, at)
	case "Fn::GetAZs":
		region, ok := first(args).text()
		if !ok || region == "" {
			region = t.set.pseudo("AWS::Region")
		}
		v := value{kind: list, at: at}
		for zone := 'a'; zone <= 'f'; zone++ {
			v.items = append(v.items, plain(region+string(zone), at))
		}
		return v
	case "Fn::Cidr":
		return t.cidr(args, at)
	case "Fn::ImportValue":
		if s, ok := arg.text(); ok {
			if v, ok := t.set.exports[s]; ok {
				return v
			}
			return unknownValue(fmt.Sprintf("the export %q of another stack is not among the templates", s), at)
		}
	case "Fn::Base64":
		return arg
	case "Fn::Length":
		if arg.kind == list {
			return plain(strconv.Itoa(len(arg.items)), at)
		}
	case "Fn::ToJsonString":
		return unknownValue("a text of Fn::ToJsonString is not read", at)
	case "Fn::Transform":
		return unknownValue("what Fn::Transform puts here, only CloudFormation can tell", at)
	case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not", "Condition":
		t.set.report(diag.Error, at, idTemplate, "%s stands outside of a condition", name)
		return unknownValue("a condition is no value", at)
	default:
		return unknownValue(name+" is not known to vpcpath", at)
	}
	return unknownValue(name+" has arguments that are known only when the stack is made", at)
}

func first(list []value) value {
	if len(list) == 0 {
		return value{}
	}
	return list[0]
}

// ref is what Ref returns.
func (t *template) ref(name string, at diag.Pos) value {
	if name == "AWS::NoValue" {
		return value{at: at}
	}
	if strings.HasPrefix(name, "AWS::") {
		return plain(t.set.pseudo(name), at)
	}
	if p := t.parameters[name]; p != nil {
		v := p.value
		v.at = at
		return v
	}
	if r := t.byName[name]; r != nil {
		if r.left {
			return unknownValue(fmt.Sprintf("resource %q does not exist: its condition is false", name), at)
		}
		return refer(r, "", at)
	}
	t.set.report(diag.Error, at, idTemplate, "%q is neither a parameter nor a resource of the template%s", name, diag.DidYouMean(name, t.names()))
	return unknownValue("it refers to nothing", at)
}

func (t *template) names() []string {
	var out []string
	for n := range t.parameters {
		out = append(out, n)
	}
	for n := range t.byName {
		out = append(out, n)
	}
	return out
}

// getAtt is an attribute: one that a property says, else a reference.
func (t *template) getAtt(arg value, at diag.Pos) value {
	var name, attribute string
	if s, ok := arg.text(); ok {
		name, attribute, _ = strings.Cut(s, ".")
	} else if len(arg.items) == 2 {
		name, _ = arg.items[0].text()
		attribute, _ = arg.items[1].text()
	}
	r := t.byName[name]
	switch {
	case r == nil:
		t.set.report(diag.Error, at, idTemplate, "GetAtt of %q, which is no resource of the template%s", name, diag.DidYouMean(name, t.names()))
		return unknownValue("it refers to nothing", at)
	case r.left:
		return unknownValue(fmt.Sprintf("resource %q does not exist: its condition is false", name), at)
	}
	return r.attribute(attribute, at)
}

func (t *template) selectItem(args []value, at diag.Pos) value {
	if len(args) != 2 {
		t.set.report(diag.Error, at, idTemplate, "Fn::Select takes an index and a list")
		return unknownValue("Fn::Select is not whole", at)
	}
	if args[1].kind == unknown {
		return unknownValue(args[1].why, at)
	}
	s, ok := args[0].text()
	i, err := strconv.Atoi(s)
	if !ok || err != nil {
		return unknownValue("the index of Fn::Select is not known", at)
	}
	items := args[1].each()
	if i < 0 || i >= len(items) {
		t.set.report(diag.Error, at, idTemplate, "Fn::Select asks for item %d of a list of %d", i, len(items))
		return unknownValue("the list has no such item", at)
	}
	v := items[i]
	v.at = at
	return v
}

func (t *template) findInMap(args []value, at diag.Pos) value {
	if len(args) < 3 {
		t.set.report(diag.Error, at, idTemplate, "Fn::FindInMap takes a map and two keys")
		return unknownValue("Fn::FindInMap is not whole", at)
	}
	n := t.mappings
	var path []string
	for _, a := range args[:3] {
		key, ok := a.text()
		if !ok {
			return unknownValue("a key of Fn::FindInMap is known only when the stack is made", at)
		}
		path = append(path, key)
		var next *yaml.Node
		if n != nil {
			for k, v := range pairs(n) {
				if k.Value == key {
					next = v
				}
			}
		}
		if next == nil {
			if len(args) == 4 {
				return args[3].get("DefaultValue")
			}
			t.set.report(diag.Error, at, idTemplate, "Mappings has no %s", strings.Join(path, "."))
			return unknownValue("the mapping has no such key", at)
		}
		n = next
	}
	v := t.eval(n, 0)
	v.at = at
	return v
}

// cidr cuts a block into equal parts.
func (t *template) cidr(args []value, at diag.Pos) value {
	if len(args) < 2 {
		t.set.report(diag.Error, at, idTemplate, "Fn::Cidr takes a block, a count and the bits of a part")
		return unknownValue("Fn::Cidr is not whole", at)
	}
	block, ok := args[0].text()
	if !ok {
		return unknownValue("the block of Fn::Cidr is known only when the stack is made", at)
	}
	p, err := netip.ParsePrefix(block)
	if err != nil {
		t.set.report(diag.Error, at, idTemplate, "%q is no block that Fn::Cidr could cut", block)
		return unknownValue("its block is none", at)
	}
	number := func(v value, standard int) int {
		s, _ := v.text()
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		return standard
	}
	count, host := number(args[1], 0), 8
	if len(args) > 2 {
		host = number(args[2], host)
	} else if p.Addr().Is6() {
		host = 64
	}
	bits := p.Addr().BitLen() - host
	if count < 1 || count > 256 || bits < p.Bits() || bits > p.Addr().BitLen() || bits-p.Bits() < 8 && count > 1<<(bits-p.Bits()) {
		t.set.report(diag.Error, at, idTemplate, "%s has no %d blocks of %d bits; Fn::Cidr counts 1 to 256", block, count, host)
		return unknownValue("the block is too small", at)
	}
	v := value{kind: list, at: at}
	for i := range count {
		v.items = append(v.items, plain(nth(p.Masked().Addr(), bits, i).String(), at))
	}
	return v
}

// nth returns the i-th block of a length from an address on.
func nth(a netip.Addr, bits, i int) netip.Prefix {
	b := a.AsSlice()
	host := len(b)*8 - bits
	carry := i << (host % 8)
	for at := len(b) - 1 - host/8; carry > 0 && at >= 0; at-- {
		carry += int(b[at])
		b[at] = byte(carry)
		carry >>= 8
	}
	out, _ := netip.AddrFromSlice(b)
	return netip.PrefixFrom(out, bits)
}

// hole finds ${Name}, ${Name.Attribute} and ${!Literal}.
var hole = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{([^}]*)\}`) })

// sub is Fn::Sub.
func (t *template) sub(n *yaml.Node, at diag.Pos, depth int) value {
	n = follow(n)
	own := map[string]value{}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 2 {
		for k, v := range pairs(n.Content[1]) {
			own[k.Value] = t.eval(v, depth+1)
		}
		n = follow(n.Content[0])
	}
	if n.Kind != yaml.ScalarNode {
		t.set.report(diag.Error, at, idTemplate, "Fn::Sub takes a text, or a text and a mapping")
		return unknownValue("Fn::Sub is not whole", at)
	}
	var pieces []value
	rest := n.Value
	for {
		m := hole().FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		pieces = append(pieces, plain(rest[:m[0]], at))
		name := strings.TrimSpace(rest[m[2]:m[3]])
		rest = rest[m[1]:]
		literal, isLiteral := strings.CutPrefix(name, "!")
		switch v, mapped := own[name]; {
		case isLiteral:
			pieces = append(pieces, plain("${"+literal+"}", at))
		case mapped:
			pieces = append(pieces, v)
		case strings.Contains(name, ".") && t.byName[strings.SplitN(name, ".", 2)[0]] != nil:
			pieces = append(pieces, t.getAtt(plain(name, at), at))
		default:
			pieces = append(pieces, t.ref(name, at))
		}
	}
	return join("", append(pieces, plain(rest, at)), at)
}
