package awsjson

import (
	"cmp"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/jsontree"
)

// resource is one of a list.
type resource struct {
	jsontree.Value
	kind            *kind
	id              string
	region, account string // of the folders that the file is in; "" where they do not say
	// others are the same resource as others saw it: another account, or a
	// list that says more of it.
	others []jsontree.Value
}

// get returns what a resource says under a key, or what another sight of it
// does.
func (r *resource) get(keys ...string) jsontree.Value {
	if v := r.Get(keys...); v.Exists() {
		return v
	}
	for _, o := range r.others {
		if v := o.Get(keys...); v.Exists() {
			return v
		}
	}
	return jsontree.Value{}
}

// all yields what is in a list of a resource, as everybody sees it.
func (r *resource) all(key string) iter.Seq[jsontree.Value] {
	return func(yield func(jsontree.Value) bool) {
		for _, v := range append([]jsontree.Value{r.Value}, r.others...) {
			for item := range v.Get(key).Items() {
				if !yield(item) {
					return
				}
			}
		}
	}
}

// orNone is get for a resource that may not be there.
func (r *resource) orNone(keys ...string) jsontree.Value {
	if r == nil {
		return jsontree.Value{}
	}
	return r.get(keys...)
}

// text is get for a text.
func (r *resource) text(keys ...string) string { return r.get(keys...).Text() }

// tag returns the value of a tag.
func (r *resource) tag(key string) string {
	for _, list := range []string{"Tags", "TagSet"} {
		for t := range r.get(list).Items() {
			if t.Get("Key").Text() == key {
				return t.Get("Value").Text()
			}
		}
	}
	return ""
}

// dump is everything that the files hold.
type dump struct {
	lists map[string][]*resource // by list, in the order of the files
	byID  map[string]map[string]*resource
	// present tells in which Regions a list stands, also an empty one.
	present  map[string]map[string]bool
	strange  map[string]int    // lists that nobody knows, with their lengths
	differ   map[string]string // ids that stand twice and are not alike, with the reason
	findings []diag.Finding
}

func (d *dump) find(list, id string) *resource { return d.byID[list][id] }

// has reports whether a list stands in the dump of a Region.
func (d *dump) has(list, region string) bool { return d.present[list][region] || d.present[list][""] }

// Recognise reports whether a JSON text is what the AWS CLI prints: an object
// with a list of resources that is known, at the top or under `data`, where
// recorders put it.
func Recognise(root jsontree.Value) bool {
	for key, value := range payload(root).Members() {
		name := key.Text()
		if name == optionsKey || value.Kind() == jsontree.Object && single[name] != "" || value.Kind() == jsontree.Array && (kindOf(name) != nil || wrappers[name] != "" || name == "Listeners") {
			return true
		}
	}
	return false
}

// payload is the object that holds the lists.
func payload(root jsontree.Value) jsontree.Value {
	if data := root.Get("data"); data.Kind() == jsontree.Object {
		return data
	}
	return root
}

func collect(roots []jsontree.Value) *dump {
	d := &dump{lists: map[string][]*resource{}, byID: map[string]map[string]*resource{}, present: map[string]map[string]bool{}, strange: map[string]int{}, differ: map[string]string{}}
	for _, root := range roots {
		d.file(root)
	}
	return d
}

func (d *dump) report(s diag.Severity, at diag.Pos, id, message string) {
	d.findings = append(d.findings, diag.Finding{Pos: at, Severity: s, ID: id, Message: message})
}

