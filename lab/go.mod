module github.com/vpcpath/vpcpath/lab

go 1.26

require (
	github.com/vishvananda/netlink v1.3.1
	github.com/vpcpath/vpcpath v0.0.0
	golang.org/x/sys v0.42.0
)

require (
	github.com/vishvananda/netns v0.0.5 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

replace github.com/vpcpath/vpcpath => ../
