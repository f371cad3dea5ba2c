//! Referrals from draft to decision.

use serde_json::{Value, json};

use crate::support::{Answer, Person, TestApp, World, etag, id, referral};

struct Scene {
    app: TestApp,
    world: World,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let world = World::make(&app);
        Self { app, world }
    }

    fn body(&self, document: Value) -> Value {
        json!({ "marac_id": self.world.wcc, "referral": document })
    }

    async fn submit(&self, survivor: &str, perpetrator: &str) -> Value {
        let body = self.body(referral(survivor, perpetrator));
        self.app
            .as_(&self.world.officer)
            .post("/referrals", body)
            .await
            .expect(201)
    }

    async fn act(&self, who: &Person, found: &Value, what: &str, body: Value) -> Answer {
        let path = format!("/referrals/{}/{what}", id(found));
        self.app
            .as_(who)
            .if_match(&etag(found))
            .post(&path, body)
            .await
    }

    async fn get(&self, who: &Person, found: &Value) -> Answer {
        self.app
            .as_(who)
            .get(&format!("/referrals/{}", id(found)))
            .await
    }
}

#[actix_web::test]
async fn one_request_sends_in_survivor_people_assessment_and_account() {
    let scene = Scene::new().await;
    let sent = scene.submit("Okafor", "Stone").await;
    assert_eq!(sent["status"], "submitted");
    assert_eq!(sent["score"]["yes"], 15);
    assert_eq!(sent["criteria"]["met"][0]["criterion"], "visible_high_risk");
    assert!(
        sent["notice"]
            .as_str()
            .unwrap()
            .contains("immediate safety")
    );
    assert_eq!(sent["missing"], json!([]));
    let read = scene.get(&scene.world.coordinator, &sent).await.expect(200);
    assert_eq!(
        read["referral"]["survivor"]["identity"]["family_name"],
        "Okafor"
    );
    assert_eq!(
        read["referral"]["survivor"]["addresses"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[actix_web::test]
async fn the_author_no_longer_gets_the_refuge_once_it_is_sent_in() {
    let scene = Scene::new().await;
    let sent = scene.submit("Okafor", "Stone").await;
    for answer in [
        sent.clone(),
        scene.get(&scene.world.officer, &sent).await.expect(200),
    ] {
        assert_eq!(answer["confidential_addresses_withheld"], true);
        let kinds: Vec<_> = answer["referral"]["survivor"]["addresses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| a["kind"].clone())
            .collect();
        assert_eq!(kinds, ["current"]);
    }
}

#[actix_web::test]
async fn a_refused_referral_names_every_field_and_stores_nothing() {
    use diesel::prelude::*;
    let scene = Scene::new().await;
    let officer = scene.app.as_(&scene.world.officer);
    let mut document = referral("Okafor", "Stone");
    document.as_object_mut().unwrap().remove("idva_referral");
    document["awareness"] = json!({ "survivor_aware": false, "consent": "refused" });
    let refused = officer.post("/referrals", scene.body(document)).await;
    assert_eq!(refused.status, 422);
    assert_eq!(
        refused.errors(),
        [
            "/referral/awareness/not_aware_reason required",
            "/referral/awareness/lawful_basis required",
            "/referral/idva_referral required",
        ]
    );
    let count: i64 = kernel::schema::referrals::table
        .count()
        .get_result(&mut scene.app.owner())
        .unwrap();
    let files: i64 = kernel::schema::cases::table
        .count()
        .get_result(&mut scene.app.owner())
        .unwrap();
    assert_eq!((count, files), (0, 0));
    for (pointer, value, expected) in [
        (
            "/referral/survivor/identity/gender",
            json!("CANARY"),
            "/referral/survivor/identity/gender not_allowed",
        ),
        (
            "/referral/survivor/identity/date_of_birth",
            json!("31/12/1990"),
            "/referral/survivor/identity/date_of_birth wrong_type",
        ),
        (
            "/referral/survivor/contacts/0/value",
            json!(""),
            "/referral/survivor/contacts/0/value blank",
        ),
        (
            "/referral/assessment/answers/3/item",
            json!("q99"),
            "/referral/assessment/answers/3/item unknown_item",
        ),
    ] {
        let mut body = scene.body(referral("Okafor", "Stone"));
        *body.pointer_mut(pointer).unwrap() = value;
        let answer = officer.post("/referrals", body).await;
        assert_eq!(
            (answer.status, answer.errors()),
            (422, vec![expected.to_owned()]),
            "{pointer}"
        );
        assert!(!answer.body.to_string().contains("CANARY"));
    }
}

#[actix_web::test]
async fn a_draft_is_its_authors_alone_until_it_is_sent_in() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let mut body = scene.body(json!({ "survivor": { "identity": { "family_name": "Okafor" } } }));
    body["draft"] = json!(true);
    let draft = scene
        .app
        .as_(&w.officer)
        .post("/referrals", body)
        .await
        .expect(201);
    assert_eq!(draft["status"], "draft");
    assert!(
        draft["missing"]
            .as_array()
            .unwrap()
            .iter()
            .any(|m| m["pointer"] == "/referral/perpetrators")
    );
    for other in [
        &w.coordinator,
        &w.chair,
        &w.other_officer,
        &w.police_rep,
        &w.kc_coordinator,
    ] {
        assert_eq!(scene.get(other, &draft).await.status, 404);
    }
    let incomplete = scene.act(&w.officer, &draft, "submit", json!({})).await;
    assert_eq!(incomplete.status, 422);
    let whole = json!({ "urgent": true, "referral": referral("Okafor", "Stone") });
    let officer = scene.app.as_(&w.officer);
    let path = format!("/referrals/{}", id(&draft));
    officer.put(&path, whole.clone()).await.expect(428);
    officer
        .clone()
        .if_match("\"9\"")
        .put(&path, whole.clone())
        .await
        .expect(412);
    let kept = officer
        .clone()
        .if_match(&etag(&draft))
        .put(&path, whole)
        .await
        .expect(200);
    assert_eq!(
        kept["referral"]["survivor"]["addresses"]
            .as_array()
            .unwrap()
            .len(),
        2,
        "the author works on every word"
    );
    let sent = scene
        .act(&w.officer, &kept, "submit", json!({}))
        .await
        .expect(200);
    assert_eq!(
        (sent["status"].as_str(), sent["urgent"].as_bool()),
        (Some("submitted"), Some(true))
    );
    assert_eq!(scene.get(&w.coordinator, &draft).await.status, 200);
    assert_eq!(scene.get(&w.other_officer, &draft).await.status, 404);
}

#[actix_web::test]
async fn hidden_and_unknown_referrals_answer_alike() {
    let scene = Scene::new().await;
    let sent = scene.submit("Okafor", "Stone").await;
    let unknown = json!({ "id": uuid::Uuid::now_v7(), "etag": sent["etag"] });
    for who in [
        &scene.world.kc_coordinator,
        &scene.world.other_officer,
        &scene.world.housing_rep,
    ] {
        let (hidden, nothing) = (scene.get(who, &sent).await, scene.get(who, &unknown).await);
        assert_eq!(hidden.status, 404);
        assert_eq!(hidden.comparable(), nothing.comparable());
    }
}

#[actix_web::test]
async fn the_inbox_has_urgent_referrals_first_and_pages() {
    let scene = Scene::new().await;
    for (n, urgent) in [(1, false), (2, true), (3, false)] {
        let mut body = scene.body(referral(&format!("S{n}"), "P"));
        body["urgent"] = json!(urgent);
        scene
            .app
            .as_(&scene.world.officer)
            .post("/referrals", body)
            .await
            .expect(201);
    }
    let coordinator = scene.app.as_(&scene.world.coordinator);
    let path = format!("/referrals?inbox={}&limit=2", scene.world.wcc);
    let first = coordinator.get(&path).await;
    let link = first.header("link").unwrap().to_owned();
    let names = |page: &Value| {
        page["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["survivor"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&first.expect(200)), ["Amina S2", "Amina S1"]);
    let next = link
        .trim_start_matches('<')
        .split('>')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        names(&coordinator.get(&next).await.expect(200)),
        ["Amina S3"]
    );
    let mine = scene
        .app
        .as_(&scene.world.officer)
        .get("/referrals")
        .await
        .expect(200);
    assert_eq!(names(&mine), ["Amina S3", "Amina S2", "Amina S1"]);
    scene
        .app
        .as_(&scene.world.officer)
        .get(&path)
        .await
        .expect(403);
    assert_eq!(
        scene
            .app
            .as_(&scene.world.other_officer)
            .get("/referrals")
            .await
            .expect(200)["items"],
        json!([])
    );
}

#[actix_web::test]
async fn a_returned_referral_comes_back_completed() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let sent = scene.submit("Okafor", "Stone").await;
    scene
        .act(&w.officer, &sent, "return", json!({ "reason": "x" }))
        .await
        .expect(403);
    let returned = scene
        .act(
            &w.coordinator,
            &sent,
            "return",
            json!({ "reason": "Which school?" }),
        )
        .await
        .expect(200);
    assert_eq!(returned["decision"]["reason"], "Which school?");
    let read = scene.get(&w.officer, &sent).await.expect(200);
    assert_eq!(
        (read["status"].as_str(), read["decision"]["reason"].as_str()),
        (Some("returned"), Some("Which school?"))
    );
    let again = scene
        .act(&w.officer, &read, "submit", json!({}))
        .await
        .expect(200);
    assert_eq!(again["status"], "submitted");
}

#[actix_web::test]
async fn a_refusal_has_a_decider_and_can_be_challenged() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let sent = scene.submit("Okafor", "Stone").await;
    scene
        .act(&w.chair, &sent, "decline", json!({}))
        .await
        .expect(422);
    let declined = scene
        .act(
            &w.chair,
            &sent,
            "decline",
            json!({ "reason": "Lives in another area." }),
        )
        .await
        .expect(200);
    assert_eq!(declined["decision"]["by"], json!(w.chair.id));
    let refused = scene
        .act(&w.coordinator, &declined, "accept", json!({}))
        .await;
    assert_eq!(
        (refused.status, refused.body["reason"].as_str()),
        (409, Some("not_challenged"))
    );
    let challenged = scene
        .act(
            &w.officer,
            &declined,
            "challenge",
            json!({ "reason": "She moved here last week." }),
        )
        .await
        .expect(200);
    assert_eq!(
        challenged["challenge"]["reason"],
        "She moved here last week."
    );
    let accepted = scene
        .act(&w.coordinator, &challenged, "accept", json!({}))
        .await
        .expect(200);
    assert_eq!(accepted["status"], "accepted");
}

#[actix_web::test]
async fn a_withdrawn_referral_stays_withdrawn() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let sent = scene.submit("Okafor", "Stone").await;
    scene
        .act(&w.coordinator, &sent, "withdraw", json!({ "reason": "x" }))
        .await
        .expect(403);
    let gone = scene
        .act(
            &w.officer,
            &sent,
            "withdraw",
            json!({ "reason": "Sent twice." }),
        )
        .await
        .expect(200);
    let refused = scene.act(&w.coordinator, &gone, "accept", json!({})).await;
    assert_eq!(
        (refused.status, refused.body["reason"].as_str()),
        (409, Some("referral_withdrawn"))
    );
}

#[actix_web::test]
async fn a_retried_create_is_the_same_referral_and_another_body_is_refused() {
    let scene = Scene::new().await;
    let officer = scene
        .app
        .as_(&scene.world.officer)
        .with("idempotency-key", "key-number-one");
    let first = officer
        .post("/referrals", scene.body(referral("Okafor", "Stone")))
        .await
        .expect(201);
    let again = officer
        .post("/referrals", scene.body(referral("Okafor", "Stone")))
        .await
        .expect(201);
    assert_eq!(first["id"], again["id"]);
    let other = officer
        .post("/referrals", scene.body(referral("Okafor", "Stones")))
        .await;
    assert_eq!(
        (other.status, other.code()),
        (422, "idempotency_key_reused")
    );
    let colleague = scene
        .app
        .as_(&scene.world.other_officer)
        .with("idempotency-key", "key-number-one");
    let theirs = colleague
        .post("/referrals", scene.body(referral("Okafor", "Stone")))
        .await
        .expect(201);
    assert_ne!(theirs["id"], first["id"]);
}

#[actix_web::test]
async fn an_agencys_own_reference_is_unique() {
    let scene = Scene::new().await;
    let mut body = scene.body(referral("Okafor", "Stone"));
    body["external_ref"] = json!("CRIS/1");
    let officer = scene.app.as_(&scene.world.officer);
    officer.post("/referrals", body.clone()).await.expect(201);
    assert_eq!(
        officer.post("/referrals", body).await.errors(),
        ["/external_ref taken"]
    );
}

#[actix_web::test]
async fn the_repeat_check_is_the_coordinators_and_the_referrer_learns_nothing() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let first = scene.submit("Okafor", "Stone").await;
    let accepted = scene
        .act(&w.coordinator, &first, "accept", json!({}))
        .await
        .expect(200);
    let second = scene.submit("O'Kafor", "STONE").await;
    let strip = |answer: &Value| {
        let mut answer = answer.clone();
        for key in ["id", "case_id", "submitted_at", "referral"] {
            answer.as_object_mut().unwrap().remove(key);
        }
        answer
    };
    assert_eq!(
        strip(&first),
        strip(&second),
        "the same answer whether or not anybody matched"
    );
    let path = format!("/referrals/{}/matches", id(&second));
    scene.app.as_(&w.officer).get(&path).await.expect(403);
    scene
        .app
        .as_(&w.kc_coordinator)
        .get(&path)
        .await
        .expect(404);
    let found = scene.app.as_(&w.coordinator).get(&path).await.expect(200);
    assert_eq!(found["items"][0]["case_id"], accepted["case_id"]);
    assert_eq!(found["items"][0]["within_window"], true);
    let unlike = scene.submit("Okafor", "Stein").await;
    let path = format!("/referrals/{}/matches", id(&unlike));
    assert_eq!(
        scene.app.as_(&w.coordinator).get(&path).await.expect(200)["items"],
        json!([])
    );
}

