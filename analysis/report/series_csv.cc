#include "analysis/report/series_csv.h"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <string>

#include "analysis/report/csv_text.h"

namespace vpcmirror {
namespace {

class Writer {
 public:
  Writer(const Series& series, const std::function<void(std::string_view)>& write)
      : series_(series), write_(write) {}

  void WriteAll() {
    part_ = "start_s,kind,id,figure,unit,value\n";
    for (const SeriesObject& object : series_.objects) Write(object);
    write_(part_);
  }

 private:
  static constexpr std::size_t kPart = 1 << 16;  // bytes that are written at once

  void Write(const SeriesObject& object) {
    const std::string whose = fmt::format("{},{}", ToString(object.kind), CsvCell(object.id));
    for (const SeriesColumn& column : ColumnsOf(object)) {
      const std::string what = fmt::format("{},{},{}", whose, column.name, column.unit);
      for (std::size_t i = 0; i < column.values.size(); ++i) {
        Write(object.first_bin + static_cast<std::int64_t>(i), what, column.values[i]);
      }
    }
    for (const auto& [reason, frames] : object.dropped) {
      const std::string what = fmt::format("{},dropped.{},frames", whose, reason);
      for (std::size_t i = 0; i < frames.size(); ++i) {
        Write(object.first_bin + static_cast<std::int64_t>(i), what,
              static_cast<double>(frames[i]));
      }
    }
  }

  void Write(std::int64_t bin, const std::string& what, double value) {
    const std::int64_t start = bin * series_.bin.count();
    fmt::format_to(std::back_inserter(part_), "{}.{:012},{},{}\n", start / kPicosecondsPerSecond,
                   start % kPicosecondsPerSecond, what, value);
    if (part_.size() < kPart) return;
    write_(part_);
    part_.clear();
  }

  const Series& series_;
  const std::function<void(std::string_view)>& write_;
  std::string part_;
};

}  // namespace

void WriteSeriesCsv(const Series& series, const std::function<void(std::string_view)>& write) {
  Writer(series, write).WriteAll();
}

}  // namespace vpcmirror
