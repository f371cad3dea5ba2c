//! API clients, their secrets and their actors.

use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Client, TestApp, World, confirm_all, etag, id};

async fn start() -> (TestApp, World) {
    let app = TestApp::new().await;
    let world = World::make(&app);
    (app, world)
}

fn body(marac: Uuid) -> Value {
    json!({
        "name": "Case system",
        "rights": ["actions:read", "cases:read"],
        "roles": [{ "marac_id": marac, "role": "representative" }],
    })
}

async fn token(app: &TestApp, client: Uuid, secret: &str) -> Answer {
    let form = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
    app.anonymous()
        .send_raw(
            actix_web::http::Method::POST,
            "/oauth/token",
            "application/x-www-form-urlencoded",
            &form,
        )
        .await
}

fn made(answer: &Value) -> Client {
    Client {
        id: id(&answer["client"]),
        secret: answer["client_secret"].as_str().unwrap().into(),
    }
}

/// A client whose rights a second person has confirmed.
async fn register(app: &TestApp, world: &World) -> (Value, Client) {
    let lead = app.as_(&world.housing_lead);
    let answer = lead.post("/api-clients", body(world.wcc)).await.expect(201);
    let client = made(&answer);
    let second = app.as_(&world.coordinator);
    assert_eq!(confirm_all(&second, client.id).await, 1);
    let path = format!("/api-clients/{}", client.id);
    (lead.get(&path).await.expect(200), client)
}

#[actix_web::test]
async fn a_client_is_registered_with_a_secret_shown_once_and_a_service_actor() {
    let (app, world) = start().await;
    let lead = app
        .as_(&world.housing_lead)
        .with("idempotency-key", "case-system");
    let first = lead.post("/api-clients", body(world.wcc)).await.expect(201);
    assert_eq!(first["client"]["agency_id"], json!(world.housing));
    assert_eq!(first["client"]["rights"], json!([]));
    assert_eq!(
        first["client"]["pending_rights"],
        json!(["cases:read", "actions:read"])
    );
    let again = lead.post("/api-clients", body(world.wcc)).await.expect(201);
    assert_eq!(again["client"], first["client"]);
    assert_eq!(again["client_secret"], json!(null));
    let client = made(&first);
    token(&app, client.id, &client.secret).await.expect(200);
    let me = app.as_client(&client, None).get("/me").await.expect(200);
    assert_eq!(me["roles"][0]["role"], "representative");
    let path = format!("/api-clients/{}", client.id);
    let read = lead.get(&path).await.expect(200);
    assert_eq!(read, first["client"]);
    let actors = lead.get(&format!("{path}/actors")).await.expect(200);
    assert_eq!(actors["items"][0]["kind"], "service");
    assert_eq!(actors["items"][0]["partner_ref"], "service");
    assert_eq!(actors["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_lead_makes_no_client_that_may_more_than_their_people() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let with = |marac: Uuid, role: &str| {
        let mut body = body(marac);
        body["roles"][0]["role"] = json!(role);
        body
    };
    for (body, status) in [
        (with(world.wcc, "coordinator"), 422),
        (with(world.wcc, "agency_lead"), 422),
        (with(world.wcc, "observer"), 422),
        (with(world.wcc, "idva"), 403),
        (with(world.kc, "representative"), 403),
    ] {
        let answer = lead.post("/api-clients", body.clone()).await;
        assert_eq!(answer.status, status, "{body}");
    }
    let mut other = body(world.wcc);
    other["agency_id"] = json!(world.health);
    lead.post("/api-clients", other.clone()).await.expect(403);
    let administrator = app.as_(&world.administrator);
    administrator.post("/api-clients", other).await.expect(201);
    let answer = administrator
        .post("/api-clients", with(world.wcc, "chair"))
        .await;
    assert_eq!(answer.errors(), ["/roles/0/role not_allowed"]);
    let answer = administrator
        .post("/api-clients", with(world.kc, "representative"))
        .await;
    assert_eq!(answer.errors(), ["/roles/0/marac_id not_a_member"]);
    let wrong = json!({ "name": "X", "rights": ["everything"] });
    let answer = lead.post("/api-clients", wrong).await;
    assert_eq!(answer.errors(), ["/rights/0 not_allowed"]);
    for person in [&world.coordinator, &world.officer] {
        app.as_(person)
            .post("/api-clients", body(world.wcc))
            .await
            .expect(403);
    }
    app.as_client(&world.client, Some("h-17"))
        .post("/api-clients", body(world.wcc))
        .await
        .expect(403);
}

#[actix_web::test]
async fn a_rotated_secret_works_and_the_old_one_does_not() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let (out, client) = register(&app, &world).await;
    let path = format!("/api-clients/{}/secret", client.id);
    lead.post(&path, json!({})).await.expect(428);
    let caller = lead.clone().if_match(&etag(&out));
    let rotated = caller.post(&path, json!({})).await.expect(200);
    caller.post(&path, json!({})).await.expect(412);
    let new = made(&rotated);
    token(&app, client.id, &client.secret).await.expect(401);
    token(&app, client.id, &new.secret).await.expect(200);
    let stored = sql("select from api_clients where secret_hash = convert_to($1, 'UTF8')")
        .bind(new.secret)
        .execute(&mut app.owner())
        .unwrap();
    assert_eq!(stored, 0, "the secret itself is not kept");
}

