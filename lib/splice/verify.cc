// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The sum over the module leaves out the contents, which may be many times as large and have a sum
// of their own; where the contents begin and end is read from the module itself, so a byte that
// decides it is under the module's sum as well. Tested by verify_test.cc.

#include "splice/verify.h"

#include <algorithm>

#include "image/layer.h"
#include "image/paths.h"
#include "wasm/cursor.h"
#include "wasm/writer.h"

namespace wasm_vfs::splice {
namespace {

std::string counted(uint64_t count, const char* singular, const char* plural) {
  return std::to_string(count) + " " + (count == 1 ? singular : plural);
}

/// The files of a run, for a message: "/a, /b and 3 more".
std::string names_of(const image::ImageReader& image, const image::ContentRun& run) {
  constexpr size_t kMost = 3;
  std::string text;
  for (size_t i = 0; i < std::min(run.files.size(), kMost); ++i)
    text += (i == 0 ? "" : ", ") + image::printable(image.path(run.files[i]));
  if (run.files.size() > kMost)
    text += " and " + std::to_string(run.files.size() - kMost) + " more";
  return text;
}

/// Where some of a module's bytes begin in it. Offsets in a Module are those in its file, which may
/// be a component.
uint64_t place_in(const wasm::Module& module, Bytes bytes) {
  return static_cast<uint64_t>(bytes.data() - module.bytes.data());
}

/// The manifest's section as wasm-vfs writes it: with a size of as few bytes as it takes, and last.
void check_place(const wasm::Module& module, const wasm::Section& section, Check& check) {
  ByteBuffer header;
  wasm::append_section_header(header, static_cast<uint8_t>(section.id), section.contents.size());
  if (section.whole.size() != header.size() + section.contents.size())
    check.problems.push_back("custom section 'wasm-vfs' (offset " +
                             wasm::hexadecimal(section.offset) +
                             "): another tool has written its size in more bytes than it takes");
  const uint64_t end = place_in(module, section.whole) + section.whole.size();
  if (end != module.bytes.size())
    check.problems.push_back(
        counted(module.bytes.size() - end, "byte follows", "bytes follow") +
        " the manifest (offset " + wasm::hexadecimal(section.offset + section.whole.size()) +
        "), with which a packed module ends: another tool has added or moved sections");
}

/// What of the contents' bytes is damaged.
void check_contents(const image::ImageReader& image, const Manifest& manifest, Check& check) {
  const std::vector<image::ContentRun> runs = image::content_runs(image);
  if (runs.size() != manifest.file_sums.size()) {
    check.problems.push_back("the manifest has " + std::to_string(manifest.file_sums.size()) +
                             " sums of files, the image needs " + std::to_string(runs.size()));
    return;
  }
  for (size_t i = 0; i < runs.size(); ++i)
    if (!has_sum(image, runs[i].files.front(), manifest.file_sums[i]))
      check.problems.push_back(names_of(image, runs[i]) +
                               ": the bytes are not those that were packed");
}

void check_overlaps(const image::ImageReader& image, Check& check) {
  const std::vector<image::ContentRun> runs = image::content_runs(image);
  for (size_t i = 1; i < runs.size(); ++i)
    if (runs[i].offset - runs[i - 1].offset < runs[i - 1].size)
      check.problems.push_back(names_of(image, runs[i - 1]) + " and " + names_of(image, runs[i]) +
                               ": their bytes overlap, and are not the same");
}

class Verification {
 public:
  explicit Verification(const wasm::Module& module) : module_(module), found_(find_image(module)) {}

  std::vector<Check> run() {
    read_manifest_section();
    read_image();
    if (!manifest_) return std::move(checks_);
    if (found_) {
      check_index();
      if (image_) check_files();
      check_module();
    }
    check_application();
    return std::move(checks_);
  }

 private:
  Check& begin(std::string name) {
    checks_.push_back({std::move(name), {}, {}});
    return checks_.back();
  }

  void read_manifest_section() {
    Check& check = begin("manifest");
    section_ = module_.find_custom_section(kManifestSection);
    if (!section_) {
      check.problems.push_back(
          found_ ? "another tool has stripped the custom section 'wasm-vfs', so there are no sums "
                   "to compare with"
                 : "there is no custom section 'wasm-vfs'");
      return;
    }
    Result<Manifest> manifest = decode_manifest(wasm::custom_contents(*section_));
    if (!manifest.ok()) {
      check.problems.push_back(manifest.error().message);
      return;
    }
    manifest_ = *std::move(manifest);
    check_place(module_, *section_, check);
    check.passed = "wasm-vfs " + manifest_->version + ", Binaryen " + manifest_->binaryen_version;
  }

