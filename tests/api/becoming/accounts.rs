//! Whose account somebody may change, and who hears of it.

use serde_json::json;

use super::*;
use crate::support::{Answer, etag, id};

/// Every way of changing somebody's account, or what acts in their name.
const WAYS: [&str; 9] = [
    "rename", "move", "invite", "disable", "enable", "reset", "leave", "absence", "link",
];

/// Tries it; a refusal by a rule that is asked after access shows that access was given.
async fn attempt(app: &TestApp, world: &World, who: &Person, whose: &Person, way: &str) -> Answer {
    let caller = app.as_(who);
    let path = format!("/users/{}", whose.id);
    let stale = caller.clone().if_match("\"999999\"");
    match way {
        "rename" => stale.patch(&path, json!({ "name": "X" })).await,
        "move" => stale.patch(&path, json!({ "email": "x@x.example" })).await,
        "invite" => caller.post(&format!("{path}/invitation"), json!({})).await,
        "reset" => {
            caller
                .post(&format!("{path}/password-reset"), json!({}))
                .await
        }
        "absence" => {
            let body = json!({ "from": "2020-01-02", "until": "2020-01-01" });
            caller.post(&format!("{path}/absences"), body).await
        }
        "link" => {
            let body = json!({ "partner_ref": "own-1", "name": "X", "user_id": whose.id });
            let path = format!("/api-clients/{}/actors", world.client.id);
            caller.post(&path, body).await
        }
        _ => stale.post(&format!("{path}/{way}"), json!({})).await,
    }
}

/// Who, whose account, which operation: nobody reaches an account that may more than they, or that works
/// where they do not.
#[actix_web::test]
async fn nobody_touches_the_account_of_somebody_who_may_more_or_works_elsewhere() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let person =
        |name: &str, agency, roles: &[(Uuid, &str)]| World::person(&app, name, agency, roles);
    let weak = person("weak", w.housing, &[(w.wcc, "representative")]);
    let none = person("none", w.housing, &[]);
    let chair = person(
        "own-chair",
        w.housing,
        &[(w.wcc, "representative"), (w.wcc, "chair")],
    );
    let auditor = person("own-auditor", w.housing, &[(w.wcc, "auditor")]);
    let deputy_lead = person("own-lead", w.housing, &[(w.wcc, "agency_lead")]);
    let coordinator = person("own-coordinator", w.housing, &[(w.wcc, "coordinator")]);
    let waits = person("waits", w.housing, &[(w.wcc, "representative")]);
    let admin = person("own-admin", w.housing, &[]);
    sql("update users set administrator = true where id = $1")
        .bind(admin.id)
        .execute(&mut app.owner())
        .unwrap();
    let chief = app.as_(&w.administrator);
    let path = format!("/users/{}", waits.id);
    let tag = etag(&chief.get(&path).await.expect(200));
    let roles = json!({ "roles": [role(w.wcc, "representative"), role(w.wcc, "coordinator")] });
    let waiting = chief
        .if_match(&tag)
        .put(&format!("{path}/roles"), roles)
        .await
        .expect(200);
    assert_eq!(waiting["pending_roles"][0]["role"], "coordinator");
    // The client works in both MARACs: for whoever reaches it, the linked account decides.
    let lead = person(
        "lead-of-both",
        w.housing,
        &[(w.wcc, "agency_lead"), (w.kc, "agency_lead")],
    );
    let strong = [&chair, &auditor, &deputy_lead, &coordinator, &waits, &admin];
    for whose in strong {
        for who in [&w.housing_lead, &lead] {
            for way in WAYS {
                let found = attempt(&app, &w, who, whose, way).await.status;
                assert_eq!(found, 403, "lead, {way}, {}", whose.email);
            }
        }
    }
    let above = [
        &w.chair,
        &w.auditor,
        &chair,
        &auditor,
        &coordinator,
        &waits,
        &admin,
    ];
    for whose in above {
        for way in ["reset", "leave", "absence"] {
            let found = attempt(&app, &w, &w.coordinator, whose, way).await.status;
            assert_eq!(found, 403, "coordinator, {way}, {}", whose.email);
        }
    }
    // Works in another MARAC too.
    for way in WAYS {
        let found = attempt(&app, &w, &w.housing_lead, &w.housing_rep, way)
            .await
            .status;
        assert_eq!(found, 403, "{way}");
    }
    for way in ["reset", "leave", "absence"] {
        let found = attempt(&app, &w, &w.coordinator, &w.housing_rep, way)
            .await
            .status;
        assert_eq!(found, 403, "{way}");
    }
    // Of another agency, or another MARAC's: not there.
    for way in WAYS
        .into_iter()
        .filter(|way| !["link", "reset"].contains(way))
    {
        let found = attempt(&app, &w, &w.housing_lead, &w.health_rep, way)
            .await
            .status;
        assert_eq!(found, 404, "{way}");
    }
    for way in ["reset", "leave", "absence"] {
        let found = attempt(&app, &w, &w.coordinator, &w.kc_officer, way)
            .await
            .status;
        assert_eq!(found, 404, "{way}");
    }
    // Whom they may.
    for (who, whose) in [(&lead, &weak), (&lead, &none), (&w.administrator, &chair)] {
        for way in [
            "rename", "move", "invite", "disable", "enable", "leave", "absence",
        ] {
            let found = attempt(&app, &w, who, whose, way).await.status;
            assert!(
                ![401, 403, 404].contains(&found),
                "{way} {}: {found}",
                whose.email
            );
        }
    }
    let found = attempt(&app, &w, &w.coordinator, &w.officer, "reset").await;
    assert_eq!(found.body["reason"], "no_password");
}

