#include "analysis/report/result_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "analysis/report/result_json.h"
#include "tests/unit/report/random_result.h"
#include "tests/unit/report/sample_result.h"

namespace vpcmirror {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::StartsWith;
using testing_report::OneInThreeOut;

RunResult Read(const std::string& text) {
  std::istringstream stream(text);
  return ReadResult(stream, "out/a/result.json");
}

std::string Complaint(const std::string& text) {
  try {
    Read(text);
  } catch (const ResultException& exception) {
    return exception.what();
  }
  return "none";
}

TEST(ResultReaderTest, WhatIsWrittenIsReadAndWrittenAlike) {
  constexpr std::uint32_t kResults = 400;
  for (std::uint32_t seed = 0; seed < kResults; ++seed) {
    const std::string written = ResultJson(testing_report::RandomResult(seed).Make());
    ASSERT_EQ(ResultJson(Read(written)), written) << "seed " << seed;
  }
}

TEST(ResultReaderTest, ReadsAnEmptyResult) {
  const std::string written = ResultJson(RunResult());
  EXPECT_EQ(ResultJson(Read(written)), written);
}

// Of each kind one, by the numbers of sample_result.h; the rest is the round trip's.
TEST(ResultReaderTest, HasTheFiguresOfTheFile) {
  RunResult wrote = OneInThreeOut();
  wrote.production_delay = {.frames = 1, .p50 = Picoseconds(1'500)};
  wrote.verdict = Verdict::kAtRisk;
  const RunResult result = Read(ResultJson(wrote));
  EXPECT_EQ(result.scenario_name, "one-in-three-out");
  EXPECT_EQ(result.scenario_file, "one-in-three-out.json");
  EXPECT_EQ(result.seed, 7u);
  EXPECT_EQ(result.duration, Picoseconds(kPicosecondsPerSecond));
  EXPECT_EQ(result.verdict, Verdict::kAtRisk);
  EXPECT_EQ(result.production_delay.p50, Picoseconds(1'500));
  ASSERT_EQ(result.hosts.size(), 1u);
  EXPECT_EQ(result.hosts[0].limit_bandwidth, BitsPerSecond(6'000'000'000));
  EXPECT_EQ(result.hosts[0].used_out.bandwidth, BitsPerSecond(3'000'000'000));
  EXPECT_EQ(result.hosts[0].cpu.cores_limit, 16);
  ASSERT_EQ(result.enis.size(), 1u);
  EXPECT_EQ(result.enis[0].address, IpAddress::V4(0x0a000105));
  EXPECT_EQ(result.enis[0].mirror_out.frames, 200'000);
  ASSERT_EQ(result.mirrors.size(), 1u);
  EXPECT_EQ(result.mirrors[0].ledger, wrote.mirrors[0].ledger);
  EXPECT_EQ(result.mirrors[0].lost_after_source, wrote.mirrors[0].lost_after_source);
  ASSERT_EQ(result.receivers.size(), 1u);
  EXPECT_EQ(result.receivers[0].profile, "suricata");
  EXPECT_EQ(result.assumptions.size(), wrote.assumptions.size());
}

struct BadResult {
  const char* name;
  void (*edit)(ordered_json&);
  const char* complaint;
};

void PrintTo(const BadResult& bad, std::ostream* os) { *os << bad.name; }

class BadResultTest : public testing::TestWithParam<BadResult> {};

TEST_P(BadResultTest, SaysWhereAndWhatToDo) {
  ordered_json document = ordered_json::parse(ResultJson(OneInThreeOut()));
  GetParam().edit(document);
  EXPECT_EQ(Complaint(document.dump()), std::string("out/a/result.json: ") + GetParam().complaint);
}

const BadResult kBadResults[] = {
    {"OlderWithoutAKey", [](ordered_json& json) { json["enis"][0].erase("copies_in_bps"); },
     "/enis/0/copies_in_bps is missing, which every result of this version has: an older vpcmirror "
     "wrote it, or it was edited. Run the scenario again"},
    {"OlderWithoutAListOfTheDocument", [](ordered_json& json) { json.erase("tcp"); },
     "/tcp is missing, which every result of this version has: an older vpcmirror wrote it, or it "
     "was edited. Run the scenario again"},
    {"NewerWithAKey", [](ordered_json& json) { json["hosts"][0]["cpu"]["caches"] = 3; },
     "/hosts/0/cpu/caches is not known here: a newer vpcmirror wrote it, or it was edited. Read it "
     "with the version that wrote it, or run the scenario again"},
    {"NewerFormat", [](ordered_json& json) { json["schema"] = "vpcmirror.result/2"; },
     "/schema is vpcmirror.result/2, and this version reads vpcmirror.result/1: read it with the "
     "version of vpcmirror that wrote it, or run the scenario again"},
    {"AnotherDocument", [](ordered_json& json) { json["schema"] = "vpcmirror.findings/1"; },
     "/schema is vpcmirror.findings/1: this is no result (the result.json of vpcmirror run is "
     "one)"},
    {"NumberIsAText", [](ordered_json& json) { json["hosts"][0]["limit_bps"] = "6 Gbps"; },
     "/hosts/0/limit_bps is no whole number of 64 bits: it was edited or damaged. Run the scenario "
     "again"},
    {"UnknownReason",
     [](ordered_json& json) {
       json["mirrors"][0]["dropped"]["moths"] = json["mirrors"][0]["dropped"]["mtu"];
     },
     "/mirrors/0/dropped/moths is not known here: a newer vpcmirror wrote it, or it was edited. "
     "Read it with the version that wrote it, or run the scenario again"},
    {"UnknownVerdict", [](ordered_json& json) { json["verdict"] = "MAYBE"; },
     "/verdict is \"MAYBE\", which is none of the words that it may be: it was edited or damaged. "
     "Run the scenario again"},
    {"ListIsAnObject",
     [](ordered_json& json) {
       json["hosts"] = {{"web", 1}};
     },
     "/hosts is no list: it is of type object: it was edited or damaged. Run the scenario again"},
    {"ElementIsANumber", [](ordered_json& json) { json["hosts"].push_back(7); },
     "/hosts has an element that is no object: it was edited or damaged. Run the scenario again"},
    {"NoAddress", [](ordered_json& json) { json["receivers"][0]["ip"] = "10.0.0"; },
     "/receivers/0/ip is no IP address: it was edited or damaged. Run the scenario again"},
    {"FigureOfReplications",
     [](ordered_json& json) {
       json["replications"] = {{"runs", 2},
                               {"confidence", 0.95},
                               {"verdicts", ordered_json::object()},
                               {"figures", {{{"path", "margin"}}}}};
     },
     "/replications/figures/0/mean is missing, which every result of this version has: an older "
     "vpcmirror wrote it, or it was edited. Run the scenario again"},
    {"FarTooLong", [](ordered_json& json) { json["duration_ns"] = 9'223'372'036'854'775'807; },
     "/duration_ns is no time of at most 106 days: it was edited or damaged. Run the scenario "
     "again"}};

INSTANTIATE_TEST_SUITE_P(Table, BadResultTest, testing::ValuesIn(kBadResults),
                         [](const auto& param) { return param.param.name; });

// Wherever a copy or a full disk stopped; a result is told from what is no JSON at all.
TEST(ResultReaderTest, SaysThatAResultIsCutShort) {
  const std::string whole = ResultJson(OneInThreeOut());
  for (std::size_t size = 0; size + 2 < whole.size(); size += 97) {
    EXPECT_THAT(Complaint(whole.substr(0, size)),
                StartsWith("out/a/result.json: the result is cut short: it ends at line "))
        << size;
  }
  EXPECT_EQ(Complaint("{\n  \"schema\": \"vpcmirror.result/1\",\n  oops"),
            "out/a/result.json: line 3, column 3: this is no JSON, and so no result of vpcmirror "
            "run");
  EXPECT_THAT(Complaint(whole + "{"), HasSubstr("this is no JSON"));
}

TEST(ResultReaderTest, RefusesWhatIsNoResult) {
  EXPECT_THAT(Complaint("[]"), HasSubstr("the document is no object: it is of type array"));
  EXPECT_THAT(Complaint("{}"), HasSubstr("/schema is missing"));
}

std::optional<std::string> Schema(const std::string& text) {
  std::istringstream stream(text);
  return SchemaOf(stream);
}

TEST(SchemaOfTest, FindsTheKeyOfTheDocumentAlone) {
  EXPECT_EQ(Schema(ResultJson(OneInThreeOut())), "vpcmirror.result/1");
  EXPECT_EQ(Schema(R"({"a": {"schema": "inner"}, "b": [{"schema": "too"}], "schema": "own"})"),
            "own");
  EXPECT_EQ(Schema("// a scenario\n{\"hosts\": {\"schema\": {}}}"), std::nullopt);
  EXPECT_EQ(Schema(R"({"schema": ["x"], "y": "z"})"), std::nullopt);
  EXPECT_EQ(Schema("{\"schema\": \"vpcmirror.result/1\", cut"), "vpcmirror.result/1");
  EXPECT_EQ(Schema(""), std::nullopt);
}

}  // namespace
}  // namespace vpcmirror
