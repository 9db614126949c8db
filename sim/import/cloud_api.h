// The answers of a cloud's API that an import reads: what asks for each, who may, and how it
// is known again. What --print-commands prints and what is recognised are one table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/import/gathered.h"

namespace vpcmirror::sim {

struct AnswerKind {
  std::string_view call;        // "DescribeVpcs"
  std::string_view list;        // where its things stand: "VpcSet", "Vpcs.Vpc"
  std::string_view mark;        // a key of the list's first thing; empty: any will do
  std::string_view command;     // that asks for it, to be run once a region
  std::string_view each;        // what it has to be run for in turn; empty: once
  std::string_view file;        // to keep the answer in
  std::string_view permission;  // that whoever asks needs
  std::string_view about;       // what it tells, for people
  // Takes one thing of the list; `answer` is what the list is in.
  void (*read)(const Value& thing, const Value& answer, Gathered& into);
};

struct CloudApi {
  std::string_view name;         // of its profile, and of the command: "tencent"
  std::string_view title;        // "Tencent Cloud"
  std::string_view permissions;  // what the cloud calls them: "CAM actions"
  std::string_view paging;       // how to get the rest of a long list
  std::span<const AnswerKind> answers;
  // The error that the API answered instead; empty: it is none.
  std::string (*error_in)(const Value& answer);
  // Once all files are read: mirrors of their parts.
  void (*finish)(Gathered& into);
};

const CloudApi& TencentApi();
const CloudApi& AwsApi();
const CloudApi& AlibabaApi();
std::span<const CloudApi* const> CloudApis();
// Null: there is none of that name.
const CloudApi* FindCloudApi(std::string_view name);

// Within "Response", where there is one around the answer.
Value Unwrapped(const Value& root);
// What the list of `kind` in `answer` has; empty: there is no such list, or it is another's.
std::optional<std::vector<Value>> ThingsOf(const AnswerKind& kind, const Value& answer);
// What of the API's answers `answer` holds.
std::vector<const AnswerKind*> KindsIn(const Value& answer, const CloudApi& api);

}  // namespace vpcmirror::sim
