// What the files of one import have told so far.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/document.h"
#include "sim/import/inventory.h"

namespace vpcmirror::sim {

struct Gathered {
  Inventory inventory;
  std::map<std::string, std::vector<Value>, std::less<>> parts;  // of mirrors, by list

  // Whether nothing of this kind and ID was there before. Where something was, and it said
  // something else, that is a contradiction; the first counts. What has no ID is always new.
  bool IsNew(std::string_view kind, std::string_view id, const Value& thing);

  // That something of a VPC is in a region. A VPC that is in several is a contradiction.
  void NoteRegion(std::string_view vpc, std::string_view region, const Origin& origin);

  void AddGap(std::string_view name, std::string message, std::string fix, Origin origin);
  void AddContradiction(std::string message, std::string fix, Origin origin);

  // How many things of a list an answer says that there are, and how many it has.
  void NoteCount(std::string_view list, std::optional<double> total, std::size_t here,
                 const Origin& origin);
  // Says which lists lack pages.
  void CheckCounts(std::string_view paging);

 private:
  struct Region {
    std::string name;
    Origin origin;
  };
  struct Count {
    double total = 0;
    std::size_t here = 0;
    Origin origin;
  };
  std::map<std::string, Value, std::less<>> known_;
  std::map<std::string, Region, std::less<>> regions_;  // by VPC
  std::map<std::string, Count, std::less<>> counts_;    // by list
};

// Where it stands, for people: "vpcs.json:12".
std::string PlaceOf(const Origin& origin);

// A member of `value` where it is a text that is not empty.
std::optional<FoundText> TextAt(const std::optional<Value>& value, std::string_view name);
// Those of the list's items that are texts.
std::vector<FoundText> TextsOf(const std::optional<Value>& list);
// A member of each of the list's items that are objects.
std::vector<FoundText> TextsOf(const std::vector<Value>& items, std::string_view name);

// Copies those members of `thing` that are in `keys`, without nulls and empty texts.
SourcedJson CopyMembers(const Value& thing, std::span<const std::string_view> keys);

// The tag `key` of a list of {Key, Value} or {TagKey, TagValue}.
std::string TagOf(const std::vector<Value>& tags, std::string_view key);

// "80-90" of "80/90" and "80-90"; empty for any port ("-1/-1", "all", "1/65535", "0-65535").
std::optional<FoundText> PortsOf(const Found<std::string>& text);
// "tcp", "udp", "icmp" or "all" of a protocol's name or number; empty: another one.
std::string ProtocolOf(std::string_view text);

}  // namespace vpcmirror::sim
