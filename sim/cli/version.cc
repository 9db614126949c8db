#include "sim/cli/version.h"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace vpcmirror::sim {
namespace {

std::size_t Padded(std::size_t size) { return (size + 3) / 4 * 4; }

// Of the notes of a program, the one with its build ID (gABI, "Note Section"): three words, a
// name and a description, both padded to words.
std::string BuildIdIn(std::string_view notes) {
  while (notes.size() >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes.data(), sizeof(note));
    notes.remove_prefix(sizeof(note));
    const std::size_t name = Padded(note.n_namesz);
    const std::size_t description = Padded(note.n_descsz);
    if (name > notes.size() || description > notes.size() - name) break;
    if (note.n_type == NT_GNU_BUILD_ID &&
        notes.substr(0, note.n_namesz) == std::string_view("GNU", 4)) {
      std::string id;
      for (const char byte : notes.substr(name, note.n_descsz)) {
        id += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      }
      return id;
    }
    notes.remove_prefix(name + description);
  }
  return "";
}

// Called for each loaded object, the program first.
int LookAtObject(dl_phdr_info* object, std::size_t /*size*/, void* found) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = object->dlpi_phdr[i];
    if (part.p_type != PT_NOTE) continue;
    const auto* notes = reinterpret_cast<const char*>(object->dlpi_addr + part.p_vaddr);
    std::string id = BuildIdIn({notes, part.p_memsz});
    if (!id.empty()) *static_cast<std::string*>(found) = std::move(id);
  }
  return 1;
}

}  // namespace

const char kVersion[] = VPCMIRROR_VERSION;

std::string BuildId() {
  std::string id;
  ::dl_iterate_phdr(LookAtObject, &id);
  return id.empty() ? "unknown" : id;
}

}  // namespace vpcmirror::sim
