#include "analysis/report/report_csv.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <variant>

#include "analysis/report/characters.h"
#include "analysis/report/csv_text.h"
#include "analysis/report/part_writer.h"
#include "analysis/report/rows.h"

namespace vpcmirror {
namespace {

class CsvWriter {
 public:
  explicit CsvWriter(const std::function<void(std::string_view)>& write) : out_(write) {}

  void Write(const Report& report) {
    out_.AddText("table,id,figure,value\n");
    Line("verdict", "", "verdict", {report.verdict});
    for (const Headline& headline : report.headlines) {
      Line("headlines", "with", headline.key, headline.with);
      if (headline.without) Line("headlines", "without", headline.key, *headline.without);
    }
    ForEachTable(report, [this](const Table& table) { Write(table); });
    out_.Finish();
  }

 private:
  void Write(const Table& table) {
    for (const std::vector<Value>& row : table.rows) {
      const std::string id = IdOf(table, row);
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (table.columns[i].role != Role::kId) Line(table.key, id, table.columns[i].key, row[i]);
      }
    }
  }

  void Line(std::string_view table, std::string_view id, std::string_view figure,
            const Value& value) {
    // The shortest digits that are the very number.
    const std::string text = value.number && std::isfinite(*value.number)
                                 ? fmt::format("{}", *value.number)
                                 : LineText(value.text);
    out_.Add("{},{},{},{}\n", table, CsvCell(LineText(id)), figure, CsvCell(text));
  }

  PartWriter out_;
};

}  // namespace

void WriteReportCsv(const Report& report, const std::function<void(std::string_view)>& write) {
  CsvWriter(write).Write(report);
}

}  // namespace vpcmirror
