#include "sim/import/terraform_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/import/read_rules.h"
#include "sim/import/terraform_references.h"

namespace vpcmirror::sim {

std::vector<TerraformBlock> TerraformReader::Blocks(std::string_view type) const {
  return Blocks({type});
}

std::vector<TerraformBlock> TerraformReader::Blocks(
    std::initializer_list<std::string_view> types) const {
  std::vector<TerraformBlock> blocks;
  std::map<std::string, bool, std::less<>> known;  // IDs of what is managed
  for (const bool is_data : {false, true}) {
    for (const auto& each : plan_.resources()) {
      if (each->is_data != is_data) continue;
      if (std::find(types.begin(), types.end(), each->type) == types.end()) continue;
      const TerraformBlock block(*each);
      const auto id = block.Text("id");
      if (id && !known.emplace(id->value, true).second) continue;
      blocks.push_back(block);
    }
  }
  return blocks;
}

std::string TerraformReader::PrimaryEni(const TerraformResource& instance) {
  const TerraformBlock block(instance);
  for (const char* name : {"primary_network_interface_id", "network_interface_id"}) {
    if (const auto eni = block.Text(name)) return eni->value;
  }
  return instance.id + ".eni0";
}

FoundText TerraformReader::Called(const FoundText& text) const {
  const TerraformResource* resource = plan_.Identified(text.value);
  return resource == nullptr ? text : FoundText{resource->id, text.origin};
}

void TerraformReader::Lose(const TerraformBlock& block, std::string_view attribute,
                           const std::string& why) {
  into_.AddGap("known_after_apply",
               fmt::format("{} of {} {}: it is taken as not there.", attribute,
                           block.resource().address, why),
               "the state after an apply, as `terraform show -json` prints it",
               block.OriginOf(attribute));
}

std::vector<FoundText> TerraformReader::Follow(const TerraformBlock& block,
                                               std::string_view attribute, bool one) {
  const TerraformReferences references = FollowReferences(plan_, block, attribute);
  std::vector<FoundText> found;
  for (const TerraformTarget& each : references.targets) {
    const bool is_eni = each.attribute.find("network_interface_id") != std::string::npos;
    const bool is_instance = each.resource->type.ends_with("_instance");
    std::string id = is_eni && is_instance ? PrimaryEni(*each.resource) : each.resource->id;
    found.push_back({std::move(id), block.OriginOf(attribute)});
  }
  std::string lost;
  for (const std::string& each : references.lost) lost += (lost.empty() ? "" : ", ") + each;
  if (one && found.size() > 1) {
    Lose(block, attribute,
         fmt::format("will be known after apply and may be any of {} resources", found.size()));
    return {};
  }
  if (found.empty() || !lost.empty()) {
    Lose(block, attribute,
         "will be known after apply" +
             (lost.empty() ? std::string(", and its configuration names no resource of the plan")
                           : ", and refers to " + lost + ", which the plan does not explain"));
  }
  if (references.by_key && by_key_++ == 0) first_by_key_ = block.OriginOf(attribute);
  return found;
}

std::optional<FoundText> TerraformReader::Id(const TerraformBlock& block,
                                             std::string_view attribute) {
  const TerraformBlock::State state = block.StateOf(attribute);
  if (state == TerraformBlock::State::kKnown) {
    const auto text = block.Text(attribute);
    return text ? std::optional(Called(*text)) : std::nullopt;
  }
  if (state == TerraformBlock::State::kAbsent) return std::nullopt;
  // Computed by the provider where nobody writes it: that is no gap of the configuration.
  if (state == TerraformBlock::State::kUnknown && !block.Expression(attribute)) {
    return std::nullopt;
  }
  std::vector<FoundText> found = Follow(block, attribute, true);
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<FoundText> TerraformReader::Ids(const TerraformBlock& block,
                                            std::string_view attribute) {
  const TerraformBlock::State state = block.StateOf(attribute);
  if (state == TerraformBlock::State::kKnown) {
    std::vector<FoundText> ids;
    for (const FoundText& each : block.Texts(attribute)) ids.push_back(Called(each));
    return ids;
  }
  if (state == TerraformBlock::State::kAbsent || !block.Expression(attribute)) return {};
  return Follow(block, attribute, false);
}

std::optional<FoundText> TerraformReader::Text(const TerraformBlock& block,
                                               std::string_view attribute, std::string_view what) {
  if (auto text = block.Text(attribute)) return text;
  if (block.StateOf(attribute) == TerraformBlock::State::kAbsent) return std::nullopt;
  Unknown& unknown = unknown_[std::string(what)];
  if (unknown.count++ == 0) {
    unknown.first = fmt::format("{} of {}", attribute, block.resource().address);
    unknown.origin = block.OriginOf(attribute);
  }
  return std::nullopt;
}

std::string TerraformReader::NameOf(const TerraformBlock& block, std::string_view attribute) {
  if (const auto name = block.Text(attribute)) return name->value;
  const auto tags = block.Get("tags");
  const auto tag = tags ? tags->FoundText("Name") : std::nullopt;
  if (tag && !tag->value.empty()) return tag->value;
  const TerraformResource& resource = block.resource();
  return resource.key ? resource.name + "-" + *resource.key : resource.name;
}

void TerraformReader::Finish() {
  for (const auto& [what, unknown] : unknown_) {
    into_.AddGap("known_after_apply",
                 fmt::format("{} will be known after apply, or are sensitive, of {} resource{} "
                             "({}{}): they are assumed as for a scenario that leaves them out.",
                             what, unknown.count, unknown.count == 1 ? "" : "s",
                             unknown.count == 1 ? "" : "the first is ", unknown.first),
                 "the state after an apply, as `terraform show -json` prints it", unknown.origin);
  }
  if (by_key_ > 0) {
    into_.AddGap("same_index",
                 fmt::format("{} reference{} by count.index or each.key {} taken to mean the "
                             "instance of the same index: a plan does not tell what the "
                             "expression makes of it.",
                             by_key_, by_key_ == 1 ? "" : "s", by_key_ == 1 ? "is" : "are"),
                 "the state after an apply, as `terraform show -json` prints it", first_by_key_);
  }
}

void SetText(SourcedJson& body, std::string_view key, const std::optional<FoundText>& text) {
  if (text) body.Set(key, SourcedJson::Text(*text));
}

void SetWhole(SourcedJson& body, std::string_view key, const TerraformBlock& block,
              std::string_view attribute) {
  const auto number = WholeOf(block.Number(attribute));
  if (number) body.Set(key, SourcedJson::Number(*number, block.OriginOf(attribute)));
}

std::optional<FoundText> PortsBetween(const TerraformBlock& block, std::string_view from,
                                      std::string_view to, std::string_view dash) {
  const auto first = WholeOf(block.Number(from));
  const auto last = WholeOf(block.Number(to));
  if (!first || !last) return std::nullopt;
  return FoundText{fmt::format("{}{}{}", *first, dash, *last), block.OriginOf(from)};
}

}  // namespace vpcmirror::sim
