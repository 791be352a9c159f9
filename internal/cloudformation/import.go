// Package cloudformation reads CloudFormation templates, YAML with the short
// forms of its functions or JSON, as networks: parameters with their defaults
// or the user's values, conditions, mappings and functions are evaluated, and
// what is known only when a stack is made stays a reference, or says so.
package cloudformation

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/draft"
	"github.com/vpcpath/vpcpath/internal/load"
)

// Recognise reports whether a file looks like a template.
func Recognise(src load.Source) bool {
	if bytes.Contains(src.Data, []byte("AWSTemplateFormatVersion")) {
		return true
	}
	return bytes.Contains(src.Data, []byte("Resources")) && (bytes.Contains(src.Data, []byte("Type: AWS::")) ||
		bytes.Contains(src.Data, []byte("Type: 'AWS::")) || bytes.Contains(src.Data, []byte(`Type: "AWS::`)) || bytes.Contains(src.Data, []byte(`"Type": "AWS::`)) || bytes.Contains(src.Data, []byte(`"Type":"AWS::`)))
}

// Import reads templates. Those of one import may use each other's exports.
// parameters are the values that the user gives, by name.
func Import(files []load.Source, parameters map[string]string) doc.Import {
	s := &set{parameters: parameters, used: map[string]bool{}, exports: map[string]value{}, reported: map[string]bool{}}
	for _, f := range files {
		if t := s.read(f.Name, f.Data); t != nil {
			s.templates = append(s.templates, t)
		}
	}
	w := &writer{set: s}
	w.write()
	d := w.draft.Finish(w.comment())
	w.hostsThatMayForward(d)
	return doc.Import{Document: d, Counts: w.counts(), Findings: diag.Sort(s.findings)}
}

// hostsThatMayForward are those of interfaces of their own whose check is off.
func (w *writer) hostsThatMayForward(d *doc.Document) {
	for _, e := range d.Section("network_interfaces").Entries {
		check, of := e.Get("source_dest_check"), e.Get("instance")
		if check != nil && of != nil && w.draft.Section(of.Text) == "instances" {
			forwardsUnknown(w.draft.Entry(of.Text).Value, check.At)
		}
	}
}

// writer turns resources into pieces of a network.
type writer struct {
	carried map[string]bool // instances that Elastic IP addresses of Wavelength Zones name
	set     *set
	draft   draft.Draft
	count   map[string]*doc.Count
	holes   int // unknown things that got a name
}

func (w *writer) comment() string {
	var names []string
	for _, t := range w.set.templates {
		names = append(names, t.base())
	}
	return "Imported from the CloudFormation template " + strings.Join(names, ", ") + "."
}

// name shows a resource by its logical id, and by its template too where
// another template has the same.
func (s *set) names() {
	times := map[string]int{}
	for _, t := range s.templates {
		for _, r := range t.resources {
			times[r.name]++
		}
	}
	for _, t := range s.templates {
		for _, r := range t.resources {
			r.shown = r.name
			if times[r.name] > 1 {
				r.shown = clean(t.base()) + "/" + r.name
			}
		}
	}
}

// clean makes a word that a name may hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			return r
		}
		return '-'
	}, s)
}

func (w *writer) write() {
	s := w.set
	for _, t := range s.templates {
		t.setParameters()
	}
	for _, t := range s.templates {
		t.prune()
		if t.outputs == nil {
			continue
		}
		for _, out := range pairs(t.outputs) {
			v := t.eval(out, 0)
			if name, ok := v.get("Export").get("Name").text(); ok {
				s.exports[name] = v.get("Value")
			}
		}
	}
	s.names()
	w.count = map[string]*doc.Count{}
	for _, pass := range []int{0, 1, 2} {
		for _, t := range s.templates {
			for _, r := range t.resources {
				w.resource(r, pass)
			}
		}
	}
	if len(s.templates) > 0 {
		s.reportUnused()
	}
}

// resource writes one resource in its pass: 0 for what others are added to, 1
// for what is added, 2 for what needs both.
func (w *writer) resource(r *resource, pass int) {
	k, known := kinds[r.typ]
	if r.left || k.pass != pass && known || !known && pass > 0 {
		return
	}
	c := w.count[r.typ]
	if c == nil {
		c = &doc.Count{Type: r.typ}
		w.count[r.typ] = c
	}
	c.Read++
	if !known {
		if reason, matters := unmodelled(r.typ); matters {
			c.NotModelled++
			w.draft.NotModelled(r.shown, r.typ, reason, r.at)
		}
		return
	}
	k.write(w, r)
	if w.draft.Section(r.shown) == "not_modelled" {
		c.NotModelled++
	} else {
		c.Modelled++
	}
}

func (w *writer) counts() []doc.Count {
	var out []doc.Count
	for _, c := range w.count {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b doc.Count) int { return strings.Compare(a.Type, b.Type) })
	return out
}

