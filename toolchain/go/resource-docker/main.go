// Command resource-docker is the Pulumi plugin "docker": the Terraform provider for
// Docker behind Pulumi's Terraform bridge.
//
// It is built only where the official plugin cannot be downloaded. Its names are
// those of the pulumi-docker SDK (compared field by field, 2026-11-23); what
// pulumi-docker adds by hand, the resource docker.Image, is not in it.
//
// The module's own path lies below that of the Terraform provider because the
// provider's constructor is in an internal folder.
package main

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// The linker sets version to that of the Python SDK in use; the engine asks for it.
var version = "0.0.0"

const (
	pkg = "docker"
	mod = "index"
)

func main() {
	info := tfbridge.ProviderInfo{
		P:            shim.NewProvider(provider.New(version)()),
		Name:         pkg,
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		// The bridge would make a list of blocks plural: "registryAuths".
		Config: map[string]*tfbridge.SchemaInfo{"registry_auth": {Name: "registryAuth"}},
		Resources: map[string]*tfbridge.ResourceInfo{
			// A name of its own keeps an image's reference from being auto-named.
			"docker_image": {
				Tok:    tfbridge.MakeResource(pkg, mod, "RemoteImage"),
				Fields: map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}},
			},
			"docker_config": {Tok: tfbridge.MakeResource(pkg, mod, "ServiceConfig")},
			// A container's name and ports are taken until the old one is gone.
			"docker_container": {
				Tok:                 tfbridge.MakeResource(pkg, mod, "Container"),
				DeleteBeforeReplace: true,
				Fields: map[string]*tfbridge.SchemaInfo{
					"command":           {Name: "command"},
					"networks_advanced": {Name: "networksAdvanced"},
				},
			},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image": {Tok: tfbridge.MakeDataSource(pkg, mod, "getRemoteImage")},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("docker_", mod, tokens.MakeStandard(pkg)))
	info.SetAutonaming(255, "-")
	// The engine wants a schema only to generate SDKs; ours come from the package index.
	tfbridge.Main(pkg, version, info, []byte(`{"name":"docker"}`))
}
