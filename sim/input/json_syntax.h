// The little of JSON's grammar that finds the place of a token and puts a
// syntax error into plain words.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/input/json_document.h"

namespace vpcmirror::sim {

// Turns offsets into lines and columns.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  TextPosition At(std::size_t offset) const;

 private:
  std::vector<std::size_t> starts_;
};

// What the last whole token leaves to be read.
enum class SyntaxState {
  kStart,        // nothing read
  kObjectStart,  // behind {
  kAfterKey,
  kAfterMember,  // behind a value in an object
  kArrayStart,   // behind [
  kAfterItem,    // behind a value in an array
  kEnd,          // behind the whole document
};

struct SyntaxFault {
  std::size_t offset = 0;
  bool at_end = false;  // the text ends too early
  std::string message;
  std::string accepted;
};

// The offset of the first byte from `offset` on that is not white space, a
// closed comment, a comma or a colon.
std::size_t SkipBetweenTokens(std::string_view text, std::size_t offset);
// The offset behind the token that begins at `offset`.
std::size_t SkipToken(std::string_view text, std::size_t offset);

// What keeps the text from going on behind `offset`, given the state there.
SyntaxFault FindSyntaxFault(std::string_view text, std::size_t offset, SyntaxState state);

// The offset of the first byte that breaks UTF-8 (RFC 3629).
std::optional<std::size_t> FindInvalidUtf8(std::string_view text);

// The first byte that keeps `text` from being read as text at all: no UTF-8, or a NUL, which
// a parser takes for the end.
std::optional<SyntaxFault> FindBadByte(std::string_view text);

}  // namespace vpcmirror::sim
