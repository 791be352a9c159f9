// Package live asks an AWS account, by read-only calls, what its networks are,
// and writes the answers in the shapes of the AWS CLI: a directory that
// `vpcpath import` and every other command of vpcpath reads.
//
// It is a module of its own, and a program of its own (vpcpath-aws), so that
// vpcpath itself stays small and talks to nobody.
package live
