//! Cover: deputies, absence, leaving.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::Desk;
use crate::meetings::planned;
use crate::support::{Answer, Person, World, etag, id, referral};

#[derive(Row)]
struct Count {
    n: i64,
}

#[derive(Row)]
struct Text {
    text: String,
}

/// A desk, the lead of the police, and an officer who holds one of everything.
struct Station {
    desk: Desk,
    lead: Person,
    case: Uuid,
    draft: Value,
    action: Uuid,
    meeting: Uuid,
}

impl Station {
    async fn new() -> Self {
        let desk = Desk::new().await;
        let w = &desk.world;
        let lead = World::person(&desk.app, "lead", w.police, &[(w.wcc, "agency_lead")]);
        let case = desk.case("Okafor").await;
        let draft =
            json!({ "marac_id": w.wcc, "draft": true, "referral": referral("Novak", "Stone") });
        let officer = desk.app.as_(&w.officer);
        let draft = officer.post("/referrals", draft).await.expect(201);
        desk.referred("Silva").await;
        let action = desk
            .action(case, w.police, "open", "Mark the address.")
            .await;
        give(&desk, action, w.officer.id);
        let tag = desk.head_etag(case).await;
        let coordinator = desk.app.as_(&w.coordinator);
        let path = format!("/cases/{case}");
        let body = json!({ "lead_user_id": w.officer.id });
        coordinator
            .clone()
            .if_match(&tag)
            .patch(&path, body)
            .await
            .expect(200);
        let meeting = id(&planned(&desk.app, w).await);
        let path = format!("/meetings/{meeting}/attendance/{}", w.police);
        let seat =
            json!({ "user_id": w.officer.id, "role": "representative", "presence": "expected" });
        coordinator
            .if_match("\"0\"")
            .put(&path, seat)
            .await
            .expect(200);
        Self {
            desk,
            lead,
            case,
            draft,
            action,
            meeting,
        }
    }

    async fn duties(&self, who: &Person, of: &Person, to: Option<&Person>) -> Answer {
        let to = to
            .map(|to| format!("?to_user_id={}", to.id))
            .unwrap_or_default();
        let path = format!("/users/{}/duties{to}", of.id);
        self.desk.app.as_(who).get(&path).await
    }

    async fn leave(&self, who: &Person, of: &Person, to: Option<&Person>) -> Answer {
        let admin = &self.desk.world.administrator;
        let tag = etag(&self.duties(admin, of, None).await.expect(200));
        self.leave_at(who, of, to, &tag).await
    }

    async fn leave_at(&self, who: &Person, of: &Person, to: Option<&Person>, tag: &str) -> Answer {
        let caller = self.desk.app.as_(who).if_match(tag);
        let body = json!({ "to_user_id": to.map(|to| to.id) });
        caller.post(&format!("/users/{}/leave", of.id), body).await
    }
}

/// Names somebody for an action.
fn give(desk: &Desk, action: Uuid, person: Uuid) {
    sql("update actions set owner_user_id = $2 where id = $1")
        .bind(action)
        .bind(person)
        .execute(&mut desk.app.owner())
        .unwrap();
}

fn exclude(desk: &Desk, case: Uuid, person: Uuid) {
    sql(
        "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
         values ($1, $2, $3, $4, '', $5)",
    )
    .bind(Uuid::now_v7())
    .bind(desk.world.wcc)
    .bind(case)
    .bind(person)
    .bind(desk.app.now())
    .execute(&mut desk.app.owner())
    .unwrap();
}

/// Who was told of something of this kind, in order.
fn told(desk: &Desk, kind: &'static str) -> Vec<Uuid> {
    #[derive(Row)]
    struct Row {
        user_id: Uuid,
    }
    let rows: Vec<Row> = sql(
        "select user_id from notifications where kind = $1 and user_id is not null \
         order by case_id is not null, id",
    )
    .bind(kind)
    .load(&mut desk.app.owner())
    .unwrap();
    rows.into_iter().map(|row| row.user_id).collect()
}

