//! Accounts, invitations, roles.

use chrono::TimeDelta;
use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Caller, Person, TestApp, World, confirm_all, etag, id, link_to};

const PASSWORD: &str = "a long enough password";

async fn start() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    (app, world)
}

fn role(marac: Uuid, role: &str) -> Value {
    json!({ "marac_id": marac, "role": role, "ends_at": null })
}

async fn read(caller: &Caller<'_>, person: &Person) -> Value {
    caller
        .get(&format!("/users/{}", person.id))
        .await
        .expect(200)
}

async fn set_roles(caller: Caller<'_>, user: &Value, roles: Vec<Value>) -> crate::support::Answer {
    let path = format!("/users/{}/roles", id(user));
    let caller = caller.if_match(&etag(user));
    caller.put(&path, json!({ "roles": roles })).await
}

async fn invite(caller: &Caller<'_>, email: &str, roles: Vec<Value>) -> Value {
    let body = json!({ "email": email, "name": "New Person", "roles": roles });
    caller.post("/users", body).await.expect(201)
}

#[actix_web::test]
async fn an_invitation_leads_to_an_account_that_works() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let invited = invite(
        &lead,
        "New@Housing.example",
        vec![role(world.wcc, "representative")],
    )
    .await;
    let user = &invited["user"];
    assert_eq!(user["email"], "new@housing.example");
    assert_eq!(user["state"], "invited");
    assert_eq!(user["agency_id"], json!(world.housing));
    assert_eq!(user["roles"], json!([role(world.wcc, "representative")]));
    assert_eq!(
        invited["invitation"],
        json!({ "delivery": "operator", "expires_at": null })
    );
    let token = link_to(&app, "new@housing.example");
    let login = json!({ "email": "new@housing.example", "password": PASSWORD });
    let take = json!({ "token": token, "password": PASSWORD });
    app.anonymous()
        .post("/auth/login", login.clone())
        .await
        .expect(401);
    app.anonymous()
        .post("/auth/invitation", take.clone())
        .await
        .expect(200);
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(401);
    let session = app.anonymous().post("/auth/login", login).await.expect(200);
    let bearer = format!("Bearer {}", session["access_token"].as_str().unwrap());
    let me = app.anonymous().with("authorization", &bearer);
    let me = me.get("/me").await.expect(200);
    assert_eq!(me["roles"][0]["role"], "representative");
    let after = lead.get(&format!("/users/{}", id(user))).await.expect(200);
    assert_eq!(after["state"], "active");
    let stored = sql("select from invitations where token_hash = convert_to($1, 'UTF8')")
        .bind(token)
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(stored, 0, "the link itself is not kept");
}

#[actix_web::test]
async fn a_link_runs_out_and_a_new_one_ends_the_old() {
    let (app, world) = start().await;
    let invited = invite(&app.as_(&world.housing_lead), "a@housing.example", vec![]).await;
    let user = id(&invited["user"]);
    let take = |token: &String| json!({ "token": token, "password": PASSWORD });
    let old = take(&link_to(&app, "a@housing.example"));
    app.wait(TimeDelta::days(7));
    app.anonymous()
        .post("/auth/invitation", old)
        .await
        .expect(401);
    let path = format!("/users/{user}/invitation");
    let lead = app.as_(&world.housing_lead);
    let first = link_to(&app, "a@housing.example");
    lead.post(&path, json!({})).await.expect(201);
    let second = link_to(&app, "a@housing.example");
    app.anonymous()
        .post("/auth/invitation", take(&first))
        .await
        .expect(401);
    app.anonymous()
        .post("/auth/invitation", take(&second))
        .await
        .expect(200);
}

#[actix_web::test]
async fn a_retried_invitation_is_one_account() {
    let (app, world) = start().await;
    let caller = app
        .as_(&world.administrator)
        .with("idempotency-key", "invite-once");
    let body = json!({ "email": "b@health.example", "name": "B", "agency_id": world.health });
    let first = caller.post("/users", body.clone()).await.expect(201);
    let again = caller.post("/users", body).await.expect(201);
    assert_eq!(first["user"], again["user"]);
    assert_eq!(first["invitation"], again["invitation"]);
    let take = json!({ "token": link_to(&app, "b@health.example"), "password": PASSWORD });
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(200);
}

