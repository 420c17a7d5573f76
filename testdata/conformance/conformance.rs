// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Conformance cases through Rust's standard library, which asks for other rights and flags than C does. The
// protocol of the output is harness.c's, the tree that of tests/conformance/fixtures.py.

use std::fs::{self, File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const NOENT: i32 = 44;
const NOTDIR: i32 = 54;
const ISDIR: i32 = 31;
const EXIST: i32 = 20;
const NOTEMPTY: i32 = 55;
const LOOP: i32 = 32;
const ROFS: i32 = 69;
const PERM: i32 = 63;

fn wrong(text: String) -> Result<()> {
    Err(Error::new(ErrorKind::Other, text))
}
fn equal<T: PartialEq + std::fmt::Debug>(want: T, value: T) -> Result<()> {
    if want == value { Ok(()) } else { wrong(format!("{:?} and not {:?}", value, want)) }
}
fn fails<T>(want: &[i32], result: Result<T>) -> Result<()> {
    match result {
        Ok(_) => wrong(format!("success and not {:?}", want)),
        Err(error) if want.contains(&error.raw_os_error().unwrap_or(-1)) => Ok(()),
        Err(error) => wrong(format!("{:?} and not {:?}", error, want)),
    }
}
fn names(path: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        names.push(entry?.file_name().into_string().unwrap());
    }
    names.sort();
    Ok(names)
}