fn counts(of: [i64; 6]) -> Value {
    let [actions, drafts, referrals, leads, cases, seats] = of;
    json!({ "actions": actions, "drafts": drafts, "referrals": referrals, "leads": leads,
        "allocations": 0, "cases": cases, "seats": seats })
}

/// Where a table names an account for what it did, not for what it still has to do.
const HISTORY: &[&str] = &[
    "absences.recorded_by",
    "account_entries.author_id",
    "action_events.by_user_id",
    "actions.created_by",
    // The account that asked may close; nothing that it asked for can be confirmed then.
    "address_changes.asked_by",
    "agenda_items.decided_by",
    "api_clients.created_by",
    "attendances.confidentiality_recorded_by",
    // Its token opens nothing once the account is closed.
    "calendar_feeds.user_id",
    "circle.created_by",
    "confidentiality_statements.created_by",
    "conflicts_of_interest.declared_by",
    "entry_openings.opened_by",
    // Who is kept out stays out.
    "exclusions.exempt_user_id",
    "exclusions.lifted_by",
    "exclusions.set_by",
    "exclusions.user_id",
    "hearing_entries.author_id",
    "invitations.created_by",
    // Where somebody signed in from; a closed account does not.
    "known_networks.user_id",
    "marac_agencies.suspended_by",
    // No e-mail goes to a closed account.
    "notification_preferences.user_id",
    "notifications.user_id",
    "outbox.user_id",
    "pending_grants.asked_by",
    "pending_grants.decided_by",
    "questions.asked_by",
    "questions.settled_by",
    "questions.taken_by",
    "referrals.decided_by",
    // A program's person is refused with their account.
    "registered_actors.user_id",
    "research_returns.by_user_id",
    "research_versions.by_user_id",
    "restrictions.lifted_by",
    "restrictions.set_by",
    "risk_assessments.created_by",
    "role_grants.granted_by",
    "told_already.user_id",
    "users.disabled_by",
    "users.in_hand_of",
    "flag_events.by_user_id",
    "idva_allocations.created_by",
    "idva_contacts.by_user_id",
    "lapse_notices.decided_by",
    "minutes_versions.approved_by",
    "minutes_versions.drafted_by",
    "minutes_versions.issued_by",
    "standard_action_versions.created_by",
    "identity_differences.decided_by",
    "referral_joins.joined_by",
    "referral_joins.unjoined_by",
];

/// Where it names one for what it may or has to do, and how many of those stand for the account $1.
const LIVE: &[(&str, &str)] = &[
    (
        "absences.user_id",
        "select count(*) as n from absences where user_id = $1 and ended_at is null and until_on >= current_date",
    ),
    (
        "actions.owner_user_id",
        "select count(*) as n from actions where owner_user_id = $1 and (status in ('open', 'in_progress') \
         or (not resolved and status in ('not_done', 'not_possible_circumstances_changed')))",
    ),
    (
        "attendances.user_id",
        "select count(*) as n from attendances t join meetings m on m.id = t.meeting_id \
         where t.user_id = $1 and t.presence = 'expected' and m.status in ('planned', 'circulated', 'in_session')",
    ),
    (
        "address_changes.user_id",
        "select count(*) as n from address_changes where user_id = $1 and confirmed_at is null and expires_at > now()",
    ),
    (
        "pending_grants.user_id",
        "select count(*) as n from pending_grants where user_id = $1 and outcome is null",
    ),
    (
        "cases.lead_user_id",
        "select count(*) as n from cases where lead_user_id = $1",
    ),
    (
        "circle.user_id",
        "select count(*) as n from circle where user_id = $1 and ends_at > now()",
    ),
    (
        "idva_allocations.user_id",
        "select count(*) as n from idva_allocations where user_id = $1 and ends_on is null",
    ),
    (
        "invitations.user_id",
        "select count(*) as n from invitations where user_id = $1 and used_at is null and expires_at > now()",
    ),
    (
        "referrals.submitted_by",
        "select count(*) as n from referrals where submitted_by = $1 and status in ('draft', 'submitted', 'returned')",
    ),
    (
        "role_grants.deputy_id",
        "select count(*) as n from role_grants where deputy_id = $1",
    ),
    (
        "role_grants.user_id",
        "select count(*) as n from role_grants where user_id = $1 and ends_at > now()",
    ),
    (
        "sessions.user_id",
        "select count(*) as n from sessions where user_id = $1 and revoked_at is null",
    ),
];

