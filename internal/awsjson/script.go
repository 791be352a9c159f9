package awsjson

import (
	_ "embed"
	"strings"
)

//go:embed dump.sh
var dumpScript string

// Script is a shell script that fills a directory with everything Read reads,
// by read-only calls of the AWS CLI, for some Regions; with none, the script
// asks in that of the CLI's configuration.
func Script(regions []string) string {
	return strings.Replace(dumpScript, "REGIONS=\n", "REGIONS="+quoteShell(strings.Join(regions, " "))+"\n", 1)
}

func quoteShell(s string) string {
	if s == "" {
		return ""
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
