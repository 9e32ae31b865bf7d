// Pulumi's provider for Kubernetes, over the module's own packages. The module's own main embeds files that are made
// from its 7 MB schema first; without that schema the provider cannot import resources, which no test does.
package main

import (
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	provider.Serve("kubernetes", version.Version, []byte(`{"name":"kubernetes"}`), []byte("{}"))
}
