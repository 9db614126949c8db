#include "sim/import/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;

[[noreturn]] void Refuse(const std::string& file, TextPosition at, std::string message,
                         std::string accepted = {}) {
  throw ScenarioException({{.file = file,
                            .path = "",
                            .line = at.line,
                            .column = at.column,
                            .message = std::move(message),
                            .accepted = std::move(accepted),
                            .rule = "",
                            .api_code = ""}});
}

}  // namespace

// Follows the events of nlohmann's parser, which carry no positions: each token begins
// behind what is skipped after the token before it.
class DocumentBuilder : public Json::json_sax_t {
 public:
  explicit DocumentBuilder(Document& document)
      : document_(document),
        text_(document.text_),
        most_values_(document.text_.size() / kLeastBytesPerValue + kValuesOfAnyFile) {}

  void ThrowErrors() const {
    if (!errors_.empty()) throw ScenarioException(errors_);
  }

  bool null() override { return Scalar(JsonKind::kNull); }
  bool boolean(bool) override { return Scalar(JsonKind::kFlag); }
  bool number_integer(number_integer_t) override { return Scalar(JsonKind::kNumber); }
  bool number_unsigned(number_unsigned_t) override { return Scalar(JsonKind::kNumber); }
  bool number_float(number_float_t, const string_t&) override { return Scalar(JsonKind::kNumber); }
  bool string(string_t& value) override {
    const std::size_t start = TokenStart();
    Put(JsonKind::kText, start).scalar = Decoded(start, value);
    EndToken(AfterValue());
    return true;
  }
  bool binary(binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    return Open(JsonKind::kObject, SyntaxState::kObjectStart);
  }
  bool start_array(std::size_t) override { return Open(JsonKind::kList, SyntaxState::kArrayStart); }
  bool end_object() override {
    NoteDuplicates(open_.back());
    return Close();
  }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    key_at_ = TokenStart();
    key_ = Decoded(key_at_, name);
    EndToken(SyntaxState::kAfterKey);
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    const SyntaxFault fault = FindSyntaxFault(text_, token_end_, state_);
    std::string message = fault.message;
    if (fault.at_end && !open_.empty()) {
      const auto& opened = document_.nodes_[open_.back()];
      const TextPosition at = document_.lines_.At(opened.value_at);
      message +=
          fmt::format("; the {} opened at line {}, column {} is not closed",
                      opened.kind == JsonKind::kObject ? "object" : "array", at.line, at.column);
    }
    Refuse(*document_.file_, document_.lines_.At(fault.offset), std::move(message), fault.accepted);
  }

 private:
  // The shortest answers of the clouds have 20 bytes a value. Bounds memory, which is some
  // 60 bytes a value.
  static constexpr std::size_t kLeastBytesPerValue = 8;
  static constexpr std::size_t kValuesOfAnyFile = 10'000;
  static constexpr std::size_t kMaxDuplicates = 100;  // that are reported

  std::size_t TokenStart() const { return SkipBetweenTokens(text_, token_end_); }
  void EndToken(SyntaxState next) {
    token_end_ = SkipToken(text_, TokenStart());
    state_ = next;
  }

  // Most texts are as written, and then nothing is copied.
  std::string_view Decoded(std::size_t start, const std::string& value) {
    const std::string_view written = text_.substr(start + 1, value.size());
    if (written == value) return written;
    return document_.decoded_.emplace_back(value);
  }

  Document::Node& Put(JsonKind kind, std::size_t start) {
    if (document_.nodes_.size() > most_values_) {
      Refuse(*document_.file_, document_.lines_.At(start),
             fmt::format("more than {} values in a file of {} bytes", most_values_, text_.size()),
             "what a provider's API answers");
    }
    Document::Node& node = document_.nodes_.emplace_back();
    node.kind = kind;
    node.value_at = node.key_at = static_cast<std::uint32_t>(start);
    node.behind = static_cast<std::uint32_t>(document_.nodes_.size());
    if (!open_.empty()) {
      node.parent = open_.back();
      node.number = children_.back()++;
      if (document_.nodes_[node.parent].kind == JsonKind::kObject) {
        node.key = key_;
        node.key_at = static_cast<std::uint32_t>(key_at_);
      }
    }
    return node;
  }

  bool Scalar(JsonKind kind) {
    const std::size_t start = TokenStart();
    Document::Node& node = Put(kind, start);
    EndToken(AfterValue());
    node.scalar = text_.substr(start, token_end_ - start);
    return true;
  }
  bool Open(JsonKind kind, SyntaxState inside) {
    const std::size_t start = TokenStart();
    if (open_.size() >= kMaxImportDepth) {
      Refuse(*document_.file_, document_.lines_.At(start),
             fmt::format("more than {} objects and arrays inside each other", kMaxImportDepth),
             "what a provider's API answers");
    }
    Put(kind, start);
    open_.push_back(static_cast<std::uint32_t>(document_.nodes_.size() - 1));
    children_.push_back(0);
    EndToken(inside);
    return true;
  }
  bool Close() {
    document_.nodes_[open_.back()].behind = static_cast<std::uint32_t>(document_.nodes_.size());
    open_.pop_back();
    children_.pop_back();
    EndToken(AfterValue());
    return true;
  }
  SyntaxState AfterValue() const {
    if (open_.empty()) return SyntaxState::kEnd;
    return document_.nodes_[open_.back()].kind == JsonKind::kObject ? SyntaxState::kAfterMember
                                                                    : SyntaxState::kAfterItem;
  }

  void NoteDuplicates(std::uint32_t object) {
    keys_.clear();
    const auto end = static_cast<std::uint32_t>(document_.nodes_.size());
    for (std::uint32_t i = object + 1; i < end; i = document_.nodes_[i].behind) {
      keys_.emplace_back(document_.nodes_[i].key, i);
    }
    std::sort(keys_.begin(), keys_.end());
    for (std::size_t i = 1; i < keys_.size(); ++i) {
      if (keys_[i].first != keys_[i - 1].first || errors_.size() == kMaxDuplicates) continue;
      const TextPosition first = document_.lines_.At(document_.nodes_[keys_[i - 1].second].key_at);
      const TextPosition at = document_.lines_.At(document_.nodes_[keys_[i].second].key_at);
      errors_.push_back(
          {.file = *document_.file_,
           .path = Value(document_, keys_[i].second).Pointer(),
           .line = at.line,
           .column = at.column,
           .message = fmt::format("the key \"{}\" is here for the second time", keys_[i].first),
           .accepted = fmt::format("one of the two: the first is at line {}, column {}", first.line,
                                   first.column),
           .rule = "",
           .api_code = ""});
    }
  }

  Document& document_;
  std::string_view text_;
  std::size_t most_values_;
  std::size_t token_end_ = 0;  // of the last token that was read whole
  SyntaxState state_ = SyntaxState::kStart;
  std::vector<std::uint32_t> open_;      // objects and arrays around what comes
  std::vector<std::uint32_t> children_;  // of each of them so far
  std::string_view key_;
  std::size_t key_at_ = 0;
  std::vector<std::pair<std::string_view, std::uint32_t>> keys_;  // of the object that ends
  std::vector<ScenarioError> errors_;
};

