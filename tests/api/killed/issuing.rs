//! Minutes are issued, and the e-mail that says so goes out, from a server that dies over it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::Value;
use uuid::Uuid;

use super::{Told, Town, kill};
use crate::minutes::Held;
use crate::support::gate::{Stand, row, row_when};
use crate::support::{World, etag, id};

const KINDS: [&str; 1] = ["minutes_issued"];
/// Representatives of housing beside the one who is always there.
const MORE: usize = 6;

/// A line of it in the audit.
const DONE: &str = "new.act = 'issue_minutes' and new.outcome = 'done'";

const COMMITTING: Stand = Stand::Commit {
    event: "insert",
    table: "audit_events",
    when: DONE,
    nth: 1,
};

/// A meeting whose minutes are approved.
struct Approved {
    town: Town,
    world: World,
    meeting: Uuid,
    version: String,
    told: Told,
}

impl Approved {
    async fn new() -> Self {
        let Town { folder, app, gate } = Town::new().await;
        let held = Held::on(app).await;
        let w = &held.world;
        let roles = [(w.wcc, "representative")];
        let more =
            (0..MORE).map(|n| World::person(&held.app, &format!("more{n}"), w.housing, &roles).id);
        let readers = [w.housing_rep.id, w.client.id, w.health_rep.id].into_iter();
        let readers: Vec<_> = readers.chain(more).collect();
        held.draft(&w.coordinator, "\"0\"").await.expect(200);
        held.act(&w.chair, "approve").await.expect(200);
        let read = held.get(&w.coordinator, "").await.expect(200);
        let Held {
            app,
            world,
            meeting,
            ..
        } = held;
        let told = readers
            .into_iter()
            .map(|who| ((who, KINDS[0].to_owned(), None, meeting), 1));
        let told = told.collect();
        // What the meeting was about has long been told and sent.
        for table in ["outbox", "notifications"] {
            diesel::sql_query(format!("delete from {table}"))
                .execute(&mut app.owner())
                .unwrap();
        }
        Self {
            town: Town { folder, app, gate },
            world,
            meeting,
            version: etag(&read["version"]),
            told,
        }
    }

    fn path(&self) -> String {
        format!("/meetings/{}/minutes", self.meeting)
    }

    fn issue(&self) -> String {
        format!("{}/issue", self.path())
    }

    /// Versions issued, meetings minuted, and what the audit says of it.
    fn rows(&self) -> [i64; 3] {
        [
            "select count(*) as n from minutes_versions where status = 'issued'",
            "select count(*) as n from meetings where status = 'minuted'",
            "select count(*) as n from audit_events where act = 'issue_minutes' \
             and outcome = 'done' and case_id is null",
        ]
        .map(|query| self.town.count(query))
    }

    async fn is_not_issued(&self) {
        assert_eq!(self.rows(), [0; 3]);
        assert_eq!(self.town.told(&KINDS), Told::new());
        let coordinator = self.town.app.as_(&self.world.coordinator);
        let read = coordinator.get(&self.path()).await.expect(200);
        assert_eq!(etag(&read["version"]), self.version);
        let reader = self.town.app.as_(&self.world.housing_rep);
        assert_eq!(reader.get(&self.path()).await.status, 404);
    }

    fn is_issued_once(&self) {
        assert_eq!(self.rows(), [1; 3]);
        assert_eq!(
            self.town
                .count("select count(*) as n from minutes_versions"),
            1
        );
        assert_eq!(self.town.told(&KINDS), self.told);
        self.town.each_notice_is_in_one_e_mail();
    }
}

#[actix_web::test]
async fn minutes_are_issued_once_or_not_at_all_wherever_their_server_is_killed() {
    let mut minutes = Approved::new().await;
    let by = minutes.world.coordinator.clone();
    let issues = Stand::Row {
        event: "update",
        table: "minutes_versions",
        when: "new.status = 'issued'",
        nth: 1,
    };
    let minuted = Stand::Row {
        event: "update",
        table: "meetings",
        when: "new.status = 'minuted'",
        nth: 1,
    };
    for stand in [
        issues,
        row("notifications", 5),
        minuted,
        row_when("audit_events", DONE, 1),
    ] {
        minutes.town.gate.close(stand);
        let service = minutes.town.serve("server");
        let answer = minutes
            .town
            .send(&service, &by, &minutes.issue(), &minutes.version);
        minutes.town.kill_at_gate("server", service);
        assert_eq!(answer.join().unwrap(), None);
        minutes.is_not_issued().await;
    }
    minutes.town.gate.close(COMMITTING);
    let service = minutes.town.serve("server");
    let answer = minutes
        .town
        .send(&service, &by, &minutes.issue(), &minutes.version);
    minutes.town.kill_at_gate("server", service);
    assert_eq!(answer.join().unwrap(), None);
    minutes.is_issued_once();
    // Whoever had no answer sends it again, then looks.
    let service = minutes.town.serve("server");
    let town = &minutes.town;
    let send = |version: &str| {
        let sent = town.send(&service, &by, &minutes.issue(), version);
        sent.join().unwrap().unwrap().0
    };
    assert_eq!(send(&minutes.version), 412);
    let read = town.get(&service, &by, &minutes.path());
    assert_eq!(read["version"]["status"], "issued");
    assert_eq!(send(&etag(&read["version"])), 409);
    minutes.is_issued_once();
    let read = town.get(&service, &minutes.world.housing_rep, &minutes.path());
    assert_eq!(read["version"]["status"], "issued");
    kill(service);
    town.audit_holds("server");
}

