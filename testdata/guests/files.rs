// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! The guest that does what its arguments say, in Rust; files.c says what each does.

use std::ffi::CString;
use std::fs;
use std::io::{self, Read};
use std::os::wasi::io::{AsRawFd, FromRawFd};

extern "C" {
    // std has no public open relative to a directory.
    fn openat(directory: i32, path: *const std::os::raw::c_char, flags: i32, ...) -> i32;
}

fn list(path: &str) -> io::Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        names.push(entry?.file_name().into_string().unwrap());
    }
    names.sort();
    Ok(names.join(","))
}

fn stat(path: &str) -> io::Result<String> {
    let found = fs::metadata(path)?;
    Ok(if found.is_dir() { "directory".to_string() } else { format!("file {}", found.len()) })
}

fn read_at(path: &str, name: &str) -> io::Result<String> {
    const O_RDONLY: i32 = 0x0400_0000;
    let directory = fs::File::open(path)?;
    let name = CString::new(name)?;
    let fd = unsafe { openat(directory.as_raw_fd(), name.as_ptr(), O_RDONLY) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    let mut content = String::new();
    unsafe { fs::File::from_raw_fd(fd) }.read_to_string(&mut content)?;
    Ok(content)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(operation) = rest.next() {
        let path = rest.next().expect("a path");
        let mut second = || rest.next().expect("a second operand");
        let done = |result: io::Result<()>| result.map(|_| "ok".to_string());
        let result = match operation {
            "read" => fs::read_to_string(path),
            "list" => list(path),
            "stat" => stat(path),
            "mkdir" => done(fs::create_dir(path)),
            "unlink" => done(fs::remove_file(path)),
            "rmdir" => done(fs::remove_dir(path)),
            "readlink" => fs::read_link(path).map(|target| target.to_str().unwrap().to_string()),
            "write" => done(fs::write(path, second())),
            "rename" => done(fs::rename(path, second())),
            "at" => read_at(path, second()),
            _ => panic!("unknown operation {operation}"),
        };
        match result {
            Ok(text) => println!("{text}"),
            Err(error) => match error.raw_os_error() {
                Some(number) => println!("errno {number}"),
                None => println!("error {error}"),
            },
        }
    }
}