/// What an account still holds, by table and column.
fn still_held(desk: &Desk, person: Uuid) -> Vec<(&'static str, i64)> {
    let conn = &mut desk.app.owner();
    LIVE.iter()
        .map(|(of, text)| {
            let count: Count = sql(*text).bind(person).get_result(conn).unwrap();
            (*of, count.n)
        })
        .filter(|(_, n)| *n > 0)
        .collect()
}

#[test]
fn every_column_that_names_an_account_is_known_to_leaving() {
    let rows: Vec<Text> = sql(
        "select c.conrelid::regclass::text || '.' || a.attname as text from pg_constraint c \
         join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] \
         where c.contype = 'f' and c.confrelid = 'users'::regclass order by 1",
    )
    .load(&mut crate::support::TestDb::create().owner())
    .unwrap();
    let known: BTreeSet<_> = LIVE
        .iter()
        .map(|(of, _)| *of)
        .chain(HISTORY.iter().copied())
        .collect();
    let unknown: Vec<_> = rows
        .iter()
        .map(|row| row.text.as_str())
        .filter(|of| !known.contains(of))
        .collect();
    assert!(
        unknown.is_empty(),
        "is this what somebody did, or what they have to do? If to do, hand_over moves it: {unknown:?}"
    );
}

#[actix_web::test]
async fn everything_moves_to_the_colleague_and_nothing_stays_with_a_closed_account() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let all = counts([1, 1, 1, 1, 1, 1]);
    let preview = station
        .duties(&station.lead, &w.officer, Some(&w.other_officer))
        .await
        .expect(200);
    assert_eq!((&preview["held"], &preview["moves"]), (&all, &all));
    assert_eq!(preview["left_over"], counts([0; 6]));
    assert!(!still_held(desk, w.officer.id).is_empty());
    let left = station
        .leave(&station.lead, &w.officer, Some(&w.other_officer))
        .await
        .expect(200);
    assert_eq!(
        (&left["moved"], &left["left_over"]),
        (&all, &counts([0; 6]))
    );
    assert_eq!(still_held(desk, w.officer.id), []);
    desk.app.as_(&w.officer).get("/me").await.expect(401);
    let colleague = desk.app.as_(&w.other_officer);
    let draft = format!("/referrals/{}", id(&station.draft));
    let draft = colleague.get(&draft).await.expect(200);
    let body = json!({ "referral": referral("Novak", "Stone") });
    let path = format!("/referrals/{}", id(&draft));
    colleague
        .clone()
        .if_match(&etag(&draft))
        .put(&path, body)
        .await
        .expect(200);
    let file = desk.file(&w.other_officer, station.case).await.expect(200);
    assert_eq!(file["lead_user_id"], json!(w.other_officer.id));
    let mine = colleague.get("/actions?mine=true").await.expect(200);
    assert_eq!(id(&mine["items"][0]), station.action);
    let path = format!("/actions/{}/history", station.action);
    let history = colleague.get(&path).await.expect(200);
    assert!(history.to_string().contains("reassigned"));
    let path = format!("/meetings/{}/attendance", station.meeting);
    let seats = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    let seats = seats["items"].as_array().unwrap().clone();
    assert!(
        seats
            .iter()
            .any(|seat| seat["user_id"] == json!(w.other_officer.id))
    );
    let count: Count =
        sql("select count(*) as n from audit_events where act = 'hand_over' and case_id = $1")
            .bind(station.case)
            .get_result(&mut desk.app.owner())
            .unwrap();
    assert_eq!(count.n, 1, "the case's log tells it");
    // Nobody sees the draft who did not before, and no content was told on the way.
    desk.app
        .as_(&w.chair)
        .get(&format!("/referrals/{}", id(&draft)))
        .await
        .expect(404);
    assert!(!left.to_string().contains(&station.case.to_string()));
    assert_eq!(told(desk, "cover_taken"), [w.other_officer.id]);
}

