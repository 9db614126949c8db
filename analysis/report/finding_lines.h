// The lines of files that findings are in.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "analysis/check/finding.h"
#include "analysis/report/source_frame.h"

namespace vpcmirror {

class FindingLines {
 public:
  using Sources = std::map<std::string, std::string, std::less<>>;  // texts by file

  // `source` is the text of `file`; `others` may be null. Keeps views of the texts.
  FindingLines(std::string_view file, std::string_view source, const Sources* others)
      : file_(file), lines_(source) {
    if (others == nullptr) return;
    for (const auto& [name, text] : *others) {
      if (name != file) others_.emplace(name, text);
    }
  }

  // Empty where it is not known.
  std::string_view LineOf(const Finding& finding) const {
    if (finding.column == 0) return "";
    if (finding.file == file_) return lines_.Line(finding.line);
    const auto other = others_.find(finding.file);
    return other == others_.end() ? "" : other->second.Line(finding.line);
  }

 private:
  std::string file_;
  SourceLines lines_;
  std::map<std::string_view, SourceLines> others_;
};

}  // namespace vpcmirror
