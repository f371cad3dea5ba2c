//! Programs and servers that are killed.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use super::super::keeper::signal;
use super::*;

/// Tells the test binary, started again by a test, to be the program that is killed.
const CHILD_DATA: &str = "TOLDONCE_TEST_LOCALPG_DATA";

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_killed_server_recovers_at_the_next_start() {
    let scratch = Scratch::new();
    let options = Options {
        durable: true,
        ..scratch.options()
    };
    let pg = scratch.start(&options).unwrap();
    add_row(&pg);
    kill_server(&pg);
    // Started by another handle while the first still holds its own: nothing waits for it.
    let second = scratch.start(&options).unwrap();
    assert!(!second.joined());
    assert_eq!(rows(&second), "1");
    // The first handle's end does not touch the second's server.
    pg.stop().unwrap();
    assert_eq!(rows(&second), "1");
}

/// The test binary once more, as a program that runs the database until it is killed.
fn program(data: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::kills::the_program_that_is_killed"])
        .env(CHILD_DATA, data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Does nothing but in the process that `program` starts.
#[test]
fn the_program_that_is_killed() {
    let Some(data) = std::env::var_os(CHILD_DATA) else {
        return;
    };
    let data = PathBuf::from(data);
    let parent = data.parent().unwrap();
    let machine = Machine {
        search: Search::of_this_process(),
        moved_root: parent.join("moved"),
    };
    let options = Options {
        durable: true,
        ..options(data.clone())
    };
    // From a thread that ends: the server must outlive it.
    let pg = thread::spawn(move || LocalPg::start_on(&options, &machine).unwrap())
        .join()
        .unwrap();
    thread::sleep(Duration::from_millis(300));
    add_row(&pg);
    fs::write(
        parent.join("ready"),
        pg.server.as_ref().unwrap().child().pid().to_string(),
    )
    .unwrap();
    thread::sleep(Duration::from_secs(120));
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_program_takes_its_server_down() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let ready = scratch.0.join("ready");
    for round in 1..=2 {
        let mut child = program(&options.data_dir);
        wait_for("the program starts", || ready.exists());
        let joined = scratch.start(&options).unwrap();
        assert!(joined.joined());
        child.kill().unwrap();
        child.wait().unwrap();
        fs::remove_file(&ready).unwrap();
        if round == 1 {
            // By itself.
            let pid_file = scratch.0.join("home/data/postmaster.pid");
            wait_for("the server ends with its program", || !pid_file.exists());
        }
        // In round two while the old server may still be on its way out.
        let pg = scratch.start(&options).unwrap();
        assert!(!pg.joined());
        assert_eq!(rows(&pg), round.to_string());
        pg.stop().unwrap();
    }
}

#[test]
fn program_and_server_killed_together_recover() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let ready = scratch.0.join("ready");
    let mut child = program(&options.data_dir);
    wait_for("the program starts", || {
        fs::read_to_string(&ready).is_ok_and(|text| !text.is_empty())
    });
    let server = fs::read_to_string(&ready).unwrap().parse().unwrap();
    signal(server, libc::SIGKILL);
    child.kill().unwrap();
    child.wait().unwrap();
    let pg = scratch.start(&options).unwrap();
    assert!(!pg.joined());
    assert_eq!(rows(&pg), "1");
}

#[test]
fn a_program_killed_while_it_initialises_leaves_nothing_in_the_way() {
    let scratch = Scratch::new();
    let options = scratch.options();
    let mut child = program(&options.data_dir);
    let new = scratch.0.join("home/data.new");
    wait_for("initdb is at work", || new.join("base").exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let pg = scratch.start(&options).unwrap();
    add_row(&pg);
    assert!(!new.exists());
}
