package live

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/directconnect"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/networkfirewall"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// managedPrefixLists tells the answer of DescribeManagedPrefixLists from that
// of DescribePrefixLists; both have the key PrefixLists.
const managedPrefixLists = "ManagedPrefixLists"

// session holds the clients of one region and what was asked so far.
type session struct {
	region string
	ec2    *ec2.Client
	elbv2  *elbv2.Client
	elb    *elb.Client
	rds    *rds.Client
	dx     *directconnect.Client
	fw     *networkfirewall.Client

	got   map[string][]any // by the key of the call
	notes []string
}

func (s *session) note(format string, args ...any) {
	s.notes = append(s.notes, s.region+": "+fmt.Sprintf(format, args...))
}

// attempts is how often a call is tried before it fails: AWS throttles
// describe calls by bucket, and a large account empties it.
const attempts = 10

func configuration(ctx context.Context, o Options, region string) (aws.Config, error) {
	load := []func(*config.LoadOptions) error{
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(so *retry.StandardOptions) {
				so.MaxAttempts = attempts
				so.MaxBackoff = o.backoff()
				so.RateLimiter = unlimited{} // the bucket of tokens is for services under load, and would end a long import
			})
		}),
	}
	if o.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(o.Profile))
	}
	if region != "" {
		load = append(load, config.WithRegion(region))
	}
	return config.LoadDefaultConfig(ctx, load...)
}

// unlimited never refuses a retry.
type unlimited struct{}

func (unlimited) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (unlimited) AddTokens(uint) error { return nil }

func newSession(cfg aws.Config) *session {
	return &session{
		region: cfg.Region,
		ec2:    ec2.NewFromConfig(cfg),
		elbv2:  elbv2.NewFromConfig(cfg),
		elb:    elb.NewFromConfig(cfg),
		rds:    rds.NewFromConfig(cfg),
		dx:     directconnect.NewFromConfig(cfg),
		fw:     networkfirewall.NewFromConfig(cfg),
		got:    map[string][]any{},
	}
}

// account returns the number of the account that the credentials are of.
func account(ctx context.Context, cfg aws.Config) (string, error) {
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Account), nil
}

// regions lists the regions that are enabled for the account.
func regions(ctx context.Context, cfg aws.Config) ([]string, error) {
	out, err := ec2.NewFromConfig(cfg).DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range out.Regions {
		names = append(names, aws.ToString(r.RegionName))
	}
	return names, nil
}

func (o Options) backoff() time.Duration {
	if o.MaxBackoff > 0 {
		return o.MaxBackoff
	}
	return 20 * time.Second
}
