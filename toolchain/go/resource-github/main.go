// Command resource-github is the Pulumi plugin "github": the Terraform provider
// for GitHub behind Pulumi's Terraform bridge.
//
// It is built only where the official plugin cannot be downloaded, and answers to
// the names that the pulumi-github SDK of the same version uses (compared field by
// field for the resources in use, 2026-11-23).
package main

import (
	gh "github.com/integrations/terraform-provider-github/v6/github"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// The linker sets version to that of the Python SDK in use; the engine asks for it.
var version = "0.0.0"

func main() {
	info := tfbridge.ProviderInfo{
		P:            shim.NewProvider(gh.NewProvider(version, "")()),
		Name:         "github",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
		Resources: map[string]*tfbridge.ResourceInfo{
			// The SDK keeps the list that reviewers were before upstream allowed only one block.
			"github_repository_environment": {
				Tok:    tfbridge.MakeResource("github", "index", "RepositoryEnvironment"),
				Fields: map[string]*tfbridge.SchemaInfo{"reviewers": {MaxItemsOne: tfbridge.False()}},
			},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"github_app": {Tok: tfbridge.MakeDataSource("github", "index", "getGithubApp")},
		},
	}
	info.MustComputeTokens(tokens.SingleModule("github_", "index", tokens.MakeStandard("github")))
	info.SetAutonaming(255, "-")
	// The engine wants a schema only to generate SDKs; ours come from the package index.
	tfbridge.Main("github", version, info, []byte(`{"name":"github"}`))
}
