//! Rights end with their basis. Every basis of the table (`policy::bases`) is opened, shown to open
//! something, and ended in every way that the table says; then its holder reads everything that the
//! document offers, and gets nothing beyond what they contributed themselves.

use std::collections::{BTreeMap, BTreeSet};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::policy::bases::{BASES, End, Ground};
use kernel::policy::lens::Basis;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Operation, Scope, Stage, Target, operations};
use crate::minutes::Held;
use crate::support::{Answer, Person, TestApp, World, etag, id};

/// Words of the stage's own case that nobody finds elsewhere: a name, an address, a number, what was told,
/// what was said at the meeting.
const CANARIES: [&str; 7] = [
    "Okafor",
    "Invented Street",
    "07700 900123",
    "broke the door",
    "Change the locks",
    "bell?",
    "Said.",
];

/// What somebody gets, by operation: the status, and whether a word of the case is in it.
type Seen = BTreeMap<String, (u16, bool)>;

/// Everything that may be read, as this person.
async fn everything(stage: &Stage, who: &Person) -> Seen {
    let mut seen = Seen::new();
    let of_reading = |method: &str| method == "GET";
    for operation in operations()
        .iter()
        .filter(|o| of_reading(&o.method) && !o.public)
    {
        let answer = stage
            .app
            .as_(who)
            .get(&operation.uri(stage, Target::Own))
            .await;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        let told = CANARIES.iter().any(|canary| text.contains(canary));
        seen.insert(operation.id.clone(), (answer.status, told));
    }
    seen
}

/// Operations that are bound to one case: a 2xx says that it is there.
fn of_a_case() -> BTreeSet<String> {
    let bound = |o: &Operation| matches!(o.scope, Some(Scope::Case | Scope::Part));
    let all = operations().into_iter();
    all.filter(bound).map(|o| o.id).collect()
}

/// What stays with somebody as their own contribution.
fn contributed(holder: &Holder) -> &'static [&'static str] {
    match holder.contribution {
        Contribution::Nothing => &[],
        Contribution::Referral => &["read_referral", "list_referrals"],
        Contribution::AgencyWork => &AGENCY_WORK,
    }
}

/// What an agency does on a case; the last three are of its action.
const AGENCY_WORK: [&str; 8] = [
    "read_research",
    "list_case_research",
    "list_research_versions",
    "list_flags",
    "read_flag",
    "get_action",
    "get_action_history",
    "list_actions",
];

#[derive(Clone, Copy)]
enum Contribution {
    Nothing,
    /// They referred.
    Referral,
    /// Their agency was asked for research and a flag, and owns an action.
    AgencyWork,
}

struct Holder {
    person: Person,
    contribution: Contribution,
}

fn holder(person: &Person, contribution: Contribution) -> Holder {
    Holder {
        person: person.clone(),
        contribution,
    }
}

/// The stage, with somebody who sees its own case by this.
async fn opened(ground: Ground) -> (Stage, Holder) {
    let stage = Stage::set().await;
    let w = &stage.world;
    let case = stage.things(Target::Own).case;
    let path = |rest: &str| format!("/cases/{case}{rest}");
    let coordinator = stage.app.as_(&w.coordinator);
    let execute = |text: String| stage.app.owner().batch_execute(&text).unwrap();
    let holder = match ground {
        Ground::Circle(Basis::Referrer) => holder(&w.officer, Contribution::Referral),
        // What is one's own is left when the rest has ended.
        Ground::OwnReferral => {
            execute(format!(
                "update cases set status = 'closed' where id = '{case}'"
            ));
            holder(&w.officer, Contribution::Referral)
        }
        Ground::Lead => {
            let leader = somebody(&stage);
            lead(&stage, Some(leader.id)).await;
            holder(&leader, Contribution::Nothing)
        }
        Ground::Circle(Basis::Named) => {
            let named = somebody(&stage);
            let body = json!({ "reason": "Somebody works there.",
                "named": [named.id, w.coordinator.id, w.chair.id] });
            restrict(&stage, body).await;
            holder(&named, Contribution::Nothing)
        }
        Ground::Circle(Basis::Allocation) => holder(&w.idva, Contribution::Nothing),
        Ground::Circle(Basis::Listing) => holder(&w.housing_rep, Contribution::AgencyWork),
        Ground::OwnReturn | Ground::OwnAction => {
            execute(format!(
                "update circle set ends_at = now() where case_id = '{case}' and basis = 'listing'"
            ));
            holder(&w.housing_rep, Contribution::AgencyWork)
        }
        Ground::Circle(Basis::Share) => {
            let body =
                json!({ "agency_id": stage.was_shared.agency_id, "reason": "They know him." });
            coordinator.post(&path("/shares"), body).await.expect(201);
            holder(&stage.was_shared, Contribution::Nothing)
        }
        Ground::Circle(Basis::Attendance) => holder(&w.observer, Contribution::Nothing),
        Ground::SeatTaken => unreachable!("has a test of its own"),
    };
    (stage, holder)
}

