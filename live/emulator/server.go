// Package emulator answers like AWS's services, on loopback, from recorded
// answers: in the EC2 query protocol, the query protocol and the JSON
// protocols, page by page, and now and then with a refusal. It is for tests.
package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Server is an account with one region's answers.
type Server struct {
	Account string
	Data    Data
	// PageSize is how many items a page of a paginated call has; 0 for all.
	PageSize int
	// Refuse makes some requests fail in ways that a client has to try again:
	// throttled, failed inside, connection closed.
	Refuse bool
	// Deny is the action that is not permitted, as ec2:DescribeVpcs.
	Deny string

	mu       sync.Mutex
	requests int
	actions  map[string]int
}

// Actions counts the requests by action, as "ec2:DescribeVpcs".
func (s *Server) Actions() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for k, v := range s.actions {
		out[k] = v
	}
	return out
}

// scope finds the service in the signature: .../20261129/eu-west-1/ec2/aws4_request.
var scope = regexp.MustCompile(`Credential=[^/]+/[0-9]+/([^/]+)/([^/]+)/aws4_request`)

// request is a request of any protocol.
type request struct {
	service string // as in the signature
	version string
	action  string
	args    args
}

// args are the arguments of a request by name.
type args map[string]string

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := scope.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		http.Error(w, "the request is not signed", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	q, p, err := parse(m[2], r.Header.Get("X-Amz-Target"), body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if kind := s.count(q); kind != "" {
		p.refuse(w, kind, q)
		return
	}
	answer, err := s.answer(q)
	if err != nil {
		p.refuse(w, err.Error(), q)
		return
	}
	p.write(w, q, answer)
}

// count counts a request and says how it is to fail; "" if it is not.
func (s *Server) count(q request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.actions == nil {
		s.actions = map[string]int{}
	}
	name := policyName(q)
	s.actions[name]++
	switch {
	case name == s.Deny:
		return denied
	case !s.Refuse:
		return ""
	case s.requests%5 == 2:
		return throttled
	case s.requests%11 == 5:
		return failed
	case s.requests%13 == 6:
		return closed
	}
	return ""
}

// policyName is the action as a policy names it.
func policyName(q request) string { return q.service + ":" + q.action }

// The ways to fail.
const (
	throttled = "throttled"
	failed    = "failed"
	closed    = "closed"
	denied    = "denied"
)

// parse reads the request of any protocol, and tells which it is.
func parse(service, target string, body []byte) (request, protocol, error) {
	if target != "" {
		_, action, _ := strings.Cut(target, ".")
		var in map[string]any
		if len(body) > 0 {
			if err := json.Unmarshal(body, &in); err != nil {
				return request{}, nil, fmt.Errorf("the body is no JSON: %w", err)
			}
		}
		a := args{}
		for k, v := range in {
			a[k] = fmt.Sprint(v)
		}
		return request{service: service, action: action, args: a}, jsonProtocol{}, nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return request{}, nil, fmt.Errorf("the body is no form: %w", err)
	}
	a := args{}
	for k := range form {
		a[k] = form.Get(k)
	}
	q := request{service: service, version: a["Version"], action: a["Action"], args: a}
	if service == "ec2" {
		return q, ec2Protocol{}, nil
	}
	return q, queryProtocol{}, nil
}

// page cuts a page out of items; token is where it begins, next where the one
// behind it does.
func (s *Server) page(items []any, token string) (page []any, next string) {
	start, _ := strconv.Atoi(token)
	start = min(max(start, 0), len(items))
	if s.PageSize == 0 || len(items)-start <= s.PageSize {
		return items[start:], ""
	}
	return items[start : start+s.PageSize], strconv.Itoa(start + s.PageSize)
}
