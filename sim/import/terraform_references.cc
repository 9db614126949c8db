#include "sim/import/terraform_references.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace vpcmirror::sim {
namespace {

// Where an expression stands: names in it are those of a module's instance, and count.index
// and each.key are the key of whoever has it.
struct Place {
  std::string module;
  std::optional<std::string> key;
  std::optional<Value> for_each;  // the expression, where it has one
};

// Variables and outputs that follow one another, and expressions looked at for one attribute;
// a plan's own are far from both, and a file may go round in circles.
constexpr int kDeepest = 64;
constexpr int kMostExpressions = 10'000;

bool IsPartOf(std::string_view shorter, std::string_view longer) {
  return longer.size() > shorter.size() && longer.starts_with(shorter) &&
         (longer[shorter.size()] == '.' || longer[shorter.size()] == '[');
}

// Terraform lists `a.b.id`, and `a.b` beside it: those that are no part of another.
std::vector<std::string_view> WholeReferences(const Value& expression) {
  std::vector<std::string_view> all;
  for (const Value& each : expression.ItemsOf("references")) all.push_back(each.scalar());
  std::vector<std::string_view> whole;
  for (const std::string_view each : all) {
    const bool is_part = std::any_of(all.begin(), all.end(),
                                     [&](std::string_view other) { return IsPartOf(each, other); });
    if (!is_part) whole.push_back(each);
  }
  return whole;
}

// The address of the module around an instance of one, and what the instance is there.
struct Parent {
  std::string module;
  TerraformStep call;
};

Parent ParentOf(const std::string& module) {
  const std::vector<TerraformStep> steps = TerraformSteps(module);
  if (steps.empty()) return {};
  // Where each step begins; keys may have dots in them.
  std::vector<std::size_t> starts = {0};
  bool is_quoted = false;
  for (std::size_t i = 0; i < module.size(); ++i) {
    if (module[i] == '\\' && is_quoted) {
      ++i;
    } else if (module[i] == '"') {
      is_quoted = !is_quoted;
    } else if (module[i] == '.' && !is_quoted) {
      starts.push_back(i + 1);
    }
  }
  // The last two steps are "module" and the call.
  const std::size_t behind = starts.size() > 2 ? starts[starts.size() - 2] - 1 : 0;
  return {module.substr(0, behind), steps.back()};
}

class Follower {
 public:
  Follower(const TerraformPlan& plan, TerraformReferences& found) : plan_(plan), found_(found) {}

  void Follow(const Value& expression, const Place& place, int depth) {
    std::vector<TerraformTarget> targets = TargetsOf(expression, place, depth);
    for (TerraformTarget& each : targets) {
      const bool is_new =
          std::none_of(found_.targets.begin(), found_.targets.end(), [&](const auto& known) {
            return known.resource == each.resource && known.attribute == each.attribute;
          });
      if (is_new) found_.targets.push_back(std::move(each));
    }
  }

 private:
  using Targets = std::vector<TerraformTarget>;

  Targets TargetsOf(const Value& expression, const Place& place, int depth) {
    Targets all;
    if (depth > kDeepest || ++expressions_ > kMostExpressions) return all;
    const std::vector<std::string_view> references = WholeReferences(expression);
    const bool has_key =
        std::any_of(references.begin(), references.end(), [](std::string_view each) {
          return each == "count.index" || each == "each.key" || each.starts_with("each.value");
        });
    for (const std::string_view each : references) {
      Targets targets = Of(each, place, has_key, depth);
      std::move(targets.begin(), targets.end(), std::back_inserter(all));
    }
    return all;
  }

  Targets Of(std::string_view reference, const Place& place, bool has_key, int depth) {
    const std::vector<TerraformStep> steps = TerraformSteps(reference);
    if (steps.empty()) return {};
    const std::string& first = steps[0].name;
    if (first == "count" || first == "path" || first == "terraform" || first == "self") return {};
    if (first == "each") return OfEach(steps, place, depth);
    if (first == "var") return OfVariable(reference, steps, place, has_key, depth);
    if (first == "module") return OfOutput(reference, steps, place, has_key, depth);
    if (first == "local" || steps.size() < 2) return Lose(reference);
    return OfResource(reference, steps, place, has_key);
  }

  Targets Lose(std::string_view reference) {
    found_.lost.emplace_back(reference);
    return {};
  }

  // Where several instances are meant and the expression has a key, the one of that key.
  Targets Select(Targets targets, const Place& place, bool has_key) {
    if (!has_key || !place.key || targets.size() < 2) return targets;
    Targets selected;
    for (const TerraformTarget& each : targets) {
      if (each.resource->key == place.key) selected.push_back(each);
    }
    if (selected.size() != 1) return targets;
    found_.by_key = true;
    return selected;
  }

