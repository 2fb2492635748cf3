//! Embeds a digest of the crate's sources, so that Python can tell a stale extension from a
//! current one: SHA-256 over path, length and content of every source file, sorted by path.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

const TOP_LEVEL: [&str; 3] = ["Cargo.lock", "Cargo.toml", "build.rs"];

fn main() {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut names: Vec<String> = TOP_LEVEL.iter().map(ToString::to_string).collect();
    list_files(&root, "src", &mut names);
    names.sort();
    println!("cargo:rustc-env=SOURCE_DIGEST={}", digest(&root, &names));
    println!("cargo:rerun-if-changed=src");
    for name in TOP_LEVEL {
        println!("cargo:rerun-if-changed={name}");
    }
}

fn list_files(root: &Path, folder: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(root.join(folder)).expect("src is readable") {
        let entry = entry.expect("src is readable");
        let name = entry.file_name();
        let path = format!(
            "{folder}/{}",
            name.to_str().expect("source names are ASCII")
        );
        if entry.path().is_dir() {
            list_files(root, &path, names);
        } else {
            names.push(path);
        }
    }
}

fn digest(root: &Path, names: &[String]) -> String {
    let mut hash = Sha256::new();
    for name in names {
        let content = fs::read(root.join(name)).expect("sources are readable");
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(&content);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