/// Who is the named IDVA of a case.
fn named_idva(desk: &Desk, case: Uuid) -> Option<Uuid> {
    #[derive(Row)]
    struct Row {
        user_id: Option<Uuid>,
    }
    let row: Row =
        sql("select user_id from idva_allocations where case_id = $1 and ends_on is null")
            .bind(case)
            .get_result(&mut desk.app.owner())
            .unwrap();
    row.user_id
}

#[actix_web::test]
async fn a_named_idvas_cases_go_to_a_colleague_who_is_one_and_else_to_the_service() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let advocate = World::person(&desk.app, "advocate", w.idva_service, &[(w.wcc, "idva")]);
    let clerk = World::person(
        &desk.app,
        "clerk",
        w.idva_service,
        &[(w.wcc, "practitioner")],
    );
    for (case, to, expected) in [
        (desk.case("Adeyemi").await, &advocate, Some(advocate.id)),
        (desk.case("Kowalczyk").await, &clerk, None),
    ] {
        let leaver = World::person(&desk.app, "leaver", w.idva_service, &[(w.wcc, "idva")]);
        let body = json!({ "agency_id": w.idva_service, "user_id": leaver.id });
        let path = format!("/cases/{case}/idva");
        let coordinator = desk.app.as_(&w.coordinator);
        coordinator.post(&path, body).await.expect(201);
        let left = station
            .leave(&w.administrator, &leaver, Some(to))
            .await
            .expect(200);
        let moved = i64::from(expected.is_some());
        assert_eq!(left["moved"]["allocations"], json!(moved));
        assert_eq!(left["left_over"]["allocations"], json!(1 - moved));
        assert_eq!(named_idva(desk, case), expected);
        assert_eq!(still_held(desk, leaver.id), []);
    }
}

#[actix_web::test]
async fn no_case_goes_to_somebody_excluded_from_it_or_not_named_on_it() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    exclude(desk, station.case, w.other_officer.id);
    let restricted = desk.case("Marchetti").await;
    sql("insert into restrictions (id, marac_id, case_id, reason, created_at) values ($1, $2, $3, '', $4)")
        .bind(Uuid::now_v7())
        .bind(w.wcc)
        .bind(restricted)
        .bind(desk.app.now())
        .execute(&mut desk.app.owner())
        .unwrap();
    desk.name(restricted, &w.officer);
    let left = station
        .leave(&station.lead, &w.officer, Some(&w.other_officer))
        .await
        .expect(200);
    assert_eq!(left["moved"], counts([0, 1, 1, 0, 0, 1]));
    // The restricted case is closed to the lead, who is not named on it: it is not counted.
    assert_eq!(left["left_over"], counts([1, 0, 0, 1, 1, 0]));
    assert_eq!(still_held(desk, w.officer.id), []);
    for case in [station.case, restricted] {
        desk.file(&w.other_officer, case).await.expect(404);
    }
    let action = desk
        .app
        .as_(&w.police_rep)
        .get("/actions")
        .await
        .expect(200);
    assert_eq!(
        id(&action["items"][0]),
        station.action,
        "its agency has it still"
    );
    assert_eq!(action["items"][0]["owner_user_id"], json!(null));
    let file = desk.file(&w.coordinator, station.case).await.expect(200);
    assert_eq!(file["lead_user_id"], json!(null));
    // The colleague once; the coordinator of the case left over, not of the one closed to them.
    assert_eq!(
        told(desk, "cover_taken"),
        [w.other_officer.id, w.coordinator.id]
    );
}

