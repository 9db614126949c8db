#include "sim/import/terraform_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "models/scenario/error.h"

namespace vpcmirror::sim {
namespace {

bool IsTrue(const Value& value) {
  return value.kind() == JsonKind::kFlag && value.scalar() == "true";
}

// Of marks such as {"a": true, "b": [{"c": true}]}.
bool HasTrue(const Value& marks) {
  if (IsTrue(marks)) return true;
  const std::vector<Value> inside = marks.is_list() ? marks.Items() : marks.Members();
  return std::any_of(inside.begin(), inside.end(), &HasTrue);
}

// Shorter ones say too little of where they came from: "tcp", "true".
constexpr std::size_t kShortestSecret = 5;

void TakeTexts(const Value& value, std::set<std::string, std::less<>>& texts) {
  if (value.kind() == JsonKind::kText && value.scalar().size() >= kShortestSecret) {
    texts.emplace(value.scalar());
  }
  for (const Value& each : value.is_list() ? value.Items() : value.Members()) {
    TakeTexts(each, texts);
  }
}

// What of `value` its marks say is sensitive.
void TakeMarked(const Value& value, const Value& marks, std::set<std::string, std::less<>>& texts) {
  if (IsTrue(marks)) return TakeTexts(value, texts);
  if (value.is_list()) {
    const std::vector<Value> items = value.Items();
    const std::vector<Value> own = marks.Items();
    for (std::size_t i = 0; i < std::min(items.size(), own.size()); ++i) {
      TakeMarked(items[i], own[i], texts);
    }
    return;
  }
  for (const Value& mark : marks.Members()) {
    if (const auto inside = value.Get(mark.key())) TakeMarked(*inside, mark, texts);
  }
}

bool HasSecret(const Value& value, const std::set<std::string, std::less<>>& secrets) {
  if (value.kind() == JsonKind::kText) return secrets.contains(value.scalar());
  const std::vector<Value> inside = value.is_list() ? value.Items() : value.Members();
  return std::any_of(inside.begin(), inside.end(),
                     [&](const Value& each) { return HasSecret(each, secrets); });
}

// The key behind a '[' at `at`, which is moved behind the ']'; empty where there is none.
std::optional<std::string> TakeKey(std::string_view text, std::size_t& at) {
  std::string key;
  bool is_quoted = false;
  for (++at; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && is_quoted && at + 1 < text.size()) {
      key += text[++at];
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == ']' && !is_quoted) {
      ++at;
      return key;
    } else {
      key += c;
    }
  }
  return std::nullopt;
}

// Characters that a scenario's IDs have; `[0]` and `["a"]` become `.0` and `.a`.
std::string IdOf(std::string_view address) {
  std::string id;
  for (const char c : address) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
    if (is_plain) id += c;
    if (!is_plain && c != '"' && c != ']') id += c == '[' ? '.' : '_';
  }
  return id;
}

// "net.sub" of "module.net["a"].module.sub".
std::string PathOf(const std::string& instance) {
  std::string path;
  const std::vector<TerraformStep> steps = TerraformSteps(instance);
  for (std::size_t i = 1; i < steps.size(); i += 2) {
    path += (path.empty() ? "" : ".") + steps[i].name;
  }
  return path;
}

std::string NameIn(const std::string& module, const std::string& type, const std::string& name) {
  return module + "/" + type + "." + name;
}

}  // namespace

