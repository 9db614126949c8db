#include "sim/input/library.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/input/catalog.h"
#include "sim/input/costs_reader.h"
#include "sim/input/profile_reader.h"
#include "sim/input/schema_check.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

void Append(std::vector<ScenarioError>& errors, const ScenarioException& thrown) {
  errors.insert(errors.end(), thrown.errors().begin(), thrown.errors().end());
}

// A kind of file that ships as JSON: where it lies and what one of it is called.
struct JsonKind {
  const char* folder;  // of `data`
  const char* schema;
  const char* one;   // "profile"
  const char* some;  // "provider profiles"
};
constexpr JsonKind kProfiles = {"profiles", "profile.schema.json", "profile", "provider profiles"};
constexpr JsonKind kCosts = {"costs", "costs.schema.json", "table", "tables of CPU costs"};

template <class T, class Read>
void AddOne(const fs::path& file, const JsonKind& kind, const Schema& schema, Read read,
            std::map<std::string, T>& into) {
  T entry = read(ReadTextFile(file.string()), file.string(), schema);
  if (entry.name != file.stem()) {
    ScenarioError error;
    error.file = file.string();
    error.path = "/name";
    error.message = std::string("the ") + kind.one + " is called \"" + entry.name + "\"";
    error.accepted = "the name of its file, \"" + file.stem().string() + "\"";
    throw ScenarioException({error});
  }
  std::string name = entry.name;
  into.emplace(std::move(name), std::move(entry));
}

template <class T, class Read>
void ReadFolder(const fs::path& data, const JsonKind& kind, Read read,
                std::map<std::string, T>& into, std::vector<ScenarioError>& errors) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data / kind.folder, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    ScenarioError missing;
    missing.file = (data / kind.folder).string();
    missing.message = std::string("there are no ") + kind.some + " here";
    missing.accepted =
        "--data or VPCMIRROR_DATA naming a folder with schema/, profiles/, costs/ and catalog/";
    throw ScenarioException({missing});
  }
  const auto schema = Schema::Load((data / "schema" / kind.schema).string());
  for (const fs::path& file : files) {
    try {
      AddOne(file, kind, *schema, read, into);
    } catch (const ScenarioException& e) {
      Append(errors, e);
    }
  }
}

void AddCatalog(const fs::path& data, Library& library, std::vector<ScenarioError>& errors) {
  Catalog catalog = ReadCatalog(data.string());
  errors.insert(errors.end(), catalog.errors.begin(), catalog.errors.end());
  for (CatalogType& each : catalog.types) {
    std::string name = each.type.name;
    library.instance_types.emplace(std::move(name), std::move(each.type));
  }
  for (CatalogReceiver& each : catalog.receivers) {
    std::string name = each.profile.name;
    library.receivers.emplace(std::move(name), std::move(each.profile));
  }
}

}  // namespace

Library LoadLibrary(const std::string& data_folder) {
  const fs::path data(data_folder);
  Library library;
  std::vector<ScenarioError> errors;
  ReadFolder(data, kProfiles, &ReadProfile, library.providers, errors);
  ReadFolder(data, kCosts, &ReadCostTable, library.costs, errors);
  AddCatalog(data, library, errors);
  if (!errors.empty()) throw ScenarioException(std::move(errors));
  return library;
}

}  // namespace vpcmirror::sim