#[actix_web::test]
async fn tokens_end_with_the_secret_they_were_had_with_with_the_client_and_with_its_rights() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let (out, client) = register(&app, &world).await;
    let path = format!("/api-clients/{}", client.id);
    let with = |answer: Value| {
        let token = answer["access_token"].as_str().unwrap();
        app.anonymous()
            .with("authorization", &format!("Bearer {token}"))
    };
    let old = with(token(&app, client.id, &client.secret).await.expect(200));
    old.get("/me").await.expect(200);
    let rotated = lead
        .clone()
        .if_match(&etag(&out))
        .post(&format!("{path}/secret"), json!({}))
        .await
        .expect(200);
    old.get("/me").await.expect(401);
    let new = made(&rotated);
    let fresh = with(token(&app, client.id, &new.secret).await.expect(200));
    let rights = fresh.get("/me").await.expect(200)["rights"].clone();
    assert_ne!(rights, json!([]));
    let changed = lead
        .clone()
        .if_match(&etag(&rotated["client"]))
        .patch(&path, json!({ "rights": [] }))
        .await
        .expect(200);
    let rights = fresh.get("/me").await.expect(200)["rights"].clone();
    assert_eq!(rights, json!([]), "at once, with the same token");
    fresh.get("/cases").await.expect(403);
    lead.if_match(&etag(&changed))
        .post(&format!("{path}/disable"), json!({}))
        .await
        .expect(200);
    fresh.get("/me").await.expect(401);
}

#[actix_web::test]
async fn a_lead_holds_no_secret_of_a_client_that_reaches_further() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead).if_match("\"1\"");
    let path = format!("/api-clients/{}", world.client.id);
    lead.get(&path).await.expect(200);
    lead.post(&format!("{path}/secret"), json!({}))
        .await
        .expect(403);
    lead.patch(&path, json!({ "rights": [] })).await.expect(403);
    let actor = json!({ "partner_ref": "h-18", "name": "B" });
    lead.post(&format!("{path}/actors"), actor)
        .await
        .expect(403);
    lead.post(&format!("{path}/disable"), json!({}))
        .await
        .expect(403);
    let me = app.as_client(&world.client, None).get("/me").await;
    assert_eq!(me.status, 200);
}

#[actix_web::test]
async fn rights_and_roles_hold_and_end_from_the_next_request_on() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let (out, client) = register(&app, &world).await;
    let path = format!("/api-clients/{}", client.id);
    let change = json!({
        "name": "Renamed",
        "rights": ["meetings:read"],
        "roles": [{ "marac_id": world.wcc, "role": "practitioner" }],
    });
    let caller = lead.clone().if_match(&etag(&out));
    let changed = caller.patch(&path, change.clone()).await.expect(200);
    assert_eq!(changed["name"], "Renamed");
    assert_eq!(
        changed["rights"],
        json!([]),
        "what is left out ends at once"
    );
    assert_eq!(changed["pending_rights"], json!(["meetings:read"]));
    caller.patch(&path, change).await.expect(412);
    let me = app.as_client(&client, None).get("/me").await.expect(200);
    assert_eq!(me["rights"], json!([]));
    assert_eq!(
        confirm_all(&app.as_(&world.coordinator), client.id).await,
        1
    );
    let changed = lead.get(&path).await.expect(200);
    let me = app.as_client(&client, None).get("/me").await.expect(200);
    assert_eq!(me["rights"], json!(["meetings:read"]));
    assert_eq!(me["roles"][0]["role"], "practitioner");
    let caller = lead.clone().if_match(&etag(&changed));
    let staff = json!({ "roles": [{ "marac_id": world.wcc, "role": "chair" }] });
    let answer = caller.patch(&path, staff).await;
    assert_eq!(answer.errors(), ["/roles/0/role not_allowed"]);
    let kept = caller
        .patch(&path, json!({ "roles": [] }))
        .await
        .expect(200);
    assert_eq!(kept["rights"], json!(["meetings:read"]));
    let me = app.as_client(&client, None).get("/me").await.expect(200);
    assert_eq!(me["roles"], json!([]));
}

