// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//! Prints a file that it finds under /static.

fn main() -> std::io::Result<()> {
    print!("{}", std::fs::read_to_string("/static/index.html")?);
    Ok(())
}
