// The only file that includes valijson, which is slow to compile.
#include "sim/input/schema_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
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
    pointer.append("/").append(EscapePointer(std::string_view(step).substr(1, step.size() - 2)));
  }
  return pointer;
}

bool IsAtOrBelow(std::string_view path, std::string_view ancestor) {
  return path.starts_with(ancestor) &&
         (path.size() == ancestor.size() || path[ancestor.size()] == '/');
}

}  // namespace

struct Schema::Compiled {
  valijson::Schema schema;
  // Keeps the regular expressions that it has compiled, which take longest of all; so one at a
  // time may use it.
  std::mutex mutex;
  valijson::Validator validator{valijson::Validator::kStrongTypes};
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
  valijson::ValidationResults results;
  {
    const std::lock_guard lock(compiled_->mutex);
    if (compiled_->validator.validate(compiled_->schema, NlohmannJsonAdapter(document),
                                      &results)) {
      return {};
    }
  }

  // valijson judges; but it reports a value once more for each of its ancestors,
  // leaves patternProperties at the first member that fails, and has no words for
  // a name that propertyNames refuses. So the words are found value by value, and
  // a report without words is passed on as valijson put it. Of a value under an
  // anyOf it reports what every schema there has against it, so that words for
  // one of them silence it.
  SchemaExplanation explanation = SchemaWords(json_).Explain(document);
  std::vector<Complaint>& complaints = explanation.complaints;
  std::set<std::string> reported;
  for (const Complaint& complaint : complaints) {
    for (std::string path = complaint.path;; path.erase(path.rfind('/'))) {
      if (!reported.insert(path).second || path.empty()) break;
    }
  }
  for (const auto& error : results) {
    const std::string path = PointerOf(error.context);
    const auto silences = [&](const std::string& choice) {
      return reported.count(choice) != 0 && IsAtOrBelow(path, choice);
    };
    if (std::any_of(explanation.choices.begin(), explanation.choices.end(), silences)) continue;
    if (reported.insert(path).second) complaints.push_back({path, {error.description, ""}, false});
  }
  return std::move(complaints);
}

}  // namespace vpcmirror::sim
