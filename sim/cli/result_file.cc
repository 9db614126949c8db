#include "sim/cli/result_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <tuple>

#include "analysis/report/result_reader.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/result_folder.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

constexpr char kResultsFolder[] = "out";

std::string ResultIn(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return path;
  const std::string result = (fs::path(path) / kResultFile).string();
  return fs::is_regular_file(result, error) ? result : path;
}

bool IsOtherOutput(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return SchemaOf(stream).value_or("").starts_with("vpcmirror.");
}

// What stands for a folder without a result; empty: nothing does.
std::optional<std::string> DocumentIn(const std::string& folder) {
  std::optional<std::string> output;
  std::error_code listing;
  const fs::directory_iterator end;
  for (fs::directory_iterator at(folder, listing); !listing && at != end; at.increment(listing)) {
    std::error_code error;
    if (at->is_directory(error)) return folder;  // answers may be below
    if (at->path().extension() != ".json" || !at->is_regular_file(error)) continue;
    if (!IsOtherOutput(at->path())) return folder;
    output = std::min(output.value_or(at->path().string()), at->path().string());
  }
  return output;
}

DocumentKind KindOf(const std::string& schema) {
  if (schema.starts_with("vpcmirror.result/")) return DocumentKind::kResult;
  return schema.starts_with("vpcmirror.") ? DocumentKind::kOtherOutput : DocumentKind::kUnknown;
}

}  // namespace

NamedDocument Identify(const std::string& path) {
  NamedDocument document{.path = ResultIn(path)};
  std::error_code error;
  if (!fs::exists(document.path, error)) {
    document.kind = DocumentKind::kUnreadable;
    return document;
  }
  if (fs::is_directory(document.path, error)) {
    const std::optional<std::string> found = DocumentIn(document.path);
    if (!found) document.kind = DocumentKind::kNoDocuments;
    if (!found || *found == document.path) return document;
    document.path = *found;
  }
  if (!fs::is_regular_file(document.path, error)) {
    document.is_pipe = !fs::is_directory(document.path, error);
    return document;
  }
  std::ifstream stream(document.path, std::ios::binary);
  if (!stream) {
    document.kind = DocumentKind::kUnreadable;
    return document;
  }
  document.schema = SchemaOf(stream).value_or("");
  document.kind = KindOf(document.schema);
  return document;
}

RunResult LoadResult(const std::string& path) {
  const std::string file = ResultIn(path);
  std::error_code error;
  if (fs::is_directory(file, error)) {
    throw FileException(fmt::format("{} has no {}: name the folder of a run", path, kResultFile));
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw FileException(
        fmt::format("cannot read {}: {}", file, std::generic_category().message(errno)));
  }
  try {
    return ReadResult(stream, file);
  } catch (const ResultException& exception) {
    throw FileException(exception.what());
  }
}

std::string LastResult() {
  std::optional<std::tuple<fs::file_time_type, std::string>> last;
  std::error_code listing;
  const fs::directory_iterator end;
  for (fs::directory_iterator at(kResultsFolder, listing); !listing && at != end;
       at.increment(listing)) {
    const std::string result = (at->path() / kResultFile).string();
    std::error_code error;
    const fs::file_time_type written = fs::last_write_time(result, error);
    if (error) continue;  // no result there
    const std::tuple<fs::file_time_type, std::string> found(written, result);
    if (!last || *last < found) last = found;
  }
  if (!last) {
    throw FileException(fmt::format(
        "there is no result in {}/ here: run a scenario (vpcmirror run scenario.json), run it "
        "again "
        "after the change, and then vpcmirror diff; or name two results, or the folder of one",
        kResultsFolder));
  }
  return std::get<std::string>(*last);
}

std::string PreviousResult(const std::string& file) {
  const fs::path previous = fs::path(file).parent_path() / kPreviousResultFile;
  std::error_code error;
  if (fs::is_regular_file(previous, error)) return previous.string();
  throw FileException(fmt::format(
      "{} has taken the place of no other result: run the scenario again after the change (the "
      "result before is kept beside it as {}), or name another result to compare it with",
      file, kPreviousResultFile));
}

}  // namespace vpcmirror::sim
