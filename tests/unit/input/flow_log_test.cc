#include "sim/input/flow_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/addresses.h"
#include "tests/support/packed_file.h"
#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = FlowRecord::Kind;

// The record of the examples of all dialects: https from 10.20.3.7, 1840 packets.
struct Sums {
  std::vector<Kind> kinds;
  std::vector<std::string> interfaces;
  std::int64_t packets = 0;
  std::int64_t bytes = 0;
  FlowRecord last;
};

Sums SumsOf(FlowLog& log) {
  Sums sums;
  FlowRecord record;
  while (log.Next(record)) {
    sums.kinds.push_back(record.kind);
    sums.interfaces.emplace_back(record.interface_id);
    sums.packets += record.packets;
    sums.bytes += record.bytes;
    sums.last = record;
  }
  return sums;
}

struct Dialect {
  const char* name;
  std::string text;
};

void PrintTo(const Dialect& dialect, std::ostream* os) { *os << dialect.name; }

const std::string kAwsHeader =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status\n";
const std::string kAwsLine =
    "2 210987654321 eni-0aa11bb22cc33dd44 10.20.3.7 10.20.9.15 51544 443 6 1840 1536220 1760000000 "
    "1760000060 ACCEPT OK\n";
const std::string kNoDataLine =
    "2 210987654321 eni-0aa11bb22cc33dd44 - - - - - - - 1760000060 1760000120 - NODATA\n";
const std::string kRejectLine =
    "2 210987654321 eni-0aa11bb22cc33dd44 10.20.3.7 10.20.9.15 51544 22 6 10 600 1760000000 "
    "1760000060 REJECT OK\n";

