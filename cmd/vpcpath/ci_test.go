package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// readYAML decodes a file of the repository, and refuses keys that into lacks.
func readYAML(t *testing.T, path string, into any) {
	t.Helper()
	f, err := os.Open(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dec := yaml.NewDecoder(f)
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// flagsExist looks for every flag of a command line or script at check.
func flagsExist(t *testing.T, text string) {
	t.Helper()
	check := find(t, newRoot(&app{getenv: os.Getenv, stdout: newOutput(nil)}), "check")
	flags := regexp.MustCompile(`(?:^|[\s(])(--?[a-z][a-z-]*)`).FindAllStringSubmatch(text, -1)
	if len(flags) == 0 {
		t.Errorf("no flags in %q", text)
	}
	for _, m := range flags {
		name := strings.TrimLeft(m[1], "-")
		if strings.HasPrefix(m[1], "--") && check.Flag(name) == nil || !strings.HasPrefix(m[1], "--") && !slices.Contains([]string{"o", "q", "v", "n", "r", "d", "a"}, name) {
			t.Errorf("check has no flag %s", m[1])
		}
	}
}

// action is the shape of a composite action's metadata
// (https://docs.github.com/actions/reference/metadata-syntax-for-github-actions).
type action struct {
	Name, Description, Author string
	Branding                  struct{ Icon, Color string }
	Inputs                    map[string]struct {
		Description, Default string
		Required             bool
	}
	Runs struct {
		Using string
		Steps []struct {
			Name, Uses, Run, Shell string
			With, Env              map[string]string
			WorkingDirectory       string `yaml:"working-directory"`
		}
	}
}

func TestActionShape(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	if a.Name == "" || a.Description == "" || a.Runs.Using != "composite" || len(a.Runs.Steps) == 0 {
		t.Fatalf("no composite action: %+v", a)
	}
	text, _ := os.ReadFile("../../action.yml")
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\$\{\{ inputs\.([a-z-]+) \}\}`).FindAllStringSubmatch(string(text), -1) {
		used[m[1]] = true
		if _, ok := a.Inputs[m[1]]; !ok {
			t.Errorf("there is no input %s", m[1])
		}
	}
	doc, _ := os.ReadFile("../../docs/ci.md")
	for name, in := range a.Inputs {
		if !used[name] || in.Description == "" || !strings.Contains(string(doc), "`"+name+"`") {
			t.Errorf("the input %s is not used, not described, or not in docs/ci.md", name)
		}
	}
	for _, s := range a.Runs.Steps {
		switch {
		case (s.Uses == "") == (s.Run == ""):
			t.Errorf("a step has both or neither of uses and run: %+v", s)
		case s.Run != "" && s.Shell == "":
			t.Errorf("step %s has no shell, which an action requires", s.Name)
		case strings.Contains(s.Run, "${{"):
			t.Errorf("step %s puts an expression into its script: what stands in it would be run", s.Name)
		case s.Uses != "" && !regexp.MustCompile(`^[\w-]+/[\w-]+@v\d+$`).MatchString(s.Uses):
			t.Errorf("uses %s", s.Uses)
		}
	}
	flagsExist(t, a.Runs.Steps[len(a.Runs.Steps)-1].Run)
}

// TestActionRuns runs the script of the action's last step as GitHub does.
func TestActionRuns(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("the script needs bash")
	}
	program, err := exec.LookPath("vpcpath")
	if err != nil {
		t.Fatal(err)
	}
	var a action
	readYAML(t, "action.yml", &a)
	step := a.Runs.Steps[len(a.Runs.Steps)-1]
	for _, c := range []struct {
		name   string
		inputs map[string]string
		status int
		out    string
		file   string
	}{
		{"bad", map[string]string{"topology": "bad.yaml"}, 1, "::error file=bad.yaml,line=", ""},
		{"good", map[string]string{"topology": "good.yaml"}, 0, "", ""},
		{"two, with SARIF", map[string]string{"topology": "good.yaml\nbad two/x.yaml", "sarif": "out dir/x.sarif"}, 2, "::error file=bad,title=unreadable-file", "out dir/x.sarif"},
		{"further flags", map[string]string{"topology": "bad.yaml", "args": "--rule nat-gateway-in-private-subnet=off --rule a-b=off"}, 2, "", ""},
		{"never", map[string]string{"topology": "bad.yaml", "fail-on": "never"}, 0, "::error file=bad.yaml,line=", ""},
		{"no such baseline", map[string]string{"topology": "bad.yaml", "baseline": "x.json"}, 2, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, kind := range []string{"good", "bad"} {
				text, err := os.ReadFile("../../internal/check/rules/nat-gateway-in-private-subnet." + kind + ".yaml")
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(os.WriteFile(filepath.Join(dir, kind+".yaml"), text, 0o644), os.MkdirAll(filepath.Join(dir, "out dir"), 0o755)); err != nil {
					t.Fatal(err)
				}
			}
			temp := t.TempDir()
			if err := os.Symlink(program, filepath.Join(temp, "vpcpath")); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
			cmd.Dir = dir
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "RUNNER_TEMP=" + temp}
			for name, value := range step.Env {
				key := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
				text, given := c.inputs[key]
				if !given {
					text = a.Inputs[key].Default
				}
				cmd.Env = append(cmd.Env, name+"="+text)
			}
			out, err := cmd.Output()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != c.status || !strings.HasPrefix(string(out), c.out) {
				t.Errorf("status %d; expected %d\n%s%v", got, c.status, out, err)
			}
			if c.file != "" {
				if _, err := os.Stat(filepath.Join(dir, c.file)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestGitLabShape(t *testing.T) {
	var g struct {
		Variables map[string]string
		Vpcpath   struct {
			Stage, Image string
			Script       []string
			Artifacts    struct {
				When    string
				Paths   []string
				Reports map[string]string
			}
			Rules []map[string]string
		}
	}
	readYAML(t, "configs/vpcpath.gitlab-ci.yml", &g)
	job := g.Vpcpath
	if job.Image == "" || len(job.Script) == 0 || job.Artifacts.When != "always" {
		t.Fatalf("no job: %+v", job)
	}
	last := job.Script[len(job.Script)-1]
	flagsExist(t, last)
	for _, file := range append(job.Artifacts.Paths, job.Artifacts.Reports["junit"]) {
		if file == "" || !strings.Contains(last, "="+file) {
			t.Errorf("the script does not write the artifact %q", file)
		}
	}
	for name := range g.Variables {
		if !strings.Contains(strings.Join(job.Script, "\n"), "$"+name) {
			t.Errorf("the variable %s is not used", name)
		}
	}
}

func TestPreCommitShape(t *testing.T) {
	// https://pre-commit.com/#creating-new-hooks
	var hooks []struct {
		ID, Name, Description, Entry, Language, Files string
		PassFilenames                                 *bool `yaml:"pass_filenames"`
		RequireSerial                                 bool  `yaml:"require_serial"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 {
		t.Fatalf("%d hooks", len(hooks))
	}
	h := hooks[0]
	if h.ID != "vpcpath" || h.Name == "" || h.Language != "golang" || h.PassFilenames == nil || *h.PassFilenames {
		t.Errorf("the hook is %+v", h)
	}
	name, rest, _ := strings.Cut(h.Entry, " ")
	if name != "vpcpath" || find(t, newRoot(&app{getenv: os.Getenv, stdout: newOutput(nil)}), rest) == nil {
		t.Errorf("the entry is %q", h.Entry)
	}
	files := regexp.MustCompile(h.Files)
	for name, want := range map[string]bool{"networks/net.yaml": true, "a.yml": true, "plan.json": true, "stack.template": true, "main.go": false, "yaml": false} {
		if files.MatchString(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
