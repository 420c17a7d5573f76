// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fuzzes the reader of components with any bytes: it must stay within them (the sanitizers look),
// and what it accepts must be what it reported: modules and sizes that lie in each other, and a
// file that is put together again, byte for byte, from what stands around each module; with another
// module in its place it is read again. Seeds: components of tests/unit/splice/modules/*.wat.

#include <algorithm>
#include <cstdint>
#include <string>

#include "component/binary.h"
#include "component/select.h"
#include "fuzzing.h"
#include "wasm/writer.h"

using namespace wasm_vfs;

namespace {

using fuzzing::check_message;
using fuzzing::require;

ByteBuffer put_together(const component::Binary& binary, const component::CoreModule& module,
                        Bytes inner) {
  const auto around = component::surround(binary, module, inner.size(), enclosing_sections(module));
  require(around.ok());
  ByteBuffer out;
  for (const Bytes part : around->before.parts()) append(out, part);
  append(out, inner);
  append(out, around->after);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes bytes(data, size);
  const auto binary = component::read_binary(bytes, "fuzz.wasm");
  if (!binary.ok()) {
    check_message(binary.error(), size);
    return 0;
  }
  for (const auto find : {component::find_application, component::find_packed}) {
    const auto place = find(*binary, "");
    if (place.ok())
      require(*place < binary->modules.size());
    else
      check_message(place.error(), size);
  }

  ByteBuffer other;
  wasm::append_module_header(other);
  wasm::append_section(other, 0, ByteBuffer(200, 0));  // a custom section without a name
  for (size_t i = 0; i < binary->modules.size(); ++i) {
    const component::CoreModule& core = binary->modules[i];
    require(core.module.bytes.data() == data + core.module.offset);
    require(core.module.offset + core.module.bytes.size() <= size);
    for (const component::SizeField& field : core.enclosing) {
      require(field.offset + field.width <= core.module.offset);
      require(field.offset + field.width + field.value >=
              core.module.offset + core.module.bytes.size());
      require(field.offset + field.width + field.value <= size);
    }
    const ByteBuffer same = put_together(*binary, core, core.module.bytes);
    require(std::equal(same.begin(), same.end(), bytes.begin(), bytes.end()));
    const ByteBuffer replaced = put_together(*binary, core, other);
    const auto again = component::read_binary(replaced, "fuzz.wasm");
    require(again.ok() && again->modules.size() == binary->modules.size());
    require(again->modules[i].module.bytes.size() == other.size());
  }
  return 0;
}