/// A practitioner who has nothing to do with any case so far.
fn somebody(stage: &Stage) -> Person {
    let w = &stage.world;
    World::person(&stage.app, "somebody", w.health, &[(w.wcc, "practitioner")])
}

async fn lead(stage: &Stage, user: Option<Uuid>) {
    let case = stage.things(Target::Own).case;
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let path = format!("/cases/{case}");
    let head = coordinator.get(&path).await.expect(200);
    let change = json!({ "lead_user_id": user.unwrap_or(stage.world.other_officer.id) });
    let caller = coordinator.if_match(&etag(&head));
    caller.patch(&path, change).await.expect(200);
}

async fn restrict(stage: &Stage, body: Value) {
    let path = format!("/cases/{}/restriction", stage.things(Target::Own).case);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let found = coordinator.get(&path).await.expect(200);
    let caller = coordinator.if_match(&etag(&found));
    caller.put(&path, body).await.expect(200);
}

async fn lift(stage: &Stage) {
    let path = format!("/cases/{}/restriction", stage.things(Target::Own).case);
    let coordinator = stage.app.as_(&stage.world.coordinator);
    let found = coordinator.get(&path).await.expect(200);
    let caller = coordinator.if_match(&etag(&found));
    caller
        .post(&format!("{path}/lift"), Value::Null)
        .await
        .expect(200);
}

async fn close_meeting(stage: &Stage) {
    let meeting = stage.things(Target::Own).meeting;
    let mut owner = stage.app.owner();
    owner
        .batch_execute(&format!(
            "update agenda_items set status = 'heard' where meeting_id = '{meeting}' and status = 'listed'"
        ))
        .unwrap();
    let caller = stage.app.as_(&stage.world.chair);
    let path = format!("/meetings/{meeting}");
    let found = caller.get(&path).await.expect(200);
    let caller = caller.if_match(&etag(&found));
    caller
        .post(&format!("{path}/close"), Value::Null)
        .await
        .expect(200);
}

