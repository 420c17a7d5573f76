// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A terminal gets columns that line up, and headings; a pipe gets the same cells with tabs between
// them and nothing else, so that `cut -f` needs no options. Tested by the golden cases in
// tests/cli, on a terminal by tests/cli/properties (tables_on_a_terminal).

#include "listing.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "image/paths.h"

namespace wasm_vfs::tool {
namespace {

/// Columns that a terminal needs, where each character takes one.
size_t width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;  // no continuation of UTF-8
  }));
}

/// "1980-01-01", SEPARATOR, "00:00:00".
std::string date_and_time(uint64_t seconds, char separator) {
  using namespace std::chrono;
  const sys_seconds moment{std::chrono::seconds(seconds)};
  const sys_days day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u%c%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), separator,
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;

}  // namespace

std::string OutputStyle::paint(std::string_view text, Colour colour) const {
  const char* code = nullptr;
  switch (colour) {
    case Colour::kNone:
      break;
    case Colour::kBold:
      code = "1";
      break;
    case Colour::kRed:
      code = "31";
      break;
    case Colour::kGreen:
      code = "32";
      break;
    case Colour::kYellow:
      code = "33";
      break;
    case Colour::kBlue:
      code = "34";
      break;
    case Colour::kCyan:
      code = "36";
      break;
  }
  if (!colours || code == nullptr || text.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

OutputStyle output_style() {
  OutputStyle style;
  style.terminal = isatty(STDOUT_FILENO) == 1;
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const term = std::getenv("TERM");
  style.colours = style.terminal && (no_color == nullptr || *no_color == '\0') && term != nullptr &&
                  std::string_view(term) != "dumb";
  return style;
}

void Table::add(std::vector<Cell> row) {
  for (Cell& cell : row) cell.text = image::printable(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::text(const OutputStyle& style) const {
  std::string out;
  if (!style.terminal) {
    for (const std::vector<Cell>& row : rows_)
      for (size_t i = 0; i < row.size(); ++i)
        out += row[i].text + (i + 1 < row.size() ? "\t" : "\n");
    return out;
  }
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(width(columns_[i].heading));
    for (const std::vector<Cell>& row : rows_) widths[i] = std::max(widths[i], width(row[i].text));
  }
  const auto add_row = [&](const std::vector<Cell>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - width(row[i].text), ' ');
      const bool last = i + 1 == row.size();
      if (columns_[i].right) out += gap;
      out += style.paint(row[i].text, row[i].colour);
      if (!columns_[i].right && !last) out += gap;
      out += last ? "\n" : "  ";
    }
  };
  std::vector<Cell> headings;
  for (const Column& column : columns_) headings.push_back({column.heading, Colour::kBold});
  add_row(headings);
  for (const std::vector<Cell>& row : rows_) add_row(row);
  return out;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

void print_json(const Json& json) {
  print(json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string time_text(uint64_t nanoseconds) {
  return date_and_time(nanoseconds / kNanosecondsPerSecond, ' ');
}

std::string time_json(uint64_t nanoseconds) {
  std::string text = date_and_time(nanoseconds / kNanosecondsPerSecond, 'T');
  if (const uint64_t rest = nanoseconds % kNanosecondsPerSecond; rest != 0) {
    const std::string digits = std::to_string(rest);
    text += "." + std::string(9 - digits.size(), '0') + digits;
  }
  return text + "Z";
}

}  // namespace wasm_vfs::tool
