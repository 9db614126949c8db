// Forty alike, said once.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace vpcmirror {

struct Member {
  std::string id;    // "web[3]", "web[3]/eni0", "ids"
  std::string kind;  // members of different kinds are told apart: "S5.4XLARGE32"
};

struct MemberGroup {
  std::string label;                 // "web[0-2,5]/eni0"
  std::vector<std::size_t> members;  // indices, ascending
};

// Puts together the members of one name and kind, in the order of their firsts.
std::vector<MemberGroup> GroupMembers(const std::vector<Member>& members);

// "web[0-3]/eni0, db/eni0", as a terminal may print it.
std::string GroupedNames(const std::vector<std::string>& ids);

}  // namespace vpcmirror