/// Ends it.
async fn end(stage: &Stage, holder: &Holder, ground: Ground, end: End) {
    let things = stage.things(Target::Own);
    let (case, w) = (things.case, &stage.world);
    let path = |rest: &str| format!("/cases/{case}{rest}");
    let coordinator = stage.app.as_(&w.coordinator);
    let chair = stage.app.as_(&w.chair);
    let execute = |text: String| stage.app.owner().batch_execute(&text).unwrap();
    let who = &holder.person;
    match end {
        End::Lapse => {
            execute(format!(
                "update cases set status = 'monitoring', lapses_on = current_date - 2 where id = '{case}'"
            ));
            let head = chair.get(&path("")).await.expect(200);
            let body = json!({ "open_actions_reason": "She moved." });
            let caller = chair.clone().if_match(&etag(&head));
            caller.post(&path("/lapse"), body).await.expect(200);
        }
        End::Close => {
            let head = chair.get(&path("")).await.expect(200);
            let body = json!({ "reason": "other", "open_actions_reason": "She moved." });
            let caller = chair.clone().if_match(&etag(&head));
            caller.post(&path("/close"), body).await.expect(200);
        }
        // What leads to these is shown elsewhere; here it is what they do to sight.
        End::TransferOut | End::NotAccepted | End::Joined => {
            let status = match end {
                End::TransferOut => "transferred_out",
                End::NotAccepted => "not_accepted",
                _ => "joined",
            };
            execute(format!(
                "update cases set status = '{status}' where id = '{case}'"
            ));
        }
        End::NewLead => lead(stage, None).await,
        End::Reallocated => {
            let head = coordinator.get(&path("")).await.expect(200);
            let change = json!({ "idva_agency_id": stage.other_idva.agency_id });
            let caller = coordinator.if_match(&etag(&head));
            caller.patch(&path(""), change).await.expect(200);
        }
        End::MeetingOver => {
            if ground == Ground::Circle(Basis::Listing) {
                execute(format!(
                    "update actions set status = 'completed' where case_id = '{case}'"
                ));
            }
            close_meeting(stage).await;
        }
        End::MeetingCancelled => {
            execute(format!(
                "update meetings set status = 'circulated', started_at = null where id = '{}'",
                things.meeting
            ));
            let meeting = format!("/meetings/{}", things.meeting);
            let found = coordinator.get(&meeting).await.expect(200);
            let caller = coordinator.if_match(&etag(&found));
            let path = format!("{meeting}/cancel");
            caller.post(&path, Value::Null).await.expect(200);
        }
        End::TakenOffTheList => {
            execute(format!(
                "update meetings set status = 'circulated', started_at = null where id = '{}'",
                things.meeting
            ));
            let agenda = format!("/meetings/{}/agenda", things.meeting);
            let agenda = coordinator.get(&agenda).await.expect(200);
            let items = agenda["items"].as_array().unwrap();
            let item = items.iter().find(|item| id(item) == things.item).unwrap();
            let caller = coordinator.if_match(&etag(item));
            let path = format!("/agenda-items/{}/agencies", things.item);
            let body = json!({ "agencies": [w.health] });
            caller.put(&path, body).await.expect(200);
        }
        End::SeatGivenUp => {
            let seats = format!("/meetings/{}/attendance", things.meeting);
            let found = coordinator.get(&seats).await.expect(200);
            let seats_of: Vec<_> = found["items"].as_array().unwrap().clone();
            let seat = seats_of
                .iter()
                .find(|seat| seat["user_id"] == json!(who.id))
                .unwrap();
            let body = json!({ "user_id": who.id, "role": "observer", "presence": "absent" });
            let caller = coordinator.if_match(&etag(seat));
            caller
                .put(&format!("{seats}/{}", who.agency_id), body)
                .await
                .expect(200);
        }
        End::ShareEnded => {
            let shares = coordinator.get(&path("/shares")).await.expect(200);
            let share = shares["items"][0].clone();
            let caller = coordinator.if_match(&etag(&share));
            let at = path(&format!("/shares/{}/end", id(&share)));
            caller.post(&at, Value::Null).await.expect(200);
        }
        End::ShareRanOut => execute(format!(
            "update circle set opens_at = now() - interval '2 days', full_at = now() - interval '2 days', \
             ends_at = now() - interval '1 day' where case_id = '{case}' and basis = 'share' and ends_at > now()"
        )),
        End::Restricted => {
            let body = json!({ "reason": "Somebody works there.", "named": [w.coordinator.id, w.chair.id] });
            restrict(stage, body).await;
        }
        End::RestrictionLifted => {
            lift(stage).await;
        }
        End::Excluded => {
            let body = json!({ "user_id": who.id, "reason": "His cousin." });
            coordinator
                .post(&path("/exclusions"), body)
                .await
                .expect(201);
        }
        End::RoleLost => execute(format!(
            "update role_grants set ends_at = now() where user_id = '{}'",
            who.id
        )),
        End::AccountDisabled => execute(format!(
            "update users set disabled_at = now() where id = '{}'",
            who.id
        )),
        End::AgencyLeaves => execute(format!(
            "update marac_agencies set suspended_at = now(), suspended_by = '{}', suspension_reason = 'test' \
             where agency_id = '{}'",
            w.administrator.id, who.agency_id
        )),
        End::ActionReassigned => execute(format!(
            "update actions set owner_agency_id = '{}' where case_id = '{case}'",
            w.health
        )),
        End::LeftTheRoom => unreachable!("of a seat that was taken"),
    }
}

