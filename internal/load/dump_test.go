package load

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/vpcpath/vpcpath/internal/diag"
	"github.com/vpcpath/vpcpath/internal/model"
)

// dump writes a topology and findings as text, every field of every resource,
// pointers to resources as their names.
func dump(t *model.Topology, findings []diag.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s: %s %v\n", f.Severity, f, f.Related)
	}
	if t == nil {
		return b.String() + "no topology\n"
	}
	v := reflect.ValueOf(*t)
	for i := range v.NumField() {
		if v.Field(i).Kind() != reflect.Slice {
			continue
		}
		for k := range v.Field(i).Len() {
			fmt.Fprintf(&b, "%s[%d]: ", v.Type().Field(i).Name, k)
			dumpValue(&b, v.Field(i).Index(k).Elem())
			b.WriteByte('\n')
		}
	}
	names := make([]string, 0, len(t.Names))
	for n, r := range t.Names {
		names = append(names, n+"="+string(r.ID().Kind))
	}
	slices.Sort(names)
	fmt.Fprintln(&b, "names:", names)
	return b.String()
}

func dumpValue(b *strings.Builder, v reflect.Value) {
	if v.IsValid() && v.CanInterface() {
		if s, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface {
			fmt.Fprintf(b, "%v", s)
			return
		}
		if res, ok := v.Interface().(model.Resource); ok && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) {
			if v.IsNil() {
				b.WriteString("nil")
			} else {
				fmt.Fprintf(b, "->%s", res.ID().Name)
			}
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			b.WriteString("nil")
			return
		}
		if end, ok := v.Interface().(*model.TunnelEnd); ok {
			fmt.Fprintf(b, "end{%v %v %v %v}", end.At, end.Address, end.Routes, end.Instance != nil)
			return
		}
		dumpValue(b, v.Elem())
	case reflect.Struct:
		b.WriteByte('{')
		for i := range v.NumField() {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(v.Type().Field(i).Name + ":")
			if v.Type().Field(i).IsExported() {
				dumpValue(b, v.Field(i))
			}
		}
		b.WriteByte('}')
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(b, "[%t ", v.Kind() == reflect.Slice && v.IsNil())
		for i := range v.Len() {
			dumpValue(b, v.Index(i))
			b.WriteByte(' ')
		}
		b.WriteByte(']')
	default:
		fmt.Fprintf(b, "%v", v)
	}
}