#[actix_web::test]
async fn an_address_is_taken_once() {
    let (app, world) = start().await;
    let administrator = app.as_(&world.administrator);
    let body = json!({ "email": world.idva.email.to_uppercase(), "name": "C" });
    let answer = administrator.post("/users", body.clone()).await;
    assert_eq!(
        (answer.status, answer.errors()),
        (422, vec!["/email taken".into()])
    );
    let user = read(&administrator, &world.officer).await;
    let caller = administrator.clone().if_match(&etag(&user));
    let path = format!("/users/{}", world.officer.id);
    let answer = caller
        .patch(&path, json!({ "email": world.idva.email }))
        .await;
    assert_eq!(answer.errors(), ["/email taken"]);
    for (body, error) in [
        (
            json!({ "email": "no address", "name": "C" }),
            "/email email",
        ),
        (
            json!({ "email": "c@x.example", "name": "a\nb" }),
            "/name one_line",
        ),
        (json!({ "email": "c@x.example" }), "/name required"),
        (
            json!({ "email": "c@x.example", "name": "C", "administrator": true }),
            " unknown_field",
        ),
        (
            json!({ "email": "c@x.example", "name": "C", "agency_id": Uuid::now_v7() }),
            "/agency_id unknown",
        ),
        (
            json!({ "email": "c@x.example", "name": "C", "roles": [role(world.kc, "chair")] }),
            "/roles/0/marac_id not_a_member",
        ),
    ] {
        let answer = administrator.post("/users", body).await;
        assert_eq!((answer.status, answer.errors()), (422, vec![error.into()]));
    }
}

#[actix_web::test]
async fn an_administrator_lists_all_and_a_lead_their_own_agency() {
    let (app, world) = start().await;
    let administrator = app.as_(&world.administrator);
    let all = administrator.get("/users?limit=200").await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 15);
    let path = format!("/users?agency_id={}", world.police);
    let police = administrator.get(&path).await.expect(200);
    assert_eq!(police["items"].as_array().unwrap().len(), 4);
    let lead = app.as_(&world.housing_lead);
    let own = lead.get("/users").await.expect(200);
    let ids: Vec<_> = own["items"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, [world.housing_rep.id, world.housing_lead.id]);
    assert_eq!(own["items"][0]["roles"].as_array().unwrap().len(), 2);
    let none = lead.get(&path).await.expect(200);
    assert_eq!(none["items"], json!([]));
    for person in [&world.coordinator, &world.chair, &world.officer] {
        app.as_(person).get("/users").await.expect(403);
    }
    let client = app.as_client(&world.client, None);
    client.get("/users").await.expect(403);
}

#[actix_web::test]
async fn another_agencys_account_answers_a_lead_like_none() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead).if_match("\"1\"");
    let (other, unknown) = (world.health_rep.id, Uuid::now_v7());
    let mut answers = Vec::new();
    for user in [other, unknown] {
        let path = format!("/users/{user}");
        answers.push([
            lead.get(&path).await.comparable(),
            lead.patch(&path, json!({ "name": "X" })).await.comparable(),
            lead.post(&format!("{path}/invitation"), json!({}))
                .await
                .comparable(),
            lead.post(&format!("{path}/disable"), json!({}))
                .await
                .comparable(),
            lead.post(&format!("{path}/enable"), json!({}))
                .await
                .comparable(),
            lead.put(&format!("{path}/roles"), json!({ "roles": [] }))
                .await
                .comparable(),
        ]);
    }
    assert!(answers[0].iter().all(|answer| answer.0 == 404));
    assert_eq!(answers[0], answers[1]);
    let body = json!({ "email": "x@x.example", "name": "X", "agency_id": world.health });
    lead.post("/users", body).await.expect(403);
}

