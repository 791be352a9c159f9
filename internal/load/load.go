// Package load turns YAML topology files into the model. Load reports every
// error of all files at once, each with its place; nothing is guessed and
// nothing is dropped.
//
// Bytes become positioned nodes (parse.go, chunk.go), the walker reads nodes
// into declarations by tables of fields (node.go, fields.go and a file per
// group of sections), and the resolver looks up the names and checks what AWS
// would refuse (names.go, validate_*.go).
package load

import (
	"bytes"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

// Load reads sources, YAML files and importers' documents, into a topology. It returns all findings, sorted. The
// topology is nil when errors left holes in it, as a name that leads nowhere;
// errors about what AWS would refuse leave it whole.
func Load(sources []Source) (*model.Topology, []diag.Finding) {
	return load(sources, true)
}

// Network is Load without the expectations: for a network of another time than
// the one that they were written for, which may lack what they name.
func Network(sources []Source) (*model.Topology, []diag.Finding) {
	files := readAll(sources, true)
	for _, f := range files {
		f.decls.expects = nil
	}
	if len(files) == 0 {
		return &model.Topology{Names: map[string]model.Resource{}}, nil
	}
	return resolve(files)
}

// read is a source as read; ok is false when it could not be parsed.
type read struct {
	src   Source
	decls *decls
	ok    bool
}

// load is Load with or without the short ways of readSource.
func load(sources []Source, quick bool) (*model.Topology, []diag.Finding) {
	if len(sources) == 0 {
		return nil, []diag.Finding{{Severity: diag.Error, ID: string(idNoTopology), Message: "no topology was given"}}
	}
	return resolve(readAll(sources, quick))
}

// readAll reads sources one by one.
func readAll(sources []Source, quick bool) []read {
	files := make([]read, 0, len(sources))
	for _, src := range sources {
		if src.Name == "" {
			src.Name = "<input>"
		}
		if src.Doc != nil {
			files = append(files, read{src, readDocument(src), true})
			continue
		}
		if bad, ok := checkText(src); !ok {
			files = append(files, read{src, &decls{findings: []diag.Finding{bad}}, false})
			continue
		}
		src.Data = bytes.TrimPrefix(src.Data, byteOrderMark)
		d, ok := readSource(src, quick)
		files = append(files, read{src, d, ok})
	}
	return files
}

// loadDecls resolves what was read of one source.
func loadDecls(src Source, d *decls) (*model.Topology, []diag.Finding) {
	return resolve([]read{{src, d, true}})
}

// resolve joins what was read of all files.
func resolve(files []read) (*model.Topology, []diag.Finding) {
	all := files[0].decls
	broken := false
	versionWanted := ""
	for i, f := range files {
		broken = broken || !f.ok
		reportKeys(f.decls)
		for _, k := range f.decls.keys {
			if k.name != "expect" && k.name != "version" && versionWanted == "" {
				versionWanted = f.src.Name
			}
		}
		if f.src.Doc == nil {
			clampAll(f.decls.findings, f.src)
		}
		if i > 0 {
			all.append(f.decls)
		}
	}
	if !broken && versionWanted != "" && all.versions == 0 {
		all.findings = append(all.findings, diag.Finding{Pos: diag.Pos{File: versionWanted, Line: 1, Col: 1}, Severity: diag.Error,
			ID: string(idMissingVersion), Message: "the topology lacks `version: 1`; write it once, in any of its files"})
	}
	if broken {
		// Names of the broken file are unknown: looking up the others would
		// report what is not wrong.
		return nil, diag.Sort(all.findings)
	}
	holes := diag.HasErrors(all.findings)
	r := &resolver{d: all, t: &model.Topology{Names: make(map[string]model.Resource, len(all.order)+64)}, foreign: map[string]bool{}}
	r.run()
	findings := diag.Sort(append(all.findings, r.findings...))
	if holes || r.holes {
		return nil, findings
	}
	return r.t, findings
}

// run resolves all declarations. The order matters: what a step asks of a
// resource, an earlier step has set.
func (r *resolver) run() {
	for _, name := range r.d.foreign {
		r.foreign[name.text] = true
	}
	yields := r.yielding()
	for _, res := range r.d.order {
		if yields[res] == nil {
			r.declare(res)
		}
	}
	for _, res := range r.d.weak {
		if to := yields[res]; to != nil {
			r.t.Names[res.ID().Name] = to
		}
	}
	r.dropDuplicates()
	r.declareAliases(yields)
	for _, a := range r.d.acls {
		r.t.NetworkACLs = append(r.t.NetworkACLs, a.NetworkACL)
	}
	for _, g := range r.d.groups {
		r.t.SecurityGroups = append(r.t.SecurityGroups, g.SecurityGroup)
	}
	for _, i := range r.d.instances {
		r.t.Instances = append(r.t.Instances, i.Instance)
	}
	r.fillPrefixLists()
	r.t.PrefixLists = append(r.t.PrefixLists, r.d.lists...)
	r.t.Unmodelled = append(r.t.Unmodelled, r.d.unmodelled...)
	r.makeDefaults()
	r.makeInterfaces()
	r.resolveTableVPCs()
	r.resolveACLs()
	r.resolveGroups()
	r.resolveVPCs()
	r.resolveSubnets()
	r.resolveGateways()
	r.resolveTransits()
	r.resolveCarriers()
	r.resolveLocals()
	r.resolveConnections()
	r.resolveBlocks()
	r.resolveInterfaces()
	r.resolveAddressRefs()
	r.resolveNATs()
	r.resolvePeerings()
	r.resolveTunnels()
	r.resolveAttachments()
	r.resolveFirewalls()
	r.resolveEndpoints()
	r.resolveBalancers()
	r.resolveTables()
	r.routeGatewayEndpoints()
	r.propagateTransits()
	r.resolveExpectations()
	r.checkVPCs()
	r.checkSubnets()
	r.checkAddresses()
	r.checkPoolAddresses()
	r.checkPrefixLists()
	r.warnStaleReferences()
}

// dropDuplicates leaves out second resources of one name, which have their
// error: more errors about them would only repeat it.
func (r *resolver) dropDuplicates() {
	d := r.d
	d.vpcs = kept(r, d.vpcs)
	d.subnets = kept(r, d.subnets)
	d.tables = kept(r, d.tables)
	d.acls = kept(r, d.acls)
	d.groups = kept(r, d.groups)
	d.igws = kept(r, d.igws)
	d.eigws = kept(r, d.eigws)
	d.vgws = kept(r, d.vgws)
	d.carriers = kept(r, d.carriers)
	d.locals = kept(r, d.locals)
	d.publicBlocks = kept(r, d.publicBlocks)
	d.nats = kept(r, d.nats)
	d.instances = kept(r, d.instances)
	d.interfaces = kept(r, d.interfaces)
	d.peerings = kept(r, d.peerings)
	d.tunnels = kept(r, d.tunnels)
	d.networks = kept(r, d.networks)
	d.connections = kept(r, d.connections)
	d.customers = kept(r, d.customers)
	d.lists = kept(r, d.lists)
	d.transits = kept(r, d.transits)
	d.attachments = kept(r, d.attachments)
	d.dxs = kept(r, d.dxs)
	d.unmodelled = kept(r, d.unmodelled)
	d.endpoints = kept(r, d.endpoints)
	d.balancers = kept(r, d.balancers)
	d.firewalls = kept(r, d.firewalls)
}

func kept[T model.Resource](r *resolver, list []T) []T {
	out := list[:0]
	for _, item := range list {
		if r.t.Names[item.ID().Name].ID() == item.ID() {
			out = append(out, item)
		}
	}
	return out
}

// reportKeys reports top-level keys that stand twice in a file.
func reportKeys(d *decls) {
	first := map[string]diag.Pos{}
	for _, k := range d.keys {
		if at, ok := first[k.name]; ok {
			d.findings = append(d.findings, diag.Finding{Pos: k.at, Severity: diag.Error, ID: string(idDuplicateKey),
				Message: "section " + quote(k.name) + " stands twice in the file; the first is at " + at.String(),
				Related: []diag.Related{{Pos: at, Message: "the first " + quote(k.name)}}})
			continue
		}
		first[k.name] = k.at
	}
}

// clampAll moves findings behind the end of the file, where the parser puts
// values that are left out, to its last line.
func clampAll(findings []diag.Finding, src Source) {
	if len(findings) == 0 {
		return
	}
	text := bytes.TrimSuffix(src.Data, []byte("\n"))
	last := 1 + bytes.Count(text, []byte("\n"))
	width := len(text) - bytes.LastIndexByte(text, '\n') // column behind the last byte
	for i := range findings {
		if p := &findings[i].Pos; p.Line > last {
			p.Line, p.Col = last, width
		}
	}
}
