#include "sim/cli/scenario_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace vpcmirror::sim {
namespace {

using Ordered = nlohmann::ordered_json;

constexpr char kIntroduction[] = R"(# Every key of a scenario

Printed by `vpcmirror new --reference` from
[scenario.schema.json](../scenarios/schema/scenario.schema.json), which an editor completes and
checks a scenario with. What the keys are for, and how they go together, is told in
[scenario.md](scenario.md). Keys in **bold** have to be there.
)";

std::string InTable(std::string text) {
  for (std::size_t at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
    text.insert(at, "\\");
  }
  return text;
}

std::string Code(const std::string& text) { return "`" + text + "`"; }

bool IsObject(const Ordered& schema) { return schema.contains("properties"); }

// Something that has a section, and how others link to it.
struct Section {
  std::string name;  // "vpc", "workload.ports"
  const Ordered* schema;
};

std::string AnchorOf(std::string_view name) {
  std::string anchor;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return anchor;
}

class ReferencePage {
 public:
  explicit ReferencePage(const Ordered& root) : root_(root) {}

  std::string Write() {
    Queue("Top level", root_);
    std::string sections;
    std::string values;
    // What is written may be the first to name others.
    std::size_t next_section = 0;
    std::size_t next_value = 0;
    while (next_section < sections_.size() || next_value < values_.size()) {
      if (next_section < sections_.size()) {
        sections += SectionOf(sections_[next_section++]);
      } else {
        values += ValueOf(values_[next_value++]);
      }
    }
    return kIntroduction + sections + "\n# Values\n" + values;
  }

 private:
  void Queue(const std::string& name, const Ordered& schema) {
    if (known_.insert(name).second) sections_.push_back({name, &schema});
  }

  std::string Link(const std::string& name, const Ordered& schema) {
    if (IsObject(schema)) {
      Queue(name, schema);
    } else if (known_.insert(name).second) {
      values_.push_back({name, &schema});
    }
    return fmt::format("[{}](#{})", schema.value("title", name), AnchorOf(name));
  }

  // What a value of `schema` is; `name` is that of a section for it, should it need one.
  std::string KindOf(const Ordered& schema, const std::string& name) {
    if (schema.contains("$ref")) {
      const auto& ref = schema["$ref"].get_ref<const std::string&>();
      const std::string target = ref.substr(ref.rfind('/') + 1);
      const Ordered& definition = root_["definitions"][target];
      const bool is_choice = !IsObject(definition) && definition.contains("anyOf");
      return is_choice ? KindOf(definition, target) : Link(target, definition);
    }
    if (schema.contains("anyOf")) return Choice(schema, name);
    if (IsObject(schema)) return Link(name, schema);
    if (schema.contains("enum")) return Words(schema["enum"]);
    if (schema.contains("patternProperties")) {
      return "by name, " + KindOf(schema["patternProperties"].front(), name);
    }
    if (schema.contains("items")) return "list of " + KindOf(schema["items"], name);
    if (schema.contains("not")) return "not simulated";
    return Plain(schema);
  }

  std::string Choice(const Ordered& schema, const std::string& name) {
    std::string words;
    for (const Ordered& each : schema["anyOf"]) {
      words += (words.empty() ? "" : ", or ") + KindOf(each, name);
    }
    return words;
  }

  static std::string Words(const Ordered& values) {
    std::string words;
    for (const Ordered& each : values) words += (words.empty() ? "" : ", ") + Code(Shown(each));
    return words;
  }

  static std::string Shown(const Ordered& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  }

  static std::string Plain(const Ordered& schema) {
    std::string type = schema["type"].is_string() ? schema["type"].get<std::string>() : "";
    for (const Ordered& each : schema["type"].is_array() ? schema["type"] : Ordered::array()) {
      type += (type.empty() ? "" : " or ") + each.get<std::string>();
    }
    const auto bound = [&](const char* key) {
      return schema.contains(key) ? schema[key].dump() : std::string();
    };
    const std::string low = bound("minimum");
    const std::string high = bound("maximum");
    if (!low.empty() && !high.empty()) return fmt::format("{}, {} to {}", type, low, high);
    if (schema.contains("exclusiveMinimum")) {
      return fmt::format("{} over {}, up to {}", type, bound("exclusiveMinimum"), high);
    }
    if (schema.contains("maxLength")) {
      return fmt::format("{} of at most {} characters", type, bound("maxLength"));
    }
    return schema.value("title", type);
  }

  static std::string Examples(const Ordered& schema) {
    std::string shown;
    for (const Ordered& each : schema.value("examples", Ordered::array())) {
      shown += (shown.empty() ? "" : ", ") + Code(each.dump());
    }
    return shown;
  }

  std::string DescriptionOf(const Ordered& schema) const {
    if (schema.contains("description") || !schema.contains("$ref")) {
      return schema.value("description", "");
    }
    const auto& ref = schema["$ref"].get_ref<const std::string&>();
    return root_["definitions"][ref.substr(ref.rfind('/') + 1)].value("description", "");
  }

  std::string Row(const Section& section, const std::string& key, const Ordered& schema) {
    const Ordered required = section.schema->value("required", Ordered::array());
    const bool is_required = std::find(required.begin(), required.end(), key) != required.end();
    const std::string shown = is_required ? "**" + Code(key) + "**" : Code(key);
    const std::string prefix = section.name == "Top level" ? "" : section.name + ".";
    const std::string fallback = schema.contains("default") ? Code(schema["default"].dump()) : "";
    return fmt::format("| {} | {} | {} | {} | {} |\n", shown, InTable(KindOf(schema, prefix + key)),
                       InTable(DescriptionOf(schema)), InTable(fallback),
                       InTable(Examples(schema)));
  }

  std::string SectionOf(const Section section) {
    std::string text = fmt::format("\n## {}\n\n", section.name);
    const std::string title = section.schema->value("title", "");
    const std::string what = section.schema->value("description", "");
    if (section.name != "Top level" && !title.empty()) {
      text += static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
      text += title.substr(1) + ".";
      text += what.empty() ? "\n\n" : " " + what + "\n\n";
    }
    text += "| key | value | what | default | examples |\n| --- | --- | --- | --- | --- |\n";
    for (const auto& [key, schema] : (*section.schema)["properties"].items()) {
      text += Row(section, key, schema);
    }
    return text;
  }

  // Of what has no keys.
  std::string ValueOf(const Section value) {
    const Ordered& schema = *value.schema;
    const bool has_parts = schema.contains("items") || schema.contains("enum") ||
                           schema.contains("patternProperties") || !schema.contains("pattern");
    const std::string title = schema.value("title", "");
    std::string text = fmt::format("\n## {}\n\n", value.name);
    text += title.empty() ? "" : title + ". ";
    text += schema.value("description", "");
    if (has_parts) text += fmt::format(" Value: {}.", KindOf(schema, value.name));
    if (schema.contains("pattern")) text += " Pattern: " + Code(schema["pattern"]) + ".";
    if (schema.contains("examples")) text += " Examples: " + Examples(schema) + ".";
    return text + '\n';
  }

  const Ordered& root_;
  std::vector<Section> sections_;
  std::vector<Section> values_;
  std::set<std::string> known_;
};

}  // namespace

std::string ScenarioReference(std::string_view schema) {
  const Ordered root = Ordered::parse(schema, nullptr, false);
  if (!root.is_object()) throw std::invalid_argument("the schema of scenarios is no JSON object");
  return ReferencePage(root).Write();
}

}  // namespace vpcmirror::sim
