package load

import (
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
)

func TestDeleteItemIsCertainOrNothing(t *testing.T) {
	src := Source{Name: "a.yaml", Data: []byte("rules:\n" +
		"  - {rule: 100, cidr: \"::/0\"}   # why\n" +
		"  - {rule: 110, ports: [1, 2]}\r\n" +
		"  - {rule: 120,\n     cidr: 0.0.0.0/0}\n" +
		"  - rule: 130\n" +
		"  - {rule: 140} {x: 1}\n" +
		"x: [{rule: 150}]\n" +
		"  - {text: 'a } b'}")}
	for _, c := range []struct {
		line, col int
		ok        bool
	}{{2, 5, true}, {3, 5, true}, {4, 5, false}, {6, 5, false}, {7, 5, false}, {8, 5, false}, {9, 5, true}, {2, 6, false}, {99, 1, false}, {2, 99, false}, {0, 0, false}} {
		e, ok := DeleteItem(src, diag.Pos{File: "a.yaml", Line: c.line, Col: c.col})
		if ok != c.ok {
			t.Errorf("line %d, column %d: %v", c.line, c.col, ok)
		}
		if want := deleteLine("a.yaml", c.line); ok && e != want {
			t.Errorf("line %d: %v", c.line, e)
		}
	}
	if _, ok := DeleteItem(src, diag.Pos{File: "b.yaml", Line: 2, Col: 5}); ok {
		t.Error("an item of another file")
	}
}

func TestCommentsCanBeDeleted(t *testing.T) {
	list := Comments(Source{Name: "a.yaml", Data: []byte("# word one\na: 1  # word two\n")}, "word")
	if len(list) != 2 || list[0].Delete != deleteLine("a.yaml", 1) {
		t.Fatalf("%+v", list)
	}
	want := diag.Edit{Pos: diag.Pos{File: "a.yaml", Line: 2, Col: 5}, End: diag.Pos{File: "a.yaml", Line: 2, Col: 17}}
	if list[1].Delete != want {
		t.Errorf("%+v", list[1].Delete)
	}
}