#[actix_web::test]
async fn another_maracs_match_says_only_whom_to_ask() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let body = json!({ "marac_id": w.kc, "referral": referral("Okafor", "Stone") });
    scene
        .app
        .as_(&w.kc_officer)
        .post("/referrals", body)
        .await
        .expect(201);
    let sent = scene.submit("Okafor", "Stone").await;
    let path = format!("/referrals/{}/matches", id(&sent));
    let found = scene.app.as_(&w.coordinator).get(&path).await.expect(200);
    let expected = json!({ "case_id": null, "code": null, "status": null, "last_referral_on": null, "within_window": null, "marac_id": w.kc });
    assert_eq!(found["items"], json!([expected]));
}

#[actix_web::test]
async fn a_further_referral_joins_the_case_of_the_pair_and_brings_what_is_new() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let first = scene.submit("Okafor", "Stone").await;
    let first = scene
        .act(&w.coordinator, &first, "accept", json!({}))
        .await
        .expect(200);
    let mut document = referral("Okafor", "Stone");
    document["survivor"]["contacts"] = json!([
        { "kind": "phone", "value": "07700 900 123" },
        { "kind": "phone", "value": "07700 900999", "safe_to_text": true },
    ]);
    document["survivor"]["identity"]["aliases"] = json!(["Mina Okafor"]);
    let second = scene
        .app
        .as_(&w.other_officer)
        .post("/referrals", scene.body(document))
        .await
        .expect(201);
    let join = json!({ "join_case_id": first["case_id"] });
    let joined = scene
        .act(&w.coordinator, &second, "accept", join)
        .await
        .expect(200);
    assert_eq!(joined["case_id"], first["case_id"]);
    assert_eq!(
        joined["referral"]["survivor"]["contacts"][1]["value"], "07700 900999",
        "the document opens under the case's key"
    );
    let mut owner = scene.app.owner();
    let case: uuid::Uuid = serde_json::from_value(first["case_id"].clone()).unwrap();
    assert_eq!(
        counts(&mut owner, case),
        [
            ("parties", 3),
            ("party_addresses", 2),
            ("party_contacts", 2),
            ("risk_assessments", 2)
        ]
    );
    assert_eq!(scene.get(&w.other_officer, &second).await.status, 200);
    assert_eq!(
        scene.get(&w.officer, &second).await.status,
        404,
        "each referrer reads their own"
    );
    let file = json!({ "join_case_id": second["case_id"] });
    let third = scene.submit("Okafor", "Stone").await;
    let refused = scene.act(&w.coordinator, &third, "accept", file).await;
    assert_eq!(
        refused.status, 404,
        "a file that went into another is no case"
    );
    let itself = json!({ "join_case_id": third["case_id"] });
    let refused = scene.act(&w.coordinator, &third, "accept", itself).await;
    assert_eq!(refused.errors(), ["/join_case_id not_joinable"]);
}