#[actix_web::test]
async fn what_is_closed_to_the_caller_moves_uncounted() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let open = station
        .duties(&station.lead, &w.officer, None)
        .await
        .expect(200);
    exclude(desk, station.case, station.lead.id);
    let closed = station
        .duties(&station.lead, &w.officer, None)
        .await
        .expect(200);
    assert_eq!(open["held"], counts([1, 1, 1, 1, 1, 1]));
    assert_eq!(closed["held"], counts([0, 1, 1, 0, 0, 1]));
    let left = station
        .leave(&station.lead, &w.officer, Some(&w.other_officer))
        .await
        .expect(200);
    assert_eq!(left["moved"], counts([0, 1, 1, 0, 0, 1]));
    assert_eq!(still_held(desk, w.officer.id), []);
    desk.file(&w.other_officer, station.case).await.expect(200);
}

#[actix_web::test]
async fn a_draft_is_never_lost_and_work_never_left_to_nobody() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let nobody = station.leave(&station.lead, &w.officer, None).await;
    assert_eq!(
        (nobody.status, &nobody.body["reason"]),
        (409, &json!("duties_remain"))
    );
    let all =
        json!({ "actions": 1, "cases": 1, "drafts": 1, "leads": 1, "referrals": 1, "seats": 1 });
    assert_eq!(nobody.body["counts"], all);
    let newcomer = World::person(&desk.app, "newcomer", w.police, &[]);
    let refused = station
        .leave(&station.lead, &w.officer, Some(&newcomer))
        .await;
    assert_eq!(
        (refused.status, &refused.body["reason"]),
        (409, &json!("drafts_left"))
    );
    assert_eq!(refused.body["counts"], json!({ "drafts": 1 }));
    assert!(
        !still_held(desk, w.officer.id).is_empty(),
        "nothing was done"
    );
    desk.app.as_(&w.officer).get("/me").await.expect(200);
    // Who holds nothing needs nobody.
    let left = station
        .leave(&station.lead, &newcomer, None)
        .await
        .expect(200);
    assert_eq!(left["moved"], counts([0; 6]));
    desk.app.as_(&newcomer).get("/me").await.expect(401);
}

#[actix_web::test]
async fn disabling_waits_for_duties_unless_it_must_be_at_once() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let lead = desk.app.as_(&station.lead);
    let user = lead
        .get(&format!("/users/{}", w.officer.id))
        .await
        .expect(200);
    let caller = lead.if_match(&etag(&user));
    let path = format!("/users/{}/disable", w.officer.id);
    let refused = caller.post(&path, json!({})).await;
    assert_eq!(
        (refused.status, &refused.body["reason"]),
        (409, &json!("duties_remain"))
    );
    assert_eq!(refused.body["counts"]["actions"], 1);
    let path = format!("{path}?at_once=true");
    caller.post(&path, json!({})).await.expect(200);
    desk.app.as_(&w.officer).get("/me").await.expect(401);
    let left = station
        .leave(&station.lead, &w.officer, Some(&w.other_officer))
        .await
        .expect(200);
    assert_eq!(left["moved"], counts([1, 1, 1, 1, 1, 1]));
    assert_eq!(still_held(desk, w.officer.id), []);
}

