#include "sim/sweep/outcome.h"

#include <array>
#include <charconv>
#include <stdexcept>
#include <system_error>

namespace vpcmirror::sim {
namespace {

template <class Number>
std::string NumberText(Number number) {
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), written.ptr};
}

// A letter for the type, the length, a colon, and so many bytes.
void PackPart(char type, std::string_view bytes, std::string& text) {
  text += type;
  text += NumberText(bytes.size());
  text += ':';
  text += bytes;
}

template <class Number>
Number ReadNumber(std::string_view text) {
  Number number{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    throw std::runtime_error("a process sent \"" + std::string(text) + "\" for a number");
  }
  return number;
}

class Unpacking {
 public:
  explicit Unpacking(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  // Its bytes; `type` is set to its letter.
  std::string_view Part(char& type) {
    const std::size_t colon = rest_.find(':');
    if (colon == std::string_view::npos || colon == 0) Refuse();
    type = rest_.front();
    const auto length = ReadNumber<std::size_t>(rest_.substr(1, colon - 1));
    if (length > rest_.size() - colon - 1) Refuse();
    const std::string_view part = rest_.substr(colon + 1, length);
    rest_.remove_prefix(colon + 1 + length);
    return part;
  }

  std::string_view PartOf(char wanted) {
    char type = 0;
    const std::string_view part = Part(type);
    if (type != wanted) Refuse();
    return part;
  }

  [[noreturn]] static void Refuse() {
    throw std::runtime_error("a process sent what is no outcome of a run");
  }

 private:
  std::string_view rest_;
};

Cell UnpackCell(char type, std::string_view part) {
  switch (type) {
    case 'n':
      return std::monostate{};
    case 'i':
      return ReadNumber<std::int64_t>(part);
    case 'd':
      return ReadNumber<double>(part);
    case 't':
      return std::string(part);
    default:
      Unpacking::Refuse();
  }
}

char TypeOf(const Cell& cell) { return "nidt"[cell.index()]; }

}  // namespace

std::string ToText(const Cell& cell) {
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return NumberText(*whole);
  if (const auto* real = std::get_if<double>(&cell)) return NumberText(*real);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  return "";
}

std::string_view ToString(RunStatus status) {
  switch (status) {
    case RunStatus::kDone:
      return "done";
    case RunStatus::kFailed:
      return "failed";
    case RunStatus::kLost:
      return "lost";
  }
  return "";
}

std::string Packed(const Outcome& outcome) {
  std::string text;
  PackPart('s', NumberText(static_cast<int>(outcome.status)), text);
  PackPart('e', std::string_view(outcome.error).substr(0, kLongestError), text);
  PackPart('w', NumberText(outcome.seconds), text);
  for (const Cell& cell : outcome.figures) PackPart(TypeOf(cell), ToText(cell), text);
  return text;
}

Outcome Unpacked(std::string_view text) {
  Unpacking parts(text);
  Outcome outcome;
  const auto status = ReadNumber<int>(parts.PartOf('s'));
  if (status < 0 || status > static_cast<int>(RunStatus::kLost)) Unpacking::Refuse();
  outcome.status = static_cast<RunStatus>(status);
  outcome.error = parts.PartOf('e');
  outcome.seconds = ReadNumber<double>(parts.PartOf('w'));
  while (!parts.AtEnd()) {
    char type = 0;
    const std::string_view part = parts.Part(type);
    outcome.figures.push_back(UnpackCell(type, part));
  }
  return outcome;
}

}  // namespace vpcmirror::sim