fn counts(conn: &mut diesel::PgConnection, case: uuid::Uuid) -> [(&'static str, i64); 4] {
    use diesel::prelude::*;
    use kernel::schema::{parties, party_addresses, party_contacts, risk_assessments};
    [
        (
            "parties",
            parties::table
                .filter(parties::case_id.eq(case))
                .count()
                .get_result(conn)
                .unwrap(),
        ),
        (
            "party_addresses",
            party_addresses::table
                .filter(party_addresses::case_id.eq(case))
                .count()
                .get_result(conn)
                .unwrap(),
        ),
        (
            "party_contacts",
            party_contacts::table
                .filter(party_contacts::case_id.eq(case))
                .count()
                .get_result(conn)
                .unwrap(),
        ),
        (
            "risk_assessments",
            risk_assessments::table
                .filter(risk_assessments::case_id.eq(case))
                .count()
                .get_result(conn)
                .unwrap(),
        ),
    ]
}

#[actix_web::test]
async fn people_are_found_by_name_and_birth_date_together_within_ones_own_maracs() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let sent = scene.submit("Okafor", "Stone").await;
    let query =
        json!({ "family_name": "stone", "given_names": "KARL", "date_of_birth": "1985-11-20" });
    let found = scene
        .app
        .as_(&w.coordinator)
        .post("/people/search", query.clone())
        .await
        .expect(200);
    assert_eq!(found["items"][0]["case_id"], sent["case_id"]);
    assert_eq!(found["items"][0]["role"], "perpetrator");
    assert_eq!(
        scene
            .app
            .as_(&w.kc_coordinator)
            .post("/people/search", query.clone())
            .await
            .expect(200)["items"],
        json!([])
    );
    scene
        .app
        .as_(&w.officer)
        .post("/people/search", query)
        .await
        .expect(403);
    scene
        .app
        .as_(&w.coordinator)
        .post("/people/search", json!({ "family_name": "stone" }))
        .await
        .expect(422);
}

