#include "analysis/report/member_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "analysis/report/text_layout.h"

namespace vpcmirror {
namespace {

constexpr std::size_t kRangesShown = 4;

// "web[3]/eni0" is "web", 3 and "/eni0".
struct ParsedId {
  std::string name;
  std::optional<int> index;
  std::string rest;
};

ParsedId ParseId(const std::string& id) {
  const std::size_t open = id.find('[');
  const std::size_t close = id.find(']', open == std::string::npos ? id.size() : open);
  if (close == std::string::npos) return {id, std::nullopt, ""};
  int index = 0;
  const char* const end = id.data() + close;
  const auto [parsed_to, error] = std::from_chars(id.data() + open + 1, end, index);
  if (error != std::errc() || parsed_to != end) return {id, std::nullopt, ""};
  return {id.substr(0, open), index, id.substr(close + 1)};
}

// "0-27,30"; sorts its argument.
std::string RangesText(std::vector<int>& indices) {
  std::sort(indices.begin(), indices.end());
  std::string text;
  std::size_t ranges = 0;
  for (std::size_t i = 0; i < indices.size();) {
    std::size_t last = i;
    while (last + 1 < indices.size() && indices[last + 1] <= indices[last] + 1) ++last;
    if (++ranges > kRangesShown) return text + ",...";
    if (!text.empty()) text += ',';
    text += indices[i] == indices[last] ? fmt::format("{}", indices[i])
                                        : fmt::format("{}-{}", indices[i], indices[last]);
    i = last + 1;
  }
  return text;
}

}  // namespace

std::vector<MemberGroup> GroupMembers(const std::vector<Member>& members) {
  std::vector<MemberGroup> groups;
  std::vector<ParsedId> firsts;
  std::vector<std::vector<int>> indices;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> known;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const ParsedId id = ParseId(members[i].id);
    std::size_t group = groups.size();
    if (id.index) {
      group = known.try_emplace({id.name, id.rest, members[i].kind}, group).first->second;
    }
    if (group == groups.size()) {
      groups.push_back({members[i].id, {}});
      firsts.push_back(id);
      indices.push_back({});
    }
    groups[group].members.push_back(i);
    if (id.index) indices[group].push_back(*id.index);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].members.size() < 2) continue;
    groups[i].label =
        fmt::format("{}[{}]{}", firsts[i].name, RangesText(indices[i]), firsts[i].rest);
  }
  return groups;
}

std::string GroupedNames(const std::vector<std::string>& ids) {
  std::vector<Member> members;
  for (const std::string& id : ids) members.push_back({id, ""});
  std::string names;
  for (const MemberGroup& group : GroupMembers(members)) {
    names += (names.empty() ? "" : ", ") + Printable(group.label);
  }
  return names;
}

}  // namespace vpcmirror
