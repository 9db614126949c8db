#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "analysis/report/logged_traffic_report.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

Json VolumeJson(const LoggedVolume& volume) {
  return {{"records", volume.records}, {"bytes", volume.bytes}};
}

Json RecordsJson(const LogTally& tally) {
  return {{"read", tally.records},
          {"counted", VolumeJson(tally.counted)},
          {"rejected", VolumeJson(tally.rejected)},
          {"no_data", tally.no_data},
          {"skipped", tally.skipped},
          {"elsewhere", VolumeJson(tally.elsewhere)},
          {"unknown", VolumeJson(tally.unknown)},
          {"undecided", VolumeJson(tally.undecided)},
          {"untimed", VolumeJson(tally.untimed)},
          {"late", VolumeJson(tally.late)},
          {"ahead", VolumeJson(tally.ahead)},
          {"late_bytes", tally.late_bytes},
          {"backwards", tally.backwards},
          {"without_packets", tally.without_packets},
          {"bad_lines", tally.bad_lines},
          {"told_lines", tally.told_lines}};
}

Json WindowJson(const WindowTotals& window) {
  return {{"start", window.start},
          {"in_bps", window.in.bits_per_second},
          {"in_pps", window.in.frames_per_second},
          {"out_bps", window.out.bits_per_second},
          {"out_pps", window.out.frames_per_second},
          {"copies_bps", window.copies.bits_per_second},
          {"copies_pps", window.copies.frames_per_second}};
}

Json RateJson(const LoggedRate& rate) {
  return {{"bytes", rate.bytes},
          {"frames", rate.frames},
          {"peak_bps", rate.peak.bits_per_second},
          {"peak_pps", rate.peak.frames_per_second},
          {"peak_start", rate.peak_start}};
}

Json SizingJson(const LoggedTrafficReport& report) {
  const LoggedTraffic& logged = report.logged;
  if (logged.windows.empty()) return nullptr;
  Json json = {{"at", report.size_at}, {"share", report.share}};
  const WindowTotals& window = SizingWindow(logged, report.share);
  json.update(WindowJson(window));
  json["assumed_peak_bps"] = window.copies.bits_per_second * logged.peak_to_mean;
  return json;
}

Json MappedJson(const LoggedTrafficReport& report) {
  Json list = Json::array();
  for (const MappedInterface& each : report.logged.mapped) {
    list.push_back({{"id", each.id},
                    {"eni", report.scenario->deployment->enis[each.eni].id},
                    {"by", each.by_rule ? "rule" : "address"}});
  }
  return list;
}

Json UnknownJson(const LoggedTraffic& logged) {
  Json list = Json::array();
  for (const UnknownInterface& each : logged.unknown) {
    Json unknown = {{"id", each.id}};
    unknown.update(VolumeJson(each.volume));
    list.push_back(std::move(unknown));
  }
  return list;
}

Json MirrorsJson(const LoggedTrafficReport& report) {
  Json list = Json::array();
  for (std::size_t i = 0; i < report.logged.mirrors.size(); ++i) {
    const LoggedMirror& mirror = report.logged.mirrors[i];
    list.push_back({{"id", report.scenario->mirrors[i].mirror->settings().id},
                    {"offered", RateJson(mirror.offered)},
                    {"mirrored", RateJson(mirror.mirrored)},
                    {"wire", RateJson(mirror.wire)}});
  }
  return list;
}

// Those with traffic.
Json EnisJson(const LoggedTrafficReport& report) {
  Json list = Json::array();
  for (std::size_t i = 0; i < report.logged.enis.size(); ++i) {
    const LoggedEni& eni = report.logged.enis[i];
    if (eni.in.bytes + eni.out.bytes + eni.copies_in.bytes == 0) continue;
    list.push_back({{"id", report.scenario->deployment->enis[i].id},
                    {"in", RateJson(eni.in)},
                    {"out", RateJson(eni.out)},
                    {"copies_out", RateJson(eni.copies_out)},
                    {"copies_in", RateJson(eni.copies_in)}});
  }
  return list;
}

}  // namespace

std::string LoggedTrafficJson(const LoggedTrafficReport& report) {
  const LoggedTraffic& logged = report.logged;
  Json json = {{"schema", kTrafficSchema},
               {"version", report.version},
               {"file", report.file},
               {"logs", logged.files},
               {"matrix", logged.is_matrix},
               {"newest_first", logged.is_newest_first},
               {"window_seconds", logged.window_seconds},
               {"window_given", logged.is_window_given},
               {"open_seconds", logged.open_seconds},
               {"peak_to_mean", logged.peak_to_mean},
               {"records", RecordsJson(logged.tally)},
               {"unknown_interfaces", logged.unknown_interfaces}};
  json["unknown"] = UnknownJson(logged);
  json["mapped"] = MappedJson(report);
  json["unused_rules"] = logged.unused_rules;
  json["sizing"] = SizingJson(report);
  json["mirrors"] = MirrorsJson(report);
  json["enis"] = EnisJson(report);
  json["windows"] = Json::array();
  for (const WindowTotals& each : logged.windows) json["windows"].push_back(WindowJson(each));
  json["left_out"] = LeftOutByLogs(logged);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string LoggedTrafficCsv(const LoggedTrafficReport& report) {
  const LoggedTraffic& logged = report.logged;
  std::string out =
      "window_start,window_seconds,in_bps,in_pps,out_bps,out_pps,copies_bps,copies_pps,sizes\n";
  const WindowTotals* const sizing =
      logged.windows.empty() ? nullptr : &SizingWindow(logged, report.share);
  for (const WindowTotals& each : logged.windows) {
    out += fmt::format("{},{},{},{},{},{},{},{},{}\n", each.start, logged.window_seconds,
                       each.in.bits_per_second, each.in.frames_per_second, each.out.bits_per_second,
                       each.out.frames_per_second, each.copies.bits_per_second,
                       each.copies.frames_per_second, &each == sizing);
  }
  return out;
}

}  // namespace vpcmirror