#[actix_web::test]
async fn a_marac_is_not_left_without_a_coordinator_by_the_way() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let admin = app.as_(&w.administrator);
    let path = format!("/users/{}", w.coordinator.id);
    let tag = etag(&admin.get(&path).await.expect(200));
    let at = admin.clone().if_match(&tag);
    for answer in [
        at.post(&format!("{path}/disable"), json!({})).await,
        at.post(&format!("{path}/leave"), json!({})).await,
        at.put(&format!("{path}/roles"), json!({ "roles": [] }))
            .await,
    ] {
        assert_eq!(
            (answer.status, &answer.body["reason"]),
            (409, &json!("only_coordinator"))
        );
    }
    let cut_off = at
        .post(&format!("{path}/disable?at_once=true"), json!({}))
        .await;
    cut_off.expect(200);
}

#[actix_web::test]
async fn a_client_that_acts_for_somebody_is_as_strong_as_they_are() {
    let app = TestApp::new().await;
    let w = World::make(&app);
    let roles = [(w.wcc, "agency_lead"), (w.kc, "agency_lead")];
    let lead = World::person(&app, "lead", w.housing, &roles);
    let caller = app.as_(&lead);
    let path = format!("/api-clients/{}", w.client.id);
    let tag = etag(&caller.get(&path).await.expect(200));
    let chair = World::person(&app, "own-chair", w.housing, &[(w.wcc, "chair")]);
    sql("update registered_actors set user_id = $1 where partner_ref = 'h-17'")
        .bind(chair.id)
        .execute(&mut app.owner())
        .unwrap();
    let stale = caller.clone().if_match(&tag);
    for step in ["secret", "disable"] {
        let answer = stale.post(&format!("{path}/{step}"), json!({})).await;
        assert_eq!(answer.status, 403, "{step}");
    }
    stale.patch(&path, json!({ "name": "X" })).await.expect(403);
    let elsewhere = World::person(&app, "lead-here", w.housing, &roles[..1]);
    let actors = app
        .as_(&w.administrator)
        .get(&format!("{path}/actors"))
        .await
        .expect(200);
    let actor = id(&actors["items"][0]);
    let caller = app.as_(&elsewhere).if_match("\"1\"");
    let answer = caller
        .post(&format!("{path}/actors/{actor}/disable"), json!({}))
        .await;
    assert_eq!(answer.status, 403, "the client works in another MARAC too");
}

