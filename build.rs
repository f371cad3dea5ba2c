//! The migrations are part of the program: a new one builds it anew.

#![allow(clippy::print_stdout, missing_docs)]

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
