// A plan or state of Terraform (or OpenTofu) to an inventory.
#pragma once

#include <string>

#include "sim/import/document.h"
#include "sim/import/inventory.h"

namespace vpcmirror::sim {

// Whether the document is what `terraform show -json` prints, or a state file itself.
bool IsTerraform(const Document& document);

// Of the cloud whose mirrors it has, or else most resources; what `known` has, of which
// Terraform may change a part, comes first. Throws ScenarioException: a format_version that is
// not known, a state file itself, a file without resources that are read.
Inventory InventoryOfTerraform(const Document& document, Inventory known = {});

// The text of a plan or state as people may see it: each value that the reader does not need,
// or that is sensitive, is masked by asterisks; lengths and lines stay.
std::string WithoutTerraformSecrets(const Document& document);

}  // namespace vpcmirror::sim
