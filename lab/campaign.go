package lab

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vpcpath/vpcpath/internal/eval"
)

// A campaign runs random topologies until its time is over, its seeds are
// used up, or it has found enough. Several at once are several processes: a
// program that one worker starts, such as nft, would for a moment hold copies
// of the sockets of all others.
type campaign struct {
	First uint64        // the first seed
	Step  uint64        // from one seed to the next
	For   time.Duration // how long
	Most  uint64        // topologies; 0 is no limit
	Until int           // probes; 0 is no limit
	Ask   int           // wide questions about each topology
	Stop  bool          // at the first mismatch
	Log   func(format string, args ...any)

	began time.Time
	totals
}

// totals are what a campaign counts.
type totals struct {
	Topologies, Refused                                 int
	Probes, Through, Returned, Retried, Edges, Partials int
	Families                                            int
	Codes                                               map[eval.Code]int
	Mismatches                                          int
	FirstMismatch                                       string
	FoundAfter                                          int // probes until the first mismatch
	LastSeed                                            uint64
	Seconds                                             float64
	Failed                                              string
}

// run runs the campaign on the thread of the caller.
func (c *campaign) run(th *thread) {
	c.Codes = map[eval.Code]int{}
	c.began = time.Now()
	for n := uint64(0); time.Since(c.began) < c.For && (c.Most == 0 || n < c.Most) && (c.Until == 0 || c.Probes < c.Until); n++ {
		seed := c.First + n*c.Step
		c.LastSeed = seed
		t, doc, err := runSeed(th, seed, c.Ask)
		if err != nil {
			c.Failed = fmt.Sprintf("seed %d: %v", seed, err)
			break
		}
		if c.add(t) {
			if c.Stop {
				c.Log("seed %d: %s", seed, t.mismatches[0])
				break
			}
			c.report(th, seed, t, doc)
		}
		if n%200 == 199 {
			c.Seconds = time.Since(c.began).Seconds()
			c.Log("%s", c.totals)
		}
	}
	c.Seconds = time.Since(c.began).Seconds()
}

// join adds the totals of another process that ran at the same time.
func (t *totals) join(o totals) {
	t.Topologies += o.Topologies
	t.Refused += o.Refused
	t.Probes += o.Probes
	t.Through += o.Through
	t.Returned += o.Returned
	t.Retried += o.Retried
	t.Edges += o.Edges
	t.Families += o.Families
	t.Partials += o.Partials
	t.Mismatches += o.Mismatches
	if t.Codes == nil {
		t.Codes = map[eval.Code]int{}
	}
	for code, n := range o.Codes {
		t.Codes[code] += n
	}
	if t.FirstMismatch == "" {
		t.FirstMismatch, t.FoundAfter = o.FirstMismatch, o.FoundAfter
	}
	if t.Failed == "" {
		t.Failed = o.Failed
	}
	t.LastSeed = max(t.LastSeed, o.LastSeed)
	t.Seconds = max(t.Seconds, o.Seconds)
}

// add counts a topology; it reports whether there is a mismatch to show.
func (c *campaign) add(t *tour) bool {
	if t == nil {
		c.Refused++
		return false
	}
	one := totals{Topologies: 1, Probes: t.Probes, Through: t.Through, Returned: t.Returned, Retried: t.Retried, Edges: t.Edges, Families: t.Families,
		Partials: t.Partials, Codes: t.Codes, Mismatches: len(t.mismatches)}
	if len(t.mismatches) > 0 {
		one.FirstMismatch, one.FoundAfter = t.mismatches[0].What, c.Probes+t.mismatches[0].At
	}
	c.join(one)
	return len(t.mismatches) > 0 && c.Mismatches <= 40
}

// report shows a mismatch in the smallest topology that still has it.
func (c *campaign) report(th *thread, seed uint64, t *tour, doc document) {
	m := t.mismatches[0]
	small, text := shrink(th, doc, m)
	path := filepath.Join(outDir(), fmt.Sprintf("mismatch-%d.yaml", seed))
	c.Log("seed %d: %s", seed, m)
	head := fmt.Sprintf("# seed %d\n# %s\n", seed, strings.ReplaceAll(small.String(), "\n", "\n# "))
	if err := os.WriteFile(path, append([]byte(head), text...), 0o644); err != nil {
		path = err.Error()
	}
	c.Log("seed %d: %d mismatches; the smallest topology with one is in %s\n%s", seed, len(t.mismatches), path, small)
}

func outDir() string {
	if dir := os.Getenv("LAB_OUT"); dir != "" {
		return dir
	}
	return os.TempDir()
}

// String sums up.
func (t totals) String() string {
	minutes := max(t.Seconds, 0.001) / 60
	return fmt.Sprintf("%d topologies (%d refused), %d probes in %.0f s (%.0f topologies and %.0f probes a minute), %.0f%% got through, %d lost on the way back, %d partial answers with %d probes at their edges, %d probes that changed their family, %d second looks, %d mismatches",
		t.Topologies, t.Refused, t.Probes, t.Seconds, float64(t.Topologies)/minutes, float64(t.Probes)/minutes,
		100*float64(t.Through)/float64(max(t.Probes, 1)), t.Returned, t.Partials, t.Edges, t.Families, t.Retried, t.Mismatches)
}

// reasons lists the first reasons that were met, most frequent first.
func (t totals) reasons() string {
	var codes []eval.Code
	for code := range t.Codes {
		codes = append(codes, code)
	}
	slices.SortFunc(codes, func(a, b eval.Code) int { return t.Codes[b] - t.Codes[a] })
	var b strings.Builder
	for _, code := range codes {
		fmt.Fprintf(&b, "%s %d; ", code, t.Codes[code])
	}
	return b.String()
}
