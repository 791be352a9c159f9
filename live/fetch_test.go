package live

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vpcpath/vpcpath/live/emulator"
)

// shared is where recorded accounts are, beside the project.
const shared = "../../shared/data"

// dumps are the recorded accounts that are served: those that lie beside the
// project, and our own, which has what they lack.
func dumps(t *testing.T) map[string]emulator.Data {
	t.Helper()
	dirs := map[string]string{"own": "testdata/own"}
	for _, d := range []string{"aws/fixinventory", "aws/test-transit-gateway/aws_configs", "aws/test-public-private-subnet/aws_configs",
		"aws/test-vpc-peering/aws_configs", "terraform/raw1/describe", "terraform/vpcmod-network-acls/describe"} {
		path := filepath.Join(shared, d)
		if _, err := os.Stat(path); err != nil {
			t.Logf("%s is not there: recorded accounts are left out", path)
			continue
		}
		dirs[d] = path
	}
	out := map[string]emulator.Data{}
	for name, dir := range dirs {
		d, err := emulator.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = d
	}
	return out
}

// serve starts an account and points the AWS configuration at it.
func serve(t *testing.T, s *emulator.Server) {
	t.Helper()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	home := t.TempDir()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": h.URL, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "",
		"AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true", "HOME": home,
		"AWS_CONFIG_FILE": filepath.Join(home, "config"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(home, "credentials"),
	} {
		t.Setenv(name, value)
	}
	t.Setenv("AWS_PROFILE", "")
	os.Unsetenv("AWS_PROFILE") // an empty one is a profile to the AWS CLI
}

func TestFetchWritesWhatWasRecorded(t *testing.T) {
	for name, data := range dumps(t) {
		t.Run(name, func(t *testing.T) {
			s := &emulator.Server{Account: "111122223333", Data: data, PageSize: 3, Refuse: true}
			serve(t, s)
			dir := t.TempDir()
			last := 0
			got, err := Fetch(context.Background(), Options{Dir: dir, MaxBackoff: time.Millisecond, Progress: func(done, all int, _ string) {
				if done < last || done > all {
					t.Errorf("progress goes from %d to %d of %d", last, done, all)
				}
				last = done
			}})
			if err != nil {
				t.Fatal(err)
			}
			if got.Account != "111122223333" || len(got.Regions) != 1 || got.Regions[0] != "eu-west-1" || last != len(calls) {
				t.Errorf("%+v, progress ended at %d", got, last)
			}
			again, err := emulator.Read(filepath.Join(dir, "111122223333", "eu-west-1"))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range calls {
				if want, ok := data[c.key]; ok {
					same(t, c.key, again[c.key], want)
				}
			}
		})
	}
}

func TestEveryCallIsPermittedByThePolicyAndNoMore(t *testing.T) {
	s := &emulator.Server{Account: "111122223333", Data: dumps(t)["own"]}
	serve(t, s)
	if _, err := Fetch(context.Background(), Options{Dir: t.TempDir(), Regions: []string{"all"}}); err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{}
	for _, a := range Policy().Statement[0].Action {
		allowed[a] = true
		service, action, _ := strings.Cut(a, ":")
		if s.Actions()[service+":"+action] == 0 {
			t.Errorf("the policy allows %s, which nothing asks", a)
		}
	}
	for a := range s.Actions() {
		if !allowed[a] {
			t.Errorf("%s was asked, and the policy does not allow it", a)
		}
	}
}

func TestRefusalsNameTheActionOrAreNoted(t *testing.T) {
	data := dumps(t)["own"]
	s := &emulator.Server{Account: "111122223333", Data: data, Deny: "ec2:DescribeSubnets"}
	serve(t, s)
	_, err := Fetch(context.Background(), Options{Dir: t.TempDir(), MaxBackoff: time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "eu-west-1: not permitted: allow ec2:DescribeSubnets") {
		t.Errorf("got %v", err)
	}
	s.Deny = "rds:DescribeDBInstances"
	got, err := Fetch(context.Background(), Options{Dir: t.TempDir(), MaxBackoff: time.Millisecond})
	if err != nil || len(got.Notes) != 1 || !strings.HasPrefix(got.Notes[0], "eu-west-1: DBInstances is left out: not permitted: allow rds:DescribeDBInstances") {
		t.Errorf("got %v, notes %v", err, got.Notes)
	}
	// Each says what becomes of the import; only what everything stands on is
	// not survived.
	required := 0
	for _, c := range calls {
		s.Deny = c.action
		got, err := Fetch(context.Background(), Options{Dir: t.TempDir(), MaxBackoff: time.Millisecond})
		switch {
		case c.without == "":
			required++
			if err == nil || !strings.Contains(err.Error(), "allow "+c.action) {
				t.Errorf("%s: got %v", c.action, err)
			}
		case err != nil || !slices.ContainsFunc(got.Notes, func(n string) bool {
			return strings.Contains(n, outerKey(c.key)+" is left out: not permitted: allow "+c.action+" ") && strings.HasSuffix(n, "; so "+c.without)
		}):
			t.Errorf("%s: got %v, notes %q", c.action, err, got.Notes)
		}
	}
	if required != 6 {
		t.Errorf("%d calls are required", required)
	}
}

func TestSeveralRegionsHaveFoldersOfTheirOwn(t *testing.T) {
	data := dumps(t)["own"]
	data["Regions"] = []any{map[string]any{"RegionName": "eu-west-1"}, map[string]any{"RegionName": "eu-central-1"}}
	serve(t, &emulator.Server{Account: "111122223333", Data: data})
	dir := t.TempDir()
	got, err := Fetch(context.Background(), Options{Dir: dir, Regions: []string{"all"}})
	if err != nil || strings.Join(got.Regions, " ") != "eu-central-1 eu-west-1" {
		t.Fatalf("%v %v", got.Regions, err)
	}
	for _, r := range got.Regions {
		if _, err := os.Stat(filepath.Join(dir, "111122223333", r, "vpcs.json")); err != nil {
			t.Error(err)
		}
	}
}

func TestNoRegionIsSaid(t *testing.T) {
	serve(t, &emulator.Server{})
	t.Setenv("AWS_REGION", "")
	if _, err := Fetch(context.Background(), Options{Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "no region: give --region") {
		t.Errorf("got %v", err)
	}
}
