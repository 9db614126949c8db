// Capture files.
#include <set>

#include "models/scenario/draft.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

// "web[0]/eni0" as part of a file name: "web-0-eni0".
std::string FilePart(const std::string& id) {
  std::string part;
  for (const char c : id) {
    if (c == ']') continue;
    part += c == '/' || c == '[' || c == ':' ? '-' : c;
  }
  return part;
}

std::string WithPart(const std::string& file, const std::string& part) {
  const auto slash = file.rfind('/');
  const auto dot = file.rfind('.');
  const bool has_extension =
      dot != std::string::npos && dot != 0 && (slash == std::string::npos || dot > slash + 1);
  const auto cut = has_extension ? dot : file.size();
  return file.substr(0, cut) + "-" + part + file.substr(cut);
}

bool StaysInFolder(const std::string& file) {
  if (file.empty() || file.front() == '/' || file.back() == '/') return false;
  return ("/" + file + "/").find("/../") == std::string::npos;
}

void AddPcap(Draft& draft, const PcapOutputSpec& spec, std::set<std::string>& files) {
  const Selection selection = ResolveEnis(draft, {spec.what, spec.path, std::nullopt});
  if (!StaysInFolder(spec.file)) {
    draft.errors.Add(spec.path, "the file name \"" + spec.file + "\"",
                     "a name inside the result's folder, such as \"ids.pcap\"");
    return;
  }
  for (const std::size_t eni : selection.enis) {
    const std::string& id = draft.deployment->enis[eni].id;
    const std::string file =
        selection.enis.size() == 1 ? spec.file : WithPart(spec.file, FilePart(id));
    if (!files.insert(file).second) {
      draft.errors.Add(spec.path, "two captures would be written to \"" + file + "\"",
                       "a file of its own");
    }
    draft.pcaps.push_back({eni, file});
  }
}

}  // namespace

void ExpandOutputs(Draft& draft) {
  std::set<std::string> files;
  for (const PcapOutputSpec& spec : draft.scenario.pcaps) AddPcap(draft, spec, files);
}

}  // namespace vpcmirror
