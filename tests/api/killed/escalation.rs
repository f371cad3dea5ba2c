//! The chase of overdue actions, killed again and again.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use uuid::Uuid;

use super::{Told, Town};
use crate::support::gate::{Stand, row, row_when};
use crate::support::{TestApp, World};

/// Of each step of the ladder; five of them are more than two of the chase's transactions take.
const EACH: usize = 90;
const KINDS: [&str; 2] = ["action_overdue", "action_escalated"];
pub const CHASE: &str = "escalate_actions";

/// Overdue actions, and what becomes of them if each takes the step that is due.
pub struct Overdue {
    steps: BTreeMap<Uuid, &'static str>,
    told: Told,
}

#[derive(Row)]
struct StepRow {
    action_id: Uuid,
    step: String,
    times: i64,
}

/// Actions of housing and the hospital that have been overdue for two months and stand below each step.
pub fn overdue(town: &Town, world: &World) -> Overdue {
    let app = &town.app;
    let cases: Vec<Uuid> = (0..5)
        .map(|n| world.case(app, &format!("Overdue{n}"), "Stone"))
        .collect();
    let w = world;
    let lead = w.housing_lead.id;
    let (coordinator, chair) = (w.coordinator.id, w.chair.id);
    let housing = [w.housing_rep.id, w.client.id];
    // Where it stands, the step that is due, whose it is, who is to hear of it and of what kind.
    let ladder: [(_, _, Uuid, _, &[Uuid]); 5] = [
        ("none", "owner", w.housing, KINDS[0], &housing),
        ("owner", "agency_lead", w.housing, KINDS[1], &[lead]),
        (
            "agency_lead",
            "coordinator",
            w.health,
            KINDS[1],
            &[coordinator],
        ),
        ("coordinator", "chair", w.health, KINDS[1], &[chair]),
        (
            "chair",
            "steering_group",
            w.health,
            KINDS[1],
            &[coordinator, chair],
        ),
    ];
    let mut all = Overdue {
        steps: BTreeMap::new(),
        told: Told::new(),
    };
    for (at, next, owner, kind, recipients) in ladder {
        let ids: Vec<_> = (0..EACH).map(|_| Uuid::now_v7()).collect();
        let of: Vec<_> = (0..EACH).map(|n| cases[n % cases.len()]).collect();
        insert(app, world.wcc, &ids, &of, (at, owner));
        for (id, case) in ids.into_iter().zip(of) {
            all.steps.insert(id, next);
            for who in recipients {
                let key = (*who, kind.to_owned(), Some(case), id);
                all.told.insert(key, 1);
            }
        }
    }
    all
}

fn insert(app: &TestApp, marac: Uuid, ids: &[Uuid], cases: &[Uuid], (at, owner): (&str, Uuid)) {
    let yesterday: NaiveDate = app.today() - Days::new(1);
    sql(
        "insert into actions (id, marac_id, case_id, owner_agency_id, target, category, priority, \
         due_on, agreed_on, status, sealed, status_at, escalation, escalated_on, reminded_on, created_at) \
         select x.id, $3, x.case_id, $4, 'survivor', 'other', 'normal', $6, $6, 'open', '', $8, $5, \
         case when $5 <> 'none' then $7 end, case when $5 <> 'none' then $7 end, $8 \
         from unnest($1::uuid[], $2::uuid[]) as x(id, case_id)",
    )
    .bind(ids.to_vec())
    .bind(cases.to_vec())
    .bind(marac)
    .bind(owner)
    .bind(at.to_owned())
    .bind(app.today() - Days::new(60))
    .bind(yesterday)
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
}

impl Overdue {
    pub fn count(&self) -> i64 {
        i64::try_from(self.steps.len()).unwrap()
    }