#[actix_web::test]
async fn disabling_ends_every_session_at_once_and_enabling_revives_none() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let rep = app.as_(&world.housing_rep);
    rep.get("/me").await.expect(200);
    let user = read(&lead, &world.housing_rep).await;
    let path = format!("/users/{}/disable", world.housing_rep.id);
    lead.post(&path, json!({})).await.expect(428);
    let by_lead = lead.clone().if_match(&etag(&user));
    by_lead.post(&path, json!({})).await.expect(403);
    let administrator = app.as_(&world.administrator);
    let caller = administrator.clone().if_match(&etag(&user));
    let disabled = caller.post(&path, json!({})).await.expect(200);
    assert_eq!(disabled["state"], "disabled");
    rep.get("/me").await.expect(401);
    caller.post(&path, json!({})).await.expect(412);
    let caller = administrator.clone().if_match(&etag(&disabled));
    let again = caller.post(&path, json!({})).await;
    assert_eq!(again.body["reason"], "already_disabled");
    let link = format!("/users/{}/invitation", world.housing_rep.id);
    let administrator = app.as_(&world.administrator).if_match(&etag(&disabled));
    let answer = administrator.post(&link, json!({})).await;
    assert_eq!(answer.body["reason"], "disabled");
    let enable = format!("/users/{}/enable", world.housing_rep.id);
    let enabled = administrator.post(&enable, json!({})).await.expect(200);
    assert_eq!(enabled["state"], "invited");
    rep.get("/me").await.expect(401);
    let administrator = app.as_(&world.administrator).if_match(&etag(&enabled));
    let again = administrator.post(&enable, json!({})).await;
    assert_eq!(again.body["reason"], "not_disabled");
}

#[actix_web::test]
async fn disabling_kills_links_and_clients_that_act_for_the_person() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let invited = invite(&lead, "d@housing.example", vec![]).await;
    let user = id(&invited["user"]);
    let link = link_to(&app, "d@housing.example");
    sql("update registered_actors set user_id = $1 where partner_ref = 'h-17'")
        .bind(user)
        .execute(&mut app.owner())
        .unwrap();
    let acting = app.as_client(&world.client, Some("h-17"));
    acting.get("/me").await.expect(200);
    let caller = lead.clone().if_match(&etag(&invited["user"]));
    let path = format!("/users/{user}");
    let disabled = caller
        .post(&format!("{path}/disable"), json!({}))
        .await
        .expect(200);
    assert_eq!(acting.get("/me").await.code(), "actor_unknown");
    let caller = lead.clone().if_match(&etag(&disabled));
    caller
        .post(&format!("{path}/enable"), json!({}))
        .await
        .expect(200);
    let take = json!({ "token": link, "password": PASSWORD });
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(401);
}

#[actix_web::test]
async fn nobody_disables_themselves_and_no_lead_an_administrator() {
    let (app, world) = start().await;
    for person in [&world.administrator, &world.housing_lead] {
        let caller = app.as_(person);
        let me = read(&caller, person).await;
        let path = format!("/users/{}/disable", person.id);
        let answer = caller.if_match(&etag(&me)).post(&path, json!({})).await;
        assert_eq!(
            (answer.status, &answer.body["reason"]),
            (409, &json!("own_account"))
        );
    }
    let lead = World::person(
        &app,
        "lead",
        world.coordination,
        &[(world.wcc, "agency_lead")],
    );
    let caller = app.as_(&lead).if_match("\"1\"");
    let path = format!("/users/{}", world.administrator.id);
    for (path, body) in [
        (format!("{path}/disable"), json!({})),
        (format!("{path}/invitation"), json!({})),
        (format!("{path}/enable"), json!({})),
    ] {
        caller.post(&path, body).await.expect(403);
    }
    caller
        .patch(&path, json!({ "email": "mine@x.example" }))
        .await
        .expect(403);
    let roles = json!({ "roles": [role(world.wcc, "practitioner")] });
    caller
        .put(&format!("{path}/roles"), roles)
        .await
        .expect(403);
}