/// Nothing beyond what is left to them.
fn holds(seen: &Seen, left: &[&str], what: &str) {
    let of_a_case = of_a_case();
    for (operation, (status, told)) in seen {
        if left.contains(&operation.as_str()) {
            continue;
        }
        assert!(!told, "{what}: {operation} tells of the case");
        assert!(
            *status != 200 || !of_a_case.contains(operation),
            "{what}: {operation} finds the case"
        );
    }
}

/// One stage for each line, and a copy of its database for each end.
async fn ends_in_every_way(wanted: impl Fn(Ground) -> bool) {
    for line in BASES.iter().filter(|line| wanted(line.ground)) {
        let (mut stage, holder) = opened(line.ground).await;
        let before = everything(&stage, &holder.person).await;
        let opened = before.values().any(|(_, told)| *told);
        assert!(opened, "{:?} opened nothing", line.ground);
        let original = stage.app.db.take();
        original.close();
        for how in line.ended_by {
            let what = format!("{:?} ended by {how:?}", line.ground);
            let (clock, keys) = (Clock::system(), stage.app.keys.clone());
            stage.app = TestApp::on(original.copy(), clock, Limits::unlimited(), keys).await;
            end(&stage, &holder, line.ground, *how).await;
            let after = everything(&stage, &holder.person).await;
            let left = match (how.shuts_out(), how) {
                (true, _) => &[][..],
                (false, End::ActionReassigned) => &AGENCY_WORK[..5],
                (false, _) => contributed(&holder),
            };
            holds(&after, left, &what);
            if !how.shuts_out() && matches!(line.ground, Ground::Circle(Basis::Referrer)) {
                assert_eq!(after["read_referral"].0, 200, "{what}: their own referral");
            }
            if *how == End::Close && matches!(line.ground, Ground::Circle(Basis::Listing)) {
                assert_eq!(after["read_research"].0, 200, "{what}: their own research");
                assert_eq!(after["get_action"].0, 200, "{what}: their own action");
            }
        }
    }
}

#[actix_web::test]
async fn a_referrers_and_a_leads_sight_ends_in_every_way_the_table_says() {
    ends_in_every_way(|ground| {
        matches!(
            ground,
            Ground::Circle(Basis::Referrer) | Ground::OwnReferral | Ground::Lead
        )
    })
    .await;
}

#[actix_web::test]
async fn named_peoples_and_the_idva_services_sight_ends_in_every_way_the_table_says() {
    ends_in_every_way(|ground| matches!(ground, Ground::Circle(Basis::Named | Basis::Allocation)))
        .await;
}

#[actix_web::test]
async fn what_a_listing_and_a_share_open_ends_in_every_way_the_table_says() {
    ends_in_every_way(|ground| matches!(ground, Ground::Circle(Basis::Listing | Basis::Share)))
        .await;
}

#[actix_web::test]
async fn what_a_seat_and_own_work_open_ends_in_every_way_the_table_says() {
    ends_in_every_way(|ground| {
        matches!(
            ground,
            Ground::Circle(Basis::Attendance) | Ground::OwnReturn | Ground::OwnAction
        )
    })
    .await;
}

/// Who has which rows of a case's circle open now.
fn open_rows(app: &TestApp, case: Uuid) -> Vec<String> {
    #[derive(Row)]
    struct Row {
        row: String,
    }
    let rows: Vec<Row> = sql(
        "select g.basis || ' ' || coalesce(g.user_id, g.actor_id, g.agency_id) as row from circle g \
         where g.case_id = $1 and g.opens_at <= now() and g.ends_at > now() and not g.paused order by 1",
    )
    .bind(case)
    .load(&mut app.owner())
    .unwrap();
    rows.into_iter().map(|row| row.row).collect()
}