// Each with one record of traffic, of 1840 packets and 1,536,220 bytes, then one without data.
const Dialect kDialects[] = {
    {"AwsByOrder", kAwsLine + kNoDataLine},
    {"AwsByHeader", kAwsHeader + kAwsLine + kNoDataLine},
    {"AwsCustomHeader",
     "version interface-id instance-id srcaddr dstaddr srcport dstport protocol packets bytes "
     "start end flow-direction az-id log-status\n"
     "5 eni-0aa11bb22cc33dd44 i-0123 10.20.3.7 10.20.9.15 51544 443 6 1840 1536220 1760000000 "
     "1760000060 egress use1-az2 OK\n"
     "5 eni-0aa11bb22cc33dd44 - - - - - - - - 1760000060 1760000120 - - NODATA\n"},
    {"Json",
     R"({"version":"1","account-id":"1300012345","interface-id":"eni-0aa11bb22cc33dd44",)"
     R"("srcaddr":"10.20.3.7","dstaddr":"10.20.9.15","srcport":"51544","dstport":"443",)"
     R"("protocol":"6","packets":"1840","bytes":"1536220","start":"1760000000",)"
     R"("end":"1760000060","action":"ACCEPT","log-status":"OK"})"
     "\n"
     R"({"__TAG__": {"a": ["}"]}, "interface_id": "eni-0aa11bb22cc33dd44", "log_status": "NODATA"})"
     "\n"},
    {"JsonNumbers",
     R"({"interface-id":"eni-0aa11bb22cc33dd44","srcaddr":"10.20.3.7","dstaddr":"10.20.9.15",)"
     R"("srcport":51544,"dstport":443,"protocol":6,"packets":1840,"bytes":1536220,)"
     R"("start":1760000000,"end":1760000060})"
     "\r\n"
     R"({"interface-id":"eni-0aa11bb22cc33dd44","log-status":"NODATA"})"},
    {"JsonInsideAnObject",
     R"({"__TIMESTAMP__":1760000061,"__TAG__":{"zone":"gz-3"},"content":{"interface-id":)"
     R"("eni-0aa11bb22cc33dd44","srcaddr":"10.20.3.7","dstaddr":"10.20.9.15","srcport":"51544",)"
     R"("dstport":"443","protocol":"6","packets":"1840","bytes":"1536220","start":"1760000000",)"
     R"("end":"1760000060","action":"ACCEPT","log-status":"OK"}})"
     "\n"
     R"({"content":{"interface-id":"eni-0aa11bb22cc33dd44","log-status":"NODATA"},"n":[1,{}]})"
     "\n"},
    {"JsonInsideAText",
     R"({"Time":1760000061000,"LogJson":"{\"interface-id\":\"eni-0aa11bb22cc33dd44\",)"
     R"(\"srcaddr\":\"10.20.3.7\",\"dstaddr\":\"10.20.9.15\",\"srcport\":\"51544\",)"
     R"(\"dstport\":443,\"protocol\":6,\"packets\":\"1840\",\"bytes\":\"1536220\",)"
     R"(\"start\":1760000000,\"end\":1760000060,\"action\":\"ACCEPT\",\"log-status\":\"OK\"}"})"
     "\n"
     R"({"LogJson":"{\"interface-id\":\"eni-0aa11bb22cc33dd44\",\"log-status\":\"NODATA\"}"})"
     "\n"},
    {"ValuesInsideJson",
     R"({"timestamp":1760000061000,"message":"2 210987654321 eni-0aa11bb22cc33dd44 10.20.3.7 )"
     R"(10.20.9.15 51544 443 6 1840 1536220 1760000000 1760000060 ACCEPT OK"})"
     "\n"
     R"({"message":"2 210987654321 eni-0aa11bb22cc33dd44 - - - - - - - 1760000060 1760000120 )"
     R"(- NODATA"})"
     "\n"},
    {"CsvWithEmptyValues",
     "interface_id,srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,log_status,"
     "tcp_flags\n"
     "eni-0aa11bb22cc33dd44,10.20.3.7,10.20.9.15,51544,443,6,\"1840\",1536220,1760000000,"
     "1760000060,OK,\n"
     "eni-0aa11bb22cc33dd44,,,,,,,,1760000060,1760000120,NODATA,\n"},
    {"Tabs",
     "interface-id\tsrcaddr\tdstaddr\tsrcport\tdstport\tprotocol\tpackets\tbytes\tstart\tend\t"
     "log-status\n"
     "eni-0aa11bb22cc33dd44\t10.20.3.7\t10.20.9.15\t51544\t443\t6\t1840\t1536220\t1760000000\t"
     "1760000060\tOK\n"
     "eni-0aa11bb22cc33dd44\t\t\t\t\t\t\t\t\t\tNODATA\n"},
    {"AlibabaByOrder",
     "1 vsw-1 i-1 vpc-1 1234 eni-0aa11bb22cc33dd44 cn-hangzhou 10.20.3.7 51544 10.20.9.15 443 6 "
     "out 1840 1536220 1760000000 1760000060 OK ACCEPT 18\n"
     "1 vsw-1 i-1 vpc-1 1234 eni-0aa11bb22cc33dd44 cn-hangzhou - - - - - - - - 1760000000 "
     "1760000060 NODATA - -\n"},
};

class FlowLogDialectTest : public testing::TestWithParam<Dialect> {};

