package check

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// baselineVersion is the version of the file and of how fingerprints are
// made.
const baselineVersion = 1

// Baseline is a list of findings that were there when a team began: they do
// not count, until they are gone.
type Baseline struct {
	known []knownFinding
}

// knownFinding is a finding as the file has it. All but the fingerprint is
// for readers.
type knownFinding struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule"`
	Resource    string `json:"resource,omitempty"`
	Message     string `json:"message"`
}

type baselineFile struct {
	Version  *int           `json:"version"`
	Findings []knownFinding `json:"findings"`
}

// ReadBaseline reads a baseline. The error says what is wrong with the text,
// and how to make a new one.
func (c *Catalogue) ReadBaseline(text []byte) (*Baseline, error) {
	const again = "; write it anew with --update-baseline"
	var f baselineFile
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var version struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, fmt.Errorf("this is no baseline: %w%s", err, again)
	}
	switch {
	case version.Version == nil:
		return nil, errors.New("this is no baseline: it has no `version`" + again)
	case *version.Version != baselineVersion:
		return nil, fmt.Errorf("the baseline has version %d; this version of vpcpath reads version %d%s", *version.Version, baselineVersion, again)
	}
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("this is no baseline: %w%s", err, again)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("this is no baseline: something stands behind its end" + again)
	}
	seen := map[string]bool{}
	for _, k := range f.Findings {
		if k.Fingerprint == "" || seen[k.Fingerprint] {
			return nil, fmt.Errorf("the fingerprint %q of the baseline is empty or stands twice%s", k.Fingerprint, again)
		}
		seen[k.Fingerprint] = true
		if _, err := c.Find(k.Rule); err != nil {
			return nil, fmt.Errorf("the baseline was written by another version: %w, or%s", err, strings.TrimPrefix(again, ";"))
		}
	}
	return &Baseline{known: f.Findings}, nil
}

// WriteBaseline returns the text of a baseline with every finding of a report
// that is not ignored.
func WriteBaseline(r Report) []byte {
	version := baselineVersion
	f := baselineFile{Version: &version, Findings: []knownFinding{}}
	for _, one := range r.Findings {
		if one.Suppressed == nil || one.Suppressed.Kind == Known {
			f.Findings = append(f.Findings, knownFinding{one.Fingerprint, one.ID, one.Resource, one.Message})
		}
	}
	slices.SortFunc(f.Findings, func(a, b knownFinding) int { // not by place: lines move
		return strings.Compare(a.Rule+"\x00"+a.Resource+"\x00"+a.Message+"\x00"+a.Fingerprint, b.Rule+"\x00"+b.Resource+"\x00"+b.Message+"\x00"+b.Fingerprint)
	})
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(f) // strings and numbers into memory
	return b.Bytes()
}

// Mark marks what a baseline knows of a report, and counts what it knows and
// is gone.
func (b *Baseline) Mark(r *Report) {
	left := map[string]bool{}
	for _, k := range b.known {
		left[k.Fingerprint] = true
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if left[f.Fingerprint] {
			delete(left, f.Fingerprint)
			if f.Suppressed == nil {
				f.Suppressed = &Suppression{Kind: Known}
			}
		}
	}
	r.Baseline, r.Gone = true, len(left)
}
