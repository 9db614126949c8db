// What the readers of all clouds' resources of a plan or state do alike.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/gathered.h"
#include "sim/import/terraform_plan.h"

namespace vpcmirror::sim {

class TerraformReader {
 public:
  // Keeps references to both.
  TerraformReader(const TerraformPlan& plan, Gathered& into) : plan_(plan), into_(into) {}

  const TerraformPlan& plan() const { return plan_; }
  Gathered& into() { return into_; }
  Inventory& inventory() { return into_.inventory; }

  std::vector<TerraformBlock> Blocks(std::string_view type) const;
  // Managed or read: those of which something else may be known by the same ID.
  std::vector<TerraformBlock> Blocks(std::initializer_list<std::string_view> types) const;

  // What an attribute names, as the inventory calls it: by its value, or by what its
  // expression refers to where the value will be known after apply only. A gap where that
  // cannot be told.
  std::optional<FoundText> Id(const TerraformBlock& block, std::string_view attribute);
  std::vector<FoundText> Ids(const TerraformBlock& block, std::string_view attribute);
  // The ENI that an instance comes with.
  static std::string PrimaryEni(const TerraformResource& instance);

  // A value that is known; else empty, and counted among those of `what` that are assumed.
  std::optional<FoundText> Text(const TerraformBlock& block, std::string_view attribute,
                                std::string_view what);
  // The tag "Name" or the attribute `name`; else what the configuration calls the resource.
  static std::string NameOf(const TerraformBlock& block, std::string_view attribute = "name");

  // Tells once of each `what` how many were not known.
  void Finish();

 private:
  struct Unknown {
    std::size_t count = 0;
    std::string first;  // address and attribute
    Origin origin;
  };
  std::vector<FoundText> Follow(const TerraformBlock& block, std::string_view attribute, bool one);
  FoundText Called(const FoundText& text) const;
  void Lose(const TerraformBlock& block, std::string_view attribute, const std::string& why);

  const TerraformPlan& plan_;
  Gathered& into_;
  std::map<std::string, Unknown, std::less<>> unknown_;
  std::size_t by_key_ = 0;
  Origin first_by_key_;
};

// Members of a mirror's part, where they are known.
void SetText(SourcedJson& body, std::string_view key, const std::optional<FoundText>& text);
void SetWhole(SourcedJson& body, std::string_view key, const TerraformBlock& block,
              std::string_view attribute);
// "80-90" of two numbers; empty where one is not there.
std::optional<FoundText> PortsBetween(const TerraformBlock& block, std::string_view from,
                                      std::string_view to, std::string_view dash);

// Each reads what there is of its cloud.
void ReadTerraformAws(TerraformReader& reader);
void ReadTerraformAlibaba(TerraformReader& reader);
void ReadTerraformGoogle(TerraformReader& reader);
void ReadTerraformTencent(TerraformReader& reader);
// Of them, the mirrors.
void ReadTerraformAwsMirrors(TerraformReader& reader);
void ReadTerraformAlibabaMirrors(TerraformReader& reader);

}  // namespace vpcmirror::sim
