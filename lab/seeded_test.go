package lab

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A seededBug is an error put into a copy of the engine, to see the lab notice
// it: one piece of text that occurs once in internal/eval, and what stands in
// its place, where $0 is the text itself.
type seededBug struct {
	name, rule string
	old, new   string
}

// Most are put in at the head of a function, since that seldom changes.
var seededBugs = []seededBug{
	{"security groups forget connections", "SG-5",
		"func (w *walk) recorded(b *branch, i *model.Interface, egress bool) packet.Set {", "$0\n\tif b != nil {\n\t\treturn packet.Empty\n\t}"},
	{"a network ACL remembers connections", "ACL-6",
		"func (w *walk) networkACL(b *branch, s *model.Subnet, egress bool) {", "$0\n\tif b.dir == packet.Reply {\n\t\treturn\n\t}"},
	{"a network ACL allows what its rules deny", "ACL-2", "c.add(r.CIDR, r.Traffic, r.Allow, ", "c.add(r.CIDR, r.Traffic, true, "},
	{"a network ACL is applied within the subnet", "RT-12, ACL-7", "if near != packet.Empty {", "if near != packet.Empty && w == nil {"},
	{"the source/destination check is ignored", "NI-2", "if !i.SourceDestCheck {", "if i != nil || !i.SourceDestCheck {"},
	{"a group as a source means everybody's address", "SG-12", "if b.iface == nil || !carries(b.iface, g) {", "if b.iface == nil {"},
	{"gateway route tables are ignored", "GW-1",
		"func (n *Net) edge(v *model.VPC, t *model.RouteTable) *routeTable {", "$0\n\tt = nil"},
	{"propagated routes beat the local route", "RT-8",
		"func insideVPC(v *model.VPC, p netip.Prefix) bool {", "$0\n\tif v != nil {\n\t\treturn false\n\t}"},
	{"MASQUERADE ignores its source", "NI-14", "if m.Source.IsValid() {", "if m.Source.IsValid() && h == nil {"},
	{"a port forward stops one port short", "NI-12", "w.sp.Ports(packet.DPort, f.Ports.Lo, f.Ports.Hi)", "w.sp.Ports(packet.DPort, f.Ports.Lo, f.Ports.Hi-1)"},
	{"replies to NAT gateways need a route across peering", "NGW-12",
		"func (w *walk) returnToSender(b *branch, v *model.VPC) *model.PeeringConnection {", "$0\n\tif b != nil {\n\t\treturn nil\n\t}"},
	{"a subnet redirected by the gateway's table may use the gateway directly", "GW-12",
		"func (w *walk) redirected(b *branch, g *model.InternetGateway) {", "$0\n\tif b != nil {\n\t\treturn\n\t}"},
	{"a transit gateway takes any zone", "TGW-6",
		"func inZone(a *model.TransitGatewayAttachment, az string) *model.Interface {", "$0\n\taz = \"\""},
	{"an attachment's network ACL is not asked on the way in", "TGW-9", "w.networkACL(&b, i.Subnet, false)\n\tw.transit(b, a)", "w.transit(b, a)"},
	{"security groups are kept over any transit gateway", "SG-16",
		"func keepsGroups(a, b *model.TransitGatewayAttachment) bool {", "$0\n\tif a != nil {\n\t\treturn true\n\t}"},
	{"a NAT gateway serves nobody from a transit gateway", "NGW-11", "if b.entered != v {", "if b.entered != v || v != nil {"},
	{"a load balancer's node sends to targets of any zone", "LB-9", "if lb.CrossZone || node.Subnet.AZ == \"\" {", "if lb.CrossZone || node != nil {"},
	{"the reply to a client whose address is kept goes by the routes", "LB-7",
		"func (b *branch) keptClient() *model.Interface {", "$0\n\tif b != nil {\n\t\treturn nil\n\t}"},
	{"a load balancer keeps the client's port", "LB-2", "c.src = newEnd{to: node.Primary(v6), ports: ephemeral}", "c.src = newEnd{to: node.Primary(v6)}"},
	{"a gateway endpoint serves everybody", "EP-5",
		"foreign := w.sp.Minus(b.asked, w.owned(&b, b.source(), v))", "foreign := packet.Empty"},
	{"an exclusion for egress lets connections in", "IGW-16", "if x != nil && !x.EgressOnly {", "if x != nil {"},
	{"a carrier gateway lets the internet in", "MISC-3", "if internet && b.dir == packet.Forward && !openZone", "if internet && w == nil && !openZone"},
	{"every subnet on the Outpost is known on the premises", "MISC-4",
		"func leadsTo(t *model.RouteTable, g *model.LocalGateway) bool {", "$0\n\tif t != nil {\n\t\treturn true\n\t}"},
	{"a range of the owner's own needs public addresses to leave", "GW-14", "own := w.fromPool(&b, g)", "own := packet.Empty"},
	{"forward rules do not look at the state", "NI-9", "if r.State == other {", "if r.State == other && h == nil {"},
	{"a NAT gateway translates no ping of IPv6", "NGW-14", "icmp = w.sp.EchoRequest(addr.V6)", "icmp = packet.Empty"},
	{"a firewall has no stateless rules", "FW-3", "for _, r := range f.Stateless {", "for _, r := range f.Stateless[:0] {"},
}