// unmodelled says what of a type that vpcpath does not know matters to
// packets.
func unmodelled(typ string) (reason string, matters bool) {
	for _, prefix := range []string{"AWS::EC2::", "AWS::ElasticLoadBalancing", "AWS::NetworkFirewall::", "AWS::NetworkManager::", "AWS::VpcLattice::",
		"AWS::RDS::DB", "AWS::AutoScaling::", "AWS::CloudFormation::Stack", "AWS::DirectConnect::", "AWS::GlobalAccelerator::", "AWS::ECS::Service",
		"AWS::ElastiCache::", "AWS::EFS::MountTarget", "AWS::Redshift::Cluster", "AWS::EKS::", "AWS::FSx::", "AWS::DMS::", "AWS::MSK::"} {
		if strings.HasPrefix(typ, prefix) && !slices.Contains(noPackets, typ) {
			return "vpcpath does not read this type from templates", true
		}
	}
	return "", false
}

// noPackets are types of those services that no packet passes.
var noPackets = []string{"AWS::EC2::DHCPOptions", "AWS::EC2::VPCDHCPOptionsAssociation", "AWS::EC2::FlowLog", "AWS::EC2::LaunchTemplate", "AWS::EC2::KeyPair",
	"AWS::EC2::Volume", "AWS::EC2::VolumeAttachment", "AWS::EC2::PlacementGroup", "AWS::NetworkFirewall::LoggingConfiguration", "AWS::RDS::DBSubnetGroup",
	"AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup", "AWS::AutoScaling::LaunchConfiguration", "AWS::AutoScaling::ScalingPolicy", "AWS::ElastiCache::SubnetGroup",
	"AWS::ElastiCache::ParameterGroup", "AWS::EC2::VPCEndpointServicePermissions", "AWS::AutoScaling::LifecycleHook", "AWS::AutoScaling::ScheduledAction"}

// prune leaves out resources whose condition is false.
func (t *template) prune() {
	for _, r := range t.resources {
		for k, v := range pairs(r.entry) {
			if k.Value == "Condition" {
				r.left = !t.holds(v.Value, t.at(v))
			}
		}
	}
}

// missing reports a property without which a resource says nothing, and why
// it is not known.
func (w *writer) missing(r *resource, property string, v value) {
	why := "it is not there"
	switch v.kind {
	case unknown:
		why = v.why
	case text:
		why = "it is known only when the stack is made"
	case list, mapping:
		why = "it is no text"
	}
	w.set.report(diag.Error, v.at, idUnknown, "%s of %s %q is needed: %s", property, r.typ, r.name, why)
}

// literal is a property as a plain text; what it needs and lacks is an error.
func (w *writer) literal(r *resource, property string) (string, bool) {
	v := r.get(property)
	s, ok := v.text()
	if !ok {
		w.missing(r, property, v)
	}
	return s, ok
}

// link sets a key of an entry to the name of what a property refers to. What
// is not in the templates gets a name of its own, not modelled.
func (w *writer) link(e *doc.Value, key string, r *resource, property string) {
	v := r.get(property)
	if v.kind == absent {
		return
	}
	e.Set(key, doc.Str(w.target(r, property, v), v.at))
}

// target is the name of what a value refers to.
func (w *writer) target(r *resource, property string, v value) string {
	if to, ok := v.ref(); ok {
		if name := w.shown(to); name != "" {
			return name
		}
	}
	why, name := "it is known only when the stack is made", ""
	if s, ok := v.text(); ok {
		name, why = clean(s), "the template names it by its id and does not say what it is"
	} else if v.kind == unknown {
		why = v.why
	}
	if name == "" {
		name = r.shown + "." + property
	}
	switch _, named := v.text(); {
	case w.draft.Entry(name) != nil:
	case strings.HasSuffix(property, "PrefixListId"):
		w.draft.PrefixList(name, "", nil, v.at).Weak = named
	case named:
		w.draft.Missing(name, property, why, v.at)
	default:
		w.draft.NotModelled(name, property, why, v.at)
	}
	return name
}

// shown is the name in the topology of what a reference means; "" where it has
// none.
func (w *writer) shown(to reference) string {
	switch {
	case to.attribute == "":
		return to.to.shown
	case to.to.typ == "AWS::EC2::VPC" && to.attribute == "DefaultSecurityGroup":
		return to.to.shown + ".default_security_group"
	case to.to.typ == "AWS::EC2::VPC" && to.attribute == "DefaultNetworkAcl":
		return to.to.shown + ".default_network_acl"
	case to.to.typ == "AWS::NetworkFirewall::Firewall" && strings.HasPrefix(to.attribute, "endpoint-"):
		return to.to.shown + "." + to.attribute
	}
	return ""
}

// unknownName makes a name for something that stays unknown.
func (w *writer) unknownName(r *resource, what string, v value) string {
	w.holes++
	name := fmt.Sprintf("%s.%s-%d", r.shown, what, w.holes)
	why := v.why
	if why == "" {
		why = "it is known only when the stack is made"
	}
	w.draft.NotModelled(name, what, why, v.at)
	return name
}
