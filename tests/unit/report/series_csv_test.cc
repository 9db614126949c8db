#include "analysis/report/series_csv.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace vpcmirror {
namespace {

std::string CsvOf(const Series& series) {
  std::string csv;
  WriteSeriesCsv(series, [&](std::string_view part) { csv += part; });
  return csv;
}

// Figures of a host are cpu_cores, queue_bytes, memory_bytes; of an ENI in and out, then
// copies, each in frames and bytes. What was always zero has no line.
TEST(SeriesCsvTest, HasALineForEachValue) {
  Series series{.bin = Picoseconds(kPicosecondsPerSecond / 10), .bins = 3, .objects = {}};
  series.objects.push_back({.kind = SeriesKind::kHost,
                            .id = "web[0]",
                            .first_bin = 0,
                            .values = {0.5, 0, 1500, 0.25, 0, 0, 0, 0, 3000},
                            .dropped = {}});
  series.objects.push_back({.kind = SeriesKind::kEni,
                            .id = "a,\"b\"",
                            .first_bin = 2,
                            .values = {7, 700, 0, 0, 0, 0},
                            .dropped = {{"egress_bandwidth", {3}}}});
  EXPECT_EQ(CsvOf(series),
            "start_s,kind,id,figure,unit,value\n"
            "0.000000000000,host,web[0],cpu_cores,cores,0.5\n"
            "0.100000000000,host,web[0],cpu_cores,cores,0.25\n"
            "0.200000000000,host,web[0],cpu_cores,cores,0\n"
            "0.000000000000,host,web[0],memory_bytes,bytes,1500\n"
            "0.100000000000,host,web[0],memory_bytes,bytes,0\n"
            "0.200000000000,host,web[0],memory_bytes,bytes,3000\n"
            "0.200000000000,eni,\"a,\"\"b\"\"\",in_frames,frames,7\n"
            "0.200000000000,eni,\"a,\"\"b\"\"\",in_bytes,bytes,700\n"
            "0.200000000000,eni,\"a,\"\"b\"\"\",dropped.egress_bandwidth,frames,3\n");
}

// In parts, whole lines in all: a byte count does not show as 1.2e+09.
TEST(SeriesCsvTest, WritesLargeCountsOut) {
  Series series{.bin = Picoseconds(1), .bins = 1, .objects = {}};
  series.objects.push_back({.kind = SeriesKind::kEni,
                            .id = "web",
                            .first_bin = 0,
                            .values = {0, 1'234'567'890'123, 0, 0, 0, 0},
                            .dropped = {}});
  EXPECT_EQ(CsvOf(series),
            "start_s,kind,id,figure,unit,value\n"
            "0.000000000000,eni,web,in_bytes,bytes,1234567890123\n");
}

}  // namespace
}  // namespace vpcmirror
