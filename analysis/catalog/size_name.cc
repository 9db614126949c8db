#include "analysis/catalog/size_name.h"

#include <charconv>

namespace vpcmirror {
namespace {

constexpr std::string_view kDigits = "0123456789";

// Empty when `text` is no number of one to six digits.
std::optional<int> NumberIn(std::string_view text) {
  constexpr std::size_t kMostDigits = 6;
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

// Of the word alone; 0 for no such word.
int VcpusOfWord(std::string_view word) {
  if (word == "SMALL") return 1;
  if (word == "MEDIUM") return 2;
  return word == "LARGE" || word == "XLARGE" ? 4 : 0;
}

}  // namespace

std::optional<NamedSize> SizeInName(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view rest = name.substr(dot + 1);
  const std::size_t word_at = rest.find_first_not_of(kDigits);
  const std::size_t word_end = rest.find_last_not_of(kDigits);
  if (word_at == std::string_view::npos) return std::nullopt;
  const int of_word = VcpusOfWord(rest.substr(word_at, word_end + 1 - word_at));
  const auto memory = NumberIn(rest.substr(word_end + 1));
  const auto times = word_at == 0 ? std::optional(1) : NumberIn(rest.substr(0, word_at));
  if (of_word == 0 || !memory || !times) return std::nullopt;
  return NamedSize{rest.substr(0, word_end + 1), of_word * *times, *memory};
}

}  // namespace vpcmirror
