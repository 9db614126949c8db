// UTF-8 of strangers, character by character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vpcmirror {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool is_valid = false;  // false: one byte that begins no character
};

// The character that begins at `offset`, which is inside `text`.
Character CharacterAt(std::string_view text, std::size_t offset);

// Columns of a terminal that it takes: 0 of what combines with the one before, 2 of the
// wide ones of East Asia and of emoji.
int ColumnsOf(char32_t code);

// `text` with U+FFFD in place of each byte that begins no character.
std::string Utf8Text(std::string_view text);

// `text` in one line that no terminal obeys: Printable, and '?' for each byte that begins no
// character.
std::string LineText(std::string_view text);

// Columns that `text` takes, which is a LineText.
int WidthOf(std::string_view text);

}  // namespace vpcmirror
