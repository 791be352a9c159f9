package jsontree

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// plain makes of a value what encoding/json makes of it.
func plain(v Value) any {
	switch v.Kind() {
	case Null:
		return nil
	case Bool:
		return v.Text() == "true"
	case Number:
		return json.Number(v.Text())
	case String:
		return v.Text()
	case Array:
		out := []any{}
		for item := range v.Items() {
			out = append(out, plain(item))
		}
		return out
	case Object:
		out := map[string]any{}
		for key, value := range v.Members() {
			out[key.Text()] = plain(value)
		}
		return out
	}
	return "nothing"
}

// reference reads text with encoding/json; ok is false where it is no JSON.
func reference(text []byte) (v any, ok bool) {
	d := json.NewDecoder(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	d.UseNumber()
	if !json.Valid([]byte(strings.TrimPrefix(string(text), "\ufeff"))) || d.Decode(&v) != nil {
		return nil, false
	}
	return v, true
}

// compare holds Parse against encoding/json. What only Parse refuses is broken
// UTF-8, keys that stand twice, and depth.
func compare(t *testing.T, text []byte) {
	t.Helper()
	root, findings := Parse("f.json", text)
	want, ok := reference(text)
	lines := strings.Count(string(text), "\n") + 1
	for _, f := range findings {
		if f.Pos.File != "f.json" || f.Pos.Line < 1 || f.Pos.Line > lines || f.Pos.Col < 1 {
			t.Fatalf("%q: %v lies outside of the text", text, f)
		}
	}
	_ = plain(root) // what was read up to an error is whole
	switch {
	case !ok && len(findings) == 0:
		t.Fatalf("%q: read as %v, but is no JSON", text, plain(root))
	case ok && len(findings) > 0:
		for _, f := range findings {
			if !strings.Contains(f.Message, "UTF-8") && !strings.Contains(f.Message, "twice") && !strings.Contains(f.Message, "depth") && !strings.Contains(f.Message, "surrogate") {
				t.Fatalf("%q: %v, but is JSON", text, f)
			}
		}
	case ok:
		if got := plain(root); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: got %#v, want %#v", text, got, want)
		}
		if !Equal(root, root) {
			t.Fatalf("%q does not equal itself", text)
		}
	}
}

var texts = []string{
	`{}`, `[]`, `null`, ` true `, `false`, `0`, `-0`, `-12.5e+3`, `1E9`, `""`, `"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`,
	`"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\ude00\ud83d"`, `{"a":{"b":[1,2,{"c":null}]},"d":"e"}`, "\ufeff{}", "{\r\n\t\"a\" : 1 }",
	`"é漢😀"`, `{"\u0061":1}`, `[[],[[]],{}]`,
	// no JSON
	``, ` `, `{`, `[`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `[1,]`, `[1 2]`, `{"a" 1}`, `{a:1}`, `{'a':1}`, `01`, `1.`, `.5`, `-`, `1e`, `+1`, `tru`, `truex`, `nul`,
	`"`, `"a`, `"\`, `"\u12`, `"\x"`, "\"\n\"", "\"\xff\"", `{} {}`, `[]]`, `1x`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, "version: 1\n", `"\u12g4"`, `NaN`, `[1,2`, `]`,
}

func TestAsEncodingJSON(t *testing.T) {
	for _, text := range texts {
		compare(t, []byte(text))
	}
}

func TestKeysTwice(t *testing.T) {
	_, f := Parse("f", []byte("{\"a\": {\"b\": 1,\n  \"\\u0062\": 2}}"))
	if len(f) != 1 || f[0].String() != `f:2:3: key "b" stands twice in one object [json-syntax]` {
		t.Error(f)
	}
}

func TestMessages(t *testing.T) {
	for text, want := range map[string]string{
		"": "f:1:1: there is no JSON here: the text is empty",
		"{\n \"Vpcs\": [\n  {\"VpcId\": \"vpc-1\",\n": `f:4:1: the JSON ends in the middle of the object that begins at f:3:3: was the file cut off?`,
		"{\n \"Vpcs\": [{}":                           `f:2:13: the JSON ends in the middle of the list that begins at f:2:10: was the file cut off?`,
		"{\"a\": \"b":                                 `f:1:9: the JSON ends in the middle of the object that begins at f:1:1: was the file cut off?`,
		"{\"a\": tr":                                  `f:1:9: the JSON ends in the middle of the object that begins at f:1:1: was the file cut off?`,
		"{\"a\": \"b\n":                               `f:1:9: the JSON ends in the middle of the object that begins at f:1:1: was the file cut off?`,
		"\"ab":                                        `f:1:4: the JSON ends in the middle of it: was the file cut off?`,
		"{}\n{}":                                      `f:2:1: expected the end of the text, found "{"; a file holds one JSON value`,
		"{} , {}":                                     `f:1:4: expected the end of the text, found ","; a file holds one JSON value`,
		"[] An error":                                 `f:1:4: expected the end of the text, found "An"; a file holds one JSON value`,
		"{\"a\": None}":                               `f:1:7: this is no JSON: invalid character 'N' at start of value`,
		"{\"a\": 022}":                                `f:1:8: this is no JSON: invalid character '2' after object value (expecting ',' or '}')`,
		"An error occurred (Un)":                      `f:1:1: this is no JSON: invalid character 'A' at start of value`,
	} {
		_, f := Parse("f", []byte(text))
		if len(f) != 1 || f[0].String() != want+" [json-syntax]" {
			t.Errorf("%q:\n got %v\nwant %s", text, f, want)
		}
	}
}

