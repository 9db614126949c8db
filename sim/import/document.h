// A provider's file: JSON of which each value knows its place, held so that a file of
// 100 MB takes a few times its size. What sim/input reads a scenario with is richer, and
// ten times as large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/origin.h"
#include "sim/input/json_syntax.h"

namespace vpcmirror::sim {

// Bounds on a provider's file, so that none can take the program down.
inline constexpr std::size_t kMaxImportBytes = std::size_t{128} << 20;
inline constexpr std::size_t kMaxImportDepth = 64;
// What would do where a file is larger.
inline constexpr char kSmallerImport[] = "the API's pages in files of their own";

enum class JsonKind : std::uint8_t { kNull, kFlag, kNumber, kText, kList, kObject };

class Value;

// Immutable, and only ever held by shared_ptr, since values refer to it.
class Document {
 public:
  // Throws ScenarioException, as ParseJson does: a syntax error, every duplicate key,
  // invalid UTF-8, or a bound passed. `file` only names the text.
  static std::shared_ptr<const Document> Parse(std::string text, const std::string& file);

  Value root() const;
  const std::string& file() const { return *file_; }
  const std::string& text() const { return text_; }

 private:
  friend class Value;
  friend class DocumentBuilder;

  struct Node {
    std::string_view key;      // of a member; decoded
    std::string_view scalar;   // a text decoded; a number, true, false or null as written
    std::uint32_t key_at = 0;  // offsets into the text
    std::uint32_t value_at = 0;
    std::uint32_t parent = 0;
    std::uint32_t behind = 0;  // index of the first node that is not inside this one
    std::uint32_t number = 0;  // among its siblings, from 0
    JsonKind kind = JsonKind::kNull;
  };

  Document(std::string text, const std::string& file);

  std::string text_;
  std::shared_ptr<const std::string> file_;
  LineIndex lines_;
  std::deque<Node> nodes_;           // in the order of the text
  std::deque<std::string> decoded_;  // texts that are not as written
};

// One value of a document, which has to outlive it. Cheap to copy. What is asked of a value
// of another kind reads as absent.
class Value {
 public:
  Value(const Document& document, std::uint32_t node) : document_(&document), node_(node) {}

  JsonKind kind() const { return node().kind; }
  bool is_object() const { return kind() == JsonKind::kObject; }
  bool is_list() const { return kind() == JsonKind::kList; }

  std::optional<Value> Get(std::string_view name) const;  // a member; null reads as absent
  std::vector<Value> Items() const;                       // of a list
  std::vector<Value> Members() const;                     // of an object, in the order of the text

  std::string_view key() const { return node().key; }  // under which it is a member
  // Of texts, numbers and flags: as written, a text without its quotes and escapes.
  std::string_view scalar() const { return node().scalar; }

  // Shorthands for a member; empty where it is absent, null or of another kind.
  std::string_view Text(std::string_view name) const;
  std::optional<Found<std::string>> FoundText(std::string_view name) const;
  std::optional<double> Number(std::string_view name) const;  // also one in quotes
  bool Flag(std::string_view name) const;
  std::vector<Value> ItemsOf(std::string_view name) const;  // of a list that is a member
  // The member at the end of a way through objects; absent where a step is.
  std::optional<Value> At(std::initializer_list<std::string_view> way) const;

  Value Parent() const { return {*document_, node().parent}; }  // of the root, itself
  std::string Pointer() const;
  std::size_t offset() const { return node().value_at; }  // of its first byte in the text
  Origin origin() const;

  Found<std::string> found() const { return {std::string(scalar()), origin()}; }

 private:
  const Document::Node& node() const { return document_->nodes_[node_]; }

  const Document* document_;
  std::uint32_t node_;
};

// Whether both are the same JSON, members in any order; those called one of `aside` do not
// count.
bool SameJson(const Value& a, const Value& b, std::span<const std::string_view> aside = {});

// `text` with the values of keys that hold secrets (UserData, Password, ...) masked by
// asterisks, so that a line of it can be shown. Lengths and lines stay; no valid JSON needed.
std::string WithoutSecrets(std::string text);

}  // namespace vpcmirror::sim