namespace {

void RefuseWhatIsNoText(std::string_view text, const std::string& file) {
  if (text.size() > kMaxImportBytes) {
    Refuse(file, {1, 1}, fmt::format("the file has {} bytes", text.size()),
           fmt::format("at most {} bytes (128 MiB): {}", kMaxImportBytes, kSmallerImport));
  }
  if (const auto fault = FindBadByte(text)) {
    Refuse(file, LineIndex(text).At(fault->offset), fault->message, fault->accepted);
  }
  if (SkipBetweenTokens(text, 0) == text.size() &&
      FindSyntaxFault(text, 0, SyntaxState::kStart).at_end) {
    Refuse(file, {1, 1}, "the file is empty", "what a provider's API answers, as JSON");
  }
}

}  // namespace

Document::Document(std::string text, const std::string& file)
    : text_(std::move(text)), file_(std::make_shared<const std::string>(file)), lines_(text_) {}

std::shared_ptr<const Document> Document::Parse(std::string text, const std::string& file) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  RefuseWhatIsNoText(text, file);
  const std::shared_ptr<Document> document(new Document(std::move(text), file));
  DocumentBuilder builder(*document);
  Json::sax_parse(document->text_.begin(), document->text_.end(), &builder,
                  nlohmann::detail::input_format_t::json, /*strict=*/true,
                  /*ignore_comments=*/true);
  builder.ThrowErrors();
  return document;
}

Value Document::root() const { return {*this, 0}; }

std::optional<Value> Value::Get(std::string_view name) const {
  if (!is_object()) return std::nullopt;
  for (std::uint32_t i = node_ + 1; i < node().behind; i = document_->nodes_[i].behind) {
    const Document::Node& each = document_->nodes_[i];
    if (each.key != name) continue;
    if (each.kind == JsonKind::kNull) return std::nullopt;
    return Value(*document_, i);
  }
  return std::nullopt;
}

std::vector<Value> Value::Items() const {
  std::vector<Value> items;
  if (!is_list()) return items;
  for (std::uint32_t i = node_ + 1; i < node().behind; i = document_->nodes_[i].behind) {
    items.emplace_back(*document_, i);
  }
  return items;
}