    /// What was done so far was done whole and once: whoever took a step, its people were told.
    pub fn so_far(&self, town: &Town, steps: i64) {
        let taken: Vec<StepRow> = sql("select action_id, min(step) as step, count(*) as times \
             from action_escalations group by action_id")
        .load(&mut town.app.owner())
        .unwrap();
        assert_eq!(i64::try_from(taken.len()).unwrap(), steps);
        for row in &taken {
            let found = (row.step.as_str(), row.times);
            assert_eq!(found, (self.steps[&row.action_id], 1));
        }
        let mut told = self.told.clone();
        told.retain(|(_, _, _, action), _| taken.iter().any(|row| row.action_id == *action));
        assert_eq!(town.told(&KINDS), told);
        let standing = town.count(
            "select count(*) as n from actions a join action_escalations e on e.action_id = a.id \
             and e.step = a.escalation and e.taken_on = a.escalated_on",
        );
        assert_eq!(standing, steps, "the action says what its history says");
        let feed = town.count("select count(*) as n from action_changes");
        assert_eq!(feed, steps, "the owners' feeds say it once");
        let audited = town.count(
            "select coalesce(sum(rows_seen), 0)::bigint as n from audit_events \
             where act = 'escalate_actions' and outcome = 'done'",
        );
        assert_eq!(audited, steps, "the audit says it once");
    }

    /// Everything was done, and nothing twice.
    pub fn all_done(&self, town: &Town) {
        self.so_far(town, self.count());
        town.each_notice_is_in_one_e_mail();
    }
}

/// Its line in the audit, which is also sealed by a line of its own.
const CHASED: &str = "new.act = 'escalate_actions'";

/// Within the round that says of itself that it is done.
const ENDING: Stand = Stand::Row {
    event: "update",
    table: "jobs",
    when: "new.name = 'escalate_actions' and new.done_at is distinct from old.done_at",
    nth: 1,
};

/// Within the commit of one of its transactions.
pub const COMMITTING: Stand = Stand::Commit {
    event: "insert",
    table: "audit_events",
    when: CHASED,
    nth: 1,
};

pub const DONE: &str =
    "select from jobs where name = 'escalate_actions' and done_at is not null and next_at > now()";

#[actix_web::test]
async fn wherever_the_chase_is_killed_every_action_takes_one_step_and_all_are_told_once() {
    let mut town = Town::new().await;
    let world = World::make(&town.app);
    let overdue = overdue(&town, &world);
    // What it is about to write when it dies, and the steps that stand afterwards.
    for (stand, steps) in [
        (row("action_escalations", 1), 0),
        (row("action_escalations", 150), 0),
        (row("notifications", 57), 0),
        (COMMITTING, 200),
        (row("action_changes", 120), 200),
        (row("outbox", 1), 200),
        (COMMITTING, 400),
        (row_when("audit_events", CHASED, 1), 400),
        (COMMITTING, 450),
        (ENDING, 450),
    ] {
        town.gate.close(stand);
        town.is_due(CHASE);
        let service = town.serve("server");
        town.kill_at_gate("server", service);
        overdue.so_far(&town, steps);
    }
    town.is_due(CHASE);
    let service = town.serve("server");
    town.gate.comes_true(DONE);
    overdue.all_done(&town);
    let inbox = town.get(&service, &world.coordinator, "/notifications?limit=200");
    let told = inbox["items"].as_array().unwrap().iter();
    assert_eq!(told.count(), 2 * EACH, "each action that came to them");
    let action = overdue.steps.keys().next().unwrap();
    let history = format!("/actions/{action}/history");
    let history = town.get(&service, &world.chair, &history);
    let steps = history["items"].as_array().unwrap().iter();
    let steps = steps.filter(|event| event["kind"] == "escalated");
    assert_eq!(steps.count(), 1);
    super::kill(service);
    town.audit_holds("server");
}

#[actix_web::test]
async fn what_a_killed_server_left_in_hand_is_passed_over_and_taken_up_when_it_is_let_go() {
    let mut town = Town::new().await;
    let world = World::make(&town.app);
    let overdue = overdue(&town, &world);
    town.gate.close(row("action_escalations", 150));
    town.is_due(CHASE);
    let first = town.serve("first");
    assert_eq!(town.gate.reached(), "first");
    super::kill(first);
    // The database does not yet know: two hundred actions are locked by a transaction whose program
    // is dead. The next server leaves them alone and does the rest.
    let second = town.serve("second");
    town.is_due(CHASE);
    town.gate.comes_true(DONE);
    overdue.so_far(&town, 250);
    town.gate.open();
    town.gate.gone("first");
    overdue.so_far(&town, 250);
    town.is_due(CHASE);
    town.gate.comes_true(DONE);
    overdue.all_done(&town);
    super::kill(second);
    town.audit_holds("second");
}
