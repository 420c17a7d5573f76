// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What commands print on standard output for people and scripts: tables, colours, JSON.

#ifndef WASM_VFS_TOOLS_LISTING_H_
#define WASM_VFS_TOOLS_LISTING_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wasm_vfs::tool {

using Json = nlohmann::ordered_json;

enum class Colour { kNone, kBold, kRed, kGreen, kYellow, kBlue, kCyan };

/// How standard output is written to.
struct OutputStyle {
  bool terminal = false;  // aligned and with headings; else columns are separated by a tab
  bool colours = false;   // on a terminal, unless NO_COLOR is set (https://no-color.org) or TERM is
                          // "dumb"
  std::string paint(std::string_view text, Colour colour) const;
};

OutputStyle output_style();

/// Rows of columns, the last as wide as it needs to be.
class Table {
 public:
  struct Column {
    std::string heading;
    bool right = false;  // aligned, as numbers are
  };
  struct Cell {
    std::string text;
    Colour colour = Colour::kNone;
    Cell(std::string t, Colour c = Colour::kNone) : text(std::move(t)), colour(c) {}
    Cell(const char* t) : text(t) {}
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// REQUIRES: as many cells as columns. Text that could drive a terminal is shown as \xNN.
  void add(std::vector<Cell> row);
  std::string text(const OutputStyle& style) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// Prints on standard output. What cannot be written is reported at the program's end.
void print(std::string_view text);

/// One line of JSON. Text that is not UTF-8 comes with U+FFFD.
void print_json(const Json& json);

/// "1980-01-01 00:00:00", in UTC; nanoseconds since 1970.
std::string time_text(uint64_t nanoseconds);
/// "1980-01-01T00:00:00Z", with nine decimals of a second where it has any (RFC 3339).
std::string time_json(uint64_t nanoseconds);

}  // namespace wasm_vfs::tool

#endif  // WASM_VFS_TOOLS_LISTING_H_
