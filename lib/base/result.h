// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a library function says that it failed: it returns a Result that holds a value or an Error.
// Nothing in lib/ throws for bad input, prints, or exits. Tested by result_test.cc.

#ifndef WASM_VFS_BASE_RESULT_H_
#define WASM_VFS_BASE_RESULT_H_

#include <string>
#include <utility>
#include <variant>

namespace wasm_vfs {

/// Why something failed, as one line for the user: which file, section and byte offset where that
/// is known, what was expected, and what to do about it. No trailing newline.
struct Error {
  std::string message;
};

/// A value of type T, or the Error that prevented it. Must be looked at.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  /// REQUIRES: ok().
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }

  /// REQUIRES: !ok().
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

/// The result of a function that has nothing to return but may fail.
using Status = Result<std::monostate>;

inline Status ok_status() { return std::monostate{}; }

#define WASM_VFS_CONCAT_(a, b) a##b
#define WASM_VFS_CONCAT(a, b) WASM_VFS_CONCAT_(a, b)

/// Evaluates a Result or Status; returns its Error from the enclosing function if it failed.
#define RETURN_IF_ERROR(expression)                                   \
  do {                                                                \
    if (auto status_ = (expression); !status_.ok())                   \
      return std::move(status_).error();                              \
  } while (false)

/// ASSIGN_OR_RETURN(auto x, f()): as RETURN_IF_ERROR, and declares x from the value.
#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_(WASM_VFS_CONCAT(result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_(result, declaration, expression) \
  auto result = (expression);                              \
  if (!result.ok()) return std::move(result).error();      \
  declaration = *std::move(result)

}  // namespace wasm_vfs

#endif  // WASM_VFS_BASE_RESULT_H_
