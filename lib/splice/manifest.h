// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The custom section "wasm-vfs" that a packed module ends with: what was packed, by which tool, and
// sums to check it by, and how to get the application back. The packed module runs without it. Its
// contents are the length of a JSON text (unsigned LEB128), the text, so that any tool can read it,
// the instructions of undo.h, a sum of each file's bytes, and a sum of all that. docs/image-format.md
// lists the members.
// Tested by manifest_test.cc.

#ifndef WASM_VFS_SPLICE_MANIFEST_H_
#define WASM_VFS_SPLICE_MANIFEST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "image/digest.h"
#include "splice/interception.h"

namespace wasm_vfs::splice {

inline constexpr std::string_view kManifestSection = "wasm-vfs";

/// A section of a component around the packed core module. The pack writes its size anew.
struct EnclosingSection {
  uint32_t size_width = 0;  // bytes that its size took before the pack
  uint64_t beside = 0;      // bytes in it before and after the section that it encloses, or the module
  bool operator==(const EnclosingSection&) const = default;
};

struct Manifest {
  std::string version;              // of wasm-vfs
  std::string binaryen_version;     // that specialised the shim
  std::vector<std::string> mounts;  // guest paths, in the order given
  Sealing sealing = Sealing::kNone;
  uint64_t application_size = 0;  // bytes of the module before the pack
  image::Digest application_digest{};
  image::Digest shim_digest{};  // of the prebuilt shim
  image::Digest index_digest{};
  image::Digest contents_digest{};
  image::Digest module_digest{};    // of the packed module's bytes up to the manifest's section, but
                                    // for the contents
  std::vector<EnclosingSection> enclosing;  // of an application in a component, innermost first
  ByteBuffer undo;                  // as encode_undo() made it
  std::vector<image::ShortDigest> file_sums;  // of the files' bytes, ascending by their offset in
                                              // the contents; bytes that are shared have one
};

/// The contents of the section, after its name.
ByteBuffer encode_manifest(const Manifest& manifest);

/// Reads the contents of a section, after its name. Fails, saying what is wrong, for what
/// encode_manifest() did not write, and for what was changed since.
Result<Manifest> decode_manifest(Bytes contents);

}  // namespace wasm_vfs::splice

#endif  // WASM_VFS_SPLICE_MANIFEST_H_
