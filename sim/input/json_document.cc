#include "sim/input/json_document.h"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "sim/input/json_syntax.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;

[[noreturn]] void Fail(const std::string& file, TextPosition at, std::string message,
                       std::string accepted = {}) {
  throw ScenarioException({{.file = file,
                            .path = "",
                            .line = at.line,
                            .column = at.column,
                            .message = std::move(message),
                            .accepted = std::move(accepted)}});
}

// Builds the JSON and the places together. nlohmann's SAX events carry no
// positions, so the offset follows the events: each token begins behind what is
// skipped after the token before it.
class TreeBuilder : public Json::json_sax_t {
 public:
  TreeBuilder(std::string_view text, std::string file, std::size_t most_values,
              JsonDocument& document)
      : text_(text),
        file_(std::move(file)),
        document_(document),
        lines_(text),
        most_values_(most_values) {}

  void ThrowErrors() const {
    if (!errors_.empty()) throw ScenarioException(errors_);
  }

  bool null() override { return Scalar(nullptr); }
  bool boolean(bool value) override { return Scalar(value); }
  bool number_integer(number_integer_t value) override { return Scalar(value); }
  bool number_unsigned(number_unsigned_t value) override { return Scalar(value); }
  bool number_float(number_float_t value, const string_t&) override { return Scalar(value); }
  bool string(string_t& value) override {
    if (value.size() > kMaxJsonString) {
      Fail(file_, lines_.At(TokenStart()), fmt::format("a string of {} bytes", value.size()),
           fmt::format("strings of at most {} bytes", kMaxJsonString));
    }
    return Scalar(std::move(value));
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    return Open(Json::object(), SyntaxState::kObjectStart);
  }
  bool start_array(std::size_t) override { return Open(Json::array(), SyntaxState::kArrayStart); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    key_at_ = lines_.At(TokenStart());
    name_ = std::move(name);
    if (name_.size() > kMaxNameBytes) {
      Fail(file_, key_at_, fmt::format("a key of {} bytes", name_.size()),
           fmt::format("keys of at most {} bytes", kMaxNameBytes));
    }
    NoteIfDuplicate();
    EndToken(SyntaxState::kAfterKey);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    const SyntaxFault fault = FindSyntaxFault(text_, token_end_, state_);
    const TextPosition at = lines_.At(fault.offset);
    std::string message = fault.message;
    if (fault.at_end && !frames_.empty()) {
      const TextPosition opened = frames_.back().place->value;
      message += fmt::format("; the {} opened at line {}, column {} is not closed",
                             frames_.back().value->is_object() ? "object" : "array", opened.line,
                             opened.column);
    }
    Fail(file_, at, std::move(message), fault.accepted);
  }

 private:
  static constexpr std::size_t kMaxNameBytes = 256;
  static constexpr std::size_t kMaxDuplicates = 100;  // that are reported

  struct Frame {
    Json* value;
    Place* place;
  };

  // Of the token that the parser has just reported.
  std::size_t TokenStart() const { return SkipBetweenTokens(text_, token_end_); }
  void EndToken(SyntaxState next) {
    token_end_ = SkipToken(text_, TokenStart());
    state_ = next;
  }

  void NoteIfDuplicate() {
    const Place& object = *frames_.back().place;
    const auto known = object.members.find(name_);
    if (known == object.members.end() || errors_.size() == kMaxDuplicates) return;
    errors_.push_back({.file = file_,
                       .path = PointerHere() + "/" + EscapePointer(name_),
                       .line = key_at_.line,
                       .column = key_at_.column,
                       .message = fmt::format("the key \"{}\" is here for the second time", name_),
                       .accepted = fmt::format("one of the two: the first is at line {}, column {}",
                                               known->second.key.line, known->second.key.column)});
  }

  std::string PointerHere() const {
    std::string pointer;
    for (std::size_t i = 1; i < frames_.size(); ++i) {
      const Frame& outer = frames_[i - 1];
      if (outer.value->is_array()) {
        pointer += "/" + std::to_string(outer.place->items.size() - 1);
        continue;
      }
      for (const auto& [name, place] : outer.place->members) {
        if (&place == frames_[i].place) pointer += "/" + EscapePointer(name);
      }
    }
    return pointer;
  }

  // Puts a value where it belongs and returns its place in both trees.
  Frame Put(Json value) {
    if (++values_ > most_values_) {
      Fail(file_, lines_.At(TokenStart()), fmt::format("more than {} values", most_values_),
           "a smaller file: `count` makes many hosts of one entry");
    }
    const TextPosition at = lines_.At(TokenStart());
    if (frames_.empty()) {
      document_.root = std::move(value);
      document_.place = Place{};
      document_.place.key = document_.place.value = at;
      return {&document_.root, &document_.place};
    }
    const Frame& outer = frames_.back();
    if (outer.value->is_array()) {
      outer.value->push_back(std::move(value));
      Place& place = outer.place->items.emplace_back();
      place.key = place.value = at;
      return {&outer.value->back(), &place};
    }
    Place& place = outer.place->members[name_];
    place = Place{};
    place.key = key_at_;
    place.value = at;
    place.order = outer.place->members.size();
    Json& member = (*outer.value)[name_];
    member = std::move(value);
    return {&member, &place};
  }