// TestSeededBugs builds a copy of the program with each bug and runs the
// random comparison on it until it notices. It takes a compilation for each
// bug: LAB_SEEDED=1 asks for it.
func TestSeededBugs(t *testing.T) {
	permitted(t)
	if os.Getenv("LAB_SEEDED") == "" {
		t.Skip("set LAB_SEEDED=1 to put errors into copies of the engine and see them noticed")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range seededBugs {
		t.Run(strings.ReplaceAll(b.rule+" "+b.name, " ", "-"), func(t *testing.T) {
			dir := t.TempDir()
			if err := copyTree(root, dir, b); err != nil {
				t.Fatal(err)
			}
			sum, err := runSeeded(dir)
			switch {
			case err != nil:
				t.Fatal(err)
			case sum.Mismatches == 0:
				t.Errorf("not noticed in %d probes over %d topologies", sum.Probes, sum.Topologies)
			default:
				t.Logf("noticed after %d probes, in topology %d (%.1f s): %s", sum.FoundAfter, sum.Topologies, sum.Seconds, sum.FirstMismatch)
			}
		})
	}
}

// copyTree copies the module and this one, with the bug in it.
func copyTree(from, to string, b seededBug) error {
	places := 0
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if rel != "." && rel != "lab" && !strings.HasPrefix(rel, "internal") {
				return fs.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasPrefix(rel, "internal/eval/") && strings.HasSuffix(rel, ".go") && !strings.HasSuffix(rel, "_test.go") {
			places += strings.Count(string(text), b.old)
			text = []byte(strings.ReplaceAll(string(text), b.old, strings.ReplaceAll(b.new, "$0", b.old)))
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
	if err == nil && places != 1 {
		err = fmt.Errorf("the text %q occurs %d times in internal/eval, expected once; the engine has changed, change this bug too", b.old, places)
	}
	return err
}

// runSeeded compiles the lab of a copy and runs one worker of it, which stops
// at the first mismatch.
func runSeeded(dir string) (totals, error) {
	var sum totals
	build := exec.Command("go", "test", "-c", "-o", filepath.Join(dir, "lab.test"), ".")
	build.Dir = filepath.Join(dir, "lab")
	if out, err := build.CombinedOutput(); err != nil {
		return sum, fmt.Errorf("%w: %s", err, out)
	}
	run := exec.Command(filepath.Join(dir, "lab.test"), "-test.run=^TestRandom$", "-test.timeout=0")
	run.Env = append(os.Environ(), partMark+"=0", "LAB_STOP=1", "LAB_WORKERS=1", "LAB_SEED="+fmt.Sprint(number("LAB_SEED", 1)), "LAB_SECONDS=180", "LAB_TOPOLOGIES=0")
	out, err := run.CombinedOutput()
	_, text, ok := strings.Cut(string(out), totalsMark)
	if !ok {
		return sum, fmt.Errorf("no totals: %v: %s", err, out)
	}
	text, _, _ = strings.Cut(text, "\n")
	return sum, json.Unmarshal([]byte(text), &sum)
}
