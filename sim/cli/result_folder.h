// Where a run leaves its files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/cli/atomic_file.h"

namespace vpcmirror::sim {

inline constexpr char kResultFile[] = "result.json";
inline constexpr char kPreviousResultFile[] = "previous.json";  // that a run has replaced

// While a run is under way its captures go to a folder of their own, so that
// nobody takes half a capture for a whole one. Throws FileException throughout.
class ResultFolder {
 public:
  // Makes the folder if need be: a folder that cannot be written is found out
  // before the run and not after it. Removes captures that a killed run left.
  explicit ResultFolder(std::string path);
  // Removes what is unfinished, and the folder if it was made here and is empty.
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  // Where captures are written during the run.
  const std::string& partial() const { return partial_; }
  std::string result_file() const { return path_ + "/" + kResultFile; }
  std::string report_file() const { return path_ + "/report.html"; }

  std::string plan_file() const { return path_ + "/plan.json"; }
  std::string plan_page_file() const { return path_ + "/plan.html"; }
  std::string plans_file() const { return path_ + "/plans.json"; }  // of several scenarios
  std::string previous_plan_file() const { return path_ + "/previous-plan.json"; }

  // What lies in the folder beside result.json.
  struct Beside {
    PendingFile::Contents series = nullptr;  // series.csv; empty: none
    bool captures = false;                   // all that is in partial()
  };
  // Puts result.json in place, the one before kept as previous.json, and what is to lie beside
  // it. Nothing is replaced unless all of them could be written whole. What lies there of another
  // result goes: its series.csv, its report.html.
  void Keep(std::string_view result, const Beside& beside);
  // Puts report.html beside it, once the result is safe.
  void KeepReport(const PendingFile::Contents& report);

 private:
  void KeepCaptures();

  std::string path_;
  std::string partial_;
  std::vector<std::string> made_;  // folders, outermost first
};

// "out/<name>", the name made fit for a folder.
std::string DefaultResultFolder(std::string_view scenario_name);

}  // namespace vpcmirror::sim
