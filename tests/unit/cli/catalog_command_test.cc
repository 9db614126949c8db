// vpcmirror catalog, over the tables that ship and over tables of a user's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kShippedData = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";

Ran CatalogOfShipped(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "catalog");
  arguments.insert(arguments.end(), {"--data", kShippedData});
  return Program()(arguments);
}

std::string RowOf(const std::string& text, const std::string& word) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(word, 0) == 0) return line;
  }
  return "";
}

std::size_t LongestLine(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

// 6 Gbps / 8 / 1.5 Mpps = 500 bytes.
TEST(CatalogCommandTest, ListsTypes) {
  const Ran ran = CatalogOfShipped({"list"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(RowOf(ran.out, "S5.4XLARGE32 "),
              AllOf(HasSubstr(" 16 "), HasSubstr("32 GiB"), HasSubstr("6 Gbps  in+out"),
                    HasSubstr("1.5 Mpps"), HasSubstr("500 B")));
  EXPECT_THAT(RowOf(ran.out, "c5.large "), HasSubstr("750 Mbps  each way"));
  EXPECT_THAT(ran.out, HasSubstr("SA4.8XLARGE128*"));
  EXPECT_LE(LongestLine(ran.out), 80u);
}

TEST(CatalogCommandTest, ListsWhatIsAskedFor) {
  const Ran ran = CatalogOfShipped(
      {"list", "--provider", "tencent", "--family", "S5", "--min-bandwidth", "23 Gbps"});
  EXPECT_NE(RowOf(ran.out, "S5.16XLARGE256"), "");
  EXPECT_NE(RowOf(ran.out, "S5.21XLARGE320"), "");
  EXPECT_EQ(RowOf(ran.out, "S5.12XLARGE96"), "");  // 17 Gbps
  EXPECT_EQ(RowOf(ran.out, "S6."), "");
  EXPECT_THAT(CatalogOfShipped({"list", "--min-vcpus", "10000"}).out,
              HasSubstr("No instance type is so."));
}

TEST(CatalogCommandTest, ListsAsCsvAndJson) {
  const Ran csv = CatalogOfShipped({"list", "--format", "csv"});
  EXPECT_THAT(csv.out, StartsWith("instance_type,provider,vcpu,memory_bytes,limit_model,"));
  EXPECT_THAT(RowOf(csv.out, "S5.4XLARGE32,"),
              StartsWith("S5.4XLARGE32,tencent,16,34359738368,combined,6000000000,,1500000,500.0,"
                         "300000,4,8,"));
  const Ran json = CatalogOfShipped({"list", "--family", "c5n", "--format", "json"});
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"name\": \"c5n.18xlarge\""),
                              HasSubstr("\"packet_rate_pps\": null")));
}

