#include "sim/input/library.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "sim/input/catalog.h"
#include "sim/input/profile_reader.h"
#include "sim/input/schema_check.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

void Append(std::vector<ScenarioError>& errors, const ScenarioException& thrown) {
  errors.insert(errors.end(), thrown.errors().begin(), thrown.errors().end());
}

void AddProfile(const fs::path& file, const Schema& schema, Library& library) {
  ProviderProfile profile = ReadProfile(ReadTextFile(file.string()), file.string(), schema);
  if (profile.name != file.stem()) {
    ScenarioError error;
    error.file = file.string();
    error.path = "/name";
    error.message = "the profile is called \"" + profile.name + "\"";
    error.accepted = "the name of its file, \"" + file.stem().string() + "\"";
    throw ScenarioException({error});
  }
  std::string name = profile.name;
  library.providers.emplace(std::move(name), std::move(profile));
}

void ReadProfiles(const fs::path& data, Library& library, std::vector<ScenarioError>& errors) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(data / "profiles", error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    ScenarioError missing;
    missing.file = (data / "profiles").string();
    missing.message = "there are no provider profiles here";
    missing.accepted =
        "--data or VPCMIRROR_DATA naming a folder with schema/, profiles/ and catalog/";
    throw ScenarioException({missing});
  }
  const auto schema = Schema::Load((data / "schema" / "profile.schema.json").string());
  for (const fs::path& file : files) {
    try {
      AddProfile(file, *schema, library);
    } catch (const ScenarioException& e) {
      Append(errors, e);
    }
  }
}

// `read` on the text of a table.
template <class Read, class Into>
void ReadTable(const fs::path& file, Read read, Into& into, std::vector<ScenarioError>& errors) {
  try {
    read(ReadTextFile(file.string()), file.string(), into, errors);
  } catch (const ScenarioException& e) {
    Append(errors, e);
  }
}

}  // namespace

Library LoadLibrary(const std::string& data_folder) {
  const fs::path data(data_folder);
  Library library;
  std::vector<ScenarioError> errors;
  ReadProfiles(data, library, errors);
  ReadTable(data / "catalog" / "tencent-cvm.csv", &ReadTencentTypes, library.instance_types,
            errors);
  ReadTable(data / "catalog" / "aws-ec2.csv", &ReadAwsTypes, library.instance_types, errors);
  ReadTable(data / "catalog" / "receivers.csv", &ReadReceivers, library.receivers, errors);
  if (!errors.empty()) throw ScenarioException(std::move(errors));
  return library;
}

}  // namespace vpcmirror::sim
