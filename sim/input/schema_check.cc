// The only file that includes valijson, which is slow to compile.
#include "sim/input/schema_check.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "sim/input/schema_words.h"

namespace vpcmirror::sim {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

// valijson writes a path as {"<root>", "[hosts]", "[web]"}.
std::string PointerOf(const std::vector<std::string>& context) {
  std::string pointer;
  for (std::size_t i = 1; i < context.size(); ++i) {
    const std::string& step = context[i];
    pointer += "/" + EscapePointer(std::string_view(step).substr(1, step.size() - 2));
  }
  return pointer;
}

bool IsInside(const std::string& inner, const std::string& outer) {
  return inner.size() > outer.size() && inner.compare(0, outer.size(), outer) == 0 &&
         inner[outer.size()] == '/';
}

}  // namespace

struct Schema::Compiled {
  valijson::Schema schema;
};

Schema::Schema(nlohmann::json schema) : json_(std::move(schema)) {
  auto compiled = std::make_unique<Compiled>();
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(NlohmannJsonAdapter(json_), compiled->schema);
  compiled_ = std::move(compiled);
}

Schema::~Schema() = default;

std::shared_ptr<const Schema> Schema::Load(const std::string& file) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const Schema>> loaded;
  const std::lock_guard lock(mutex);
  std::shared_ptr<const Schema>& schema = loaded[file];
  if (schema != nullptr) return schema;
  nlohmann::json json = ReadJsonFile(file).root;
  try {
    schema = std::make_shared<const Schema>(std::move(json));
  } catch (const std::exception& e) {
    ScenarioError error;
    error.file = file;
    error.message = fmt::format("this is not a JSON Schema: {}", e.what());
    throw ScenarioException({error});
  }
  return schema;
}

std::vector<Complaint> Schema::Check(const nlohmann::json& document) const {
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  if (validator.validate(compiled_->schema, NlohmannJsonAdapter(document), &results)) return {};

  // valijson reports a value once more for each of its ancestors; the words are
  // found for each value by itself, and an ancestor has nothing to say.
  std::map<std::string, std::string> reported;
  for (const auto& error : results) reported.emplace(PointerOf(error.context), error.description);
  const SchemaWords words(json_);
  std::vector<Complaint> complaints;
  for (auto report = reported.begin(); report != reported.end(); ++report) {
    std::vector<Complaint> found = words.Explain(document, report->first);
    // Its descendants follow an ancestor in the map, though not at once.
    const auto inner = reported.lower_bound(report->first + "/");
    const bool has_inner = inner != reported.end() && IsInside(inner->first, report->first);
    if (found.empty() && !has_inner) {
      found.push_back({report->first, {report->second, ""}, false});
    }
    complaints.insert(complaints.end(), found.begin(), found.end());
  }
  return complaints;
}

}  // namespace vpcmirror::sim