#[actix_web::test]
async fn a_disabled_client_is_refused_at_once_and_for_good() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let (out, client) = register(&app, &world).await;
    let path = format!("/api-clients/{}", client.id);
    let acting = app.as_client(&client, None);
    acting.get("/risk-tools").await.expect(200);
    let caller = lead.clone().if_match(&etag(&out));
    let disabled = caller
        .post(&format!("{path}/disable"), json!({}))
        .await
        .expect(200);
    assert!(disabled["disabled_at"].is_string());
    acting.get("/risk-tools").await.expect(401);
    token(&app, client.id, &client.secret).await.expect(401);
    let caller = lead.clone().if_match(&etag(&disabled));
    let actor = json!({ "partner_ref": "h-1", "name": "A" });
    for answer in [
        caller.post(&format!("{path}/disable"), json!({})).await,
        caller.post(&format!("{path}/secret"), json!({})).await,
        caller.post(&format!("{path}/actors"), actor).await,
        caller.patch(&path, json!({ "name": "X" })).await,
    ] {
        assert_eq!(
            (answer.status, &answer.body["reason"]),
            (409, &json!("already_disabled"))
        );
    }
}

#[actix_web::test]
async fn clients_act_for_people_who_are_registered() {
    let (app, world) = start().await;
    let lead = app.as_(&world.housing_lead);
    let (_, client) = register(&app, &world).await;
    let path = format!("/api-clients/{}/actors", client.id);
    let roles = [(world.wcc, "representative")];
    let rep = World::person(&app, "rep", world.housing, &roles);
    let acting = app.as_client(&client, Some("h-1"));
    assert_eq!(acting.get("/me").await.code(), "actor_unknown");
    let body = json!({ "partner_ref": "h-1", "name": "Hana", "user_id": rep.id });
    let keyed = lead.clone().with("idempotency-key", "actor-h-1");
    let actor = keyed.post(&path, body.clone()).await.expect(201);
    assert_eq!(actor["kind"], "person");
    let again = keyed.post(&path, body.clone()).await.expect(201);
    assert_eq!(actor, again);
    let me = acting.get("/me").await.expect(200);
    assert_eq!(me["user_id"], json!(rep.id));
    let answer = lead.post(&path, body).await;
    assert_eq!(
        (answer.status, answer.errors()),
        (422, vec!["/partner_ref taken".into()])
    );
    for (body, error) in [
        (
            json!({ "partner_ref": "h-2", "name": "X", "user_id": world.health_rep.id }),
            "/user_id unknown",
        ),
        (
            json!({ "partner_ref": "h-2", "name": "X", "user_id": Uuid::now_v7() }),
            "/user_id unknown",
        ),
        (
            json!({ "partner_ref": "h 2", "name": "X" }),
            "/partner_ref format",
        ),
        (
            json!({ "partner_ref": "", "name": "X" }),
            "/partner_ref blank",
        ),
    ] {
        let answer = lead.post(&path, body).await;
        assert_eq!((answer.status, answer.errors()), (422, vec![error.into()]));
    }
    let disable = format!("{path}/{}/disable", id(&actor));
    lead.post(&disable, json!({})).await.expect(428);
    let caller = lead.clone().if_match(&etag(&actor));
    let disabled = caller.post(&disable, json!({})).await.expect(200);
    assert_eq!(acting.get("/me").await.code(), "actor_unknown");
    let caller = lead.clone().if_match(&etag(&disabled));
    let again = caller.post(&disable, json!({})).await;
    assert_eq!(again.body["reason"], "already_disabled");
    let elsewhere = format!(
        "/api-clients/{}/actors/{}/disable",
        world.client.id,
        id(&actor)
    );
    let administrator = app.as_(&world.administrator).if_match(&etag(&disabled));
    administrator.post(&elsewhere, json!({})).await.expect(404);
}

