package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/load"
)

// TestGenerate sees that random topologies are good input.
func TestGenerate(t *testing.T) {
	bad := 0
	for seed := range uint64(300) {
		text, _ := Generate(seed)
		topo, findings := load.Load([]load.Source{{Name: "random.yaml", Data: text}})
		if topo == nil || diag.HasErrors(findings) {
			if bad++; bad <= 5 {
				for _, f := range findings {
					if f.Severity == diag.Error {
						t.Logf("seed %d: %v", seed, f)
					}
				}
			}
		}
	}
	t.Logf("%d of 300 topologies are bad input", bad)
	if bad > 0 {
		t.Errorf("%d of 300 topologies are bad input", bad)
	}
}

// number reads a number from the environment.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// partMark tells a process that it is one worker of a campaign.
const partMark = "VPCPATH_LAB_PART"

// TestRandom compares random topologies for LAB_SECONDS or LAB_MINUTES, with
// LAB_WORKERS processes; the first seed is LAB_SEED, and printed.
func TestRandom(t *testing.T) {
	permitted(t)
	first, workers := uint64(number("LAB_SEED", int(time.Now().Unix()))), number("LAB_WORKERS", 2)
	if part := os.Getenv(partMark); part != "" {
		runPart(t, first+uint64(number(partMark, 0)), uint64(workers))
		return
	}
	t.Logf("first seed %d; run it again with LAB_SEED=%d", first, first)
	if noTunnels {
		t.Log("no tunnels: /dev/net/tun is not permitted here")
	}
	all, err := runParts(t, first, workers)
	t.Logf("%s\nlast seed %d; first reasons: %s", all, all.LastSeed, all.reasons())
	switch {
	case all.Failed != "":
		t.Fatal(all.Failed)
	case err != nil && all.Mismatches == 0:
		t.Fatal(err)
	case all.Mismatches > 0:
		t.Errorf("%d mismatches", all.Mismatches)
	case all.Probes > 5000 && all.Through*100 < 30*all.Probes:
		t.Errorf("only %d of %d probes got through; the generator is meant to let through 30%%", all.Through, all.Probes)
	}
}

const totalsMark = "LAB-TOTALS "

// runPart is one worker; its totals go to the standard output.
func runPart(t *testing.T, first, step uint64) {
	th := inLab(t)
	c := &campaign{First: first, Step: step, Most: uint64(number("LAB_TOPOLOGIES", 0)),
		Until: number("LAB_PROBES", 0) / int(step), Ask: number("LAB_QUESTIONS", defaultQuestions), Stop: os.Getenv("LAB_STOP") != "",
		For: time.Duration(number("LAB_SECONDS", 60*number("LAB_MINUTES", 1))) * time.Second,
		Log: func(format string, args ...any) { fmt.Printf(format+"\n", args...) }}
	c.run(th)
	text, err := json.Marshal(c.totals)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\n%s%s\n", totalsMark, text)
}

// runParts starts the workers and adds up their totals.
func runParts(t *testing.T, first uint64, workers int) (totals, error) {
	runtime.LockOSThread() // the workers die with the thread that starts them
	defer runtime.UnlockOSThread()
	var all totals
	outs := make([]bytes.Buffer, workers)
	cmds := make([]*exec.Cmd, workers)
	for k := range cmds {
		cmd := exec.Command("/proc/self/exe", "-test.run=^TestRandom$", "-test.timeout=0")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", partMark, k), fmt.Sprintf("LAB_SEED=%d", first), fmt.Sprintf("LAB_WORKERS=%d", workers))
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		cmd.Stdout, cmd.Stderr = io.MultiWriter(&outs[k], os.Stdout), os.Stdout
		if err := cmd.Start(); err != nil {
			return all, err
		}
		cmds[k] = cmd
	}
	var failed error
	for k, cmd := range cmds {
		err := cmd.Wait()
		_, sum, ok := strings.Cut(outs[k].String(), totalsMark)
		var one totals
		if sum, _, _ = strings.Cut(sum, "\n"); !ok || json.Unmarshal([]byte(sum), &one) != nil {
			failed = fmt.Errorf("worker %d ended without totals: %v", k, err)
			continue
		}
		all.join(one)
	}
	return all, failed
}
