//! A list of twenty-five cases goes out to twelve agencies, and the server dies over it.

use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::Value;
use uuid::Uuid;

use super::{Told, Town, kill};
use crate::meetings::{listed, planned};
use crate::support::gate::{Stand, row, row_when};
use crate::support::program::Service;
use crate::support::{World, etag, id};

const CASES: i64 = 25;
const AGENCIES: i64 = 12;
const KINDS: [&str; 2] = ["case_listed", "research_due"];

/// A planned meeting with its list.
struct List {
    meeting: Uuid,
    /// The meeting's version when the list is ready to go out.
    version: String,
    /// Who is told what if it goes out once.
    told: Told,
}

/// A line of it in the audit.
const DONE: &str = "new.act = 'circulate_meeting' and new.outcome = 'done'";

const COMMITTING: Stand = Stand::Commit {
    event: "insert",
    table: "audit_events",
    when: DONE,
    nth: 1,
};

/// Eight agencies more, with a representative each.
fn agencies(town: &Town, world: &World) -> Vec<(Uuid, Uuid)> {
    let each = (0..AGENCIES - 4).map(|n| {
        let agency = Uuid::now_v7();
        sql(
            "with a as (insert into agencies (id, name, kind, created_at) \
             values ($1, $2, 'other', $4) returning id) \
             insert into marac_agencies (marac_id, agency_id, created_at) select $3, id, $4 from a",
        )
        .bind(agency)
        .bind(format!("Agency {n}"))
        .bind(world.wcc)
        .bind(town.app.now())
        .execute(&mut town.app.owner())
        .unwrap();
        let roles = [(world.wcc, "representative")];
        let name = format!("rep{n}");
        (agency, World::person(&town.app, &name, agency, &roles).id)
    });
    each.collect()
}

async fn list(town: &Town, world: &World) -> List {
    let w = world;
    let mut readers = vec![
        (w.housing, w.housing_rep.id),
        (w.housing, w.client.id),
        (w.health, w.health_rep.id),
        (w.police, w.police_rep.id),
        (w.idva_service, w.idva.id),
    ];
    readers.extend(agencies(town, world));
    let mut agencies: Vec<Uuid> = readers.iter().map(|(agency, _)| *agency).collect();
    agencies.dedup();
    assert_eq!(i64::try_from(agencies.len()).unwrap(), AGENCIES);
    let meeting = id(&planned(&town.app, world).await);
    let mut told = Told::new();
    for n in 0..CASES {
        let case = world.case(&town.app, &format!("Listed{n}"), "Stone");
        let item = id(&listed(&town.app, world, meeting, case, &agencies).await);
        for (_, who) in &readers {
            for (kind, subject) in [(KINDS[0], meeting), (KINDS[1], item)] {
                told.insert((*who, kind.to_owned(), Some(case), subject), 1);
            }
        }
    }
    let version = etag(&as_it_stands(town, world, meeting).await);
    List {
        meeting,
        version,
        told,
    }
}

async fn as_it_stands(town: &Town, world: &World, meeting: Uuid) -> Value {
    let coordinator = town.app.as_(&world.coordinator);
    let path = format!("/meetings/{meeting}");
    coordinator.get(&path).await.expect(200)
}

impl List {
    fn path(&self) -> String {
        format!("/meetings/{}/circulate", self.meeting)
    }

    /// Nothing of it has happened, to anybody.
    async fn is_not_out(&self, town: &Town, world: &World) {
        let meeting = as_it_stands(town, world, self.meeting).await;
        assert_eq!(meeting["status"], "planned");
        assert_eq!(etag(&meeting), self.version);
        assert_eq!(self.rows(town), [0; 4]);
        assert_eq!(town.told(&KINDS), Told::new());
    }

    /// It went out whole, once.
    async fn is_out_once(&self, town: &Town, world: &World) {
        let meeting = as_it_stands(town, world, self.meeting).await;
        assert_eq!(meeting["status"], "circulated");
        let all = CASES * AGENCIES;
        assert_eq!(self.rows(town), [all, all, all, CASES + 1]);
        assert_eq!(town.told(&KINDS), self.told);
        town.each_notice_is_in_one_e_mail();
    }

