//go:build tools

// Package cli pins the Pulumi command line; install.py builds it from here.
package cli

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