  bool Scalar(Json value) {
    Put(std::move(value));
    EndToken(AfterValue());
    return true;
  }
  bool Open(Json empty, SyntaxState inside) {
    if (frames_.size() >= kMaxJsonDepth) {
      Fail(file_, lines_.At(TokenStart()),
           fmt::format("more than {} objects and arrays inside each other", kMaxJsonDepth));
    }
    frames_.push_back(Put(std::move(empty)));
    EndToken(inside);
    return true;
  }
  bool Close() {
    frames_.pop_back();
    EndToken(AfterValue());
    return true;
  }
  SyntaxState AfterValue() const {
    if (frames_.empty()) return SyntaxState::kEnd;
    return frames_.back().value->is_object() ? SyntaxState::kAfterMember : SyntaxState::kAfterItem;
  }

  std::string_view text_;
  std::string file_;
  JsonDocument& document_;
  LineIndex lines_;
  std::size_t token_end_ = 0;  // of the last token that was read whole
  SyntaxState state_ = SyntaxState::kStart;
  std::vector<Frame> frames_;
  std::string name_;
  TextPosition key_at_;
  std::size_t most_values_;
  std::size_t values_ = 0;
  std::vector<ScenarioError> errors_;
};

std::string Unreadable(const std::error_code& error) {
  return fmt::format("the file cannot be read: {}", error.message());
}

// Not a stream, which throws away the reason, or throws something else. Ends soon
// behind `most`: a file of /proc does not say its size.
std::error_code ReadBytesOf(const std::string& file, std::size_t most, std::string& text) {
  struct Close {
    void operator()(std::FILE* open) const { std::fclose(open); }
  };
  const std::unique_ptr<std::FILE, Close> open(std::fopen(file.c_str(), "rb"));
  if (open == nullptr) return {errno, std::generic_category()};
  std::array<char, std::size_t{64} << 10> block;
  while (text.size() <= most) {
    errno = 0;
    const std::size_t got = std::fread(block.data(), 1, block.size(), open.get());
    text.append(block.data(), got);
    if (std::ferror(open.get()) != 0) return {errno, std::generic_category()};
    if (got < block.size()) break;
  }
  return {};
}

}  // namespace

JsonDocument ParseJson(std::string_view text, const std::string& file, std::size_t most_values) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  if (text.size() > kMaxJsonBytes) {
    Fail(file, {1, 1}, fmt::format("the file has {} bytes", text.size()),
         fmt::format("at most {} bytes (64 MiB)", kMaxJsonBytes));
  }
  if (const auto fault = FindBadByte(text)) {
    Fail(file, LineIndex(text).At(fault->offset), fault->message, fault->accepted);
  }
  if (SkipBetweenTokens(text, 0) == text.size() &&
      FindSyntaxFault(text, 0, SyntaxState::kStart).at_end) {
    Fail(file, {1, 1}, "the file is empty", "a JSON object in braces");
  }
  JsonDocument document;
  document.file = file;
  TreeBuilder builder(text, file, most_values, document);
  Json::sax_parse(text.begin(), text.end(), &builder, nlohmann::detail::input_format_t::json,
                  /*strict=*/true, /*ignore_comments=*/true);
  builder.ThrowErrors();
  return document;
}

std::string ReadTextFile(const std::string& file, std::size_t most, std::string_view instead) {
  constexpr const char* kAccepted = "the path of a file";
  constexpr const char* kReadable = "a file that you may read";
  if (file.empty()) Fail("", {}, "no file was named (the path is empty)", kAccepted);
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    Fail(file, {}, "there is no such file", kAccepted);
  }
  if (!std::filesystem::status_known(status)) Fail(file, {}, Unreadable(error), kReadable);
  if (std::filesystem::is_directory(status)) Fail(file, {}, "this is a folder", kAccepted);
  if (!std::filesystem::is_regular_file(status)) {
    Fail(file, {}, "this is not a regular file", kAccepted);
  }
  const auto size = std::filesystem::file_size(file, error);
  if (!error && size > most) {
    Fail(file, {}, fmt::format("the file has {} bytes", size),
         fmt::format("at most {} bytes ({} MiB){}{}", most, most >> 20, instead.empty() ? "" : ": ",
                     instead));
  }
  std::string text;
  error = ReadBytesOf(file, most, text);
  if (error) Fail(file, {}, Unreadable(error), kReadable);
  return text;
}

JsonDocument ReadJsonFile(const std::string& file) { return ParseJson(ReadTextFile(file), file); }

std::string EscapePointer(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c == '~') {
      escaped += "~0";
    } else if (c == '/') {
      escaped += "~1";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::vector<std::string> PointerSteps(std::string_view pointer) {
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      steps.emplace_back();
    } else if (steps.empty()) {
      return {};
    } else if (pointer[i] == '~' && i + 1 < pointer.size() &&
               (pointer[i + 1] == '0' || pointer[i + 1] == '1')) {
      steps.back() += pointer[++i] == '0' ? '~' : '/';
    } else {
      steps.back() += pointer[i];
    }
  }
  return steps;
}

const Place& NearestPlace(const Place& root, std::string_view pointer) {
  const Place* place = &root;
  for (const std::string& step : PointerSteps(pointer)) {
    if (const auto member = place->members.find(step); member != place->members.end()) {
      place = &member->second;
      continue;
    }
    const bool is_index = !step.empty() && step.size() < 10 &&
                          step.find_first_not_of("0123456789") == std::string::npos;
    if (!is_index || std::stoul(step) >= place->items.size()) break;
    place = &place->items[std::stoul(step)];
  }
  return *place;
}

}  // namespace vpcmirror::sim