#[actix_web::test]
async fn a_client_refers_for_a_registered_person_and_reads_it_back() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let client = scene.app.as_client(&w.client, Some("h-17"));
    let sent = client
        .post("/referrals", scene.body(referral("Okafor", "Stone")))
        .await
        .expect(201);
    client
        .get(&format!("/referrals/{}", id(&sent)))
        .await
        .expect(200);
    let service = scene.app.as_client(&w.client, None);
    service
        .get(&format!("/referrals/{}", id(&sent)))
        .await
        .expect(404);
    assert_eq!(
        scene.get(&w.housing_rep, &sent).await.status,
        404,
        "a colleague's referral is not the agency's"
    );
    scene
        .app
        .as_client(&w.client, Some("stranger"))
        .post("/referrals", scene.body(referral("A", "B")))
        .await
        .expect(403);
}

#[actix_web::test]
async fn submitting_takes_few_statements() {
    let scene = Scene::new().await;
    scene.submit("Okafor", "Stone").await;
    let before = scene.app.parts.db.statements();
    let key = scene
        .app
        .as_(&scene.world.officer)
        .with("idempotency-key", "statement-count");
    key.post("/referrals", scene.body(referral("Okafor", "Stone")))
        .await
        .expect(201);
    let submit = scene.app.parts.db.statements() - before;
    assert!(submit <= 10, "{submit}");
    let sent = scene.submit("Okafor", "Stone").await;
    let before = scene.app.parts.db.statements();
    scene
        .app
        .as_(&scene.world.coordinator)
        .get(&format!("/referrals/{}/matches", id(&sent)))
        .await
        .expect(200);
    let check = scene.app.parts.db.statements() - before;
    assert!(check <= 5, "{check}");
}

