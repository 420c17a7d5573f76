// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! The walking guest in Rust; walk.c says what it does.

use std::fs;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::os::wasi::io::AsRawFd;

const CHUNK: usize = 4093;
const BLOCK: usize = 8 << 20;

extern "C" {
    // std's FileExt::read_at is not stable on WASI.
    fn pread(fd: i32, buffer: *mut u8, size: usize, offset: i64) -> isize;
}

fn fail(path: &str, what: &str) -> ! {
    println!("FAIL {}: {} ({})", path, what, io::Error::last_os_error());
    std::process::exit(1)
}

pub struct Walker {
    table: [u32; 256],
    digest: u32,
    entries: usize,
    bytes: usize,
    root_length: usize,
    grow_target: usize,
    blocks: Vec<Vec<u8>>,
}

impl Walker {
    pub fn new(root: &str, grow_target: usize) -> Walker {
        let mut table = [0u32; 256];
        for (i, entry) in table.iter_mut().enumerate() {
            let mut c = i as u32;
            for _ in 0..8 {
                c = if c & 1 != 0 { 0xedb88320 ^ (c >> 1) } else { c >> 1 };
            }
            *entry = c;
        }
        Walker { table, digest: !0, entries: 0, bytes: 0, root_length: root.len(), grow_target, blocks: Vec::new() }
    }

    fn add(&mut self, data: &[u8]) {
        for &b in data {
            self.digest = self.table[((self.digest ^ b as u32) & 255) as usize] ^ (self.digest >> 8);
        }
    }

    fn add_header(&mut self, kind: u8, path: &str, size: u64) {
        self.add(&[kind, 0]);
        self.add(path[self.root_length + 1..].as_bytes());
        self.add(&[0]);
        self.add(&size.to_le_bytes());
        self.entries += 1;
    }

    pub fn digest(&self) -> u32 {
        !self.digest
    }

    /// Takes so many MB more; returns how much there is now.
    pub fn grow(&mut self, more: usize) -> usize {
        self.grow_target += more;
        while self.blocks.len() * (BLOCK >> 20) < self.grow_target {
            self.grow_some();
        }
        self.grow_target
    }

    fn grow_some(&mut self) {
        let n = self.blocks.len();
        if n * (BLOCK >> 20) >= self.grow_target {
            return;
        }
        let mut block = vec![0u8; BLOCK];
        for i in (0..BLOCK).step_by(61) {
            block[i] = (i + n) as u8;
        }
        self.blocks.push(block);
    }

    pub fn check_growth(&self) {
        for (n, block) in self.blocks.iter().enumerate() {
            for i in (0..BLOCK).step_by(61) {
                if block[i] != (i + n) as u8 {
                    fail("grow", "memory was overwritten");
                }
            }
        }
    }

    fn read_file(&mut self, path: &str, size: u64) {
        let mut file = fs::File::open(path).unwrap_or_else(|_| fail(path, "open"));
        let stat = file.metadata().unwrap_or_else(|_| fail(path, "fstat"));
        if !stat.is_file() || stat.len() != size {
            fail(path, "fstat");
        }
        let mut content = Vec::new();
        let mut chunk = [0u8; CHUNK];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => content.extend_from_slice(&chunk[..n]),
                Err(_) => fail(path, "read"),
            }
        }
        if content.len() as u64 != size {
            fail(path, "not as long as its size");
        }
        let middle = size / 2;
        if file.seek(SeekFrom::End(0)).ok() != Some(size) {
            fail(path, "seek to the end");
        }
        if file.seek(SeekFrom::Start(middle)).ok() != Some(middle) {
            fail(path, "seek to the middle");
        }
        let mut piece = [0u8; 256];
        let n = file.read(&mut piece).unwrap_or_else(|_| fail(path, "read after a seek"));
        let rest = &content[middle as usize..];
        if n != rest.len().min(piece.len()) || piece[..n] != rest[..n] {
            fail(path, "read after a seek");
        }
        let m = unsafe { pread(file.as_raw_fd() as i32, piece.as_mut_ptr(), piece.len(), middle as i64) };
        if m != n as isize || piece[..n] != rest[..n] {
            fail(path, "pread");
        }
        if file.stream_position().ok() != Some(middle + n as u64) {
            fail(path, "tell");
        }
        self.add(&content);
        self.bytes += content.len();
    }

    pub fn walk(&mut self, path: &str) {
        for name in list(path) {
            let child = format!("{}/{}", path, name);
            let stat = fs::symlink_metadata(&child).unwrap_or_else(|_| fail(&child, "lstat"));
            if stat.is_dir() {
                self.add_header(b'd', &child, 0);
                self.walk(&child);
            } else if stat.is_file() {
                self.add_header(b'f', &child, stat.len());
                self.read_file(&child, stat.len());
            } else if stat.file_type().is_symlink() {
                let target = fs::read_link(&child).unwrap_or_else(|_| fail(&child, "readlink"));
                let target = target.to_str().unwrap();
                self.add_header(b'l', &child, target.len() as u64);
                self.add(target.as_bytes());
            } else {
                fail(&child, "of no known kind");
            }
            self.grow_some();
        }
    }
}

fn list(path: &str) -> Vec<String> {
    let entries = fs::read_dir(path).unwrap_or_else(|_| fail(path, "opendir"));
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap_or_else(|_| fail(path, "readdir")).file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn print_first_line(label: &str, path: &str) {
    let file = fs::File::open(path).unwrap_or_else(|_| fail(path, label));
    let mut line = String::new();
    if io::BufReader::new(file).read_line(&mut line).is_err() {
        fail(path, label);
    }
    println!("{} {}", label, line.trim_end());
}

fn is_missing(path: &str) -> bool {
    matches!(fs::File::open(path), Err(e) if e.kind() == io::ErrorKind::NotFound)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let root = &args[1];
    let grow_target = args.get(3).map_or(0, |mb| mb.parse().unwrap());
    let mut walker = Walker::new(root, grow_target);
    walker.walk(root);
    walker.check_growth();
    println!("digest {:08x} entries {} bytes {}", walker.digest(), walker.entries, walker.bytes);
    print_first_line("relative", &format!("{}/{}", &root[1..], args[2]));
    print_first_line("absolute", &format!("{}/{}", root, args[2]));
    println!("root {}", list("/").join(","));
    let both = is_missing(&format!("{}/no/such/file", root)) && is_missing("/no-such-file-at-all");
    println!("missing {}", if both { "ENOENT" } else { "WRONG" });
    if grow_target > 0 {
        println!("grown {}", walker.blocks.len() * (BLOCK >> 20));
    }
}
