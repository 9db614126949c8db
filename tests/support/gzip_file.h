// Files for readers of logs, gzipped or not. Who includes this links zlib.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <string>

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

}  // namespace vpcmirror