#[actix_web::test]
async fn a_lead_takes_over_nobody_who_may_more() {
    let (app, world) = start().await;
    let lead = World::person(
        &app,
        "lead",
        world.coordination,
        &[(world.wcc, "agency_lead")],
    );
    let caller = app.as_(&lead);
    let user = read(&caller, &world.coordinator).await;
    let path = format!("/users/{}", world.coordinator.id);
    let current = caller.clone().if_match(&etag(&user));
    current
        .patch(&path, json!({ "email": "mine@x.example" }))
        .await
        .expect(403);
    current
        .post(&format!("{path}/invitation"), json!({}))
        .await
        .expect(403);
    for step in ["disable", "enable", "leave"] {
        let answer = current.post(&format!("{path}/{step}"), json!({})).await;
        assert_eq!(answer.status, 403, "{step}");
    }
    let housing_lead = app.as_(&world.housing_lead).if_match("\"1\"");
    let elsewhere = format!("/users/{}/invitation", world.housing_rep.id);
    housing_lead.post(&elsewhere, json!({})).await.expect(403);
}

/// A person who chose a password, and signs in with it.
async fn in_use(app: &TestApp, world: &World) -> Person {
    let lead = app.as_(&world.housing_lead);
    let roles = vec![role(world.wcc, "representative")];
    let invited = invite(&lead, "used@housing.example", roles).await;
    let take = json!({ "token": link_to(app, "used@housing.example"), "password": PASSWORD });
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(200);
    let id = id(&invited["user"]);
    let session_id: Uuid = diesel::dsl::sql::<diesel::sql_types::Uuid>(
        "select id from sessions order by created_at desc, id desc limit 1",
    )
    .get_result(&mut app.owner())
    .unwrap();
    Person {
        id,
        session_id,
        agency_id: world.housing,
        email: "used@housing.example".into(),
    }
}

#[actix_web::test]
async fn no_lead_takes_over_an_account_that_is_in_use() {
    let (app, world) = start().await;
    let person = in_use(&app, &world).await;
    let path = format!("/users/{}", person.id);
    for caller in [app.as_(&world.housing_lead), app.as_(&world.administrator)] {
        let link = caller.post(&format!("{path}/invitation"), json!({})).await;
        assert_eq!(
            (link.status, &link.body["reason"]),
            (409, &json!("has_password"))
        );
    }
    let lead = app.as_(&world.housing_lead);
    let reset = format!("{path}/password-reset");
    lead.post(&reset, json!({})).await.expect(403);
    let user = read(&lead, &person).await;
    let change = json!({ "email": "mine@housing.example" });
    let caller = lead.clone().if_match(&etag(&user));
    caller.patch(&path, change.clone()).await.expect(403);
    caller
        .patch(&path, json!({ "name": "Renamed" }))
        .await
        .expect(200);
    let administrator = app.as_(&world.administrator);
    let user = read(&administrator, &person).await;
    let caller = administrator.if_match(&etag(&user));
    let asked = caller.patch(&path, change).await.expect(200);
    assert_eq!(asked["email"], "used@housing.example");
    assert_eq!(asked["new_email"]["email"], "mine@housing.example");
    app.as_(&person).get("/me").await.expect(200);
}

#[actix_web::test]
async fn a_reset_shows_to_its_person_and_dies_when_they_sign_in() {
    let (app, world) = start().await;
    let person = in_use(&app, &world).await;
    let path = format!("/users/{}/password-reset", person.id);
    let other = world.other_officer.id;
    let login = json!({ "email": person.email, "password": PASSWORD });
    let take = |token: &str, password: &str| json!({ "token": token, "password": password });
    app.as_(&person).get("/me").await.expect(200);
    let reset = app
        .as_(&world.coordinator)
        .post(&path, json!({}))
        .await
        .expect(201);
    assert_eq!(reset, json!({ "delivery": "operator", "expires_at": null }));
    app.as_(&person).get("/me").await.expect(401);
    let told: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "select count(*) from notifications where kind = 'password_reset'",
    )
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(told, 1, "the person, in the inbox");
    let link = link_to(&app, &person.email);
    app.anonymous()
        .post("/auth/login", login.clone())
        .await
        .expect(200);
    let late = take(&link, "another long password");
    app.anonymous()
        .post("/auth/invitation", late)
        .await
        .expect(401);
    app.as_(&world.administrator)
        .post(&path, json!({}))
        .await
        .expect(201);
    let link = link_to(&app, &person.email);
    app.wait(TimeDelta::hours(23));
    let take = take(&link, "another long password");
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(200);
    app.anonymous().post("/auth/login", login).await.expect(401);
    let caller = app.as_(&world.coordinator);
    let fresh = caller
        .post(&format!("/users/{other}/password-reset"), json!({}))
        .await;
    assert_eq!(
        (fresh.status, &fresh.body["reason"]),
        (409, &json!("no_password"))
    );
    for (who, expected) in [
        (&world.chair, 403),
        (&world.auditor, 403),
        (&world.coordinator, 403),
        // A representative in a MARAC of somebody else's too.
        (&world.housing_rep, 403),
        (&world.administrator, 403),
    ] {
        let path = format!("/users/{}/password-reset", who.id);
        let refused = caller.post(&path, json!({})).await;
        assert_eq!(refused.status, expected, "{}", who.email);
    }
    let elsewhere = format!("/users/{}/password-reset", world.kc_officer.id);
    let unknown = format!("/users/{}/password-reset", Uuid::now_v7());
    let hidden = caller.post(&elsewhere, json!({})).await;
    let none = caller.post(&unknown, json!({})).await;
    assert_eq!(
        (hidden.status, hidden.comparable()),
        (404, none.comparable())
    );
}