#[actix_web::test]
async fn an_urgent_referral_goes_onto_an_emergency_meeting_in_one_call() {
    let scene = Scene::new().await;
    let w = &scene.world;
    let sent = scene.submit("Okafor", "Stone").await;
    let starts_at = scene.app.now() + chrono::TimeDelta::hours(5);
    let both = json!({ "agenda": { "agencies": [w.housing] } });
    let refused = scene.act(&w.coordinator, &sent, "accept", both).await;
    assert_eq!(refused.errors(), ["/agenda one_meeting"]);
    let emergency = json!({ "starts_at": starts_at, "mode": "online" });
    let agenda = json!({ "agenda": { "emergency": emergency, "agencies": [w.housing, w.health] } });
    scene
        .act(&w.coordinator, &sent, "accept", agenda)
        .await
        .expect(200);
    let coordinator = scene.app.as_(&w.coordinator);
    let meetings = coordinator
        .get(&format!("/meetings?marac_id={}", w.wcc))
        .await
        .expect(200);
    assert_eq!(meetings["items"][0]["kind"], "emergency");
    let path = format!("/meetings/{}/agenda", id(&meetings["items"][0]));
    let agenda = coordinator.get(&path).await.expect(200);
    assert_eq!(agenda["items"][0]["case_id"], sent["case_id"]);
}

