// The members of an object of result.json, each asked for once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/units/quantity.h"

namespace vpcmirror {

// What is wrong with a result, and where.
class ResultFault : public std::runtime_error {
 public:
  enum class Kind : std::uint8_t {
    kMissing,  // a key that this version writes
    kUnknown,  // a key that it does not
    kWrong,    // a value that it would not write
  };
  ResultFault(Kind kind, std::string place, const std::string& what)
      : std::runtime_error(what), kind_(kind), place_(std::move(place)) {}

  Kind kind() const { return kind_; }
  const std::string& place() const { return place_; }  // JSON Pointer

 private:
  Kind kind_;
  std::string place_;
};

// Throws ResultFault throughout. Refers to the object, to its parent and to the keys of both.
class ResultFields {
 public:
  // The document; or a member `key` of it, for whom the rest of it is not at hand.
  explicit ResultFields(const nlohmann::json& object, std::string_view key = "")
      : ResultFields(object, key, nullptr) {}
  // The member `key` of `parent`.
  ResultFields(ResultFields& parent, std::string_view key)
      : ResultFields(parent.Take(key), key, &parent) {}
  // An element of a list of `parent`.
  ResultFields(const ResultFields& parent, std::string_view key, std::size_t index,
               const nlohmann::json& element)
      : ResultFields(element, key, &parent, index) {}
  ResultFields(const ResultFields&) = delete;
  ResultFields& operator=(const ResultFields&) = delete;

  const nlohmann::json::object_t& members() const {
    return object_.get_ref<const nlohmann::json::object_t&>();
  }
  const nlohmann::json& Take(std::string_view key);
  const nlohmann::json& TakeList(std::string_view key);
  bool IsNull(std::string_view key) const;
  void Skip(std::string_view key) { Take(key); }  // what follows from other members

  std::int64_t Whole(std::string_view key);
  std::uint64_t Unsigned(std::string_view key);
  double Number(std::string_view key);
  bool Flag(std::string_view key);
  const std::string& Text(std::string_view key);

  std::optional<std::int64_t> WholeOrNull(std::string_view key);
  std::optional<double> NumberOrNull(std::string_view key);
  std::string TextOrNull(std::string_view key);  // empty of null
  // Of a key that older versions do not write; empty where it is not there.
  std::string TextIfThere(std::string_view key) {
    return members().contains(std::string(key)) ? Text(key) : "";
  }
  std::vector<std::string> Texts(std::string_view key);

  template <class Quantity>
  Quantity As(std::string_view key) {
    return Quantity(Whole(key));
  }
  template <class Quantity>
  std::optional<Quantity> AsOrNull(std::string_view key) {
    const std::optional<std::int64_t> count = WholeOrNull(key);
    return count ? std::optional(Quantity(*count)) : std::nullopt;
  }
  // Nanoseconds, whole or with the picoseconds as decimals.
  Picoseconds Nanoseconds(std::string_view key);
  // One of the first `count` of an enumeration, by the words of its ToString.
  template <class Enum>
  Enum Word(std::string_view key, std::size_t count) {
    const std::string& word = Text(key);
    for (std::size_t i = 0; i < count; ++i) {
      if (word == ToString(static_cast<Enum>(i))) return static_cast<Enum>(i);
    }
    FailWord(key, word);
  }

  // That nothing is there but what was taken.
  void Finish() const;

  std::string PlaceOf(std::string_view key) const;
  // Of a member that has another value than it should.
  [[noreturn]] void Fail(std::string_view key, const std::string& what) const;

 private:
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);

  ResultFields(const nlohmann::json& object, std::string_view step, const ResultFields* parent,
               std::size_t index = kNoIndex);
  [[noreturn]] void FailWord(std::string_view key, const std::string& word) const;
  std::string Place() const;

  const nlohmann::json& object_;
  std::string_view step_;
  const ResultFields* parent_;
  std::size_t index_;  // of an element of a list
  std::vector<std::string_view> taken_;
};

// The member `key`, a list of objects that `read` takes all members of.
template <class Element>
std::vector<Element> ReadElements(ResultFields& parent, std::string_view key,
                                  Element (*read)(ResultFields&)) {
  std::vector<Element> elements;
  for (const nlohmann::json& json : parent.TakeList(key)) {
    ResultFields fields(parent, key, elements.size(), json);
    elements.push_back(read(fields));
    fields.Finish();
  }
  return elements;
}

}  // namespace vpcmirror
