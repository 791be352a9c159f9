package awsjson_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/importer"
	"github.com/vpcpath/vpcpath/internal/load"
)

// largeFiles has n network interfaces of instances in one VPC, about 4 KB each.
func largeFiles(n int) []load.Source {
	var b strings.Builder
	b.WriteString("{\n    \"NetworkInterfaces\": [\n")
	pad := strings.Repeat("x", 250)
	for i := range n {
		if i > 0 {
			b.WriteString(",\n")
		}
		subnet, host := i/4000, i%4000+10
		ip := fmt.Sprintf("10.0.%d.%d", subnet*16+host/256, host%256)
		fmt.Fprintf(&b, `        {
            "Attachment": {
                "AttachTime": "2024-11-30T23:36:42+00:00",
                "AttachmentId": "eni-attach-%017d",
                "DeleteOnTermination": true,
                "DeviceIndex": 0,
                "NetworkCardIndex": 0,
                "InstanceId": "i-%017d",
                "InstanceOwnerId": "111122223333",
                "Status": "attached"
            },
            "AvailabilityZone": "eu-west-1a",
            "Description": "Primary network interface",
            "Groups": [
                {
                    "GroupName": "web",
                    "GroupId": "sg-web"
                }
            ],
            "InterfaceType": "interface",
            "Ipv6Addresses": [],
            "MacAddress": "02:2f:8f:b0:cf:75",
            "NetworkInterfaceId": "eni-%017d",
            "OwnerId": "111122223333",
            "PrivateDnsName": "ip-10-0-1-17.ec2.internal",
            "PrivateIpAddress": %q,
            "PrivateIpAddresses": [
                {
                    "Primary": true,
                    "PrivateDnsName": "ip-10-0-1-17.ec2.internal",
                    "PrivateIpAddress": %q
                }
            ],
            "RequesterManaged": false,
            "SourceDestCheck": true,
            "Status": "in-use",
            "SubnetId": "subnet-%d",
            "VpcId": "vpc-1",
            "TagSet": [
`, i, i, i, ip, ip, subnet)
		for k := range 7 {
			fmt.Fprintf(&b, "                {\n                    \"Key\": \"tag-%d\",\n                    \"Value\": %q\n                },\n", k, pad)
		}
		fmt.Fprintf(&b, "                {\n                    \"Key\": \"Name\",\n                    \"Value\": \"host %d\"\n                }\n            ]\n        }", i)
	}
	b.WriteString("\n    ]\n}\n")
	var subnets []string
	for s := range (n + 3999) / 4000 {
		subnets = append(subnets, fmt.Sprintf(`{"SubnetId": "subnet-%d", "VpcId": "vpc-1", "CidrBlock": "10.0.%d.0/20", "AvailabilityZone": "eu-west-1a"}`, s, s*16))
	}
	files := dumpFiles("NetworkInterfaces", "", "Reservations", "", "NatGateways", "", "Subnets", "["+strings.Join(subnets, ", ")+"]",
		"NetworkAcls", strings.ReplaceAll(parts["NetworkAcls"], `{"SubnetId": "subnet-pub"}, {"SubnetId": "subnet-priv"}`, ""),
		"RouteTables", `[{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": true}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}]}]`)
	return append(files, load.Source{Name: "dump/NetworkInterfaces.json", Data: []byte(b.String())})
}

// BenchmarkImport imports a dump of 50,000 interfaces, 200 MB.
func BenchmarkImport(b *testing.B) {
	files := largeFiles(50000)
	size := 0
	for _, f := range files {
		size += len(f.Data)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		in, findings := importer.Import(files, importer.Options{})
		if diag.HasErrors(findings) || len(in.Imports) != 1 {
			b.Fatal(findings)
		}
		for _, c := range in.Imports[0].Counts {
			if c.Type == "NetworkInterfaces" && c.Modelled != 50000 {
				b.Fatal(c, findings[:min(5, len(findings))])
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB-of-the-system")
	b.ReportMetric(float64(size)/1e6, "MB-of-JSON")
}
