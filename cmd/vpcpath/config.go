package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/vpcpath/vpcpath/internal/diag"
)

// configName is the configuration file, in the working directory or else in
// the user's configuration directory.
const configName = ".vpcpath.yaml"

// envPrefix begins the names of environment variables that are settings.
const envPrefix = "VPCPATH"

// configKeys are the settings, each the name of a flag. A topology is none:
// viper changes the letters of keys.
var configKeys = []string{"baseline", "color", "fail-on", "output", "quiet", "source-port", "verbose", "width"}

// configure gives every flag that the command line leaves alone the value of
// the environment, else of the configuration file.
func (a *app) configure(cmd *cobra.Command) error {
	if strings.HasPrefix(cmd.Name(), "__complete") || cmd.Name() == "help" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
		return nil
	}
	file, err := configFile()
	if err != nil {
		return err
	}
	if file == "" && !slices.ContainsFunc(a.environ, func(s string) bool { return strings.HasPrefix(s, envPrefix+"_") }) {
		return nil
	}
	v, err := readConfig(file)
	if err != nil {
		return err
	}
	if a.policy, err = readPolicy(v, file); err != nil { // before the environment, which says nothing of it
		return badInput{err}
	}
	v.SetEnvPrefix(envPrefix)
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	for _, key := range configKeys {
		if err := a.apply(cmd, v, key, file); err != nil {
			return err
		}
	}
	return nil
}

// apply sets one flag from viper.
func (a *app) apply(cmd *cobra.Command, v *viper.Viper, key, file string) error {
	flag := cmd.Flags().Lookup(key)
	if flag == nil || flag.Changed || !v.IsSet(key) {
		return nil
	}
	opposite := map[string]string{"quiet": "verbose", "verbose": "quiet"}[key]
	if opposite != "" && cmd.Flags().Changed(opposite) {
		return nil
	}
	origin := envPrefix + "_" + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
	if a.getenv(origin) == "" {
		origin = file + ": " + key
	}
	if key == "output" {
		return applyOutputs(flag, v.Get(key), origin)
	}
	switch v.Get(key).(type) {
	case string, bool, int, int64, uint64, float64:
	default:
		return badInputf("%s: expected a single value", origin)
	}
	text := v.GetString(key)
	err := flag.Value.Set(text)
	if err != nil && flag.Value.Type() == "bool" {
		err = fmt.Errorf("%q is neither true nor false", text)
	}
	if err != nil {
		return badInputf("%s: %w", origin, err)
	}
	return nil
}

// applyOutputs sets --output from a list of outputs, or from a text with
// commas between them.
func applyOutputs(flag *pflag.Flag, value any, origin string) error {
	var list []string
	switch x := value.(type) {
	case string:
		list = strings.Split(x, ",")
	case []any:
		for _, item := range x {
			list = append(list, fmt.Sprint(item))
		}
	default:
		return badInputf("%s: expected a format, or a list of them", origin)
	}
	var out outputs
	for _, text := range list {
		if err := out.Set(text); err != nil {
			return badInputf("%s: %w", origin, err)
		}
	}
	if into, ok := flag.Value.(*outputs); ok {
		*into = out
	}
	return nil
}

// configFile returns the path of the configuration file, or "".
func configFile() (string, error) {
	paths := []string{configName}
	if dir := userConfigDir(); dir != "" {
		paths = append(paths, filepath.Join(dir, "vpcpath", configName), filepath.Join(dir, configName))
	}
	for _, p := range paths {
		info, err := os.Stat(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", badInputf("configuration: %w", err)
		case info.IsDir():
			return "", badInputf("configuration: %s is a directory; expected a file", p)
		default:
			return p, nil
		}
	}
	return "", nil
}

func userConfigDir() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return dir
}

// readConfig reads a configuration file, if there is one, and refuses keys
// that are no settings.
func readConfig(file string) (*viper.Viper, error) {
	v := viper.New()
	if file == "" {
		return v, nil
	}
	v.SetConfigFile(file)
	v.SetConfigType("yaml")
	if err := v.ReadInConfig(); err != nil {
		var parse viper.ConfigParseError
		if errors.As(err, &parse) {
			err = parse.Unwrap()
		}
		return nil, badInputf("%s: %s", file, strings.TrimPrefix(err.Error(), "While parsing config: "))
	}
	known := slices.Sorted(slices.Values(append(policyKeys, configKeys...)))
	keys := v.AllKeys()
	slices.Sort(keys)
	var unknown []string
	for _, key := range keys {
		if top, _, _ := strings.Cut(key, "."); !slices.Contains(known, top) {
			unknown = append(unknown, fmt.Sprintf("%s: unknown key %q; expected %s%s", file, key, alternatives(known), diag.DidYouMean(key, known)))
		}
	}
	if len(unknown) > 0 {
		return nil, badInputf("%s", strings.Join(unknown, "\nvpcpath: "))
	}
	return v, nil
}
