#include "tests/fidelity/support/table.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace vpcmirror::fidelity {

Table::Table(TableHead head) : head_(std::move(head)) {}

Table::~Table() {
  std::cout << Text() << std::flush;
  const char* const folder = std::getenv("VPCMIRROR_TABLES");
  if (folder == nullptr) return;
  std::ofstream(std::string(folder) + "/" + head_.name + ".txt") << Text();
}

std::string Table::Text() const {
  std::string text = fmt::format("== {}: {}\n   values in {}, errors in {}\n", head_.name,
                                 head_.title, head_.value_unit, head_.error_unit);
  text += fmt::format("   {:<52} {:>14} {:>14} {:>10} {:>9}\n", "", "prediction", "truth", "error",
                      "allowed");
  for (const std::string& line : lines_) text += "   " + line + "\n";
  text += fmt::format("   {} rows compared, {} over what is allowed; worst: {}\n\n", compared_,
                      over_, worst_);
  return text;
}

void Table::AddLine(std::string line, std::string_view remark) {
  if (!remark.empty()) line += fmt::format("  {}", remark);
  lines_.push_back(std::move(line));
}

void Table::Add(std::string_view what, double prediction, double truth, double error,
                double allowed, std::string_view remark) {
  ++compared_;
  const bool good = std::abs(error) <= allowed;
  if (!good) ++over_;
  const double share = allowed > 0 ? std::abs(error) / allowed : (good ? 0 : 1e9);
  if (compared_ == 1 || share > worst_share_) {
    worst_share_ = share;
    worst_ = fmt::format("{:+.3f} of {:g} at {}", error, allowed, what);
  }
  AddLine(fmt::format("{:<52} {:>14.{}f} {:>14.{}f} {:>+10.3f} {:>9g}{}", what, prediction,
                      head_.decimals, truth, head_.decimals, error, allowed, good ? "" : "  OVER"),
          remark);
  EXPECT_TRUE(good) << head_.name << ": " << lines_.back();
}

void Table::AddRelative(std::string_view what, double prediction, double truth,
                        double allowed_percent, std::string_view remark) {
  Add(what, prediction, truth, 100 * (prediction / truth - 1), allowed_percent, remark);
}

void Table::AddExact(std::string_view what, std::int64_t prediction, std::int64_t truth,
                     std::string_view remark) {
  Add(what, static_cast<double>(prediction), static_cast<double>(truth),
      static_cast<double>(prediction - truth), 0, remark);
}

void Table::AddRemark(std::string_view what, std::string_view why) {
  lines_.push_back(fmt::format("{:<52} {}", what, why));
}

}  // namespace vpcmirror::fidelity
