// Tables of instance types and answers about them, of any bytes: what is read of either can be
// written as a table that reads the same, or errors say where.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/catalog/catalog_lint.h"
#include "analysis/report/catalog_csv.h"
#include "sim/import/catalog_answers.h"
#include "sim/input/catalog.h"
#include "tests/fuzz/require.h"

namespace vpcmirror::sim {
namespace {

void CheckErrors(const std::vector<ScenarioError>& errors) {
  for (const ScenarioError& error : errors) {
    Require(error.file == "fuzz", "an error names the file");
    Require(!error.message.empty(), "an error says what was found");
  }
}

void CheckRoundTrip(const std::vector<CatalogType>& types, bool is_tencent) {
  const std::string table = is_tencent ? TencentTypesCsv(types) : AwsTypesCsv(types);
  Catalog again;
  (is_tencent ? ReadTencentTypes : ReadAwsTypes)(table, "again", again);
  Require(again.errors.empty(), "a written table reads without errors");
  Require((is_tencent ? TencentTypesCsv(again.types) : AwsTypesCsv(again.types)) == table,
          "a written table reads as the same rows");
}

void CheckTable(std::string_view text) {
  Catalog catalog;
  ReadCatalogTable(text, "fuzz", catalog);
  CheckErrors(catalog.errors);
  for (const CatalogFinding& finding : LintTypes(catalog.types, {.today = "2026-11-22"})) {
    Require(finding.line >= 1 && !finding.message.empty(), "a finding has a line and says what");
  }
  LintReceivers(catalog.receivers, {.today = "2026-11-22"});
  if (!catalog.errors.empty() || catalog.types.empty()) return;
  CheckRoundTrip(catalog.types, catalog.types.front().provider == "tencent");
}

using TypesOf = AnsweredTypes (*)(const std::vector<std::shared_ptr<const Document>>&,
                                  const AnswerSettings&);

void CheckAnswer(std::string_view text, TypesOf types_of, bool is_tencent) {
  try {
    const AnswerSettings settings{.as_of = "2026-11-22", .source = "fuzz", .currency = "USD"};
    const AnsweredTypes answered = types_of({Document::Parse(std::string(text), "fuzz")}, settings);
    CheckErrors(answered.faults);
    CheckRoundTrip(answered.types, is_tencent);
  } catch (const ScenarioException& thrown) {
    CheckErrors(thrown.errors());
  }
}

}  // namespace
}  // namespace vpcmirror::sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vpcmirror::sim;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckTable(text);
  CheckAnswer(text, &TencentTypesOf, true);
  CheckAnswer(text, &AwsTypesOf, false);
  return 0;
}
