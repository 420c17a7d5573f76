// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tested by tests/cli/cases/diff*.test and verify*.test.

#include "differences.h"

namespace wasm_vfs::tool {
namespace {

const char* change_name(image::Difference::Kind kind) {
  switch (kind) {
    case image::Difference::Kind::kAdded:
      return "added";
    case image::Difference::Kind::kRemoved:
      return "removed";
    case image::Difference::Kind::kChanged:
      break;
  }
  return "changed";
}

Colour change_colour(image::Difference::Kind kind) {
  switch (kind) {
    case image::Difference::Kind::kAdded:
      return Colour::kGreen;
    case image::Difference::Kind::kRemoved:
      return Colour::kRed;
    case image::Difference::Kind::kChanged:
      break;
  }
  return Colour::kYellow;
}

}  // namespace

std::string difference_lines(const std::vector<image::Difference>& differences,
                             const OutputStyle& style) {
  if (differences.empty()) return {};
  Table table({{"CHANGE"}, {"PATH"}, {"WHAT"}});
  for (const image::Difference& difference : differences) {
    std::string what;
    for (const std::string& part : difference.what) what += (what.empty() ? "" : ", ") + part;
    table.add({{change_name(difference.kind), change_colour(difference.kind)},
               difference.path,
               what.empty() ? "-" : what});
  }
  return table.text(style);
}

Json difference_json(const std::vector<image::Difference>& differences) {
  Json list = Json::array();
  for (const image::Difference& difference : differences) {
    Json item = {{"change", change_name(difference.kind)}, {"path", difference.path}};
    if (!difference.what.empty()) item["what"] = difference.what;
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace wasm_vfs::tool
