package eval_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/eval"
	"github.com/vpcpath/vpcpath/internal/load"
)

// envInt reads a number from the environment.
func envInt(t testing.TB, name string, otherwise int) int {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%q is not a number", name, text)
	}
	return n
}

// TestOracle compares the engine with the simulator on random topologies.
// VPCPATH_ORACLE is the number of packets to compare, VPCPATH_SEED the number
// that everything random follows from.
func TestOracle(t *testing.T) {
	usual := 100_000
	if testing.Short() {
		usual = 20_000
	}
	target, seed := envInt(t, "VPCPATH_ORACLE", usual), envInt(t, "VPCPATH_SEED", 1)
	var (
		mu    sync.Mutex
		total tally
		next  int
		bad   *failure
		wg    sync.WaitGroup
		start = time.Now()
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				stop := bad != nil || total.compared >= target || i > target/50+100
				mu.Unlock()
				if stop {
					return
				}
				n, f := oracleTopology(uint64(seed), uint64(i))
				mu.Lock()
				total.add(n)
				if f != nil && (bad == nil || f.number < bad.number) {
					bad = f
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("seed %d: %d topologies, %d questions (%d partial), %d packets compared in %.0fs: %.1f%% work, %d sometimes; %d first drops compared",
		seed, total.topologies, total.questions, total.partial, total.compared, time.Since(start).Seconds(),
		100*float64(total.delivered)/float64(total.compared), total.sometimes, total.drops)
	t.Logf("packets that work, by what they pass: %v", total.through)
	if bad != nil {
		small, m := bad.m.shrink(bad.s)
		t.Fatalf("seed %d, topology %d: %s\nquestion: %v\nkind: %s\nheader: %+v\n%s\n%s", seed, bad.number, "the engine and the simulator disagree", m.ask, m.kind, m.h, m.text, small)
	}
	if total.compared < target && bad == nil {
		t.Errorf("only %d packets compared", total.compared)
	}
	if total.delivered*5 < total.compared {
		t.Errorf("only %d of %d packets work; less than a fifth says little", total.delivered, total.compared)
	}
	if total.partial*50 < total.questions || total.sometimes*5000 < total.compared {
		t.Errorf("too few partial answers: %d of %d questions, %d of %d packets", total.partial, total.questions, total.sometimes, total.compared)
	}
}

// A failure is a mismatch and the topology it was found in.
type failure struct {
	number uint64
	s      *spec
	m      *mismatch
}

// oracleTopology makes the topology of a number and asks it questions.
func oracleTopology(seed, number uint64) (n tally, f *failure) {
	r := rand.New(rand.NewPCG(seed, number))
	s := randomSpec(r, true)
	var asked ask
	defer func() {
		if e := recover(); e != nil {
			f = &failure{number, s, &mismatch{ask: asked, kind: "panic", text: fmt.Sprint(e)}}
		}
	}()
	t, findings := load.Load([]load.Source{{Name: "oracle.yaml", Data: []byte(s.String())}})
	if diag.HasErrors(findings) {
		return n, &failure{number, s, &mismatch{kind: "refused", text: fmt.Sprint(findings)}}
	}
	n.topologies++
	c := &comparison{t: t, net: eval.Compile(t), r: r, usual: usualAddrs(t), ports: natPorts(t), tally: &n}
	special := aims(t)
	for i := range 40 {
		var ok bool
		if c.narrow = i%2 == 0; c.narrow {
			if asked, ok = narrowAsk(r, t, special); !ok {
				continue
			}
			c.most = 3
		} else {
			asked = wideAsk(r, t)
			c.most = 24
		}
		c.ask = asked
		if m := c.run(); m != nil {
			return n, &failure{number, s, m}
		}
	}
	return n, nil
}