func (d *dump) file(root jsontree.Value) {
	region, account := placeOf(root.At().File)
	body := payload(root)
	if body.Kind() != jsontree.Object {
		d.report(diag.Error, root.At(), "not-aws", "expected an object with a list of resources, as {\"Vpcs\": [...]}, found "+body.Kind().String())
		return
	}
	for key, value := range body.Members() {
		name := key.Text()
		switch {
		case strings.EqualFold(name, "NextToken") || name == "NextMarker" || name == "Marker":
			if value.Text() != "" {
				d.report(diag.Error, key.At(), "list-cut-off", "the list is cut off: it has a "+name+", so AWS has more of it; dump it again without --max-items and --no-paginate")
			}
		case name == optionsKey:
			if value.Get("InternetGatewayBlockMode").Text() != "" {
				d.options(value, region, account)
			}
		case single[name] != "" && value.Kind() == jsontree.Object:
			d.mark(single[name], region)
			d.add(kindOf(single[name]), body, region, account)
		case value.Kind() != jsontree.Array && value.Exists() && (kindOf(name) != nil || wrappers[name] != ""):
			d.report(diag.Error, value.At(), "not-aws", "expected a list under "+name+", as the AWS CLI prints it, found "+value.Kind().String())
		case value.Kind() != jsontree.Array:
		case name == "Reservations":
			d.mark("Instances", region)
			for r := range value.Items() {
				for i := range r.Get("Instances").Items() {
					d.add(kindOf("Instances"), i, region, account)
				}
			}
		case name == "Listeners": // describe-listeners of one load balancer
			d.mark("LoadBalancerListeners", region)
			for l := range value.Items() {
				d.add(&kind{list: "Listeners", id: "ListenerArn"}, l, region, account)
			}
		default:
			k := kindOf(name)
			if k == nil {
				d.strange[name] += value.Len()
				continue
			}
			d.mark(k.list, region)
			for v := range value.Items() {
				d.add(k, v, region, account)
			}
		}
	}
}

// optionsKey holds one object, of an account and Region.
const optionsKey = "VpcBlockPublicAccessOptions"

// single are keys of answers about one resource, which is the whole object,
// with the lists of such answers.
var single = map[string]string{"Firewall": "NetworkFirewalls", "FirewallPolicyResponse": "NetworkFirewallPolicies", "RuleGroupResponse": "NetworkFirewallRuleGroups"}

// options adds the setting of VPC Block Public Access of an account and
// Region, whose id these are.
func (d *dump) options(v jsontree.Value, region, account string) {
	if text := v.Get("AwsRegion").Text(); text != "" {
		region = text
	}
	if text := v.Get("AwsAccountId").Text(); text != "" {
		account = text
	}
	d.mark(optionsKey, region)
	id := fit(strings.Join([]string{"block-public-access", account, region}, "-"))
	d.addAs(kindOf(optionsKey), id, v, region, account)
}

func (d *dump) mark(list, region string) {
	if d.present[list] == nil {
		d.present[list] = map[string]bool{}
	}
	d.present[list][region] = true
}

// perItem lists come in parts: several entries for one id add up.
var perItem = []string{"PrefixListEntries", "TransitGatewayPropagations", "TransitGatewayStaticRoutes", "LoadBalancerListeners", "LoadBalancerAttributes", "LoadBalancerTargetHealth", "TargetGroupAttributes", "LocalGatewayRoutes"}

// changing are keys that differ from one call, or one account, to the next,
// and that packets do not depend on.
var changing = []string{"Tags", "TagSet", "AvailableIpAddressCount", "VgwTelemetry", "LastError", "DnsEntries", "Description", "LastUpdateTimestamp"}

// add adds a resource under its own id.
func (d *dump) add(k *kind, v jsontree.Value, region, account string) {
	id := v.Get(k.id).Text()
	switch k.list {
	case "DBInstances":
		if id == "" {
			id = v.Get("DBInstanceIdentifier").Text()
		}
	case "Addresses":
		if id == "" { // a carrier or customer-owned one
			id = v.Get("AllocationId").Text()
		}
	case "LoadBalancerDescriptions": // a name is unique in an account and Region
		if vpc := v.Get("VPCId").Text(); id != "" && vpc != "" {
			id += "@" + vpc
		}
	case "NetworkFirewalls":
		id = v.Get("Firewall", k.id).Text()
	case "NetworkFirewallPolicies":
		id = v.Get("FirewallPolicyResponse", k.id).Text()
	case "NetworkFirewallRuleGroups":
		id = v.Get("RuleGroupResponse", k.id).Text()
	case "TransitGatewayAttachments":
		id = attachmentKey(id, v.Get("TransitGatewayId").Text(), peers(v.Get("ResourceType")))
	}
	d.addAs(k, id, v, region, account)
}

