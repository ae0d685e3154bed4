//go:build tools

// Package host pins the Python language host: a module of its own, since it must not share the command line's sdk version.
package host

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
