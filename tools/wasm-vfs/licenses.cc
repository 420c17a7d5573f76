// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The notices of the libraries that are compiled into the shim, word for word, as they ask: of xxHash
// the head of xxhash.h, of libzstd the file LICENSE of its source.
// Tested by tests/cli/cases/inspect-licenses*.test.

#include "licenses.h"

namespace wasm_vfs::tool {

std::string licence_text(bool has_decoder) {
  std::string text =
      "wasm-vfs: the shim in the packed module\n"
      "  Apache License 2.0 with LLVM Exceptions (SPDX: Apache-2.0 WITH LLVM-exception).\n"
      "  By the exception, a packed module may be passed on without this notice.\n"
      "\n"
      "xxHash: the hash of paths in the shim\n"
      "  This notice must go with the packed module.\n"
      "\n"
      "  xxHash - Extremely Fast Hash algorithm\n"
      "  Copyright (C) 2012-2020 Yann Collet\n"
      "\n"
      "  BSD 2-Clause License (https://www.opensource.org/licenses/bsd-license.php)\n"
      "\n"
      "  Redistribution and use in source and binary forms, with or without\n"
      "  modification, are permitted provided that the following conditions are\n"
      "  met:\n"
      "\n"
      "     * Redistributions of source code must retain the above copyright\n"
      "       notice, this list of conditions and the following disclaimer.\n"
      "     * Redistributions in binary form must reproduce the above\n"
      "       copyright notice, this list of conditions and the following disclaimer\n"
      "       in the documentation and/or other materials provided with the\n"
      "       distribution.\n"
      "\n"
      "  THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS\n"
      "  \"AS IS\" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT\n"
      "  LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR\n"
      "  A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT\n"
      "  OWNER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL,\n"
      "  SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT\n"
      "  LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE,\n"
      "  DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY\n"
      "  THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT\n"
      "  (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE\n"
      "  OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.\n";
  if (has_decoder)
    text +=
        "\n"
        "libzstd: the decoder of compressed files in the shim\n"
        "  This notice must go with the packed module.\n"
        "\n"
        "  BSD License\n"
        "\n"
        "  For Zstandard software\n"
        "\n"
        "  Copyright (c) Meta Platforms, Inc. and affiliates. All rights reserved.\n"
        "\n"
        "  Redistribution and use in source and binary forms, with or without modification,\n"
        "  are permitted provided that the following conditions are met:\n"
        "\n"
        "   * Redistributions of source code must retain the above copyright notice, this\n"
        "     list of conditions and the following disclaimer.\n"
        "\n"
        "   * Redistributions in binary form must reproduce the above copyright notice,\n"
        "     this list of conditions and the following disclaimer in the documentation\n"
        "     and/or other materials provided with the distribution.\n"
        "\n"
        "   * Neither the name Facebook, nor Meta, nor the names of its contributors may\n"
        "     be used to endorse or promote products derived from this software without\n"
        "     specific prior written permission.\n"
        "\n"
        "  THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS \"AS IS\" AND\n"
        "  ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED\n"
        "  WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE\n"
        "  DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR\n"
        "  ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES\n"
        "  (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;\n"
        "  LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON\n"
        "  ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT\n"
        "  (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS\n"
        "  SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.\n";
  return text;
}

}  // namespace wasm_vfs::tool