void RefuseTerraform(const Value& at, std::string message, std::string accepted) {
  const Origin origin = at.origin();
  ScenarioError error;
  error.file = origin.is_known() ? *origin.file : "";
  error.path = origin.pointer;
  error.line = origin.at.line;
  error.column = origin.at.column;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

std::vector<TerraformStep> TerraformSteps(std::string_view address) {
  std::vector<TerraformStep> steps;
  std::size_t at = 0;
  while (at < address.size()) {
    TerraformStep step;
    while (at < address.size() && address[at] != '.' && address[at] != '[') {
      step.name += address[at++];
    }
    if (at < address.size() && address[at] == '[') {
      step.key = TakeKey(address, at);
      if (!step.key) return {};
    }
    steps.push_back(std::move(step));
    if (at < address.size() && address[at] == '.') ++at;
  }
  return steps;
}

bool TerraformPlan::Is(const Value& root) {
  if (!root.is_object()) return false;
  if (root.Get("lineage") && root.Get("terraform_version")) return true;
  const bool has_values = root.Get("planned_values") || root.Get("values");
  return root.Get("format_version") &&
         (has_values || root.Get("resource_changes") || root.Get("terraform_version"));
}

void TerraformPlan::CheckVersion(const Value& root) const {
  constexpr const char* kShow =
      "what `terraform show -json PLAN` prints, of format_version 0.x or 1.x";
  const auto version = root.Get("format_version");
  if (!version) {
    RefuseTerraform(
        root, "this is a state file as Terraform stores it, which no other program is to read",
        kShow);
  }
  const std::string_view text = version->scalar();
  const std::string_view major = text.substr(0, text.find('.'));
  if (major == "0" || major == "1") return;
  RefuseTerraform(*version, fmt::format("format_version \"{}\" is not known to this version", text),
                  kShow);
}

TerraformPlan::TerraformPlan(const Value& root) {
  CheckVersion(root);
  is_errored_ = root.Flag("errored");
  TakeSecrets(root);
  if (const auto config = root.At({"configuration", "root_module"})) {
    TakeConfig(*config, std::nullopt, "");
  }
  for (const Value& change : root.ItemsOf("resource_changes")) {
    if (change.Get("deposed")) continue;  // what is about to go
    if (const auto body = change.Get("change")) {
      changes_.emplace(std::string(change.Text("address")), *body);
    }
  }
  is_plan_ = root.Get("planned_values").has_value();
  if (const auto module = root.At({"planned_values", "root_module"})) TakeModule(*module, "");
  if (const auto module = root.At({"values", "root_module"})) TakeModule(*module, "");
  // What was read while planning stands here alone.
  if (const auto module = root.At({"prior_state", "values", "root_module"})) {
    TakeModule(*module, "");
  }
  for (const auto& each : resources_) Identify(*each);  // by what is known not to be a secret
}

// Those of variables and outputs, and of what changes; those of each resource, in passing.
void TerraformPlan::TakeSecrets(const Value& root) {
  const auto variables = root.Get("variables");
  const auto declared = root.At({"configuration", "root_module", "variables"});
  for (const Value& each : declared ? declared->Members() : std::vector<Value>()) {
    const auto variable = variables ? variables->Get(each.key()) : std::nullopt;
    if (variable && each.Flag("sensitive")) TakeTexts(*variable, secrets_);
  }
  for (const char* values : {"planned_values", "values"}) {
    const auto outputs = root.At({values, "outputs"});
    for (const Value& each : outputs ? outputs->Members() : std::vector<Value>()) {
      const auto value = each.Get("value");
      if (value && each.Flag("sensitive")) TakeTexts(*value, secrets_);
    }
  }
  for (const Value& change : root.ItemsOf("resource_changes")) {
    const auto body = change.Get("change");
    for (const auto& [value, marks] :
         {std::pair("before", "before_sensitive"), std::pair("after", "after_sensitive")}) {
      const auto has = body ? body->Get(value) : std::nullopt;
      const auto sensitive = body ? body->Get(marks) : std::nullopt;
      if (has && sensitive) TakeMarked(*has, *sensitive, secrets_);
    }
  }
}

void TerraformPlan::TakeConfig(const Value& config, std::optional<Value> call,
                               const std::string& path) {
  modules_[path] = {config, call};
  for (const Value& each : config.ItemsOf("resources")) {
    const std::string mode = each.Text("mode") == "data" ? "data." : "";
    configs_.emplace(
        NameIn(path, mode + std::string(each.Text("type")), std::string(each.Text("name"))), each);
  }
  const auto calls = config.Get("module_calls");
  if (!calls) return;
  for (const Value& each : calls->Members()) {
    const auto module = each.Get("module");
    const std::string inside = path + (path.empty() ? "" : ".") + std::string(each.key());
    if (module) TakeConfig(*module, each, inside);
  }
}

void TerraformPlan::TakeModule(const Value& module, const std::string& address) {
  for (const Value& each : module.ItemsOf("resources")) TakeResource(each, address);
  for (const Value& each : module.ItemsOf("child_modules")) {
    const std::string inside(each.Text("address"));
    const std::vector<TerraformStep> steps = TerraformSteps(inside);
    if (!steps.empty()) {
      auto& known = instances_[address + "/" + steps.back().name];
      if (std::find(known.begin(), known.end(), inside) == known.end()) known.push_back(inside);
    }
    TakeModule(each, inside);
  }
}

void TerraformPlan::TakeResource(const Value& at, const std::string& module) {
  auto resource = std::make_unique<TerraformResource>();
  resource->address = at.Text("address");
  resource->type = at.Text("type");
  resource->name = at.Text("name");
  resource->module = module;
  resource->is_data = at.Text("mode") == "data";
  resource->origin = at.origin();
  if (const auto index = at.Get("index")) resource->key = std::string(index->scalar());
  auto& namesakes =
      by_name_[NameIn(module, (resource->is_data ? "data." : "") + resource->type, resource->name)];
  const bool is_known = std::any_of(namesakes.begin(), namesakes.end(), [&](const auto* each) {
    return each->address == resource->address;
  });
  // The prior state tells the past of what is managed.
  if (is_known || (is_plan_ && !resource->is_data && at.Pointer().starts_with("/prior_state"))) {
    return;
  }
  resource->values = at.Get("values");
  resource->sensitive = at.Get("sensitive_values");
  resource->secrets = &secrets_;
  if (resource->values && resource->sensitive) {
    TakeMarked(*resource->values, *resource->sensitive, secrets_);
  }
  const auto change = changes_.find(resource->address);
  if (change != changes_.end()) {
    resource->unknown = change->second.Get("after_unknown");
    if (const auto marks = change->second.Get("after_sensitive")) resource->sensitive = marks;
  }
  const auto config = configs_.find(
      NameIn(PathOf(module), (resource->is_data ? "data." : "") + resource->type, resource->name));
  if (config != configs_.end()) {
    resource->config = config->second.Get("expressions");
    resource->for_each = config->second.Get("for_each_expression");
  }
  namesakes.push_back(resource.get());
  resources_.push_back(std::move(resource));
}

void TerraformPlan::Identify(TerraformResource& resource) {
  const TerraformBlock block(resource);
  constexpr std::size_t kLongest = 58;  // of the 64 that a scenario's ID has
  const auto id = block.Text("id");
  const bool is_plain = id && id->value.size() <= kLongest && IdOf(id->value) == id->value;
  std::string made = is_plain ? id->value : IdOf(resource.address);
  if (made.size() > kLongest) made = made.substr(made.size() - kLongest);
  const int times = ids_[made]++;
  resource.id = times == 0 ? made : fmt::format("{}_{}", made, times);
  for (const char* name : {"id", "arn", "self_link"}) {
    if (const auto text = block.Text(name)) by_id_.emplace(text->value, &resource);
  }
}

std::vector<const TerraformResource*> TerraformPlan::OfType(std::string_view type) const {
  std::vector<const TerraformResource*> found;
  for (const auto& each : resources_) {
    if (each->type == type) found.push_back(each.get());
  }
  return found;
}

std::vector<const TerraformResource*> TerraformPlan::Instances(const std::string& module,
                                                               const std::string& type,
                                                               const std::string& name) const {
  const auto found = by_name_.find(NameIn(module, type, name));
  return found == by_name_.end() ? std::vector<const TerraformResource*>() : found->second;
}

const TerraformResource* TerraformPlan::Identified(std::string_view text) const {
  const auto found = by_id_.find(std::string(text));
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<std::string> TerraformPlan::ModuleInstances(const std::string& parent,
                                                        const std::string& call) const {
  const auto found = instances_.find(parent + "/" + call);
  return found == instances_.end() ? std::vector<std::string>() : found->second;
}

const TerraformModule* TerraformPlan::ModuleOf(const std::string& instance) const {
  const auto found = modules_.find(PathOf(instance));
  return found == modules_.end() ? nullptr : &found->second;
}

TerraformBlock::TerraformBlock(const TerraformResource& resource)
    : resource_(&resource),
      values_(resource.values),
      unknown_(resource.unknown),
      sensitive_(resource.sensitive),
      config_(resource.config) {}

TerraformBlock::State TerraformBlock::StateOf(std::string_view name) const {
  const auto is_marked = [&](const std::optional<Value>& marks) {
    if (!marks) return false;
    if (IsTrue(*marks)) return true;
    const auto mark = marks->Get(name);
    return mark && HasTrue(*mark);
  };
  if (is_marked(sensitive_)) return State::kSensitive;
  if (is_marked(unknown_)) return State::kUnknown;
  const auto value = values_ ? values_->Get(name) : std::nullopt;
  if (!value) return State::kAbsent;
  return HasSecret(*value, *resource_->secrets) ? State::kSensitive : State::kKnown;
}

std::optional<Value> TerraformBlock::Get(std::string_view name) const {
  return StateOf(name) == State::kKnown ? values_->Get(name) : std::nullopt;
}

std::optional<Found<std::string>> TerraformBlock::Text(std::string_view name) const {
  const auto value = Get(name);
  if (!value || value->is_list() || value->is_object() || value->scalar().empty()) {
    return std::nullopt;
  }
  return value->found();
}

std::vector<Found<std::string>> TerraformBlock::Texts(std::string_view name) const {
  std::vector<Found<std::string>> texts;
  const auto list = Get(name);
  if (!list) return texts;
  for (const Value& each : list->Items()) {
    if (each.kind() == JsonKind::kText && !each.scalar().empty()) texts.push_back(each.found());
  }
  return texts;
}

std::optional<double> TerraformBlock::Number(std::string_view name) const {
  return Get(name) ? values_->Number(name) : std::nullopt;
}

bool TerraformBlock::Flag(std::string_view name) const {
  const auto value = Get(name);
  return value && IsTrue(*value);
}

std::vector<TerraformBlock> TerraformBlock::Blocks(std::string_view name) const {
  std::vector<TerraformBlock> blocks;
  const auto list = values_ ? values_->Get(name) : std::nullopt;
  if (!list) return blocks;
  const std::vector<Value> items = list->is_list() ? list->Items() : std::vector<Value>{*list};
  const auto marks = [&](const std::optional<Value>& of) {
    const auto inside = of ? of->Get(name) : std::nullopt;
    return inside && inside->is_list() ? inside->Items() : std::vector<Value>();
  };
  const std::vector<Value> unknown = marks(unknown_);
  const std::vector<Value> sensitive = marks(sensitive_);
  const std::vector<Value> config = marks(config_);
  const auto whole = [&](const std::optional<Value>& of) {
    const auto mark = of ? of->Get(name) : std::nullopt;
    return mark && IsTrue(*mark) ? mark : std::nullopt;
  };
  for (std::size_t i = 0; i < items.size(); ++i) {
    TerraformBlock block;
    block.resource_ = resource_;
    block.values_ = items[i];
    block.unknown_ = i < unknown.size() ? std::optional(unknown[i]) : whole(unknown_);
    block.sensitive_ = i < sensitive.size() ? std::optional(sensitive[i]) : whole(sensitive_);
    // Where a set was sorted or a block repeated, which is which cannot be told.
    if (config.size() == items.size()) block.config_ = config[i];
    if (config.size() == 1) block.config_ = config[0];
    blocks.push_back(std::move(block));
  }
  return blocks;
}

std::optional<Value> TerraformBlock::Expression(std::string_view name) const {
  return config_ ? config_->Get(name) : std::nullopt;
}

Origin TerraformBlock::OriginOf(std::string_view name) const {
  const auto value = values_ ? values_->Get(name) : std::nullopt;
  if (value) return value->origin();
  return values_ ? values_->origin() : resource_->origin;
}

}  // namespace vpcmirror::sim