#[actix_web::test]
async fn a_case_that_is_opened_again_opens_what_its_bases_say_and_nothing_more() {
    let stage = Stage::set().await;
    let case = stage.things(Target::Own).case;
    lead(&stage, Some(stage.named.id)).await;
    let before = open_rows(&stage.app, case);
    assert!(before.len() >= 4, "{before:?}");
    let chair = stage.app.as_(&stage.world.chair);
    let path = format!("/cases/{case}");
    let head = chair.get(&path).await.expect(200);
    let body = json!({ "reason": "other", "open_actions_reason": "She moved." });
    let caller = chair.clone().if_match(&etag(&head));
    caller
        .post(&format!("{path}/close"), body)
        .await
        .expect(200);
    assert_eq!(open_rows(&stage.app, case), Vec::<String>::new());
    // Nothing is opened meanwhile, and what ends meanwhile stays ended.
    let mut owner = stage.app.owner();
    owner
        .batch_execute(&format!(
            "update circle set ends_at = now() where case_id = '{case}' and basis = 'listing'"
        ))
        .unwrap();
    owner
        .batch_execute(&format!(
            "update cases set status = 'monitoring' where id = '{case}'"
        ))
        .unwrap();
    let expected: Vec<_> = before
        .into_iter()
        .filter(|row| !row.starts_with("listing"))
        .collect();
    assert_eq!(open_rows(&stage.app, case), expected);
}

#[actix_web::test]
async fn a_lead_whom_a_restriction_shut_out_leads_again_when_it_is_lifted_and_the_former_one_does_not()
 {
    let stage = Stage::set().await;
    let w = &stage.world;
    let case = stage.things(Target::Own).case;
    let path = |rest: &str| format!("/cases/{case}{rest}");
    let reads = async |who: &Person| stage.app.as_(who).get(&path("")).await.status;
    lead(&stage, Some(stage.named.id)).await;
    lead(&stage, None).await;
    assert_eq!(
        (reads(&stage.named).await, reads(&w.other_officer).await),
        (404, 200)
    );
    let body = json!({ "reason": "Somebody works there.", "named": [w.coordinator.id] });
    restrict(&stage, body).await;
    assert_eq!(reads(&w.other_officer).await, 404);
    lift(&stage).await;
    assert_eq!(
        (reads(&stage.named).await, reads(&w.other_officer).await),
        (404, 200)
    );
}

/// The minutes as their reader gets them: 404, or the codes of the cases in them.
fn cases_in(answer: &Answer) -> Option<Vec<String>> {
    let parts = answer.body["cases"].as_array()?;
    Some(
        parts
            .iter()
            .map(|part| part["case_id"].as_str().unwrap().to_owned())
            .collect(),
    )
}

/// Housing came to the meeting and has no action: its listing ended with it.
async fn without_an_action() -> Held {
    let held = Held::issued().await;
    let housing = held.world.housing;
    held.app
        .owner()
        .batch_execute(&format!(
            "update actions set status = 'completed' where owner_agency_id = '{housing}'; \
             update circle set ends_at = now() where agency_id = '{housing}' and basis = 'listing'"
        ))
        .unwrap();
    held
}

