package terraform

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/load"
)

// FuzzRead: no input makes the importer panic, every finding is about the
// file, and a document resolves or says what is wrong with it.
func FuzzRead(f *testing.F) {
	s := subnet("aws_subnet.s", "10.0.0.0/24", inA)
	f.Add(plan(f, []thing{vpcA, s, group("aws_security_group.g", nil),
		{"aws_instance.i", nil, obj{"subnet_id": true}, obj{"subnet_id": ref("aws_subnet.s.id"), "vpc_security_group_ids": ref("aws_security_group.g.id")}}}, nil))
	f.Add(plan(f, []thing{vpcA, subnet("module.m.aws_subnet.s[1]", "10.0.0.0/24", ref("var.vpc", "count.index"))}, obj{"m": obj{"expressions": obj{"vpc": inA}}}))
	f.Add(plan(f, []thing{vpcA, {"aws_route_table.t", obj{"route": []any{obj{"cidr_block": "0.0.0.0/0"}}}, obj{"vpc_id": true, "route": []any{obj{"gateway_id": true}}}, obj{"vpc_id": inA, "route": ref("aws_internet_gateway.g.id")}},
		{"aws_internet_gateway.g", nil, obj{"vpc_id": true}, obj{"vpc_id": inA}}}, nil))
	f.Add([]byte(`{"format_version":"1.2","planned_values":{"root_module":{"resources":[null,{"address":"aws_vpc.a","type":"aws_vpc","values":null}]}},"resource_changes":[null,{"change":null}],"configuration":{"root_module":{"resources":[null,{"type":"aws_vpc","expressions":{"a":null}}],"module_calls":{"m":null}}}}`))
	f.Add([]byte(`{"format_version":"1.0","values":{"root_module":{"child_modules":[null,{"address":"module.m[\"a","resources":[{"address":"x","type":"aws_route","index":1e99}]}]}}}`))
	f.Add([]byte(`{"format_version":"1.2","planned_values":{},"configuration":null,"prior_state":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		Recognise(data)
		m := Read([]File{{"in.json", data}})
		for _, x := range m.Findings {
			if x.Pos.Path() != "in.json" || x.Message == "" || x.ID == "" {
				t.Errorf("finding %q", x)
			}
		}
		if top, findings := load.Load([]load.Source{{Name: "in.json", Doc: m.Document}}); top == nil && !diag.HasErrors(findings) {
			t.Error("the document does not resolve, and nothing says why")
		}
	})
}

// Plans with pieces missing, doubled or of another type are read without a
// panic, and what comes of them resolves or says why not.
func TestMutatedPlans(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "importer", "testdata", "raw1", "plan-change.json"))
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 2))
	for range 12 {
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		for range 1 + rnd.IntN(40) {
			v = mutated(rnd, v, 0)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		m := Read([]File{{"in.json", text}})
		for _, d := range []*doc.Document{m.Document, m.Before} {
			if d == nil {
				continue
			}
			if top, findings := load.Load([]load.Source{{Name: "in.json", Doc: d}}); top == nil && !diag.HasErrors(findings) {
				t.Error("a document does not resolve, and nothing says why")
			}
		}
	}
}

// mutated changes one place of a JSON value.
func mutated(rnd *rand.Rand, v any, depth int) any {
	if depth > 0 && rnd.IntN(9) == 0 {
		return []any{nil, true, "x", 7.5, -1.0, []any{}, map[string]any{}, []any{nil, "y"}, "10.0.0.0/8"}[rnd.IntN(9)]
	}
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return v
		}
		keys := slices.Sorted(maps.Keys(v))
		k := keys[rnd.IntN(len(keys))]
		if rnd.IntN(30) == 0 {
			delete(v, k)
		} else {
			v[k] = mutated(rnd, v[k], depth+1)
		}
	case []any:
		if len(v) == 0 {
			return v
		}
		i := rnd.IntN(len(v))
		if rnd.IntN(30) == 0 {
			return append(v, v[i])
		}
		v[i] = mutated(rnd, v[i], depth+1)
	}
	return v
}