#[actix_web::test]
async fn an_idva_service_whose_allocation_ended_reads_the_referral_no_longer() {
    let desk = crate::casework::Desk::new().await;
    let w = &desk.world;
    let sent = desk.referred("Okafor").await;
    let accepted = desk
        .app
        .as_(&w.coordinator)
        .if_match(&etag(&sent))
        .post(&format!("/referrals/{}/accept", id(&sent)), json!({}))
        .await
        .expect(200);
    let case = accepted["case_id"].as_str().unwrap().parse().unwrap();
    desk.allocate(case).await;
    // The case stays in sight for another reason.
    desk.name(case, &w.idva);
    let path = format!("/referrals/{}", id(&sent));
    let idva = desk.app.as_(&w.idva);
    idva.get(&path).await.expect(200);
    let ended = "update circle set ends_at = $2 where case_id = $1 and basis = 'allocation'";
    diesel::RunQueryDsl::execute(
        kernel::sql::sql(ended).bind(case).bind(desk.app.now()),
        &mut desk.app.owner(),
    )
    .unwrap();
    desk.file(&w.idva, case).await.expect(200);
    let unknown = format!("/referrals/{}", uuid::Uuid::now_v7());
    let unknown = idva.get(&unknown).await;
    assert_eq!(idva.get(&path).await.comparable(), unknown.comparable());
}

#[actix_web::test]
async fn a_draft_that_is_written_anew_guards_its_addresses_as_before() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let officer = app.as_(&world.officer);
    let mut document = referral("Okafor", "Stone");
    document["survivor"]["addresses"] = json!([
        { "kind": "usual", "lines": "1 Safe Road", "confidential": true },
        { "kind": "previous", "lines": "2 Open Road" },
    ]);
    let draft = json!({ "marac_id": world.wcc, "draft": true, "referral": document });
    let mut made = officer.post("/referrals", draft).await.expect(201);
    let path = format!("/referrals/{}", id(&made));
    for (lines, said, expected) in [
        ("1, SAFE ROAD", None, true),
        ("1 Safe Rd", None, true),
        ("1 Safe Rd", Some(false), false),
        ("1 Safe Rd", None, false),
    ] {
        let mut address = json!({ "kind": "usual", "lines": lines });
        if let Some(said) = said {
            address["confidential"] = json!(said);
        }
        document["survivor"]["addresses"][0] = address;
        let body = json!({ "referral": document });
        let caller = officer.clone().if_match(&etag(&made));
        made = caller.put(&path, body).await.expect(200);
        let addresses = &made["referral"]["survivor"]["addresses"];
        assert_eq!(addresses[0]["confidential"], expected, "{lines} {said:?}");
        assert_eq!(addresses[1]["confidential"], false);
    }
    let null = json!({ "kind": "usual", "lines": "x", "confidential": null });
    document["survivor"]["addresses"][0] = null;
    let caller = officer.if_match(&etag(&made));
    let refused = caller.put(&path, json!({ "referral": document })).await;
    let pointer = "/referral/survivor/addresses/0/confidential wrong_type";
    assert_eq!(refused.errors(), [pointer]);
}

#[actix_web::test]
async fn an_address_that_a_joined_referral_says_is_confidential_becomes_so() {
    let app = TestApp::new().await;
    let world = World::make(&app);
    let (officer, coordinator) = (app.as_(&world.officer), app.as_(&world.coordinator));
    let mut case = Value::Null;
    for confidential in [false, true] {
        let mut document = referral("Okafor", "Stone");
        document["survivor"]["addresses"] =
            json!([{ "kind": "usual", "lines": "1 Road", "confidential": confidential }]);
        let body = json!({ "marac_id": world.wcc, "referral": document });
        let sent = officer.post("/referrals", body).await.expect(201);
        let path = format!("/referrals/{}/accept", id(&sent));
        let join = match &case {
            Value::Null => json!({}),
            case => json!({ "join_case_id": case }),
        };
        let caller = coordinator.clone().if_match(&etag(&sent));
        case = caller.post(&path, join).await.expect(200)["case_id"].clone();
    }
    let path = format!("/cases/{}/parties", case.as_str().unwrap());
    let people = coordinator.get(&path).await.expect(200);
    let mut people = people["items"].as_array().unwrap().iter();
    let survivor = people.find(|one| one["role"] == "survivor").unwrap();
    let addresses = survivor["addresses"].as_array().unwrap();
    assert_eq!(addresses.len(), 1);
    assert_eq!(addresses[0]["address"]["confidential"], true);
}