#[actix_web::test]
async fn sent_again_while_the_killed_server_still_has_them_in_hand_they_are_issued_once() {
    for (stand, status) in [(row("notifications", 5), 200), (COMMITTING, 412)] {
        let mut minutes = Approved::new().await;
        let by = minutes.world.coordinator.clone();
        minutes.town.gate.close(stand);
        let first = minutes.town.serve("first");
        let lost = minutes
            .town
            .send(&first, &by, &minutes.issue(), &minutes.version);
        assert_eq!(minutes.town.gate.reached(), "first");
        kill(first);
        assert_eq!(lost.join().unwrap(), None);
        let second = minutes.town.serve("second");
        let again = minutes
            .town
            .send(&second, &by, &minutes.issue(), &minutes.version);
        minutes.town.gate.held_up("second");
        minutes.town.gate.open();
        let (answered, body) = again.join().unwrap().unwrap();
        assert_eq!(answered, status, "{body}");
        minutes.is_issued_once();
        kill(second);
        minutes.town.audit_holds("second");
    }
}

#[derive(Row)]
struct Letter {
    id: Uuid,
    outcome: Option<String>,
}

impl Town {
    /// The e-mails in the folder, by the letter they are of; no two go to the same reader.
    fn files(&self) -> BTreeSet<Uuid> {
        let Ok(files) = std::fs::read_dir(self.folder.file("mail")) else {
            return BTreeSet::new();
        };
        let (mut ids, mut readers) = (BTreeSet::new(), BTreeSet::new());
        for file in files.map(|file| file.unwrap().path()) {
            let text = std::fs::read_to_string(&file).unwrap();
            let to = text.lines().find(|line| line.starts_with("To: ")).unwrap();
            assert!(readers.insert(to.to_owned()), "told twice: {to}");
            let name = file.file_stem().unwrap().to_str().unwrap();
            ids.insert(name.parse().unwrap());
        }
        ids
    }

    /// Letters sent, and letters that may have gone.
    fn letters(&self) -> (BTreeSet<Uuid>, BTreeSet<Uuid>) {
        let letters: Vec<Letter> = sql("select id, outcome from outbox")
            .load(&mut self.app.owner())
            .unwrap();
        let ended = |outcome: &str| {
            let of = letters
                .iter()
                .filter(|one| one.outcome.as_deref() == Some(outcome));
            of.map(|letter| letter.id).collect()
        };
        (ended("sent"), ended("in_doubt"))
    }

    /// The lease of a server that took letters has run out.
    fn leases_are_out(&self) {
        sql("update outbox set next_at = $1 where outcome is null")
            .bind(self.app.now())
            .execute(&mut self.app.owner())
            .unwrap();
        self.is_due("send_mail");
    }
}

/// The mark that a letter is about to be handed over.
const MARK: &str = "old.handed_at is null and new.handed_at is not null";

#[actix_web::test]
async fn an_e_mail_goes_once_or_is_in_doubt_wherever_its_server_is_killed() {
    let mut minutes = Approved::new().await;
    let by = minutes.world.coordinator.clone();
    let service = minutes.town.serve("server");
    let sent = minutes
        .town
        .send(&service, &by, &minutes.issue(), &minutes.version);
    assert_eq!(sent.join().unwrap().unwrap().0, 200);
    kill(service);
    minutes.is_issued_once();
    let people = MORE + 2;
    let update = |when, nth| Stand::Row {
        event: "update",
        table: "outbox",
        when,
        nth,
    };
    let marked = Stand::Commit {
        event: "update",
        table: "outbox",
        when: MARK,
        nth: 3,
    };
    // Where it dies; then the files there are, the letters known to have gone, and those in doubt, which
    // the next server finds.
    for (stand, files, gone, doubtful) in [
        // Before the mark of the first: nothing has gone.
        (update(MARK, 1), 0, 0, 0),
        // Two have gone, the third is marked and not yet written: it may have gone, for all anybody knows.
        (marked, 2, 2, 0),
        // One more has gone, the next is written and nobody has said so.
        (update("new.outcome = 'sent'", 2), 4, 3, 1),
    ] {
        minutes.town.gate.close(stand);
        minutes.town.leases_are_out();
        let service = minutes.town.serve("server");
        minutes.town.kill_at_gate("server", service);
        assert_eq!(minutes.town.files().len(), files);
        let (sent, in_doubt) = minutes.town.letters();
        assert_eq!((sent.len(), in_doubt.len()), (gone, doubtful));
    }
    minutes.town.leases_are_out();
    let service = minutes.town.serve("server");
    minutes
        .town
        .gate
        .comes_true("select where not exists (select from outbox where outcome is null)");
    let (files, (sent, in_doubt)) = (minutes.town.files(), minutes.town.letters());
    assert_eq!(
        (sent.len(), in_doubt.len(), files.len()),
        (people - 2, 2, people - 1)
    );
    assert!(sent.is_subset(&files), "what counts as sent was sent");
    let all: BTreeSet<_> = sent.union(&in_doubt).copied().collect();
    assert!(files.is_subset(&all));
    // Whatever became of the e-mail, it stands in every inbox.
    minutes.is_issued_once();
    let inbox = minutes
        .town
        .get(&service, &minutes.world.housing_rep, "/notifications");
    let told: Vec<&Value> = inbox["items"].as_array().unwrap().iter().collect();
    assert_eq!(told.len(), 1);
    assert_eq!(id(&told[0]["subject"]), minutes.meeting);
    kill(service);
}