#[actix_web::test]
async fn an_agency_that_came_reads_the_minutes_of_its_cases_without_an_action_and_nothing_else() {
    let held = without_an_action().await;
    let w = &held.world;
    let read = held.get(&w.housing_rep, "").await;
    assert_eq!(read.status, 200, "{}", read.body);
    assert_eq!(
        cases_in(&read),
        Some(vec![held.a.to_string()]),
        "{}",
        read.body
    );
    let text = read.body.to_string();
    assert!(
        text.contains("Alpha information") && !text.contains("Alpha secret"),
        "{text}"
    );
    for path in [
        format!("/cases/{}", held.a),
        format!("/cases/{}/account", held.a),
        format!("/cases/{}/parties", held.a),
        format!("/cases/{}/timeline", held.a),
    ] {
        let answer = held.app.as_(&w.housing_rep).get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    // A colleague who has not accepted the statement, and one who joined the agency later.
    let colleague = World::person(&held.app, "late", w.housing, &[(w.wcc, "representative")]);
    assert_eq!(
        cases_in(&held.get(&colleague, "").await).unwrap_or_default(),
        Vec::<String>::new()
    );
    held.app
        .owner()
        .batch_execute(&format!(
            "update users set created_at = now() + interval '1 day' where id = '{}'",
            colleague.id
        ))
        .unwrap();
    let path = format!("/meetings/{}/confidentiality", held.meeting);
    let refused = held
        .app
        .as_(&colleague)
        .post(&path, json!({ "version": 0 }))
        .await;
    assert_eq!(
        (refused.status, refused.body["reason"].as_str()),
        (409, Some("not_at_meeting"))
    );
}

#[actix_web::test]
async fn what_a_seat_that_was_taken_gives_ends_in_every_way_the_table_says() {
    let line = BASES
        .iter()
        .find(|line| line.ground == Ground::SeatTaken)
        .unwrap();
    for how in line.ended_by {
        let held = without_an_action().await;
        let w = &held.world;
        let rep = &w.housing_rep;
        let (a, meeting) = (held.a, held.meeting);
        let before = held.get(rep, "").await;
        assert_eq!(cases_in(&before), Some(vec![a.to_string()]), "{how:?}");
        let status =
            |status: &str| format!("update cases set status = '{status}' where id = '{a}'");
        let text = match how {
            End::Lapse => status("lapsed"),
            End::Close => status("closed"),
            End::TransferOut => status("transferred_out"),
            End::SeatGivenUp => format!(
                "update attendances set presence = 'absent' where meeting_id = '{meeting}' \
                 and agency_id = '{}'",
                w.housing
            ),
            End::LeftTheRoom => format!(
                "insert into attendance_items (id, marac_id, case_id, agenda_item_id, attendance_id, left_at, created_at) \
                 select gen_random_uuid(), i.marac_id, i.case_id, i.id, t.id, now(), now() \
                 from agenda_items i join attendances t on t.meeting_id = i.meeting_id \
                 where i.meeting_id = '{meeting}' and i.case_id = '{a}' and t.agency_id = '{}'",
                w.housing
            ),
            End::Restricted => format!(
                "insert into restrictions (id, marac_id, case_id, reason, created_at) \
                 values (gen_random_uuid(), '{}', '{a}', '', now() - interval '1 second')",
                w.wcc
            ),
            End::Excluded => format!(
                "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
                 values (gen_random_uuid(), '{}', '{a}', '{}', '', now() - interval '1 second')",
                w.wcc, rep.id
            ),
            End::RoleLost => format!(
                "update role_grants set ends_at = now() where user_id = '{}'",
                rep.id
            ),
            End::AccountDisabled => format!(
                "update users set disabled_at = now() where id = '{}'",
                rep.id
            ),
            End::AgencyLeaves => format!(
                "update marac_agencies set suspended_at = now(), suspended_by = '{}', \
                 suspension_reason = 'test' where agency_id = '{}' and marac_id = '{}'",
                w.administrator.id, w.housing, w.wcc
            ),
            other => panic!("how does a seat end by {other:?}?"),
        };
        held.app.owner().batch_execute(&text).unwrap();
        let after = held.get(rep, "").await;
        assert_eq!(
            cases_in(&after).unwrap_or_default(),
            Vec::<String>::new(),
            "{how:?}: {}",
            after.body
        );
        assert!(!after.body.to_string().contains("Alpha"), "{how:?}");
    }
}

#[actix_web::test]
async fn a_statement_is_accepted_by_those_who_were_there_and_by_nobody_who_came_later() {
    let held = Held::issued().await;
    let w = &held.world;
    let path = format!("/meetings/{}/confidentiality", held.meeting);
    let accepts = async |who: &Person| {
        let answer = held.app.as_(who).post(&path, json!({ "version": 0 })).await;
        (
            answer.status,
            answer.body["reason"].as_str().unwrap_or("").to_owned(),
        )
    };
    let refused = || (409, "not_at_meeting".to_owned());
    // Nothing was listed to the police, and nobody of theirs sat there.
    assert_eq!(accepts(&w.police_rep).await, refused());
    // Who worked for a listed agency then reads what its colleagues heard.
    let colleague = World::person(
        &held.app,
        "colleague",
        w.housing,
        &[(w.wcc, "representative")],
    );
    let set = |column: &str, when: &str| {
        held.app
            .owner()
            .batch_execute(&format!(
                "update users set created_at = {when} where id = '{0}'; \
                 update role_grants set created_at = {column} where user_id = '{0}'",
                colleague.id
            ))
            .unwrap();
    };
    set("now() + interval '1 hour'", "now() - interval '1 hour'");
    assert_eq!(
        accepts(&colleague).await,
        refused(),
        "a representative only later"
    );
    set("now() - interval '1 hour'", "now() + interval '1 hour'");
    assert_eq!(
        accepts(&colleague).await,
        refused(),
        "an account made later"
    );
    set("now() - interval '1 hour'", "now() - interval '1 hour'");
    assert_eq!(accepts(&colleague).await.0, 200);
    // A signature on paper is of somebody who was there.
    let seats = format!("/meetings/{}/attendance", held.meeting);
    let coordinator = held.app.as_(&w.coordinator);
    let found = coordinator.get(&seats).await.expect(200);
    let seat = |presence: &str| {
        let items = found["items"].as_array().unwrap().iter();
        let mut of = items.filter(|seat| seat["user_name"] == json!(format!("{presence} person")));
        id(of.next().unwrap())
    };
    let absent = json!({ "version": 0, "attendance_id": seat("apologies") });
    let answer = coordinator.post(&path, absent).await;
    assert_eq!(answer.errors(), ["/attendance_id was_not_there"]);
    let present = json!({ "version": 0, "attendance_id": seat("present") });
    coordinator.post(&path, present).await.expect(200);
}

/// Every number in an answer.
fn figures(body: &Value) -> Vec<i64> {
    match body {
        Value::Number(number) => number.as_i64().into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(figures).collect(),
        Value::Object(fields) => fields.values().flat_map(figures).collect(),
        _ => Vec::new(),
    }
}

#[actix_web::test]
async fn live_figures_count_what_their_reader_may_see_and_say_so() {
    let held = Held::issued().await;
    let w = &held.world;
    let other = World::person(
        &held.app,
        "second",
        w.coordination,
        &[(w.wcc, "coordinator")],
    );
    let today = held.app.today();
    let minutes = format!(
        "/reports/minutes?marac_id={}&from={today}&to=2199-01-01",
        w.wcc
    );
    let research = format!("/meetings/{}/research", held.meeting);
    let reports = [
        "/reports/actions",
        "/reports/overdue-actions",
        "/reports/flags",
        minutes.as_str(),
        research.as_str(),
    ];
    let read = async |who: &Person, path: &str| held.app.as_(who).get(path).await.expect(200);
    let mut before = Vec::new();
    for path in reports {
        let body = read(&other, path).await;
        assert_eq!(body["counts"], "what_you_may_see", "{path}");
        assert_eq!(
            figures(&body),
            figures(&read(&w.coordinator, path).await),
            "{path}"
        );
        before.push(body);
    }
    held.exclude(held.b, other.id);
    let after = read(&other, "/reports/actions").await;
    let sees = |body: &Value| body["total"].as_i64().unwrap();
    assert_eq!(
        sees(&after),
        sees(&before[0]) - 1,
        "the action of the case that is closed to them"
    );
    assert_eq!(
        sees(&read(&w.coordinator, "/reports/actions").await),
        sees(&before[0])
    );
    // As many as their own list has.
    let list = format!("/actions?marac_id={}&status=any", w.wcc);
    let list = held.app.as_(&other).get(&list).await;
    if list.status == 200 {
        let rows = list.body["items"].as_array().unwrap().len();
        assert_eq!(i64::try_from(rows).unwrap(), sees(&after));
    }
    let owed = read(&other, "/reports/overdue-actions").await;
    assert!(figures(&owed).iter().sum::<i64>() < figures(&before[1]).iter().sum::<i64>());
    // Who may see everything, and the program, count everything.
    let all: i64 = held
        .app
        .parts
        .db
        .run_system(kernel::policy::Act::RunReport.ask(), move |tx| {
            let report = toldonce::reports::actions(tx, today, None)?;
            Ok(kernel::audit::Audited::new(
                report.counts.total,
                kernel::audit::Event::new(),
            ))
        })
        .unwrap();
    assert_eq!(all, sees(&before[0]));
}