#[actix_web::test]
async fn roles_hold_and_end_from_the_next_request_on() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let person = World::person(&app, "newcomer", world.housing, &[]);
    let roles = || async {
        let me = app.as_(&person).get("/me").await.expect(200);
        me["roles"].as_array().unwrap().len()
    };
    assert_eq!(roles().await, 0);
    let ends_at = app.now() + TimeDelta::hours(1);
    let wanted = vec![
        role(world.wcc, "representative"),
        json!({ "marac_id": world.wcc, "role": "observer", "ends_at": ends_at }),
    ];
    let user = read(&lead, &person).await;
    let user = set_roles(lead.clone(), &user, wanted).await.expect(200);
    assert_eq!(user["roles"].as_array().unwrap().len(), 2);
    assert_eq!(roles().await, 2);
    app.wait(TimeDelta::hours(1));
    assert_eq!(roles().await, 1);
    let lead = app.as_(&world.housing_lead);
    let user = read(&lead, &person).await;
    assert_eq!(user["roles"], json!([role(world.wcc, "representative")]));
    let none = set_roles(lead.clone(), &user, vec![]).await.expect(200);
    assert_eq!(roles().await, 0);
    let stale = set_roles(lead.clone(), &user, vec![]).await;
    assert_eq!(stale.status, 412);
    let back = vec![role(world.wcc, "representative")];
    set_roles(lead, &none, back).await.expect(200);
    assert_eq!(roles().await, 1);
    let events: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "select count(*) from audit_events where act = 'grant_roles' and marac_id is not null \
         and 'representative' = any (fields)",
    )
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(events, 3);
}

#[actix_web::test]
async fn a_lead_grants_no_more_than_casework_where_they_lead() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let person = World::person(&app, "newcomer", world.housing, &[]);
    let user = read(&lead, &person).await;
    for refused in [
        role(world.wcc, "coordinator"),
        role(world.wcc, "chair"),
        role(world.wcc, "analyst"),
        role(world.wcc, "auditor"),
        role(world.wcc, "agency_lead"),
        role(world.wcc, "idva"),
        role(world.kc, "representative"),
        role(Uuid::now_v7(), "representative"),
    ] {
        let body = json!({ "email": "e@housing.example", "name": "E", "roles": [refused] });
        lead.post("/users", body).await.expect(403);
        let answer = set_roles(lead.clone(), &user, vec![refused.clone()]).await;
        assert_eq!(answer.status, 403, "{refused}");
    }
    let idva_lead = World::person(
        &app,
        "idva-lead",
        world.idva_service,
        &[(world.wcc, "agency_lead")],
    );
    let caller = app.as_(&idva_lead);
    invite(&caller, "f@door.example", vec![role(world.wcc, "idva")]).await;
    let taken: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "select count(*) from users where email = 'e@housing.example'",
    )
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(taken, 0, "a refused invitation leaves nothing");
}

