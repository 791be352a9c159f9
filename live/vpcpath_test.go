package live

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/live/emulator"
)

// programs builds vpcpath and vpcpath-aws into one directory.
func programs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, from := range map[string]string{"vpcpath-aws": ".", "vpcpath": ".."} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), "./cmd/"+name)
		cmd.Dir = from
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	return dir
}

// run runs a program and returns what it printed.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestAnAccountIsImportedAndAsked walks the ways of a new user: the live
// import, and the script for the AWS CLI; the recorded account's expectations
// hold of both.
func TestAnAccountIsImportedAndAsked(t *testing.T) {
	source, err := filepath.Abs(filepath.Join(shared, "aws/test-nat-gateway"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := emulator.Read(filepath.Join(source, "aws_configs"))
	if err != nil {
		t.Skip("no recorded account beside the project")
	}
	bin, work := programs(t), t.TempDir()
	serve(t, &emulator.Server{Account: "111122223333", Data: data, PageSize: 2, Refuse: true})
	vpcpath := filepath.Join(bin, "vpcpath")
	expect := filepath.Join(source, "expect.yaml")

	run(t, work, vpcpath, "import", "aws", "--region", "eu-west-1", "-o", "live.yaml")
	run(t, work, vpcpath, "check", "live.yaml", "--expect", expect, "--quiet", "--fail-on", "never")

	t.Log(dumpByScript(t, bin, work))
	run(t, work, vpcpath, "check", "dump", "--expect", expect, "--quiet", "--fail-on", "never")
}

// dumpByScript runs the script that is printed for the AWS CLI, and returns
// what it says. The answers are below work/dump.
func dumpByScript(t *testing.T, bin, work string) string {
	t.Helper()
	aws := awscli(t)
	script := run(t, work, filepath.Join(bin, "vpcpath"), "import", "aws", "--commands", "--region", "eu-west-1")
	if err := os.WriteFile(filepath.Join(work, "dump.sh"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	// Debian's AWS CLI is older than AWS_ENDPOINT_URL.
	wrapper := "#!/bin/sh\nexec " + aws + ` --endpoint-url "$AWS_ENDPOINT_URL" "$@"` + "\n"
	if err := os.WriteFile(filepath.Join(bin, "aws"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("AWS_RETRY_MODE", "standard")
	t.Setenv("AWS_MAX_ATTEMPTS", "10")
	return run(t, work, "sh", "dump.sh", "dump")
}

// TestOwnAccountIsImported asks an account with what the recorded ones lack.
// The live import and the script for the AWS CLI make the same topology of it.
func TestOwnAccountIsImported(t *testing.T) {
	bin, work := programs(t), t.TempDir()
	expect, err := filepath.Abs("testdata/own.expect.yaml")
	if err != nil {
		t.Fatal(err)
	}
	account := &emulator.Server{Account: "111122223333", Data: dumps(t)["own"], PageSize: 2, Refuse: true}
	serve(t, account)
	vpcpath := filepath.Join(bin, "vpcpath")
	run(t, work, vpcpath, "import", "aws", "--region", "eu-west-1", "-o", "live.yaml")
	if out := run(t, work, vpcpath, "check", "live.yaml", "--expect", expect, "--fail-on", "never"); !strings.Contains(out, "9 expectations, all hold") {
		t.Error(out)
	}
	account.PageSize, account.Refuse = 0, false // the other test has the CLI try again; each call takes it a second
	if out := dumpByScript(t, bin, work); strings.Contains(out, "left out") {
		t.Skip("this AWS CLI is too old for some calls: ", out)
	}
	run(t, work, vpcpath, "import", "dump", "-o", "script.yaml")
	var texts []string
	for _, name := range []string{"live.yaml", "script.yaml"} {
		text, err := os.ReadFile(filepath.Join(work, name))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] {
		t.Errorf("the live import makes\n%s\nand the script\n%s", texts[0], texts[1])
	}
}
