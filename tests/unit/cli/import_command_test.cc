// vpcmirror import, and check of what it takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kImportData = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";
const std::string kAnswers = std::string(VPCMIRROR_SOURCE_DIR) + "/tests/golden/import/";

Ran Call(const Program& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--data", kImportData});
  return program(arguments);
}

// Without white space: lines are broken where they are too long, and paths differ in length.
std::string Squeezed(std::string text) {
  std::erase_if(text, [](unsigned char c) { return c == ' ' || c == '\n'; });
  return text;
}

TEST(ImportCommandTest, WritesAScenarioThatCheckTakes) {
  const Program program;
  for (const char* cloud : {"tencent", "aws", "alibaba"}) {
    const std::string file = program.InFolder("estate.json");
    const Ran ran = Call(program, {"import", cloud, kAnswers + cloud, "--out", file});
    EXPECT_EQ(ran.exit_code, kFine) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("imported"));
    const Ran checked = Call(program, {"check", file});
    EXPECT_EQ(checked.exit_code, kFine) << checked.out << checked.err;
  }
}

// Answers of AWS under the word of Terraform, and the other way round.
TEST(ImportCommandTest, TakesNothingForWhatItWasNotAskedFor) {
  const Program program;
  for (const auto& [word, file, what] :
       {std::tuple("terraform", "aws", "what was read is of AWS, not of Terraform"),
        std::tuple("aws", "terraform/aws-plan.json",
                   "what was read is of Terraform, not of AWS")}) {
    const Ran ran = Call(program, {"import", word, kAnswers + file});
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr(what));
    EXPECT_THAT(ran.err, HasSubstr("vpcmirror check finds out by itself"));
  }
}

TEST(CheckOfAnswersTest, TakesOneScenarioAtATime) {
  const Program program;
  const std::string scenario = kImportData + "/quickstart.json";
  for (const std::vector<std::string>& files :
       {std::vector<std::string>{scenario, kImportData + "/autoscale.json"},
        {kAnswers + "tencent/vpcs.json", scenario}}) {
    const Ran ran = Call(program, {"check", files[0], files[1]});
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_THAT(ran.out + ran.err, HasSubstr("a scenario among what is to be imported"));
    EXPECT_THAT(ran.out + ran.err, HasSubstr("one scenario at a time"));
  }
}

// The mirror of imgf-audit001 copies what comes in by TCP to port 443 of 10.0.1.0/24.
TEST(ImportCommandTest, ExplainAnswersForWhatWasImported) {
  const Program program;
  const std::string file = program.InFolder("estate.json");
  Call(program, {"import", "tencent", kAnswers + "tencent", "--out", file});
  const auto explain = [&](const char* packet) {
    return Call(program, {"explain", file, "--packet", packet}).out;
  };
  EXPECT_THAT(explain("in tcp 192.0.2.1:50000 > 10.0.1.11:443"),
              AllOf(testing::StartsWith("MIRRORED"), HasSubstr("10.0.9.10")));
  EXPECT_THAT(explain("in tcp 192.0.2.1:50000 > 10.0.1.11:80"),
              testing::StartsWith("NOT MIRRORED"));
  EXPECT_THAT(explain("out tcp 10.0.1.11:443 > 192.0.2.1:50000"),
              testing::StartsWith("NOT MIRRORED"));
}

TEST(ImportCommandTest, PrintsTheCallsAndPermissions) {
  const Ran ran = Program()({"import", "tencent", "--print-commands"});
  EXPECT_EQ(ran.exit_code, kFine);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("tccli vpc DescribeTrafficMirrors --region REGION"),
                             HasSubstr("#   vpc:DescribeTrafficMirrors"), HasSubstr("CAM")));
}

TEST(ImportCommandTest, SaysWhatIsMissing) {
  const Program program;
  const Ran none = Call(program, {"import", "aws"});
  EXPECT_EQ(none.exit_code, kBadInput);
  EXPECT_THAT(none.err, HasSubstr("--print-commands"));
  const Ran unknown = Call(program, {"import", "tincent", "x"});
  EXPECT_EQ(unknown.exit_code, kBadInput);
  const Ran empty = Call(program, {"import", "aws", program.InFolder("")});
  EXPECT_EQ(empty.exit_code, kBadInput);
  EXPECT_THAT(empty.err, HasSubstr("no .json file is in this folder"));
}

TEST(ImportCommandTest, ContradictionsAreToldAndTheScenarioIsWrittenAllTheSame) {
  const Program program;
  const std::string first = program.Write("1.json", R"({"VpcSet": [
    {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]})");
  const std::string second = program.Write("2.json", R"({"VpcSet": [
    {"VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16"}]})");
  const Ran ran = Call(program, {"import", "tencent", first, second});
  EXPECT_EQ(ran.exit_code, kFindings);
  EXPECT_THAT(ran.err, HasSubstr("2.json:2:5: VPC vpc-1 is described twice"));
  EXPECT_THAT(ran.out, HasSubstr("10.0.0.0/16"));
}

TEST(CheckOfAnswersTest, FindingsAreInTheProvidersFiles) {
  const Program program;
  const Ran ran = Call(program, {"check", kAnswers + "tencent"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.out;
  // traffic-mirrors.json:46 is `        "State": "STOPED",`.
  EXPECT_THAT(Squeezed(ran.out), HasSubstr("traffic-mirrors.json:46:18:warningMIR-STA-003"));
  EXPECT_THAT(ran.out, HasSubstr("46 |         \"State\": \"STOPED\","));
  EXPECT_THAT(ran.out, Not(HasSubstr("correct-horse")));
}

TEST(CheckOfAnswersTest, GapsAreAssumptionsOfARuleOfTheirOwn) {
  const Program program;
  const Ran ran = Call(program, {"check", kAnswers + "tencent/traffic-mirrors.json"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.out;
  EXPECT_THAT(Squeezed(ran.out),
              HasSubstr("traffic-mirrors.json:12:27:assumptionMIR-IMP-001:ENIeni-web00001"));
}

TEST(CheckOfAnswersTest, AnUnknownWordIsAnErrorWhereItStands) {
  const Program program;
  const std::string file = program.Write("m.json", R"({"TrafficMirrorSet": [
  {"VpcId": "vpc-1", "TrafficMirrorId": "imgf-1", "TrafficMirrorName": "m", "State": "RUNNING",
   "Direction": "SIDEWAYS",
   "CollectorSrcs": ["eni-1"], "CollectorTarget": {"TargetIps": ["10.0.0.9"]}}]})");
  const Ran ran = Call(program, {"check", file});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("SIDEWAYS"), HasSubstr("\"EGRESS\"")));
  EXPECT_THAT(Squeezed(ran.out), HasSubstr("m.json:3:17:errorMIR-INP-001"));
}

TEST(CheckOfAnswersTest, ALineIsShownWithoutItsSecrets) {
  const Program program;
  const std::string file = program.Write(
      "i.json",
      R"({"InstanceSet": [{"InstanceId": "ins-1", "UserData": "c2VjcmV0", "InstanceType": "ZZ9"}]})");
  const Ran ran = Call(program, {"check", file});
  EXPECT_THAT(Squeezed(ran.out), HasSubstr("typeZZ9"));
  EXPECT_THAT(ran.out, Not(HasSubstr("c2VjcmV0")));
}

TEST(CheckOfAnswersTest, MachinesGetTheProvidersFilesToo) {
  const Program program;
  const Ran ran = Call(program, {"check", kAnswers + "aws", "--format", "jsonl"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("MIR-IMP-001"), HasSubstr("route-tables.json")));
}

}  // namespace
}  // namespace vpcmirror::sim