// TestDeep nests deeper than the decoder goes.
func TestDeep(t *testing.T) {
	if _, f := Parse("f", []byte(strings.Repeat(`{"a":`, 1e6))); len(f) != 1 {
		t.Error(f)
	}
}

// TestCutOff cuts a text everywhere: what was read before still reads.
func TestCutOff(t *testing.T) {
	text := `{"Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "a\u0041", "Value": "b"}], "n": -1.5e3, "t": true}], "z": null}`
	for n := 1; n < len(text); n++ {
		root, f := Parse("f", []byte(text[:n]))
		if len(f) != 1 || f[0].ID != idSyntax {
			t.Fatalf("%q: %v", text[:n], f)
		}
		_ = plain(root)
		if n > 40 && root.Get("Vpcs").Kind() != Array {
			t.Fatalf("%q: lost the list", text[:n])
		}
	}
}

func TestValues(t *testing.T) {
	root, f := Parse("f", []byte("{\"a\": {\"b\": [10, \"11\", \"x\", null, true, 1.5]},\n \"k\": {\"p\": 1, \"q\": [1]}, \"l\": {\"q\": [ 1 ], \"p\":1}, \"m\": {\"q\": [1, 1], \"p\": 1}}"))
	if len(f) > 0 {
		t.Fatal(f)
	}
	list := root.Get("a", "b")
	if list.Len() != 6 || root.Len() != 4 || list.At().String() != "f:1:13" {
		t.Error(list.Len(), root.Len(), list.At())
	}
	var ints []string
	for v := range list.Items() {
		n, ok := v.Int()
		ints = append(ints, fmt.Sprint(n, ok, v.IsTrue(), v.Exists()))
	}
	if got := strings.Join(ints, ", "); got != "10 true false true, 11 true false true, 0 false false true, 0 false false false, 0 false true true, 0 false false true" {
		t.Error(got)
	}
	for range list.Items() {
		break
	}
	if v := root.Get("a", "none", "x"); v.Exists() || v.Text() != "" || v.At().IsValid() || v.Len() != 0 || v.Kind() != None || v.Get("y").Exists() {
		t.Error("what is not there is something")
	}
	if !Equal(root.Get("k"), root.Get("l")) || Equal(root.Get("k"), root.Get("m")) || Equal(root, list) || !Equal(Value{}, Value{}) || Equal(Value{}, root) {
		t.Error("Equal is wrong")
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { compare(t, text) })
}

// TestRealFiles reads every recorded JSON file.
func TestRealFiles(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../../../shared/data", func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		compare(t, text)
		n++
		return err
	})
	if err != nil {
		t.Skip("the recorded data is not here: ", err)
	}
	t.Log(n, "files")
}

// BenchmarkParse has the text of network interfaces, as `aws ec2
// describe-network-interfaces` prints them.
func BenchmarkParse(b *testing.B) {
	one := `        {
            "Association": {"IpOwnerId": "amazon", "PublicDnsName": "ec2-203-0-113-25.compute-1.amazonaws.com", "PublicIp": "203.0.113.25"},
            "Attachment": {
                "AttachTime": "2013-11-30T23:36:42+00:00", "AttachmentId": "eni-attach-66c4350a", "DeleteOnTermination": false,
                "DeviceIndex": 1, "NetworkCardIndex": 0, "InstanceId": "i-1234567890abcdef0", "InstanceOwnerId": "123456789012", "Status": "attached"
            },
            "AvailabilityZone": "us-east-1d", "Description": "My network interface", "Groups": [{"GroupName": "default", "GroupId": "sg-8637d3e3"}],
            "InterfaceType": "interface", "Ipv6Addresses": [], "MacAddress": "02:2f:8f:b0:cf:75", "NetworkInterfaceId": "eni-%08d",
            "OwnerId": "123456789012", "PrivateDnsName": "ip-10-0-1-17.ec2.internal", "PrivateIpAddress": "10.0.1.17",
            "PrivateIpAddresses": [{"Primary": true, "PrivateDnsName": "ip-10-0-1-17.ec2.internal", "PrivateIpAddress": "10.0.1.17"}],
            "RequesterManaged": false, "SourceDestCheck": true, "Status": "in-use", "SubnetId": "subnet-b61f49f0", "TagSet": [], "VpcId": "vpc-a01106c2"
        }`
	var text strings.Builder
	text.WriteString("{\n    \"NetworkInterfaces\": [\n")
	for i := range 5000 {
		if i > 0 {
			text.WriteString(",\n")
		}
		fmt.Fprintf(&text, one, i)
	}
	text.WriteString("\n    ]\n}\n")
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, f := Parse("f", data); len(f) > 0 {
			b.Fatal(f)
		}
	}
}
