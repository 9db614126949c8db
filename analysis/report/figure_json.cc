#include "analysis/report/figure_json.h"

#include <type_traits>
#include <variant>

namespace vpcmirror {

nlohmann::ordered_json FigureJson(const Figure& figure) {
  using Json = nlohmann::ordered_json;
  return std::visit(
      [](const auto& value) {
        if constexpr (std::is_same_v<decltype(value), const std::monostate&>) {
          return Json(nullptr);
        } else {
          return Json(value);
        }
      },
      figure);
}

nlohmann::ordered_json TextOrNull(std::string_view text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

}  // namespace vpcmirror
