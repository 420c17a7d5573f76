// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! Counts the words of a file in a HashMap, whose seed is random. Exits with their number.

use std::collections::HashMap;

fn main() {
    let text = std::fs::read_to_string("/data/a.txt").expect("a file");
    if std::env::args().len() > 1 {
        return;
    }
    let mut words = HashMap::new();
    for word in text.split_whitespace() {
        *words.entry(word).or_insert(0) += 1;
    }
    std::process::exit(words.len() as i32);
}