#[actix_web::test]
async fn who_hands_on_is_lead_coordinator_or_administrator_and_takes_nothing() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let preview = |who| station.duties(who, &w.officer, None);
    for (who, expected) in [
        (&station.lead, 200),
        (&w.coordinator, 200),
        (&w.administrator, 200),
        (&w.housing_lead, 404),
        (&w.kc_coordinator, 404),
        (&w.other_officer, 403),
        (&w.police_rep, 403),
        (&w.chair, 403),
    ] {
        assert_eq!(preview(who).await.status, expected, "{}", who.email);
    }
    let nobody = Person {
        id: Uuid::now_v7(),
        ..w.officer.clone()
    };
    let (hidden, none) = (
        preview(&w.housing_lead).await,
        station.duties(&w.housing_lead, &nobody, None).await,
    );
    assert_eq!(hidden.comparable(), none.comparable());
    // Housing's representative works in another MARAC too: that is not this coordinator's to end.
    let beyond = station.duties(&w.coordinator, &w.housing_rep, None).await;
    assert_eq!(beyond.status, 403);
    let working_lead = World::person(
        &desk.app,
        "working-lead",
        w.police,
        &[(w.wcc, "agency_lead"), (w.wcc, "practitioner")],
    );
    for (who, of, to, status, reason) in [
        (
            &working_lead,
            &w.officer,
            Some(&working_lead),
            409,
            json!("not_to_yourself"),
        ),
        (
            &working_lead,
            &working_lead,
            None,
            409,
            json!("own_account"),
        ),
        (
            &station.lead,
            &w.officer,
            Some(&w.officer),
            422,
            json!(null),
        ),
        (
            &station.lead,
            &w.officer,
            Some(&w.housing_rep),
            422,
            json!(null),
        ),
        (&station.lead, &w.officer, Some(&nobody), 422, json!(null)),
    ] {
        let refused = station.leave(who, of, to).await;
        assert_eq!((refused.status, &refused.body["reason"]), (status, &reason));
        if status == 422 {
            assert_eq!(refused.errors(), ["/to_user_id not_a_colleague"]);
        }
    }
    let stale = station
        .leave_at(&station.lead, &w.officer, Some(&w.other_officer), "\"99\"")
        .await;
    assert_eq!(stale.status, 412);
    let hidden = station
        .duties(&station.lead, &w.officer, Some(&w.housing_rep))
        .await;
    assert_eq!(hidden.status, 404);
    station
        .leave(&w.coordinator, &w.officer, Some(&w.other_officer))
        .await
        .expect(200);
}

#[actix_web::test]
async fn two_who_leave_at_once_leave_nothing_behind() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let (a, b) = (&w.officer, &w.other_officer);
    let (one, other) = futures_util::future::join(
        station.leave_at(&station.lead, a, Some(b), "\"1\""),
        station.leave_at(&station.lead, b, Some(a), "\"1\""),
    )
    .await;
    let mut found = [one.status, other.status];
    found.sort_unstable();
    assert_eq!(found, [200, 422], "{one:?} {other:?}");
    let (gone, stays) = if one.status == 200 { (a, b) } else { (b, a) };
    assert_eq!(still_held(desk, gone.id), []);
    assert!(!still_held(desk, stays.id).is_empty());
    let third = World::person(&desk.app, "third", w.police, &[(w.wcc, "practitioner")]);
    let (one, other) = futures_util::future::join(
        station.leave_at(&station.lead, stays, Some(&third), "\"1\""),
        station.leave_at(&w.administrator, stays, Some(&third), "\"1\""),
    )
    .await;
    let mut found = [one.status, other.status];
    found.sort_unstable();
    assert_eq!(found, [200, 412]);
    assert_eq!(still_held(desk, stays.id), []);
    let count: Count =
        sql("select count(*) as n from action_events where action_id = $1 and kind = 'reassigned'")
            .bind(station.action)
            .get_result(&mut desk.app.owner())
            .unwrap();
    assert_eq!(count.n, if gone.id == a.id { 2 } else { 1 });
}