TEST(CatalogCommandTest, ListsReceivers) {
  const Ran ran = CatalogOfShipped({"list", "receivers"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(RowOf(ran.out, "vectra"), AllOf(HasSubstr("250 Mbps"), HasSubstr("0.2..0.312")));
  EXPECT_THAT(RowOf(ran.out, "kata"), HasSubstr("10 Gbps"));
  EXPECT_LE(LongestLine(ran.out), 80u);
  EXPECT_THAT(CatalogOfShipped({"list", "receivers", "--format", "csv"}).out,
              HasSubstr("zeek,500000000,500000000,2000000000,,50000,0.75,4096,"));
}

TEST(CatalogCommandTest, WhatIsAboutTypesIsRefusedForReceivers) {
  for (const char* option :
       {"--min-bandwidth", "--min-packet-rate", "--min-vcpus", "--provider", "--family"}) {
    const Ran ran = CatalogOfShipped({"list", "receivers", option, "1"});
    EXPECT_EQ(ran.exit_code, kBadInput) << option;
    EXPECT_EQ(ran.out, "") << option;
    EXPECT_THAT(ran.err, HasSubstr(std::string(option) + ": is about instance types"));
  }
}

TEST(CatalogCommandTest, NumbersThatMeanNothingAreRefusedInShort) {
  for (const char* age : {"-1", "0", "36501", "1e300", "", "soon"}) {
    const Ran ran = CatalogOfShipped({"lint", "--max-age", age});
    EXPECT_EQ(ran.exit_code, kBadInput) << age;
    EXPECT_THAT(ran.err, HasSubstr("is no number of days from 1 to 36500")) << age;
    EXPECT_LE(LongestLine(ran.err), 80u);
  }
  const Ran ran = CatalogOfShipped({"list", "--min-vcpus", "-2"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("--min-vcpus: \"-2\" is no number of vCPUs"));
}

TEST(CatalogCommandTest, ShowsATypeAndWhatIsDoubtful) {
  const Ran ran = CatalogOfShipped({"show", "SA4.8XLARGE128"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  for (const char* part : {"8 Gbps, in and out together", "2.7 Mpps", "qcloud-documents@25ddff00",
                           "2026-11-22", "Doubtful (CAT-TWIN)", "3.7 Mpps is likely meant"}) {
    EXPECT_THAT(ran.out, HasSubstr(part));
  }
  EXPECT_THAT(CatalogOfShipped({"show", "c5.large"}).out,
              AllOf(HasSubstr("750 Mbps, each way"), HasSubstr("The bandwidth is the baseline"),
                    HasSubstr("packet rate is not known")));
  EXPECT_THAT(CatalogOfShipped({"show", "suricata"}).out, HasSubstr("SEPTun"));
  EXPECT_THAT(CatalogOfShipped({"show", "zeek", "--format", "json"}).out,
              HasSubstr("\"scaling_efficiency\": 0.75"));
  const Ran none = CatalogOfShipped({"show", "S5.4XLARGE23"});
  EXPECT_EQ(none.exit_code, kBadInput);
  EXPECT_THAT(none.err, HasSubstr("\"S5.4XLARGE32\" (nearest)"));
}

// Without the breaks that keep lines to 80 columns.
std::string Unwrapped(std::string text) {
  for (std::size_t at = 0; (at = text.find("\n    ", at)) != std::string::npos;) {
    text.replace(at, 5, " ");
  }
  return text;
}

// The two slips of Tencent's pages that are known, and no other row.
TEST(CatalogLintCommandTest, FindsTheSlipsOfTheShippedTable) {
  const Ran ran = CatalogOfShipped({"lint"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.out;
  EXPECT_THAT(Unwrapped(ran.out), AllOf(HasSubstr("S6.16XLARGE266: memory is 266 GiB"),
                                        HasSubstr("SA4.8XLARGE128: packet rate is 2.7 Mpps"),
                                        HasSubstr("96 rows: 0 findings, 2 known\n")));
  EXPECT_EQ(CatalogOfShipped({"lint", "--strict"}).exit_code, kFindings);
}

TEST(CatalogLintCommandTest, FindsThemWhereTheTableDoesNotSaySo) {
  const Program run;
  const std::string file =
      run.Write("types.csv",
                "instance_type,vcpu,memory_gb,pps_in_plus_out,connections,queues,"
                "private_gbps_in_plus_out,eni_max\n"
                "SA4.8XLARGE64,32,64,3700000,1300000,32,8,\n"
                "SA4.8XLARGE128,32,128,2700000,1300000,32,8,\n"
                "SA4.8XLARGE128,32,many,2700000,1300000,32,8,\n");
  const Ran ran = run({"catalog", "lint", file});
  EXPECT_EQ(ran.exit_code, kFindings);
  for (const char* part :
       {"the column \"source\" is missing", "the column \"as_of\" is missing",
        "memory_gb is \"many\"", "instance_type is \"SA4.8XLARGE128\"",
        "types.csv:3:", "SA4.8XLARGE128: packet rate is 2.7 Mpps, and 3.7 Mpps of its twin"}) {
    EXPECT_THAT(Unwrapped(ran.out), HasSubstr(part));
  }
  EXPECT_THAT(run({"catalog", "lint", file, "--format", "json"}).out,
              HasSubstr("\"code\": \"CAT-TWIN\""));
  EXPECT_EQ(run({"catalog", "lint", run.InFolder("none.csv")}).exit_code, kBadInput);
}

// A file of holes takes no room.
TEST(CatalogImportCommandTest, AFileThatIsTooLargeIsRefusedWithWhatWouldDo) {
  const Program run;
  const std::string file = run.Write("types.json", "{}");
  std::filesystem::resize_file(file, (std::uintmax_t{128} << 20) + 1);
  const Ran ran = run({"catalog", "import", "--tencent", file, "--as-of", "2026-11-22"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("types.json: the file has 134217729 bytes"),
                             HasSubstr("(128 MiB): the API's pages in files of their own")));
}

// Invented types in the shape of the API's answer; 30 is 300 000 packets/s.
constexpr char kTencentAnswer[] = R"({"Response": {"InstanceTypeQuotaSet": [
  {"Zone": "a-1", "InstanceType": "ZZ1.LARGE8", "InstanceChargeType": "PREPAID", "Cpu": 4,
   "Memory": 8, "InstanceBandwidth": 1.5, "InstancePps": 30, "NetworkCard": 25,
   "Price": {"UnitPrice": null, "OriginalPrice": 200.0}},
  {"Zone": "a-1", "InstanceType": "ZZ1.LARGE8", "InstanceChargeType": "POSTPAID_BY_HOUR",
   "Cpu": 4, "Memory": 8, "InstanceBandwidth": 1.5, "InstancePps": 30,
   "Price": {"UnitPrice": 0.51, "ChargeUnit": "HOUR"}},
  {"Zone": "a-1", "InstanceType": "ZZ1.2XLARGE16", "Cpu": 8, "Memory": 16,
   "InstanceBandwidth": "much", "InstancePps": 60}
]}})";

TEST(CatalogImportCommandTest, MakesATableOfTencentsAnswer) {
  const Program run;
  const std::string answer = run.Write("types.json", kTencentAnswer);
  const Ran ran = run({"catalog", "import", "--tencent", answer, "--as-of", "2026-11-30",
                       "--source", "the API", "--currency", "CNY"});
  EXPECT_EQ(ran.exit_code, kFindings) << ran.err;
  EXPECT_EQ(ran.out,
            "instance_type,vcpu,memory_gb,pps_in_plus_out,connections,queues,"
            "private_gbps_in_plus_out,eni_max,source,as_of,hour_price,currency\n"
            "ZZ1.LARGE8,4,8,300000,,,1.5,,the API,2026-11-30,0.51,CNY\n");
  EXPECT_THAT(ran.err, AllOf(HasSubstr("types.json:9:25: InstanceBandwidth is \"much\""),
                             HasSubstr("/Response/InstanceTypeQuotaSet/2/InstanceBandwidth"),
                             HasSubstr("1 type as of 2026-11-30")));
  EXPECT_THAT(run({"catalog", "import", "--tencent", answer, "--as-of", "2026-11-30"}).out,
              Not(HasSubstr("0.51")));
}

// Two cards of 50 Gbps each: 100,000 Mbps; 512 MiB is half a GiB.
TEST(CatalogImportCommandTest, MakesATableOfAwssAnswer) {
  const Program run;
  const std::string answer = run.Write("types.json", R"({"InstanceTypes": [
    {"InstanceType": "zz1.large", "VCpuInfo": {"DefaultVCpus": 2}, "MemoryInfo": {"SizeInMiB": 512},
     "NetworkInfo": {"MaximumNetworkInterfaces": 3, "Ipv4AddressesPerInterface": 10, "NetworkCards": [
       {"BaselineBandwidthInGbps": 0.781, "PeakBandwidthInGbps": 12.5}]}},
    {"InstanceType": "zz1.48xlarge", "VCpuInfo": {"DefaultVCpus": 192},
     "MemoryInfo": {"SizeInMiB": 393216}, "NetworkInfo": {"NetworkCards": [
       {"BaselineBandwidthInGbps": 50.0}, {"BaselineBandwidthInGbps": 50.0}]}},
    {"InstanceType": "zz0.old", "VCpuInfo": {"DefaultVCpus": 1}, "MemoryInfo": {"SizeInMiB": 1024},
     "NetworkInfo": {"NetworkPerformance": "Low", "NetworkCards": [{}]}}]})");
  const Ran ran =
      run({"catalog", "import", "--aws", answer, "--as-of", "2026-11-30", "--source", "the API"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_EQ(ran.out,
            "instance_type,vcpu,memory_gib,baseline_mbps,peak_mbps,ipv4_per_eni,"
            "mirror_source_ok_2023_24,eni_max,source,as_of\n"
            "zz1.large,2,0.5,781,12500,10,,3,the API,2026-11-30\n"
            "zz1.48xlarge,192,384,100000,,,,,the API,2026-11-30\n"
            "zz0.old,1,1,,,,,,the API,2026-11-30\n");
  EXPECT_THAT(ran.err, HasSubstr("1 of 3 types have no bandwidth"));
}

TEST(CatalogImportCommandTest, MakesATableThatTheProgramReads) {
  const Program run;
  const std::string data = run.InFolder("mine");
  std::filesystem::copy(kShippedData, data, std::filesystem::copy_options::recursive);
  const Ran imported =
      run({"catalog", "import", "--tencent", run.Write("types.json", kTencentAnswer), "--as-of",
           "2026-11-30", "--out", data + "/catalog/tencent-cvm.csv", "--currency", "CNY"});
  EXPECT_EQ(imported.out, "");
  const Ran listed = run({"catalog", "list", "--provider", "tencent", "--data", data});
  EXPECT_EQ(listed.exit_code, kFine) << listed.err;
  EXPECT_THAT(RowOf(listed.out, "ZZ1.LARGE8"), HasSubstr("1.5 Gbps"));
  EXPECT_EQ(RowOf(listed.out, "S5."), "");
  EXPECT_THAT(run({"catalog", "show", "ZZ1.LARGE8", "--data", data}).out,
              HasSubstr("0.51 CNY an hour"));
}

TEST(CatalogImportCommandTest, RefusesWhatIsNoAnswer) {
  const Program run;
  const std::string other = run.Write("other.json", R"({"Reservations": []})");
  const Ran ran = run({"catalog", "import", "--aws", other, "--as-of", "2026-11-30"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("there is no list InstanceTypes in it"));
  EXPECT_EQ(run({"catalog", "import"}).exit_code, kBadInput);
  EXPECT_EQ(run({"catalog", "import", "--aws", other, "--as-of", "today"}).exit_code, kBadInput);
  EXPECT_EQ(
      run({"catalog", "import", "--tencent", run.InFolder("none.json"), "--as-of", "2026-11-30"})
          .exit_code,
      kBadInput);
}

}  // namespace
}  // namespace vpcmirror::sim