TEST_P(FlowLogDialectTest, TellsTheSameRecord) {
  const std::string name = std::string("log-") + GetParam().name;
  for (const std::string& file :
       {WriteTestFile(name, GetParam().text), WriteGzipTestFile(name + ".gz", GetParam().text),
        WriteZstdTestFile(name + ".zst", GetParam().text)}) {
    FlowLog log(file);
    FlowRecord record;
    ASSERT_TRUE(log.Next(record));
    EXPECT_EQ(record.kind, Kind::kTraffic);
    EXPECT_EQ(record.interface_id, "eni-0aa11bb22cc33dd44");
    EXPECT_EQ(record.flow, (FlowKey{.source = Address("10.20.3.7"),
                                    .destination = Address("10.20.9.15"),
                                    .source_port = 51544,
                                    .destination_port = 443,
                                    .protocol = 6,
                                    .ports = Ports::kKnown}));
    EXPECT_EQ(record.packets, 1840);
    EXPECT_EQ(record.bytes, 1'536'220);
    EXPECT_EQ(record.start, 1'760'000'000);
    EXPECT_EQ(record.end, 1'760'000'060);
    ASSERT_TRUE(log.Next(record));
    EXPECT_EQ(record.kind, Kind::kNoData);
    EXPECT_FALSE(log.Next(record));
    EXPECT_EQ(log.bad_lines(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, FlowLogDialectTest, testing::ValuesIn(kDialects),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(FlowLogTest, DirectionIsTakenWhereTheLogSaysIt) {
  FlowLog log(WriteTestFile("direction.log", kDialects[2].text));
  FlowRecord record;
  ASSERT_TRUE(log.Next(record));
  EXPECT_EQ(record.direction, Direction::kEgress);
  FlowLog other(WriteTestFile("no-direction.log", kAwsLine));
  ASSERT_TRUE(other.Next(record));
  EXPECT_EQ(record.direction, std::nullopt);
}

TEST(FlowLogTest, WhatDidNotPassIsToldApart) {
  const std::string skipped =
      "2 210987654321 eni-0bb - - - - - - - 1760000060 1760000120 - SKIPDATA\n";
  FlowLog log(WriteTestFile("kinds.log", kRejectLine + skipped + kNoDataLine + kAwsHeader));
  const Sums sums = SumsOf(log);
  EXPECT_THAT(sums.kinds, ElementsAre(Kind::kRejected, Kind::kSkipped, Kind::kNoData));
  EXPECT_EQ(sums.bytes, 600);
}

TEST(FlowLogTest, PortlessProtocolsAndIpv6AreRead) {
  FlowLog log(WriteTestFile("portless.log",
                            "2 1 eni-1 2001:db8::1 2001:db8::2 0 0 58 2 208 1 2 ACCEPT OK\n"
                            "2 1 eni-1 2001:db8::1 2001:db8::2 - - 47 - 208 1 2 ACCEPT OK\n"));
  const Sums sums = SumsOf(log);
  EXPECT_EQ(sums.bytes, 416);
  EXPECT_EQ(sums.packets, 2);
  EXPECT_EQ(sums.last.flow.ports, Ports::kNotInProtocol);
  EXPECT_EQ(sums.last.flow.source, Address("2001:db8::1"));
}

TEST(FlowLogTest, BadLinesAreToldWithTheirNumberAndCounted) {
  std::string text = kAwsLine;
  text += "2 1 eni-1 10.0.0.256 10.0.0.2 1 2 6 1 60 1 2 ACCEPT OK\n";
  text += "2 1 eni-1 10.0.0.1 10.0.0.2 1 70000 6 1 60 1 2 ACCEPT OK\n";
  text += "2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 6x 1 2 ACCEPT OK\n";
  text += "2 1 eni-1 10.0.0.1\n";
  text += "2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 60 1 2 MAYBE OK\n";
  for (int i = 0; i < 10; ++i) text += "2 1 eni-1 10.0.0.1 10.0.0.2 1 2 256 1 60 1 2 ACCEPT OK\n";
  text += std::string(2'000'000, 'x') + "\n" + kAwsLine;
  FlowLog log(WriteTestFile("bad.log", text));
  EXPECT_THAT(SumsOf(log).kinds, SizeIs(2));
  EXPECT_EQ(log.bad_lines(), 16);
  std::vector<std::string> told;
  for (const FlowLog::BadLine& each : log.told_lines()) {
    told.push_back(std::to_string(each.line) + ": " + each.message);
  }
  EXPECT_THAT(told,
              ElementsAre("2: \"10.0.0.256\" is no address (srcaddr)",
                          "3: \"70000\" is no port (dstport)", "4: \"6x\" is no number of bytes",
                          "5: 4 values, where 14 are expected", "6: \"MAYBE\" is no action"));
}

// A packet has 20 to 65,575 bytes, and no window more than 100 PB.
TEST(FlowLogTest, AmountsThatNoPacketsMakeAreBadLines) {
  std::string text;
  for (const char* amounts : {"1000 1000", "1 65576", "1 100000000000000001",
                              "9223372036854775807 9223372036854775807", "1 20", "2 131150"}) {
    text += std::string("2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 ") + amounts + " 1 2 ACCEPT OK\n";
  }
  FlowLog log(WriteTestFile("amounts.log", text));
  EXPECT_THAT(SumsOf(log).kinds, SizeIs(2));
  EXPECT_EQ(log.bad_lines(), 4);
  EXPECT_EQ(log.told_lines().at(1).message,
            "\"65576\" is no number of bytes of so many IP packets");
}

TEST(FlowLogTest, BrokenJsonIsABadLine) {
  FlowLog log(WriteTestFile("bad.json", "{\"a\":\n{\"a\" 1}\n{\"a\":1}x\n{\"a\":\"b\n{}\n"));
  EXPECT_THAT(SumsOf(log).kinds, IsEmpty());
  EXPECT_EQ(log.bad_lines(), 5);
}

TEST(FlowLogTest, WhatIsNoFlowLogIsRefused) {
  const auto errors = [](const std::string& name, const std::string& text) {
    return ErrorsOf([&] { FlowLog log(WriteTestFile(name, text)); });
  };
  EXPECT_THAT(errors("empty.log", "\n\n"), ElementsAre(HasSubstr("the file is empty")));
  EXPECT_THAT(errors("few.log", "1 2 3\n"),
              ElementsAre(HasSubstr("3 values and no header that names them")));
  EXPECT_THAT(
      errors("no-bytes.log", "version interface-id srcaddr dstaddr srcport dstport protocol\n"),
      ElementsAre(HasSubstr("there is no field bytes")));
  EXPECT_THAT(errors("both.csv", "source,destination,rate,bytes\n"),
              ElementsAre(HasSubstr("a rate, or bytes and a period")));
  EXPECT_THAT(errors("no-end.csv", "source,rate\n"),
              ElementsAre(HasSubstr("there is no field dstaddr")));
  EXPECT_THAT(ErrorsOf([] { FlowLog log("/nowhere/flow.log"); }),
              ElementsAre(HasSubstr("there is no such file")));
}

// Lines as nfdump 1.7.1 of Debian printed them of flows that its nfpcapd made of a capture, the
// fields behind `dir` cut down to three.
TEST(FlowLogTest, NfdumpIsReadUpToItsSummary) {
  FlowLog log(WriteTestFile(
      "nfdump.csv",
      "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,"
      "exid,eng,tr\n"
      "2009-07-28 06:37:02,2009-07-28 06:37:07,4.913,119.130.141.207,58.49.108.208,15977,80,TCP,"
      "...AP.SF,0,0,33,4102,0,0,0,0,0,0,0,0,0,0,0,17/1,2026-11-30 14:03:33.138\n"
      "2009-07-28 06:37:03,2009-07-28 06:37:13,9.772,119.130.141.207,58.49.108.208,15981,80,TCP,"
      "...AP.S.,0,0,54,8514,0,0,0,0,0,0,0,0,0,0,0,17/1,2026-11-30 14:03:33.138\n"
      "Summary\n"
      "flows,bytes,packets,avg_bps,avg_pps,avg_bpp\n"
      "2,12616,87,9175,7,145\n"));
  FlowRecord record;
  ASSERT_TRUE(log.Next(record));
  EXPECT_EQ(record.interface_id, "");
  EXPECT_EQ(record.flow.source, Address("119.130.141.207"));
  EXPECT_EQ(record.flow.destination_port, 80);
  EXPECT_EQ(record.flow.protocol, kProtocolTcp);
  EXPECT_EQ(record.packets, 33);
  EXPECT_EQ(record.bytes, 4'102);
  EXPECT_EQ(record.start, 1'248'763'022);  // date -u -d '2009-07-28 06:37:02' +%s
  EXPECT_EQ(record.end, 1'248'763'027);
  EXPECT_EQ(record.direction, std::nullopt);
  ASSERT_TRUE(log.Next(record));
  EXPECT_FALSE(log.Next(record));
  EXPECT_EQ(log.bad_lines(), 0);
}

// The default of nfdump from 1.7.5 on.
TEST(FlowLogTest, NfdumpOfTodayHasADurationAndNoEnd) {
  FlowLog log(WriteTestFile(
      "nfdump-1.7.5.csv",
      "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"
      "2009-07-28 06:37:02.138,00:01:04.913,ICMP6,2001:db8::1,0,2001:db8::2,128,33,4102,1\n"
      "2009-07-28 06:37:02.138,64.913,UDP,10.0.0.1,7,10.0.0.2,53,33,4102,1\n"));
  FlowRecord record;
  for (const std::uint8_t protocol : {kProtocolIcmpV6, kProtocolUdp}) {
    ASSERT_TRUE(log.Next(record));
    EXPECT_EQ(record.flow.protocol, protocol);
    EXPECT_EQ(record.start, 1'248'763'022);
    EXPECT_EQ(record.end, 1'248'763'022 + 64);
  }
}

TEST(FlowLogTest, NfdumpFastCountsMilliseconds) {
  FlowLog log(WriteTestFile(
      "nfdump-fast.csv",
      "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,"
      "flags,srcTos,packets,bytes\n"
      "1,2,1248763022138,1248763027051,6,10.0.0.1,15977,10.0.0.2,80,0,0,0,0,...AP.SF,0,33,4102\n"));
  FlowRecord record;
  ASSERT_TRUE(log.Next(record));
  EXPECT_EQ(record.start, 1'248'763'022);
  EXPECT_EQ(record.end, 1'248'763'027);
  EXPECT_EQ(record.bytes, 4'102);
}

TEST(FlowLogTest, AnswersOfNfdumpsTwoWayFlowsAreARecordOfTheirOwn) {
  FlowLog log(WriteTestFile("two-way.csv",
                            "ts,te,td,sa,da,sp,dp,pr,ipkt,ibyt,opkt,obyt\n"
                            "2009-07-28 06:37:02,2009-07-28 06:37:07,4.913,10.0.0.1,10.0.0.2,15977,"
                            "80,TCP,33,4102,40,50000\n"));
  FlowRecord record;
  ASSERT_TRUE(log.Next(record));
  EXPECT_EQ(record.bytes, 4'102);
  ASSERT_TRUE(log.Next(record));
  EXPECT_EQ(record.flow.source, Address("10.0.0.2"));
  EXPECT_EQ(record.flow.source_port, 80);
  EXPECT_EQ(record.bytes, 50'000);
  EXPECT_EQ(record.packets, 40);
  EXPECT_EQ(record.end, 1'248'763'027);
  EXPECT_FALSE(log.Next(record));
}

TEST(FlowLogTest, MatricesHaveRatesOrBytesOfAPeriod) {
  FlowLog rates(WriteTestFile("rates.csv",
                              "source,destination,rate,packet_bytes,protocol,destination_port\n"
                              "web[0], 192.0.2.1 ,8 Mbps,500,udp,53\n"
                              "web[0],192.0.2.1,8,500,udp,53\n"));
  EXPECT_TRUE(rates.is_matrix());
  FlowRecord record;
  ASSERT_TRUE(rates.Next(record));
  EXPECT_EQ(record.source_name, "web[0]");
  EXPECT_EQ(record.destination_name, "");
  EXPECT_EQ(record.flow.destination, Address("192.0.2.1"));
  EXPECT_EQ(record.flow.protocol, kProtocolUdp);
  EXPECT_EQ(record.flow.destination_port, 53);
  EXPECT_EQ(record.bytes, 1'000'000);  // 8 Mbps for the second that it is told for
  EXPECT_EQ(record.packets, 2'000);
  EXPECT_EQ(record.end - record.start, 1);
  EXPECT_FALSE(rates.Next(record));
  ASSERT_EQ(rates.bad_lines(), 1);
  EXPECT_THAT(rates.told_lines()[0].message, HasSubstr("\"8\" is no rate"));

  FlowLog bytes(WriteTestFile("bytes.csv",
                              "source,destination,bytes,period\n10.0.0.2,10.0.0.3,6000,1 min\n"));
  ASSERT_TRUE(bytes.Next(record));
  EXPECT_EQ(record.bytes, 6'000);
  EXPECT_EQ(record.end - record.start, 60);
  EXPECT_EQ(record.flow.protocol, kProtocolTcp);
  EXPECT_EQ(record.flow.destination_port, 443);
}

std::string LongLog() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += kAwsLine + std::to_string(i * 7919) + "\n";
  return text;
}

std::vector<std::string> ErrorsOfHalf(const std::string& whole_file) {
  std::ifstream whole(whole_file, std::ios::binary);
  const std::string octets{std::istreambuf_iterator<char>(whole), {}};
  const std::string half = WriteTestFile("half-a-log", octets.substr(0, octets.size() / 2));
  return ErrorsOf([&] {
    FlowLog log(half);
    SumsOf(log);
  });
}

TEST(FlowLogTest, PackedDataThatEndsInTheMiddleIsSaid) {
  EXPECT_THAT(ErrorsOfHalf(WriteGzipTestFile("whole.gz", LongLog())),
              ElementsAre(HasSubstr("the gzipped data ends in the middle")));
  EXPECT_THAT(ErrorsOfHalf(WriteZstdTestFile("whole.zst", LongLog())),
              ElementsAre(HasSubstr("the zstd data ends in the middle")));
}

TEST(FlowLogTest, DamagedZstdIsSaid) {
  EXPECT_THAT(ErrorsOf([] { FlowLog log(WriteTestFile("bad.zst", "\x28\xb5\x2f\xfd more")); }),
              ElementsAre(HasSubstr("the file cannot be read")));
}

std::string OctetsIn(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(FlowLogTest, WhatStandsBehindPackedDataIsSaid) {
  const std::string gzip = OctetsIn(WriteGzipTestFile("whole.gz", LongLog()));
  const std::string zstd = OctetsIn(WriteZstdTestFile("whole.zst", LongLog()));
  struct Case {
    const char* name;
    std::string octets;
    const char* said;
  };
  for (const Case& each :
       {Case{"behind.gz", gzip + kAwsLine, "behind the gzip data is no gzip data"},
        Case{"magic.gz", gzip + "\x1f" + kAwsLine, "behind the gzip data is no gzip data"},
        Case{"filled.gz", gzip + std::string(700, '\0') + gzip, "behind the gzip data"},
        Case{"long.gz", gzip + LongLog(), "behind the gzip data is no gzip data"},
        Case{"behind.zst", zstd + kAwsLine, "behind the zstd data is no zstd data"}}) {
    EXPECT_THAT(ErrorsOf([&] {
                  FlowLog log(WriteTestFile(each.name, each.octets));
                  SumsOf(log);
                }),
                ElementsAre(HasSubstr(each.said)))
        << each.name;
  }
}

// Tapes and blocks are filled up with zeros.
TEST(FlowLogTest, ZerosBehindGzipAreNothing) {
  const std::string gzip = OctetsIn(WriteGzipTestFile("whole.gz", LongLog()));
  FlowLog log(WriteTestFile("filled.gz", gzip + gzip + std::string(300'000, '\0')));
  EXPECT_THAT(SumsOf(log).kinds, SizeIs(40'000));
}

TEST(FlowLogTest, ZstdOfSeveralFramesIsReadToItsEnd) {
  std::string octets;
  for (const std::string& part : {kAwsLine + kAwsLine, LongLog(), kAwsLine}) {
    std::ifstream packed(WriteZstdTestFile("part.zst", part), std::ios::binary);
    octets.append(std::istreambuf_iterator<char>(packed), {});
  }
  FlowLog log(WriteTestFile("frames.zst", octets));
  EXPECT_THAT(SumsOf(log).kinds, SizeIs(20'003));
  EXPECT_EQ(log.bad_lines(), 20'000);  // the numbers between
}

}  // namespace
}  // namespace vpcmirror::sim
