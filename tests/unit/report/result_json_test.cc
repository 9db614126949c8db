#include "analysis/report/result_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "analysis/report/assertions.h"
#include "analysis/report/verdict.h"
#include "tests/support/assertion_paths.h"
#include "tests/unit/report/sample_result.h"
#include "tests/unit/report/schema_complaints.h"

namespace vpcmirror {
namespace {

using nlohmann::json;
using testing_assertions::Asserted;
using testing_assertions::Each;
using testing_assertions::Key;
using testing_report::OneInThreeOut;

RunResult JudgedWithAssertion(RunResult result) {
  ValidScenario scenario;
  scenario.duration = Picoseconds(2 * kPicosecondsPerSecond);
  scenario.assertions = {{.text = "margin >= 50%",
                          .path = {Key("margin")},
                          .unit = FigureUnit::kShare,
                          .comparison = Comparison::kAtLeast,
                          .bound = 0.5}};
  Judge(scenario, kDefaultMarginGoal, result);
  CheckAssertions(scenario, result);
  return result;
}

std::string SchemaComplaints(const json& document) {
  return testing_report::Complaints(
      testing_report::ReadSchema("scenarios/schema/result.schema.json"), document);
}

TEST(ResultJsonTest, HoldsToItsPublishedSchema) {
  EXPECT_EQ(SchemaComplaints(json::parse(ResultJson(JudgedWithAssertion(OneInThreeOut())))), "");
}

TEST(ResultJsonTest, HoldsToItsSchemaWithoutLimits) {
  RunResult result = OneInThreeOut();
  result.hosts[0].limit_bandwidth.reset();
  result.hosts[0].limit_packet_rate.reset();
  result.hosts[0].cpu.cores_limit.reset();
  result.receivers[0].capacity_bandwidth.reset();
  const json document = json::parse(ResultJson(JudgedWithAssertion(result)));
  EXPECT_EQ(SchemaComplaints(document), "");
  EXPECT_TRUE(document["margin"].is_null());
  EXPECT_TRUE(document["margin_of"].is_null());
  EXPECT_TRUE(document["receivers"][0]["tightest"].is_null());
  EXPECT_TRUE(document["hosts"][0]["limit_bps"].is_null());
}

TEST(ResultJsonTest, HoldsToItsSchemaWhenEmpty) {
  EXPECT_EQ(SchemaComplaints(json::parse(ResultJson(RunResult()))), "");
}

TEST(ResultJsonTest, HoldsToItsSchemaWithABaselineAndDisciplines) {
  RunResult result = OneInThreeOut();
  result.production_delay = {.frames = 3, .mean = Picoseconds(1'500)};
  result.baseline = BaselineResult{.produced = {5, Bytes(500)}};
  result.disciplines = {{"shared_random", {}, {}, Verdict::kFits}, {"fifo", {1, 2}, {}, {}}};
  result.stopped_by = "a signal";
  JudgeDisciplines(result);
  EXPECT_EQ(SchemaComplaints(json::parse(ResultJson(JudgedWithAssertion(result)))), "");
}

TEST(ResultSchemaTest, RefusesAMissingKeyAnUnknownKeyAndAWrongType) {
  const json good = json::parse(ResultJson(JudgedWithAssertion(OneInThreeOut())));
  json missing = good;
  missing["mirrors"][0]["dropped"].erase("mtu");
  EXPECT_NE(SchemaComplaints(missing), "");
  json unknown = good;
  unknown["enis"][0]["colour"] = "blue";
  EXPECT_NE(SchemaComplaints(unknown), "");
  json reason = good;
  reason["enis"][0]["dropped"]["moths"] = reason["enis"][0]["dropped"]["acl"];
  EXPECT_NE(SchemaComplaints(reason), "");
  json wrong = good;
  wrong["hosts"][0]["used_bps"] = 4e9 + 0.5;
  EXPECT_NE(SchemaComplaints(wrong), "");
}

TEST(ResultJsonTest, SaysWhatWasRun) {
  const json document = json::parse(ResultJson(JudgedWithAssertion(OneInThreeOut())));
  EXPECT_EQ(document["schema"], "vpcmirror.result/1");
  EXPECT_EQ(document["scenario"]["name"], "one-in-three-out");
  EXPECT_EQ(document["scenario"]["file"], "one-in-three-out.json");
  EXPECT_EQ(document["scenario"]["sha256"], std::string(64, 'a'));
  EXPECT_EQ(document["engine"], "packet");
  EXPECT_EQ(document["seed"], 7);
  EXPECT_EQ(document["duration_ns"], 1'000'000'000);
  EXPECT_EQ(document["planned_duration_ns"], 2'000'000'000);
  EXPECT_EQ(document["complete"], true);
}

// The numbers of sample_result.h: 4 of 6 Gbps, 400 of 1000 kpps.
TEST(ResultJsonTest, HasEveryNumberOfAHost) {
  const json host = json::parse(ResultJson(JudgedWithAssertion(OneInThreeOut())))["hosts"][0];
  EXPECT_EQ(host["id"], "web");
  EXPECT_EQ(host["type"], "S5.4XLARGE32");
  EXPECT_EQ(host["limit_model"], "combined");
  EXPECT_EQ(host["limit_bps"], 6'000'000'000);
  EXPECT_EQ(host["used_bps"], 4'000'000'000);
  EXPECT_EQ(host["used_in_bps"], 1'000'000'000);
  EXPECT_EQ(host["used_out_bps"], 3'000'000'000);
  EXPECT_EQ(host["copies_out_bps"], 2'000'000'000);
  EXPECT_EQ(host["limit_pps"], 1'000'000);
  EXPECT_EQ(host["used_pps"], 400'000);
  EXPECT_EQ(host["margin"], 1.0 / 3);
  EXPECT_EQ(host["tightest"], "bandwidth");
  EXPECT_EQ(host["crossover_bytes"], 750);
  EXPECT_EQ(host["cpu"]["cores_used"], 0.5);
  EXPECT_EQ(host["cpu"]["cores_limit"], 16);
  EXPECT_EQ(host["cpu"]["table"], "kernel");
  EXPECT_EQ(host["cpu"]["poll_mode"], false);
  EXPECT_EQ(host["cpu"]["cores_host"], 0.25);
  EXPECT_EQ(host["cpu"]["operations"]["clone"]["cores"], 0.25);
  EXPECT_EQ(host["cpu"]["operations"]["clone"]["payer"], "host");
  EXPECT_EQ(host["cpu"]["operations"]["production_tx"]["cores"], 0.5);
  EXPECT_EQ(host["cpu"]["operations"]["production_tx"]["payer"], "guest");
  EXPECT_EQ(host["memory"]["peak_bytes"], 3000);
}

// 4 Gbps in four shares of 1; the busiest worker is sent 0.8 of its own, all 0.5.
TEST(ResultJsonTest, HasTheWorkersOfAReceiver) {
  RunResult result = OneInThreeOut();
  result.receivers[0].workers = WorkersUse{.count = 4,
                                           .busiest = testing_report::LoadOf(80'000, 1250),
                                           .mean = testing_report::LoadOf(50'000, 1250),
                                           .ring_peak = Bytes(5000)};
  const json document = json::parse(ResultJson(JudgedWithAssertion(result)));
  EXPECT_EQ(SchemaComplaints(document), "");
  const json& workers = document["receivers"][0]["workers"];
  EXPECT_EQ(workers["count"], 4);
  EXPECT_EQ(workers["busiest_in_bps"], 800'000'000);
  EXPECT_EQ(workers["busiest_in_pps"], 80'000);
  EXPECT_EQ(workers["mean_in_bps"], 500'000'000);
  EXPECT_DOUBLE_EQ(workers["busiest_used"], 0.8);
  EXPECT_DOUBLE_EQ(workers["mean_used"], 0.5);
  EXPECT_EQ(workers["ring_peak_bytes"], 5000);
  EXPECT_TRUE(workers["ring_limit_bytes"].is_null());
  EXPECT_NEAR(document["receivers"][0]["margin"].get<double>(), 0.2, 1e-12);
  result.receivers[0].workers.reset();
  EXPECT_TRUE(
      json::parse(ResultJson(JudgedWithAssertion(result)))["receivers"][0]["workers"].is_null());
}

TEST(ResultJsonTest, TakesTheLargerDirectionOfAPerDirectionLimit) {
  RunResult result = OneInThreeOut();
  result.hosts[0].limit_model = LimitModel::kPerDirection;
  const json host = json::parse(ResultJson(JudgedWithAssertion(result)))["hosts"][0];
  EXPECT_EQ(host["limit_model"], "per_direction");
  EXPECT_EQ(host["used_bps"], 3'000'000'000);
  EXPECT_EQ(host["used_pps"], 300'000);
}

TEST(ResultJsonTest, HasEveryNumberOfAnEni) {
  const json eni = json::parse(ResultJson(JudgedWithAssertion(OneInThreeOut())))["enis"][0];
  EXPECT_EQ(eni["id"], "web/eni0");
  EXPECT_EQ(eni["host"], "web");
  EXPECT_EQ(eni["ip"], "10.0.1.5");
  EXPECT_EQ(eni["in_bps"], 1'000'000'000);
  EXPECT_EQ(eni["out_bps"], 3'000'000'000);
  EXPECT_EQ(eni["out_pps"], 300'000);
  EXPECT_EQ(eni["out_frames"], 300'000);
  EXPECT_EQ(eni["out_bytes"], 375'000'000);
  EXPECT_EQ(eni["mirror_out_bps"], 2'000'000'000);
  EXPECT_EQ(eni["offered_bps"], 2'000'000'000);
  EXPECT_EQ(eni["offered_in_bps"], 1'000'000'000);
  EXPECT_EQ(eni["offered_out_pps"], 100'000);
  EXPECT_EQ(eni["copies_in_frames"], 0);
  EXPECT_EQ(eni["dropped"]["security_group"]["frames"], 0);
}

TEST(ResultJsonTest, TellsCopiesFromProductionAtAnEni) {
  RunResult result = OneInThreeOut();
  result.enis[0].copies_in = testing_report::LoadOf(40'000, 1250);
  const json eni = json::parse(ResultJson(JudgedWithAssertion(result)))["enis"][0];
  EXPECT_EQ(eni["copies_in_frames"], 40'000);
  EXPECT_EQ(eni["copies_in_bytes"], 50'000'000);
  EXPECT_EQ(eni["copies_in_bps"], 400'000'000);
  EXPECT_EQ(eni["copies_in_pps"], 40'000);
  EXPECT_EQ(eni["offered_in_frames"], 100'000);
}

TEST(ResultJsonTest, HasEveryNumberOfAMirrorAndItAddsUp) {
  const json mirror = json::parse(ResultJson(JudgedWithAssertion(OneInThreeOut())))["mirrors"][0];
  EXPECT_EQ(mirror["offered_frames"], 200'010);
  EXPECT_EQ(mirror["offered_bytes"], 250'000'600);
  EXPECT_EQ(mirror["rejected_frames"], 10);
  EXPECT_EQ(mirror["rejected_bytes"], 600);
  EXPECT_EQ(mirror["rejected"].size(), 12u);
  EXPECT_EQ(mirror["rejected"]["never_mirrored"]["bytes"], 600);
  EXPECT_EQ(mirror["mirrored_frames"], 200'000);
  EXPECT_EQ(mirror["queued_at_end_frames"], 0);
  EXPECT_EQ(mirror["dropped"].size(), 8u);
  EXPECT_EQ(mirror["dropped"]["egress_bandwidth"]["frames"], 0);
  EXPECT_EQ(mirror["wire_datagrams"], 200'000);
  EXPECT_EQ(mirror["lost_after_source"]["receiver_ring"]["frames"], 0);
}

TEST(ResultJsonTest, HasReceiversAssertionsAndAssumptions) {
  const json document = json::parse(ResultJson(JudgedWithAssertion(OneInThreeOut())));
  const json receiver = document["receivers"][0];
  EXPECT_EQ(receiver["ip"], "10.0.9.9");
  EXPECT_EQ(receiver["in_bps"], 2'000'000'000);
  EXPECT_EQ(receiver["frames"], 200'000);
  EXPECT_EQ(receiver["capacity_bps"], 4'000'000'000);
  EXPECT_TRUE(receiver["capacity_pps"].is_null());
  EXPECT_EQ(receiver["margin"], 0.5);
  EXPECT_EQ(receiver["tightest"], "bandwidth");
  EXPECT_EQ(document["asserts"][0]["text"], "margin >= 50%");
  EXPECT_EQ(document["asserts"][0]["value"], 1.0 / 3);
  EXPECT_EQ(document["asserts"][0]["unit"], "share");
  EXPECT_TRUE(document["asserts"][0]["of"].is_null());
  EXPECT_EQ(document["asserts"][0]["held"], false);
  EXPECT_EQ(document["assumptions"][0]["name"], "flow_hash_symmetric");
  EXPECT_EQ(document["assumptions"][0]["overridden"], true);
}

TEST(ResultJsonTest, HasAssertionsOfEveryKind) {
  ValidScenario scenario;
  scenario.assertions = {
      Asserted({Each("enis"), Key("out_bps")}, FigureUnit::kBitsPerSecond, Comparison::kLess,
               std::int64_t{1}),
      Asserted({Key("engine")}, FigureUnit::kWord, Comparison::kEqual, std::string("fluid")),
      Asserted({Key("complete")}, FigureUnit::kFlag, Comparison::kEqual, true),
      Asserted({Key("holds")}, FigureUnit::kWord, Comparison::kEqual, Figure())};
  RunResult result = OneInThreeOut();
  CheckAssertions(scenario, result);
  const json document = json::parse(ResultJson(result));
  EXPECT_EQ(SchemaComplaints(document), "");
  EXPECT_EQ(document["asserts"], json::parse(R"([
    {"text": "text", "value": 3000000000, "bound": 1, "unit": "bps", "of": "enis[web/eni0]", "held": false,
     "outcome": "missed", "replicated": null},
    {"text": "text", "value": "packet", "bound": "fluid", "unit": null, "of": null,
     "held": false,
     "outcome": "missed", "replicated": null},
    {"text": "text", "value": true, "bound": true, "unit": null, "of": null, "held": true,
     "outcome": "met", "replicated": null},
    {"text": "text", "value": null, "bound": null, "unit": null, "of": null, "held": true,
     "outcome": "met", "replicated": null}])"));
}

TEST(ResultJsonTest, HasEveryNumberOfALoadBalancer) {
  RunResult result = OneInThreeOut();
  result.load_balancers = {testing_report::Balancer()};
  result.load_balancers[0].limit_bandwidth = BitsPerSecond(2'500'000'000);
  const json document = json::parse(ResultJson(JudgedWithAssertion(result)));
  EXPECT_EQ(SchemaComplaints(document), "");
  const json balancer = document["load_balancers"][0];
  EXPECT_EQ(balancer["ip"], "10.0.9.7");
  EXPECT_EQ(balancer["in_bps"], 2'000'000'000);
  EXPECT_EQ(balancer["zone_limit_bps"], 2'500'000'000);
  EXPECT_EQ(balancer["margin"], 0.2);  // 2 of 2.5
  EXPECT_EQ(balancer["zones"][0]["in_frames"], 200'000);
  EXPECT_EQ(balancer["zones"][1]["in_frames"], 0);
  EXPECT_EQ(balancer["backends"][0]["out_frames"], 180'000);
  EXPECT_EQ(balancer["backends"][1]["healthy"], false);
  EXPECT_EQ(balancer["may_be_reordered_frames"], 50'000);
  EXPECT_EQ(balancer["dropped"]["load_balancer_bandwidth"]["frames"], 20'000);
  result.load_balancers[0].limit_bandwidth.reset();
  EXPECT_EQ(SchemaComplaints(json::parse(ResultJson(JudgedWithAssertion(result)))), "");
}

TEST(ResultJsonTest, DoesNotDependOnTheFolderOfTheScenario) {
  RunResult elsewhere = OneInThreeOut();
  elsewhere.scenario_file = "one-in-three-out.json";
  EXPECT_EQ(ResultJson(elsewhere), ResultJson(OneInThreeOut()));
}

TEST(ResultJsonTest, KeepsTheOrderOfItsKeys) {
  const std::string text = ResultJson(OneInThreeOut());
  EXPECT_EQ(text.rfind("{\n  \"schema\"", 0), 0u);
  EXPECT_LT(text.find("\"hosts\""), text.find("\"enis\""));
  EXPECT_EQ(text.back(), '\n');
}

// As many as are written by several threads, and a number that is no multiple of them.
TEST(ResultJsonTest, HasALongListInItsOrder) {
  constexpr int kMany = 5003;
  RunResult result = OneInThreeOut();
  const HostResult host = result.hosts.front();
  result.hosts.clear();
  for (int i = 0; i < kMany; ++i) {
    result.hosts.push_back(host);
    result.hosts.back().id = "web[" + std::to_string(i) + "]";
  }
  const json hosts = json::parse(ResultJson(result)).at("hosts");
  ASSERT_EQ(hosts.size(), static_cast<std::size_t>(kMany));
  for (int i = 0; i < kMany; ++i) {
    ASSERT_EQ(hosts.at(i).at("id"), "web[" + std::to_string(i) + "]");
  }
}

TEST(ResultJsonTest, WritesNumbersExactly) {
  RunResult result = OneInThreeOut();
  result.hosts[0].used_in.bandwidth =
      BitsPerSecond(std::int64_t{9'007'199'254'740'993});  // 2^53 + 1
  result.mirror_loss = 0.1;
  const std::string text = ResultJson(result);
  EXPECT_NE(text.find("\"used_in_bps\":9007199254740993"), std::string::npos);
  EXPECT_NE(text.find("\"mirror_loss\": 0.1,"), std::string::npos);
}

TEST(ResultJsonTest, StaysUtfEightWhateverTheNameHolds) {
  RunResult result = OneInThreeOut();
  result.scenario_name =
      "a\xff"
      "b";
  EXPECT_EQ(json::parse(ResultJson(result))["scenario"]["name"],
            "a\xef\xbf\xbd"
            "b");  // U+FFFD
}

}  // namespace
}  // namespace vpcmirror
