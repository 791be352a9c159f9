package importer

import (
	"github.com/vpcpath/vpcpath/internal/cloudformation"
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/load"
)

func readTemplates(files []File, o Options) doc.Import {
	list := make([]load.Source, len(files))
	for i, f := range files {
		list[i] = f.Source
	}
	return cloudformation.Import(list, o.Parameters)
}
