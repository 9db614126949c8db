// What a comparison prints: prediction, truth and error, a line each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vpcmirror::fidelity {

struct TableHead {
  std::string name;        // of the comparison, and of its file
  std::string title;       // what is held to what
  std::string value_unit;  // of prediction and truth
  std::string error_unit;  // "%", "points", "standard errors"
  int decimals = 4;        // of prediction and truth
};

// Prints itself when it goes, and into the folder $VPCMIRROR_TABLES when there is
// one. A row whose error is over what is allowed fails the running test.
class Table {
 public:
  explicit Table(TableHead head);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  void Add(std::string_view what, double prediction, double truth, double error, double allowed,
           std::string_view remark = "");
  // The error in percent of the truth.
  void AddRelative(std::string_view what, double prediction, double truth, double allowed_percent,
                   std::string_view remark = "");
  // Whole numbers that must be the same.
  void AddExact(std::string_view what, std::int64_t prediction, std::int64_t truth,
                std::string_view remark = "");
  // A row without a comparison, and why.
  void AddRemark(std::string_view what, std::string_view why);

 private:
  std::string Text() const;
  void AddLine(std::string line, std::string_view remark);

  TableHead head_;
  std::vector<std::string> lines_;
  int compared_ = 0;
  int over_ = 0;
  double worst_share_ = 0;  // of what is allowed
  std::string worst_ = "nothing compared";
};

}  // namespace vpcmirror::fidelity
