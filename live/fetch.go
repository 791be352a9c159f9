package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// Options say what to fetch.
type Options struct {
	Profile    string   // of the AWS configuration; "" for the environment's
	Regions    []string // none: the configuration's; "all": every enabled one
	Dir        string   // where to write, as ACCOUNT/REGION/*.json; made if need be
	MaxBackoff time.Duration
	// Progress is told before every call how many of all are done.
	Progress func(done, all int, what string)
}

// Fetched is what came of it.
type Fetched struct {
	Account string
	Regions []string
	Files   int
	Items   int
	// Notes say what was left out, and why.
	Notes []string
}

// Fetch asks an account for its networks and writes what it answers. Calls
// that the account or region cannot answer are noted, unless nothing can be
// done without them: those of VPCs, subnets, route tables, network ACLs,
// security groups and network interfaces.
func Fetch(ctx context.Context, o Options) (Fetched, error) {
	var f Fetched
	cfg, err := configuration(ctx, o, firstRegion(o.Regions))
	if err != nil {
		return f, fmt.Errorf("cannot read the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return f, errors.New("no region: give --region, or set AWS_REGION or a region in the profile")
	}
	if f.Account, err = account(ctx, cfg); err != nil {
		return f, fmt.Errorf("cannot tell whose account it is: %w", explain(err, "sts:GetCallerIdentity"))
	}
	f.Regions = o.Regions
	switch {
	case len(o.Regions) == 0:
		f.Regions = []string{cfg.Region}
	case slices.Contains(o.Regions, allRegions):
		if f.Regions, err = regions(ctx, cfg); err != nil {
			return f, fmt.Errorf("cannot list the regions: %w", explain(err, "ec2:DescribeRegions"))
		}
	}
	slices.Sort(f.Regions)
	f.Regions = slices.Compact(f.Regions)
	for i, region := range f.Regions {
		cfg.Region = region
		s := newSession(cfg)
		if err := f.region(ctx, s, o, i); err != nil {
			return f, fmt.Errorf("%s: %w", region, err)
		}
		f.Notes = append(f.Notes, s.notes...)
	}
	return f, nil
}

// allRegions among Options.Regions stands for every enabled one.
const allRegions = "all"

func firstRegion(list []string) string {
	for _, r := range list {
		if r != allRegions {
			return r
		}
	}
	return ""
}

// region asks everything of one region and writes it, a file for each call.
func (f *Fetched) region(ctx context.Context, s *session, o Options, index int) error {
	dir := filepath.Join(o.Dir, f.Account, s.region)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i, c := range calls {
		if o.Progress != nil {
			o.Progress(index*len(calls)+i, len(f.Regions)*len(calls), s.region+" "+c.key)
		}
		items, err := c.run(ctx, s)
		if err != nil {
			if ctx.Err() != nil || c.without == "" {
				return explain(err, c.action)
			}
			s.note("%s is left out: %v; so %s", outerKey(c.key), explain(err, c.action), c.without)
			continue
		}
		s.got[c.key] = items
		if c.key == "Firewalls" || c.key == "FirewallPolicies" || c.key == "RuleGroups" {
			continue // names only; the calls behind them say it all
		}
		text, err := encode(c, items)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fileName(c)), text, 0o644); err != nil {
			return err
		}
		f.Files++
		f.Items += len(items)
	}
	if o.Progress != nil {
		o.Progress((index+1)*len(calls), len(f.Regions)*len(calls), s.region)
	}
	return nil
}

// fileName is a name for the answer of a call, as route-tables.json.
func fileName(c call) string {
	var b strings.Builder
	for i, r := range c.key {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && !(c.key[i-1] >= 'A' && c.key[i-1] <= 'Z') {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String()) + ".json"
}

// explain says what to do about the common refusals of AWS.
func explain(err error, action string) error {
	var host *net.DNSError
	if errors.As(err, &host) && host.IsNotFound {
		return fmt.Errorf("the region has no such service (%s is not found)", host.Name)
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return fmt.Errorf("%s: %w", action, err)
	}
	switch api.ErrorCode() {
	case "UnauthorizedOperation", "AccessDenied", "AccessDeniedException":
		return fmt.Errorf("not permitted: allow %s (docs/aws-policy.json has every action that is needed): %w", action, err)
	case "InvalidAction", "UnsupportedOperation", "UnknownOperationException", "OperationNotPermittedException":
		return fmt.Errorf("the region does not offer %s: %w", action, err)
	case "AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return fmt.Errorf("the credentials are not accepted; log in again, or check --profile, and for AuthFailure whether the region is enabled: %w", err)
	}
	return fmt.Errorf("%s: %w", action, err)
}
