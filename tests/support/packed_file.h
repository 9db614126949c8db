// Files for readers of logs, packed or not. Who includes this links zlib and zstd.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <string>
#include <vector>

namespace vpcmirror {

inline std::string WriteTestFile(const std::string& name, const std::string& text) {
  const std::string file = testing::TempDir() + name;
  std::ofstream(file, std::ios::binary) << text;
  return file;
}

inline std::string WriteGzipTestFile(const std::string& name, const std::string& text) {
  const std::string file = testing::TempDir() + name;
  const gzFile out = gzopen(file.c_str(), "wb");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  return file;
}

inline std::string WriteZstdTestFile(const std::string& name, const std::string& text) {
  std::vector<char> packed(ZSTD_compressBound(text.size()));
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), ZSTD_CLEVEL_DEFAULT);
  return WriteTestFile(name, std::string(packed.data(), size));
}

}  // namespace vpcmirror