/// Each act on an account or a client: the coordinator of the MARAC is told, and its auditor reads it.
#[actix_web::test]
async fn every_act_on_an_account_or_a_client_is_told_and_recorded_where_it_works() {
    let office = Office::new().await;
    let (app, w) = (&office.app, &office.world);
    let (admin, lead) = (app.as_(&w.administrator), app.as_(&w.housing_lead));
    let inbox = || {
        count(
            app,
            "select count(*) as n from notifications n join role_grants g \
        on g.user_id = n.user_id and g.role = 'coordinator' and g.marac_id = n.marac_id \
        join maracs m on m.id = n.marac_id and m.code = 'WCC'",
        )
    };
    let mut told_so_far = inbox();
    let mut check = async |act: &str, subject: Uuid| {
        let now = inbox();
        assert!(now > told_so_far, "{act}: the coordinator is told");
        told_so_far = now;
        let found = audited(app, &w.auditor, w.wcc, subject).await;
        let expected = format!("{act} done");
        assert!(found.contains(&expected), "{act}: {found:?}");
    };
    let body = json!({ "email": "new@housing.example", "name": "New",
        "roles": [role(w.wcc, "representative")] });
    let made = lead.post("/users", body).await.expect(201);
    let user = id(&made["user"]);
    let path = format!("/users/{user}");
    check("invite_user", user).await;
    lead.post(&format!("{path}/invitation"), json!({}))
        .await
        .expect(201);
    check("invite_user", user).await;
    let tag = etag(&made["user"]);
    let more = json!({ "roles": [role(w.wcc, "representative"), role(w.wcc, "observer")] });
    let set = lead
        .clone()
        .if_match(&tag)
        .put(&format!("{path}/roles"), more)
        .await
        .expect(200);
    check("grant_roles", user).await;
    let change = json!({ "email": "newer@housing.example" });
    let set = lead
        .clone()
        .if_match(&etag(&set))
        .patch(&path, change)
        .await
        .expect(200);
    check("change_user", user).await;
    let at = lead.clone().if_match(&etag(&set));
    let set = at
        .post(&format!("{path}/disable"), json!({}))
        .await
        .expect(200);
    check("disable_user", user).await;
    let at = lead.clone().if_match(&etag(&set));
    at.post(&format!("{path}/enable"), json!({}))
        .await
        .expect(200);
    check("disable_user", user).await;
    let letters = office.letters("newer@housing.example").concat();
    assert!(letters.contains("It was opened again"), "{letters}");
    let person = Person {
        id: user,
        ..w.officer.clone()
    };
    take_up(app, &person);
    admin
        .post(&format!("{path}/password-reset"), json!({}))
        .await
        .expect(409);
    sql("update users set address_changed_at = null")
        .execute(&mut app.owner())
        .unwrap();
    admin
        .post(&format!("{path}/password-reset"), json!({}))
        .await
        .expect(201);
    check("reset_password", user).await;

    let body = json!({ "name": "System", "rights": ["cases:read"],
        "roles": [role(w.wcc, "representative")] });
    let made = lead.post("/api-clients", body).await.expect(201);
    let client = id(&made["client"]);
    let path = format!("/api-clients/{client}");
    check("manage_clients", client).await;
    let actor = json!({ "partner_ref": "n-1", "name": "N", "user_id": user });
    let actor = lead
        .post(&format!("{path}/actors"), actor)
        .await
        .expect(201);
    check("register_actors", id(&actor)).await;
    let letters = office.letters("newer@housing.example").concat();
    assert!(letters.contains("A program was linked to it"), "{letters}");
    let tag = etag(&lead.get(&path).await.expect(200));
    lead.clone()
        .if_match(&tag)
        .post(&format!("{path}/secret"), json!({}))
        .await
        .expect(200);
    check("manage_clients", client).await;
    let tag = etag(&lead.get(&path).await.expect(200));
    let wider = json!({ "rights": ["cases:read", "cases:write"] });
    let wider = lead
        .clone()
        .if_match(&tag)
        .patch(&path, wider)
        .await
        .expect(200);
    assert_eq!(wider["rights"], json!([]));
    check("manage_clients", client).await;
    let waiting = app
        .as_(&w.coordinator)
        .get("/pending-grants")
        .await
        .expect(200);
    let grant = id(&waiting["items"][0]);
    let confirm = format!("/pending-grants/{grant}/confirm");
    admin.post(&confirm, json!({})).await.expect(204);
    check("confirm_grant", grant).await;
    let tag = etag(&lead.get(&path).await.expect(200));
    lead.if_match(&tag)
        .post(&format!("{path}/disable"), json!({}))
        .await
        .expect(200);
    check("manage_clients", client).await;
}