  void read_image() {
    Check& check = begin("image");
    if (!found_) {
      check.problems.push_back("no passive data segment begins as an index does");
      return;
    }
    Result<image::ImageReader> image = image::ImageReader::open(found_->index, found_->contents);
    if (!image.ok()) {
      check.problems.push_back(
          image.error().message + "; the index begins at offset " +
          wasm::hexadecimal(module_.offset + place_in(module_, found_->index)));
      return;
    }
    image_ = *std::move(image);
    check_overlaps(*image_, check);
    check.passed = counted(image_->node_count(), "node", "nodes") + ", " +
                   counted(image_->mount_count(), "mount", "mounts");
    if (!manifest_) return;
    const std::vector<std::string> mounts = image::tree_of(*image_).mounts;
    if (mounts != manifest_->mounts)
      check.problems.push_back("its mounts are not those that the manifest names");
  }

  void check_index() {
    Check& check = begin("index");
    check.passed = counted(found_->index.size(), "byte", "bytes");
    if (image::digest_of(found_->index) != manifest_->index_digest)
      check.problems.push_back("its bytes are not those that were written");
  }

  void check_files() {
    Check& check = begin("contents");
    check.passed = counted(found_->contents.size(), "byte", "bytes") + ", " +
                   counted(manifest_->file_sums.size(), "sum", "sums");
    check_contents(*image_, *manifest_, check);
    if (image::digest_of(found_->contents) != manifest_->contents_digest && check.problems.empty())
      check.problems.push_back("their bytes are not those that were written");
  }

  void check_module() {
    Check& check = begin("module");
    const uint64_t contents_begin = place_in(module_, found_->contents);
    const uint64_t manifest_begin = place_in(module_, section_->whole);
    const uint64_t contents_end = contents_begin + found_->contents.size();
    if (contents_end > manifest_begin) {
      check.problems.push_back("the manifest stands before the contents");
      return;
    }
    image::Hasher hasher;
    hasher.update(module_.bytes.first(contents_begin));
    hasher.update(module_.bytes.subspan(contents_end, manifest_begin - contents_end));
    check.passed = counted(manifest_begin - found_->contents.size(), "byte", "bytes") +
                   " of code and other sections";
    if (hasher.digest() != manifest_->module_digest)
      check.problems.push_back(
          "another tool has changed the module outside the packed files, or it is damaged");
  }

  void check_application() {
    Check& check = begin("application");
    check.passed =
        counted(manifest_->application_size, "byte", "bytes") + ", which unpack gives back";
    if (const Result<ByteBuffer> application = unpack(module_, *manifest_); !application.ok())
      check.problems.push_back("unpack cannot give it back as it was");
  }

  const wasm::Module& module_;
  const std::optional<ImageSegments> found_;
  const wasm::Section* section_ = nullptr;
  std::optional<Manifest> manifest_;
  std::optional<image::ImageReader> image_;
  std::vector<Check> checks_;
};

}  // namespace

std::vector<Check> verify(const wasm::Module& module) {
  return Verification(module).run();
}

std::optional<std::vector<std::optional<image::ShortDigest>>> sums_by_node(
    const image::ImageReader& image, const Manifest& manifest) {
  const std::vector<image::ContentRun> runs = image::content_runs(image);
  if (runs.size() != manifest.file_sums.size()) return std::nullopt;
  std::vector<std::optional<image::ShortDigest>> sums(image.node_count());
  for (size_t i = 0; i < runs.size(); ++i)
    for (const uint32_t file : runs[i].files) sums[file] = manifest.file_sums[i];
  return sums;
}

bool has_sum(const image::ImageReader& image, uint32_t node, const image::ShortDigest& expected) {
  image::Hasher hasher;
  const Status status = image.stream(node, [&](Bytes bytes) {
    hasher.update(bytes);
    return ok_status();
  });
  return status.ok() && image::shorten(hasher.digest()) == expected;
}

}  // namespace wasm_vfs::splice