#[actix_web::test]
async fn another_agencys_client_answers_a_lead_like_none() {
    let (app, world) = start().await;
    let stranger = World::person(
        &app,
        "health-lead",
        world.health,
        &[(world.wcc, "agency_lead")],
    );
    let lead = app.as_(&stranger).if_match("\"1\"");
    let mut answers = Vec::new();
    for client in [world.client.id, Uuid::now_v7()] {
        let path = format!("/api-clients/{client}");
        let actor = json!({ "partner_ref": "h-1", "name": "A" });
        answers.push([
            lead.get(&path).await.comparable(),
            lead.patch(&path, json!({})).await.comparable(),
            lead.post(&format!("{path}/secret"), json!({}))
                .await
                .comparable(),
            lead.post(&format!("{path}/disable"), json!({}))
                .await
                .comparable(),
            lead.get(&format!("{path}/actors")).await.comparable(),
            lead.post(&format!("{path}/actors"), actor)
                .await
                .comparable(),
        ]);
    }
    assert!(answers[0].iter().all(|answer| answer.0 == 404));
    assert_eq!(answers[0], answers[1]);
    let none = lead.get("/api-clients").await.expect(200);
    assert_eq!(none["items"], json!([]));
    let all = app
        .as_(&world.administrator)
        .get(&format!("/api-clients?agency_id={}", world.housing))
        .await
        .expect(200);
    assert_eq!(all["items"].as_array().unwrap().len(), 1);
    assert_eq!(all["items"][0]["roles"].as_array().unwrap().len(), 2);
}

/// RFC 6749: §2.3.1 how a client names itself, §3.2 what is ignored and what stands once, §5.2 how it is refused.
#[actix_web::test]
async fn a_client_has_its_token_as_the_standard_says() {
    let (app, world) = start().await;
    let (id, secret) = (world.client.id.to_string(), world.client.secret.clone());
    let kind = "application/x-www-form-urlencoded";
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = |id: &str, secret: &str| {
        use base64::Engine;
        let plain = format!("{}:{}", encoded(id), encoded(secret));
        let sent = base64::engine::general_purpose::STANDARD.encode(plain);
        app.anonymous()
            .with("authorization", &format!("Basic {sent}"))
    };
    let post = actix_web::http::Method::POST;
    let nobody = app.anonymous();
    let grant = "grant_type=client_credentials";
    let form = format!("{grant}&client_id={id}&client_secret={secret}");
    for (caller, form) in [
        (&nobody, form.clone()),
        (&nobody, format!("{form}&scope=everything&audience=here")),
        (&basic(&id, &secret), grant.to_owned()),
        (&basic(&id, &secret), format!("{grant}&client_id={id}")),
        (&basic(&id, &secret), format!("{grant}&client_secret=")),
    ] {
        let answer = caller
            .send_raw(post.clone(), "/oauth/token", kind, &form)
            .await;
        assert_eq!(answer.expect(200)["token_type"], "Bearer", "{form}");
    }
    for (caller, form, status, error) in [
        (
            &nobody,
            format!("{grant}&client_id={id}&client_secret=wrong"),
            401,
            "invalid_client",
        ),
        (
            &nobody,
            format!("{grant}&client_id=nobody&client_secret=x"),
            401,
            "invalid_client",
        ),
        (&nobody, grant.to_owned(), 401, "invalid_client"),
        (
            &basic(&id, "wrong"),
            grant.to_owned(),
            401,
            "invalid_client",
        ),
        (&basic(&id, &secret), form.clone(), 400, "invalid_request"),
        (
            &nobody,
            format!("{form}&client_id={id}"),
            400,
            "invalid_request",
        ),
        (&nobody, format!("{form}&x=1&x=1"), 400, "invalid_request"),
        (
            &nobody,
            format!("client_id={id}&client_secret={secret}"),
            400,
            "invalid_request",
        ),
        (
            &nobody,
            form.replace("client_credentials", "password"),
            400,
            "unsupported_grant_type",
        ),
    ] {
        let answer = caller
            .send_raw(post.clone(), "/oauth/token", kind, &form)
            .await;
        assert_eq!(answer.status, status, "{form}");
        assert_eq!(answer.body["error"], error, "{form}");
        assert!(answer.body["error_description"].is_string(), "{form}");
        assert_eq!(answer.body.as_object().unwrap().len(), 2, "{form}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert_eq!(challenge.starts_with("Basic "), status == 401, "{form}");
    }
    let json = nobody.post(
        "/oauth/token",
        json!({ "grant_type": "client_credentials" }),
    );
    let json = json.await;
    assert_eq!(
        (json.status, &json.body["error"]),
        (400, &json!("invalid_request"))
    );
}