func (d *dump) addAs(k *kind, id string, v jsontree.Value, region, account string) {
	r := &resource{Value: v, kind: k, id: id, region: region, account: account}
	switch {
	case id == "" && k.idle:
		d.lists[k.list] = append(d.lists[k.list], r)
		return
	case id == "":
		d.report(diag.Warning, v.At(), "not-understood", "an entry of "+k.list+" has no "+k.id+" and is left out")
		return
	}
	if d.byID[k.list] == nil {
		d.byID[k.list] = map[string]*resource{}
	}
	first := d.byID[k.list][id]
	if first == nil {
		d.byID[k.list][id] = r
		d.lists[k.list] = append(d.lists[k.list], r)
		return
	}
	if k.idle || jsontree.Equal(first.Value, v) {
		return
	}
	first.others = append(first.others, v)
	if slices.Contains(perItem, k.list) {
		return
	}
	var differ []string
	for key, value := range v.Members() {
		name := key.Text()
		old := first.Get(name)
		if !old.Exists() || !value.Exists() || slices.Contains(changing, name) || jsontree.Equal(old, value) || blank(old) || blank(value) {
			continue
		}
		if k.list == "VpcPeeringConnections" || strings.HasPrefix(k.list, "TransitGateway") && old.Kind() == jsontree.Object {
			continue // each side sees its own options
		}
		if name == "AvailabilityZone" && v.Get("AvailabilityZoneId").Exists() && jsontree.Equal(v.Get("AvailabilityZoneId"), first.Get("AvailabilityZoneId")) {
			continue // the letters differ from account to account
		}
		if account != first.account && (name == "Associations" || name == "PropagatingVgws") {
			continue // who shares a subnet sees those of that one only
		}
		differ = append(differ, name)
	}
	if len(differ) == 0 {
		return
	}
	slices.Sort(differ)
	d.differ[id] = "it stands twice in the dump and differs in " + strings.Join(differ, ", ")
	d.findings = append(d.findings, diag.Finding{Pos: v.At(), Severity: diag.Warning, ID: "differs",
		Message: k.words + " " + quote(id) + " stands twice, and differs in " + strings.Join(differ, ", ") + " from that at " + first.At().String() +
			"; verdicts that depend on it are unknown: dump the network at one time, one Region to a folder",
		Related: []diag.Related{{Pos: first.At(), Message: "the first " + quote(id)}}})
}

// blank reports whether a value says nothing.
func blank(v jsontree.Value) bool {
	switch v.Kind() {
	case jsontree.String:
		return v.Text() == ""
	case jsontree.Array, jsontree.Object:
		return v.Len() == 0
	}
	return !v.Exists()
}

var (
	regionName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]+$`) })
	accountID  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{12}$`) })
)

// placeOf reads the Region and the account off the folders of a file.
func placeOf(file string) (region, account string) {
	for _, part := range strings.Split(path.Dir(strings.ReplaceAll(file, `\`, "/")), "/") {
		switch {
		case regionName().MatchString(part):
			region = part
		case accountID().MatchString(part):
			account = part
		}
	}
	return region, account
}

// sorted returns the resources of a list by id.
func (d *dump) sorted(list string) []*resource {
	out := slices.Clone(d.lists[list])
	slices.SortStableFunc(out, func(a, b *resource) int { return cmp.Compare(a.id, b.id) })
	return out
}