#[actix_web::test]
async fn nothing_is_given_to_a_closed_account_whichever_way_it_comes() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    station
        .leave(&station.lead, &w.officer, Some(&w.other_officer))
        .await
        .expect(200);
    let conn = &mut desk.app.owner();
    for text in [
        "update actions set owner_user_id = $1",
        "update cases set lead_user_id = $1",
        "update referrals set submitted_by = $1 where status = 'draft'",
        "update attendances set user_id = $1",
        "update role_grants set deputy_id = $1 where role = 'representative'",
        "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at) \
         select gen_random_uuid(), marac_id, id, 'named', $1, now(), now() from cases",
    ] {
        let error = sql(text).bind(w.officer.id).execute(conn).unwrap_err();
        assert!(
            error.to_string().contains("account is closed"),
            "{text}: {error}"
        );
    }
}

#[actix_web::test]
async fn an_assignment_waits_for_who_is_leaving_and_finds_them_gone() {
    let station = Station::new().await;
    let (desk, w) = (&station.desk, &station.desk.world);
    let action = json!({ "text": "Call.", "owner_agency_id": w.police, "owner_user_id": w.officer.id,
        "category": "other", "target": "survivor", "due_on": desk.app.today() + TimeDelta::days(1) });
    let path = format!("/cases/{}/actions", station.case);
    let coordinator = desk.app.as_(&w.coordinator);
    let (left, agreed) = futures_util::future::join(
        station.leave_at(&station.lead, &w.officer, Some(&w.other_officer), "\"1\""),
        coordinator.post(&path, action),
    )
    .await;
    // Before it: the action moves with the rest. During it: try again. After it: nobody is there.
    assert!(matches!(agreed.status, 201 | 422 | 503), "{agreed:?}");
    assert!(matches!(left.status, 200 | 503), "{left:?}");
    if left.status == 503 {
        let again = station
            .leave(&station.lead, &w.officer, Some(&w.other_officer))
            .await;
        again.expect(200);
    }
    assert_eq!(still_held(desk, w.officer.id), []);
}