std::vector<Value> Value::Members() const {
  std::vector<Value> members;
  if (!is_object()) return members;
  for (std::uint32_t i = node_ + 1; i < node().behind; i = document_->nodes_[i].behind) {
    members.emplace_back(*document_, i);
  }
  return members;
}

std::vector<Value> Value::ItemsOf(std::string_view name) const {
  const auto list = Get(name);
  return list ? list->Items() : std::vector<Value>();
}

std::optional<Value> Value::At(std::initializer_list<std::string_view> way) const {
  std::optional<Value> at = *this;
  for (const std::string_view step : way) {
    at = at->Get(step);
    if (!at) break;
  }
  return at;
}

std::string_view Value::Text(std::string_view name) const {
  const auto member = Get(name);
  return member && member->kind() == JsonKind::kText ? member->scalar() : std::string_view();
}

std::optional<Found<std::string>> Value::FoundText(std::string_view name) const {
  const auto member = Get(name);
  if (!member || member->kind() != JsonKind::kText || member->scalar().empty()) return std::nullopt;
  return member->found();
}

std::optional<double> Value::Number(std::string_view name) const {
  const auto member = Get(name);
  if (!member) return std::nullopt;
  const std::string_view text = member->scalar();
  double number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

bool Value::Flag(std::string_view name) const {
  const auto member = Get(name);
  return member && (member->scalar() == "true" || member->scalar() == "True");
}

std::string Value::Pointer() const {
  std::vector<std::string> steps;
  for (std::uint32_t i = node_; i != 0; i = document_->nodes_[i].parent) {
    const Document::Node& each = document_->nodes_[i];
    const bool is_member = document_->nodes_[each.parent].kind == JsonKind::kObject;
    steps.push_back(is_member ? EscapePointer(each.key) : std::to_string(each.number));
  }
  std::string pointer;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) pointer += "/" + *step;
  return pointer;
}

Origin Value::origin() const {
  return {document_->file_, Pointer(), document_->lines_.At(node().value_at)};
}

namespace {

bool IsAside(const Value& member, std::span<const std::string_view> aside) {
  return std::find(aside.begin(), aside.end(), member.key()) != aside.end();
}

std::vector<Value> SortedMembers(const Value& object, std::span<const std::string_view> aside) {
  std::vector<Value> members;
  for (const Value& each : object.Members()) {
    if (!IsAside(each, aside) && each.kind() != JsonKind::kNull) members.push_back(each);
  }
  std::sort(members.begin(), members.end(),
            [](const Value& a, const Value& b) { return a.key() < b.key(); });
  return members;
}

}  // namespace

bool SameJson(const Value& a, const Value& b, std::span<const std::string_view> aside) {
  if (a.kind() != b.kind()) return false;
  if (!a.is_object() && !a.is_list()) return a.scalar() == b.scalar();
  const auto of_a = a.is_object() ? SortedMembers(a, aside) : a.Items();
  const auto of_b = b.is_object() ? SortedMembers(b, aside) : b.Items();
  return std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                    [&](const Value& one, const Value& other) {
                      return one.key() == other.key() && SameJson(one, other, aside);
                    });
}

namespace {

// Keys of the clouds and of Terraform under which secrets stand, in lower case.
constexpr std::array<std::string_view, 14> kSecretKeys = {
    "userdata",   "user_data",   "user_data_base64", "password",   "adminpassword",
    "admin_pass", "secretkey",   "secret_key",       "secretid",   "private_key",
    "token",      "vncpassword", "sessiontoken",     "access_key",
};

bool IsSecret(std::string_view key) {
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
  });
  return std::find(kSecretKeys.begin(), kSecretKeys.end(), lower) != kSecretKeys.end() ||
         lower.find("password") != std::string::npos;
}

}  // namespace

std::string WithoutSecrets(std::string text) {
  const auto end_of_string = [&](std::size_t quote) {
    std::size_t i = quote + 1;
    while (i < text.size() && text[i] != '"' && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
    return std::min(i, text.size());
  };
  std::size_t at = text.find('"');
  while (at != std::string::npos) {
    const std::size_t end = end_of_string(at);
    const std::string_view word = std::string_view(text).substr(at + 1, end - at - 1);
    std::size_t next = end < text.size() ? end + 1 : text.size();
    const std::size_t colon = text.find_first_not_of(" \t\r\n", next);
    const bool is_key = colon != std::string::npos && text[colon] == ':';
    if (is_key && IsSecret(word)) {
      const std::size_t value = text.find_first_not_of(" \t\r\n", colon + 1);
      if (value != std::string::npos && text[value] == '"') {
        next = end_of_string(value);
        for (std::size_t i = value + 1; i < next; ++i) text[i] = '*';
        if (next < text.size()) ++next;
      }
    }
    at = text.find('"', next);
  }
  return text;
}

}  // namespace vpcmirror::sim