    /// Cases opened, agencies asked, those of them still asked, and what the audit says of it.
    fn rows(&self, town: &Town) -> [i64; 4] {
        [
            "select count(*) as n from circle where basis = 'listing' and opens_at <= now()",
            "select count(*) as n from research_returns",
            "select count(*) as n from research_returns where status = 'requested' and standing = 'open'",
            "select count(*) as n from audit_events where act = 'circulate_meeting' and outcome = 'done'",
        ]
        .map(|query| town.count(query))
    }

    /// A representative finds the whole list to answer.
    fn is_asked_of(&self, town: &Town, world: &World, service: &Service) {
        let path = "/research?limit=200";
        let asked = town.get(service, &world.health_rep, path);
        let asked = asked["items"].as_array().unwrap().len();
        assert_eq!(i64::try_from(asked).unwrap(), CASES);
    }
}

#[actix_web::test]
async fn a_list_is_out_once_or_not_at_all_wherever_its_server_is_killed() {
    let mut town = Town::new().await;
    let world = World::make(&town.app);
    let list = list(&town, &world).await;
    let by = world.coordinator.clone();
    let issues = Stand::Row {
        event: "update",
        table: "meetings",
        when: "new.status = 'circulated'",
        nth: 1,
    };
    for stand in [
        issues,
        row("circle", 150),
        row("research_returns", 200),
        row("notifications", 400),
        row("outbox", 3),
        row_when("audit_events", DONE, 20),
    ] {
        town.gate.close(stand);
        let service = town.serve("server");
        let answer = town.send(&service, &by, &list.path(), &list.version);
        town.kill_at_gate("server", service);
        assert_eq!(answer.join().unwrap(), None);
        list.is_not_out(&town, &world).await;
    }
    town.gate.close(COMMITTING);
    let service = town.serve("server");
    let answer = town.send(&service, &by, &list.path(), &list.version);
    town.kill_at_gate("server", service);
    assert_eq!(
        answer.join().unwrap(),
        None,
        "nobody was told that it is out"
    );
    list.is_out_once(&town, &world).await;
    // Whoever had no answer sends it again, then looks.
    let service = town.serve("server");
    let send = |version: &str| {
        let sent = town.send(&service, &by, &list.path(), version);
        let (status, body) = sent.join().unwrap().unwrap();
        (status, body["reason"].clone())
    };
    assert_eq!(send(&list.version).0, 412);
    let path = format!("/meetings/{}", list.meeting);
    let meeting = town.get(&service, &by, &path);
    assert_eq!(meeting["status"], "circulated");
    assert_eq!(send(&etag(&meeting)).0, 409);
    list.is_out_once(&town, &world).await;
    list.is_asked_of(&town, &world, &service);
    kill(service);
    town.audit_holds("server");
}

#[actix_web::test]
async fn sent_again_while_the_killed_server_still_has_it_in_hand_it_is_out_once() {
    for (stand, status) in [(row("circle", 150), 200), (COMMITTING, 412)] {
        let mut town = Town::new().await;
        let world = World::make(&town.app);
        let list = list(&town, &world).await;
        let by = world.coordinator.clone();
        town.gate.close(stand);
        let first = town.serve("first");
        let lost = town.send(&first, &by, &list.path(), &list.version);
        assert_eq!(town.gate.reached(), "first");
        kill(first);
        assert_eq!(lost.join().unwrap(), None);
        // The dead server's transaction is open still: the meeting waits for its end.
        let second = town.serve("second");
        let again = town.send(&second, &by, &list.path(), &list.version);
        town.gate.held_up("second");
        town.gate.open();
        let (answered, body) = again.join().unwrap().unwrap();
        assert_eq!(answered, status, "{body}");
        town.gate.gone("first");
        list.is_out_once(&town, &world).await;
        list.is_asked_of(&town, &world, &second);
        kill(second);
        town.audit_holds("second");
    }
}