#[actix_web::test]
async fn a_deputy_is_another_representative_and_gets_the_work_on_days_away() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let second = World::person(&desk.app, "second", w.housing, &[(w.wcc, "representative")]);
    let outside = World::person(&desk.app, "outside", w.housing, &[(w.kc, "representative")]);
    let case = desk.case("Okafor").await;
    desk.list(case, w.housing, desk.app.now());
    let action = desk
        .action(case, w.housing, "open", "Change the locks.")
        .await;
    give(&desk, action, w.housing_rep.id);
    let path = format!("/maracs/{}/cover", w.wcc);
    let one = format!("{path}/{}", w.housing_rep.id);
    let lead = desk.app.as_(&w.housing_lead);
    let page = lead.get(&path).await.expect(200);
    let reps: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rep| rep["user_id"].clone())
        .collect();
    assert_eq!(reps, [json!(w.housing_rep.id), json!(second.id)]);
    let all = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 4);
    let at = lead.clone().if_match(&etag(&page["items"][0]));
    for deputy in [
        w.housing_rep.id,
        outside.id,
        w.health_rep.id,
        Uuid::now_v7(),
    ] {
        let refused = at.put(&one, json!({ "deputy_id": deputy })).await;
        assert_eq!(refused.errors(), ["/deputy_id not_a_representative"]);
    }
    lead.put(&one, json!({ "deputy_id": second.id }))
        .await
        .expect(428);
    let named = at
        .put(&one, json!({ "deputy_id": second.id }))
        .await
        .expect(200);
    assert_eq!(
        (&named["deputy_id"], &named["away_until"]),
        (&json!(second.id), &json!(null))
    );
    at.put(&one, json!({ "deputy_id": null })).await.expect(412);
    let others = format!("{path}/{}", w.health_rep.id);
    lead.clone()
        .if_match("\"1\"")
        .put(&others, json!({ "deputy_id": null }))
        .await
        .expect(404);
    let rep = desk.app.as_(&w.housing_rep).if_match(&etag(&named));
    rep.put(&one, json!({ "deputy_id": null }))
        .await
        .expect(403);

    let mine = || async {
        let mine = desk
            .app
            .as_(&second)
            .get("/actions?mine=true")
            .await
            .expect(200);
        mine["items"].as_array().unwrap().len()
    };
    assert_eq!(mine().await, 0);
    let (from, until) = (
        desk.app.today() + TimeDelta::days(1),
        desk.app.today() + TimeDelta::days(2),
    );
    let away = format!("/users/{}/absences", w.housing_rep.id);
    let days = json!({ "from": from, "until": until });
    let rep = desk.app.as_(&w.housing_rep);
    let absence = rep.post(&away, days.clone()).await.expect(201);
    assert_eq!(mine().await, 0, "not before the first day");
    desk.app.wait(TimeDelta::days(1));
    assert_eq!(mine().await, 1);
    let coordinator = desk.app.as_(&w.coordinator);
    let more = json!({ "text": "Call.", "owner_agency_id": w.housing, "owner_user_id": w.housing_rep.id,
        "category": "other", "target": "survivor", "due_on": desk.app.today() });
    let path_of_actions = format!("/cases/{case}/actions");
    coordinator.post(&path_of_actions, more).await.expect(201);
    assert!(told(&desk, "action_assigned").contains(&second.id));
    assert_eq!(mine().await, 2);
    let page = desk.app.as_(&w.housing_lead).get(&path).await.expect(200);
    assert_eq!(page["items"][0]["away_until"], json!(until));
    desk.app.wait(TimeDelta::days(2));
    assert_eq!(mine().await, 0, "not after the last");
    let days = json!({ "from": desk.app.today(), "until": desk.app.today() });
    let leads = [(w.wcc, "agency_lead"), (w.kc, "agency_lead")];
    let lead = World::person(&desk.app, "lead-of-both", w.housing, &leads);
    let again = desk.app.as_(&lead).post(&away, days).await.expect(201);
    assert_eq!(mine().await, 2);
    let end = format!("{away}/{}/end", id(&again));
    let rep = desk.app.as_(&w.housing_rep).if_match(&etag(&again));
    let ended = rep.post(&end, json!({})).await.expect(200);
    assert_eq!(mine().await, 0, "back earlier");
    let rep = desk.app.as_(&w.housing_rep).if_match(&etag(&ended));
    let twice = rep.post(&end, json!({})).await;
    assert_eq!(
        (twice.status, &twice.body["reason"]),
        (409, &json!("already_ended"))
    );
    let old = format!("{away}/{}/end", id(&absence));
    let health = desk.app.as_(&w.health_rep).if_match(&etag(&absence));
    health.post(&old, json!({})).await.expect(403);
}

#[actix_web::test]
async fn an_absence_has_an_order_and_is_nobody_elses_business() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let path = format!("/users/{}/absences", w.idva.id);
    let idva = desk.app.as_(&w.idva);
    let today = desk.app.today();
    let day = |n| today + TimeDelta::days(n);
    for (from, until, error) in [
        (day(3), day(2), "/until before_from"),
        (day(-9), day(-2), "/until in_the_past"),
    ] {
        let refused = idva
            .post(&path, json!({ "from": from, "until": until }))
            .await;
        assert_eq!(refused.errors(), [error]);
    }
    let caller = idva.clone().with("idempotency-key", "holiday-1");
    let days = json!({ "from": day(0), "until": day(7) });
    let made = caller.post(&path, days.clone()).await.expect(201);
    assert_eq!(caller.post(&path, days.clone()).await.expect(201), made);
    let page = desk.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(page["items"], json!([made]));
    for who in [&w.officer, &w.chair, &w.housing_rep] {
        desk.app.as_(who).get(&path).await.expect(403);
        desk.app
            .as_(who)
            .post(&path, days.clone())
            .await
            .expect(403);
    }
    let lead = desk.app.as_(&w.housing_lead);
    let unknown = format!("/users/{}/absences", Uuid::now_v7());
    let (hidden, none) = (lead.get(&path).await, lead.get(&unknown).await);
    assert_eq!(
        (hidden.status, hidden.comparable()),
        (404, none.comparable())
    );
}