  // By `[2]` behind a list, or by `["a"]` behind a map.
  static Targets At(Targets targets, const std::optional<std::string>& key) {
    if (!key || targets.empty()) return targets;
    for (const TerraformTarget& each : targets) {
      if (each.resource->key == key) return {each};
    }
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(key->data(), key->data() + key->size(), number);
    const bool is_number = error == std::errc() && end == key->data() + key->size();
    if (is_number && number < targets.size()) return {targets[number]};
    return targets;
  }

  Targets OfEach(const std::vector<TerraformStep>& steps, const Place& place, int depth) {
    if (steps.size() < 2 || steps[1].name != "value" || !place.for_each) return {};
    const Place without{place.module, place.key, std::nullopt};
    Targets targets = TargetsOf(*place.for_each, without, depth + 1);
    if (steps.size() > 2) {
      for (TerraformTarget& each : targets) each.attribute = steps.back().name;
    }
    return Select(std::move(targets), place, true);
  }

  Targets OfVariable(std::string_view reference, const std::vector<TerraformStep>& steps,
                     const Place& place, bool has_key, int depth) {
    if (place.module.empty() || steps.size() < 2) return {};  // the user's own, and known
    const TerraformModule* module = plan_.ModuleOf(place.module);
    const auto expression = module != nullptr && module->call
                                ? module->call->At({"expressions", steps[1].name})
                                : std::nullopt;
    if (!expression) return {};  // left out: its default, which is known
    const Parent parent = ParentOf(place.module);
    const Place outside{parent.module, parent.call.key, module->call->Get("for_each_expression")};
    if (!expression->Get("references") && !expression->Get("constant_value")) {
      return Lose(reference);
    }
    Targets targets = At(TargetsOf(*expression, outside, depth + 1), steps[1].key);
    return Select(std::move(targets), place, has_key);
  }

  Targets OfOutput(std::string_view reference, const std::vector<TerraformStep>& steps,
                   const Place& place, bool has_key, int depth) {
    if (steps.size() < 3) return Lose(reference);
    const std::string prefix = place.module.empty() ? "" : place.module + ".";
    Targets all;
    std::vector<std::string> instances = plan_.ModuleInstances(place.module, steps[1].name);
    const auto key_of = [](const std::string& instance) { return ParentOf(instance).call.key; };
    const std::optional<std::string> wanted =
        steps[1].key ? steps[1].key : (has_key ? place.key : std::nullopt);
    const bool is_there =
        wanted && std::any_of(instances.begin(), instances.end(),
                              [&](const std::string& each) { return key_of(each) == wanted; });
    for (const std::string& instance : instances) {
      if (is_there && key_of(instance) != wanted) continue;
      const TerraformModule* module = plan_.ModuleOf(instance);
      const auto expression = module != nullptr && module->config
                                  ? module->config->At({"outputs", steps[2].name, "expression"})
                                  : std::nullopt;
      if (!expression) return Lose(reference);
      Targets targets = TargetsOf(*expression, {instance, std::nullopt, std::nullopt}, depth + 1);
      std::move(targets.begin(), targets.end(), std::back_inserter(all));
    }
    if (all.empty()) return Lose(reference);
    return Select(At(std::move(all), steps[2].key), place, has_key);
  }

  Targets OfResource(std::string_view reference, const std::vector<TerraformStep>& steps,
                     const Place& place, bool has_key) {
    const bool is_data = steps[0].name == "data";
    const std::size_t at = is_data ? 1 : 0;
    if (steps.size() < at + 2) return Lose(reference);
    const std::string type = (is_data ? "data." : "") + steps[at].name;
    const TerraformStep& name = steps[at + 1];
    const std::string attribute = steps.size() > at + 2 ? steps.back().name : "";
    const std::vector<const TerraformResource*> instances =
        plan_.Instances(place.module, type, name.name);
    // One of thousands, for each of thousands: not all of them are copied.
    if (!name.key && has_key && place.key && instances.size() > 1) {
      for (const TerraformResource* each : instances) {
        if (each->key != place.key) continue;
        found_.by_key = true;
        return {{each, attribute}};
      }
    }
    Targets all;
    for (const TerraformResource* each : instances) {
      if (!name.key || each->key == name.key) all.push_back({each, attribute});
    }
    if (all.empty()) return Lose(reference);
    return all;
  }

  const TerraformPlan& plan_;
  TerraformReferences& found_;
  int expressions_ = 0;
};

}  // namespace

TerraformReferences FollowReferences(const TerraformPlan& plan, const TerraformBlock& block,
                                     std::string_view attribute) {
  TerraformReferences found;
  const auto expression = block.Expression(attribute);
  if (!expression) return found;
  const TerraformResource& resource = block.resource();
  Follower(plan, found).Follow(*expression, {resource.module, resource.key, resource.for_each}, 0);
  return found;
}

}  // namespace vpcmirror::sim
