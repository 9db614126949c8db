#include "sim/import/import_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "sim/import/read_terraform.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

ScenarioError ErrorOf(const std::string& file, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  return error;
}

ScenarioError ErrorAt(const Value& value, std::string message, std::string accepted) {
  const Origin origin = value.origin();
  ScenarioError error = ErrorOf(*origin.file, std::move(message), std::move(accepted));
  error.path = origin.pointer;
  error.line = origin.at.line;
  error.column = origin.at.column;
  return error;
}

ScenarioError SecondPlan(const Document& document) {
  return ErrorAt(document.root(), "this is a second plan or state of Terraform",
                 "one of them at a time: names in it are its own");
}

std::vector<std::string> FilesInFolder(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  while (!error && at != fs::recursive_directory_iterator()) {
    std::error_code unknown;
    if (at->path().extension() == ".json" && at->is_regular_file(unknown)) {
      files.push_back(at->path().string());
    }
    at.increment(error);
  }
  if (error) {
    throw ScenarioException(
        {ErrorOf(folder, fmt::format("the folder cannot be read: {}", error.message()),
                 "a folder that you may read")});
  }
  if (files.empty()) {
    throw ScenarioException({ErrorOf(folder, "no .json file is in this folder",
                                     "what the commands of vpcmirror import --print-commands "
                                     "write, as files that end in .json")});
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool IsAnswerOf(const Value& answer, const CloudApi& api) { return !KindsIn(answer, api).empty(); }

// The cloud that most of the documents are of; null: none.
const CloudApi* ApiOf(const Documents& documents) {
  const CloudApi* best = nullptr;
  std::ptrdiff_t most = 0;
  for (const CloudApi* api : CloudApis()) {
    const auto answers = std::count_if(
        documents.begin(), documents.end(),
        [&](const auto& document) { return IsAnswerOf(Unwrapped(document->root()), *api); });
    if (answers <= most) continue;
    most = answers;
    best = api;
  }
  return best;
}

std::string CallsOf(const CloudApi& api) {
  std::string calls;
  for (const AnswerKind& each : api.answers) {
    if (!each.command.empty()) calls += (calls.empty() ? "" : ", ") + std::string(each.call);
  }
  return calls;
}

class Reader {
 public:
  Reader(const CloudApi& api, bool in_folder) : api_(api), in_folder_(in_folder) {
    gathered_.inventory.provider = api.name;
  }

  Inventory Read(const Documents& documents) {
    for (const auto& document : documents) ReadOne(Unwrapped(document->root()));
    if (!errors_.empty()) throw ScenarioException(errors_);
    gathered_.CheckCounts(api_.paging);
    api_.finish(gathered_);
    return std::move(gathered_.inventory);
  }

 private:
  void ReadOne(const Value& answer) {
    const std::string error = api_.error_in(answer);
    if (!error.empty()) {
      errors_.push_back(ErrorAt(answer, fmt::format("the API answered with an error: {}", error),
                                fmt::format("the answer of a call that went well; vpcmirror import "
                                            "{} --print-commands says which permissions it needs",
                                            api_.name)));
      return;
    }
    const auto kinds = KindsIn(answer, api_);
    for (const AnswerKind* kind : kinds) ReadList(*kind, answer);
    if (kinds.empty()) Refuse(answer);
  }

  void ReadList(const AnswerKind& kind, const Value& answer) {
    const auto things = ThingsOf(kind, answer);
    for (const Value& thing : *things) {
      if (thing.is_object()) kind.read(thing, answer, gathered_);
    }
    if (!kind.list.empty()) {
      gathered_.NoteCount(kind.list, answer.Number("TotalCount"), things->size(), answer.origin());
    }
  }

  void Refuse(const Value& answer) {
    for (const CloudApi* other : CloudApis()) {
      if (other == &api_ || !IsAnswerOf(answer, *other)) continue;
      errors_.push_back(
          ErrorAt(answer,
                  fmt::format("this is what {} of {} answers, and the import is of {}",
                              KindsIn(answer, *other).front()->call, other->title, api_.title),
                  fmt::format("vpcmirror import {}, or the file left out", other->name)));
      return;
    }
    const std::string message =
        fmt::format("this is no answer of {} that an import reads", api_.title);
    const std::string accepted = "what one of these answers: " + CallsOf(api_);
    if (in_folder_) {
      gathered_.AddContradiction(message + ": it is left out", accepted, answer.origin());
    } else {
      errors_.push_back(ErrorAt(answer, message, accepted));
    }
  }

  const CloudApi& api_;
  bool in_folder_;
  Gathered gathered_;
  std::vector<ScenarioError> errors_;
};

// Answers belong together, scenarios do not. In a folder one that lies about is left out.
void RefuseScenarios(const Documents& documents) {
  for (const auto& each : documents) {
    if (!each->root().Get("hosts")) continue;
    ScenarioError error;
    error.file = each->file();
    error.message = "a scenario among what is to be imported";
    error.accepted =
        "answers of a cloud's API or a plan of Terraform; check takes one scenario at a time";
    throw ScenarioException({error});
  }
}

Inventory ReadAll(ImportedFiles& imported, bool in_folder, const CloudApi* api) {
  const Documents documents = ReadDocuments(imported.files);
  if (!in_folder) RefuseScenarios(documents);
  Documents plans;
  Documents answers;
  for (const auto& each : documents) (IsTerraform(*each) ? plans : answers).push_back(each);
  Inventory inventory;
  if (plans.empty() || !answers.empty()) inventory = InventoryOf(answers, api, in_folder);
  if (plans.empty()) {
    imported.title = FindCloudApi(inventory.provider)->title;
    return inventory;
  }
  if (plans.size() > 1) throw ScenarioException({SecondPlan(*plans[1])});
  imported.title = "Terraform";
  return InventoryOfTerraform(*plans.front(), std::move(inventory));
}

}  // namespace

std::vector<std::string> FilesIn(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code unknown;
    if (!fs::is_directory(path, unknown)) {
      files.push_back(path);
      continue;
    }
    const std::vector<std::string> inside = FilesInFolder(path);
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

Documents ReadDocuments(const std::vector<std::string>& files) {
  Documents documents;
  std::vector<ScenarioError> errors;
  for (const std::string& file : files) {
    try {
      documents.push_back(
          Document::Parse(ReadTextFile(file, kMaxImportBytes, kSmallerImport), file));
    } catch (const ScenarioException& exception) {
      errors.insert(errors.end(), exception.errors().begin(), exception.errors().end());
    }
  }
  if (!errors.empty()) throw ScenarioException(errors);
  return documents;
}

bool AreAnswers(const Documents& documents) {
  const auto has_hosts = [](const auto& document) {
    return document->root().Get("hosts").has_value();
  };
  const auto is_error = [](const auto& document) {
    const Value answer = Unwrapped(document->root());
    return std::any_of(CloudApis().begin(), CloudApis().end(),
                       [&](const CloudApi* api) { return !api->error_in(answer).empty(); });
  };
  if (std::any_of(documents.begin(), documents.end(), has_hosts)) return false;
  const auto is_plan = [](const auto& document) { return IsTerraform(*document); };
  if (std::any_of(documents.begin(), documents.end(), is_plan)) return true;
  return ApiOf(documents) != nullptr || std::any_of(documents.begin(), documents.end(), is_error);
}

Inventory InventoryOf(const Documents& documents, const CloudApi* api, bool in_folder) {
  if (api == nullptr) api = ApiOf(documents);
  if (api == nullptr) api = CloudApis().front();
  return Reader(*api, in_folder).Read(documents);
}

ImportedFiles ImportFiles(const std::vector<std::string>& paths, const CloudApi* api,
                          const std::set<std::string>& known_types) {
  ImportedFiles imported;
  imported.files = FilesIn(paths);
  // What is read is let go of before the scenario is made, which takes as much again.
  const Inventory inventory = ReadAll(imported, imported.files != paths, api);
  imported.scenario = ScenarioOf(inventory, known_types);
  return imported;
}

}  // namespace vpcmirror::sim