#[actix_web::test]
async fn roles_beyond_a_leads_reach_stay_as_they_are() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let user = read(&lead, &world.housing_rep).await;
    let (wcc, kc) = (
        role(world.wcc, "representative"),
        role(world.kc, "representative"),
    );
    let answer = set_roles(lead.clone(), &user, vec![wcc.clone()]).await;
    assert_eq!(answer.status, 403, "KC's role is not the lead's to end");
    let more = vec![wcc, kc.clone(), role(world.wcc, "observer")];
    let user = set_roles(lead.clone(), &user, more).await.expect(200);
    let user = set_roles(lead, &user, vec![kc.clone()]).await.expect(200);
    assert_eq!(user["roles"], json!([kc]));
}

#[actix_web::test]
async fn nobody_sets_their_own_roles() {
    let (app, world) = start().await;
    for (person, wanted) in [
        (&world.administrator, role(world.wcc, "coordinator")),
        (&world.housing_lead, role(world.wcc, "representative")),
    ] {
        let caller = app.as_(person);
        let me = read(&caller, person).await;
        let answer = set_roles(caller, &me, vec![wanted]).await;
        assert_eq!(answer.status, 403);
    }
    let path = format!("/users/{}/roles", world.officer.id);
    for person in [&world.officer, &world.coordinator, &world.chair] {
        let caller = app.as_(person).if_match("\"1\"");
        let body = json!({ "roles": [role(world.wcc, "coordinator")] });
        caller.put(&path, body).await.expect(403);
    }
    let denied: i64 = diesel::dsl::sql::<diesel::sql_types::BigInt>(
        "select count(*) from audit_events where act = 'grant_roles' and outcome = 'denied'",
    )
    .get_result(&mut app.owner())
    .unwrap();
    assert_eq!(denied, 5, "each attempt is on record");
}

#[actix_web::test]
async fn an_administrator_grants_every_role_within_the_agencys_maracs() {
    let (app, world) = start().await;
    let administrator = app.as_(&world.administrator);
    let user = read(&administrator, &world.health_rep).await;
    let wanted: Vec<_> = ["coordinator", "chair", "agency_lead", "idva"]
        .map(|name| role(world.wcc, name))
        .into();
    let user = set_roles(administrator.clone(), &user, wanted)
        .await
        .expect(200);
    assert_eq!(user["roles"], json!([role(world.wcc, "agency_lead")]));
    assert_eq!(user["pending_roles"].as_array().unwrap().len(), 3);
    let second = app.as_(&world.coordinator);
    assert_eq!(confirm_all(&second, world.health_rep.id).await, 3);
    let user = read(&administrator, &world.health_rep).await;
    assert_eq!(user["roles"].as_array().unwrap().len(), 4);
    let answer = set_roles(
        administrator.clone(),
        &user,
        vec![role(world.kc, "observer")],
    )
    .await;
    assert_eq!(answer.errors(), ["/roles/0/marac_id not_a_member"]);
    let twice = vec![role(world.wcc, "chair"), role(world.wcc, "chair")];
    let answer = set_roles(administrator.clone(), &user, twice).await;
    assert_eq!(answer.errors(), ["/roles/1 duplicate"]);
    let past = json!({ "marac_id": world.wcc, "role": "chair", "ends_at": "2020-01-01T00:00:00Z" });
    let answer = set_roles(administrator, &user, vec![past]).await;
    assert_eq!(answer.errors(), ["/roles/0/ends_at past"]);
}

#[actix_web::test]
async fn a_changed_address_is_the_one_to_sign_in_with_and_kills_links() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let invited = invite(&lead, "g@housing.example", vec![]).await;
    let link = link_to(&app, "g@housing.example");
    let path = format!("/users/{}", id(&invited["user"]));
    let caller = lead.clone().if_match(&etag(&invited["user"]));
    let change = json!({ "name": "Grace", "email": "Grace@housing.example" });
    let changed = caller.patch(&path, change.clone()).await.expect(200);
    assert_eq!(changed["email"], "grace@housing.example");
    assert_eq!(changed["name"], "Grace");
    caller.patch(&path, change.clone()).await.expect(412);
    lead.patch(&path, change).await.expect(428);
    let take = json!({ "token": link, "password": PASSWORD });
    app.anonymous()
        .post("/auth/invitation", take)
        .await
        .expect(401);
}
