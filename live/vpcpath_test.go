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
	goEnv := map[string]string{}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS"} {
		goEnv[name] = strings.TrimSpace(run(t, ".", "go", "env", name))
	}
	serve(t, &emulator.Server{Account: "111122223333", Data: data, PageSize: 2, Refuse: true})
	for name, value := range goEnv { // HOME is another one now
		t.Setenv(name, value)
	}
	bin, work := programs(t), t.TempDir()
	vpcpath := filepath.Join(bin, "vpcpath")
	expect := filepath.Join(source, "expect.yaml")

	run(t, work, vpcpath, "import", "aws", "--region", "eu-west-1", "-o", "live.yaml")
	run(t, work, vpcpath, "check", "live.yaml", "--expect", expect, "--quiet", "--fail-on", "never")

	aws := awscli(t)
	script := run(t, work, vpcpath, "import", "aws", "--commands", "--region", "eu-west-1")
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
	t.Log(run(t, work, "sh", "dump.sh", "dump"))
	run(t, work, vpcpath, "check", "dump", "--expect", expect, "--quiet", "--fail-on", "never")
}
