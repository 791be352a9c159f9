package importer

import (
	"github.com/vpcpath/vpcpath/internal/doc"
	"github.com/vpcpath/vpcpath/internal/terraform"
)

func recogniseTerraform(src File) bool { return terraform.Recognise(src.Data) }

func readTerraform(files []File, _ Options) doc.Import {
	list := make([]terraform.File, len(files))
	for i, f := range files {
		list[i] = terraform.File{Name: f.Name, Data: f.Data}
	}
	return terraform.Read(list)
}
