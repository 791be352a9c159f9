package emulator

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// protocol is how a service's answers look on the wire.
type protocol interface {
	write(http.ResponseWriter, request, answer)
	refuse(http.ResponseWriter, string, request)
}

// code returns the status and the error code of a way to fail.
func code(kind, throttling, denial string) (int, string) {
	switch kind {
	case throttled:
		return http.StatusServiceUnavailable, throttling
	case failed:
		return http.StatusInternalServerError, "InternalError"
	case denied:
		return http.StatusForbidden, denial
	}
	return http.StatusBadRequest, kind
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			conn.Close()
		}
	}
}

const requestID = "11111111-2222-3333-4444-555555555555"

// ec2Protocol: names are those of ec2Name, lists have <item>.
type ec2Protocol struct{}

func (ec2Protocol) write(w http.ResponseWriter, q request, a answer) {
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><%sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>%s</requestId>`, q.action, requestID)
	x := xmlWriter{w: w, name: ec2Name, item: func(string) string { return "item" }}
	x.fields(q.action, a)
	fmt.Fprintf(w, "</%sResponse>", q.action)
}

func (ec2Protocol) refuse(w http.ResponseWriter, kind string, _ request) {
	if kind == closed {
		hangUp(w)
		return
	}
	status, name := code(kind, "RequestLimitExceeded", "UnauthorizedOperation")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>%s</Code><Message>as asked for</Message></Error></Errors><RequestID>%s</RequestID></Response>`, name, requestID)
}

// queryProtocol: names are the model's own, lists have <member>, but for RDS.
type queryProtocol struct{}

// rdsItems are the names of the items of RDS's lists.
var rdsItems = map[string]string{"DBInstances": "DBInstance", "VpcSecurityGroups": "VpcSecurityGroupMembership", "Subnets": "Subnet",
	"DBSecurityGroups": "DBSecurityGroup", "DBParameterGroups": "DBParameterGroup", "OptionGroupMemberships": "OptionGroupMembership",
	"DomainMemberships": "DomainMembership", "TagList": "Tag"}

func (queryProtocol) write(w http.ResponseWriter, q request, a answer) {
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprintf(w, `<%sResponse><%sResult>`, q.action, q.action)
	x := xmlWriter{w: w, name: func(_, key string) string { return key }, item: func(key string) string {
		if name, ok := rdsItems[key]; ok && q.service == "rds" {
			return name
		}
		return "member"
	}}
	x.fields(q.action, a)
	fmt.Fprintf(w, `</%sResult><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></%sResponse>`, q.action, requestID, q.action)
}

func (queryProtocol) refuse(w http.ResponseWriter, kind string, _ request) {
	if kind == closed {
		hangUp(w)
		return
	}
	status, name := code(kind, "Throttling", "AccessDenied")
	w.WriteHeader(status)
	fmt.Fprintf(w, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>as asked for</Message></Error><RequestId>%s</RequestId></ErrorResponse>`, name, requestID)
}

// jsonProtocol is JSON, as it was recorded.
type jsonProtocol struct{}

func (jsonProtocol) write(w http.ResponseWriter, _ request, a answer) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(a)
}

func (jsonProtocol) refuse(w http.ResponseWriter, kind string, _ request) {
	if kind == closed {
		hangUp(w)
		return
	}
	status, name := code(kind, "ThrottlingException", "AccessDeniedException")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"__type":%q,"message":"as asked for"}`, name)
}

// xmlWriter writes recorded JSON as XML. What cannot be written is cut off,
// which the client reports.
type xmlWriter struct {
	w    io.Writer
	name func(parent, key string) string
	item func(key string) string
}

func (x xmlWriter) fields(parent string, m map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		x.element(x.name(parent, key), key, m[key])
	}
}

func (x xmlWriter) element(tag, key string, v any) {
	if v == nil {
		return
	}
	fmt.Fprintf(x.w, "<%s>", tag)
	switch v := v.(type) {
	case map[string]any:
		x.fields(key, v)
	case []any:
		for _, item := range v {
			x.element(x.item(key), key, item)
		}
	default:
		_ = xml.EscapeText(x.w, []byte(fmt.Sprint(v)))
	}
	fmt.Fprintf(x.w, "</%s>", tag)
}

// ec2Name is the name on the wire of a field of the AWS CLI's output, in the
// structure or list that stands under parent.
func ec2Name(parent, key string) string {
	if name, ok := ec2Names[parent+"."+key]; ok {
		return name
	}
	if name, ok := ec2Names[key]; ok {
		return name
	}
	return strings.ToLower(key[:1]) + key[1:]
}
