// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! walk.rs as a reactor; reactor.c says what it does.

#[allow(dead_code)]
#[path = "walk.rs"]
mod walk;

use std::alloc::{alloc, realloc, Layout};
use std::sync::Mutex;

use walk::Walker;

static HEAP: Mutex<Option<Walker>> = Mutex::new(None);

extern "C" {
    fn __wasm_call_ctors();
}

/// Without it the linker makes a command of each export, which runs the constructors anew.
#[no_mangle]
pub extern "C" fn _initialize() {
    unsafe { __wasm_call_ctors() }
}

/// The adapter asks for memory by this, in the middle of a call.
#[no_mangle]
pub extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, alignment: usize, size: usize) -> *mut u8 {
    unsafe {
        match old_size {
            0 => alloc(Layout::from_size_align_unchecked(size, alignment)),
            _ => realloc(old, Layout::from_size_align_unchecked(old_size, alignment), size),
        }
    }
}

#[no_mangle]
pub extern "C" fn digest() -> u32 {
    let mut walker = Walker::new("/static", 0);
    walker.walk("/static");
    walker.digest()
}

#[no_mangle]
pub extern "C" fn grow() -> u32 {
    HEAP.lock().unwrap().get_or_insert_with(|| Walker::new("/static", 0)).grow(64) as u32
}

#[no_mangle]
pub extern "C" fn check() -> u32 {
    if let Some(walker) = HEAP.lock().unwrap().as_ref() {
        walker.check_growth();
    }
    1
}
