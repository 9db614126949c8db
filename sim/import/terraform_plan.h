// What `terraform show -json` prints of a plan or a state (OpenTofu prints the same), flat:
// every instance of every resource, through modules, count and for_each, with what is known of
// it, what will be known after apply, and what is sensitive.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/import/document.h"

namespace vpcmirror::sim {

// One step of an address or reference: `web["a"]` of `aws_subnet.web["a"].id`.
struct TerraformStep {
  std::string name;
  std::optional<std::string> key;  // of count or for_each, as text
};
// Empty where the text is no address.
std::vector<TerraformStep> TerraformSteps(std::string_view address);

// Throws ScenarioException with the place of `at`.
[[noreturn]] void RefuseTerraform(const Value& at, std::string message, std::string accepted);

struct TerraformResource {
  std::string address;  // "module.net.aws_subnet.web[0]"
  std::string type;
  std::string name;
  std::string module;              // the address of its module's instance; empty: the root
  std::optional<std::string> key;  // of count or for_each
  bool is_data = false;            // read, not managed
  Origin origin;
  std::optional<Value> values;
  std::optional<Value> unknown;    // true where a value is known after apply
  std::optional<Value> sensitive;  // true where a value is
  std::optional<Value> config;     // "expressions" of its configuration
  std::optional<Value> for_each;   // the expression
  // What the inventory calls it: its ID, or one made of its address.
  std::string id;
  // Texts that are marked as sensitive somewhere, and are nowhere read: a provider copies
  // values to where Terraform does not mark them (tags to tags_all).
  const std::set<std::string, std::less<>>* secrets = nullptr;
};

// The configuration of a module, whichever instances it has.
struct TerraformModule {
  std::optional<Value> config;  // its resources, outputs, ...
  std::optional<Value> call;    // the call in its parent; none: the root
};

class TerraformPlan {
 public:
  // Whether it is told to be one by its keys; a state file itself ("terraform.tfstate") is, too.
  static bool Is(const Value& root);

  // Keeps values of the document. Throws ScenarioException: a format_version of a major that
  // nobody knows yet, or a state file that `terraform show -json` has not printed.
  explicit TerraformPlan(const Value& root);

  const std::vector<std::unique_ptr<TerraformResource>>& resources() const { return resources_; }
  std::vector<const TerraformResource*> OfType(std::string_view type) const;
  // Instances of a resource in a module's instance, in the order of the file.
  std::vector<const TerraformResource*> Instances(const std::string& module,
                                                  const std::string& type,
                                                  const std::string& name) const;
  // That whose id, arn or self_link the text is; null: none.
  const TerraformResource* Identified(std::string_view text) const;

  // Addresses of the instances of a module call in a module's instance.
  std::vector<std::string> ModuleInstances(const std::string& parent,
                                           const std::string& call) const;
  // Of a module's instance; null: it has no configuration here, as in a state.
  const TerraformModule* ModuleOf(const std::string& instance) const;

  bool IsSecret(std::string_view text) const { return secrets_.contains(text); }
  bool is_errored() const { return is_errored_; }

 private:
  void CheckVersion(const Value& root) const;
  void TakeSecrets(const Value& root);
  void TakeConfig(const Value& config, std::optional<Value> call, const std::string& path);
  void TakeModule(const Value& module, const std::string& address);
  void TakeResource(const Value& at, const std::string& module);
  void Identify(TerraformResource& resource);

  std::vector<std::unique_ptr<TerraformResource>> resources_;
  std::unordered_map<std::string, std::vector<const TerraformResource*>> by_name_;
  std::unordered_map<std::string, const TerraformResource*> by_id_;
  std::unordered_map<std::string, Value> changes_;             // by address
  std::unordered_map<std::string, Value> configs_;             // by path of modules and name
  std::map<std::string, TerraformModule> modules_;             // by path, without keys
  std::map<std::string, std::vector<std::string>> instances_;  // by parent and call
  std::set<std::string, std::less<>> secrets_;
  std::map<std::string, int> ids_;  // that were made
  bool is_plan_ = false;
  bool is_errored_ = false;
};

// Attributes of a resource, or of a block inside one. Cheap to copy.
class TerraformBlock {
 public:
  enum class State : std::uint8_t { kAbsent, kKnown, kUnknown, kSensitive };

  explicit TerraformBlock(const TerraformResource& resource);

  const TerraformResource& resource() const { return *resource_; }
  // Of an attribute; one that is unknown or sensitive in part is as a whole.
  State StateOf(std::string_view name) const;
  // Those below are absent unless the attribute is known.
  std::optional<Value> Get(std::string_view name) const;
  std::optional<Found<std::string>> Text(std::string_view name) const;  // not empty
  std::vector<Found<std::string>> Texts(std::string_view name) const;
  std::optional<double> Number(std::string_view name) const;
  bool Flag(std::string_view name) const;
  // The blocks `name` inside, each with what is unknown or sensitive of it.
  std::vector<TerraformBlock> Blocks(std::string_view name) const;
  // How the configuration writes an attribute.
  std::optional<Value> Expression(std::string_view name) const;
  Origin OriginOf(std::string_view name) const;  // of the block where the attribute is not there

 private:
  TerraformBlock() = default;

  const TerraformResource* resource_ = nullptr;
  std::optional<Value> values_;
  std::optional<Value> unknown_;
  std::optional<Value> sensitive_;
  std::optional<Value> config_;
};

}  // namespace vpcmirror::sim
