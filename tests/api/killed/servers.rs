//! Two servers on one database: what one of them leaves, by dying or by being slow, the other takes up.

use super::Town;
use super::escalation::{CHASE, COMMITTING, DONE, overdue};
use crate::support::World;
use crate::support::gate::{Stand, row};
use crate::support::program::Service;

/// Two servers; one of them has begun the chase and stands at the gate. Gives it, the other, and the
/// name of the other.
fn two_servers(town: &mut Town, stand: Stand) -> (Service, Service, &'static str) {
    let (first, second) = (town.serve("first"), town.serve("second"));
    town.gate.close(stand);
    town.is_due(CHASE);
    match town.gate.reached().as_str() {
        "first" => (first, second, "second"),
        _ => (second, first, "first"),
    }
}

/// Waits until the server that does not stand at the gate has looked for work and done some: it has then
/// seen that the chase is another's.
fn another_looks(town: &mut Town) {
    town.is_due("keep_house");
    town.gate.comes_true(
        "select from jobs h, jobs c where h.name = 'keep_house' and c.name = 'escalate_actions' \
         and h.taken_at > c.taken_at and h.done_at >= h.taken_at",
    );
}

fn other(name: &str) -> &'static str {
    if name == "first" { "second" } else { "first" }
}

/// Every e-mail went once: a file for each.
fn every_e_mail_is_a_file(town: &mut Town) {
    town.is_due("send_mail");
    town.gate.comes_true(
        "select where not exists (select from outbox where outcome is distinct from 'sent')",
    );
    let files = std::fs::read_dir(town.folder.file("mail")).unwrap();
    let files = i64::try_from(files.count()).unwrap();
    assert_eq!(files, town.count("select count(*) as n from outbox"));
}

#[actix_web::test]
async fn what_a_killed_server_had_begun_the_other_does_when_its_lease_has_run_out() {
    for (stand, kept) in [(row("notifications", 200), 0), (COMMITTING, 200)] {
        let mut town = Town::new().await;
        let world = World::make(&town.app);
        let overdue = overdue(&town, &world);
        let (one, two, name) = two_servers(&mut town, stand);
        another_looks(&mut town);
        overdue.so_far(&town, 0);
        super::kill(one);
        town.gate.open();
        town.gate.gone(other(name));
        overdue.so_far(&town, kept);
        town.is_due(CHASE);
        town.gate.comes_true(DONE);
        overdue.all_done(&town);
        every_e_mail_is_a_file(&mut town);
        super::kill(two);
        town.audit_holds(name);
    }
}

#[actix_web::test]
async fn a_server_that_was_only_slow_and_the_one_that_took_over_do_everything_once() {
    for stand in [row("action_escalations", 150), COMMITTING] {
        let mut town = Town::new().await;
        let world = World::make(&town.app);
        let overdue = overdue(&town, &world);
        let (slow, other, _) = two_servers(&mut town, stand);
        // Its lease runs out although it lives.
        town.is_due(CHASE);
        town.gate.comes_true(DONE);
        overdue.so_far(&town, 250);
        // It goes on where it stood, and comes to its end with nothing left to do.
        town.gate.open();
        town.gate
            .comes_true("select where (select count(*) from action_escalations) = 450");
        overdue.all_done(&town);
        every_e_mail_is_a_file(&mut town);
        super::kill(slow);
        super::kill(other);
    }
}