// `here` is the case's own directory.
type Case = (&'static str, &'static str, fn(here: &str) -> Result<()>);
const CASES: &[Case] = &[
    ("TREE", "fd_read reads_and_advances read_to_string", |here| {
        equal("Hello, world.\n".to_string(), fs::read_to_string(format!("{}/hello", here))?)
    }),
    ("TREE", "fd_read reads_and_advances large_file", |here| {
        let content = fs::read(format!("{}/big", here))?;
        equal(70_000, content.len())?;
        equal(true, content.iter().enumerate().all(|(at, byte)| *byte == (at * 7 + at / 256) as u8))
    }),
    ("TREE", "fd_read ISDIR read_a_directory", |here| {
        fails(&[ISDIR, 8, 76], fs::read(format!("{}/dir", here)))
    }),
    ("TREE", "fd_seek from_the_end seek", |here| {
        let mut file = File::open(format!("{}/hello", here))?;
        equal(7, file.seek(SeekFrom::End(-7))?)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        equal("world.\n".to_string(), text)
    }),
    ("TREE", "fd_filestat_get describes file_metadata", |here| {
        let data = File::open(format!("{}/hello", here))?.metadata()?;
        equal((true, 14), (data.is_file(), data.len()))?;
        equal(1_234_567_890_123_456_789, data.modified()?.duration_since(UNIX_EPOCH).unwrap().as_nanos())
    }),
    ("TREE", "fd_readdir lists read_dir", |here| {
        equal(vec!["inner".to_string(), "sub".to_string(), "up".to_string()], names(&format!("{}/dir", here))?)?;
        equal(100, names(&format!("{}/many", here))?.len())
    }),
    ("TREE", "fd_readdir lists file_types", |here| {
        for entry in fs::read_dir(format!("{}/dir", here))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            match entry.file_name().to_str().unwrap() {
                "sub" => equal(true, kind.is_dir())?,
                "up" => equal(true, kind.is_symlink())?,
                _ => equal(true, kind.is_file())?,
            }
        }
        Ok(())
    }),
    ("TREE", "path_filestat_get describes metadata", |here| {
        equal(true, fs::metadata(format!("{}/dir", here))?.is_dir())?;
        equal(6, fs::metadata(format!("{}/dirlink/inner", here))?.len())
    }),
    ("TREE", "path_filestat_get does_not_follow symlink_metadata", |here| {
        equal(true, fs::symlink_metadata(format!("{}/dangling", here))?.file_type().is_symlink())
    }),
    ("TREE", "path_filestat_get NOENT exists", |here| {
        equal(false, std::path::Path::new(&format!("{}/no", here)).exists())
    }),
    ("TREE", "path_open NOENT file_open", |here| fails(&[NOENT], File::open(format!("{}/no", here)))),
    ("TREE", "path_open NOTDIR through_a_file_open", |here| {
        fails(&[NOTDIR], File::open(format!("{}/hello/x", here)))
    }),
    ("TREE", "path_open LOOP file_open", |here| fails(&[LOOP], File::open(format!("{}/loop", here)))),
    ("TREE", "path_readlink reads read_link", |here| {
        equal("hello", fs::read_link(format!("{}/link", here))?.to_str().unwrap())
    }),
    ("REFUSED", "path_open ROFS file_create", |here| {
        fails(&[ROFS, PERM], File::create(format!("{}/new", here)))
    }),
    ("REFUSED", "path_open ROFS open_for_appending", |here| {
        fails(&[ROFS, PERM], OpenOptions::new().append(true).open(format!("{}/hello", here)))
    }),
    ("REFUSED", "path_create_directory ROFS create_dir", |here| {
        fails(&[ROFS, PERM], fs::create_dir(format!("{}/newdir", here)))
    }),
    ("REFUSED", "path_unlink_file ROFS remove_file", |here| {
        fails(&[ROFS, PERM], fs::remove_file(format!("{}/hello", here)))
    }),
    ("REFUSED", "path_rename ROFS rename", |here| {
        fails(&[ROFS, PERM], fs::rename(format!("{}/run", here), format!("{}/renamed", here)))
    }),
    ("SCRATCH", "fd_write writes_and_advances write_and_read_back", |here| {
        let path = format!("{}/f", here);
        fs::write(&path, "text")?;
        equal("text".to_string(), fs::read_to_string(path)?)
    }),
    ("SCRATCH", "fd_write appends open_for_appending", |here| {
        let path = format!("{}/f", here);
        fs::write(&path, "one ")?;
        OpenOptions::new().append(true).open(&path)?.write_all(b"two")?;
        equal("one two".to_string(), fs::read_to_string(path)?)
    }),
    ("SCRATCH", "fd_filestat_set_size truncates set_len", |here| {
        let path = format!("{}/f", here);
        fs::write(&path, "0123")?;
        OpenOptions::new().write(true).open(&path)?.set_len(2)?;
        equal("01".to_string(), fs::read_to_string(path)?)
    }),
    ("SCRATCH", "fd_sync synchronises sync_all", |here| {
        let mut file = File::create(format!("{}/f", here))?;
        file.write_all(b"text")?;
        file.sync_all()?;
        file.sync_data()
    }),
    ("SCRATCH", "path_open EXIST create_new", |here| {
        let path = format!("{}/f", here);
        fs::write(&path, "")?;
        fails(&[EXIST], OpenOptions::new().write(true).create_new(true).open(path))
    }),
    ("SCRATCH", "path_create_directory creates create_dir_all", |here| {
        fs::create_dir_all(format!("{}/a/b/c", here))?;
        equal(vec!["c".to_string()], names(&format!("{}/a/b", here))?)
    }),
    ("SCRATCH", "path_remove_directory removes remove_dir_all", |here| {
        fs::create_dir_all(format!("{}/a/b/c", here))?;
        fs::write(format!("{}/a/b/f", here), "")?;
        fs::remove_dir_all(format!("{}/a", here))?;
        equal(0, names(here)?.len())
    }),
    ("SCRATCH", "path_remove_directory NOTEMPTY remove_dir", |here| {
        fs::create_dir_all(format!("{}/a/b", here))?;
        fails(&[NOTEMPTY], fs::remove_dir(format!("{}/a", here)))
    }),
    ("SCRATCH", "path_rename renames rename", |here| {
        fs::write(format!("{}/f", here), "text")?;
        fs::rename(format!("{}/f", here), format!("{}/g", here))?;
        equal(vec!["g".to_string()], names(here)?)
    }),
    ("SCRATCH", "path_link links hard_link", |here| {
        fs::write(format!("{}/f", here), "text")?;
        fs::hard_link(format!("{}/f", here), format!("{}/g", here))?;
        equal("text".to_string(), fs::read_to_string(format!("{}/g", here))?)
    }),
    ("HOST", "args_get gives env_args", |_| {
        let arguments: Vec<String> = std::env::args().skip(1).take(3).collect();
        equal(vec!["alpha".to_string(), "beta gamma".to_string(), "d\u{e9}".to_string()], arguments)
    }),
    ("HOST", "environ_get gives env_var", |_| {
        equal(Ok("a=b".to_string()), std::env::var("EQUALS"))?;
        equal(Ok(String::new()), std::env::var("EMPTY"))
    }),
    ("HOST", "clock_time_get tells system_time", |_| {
        equal(true, SystemTime::now().duration_since(UNIX_EPOCH).unwrap() > Duration::from_secs(1_700_000_000))
    }),
    ("HOST", "poll_oneoff waits sleep", |_| {
        let start = Instant::now();
        std::thread::sleep(Duration::from_millis(2));
        equal(true, start.elapsed() >= Duration::from_millis(1))
    }),
    ("HOST", "fd_read reads_and_advances read_line", |_| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        equal("line 1\n".to_string(), line)
    }),
    ("HOST", "proc_exit exit_code process_exit", |_| std::process::exit(42)),
];

fn main() {
    let argument = std::env::args().last().unwrap_or_default();
    if argument == "list" {
        for (kind, name, _) in CASES {
            println!("{} {}", kind, name);
        }
        return;
    }
    let numbers: Vec<usize> = argument.split(',').map(|number| number.parse().unwrap()).collect();
    for (number, (kind, name, run)) in CASES.iter().enumerate().skip(numbers[0]) {
        if numbers[1..].contains(&number) {
            continue;
        }
        print!("{}: ", name);
        std::io::stdout().flush().unwrap();
        let here = match *kind {
            "TREE" => "/tree".to_string(),
            "REFUSED" => "/refused".to_string(),
            _ => format!("/scratch/{}", number),
        };
        let made = if *kind == "SCRATCH" { fs::create_dir(&here) } else { Ok(()) };
        match made.and_then(|_| run(&here)) {
            Ok(()) => println!("pass"),
            Err(error) => println!("fail {}", error.to_string().replace('\n', " ")),
        }
    }
}
