//! Joining a referral to a case opens nothing, and can be taken back.

use std::collections::BTreeSet;

use casework::cases::SEALED_PLACES;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::crypto::SealPlace;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::Desk;
use crate::meetings::{agenda as agenda_of, hear, listed, planned, step};
use crate::support::{Answer, Person, TestDb, World, dash, etag, id, referral};

#[derive(Row)]
struct Sealed {
    id: Uuid,
    sealed: Vec<u8>,
}

#[derive(Row)]
struct Text {
    text: String,
}

fn file(sent: &Value) -> Uuid {
    sent["case_id"].as_str().unwrap().parse().unwrap()
}

impl Desk {
    pub async fn accept_with(&self, sent: &Value, body: Value) -> Answer {
        let coordinator = self.app.as_(&self.world.coordinator);
        let path = format!("/referrals/{}", id(sent));
        let read = coordinator.get(&path).await.expect(200);
        let caller = coordinator.clone().if_match(&etag(&read));
        caller.post(&format!("{path}/accept"), body).await
    }

    async fn unjoin(&self, sent: &Value) -> Answer {
        let coordinator = self.app.as_(&self.world.coordinator);
        let path = format!("/referrals/{}", id(sent));
        let read = coordinator.get(&path).await.expect(200);
        let caller = coordinator.clone().if_match(&etag(&read));
        let body = json!({ "reason": "It was another family." });
        caller.post(&format!("{path}/unjoin"), body).await
    }

    /// A second referral of the couple, by another officer, joined to the case.
    pub async fn joined(&self, case: Uuid, document: Value) -> Value {
        let by = &self.world.other_officer;
        let sent = self.sent(by, self.world.wcc, document).await;
        let body = json!({ "join_case_id": case, "reason": "The same people." });
        self.accept_with(&sent, body).await.expect(200);
        sent
    }

    /// Everything that is sealed on the case opens under its key; answers how many rows there are.
    fn all_open(&self, case: Uuid) -> usize {
        let (key, mut rows) = (self.key(case), 0);
        for place in SEALED_PLACES {
            let text = format!(
                "select {} as id, {} as sealed from {} where case_id = '{case}' and {1} is not null",
                place.id, place.column, place.table
            );
            let found: Vec<Sealed> = diesel::sql_query(text).load(&mut self.app.owner()).unwrap();
            rows += found.len();
            for row in found {
                let at = SealPlace::new(place.table, place.column, row.id);
                let name = format!("{}.{}", place.table, place.column);
                key.open(at, &row.sealed).expect(&name);
            }
        }
        rows
    }

    /// The live exclusion of a file that names somebody.
    async fn of(&self, case: Uuid, whom: &Person) -> Value {
        let live = self.live(&self.world.coordinator, case).await;
        let found: Vec<&Value> = live
            .iter()
            .filter(|one| one["user_id"] == json!(whom.id))
            .collect();
        assert_eq!(found.len(), 1, "{live:#?}");
        found[0].clone()
    }

    async fn get(&self, by: &Person, path: &str) -> Value {
        self.app.as_(by).get(path).await.expect(200)
    }
}

#[actix_web::test]
async fn whoever_referred_a_couple_gets_nothing_of_the_case_it_was_joined_to() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let coordinator = desk.app.as_(&w.coordinator);
    let people = coordinator
        .get(&format!("/cases/{case}/parties"))
        .await
        .expect(200);
    let woman = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["role"] == "survivor")
        .unwrap();
    let path = format!("/cases/{case}/parties/{}", id(woman));
    let address = json!({ "kind": "current", "lines": "Her new flat" });
    coordinator
        .post(&format!("{path}/addresses"), address)
        .await
        .expect(201);
    let contact = json!({ "kind": "phone", "value": "07700 900999", "safe_to_call": true });
    coordinator
        .post(&format!("{path}/contacts"), contact)
        .await
        .expect(201);
    let sent = desk.joined(case, referral("Okafor", "Stone")).await;

    let author = desk.app.as_(&w.other_officer);
    desk.assert_hidden(&w.other_officer, case).await;
    let own = author
        .get(&format!("/referrals/{}", id(&sent)))
        .await
        .expect(200);
    assert_eq!(own["status"], "accepted");
    assert_eq!(own["case_id"], sent["case_id"], "where it went is not told");
    assert_eq!(
        own["referral"]["survivor"]["contacts"][0]["value"],
        "07700 900123"
    );
    let mut seen = own.to_string();
    for path in [
        "/referrals",
        "/cases",
        "/notifications",
        "/actions?status=all",
    ] {
        seen += &author.get(path).await.expect(200).to_string();
    }
    for path in [
        "",
        "/parties",
        "/account",
        "/timeline",
        "/actions",
        "/questions",
        "/risk-assessments",
    ] {
        assert_eq!(
            author.get(&format!("/cases/{case}{path}")).await.status,
            404,
            "{path}"
        );
    }
    for word in ["Her new flat", "07700 900999", &case.to_string()] {
        assert!(!seen.contains(word), "{word}");
    }
    // Only a grant opens more.
    desk.name(case, &w.other_officer);
    assert_eq!(desk.file(&w.other_officer, case).await.status, 200);
    let own = author
        .get(&format!("/referrals/{}", id(&sent)))
        .await
        .expect(200);
    assert_eq!(own["case_id"], json!(case));
    // Whoever opened the case keeps what they had.
    desk.file(&w.officer, case).await.expect(200);
}

#[actix_web::test]
async fn a_pair_that_does_not_match_needs_a_reason_and_a_known_one_a_decision() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let stranger = desk.sent(&w.officer, w.wcc, referral("Lind", "Moss")).await;
    let refused = desk
        .accept_with(&stranger, json!({ "join_case_id": case }))
        .await;
    assert_eq!(refused.errors(), ["/reason required"]);
    let joined = json!({ "join_case_id": case, "reason": "She has married." });
    desk.accept_with(&stranger, joined).await.expect(200);

    let sent = desk
        .sent(&w.officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    let known = desk.accept_with(&sent, json!({})).await;
    assert_eq!(
        (known.status, &known.body["reason"]),
        (409, &json!("pair_known"))
    );
    assert_eq!(known.body["ids"], json!([case]));
    let both = json!({ "join_case_id": case, "separate": { "reason": "R" } });
    assert_eq!(
        desk.accept_with(&sent, both).await.errors(),
        ["/separate one_only"]
    );
    let separate = json!({ "separate": { "reason": "Another incident, kept apart." } });
    let own = desk.accept_with(&sent, separate).await.expect(200);
    assert_eq!(own["case_id"], sent["case_id"]);

    // A pair that is known in closed cases alone is not known to whoever decides.
    let hidden = desk.case("Adeyemi").await;
    desk.excluded(&w.chair, hidden, json!({ "user_id": w.coordinator.id }))
        .await;
    let sent = desk
        .sent(&w.officer, w.wcc, referral("Adeyemi", "Stone"))
        .await;
    let laid = desk.live(&w.chair, file(&sent)).await;
    desk.lift(&w.chair, file(&sent), &laid[0]).await;
    desk.accept_with(&sent, json!({})).await.expect(200);
    let other = desk.sent(&w.officer, w.wcc, referral("Lind", "Moss")).await;
    let refused = desk
        .accept_with(&other, json!({ "join_case_id": hidden, "reason": "R" }))
        .await;
    let unknown = json!({ "join_case_id": Uuid::now_v7(), "reason": "R" });
    assert_eq!(
        refused.comparable(),
        desk.accept_with(&other, unknown).await.comparable()
    );
}

#[actix_web::test]
async fn names_and_dates_that_differ_are_for_the_coordinator_to_decide() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let mut other = referral("Okafor", "Stone");
    other["survivor"]["identity"]["family_name"] = json!("Bell");
    other["perpetrators"][0]["identity"]["date_of_birth"] = json!("1986-11-20");
    let sent = desk.joined(case, other).await;
    let before = desk
        .get(&w.coordinator, &format!("/cases/{case}/parties"))
        .await;
    assert!(!before.to_string().contains("Bell"), "no alias by itself");
    let path = format!("/cases/{case}/differences");
    let found = desk.get(&w.coordinator, &path).await;
    let items = found["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let of = |name: &str| {
        items
            .iter()
            .find(|one| one["name"] == name)
            .unwrap()
            .clone()
    };
    let (name, date) = (of("Amina Bell"), of("Karl Stone"));
    assert_eq!(
        (&name["decision"], &name["referral_id"]),
        (&Value::Null, &sent["id"])
    );
    assert_eq!(date["date_of_birth"], "1986-11-20");
    let decide = async |one: &Value, by: &Person, decision: &str| {
        let path = format!("{path}/{}/decide", id(one));
        let caller = desk.app.as_(by).if_match(&etag(one));
        caller.post(&path, json!({ "decision": decision })).await
    };
    assert_eq!(decide(&name, &w.idva, "alias").await.status, 403);
    let done = decide(&name, &w.coordinator, "alias").await.expect(200);
    assert_eq!(
        (&done["decision"], &done["decided_by"]),
        (&json!("alias"), &json!(w.coordinator.id))
    );
    assert_eq!(decide(&name, &w.coordinator, "leave").await.status, 412);
    decide(&date, &w.coordinator, "correct").await.expect(200);
    let after = desk
        .get(&w.coordinator, &format!("/cases/{case}/parties"))
        .await;
    let party = |role: &str| {
        after["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["role"] == role)
            .unwrap()
            .clone()
    };
    assert_eq!(
        party("survivor")["identity"]["aliases"],
        json!(["Amina Bell"])
    );
    assert_eq!(party("survivor")["identity"]["family_name"], "Okafor");
    assert_eq!(
        party("perpetrator")["identity"]["date_of_birth"],
        "1986-11-20"
    );
    assert_eq!(
        party("perpetrator")["identity"]["other_dates_of_birth"],
        json!(["1985-11-20"])
    );
    // What was taken over stays in the case, whatever is decided afterwards.
    for _ in 0..2 {
        let refused = desk.unjoin(&sent).await;
        assert_eq!(refused.body["reason"], "difference_taken_over");
        let found = desk.get(&w.coordinator, &path).await;
        for one in found["items"].as_array().unwrap() {
            decide(one, &w.coordinator, "leave").await.expect(200);
        }
    }
    // A man who shares neither name nor date is another man, not an alias of this one.
    let mut third = referral("Okafor", "Moss");
    third["perpetrators"][0]["identity"]["date_of_birth"] = json!("1970-01-01");
    desk.joined(case, third).await;
    let people = desk
        .get(&w.coordinator, &format!("/cases/{case}/parties"))
        .await;
    let men = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["role"] == "perpetrator");
    assert_eq!(men.count(), 2);
}

/// Who knows somebody by what was recorded finds them after it was corrected by what a referral says.
#[actix_web::test]
async fn what_a_difference_corrects_is_kept_beside_it_within_the_lists_limits() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let mut other = referral("Okafor", "Stone");
    other["survivor"]["identity"] = json!({ "family_name": "Bell", "given_names": "Ada",
        "aliases": ["Addie Bell", "amina OKAFOR"], "date_of_birth": "1991-05-03" });
    other["perpetrators"][0]["identity"] = json!({ "family_name": "Stohne", "given_names": "Karl",
        "date_of_birth": "1985-11-20" });
    desk.joined(case, other).await;
    let parties = format!("/cases/{case}/parties");
    let party = async |role: &str| {
        let found = desk.get(&w.coordinator, &parties).await;
        let found = found["items"].as_array().unwrap().clone();
        found.into_iter().find(|one| one["role"] == role).unwrap()
    };
    // His lists are full: they stay within their limits, and nothing is lost of them.
    let he = party("perpetrator").await;
    let aliases: Vec<String> = (0..20).map(|n| format!("Alias {n}")).collect();
    let dates: Vec<String> = (10..20).map(|day| format!("1970-01-{day}")).collect();
    let full = json!({ "aliases": aliases, "other_dates_of_birth": dates });
    let coordinator = desk.app.as_(&w.coordinator).if_match(&etag(&he));
    let path = format!("{parties}/{}", id(&he));
    coordinator.patch(&path, full).await.expect(200);
    let path = format!("/cases/{case}/differences");
    let decide = async |person: &Value, decision: &str| {
        let found = desk.get(&w.coordinator, &path).await;
        let mut items = found["items"].as_array().unwrap().iter();
        let one = items.find(|one| one["party_id"] == person["id"]).unwrap();
        let caller = desk.app.as_(&w.coordinator).if_match(&etag(one));
        let path = format!("{path}/{}/decide", id(one));
        caller
            .post(&path, json!({ "decision": decision }))
            .await
            .expect(200)
    };
    let she = party("survivor").await;
    // Decided twice: what was an alias becomes the name, and is an alias no more.
    decide(&she, "alias").await;
    decide(&she, "correct").await;
    decide(&he, "correct").await;
    let she = party("survivor").await["identity"].clone();
    assert_eq!(
        (
            &she["family_name"],
            &she["given_names"],
            &she["date_of_birth"]
        ),
        (&json!("Bell"), &json!("Ada"), &json!("1991-05-03"))
    );
    assert_eq!(she["aliases"], json!(["Addie Bell", "Amina Okafor"]));
    assert_eq!(she["other_dates_of_birth"], json!(["1990-04-02"]));
    let he = party("perpetrator").await["identity"].clone();
    assert_eq!(he["family_name"], "Stohne");
    assert_eq!(
        (&he["aliases"], &he["other_dates_of_birth"]),
        (&json!(aliases), &json!(dates))
    );
    let search = async |family: &str, given: &str, born: &str| {
        let who = json!({ "family_name": family, "given_names": given, "date_of_birth": born });
        let coordinator = desk.app.as_(&w.coordinator);
        let found = coordinator.post("/people/search", who).await.expect(200);
        found["items"].as_array().unwrap().len()
    };
    assert_eq!(search("Bell", "Ada", "1991-05-03").await, 1);
    assert_eq!(search("Okafor", "Amina", "1990-04-02").await, 1);
    // Another file of her former name alone is followed.
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.chair.id }))
        .await;
    let mut hers = referral("Lind", "Moss");
    hers["survivor"]["identity"] = json!({ "family_name": "Okafor", "given_names": "Amina",
        "date_of_birth": "1990-04-02" });
    let sent = desk.sent(&w.officer, w.wcc, hers).await;
    let laid = desk.live(&w.coordinator, file(&sent)).await;
    assert_eq!(laid[0]["laid"]["by"], "same_person");
}

#[actix_web::test]
async fn a_case_is_no_longer_found_by_what_was_taken_out_of_it() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let hers =
        json!({ "family_name": "Bell", "given_names": "Ada", "date_of_birth": "1991-05-03" });
    let called_bell = |him: &str| {
        let mut document = referral("Okafor", him);
        document["survivor"]["identity"] = hers.clone();
        document
    };
    let joined = desk.joined(case, called_bell("Stone")).await;
    let parties = format!("/cases/{case}/parties");
    let people = desk.get(&w.coordinator, &parties).await;
    let mut people = people["items"].as_array().unwrap().iter();
    let he = people.find(|one| one["role"] == "perpetrator").unwrap();
    let coordinator = desk.app.as_(&w.coordinator).if_match(&etag(he));
    let path = format!("{parties}/{}", id(he));
    let corrected = json!({ "family_name": "Stane" });
    coordinator.patch(&path, corrected).await.expect(200);
    let finds = async |document: Value| {
        let sent = desk.sent(&w.officer, w.wcc, document).await;
        let path = format!("/referrals/{}/matches", id(&sent));
        let found = desk.get(&w.coordinator, &path).await;
        found.to_string().contains(&case.to_string())
    };
    // By every name of hers with every name of his.
    for him in ["Stone", "Stane"] {
        assert!(finds(called_bell(him)).await && finds(referral("Okafor", him)).await);
    }
    desk.unjoin(&joined).await.expect(200);
    for him in ["Stone", "Stane"] {
        assert!(!finds(called_bell(him)).await && finds(referral("Okafor", him)).await);
    }
}

#[actix_web::test]
async fn a_joined_referral_is_taken_out_with_what_came_with_it() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let path = format!("/cases/{case}");
    let before = desk.get(&w.coordinator, &path).await;
    let mut other = referral("Okafor", "Stone");
    other["referred_on"] = json!(desk.app.today());
    other["survivor"]["addresses"][0]["lines"] = json!("Somebody else's street");
    other["account"]["what_happened"] = json!("What happened to another.");
    other["children"][0]["identity"]["given_names"] = json!("Kim");
    let sent = desk.joined(case, other).await;
    let entry = json!({ "heading": "what_is_feared", "sharing": "marac", "told_on": desk.app.today(),
        "how_told": "phone", "text": "Added later." });
    desk.app
        .as_(&w.coordinator)
        .post(&format!("{path}/account"), entry)
        .await
        .expect(201);
    let joined = desk.get(&w.coordinator, &path).await.to_string();
    assert!(
        joined.contains("Somebody else's street") && joined.contains("What happened to another.")
    );

    let two = futures_util::future::join(desk.unjoin(&sent), desk.unjoin(&sent)).await;
    let statuses = BTreeSet::from([two.0.status, two.1.status]);
    assert!(
        statuses.contains(&200) && statuses.len() == 2,
        "{statuses:?}"
    );
    let after = desk.get(&w.coordinator, &path).await;
    let text = after.to_string();
    assert!(
        !text.contains("Somebody else's street") && !text.contains("What happened to another.")
    );
    assert!(!text.contains("Kim") && text.contains("Added later."));
    for field in [
        "status",
        "last_referral_on",
        "lapses_on",
        "criteria",
        "has_children",
    ] {
        assert_eq!(after[field], before[field], "{field}");
    }
    let own = desk
        .get(&w.coordinator, &format!("/cases/{}", file(&sent)))
        .await;
    let text = own.to_string();
    assert!(text.contains("Somebody else's street") && text.contains("Kim"));
    assert_eq!(own["status"], "listed");
    let read = desk
        .get(&w.other_officer, &format!("/referrals/{}", id(&sent)))
        .await;
    assert_eq!(read["case_id"], sent["case_id"]);
    desk.file(&w.other_officer, file(&sent)).await.expect(200);
    desk.assert_hidden(&w.other_officer, case).await;
    assert_eq!(desk.unjoin(&sent).await.body["reason"], "not_joined");
    let audit = format!("/audit?marac_id={}&act=unjoin_referral", w.wcc);
    let events = desk.get(&w.auditor, &audit).await;
    assert!(events["items"].to_string().contains(&case.to_string()));
    for by in [&w.officer, &w.idva, &w.chair] {
        let caller = desk.app.as_(by).if_match("\"1\"");
        let path = format!("/referrals/{}/unjoin", id(&sent));
        assert_ne!(
            caller.post(&path, json!({ "reason": "R" })).await.status,
            200
        );
    }
}

#[actix_web::test]
async fn what_cannot_be_told_apart_stays_with_a_named_reason() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let coordinator = desk.app.as_(&w.coordinator);
    let case = desk.case("Okafor").await;
    let mut other = referral("Okafor", "Stone");
    other["children"][0]["identity"]["given_names"] = json!("Kim");
    let sent = desk.joined(case, other).await;
    let people = coordinator
        .get(&format!("/cases/{case}/parties"))
        .await
        .expect(200);
    let child = people["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["identity"]["given_names"] == "Kim")
        .unwrap();
    let contact = json!({ "kind": "third_party", "value": "School office" });
    let path = format!("/cases/{case}/parties/{}/contacts", id(child));
    coordinator.post(&path, contact).await.expect(201);
    assert_eq!(desk.unjoin(&sent).await.body["reason"], "parts_changed");
    // Joined before parts were marked.
    let old = desk.joined(case, referral("Okafor", "Stone")).await;
    sql("delete from referral_joins where referral_id = $1")
        .bind(id(&old))
        .execute(&mut desk.app.owner())
        .unwrap();
    assert_eq!(desk.unjoin(&old).await.body["reason"], "origin_unknown");
    // Whoever sent in the first referral opened the case: it came by no join.
    let sent = desk.referred("Novak").await;
    desk.accept_with(&sent, json!({})).await.expect(200);
    assert_eq!(desk.unjoin(&sent).await.body["reason"], "not_joined");
    // A relationship that was unknown has the referral's word.
    let mut silent = referral("Silva", "Stone");
    silent["perpetrators"][0]["relationship"] = json!("unknown");
    let first = desk.sent(&desk.world.officer, desk.world.wcc, silent).await;
    let case = file(&desk.accept_with(&first, json!({})).await.expect(200));
    let sent = desk.joined(case, referral("Silva", "Stone")).await;
    assert_eq!(desk.unjoin(&sent).await.body["reason"], "parts_changed");
}

#[actix_web::test]
async fn exclusions_and_restrictions_hold_and_are_read_on_both_sides() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    // Nobody matches: the coordinator joins by her own word.
    let sent = desk
        .sent(&w.other_officer, w.wcc, referral("Lind", "Moss"))
        .await;
    let on_file = desk
        .excluded(
            &w.coordinator,
            file(&sent),
            json!({ "user_id": w.chair.id }),
        )
        .await;
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.idva.id }))
        .await;
    let body = json!({ "join_case_id": case, "reason": "She has married." });
    desk.accept_with(&sent, body).await.expect(200);
    desk.assert_hidden(&w.chair, case).await;
    let live = desk.live(&w.coordinator, case).await;
    assert_eq!(live.len(), 2);
    assert!(desk.all_open(case) > 10);
    assert!(
        live.iter().all(|one| one["reason"] == "A brother of his."),
        "{live:#?}"
    );
    desk.unjoin(&sent).await.expect(200);
    for side in [case, file(&sent)] {
        desk.assert_hidden(&w.chair, side).await;
        assert!(desk.all_open(side) > 10);
        let live = desk.live(&w.coordinator, side).await;
        assert_eq!(live.len(), 2, "{live:#?}");
        assert!(
            live.iter().all(|one| one["reason"] == "A brother of his."),
            "{live:#?}"
        );
    }
    // What was set on the file stands there again: lifted on the case, it holds on the file.
    let laid = desk.of(case, &w.chair).await;
    assert_eq!(laid["laid"]["from_case_id"], sent["case_id"], "{laid:#?}");
    desk.lift(&w.coordinator, case, &laid).await;
    desk.file(&w.chair, case).await.expect(200);
    desk.assert_hidden(&w.chair, file(&sent)).await;
    let set = desk.of(file(&sent), &w.chair).await;
    assert_eq!(set["id"], on_file["id"]);
    assert_eq!(set["laid"], Value::Null);
    desk.lift(&w.coordinator, file(&sent), &set).await;
    desk.file(&w.chair, file(&sent)).await.expect(200);
    // A restricted file restricts the case, and opens it to nobody.
    let named = World::person(&desk.app, "named", w.health, &[(w.wcc, "practitioner")]);
    let sent = desk
        .sent(&w.other_officer, w.wcc, referral("Marchetti", "Moss"))
        .await;
    desk.restrict(&w.coordinator, file(&sent), vec![named.id])
        .await;
    let body = json!({ "join_case_id": case, "reason": "The same household." });
    desk.accept_with(&sent, body).await.expect(200);
    desk.assert_hidden(&named, case).await;
    desk.assert_hidden(&w.chair, case).await;
    let path = format!("/cases/{case}/restriction");
    let state = desk.get(&w.coordinator, &path).await;
    assert_eq!(state["restriction"]["reason"], "She works for a partner.");
}

#[test]
fn everything_that_is_sealed_under_a_cases_key_moves_with_a_join() {
    let rows: Vec<Text> = sql(
        "select c.table_name || '.' || c.column_name as text from information_schema.columns c \
         join information_schema.columns k using (table_schema, table_name) \
         where c.table_schema = 'public' and c.udt_name = 'bytea' and k.column_name = 'case_id' order by 1",
    )
    .load(&mut TestDb::create().owner())
    .unwrap();
    // The key itself, hashes, and the audit, which never changes.
    let others = [
        "audit_events.detail",
        "data_keys.wrapped",
        "match_tokens.token",
    ];
    let found: BTreeSet<String> = rows
        .into_iter()
        .map(|row| row.text)
        .filter(|text| !others.contains(&text.as_str()))
        .collect();
    let moved: BTreeSet<String> = SEALED_PLACES
        .iter()
        .map(|place| format!("{}.{}", place.table, place.column))
        .collect();
    assert_eq!(found, moved, "left: the schema; right: what a join moves");
}

fn dated(mut document: Value, on: chrono::NaiveDate, letters: &str) -> Value {
    document["referred_on"] = json!(on);
    document["assessment"] = dash(letters);
    document["assessment"]["assessed_on"] = json!(on);
    document
}

#[actix_web::test]
async fn counts_dates_criteria_and_risk_go_back_to_the_truth() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let before = desk.app.today() - chrono::Days::new(10);
    let mut low = dated(
        referral("Okafor", "Stone"),
        before,
        "YNNNNNNNNNNNNNNNNNNNNNNN",
    );
    low["criteria"] = json!({ "professional_judgement": "She says little, out of fear." });
    let sent = desk.sent(&w.officer, w.wcc, low).await;
    let case = file(&desk.accept_with(&sent, json!({})).await.expect(200));
    let path = format!("/cases/{case}");
    let stood = desk.get(&w.coordinator, &path).await;
    let today = desk.app.today();
    let high = dated(
        referral("Okafor", "Stone"),
        today,
        "YYYYYYYYYYYYYYYNNNNNNNND",
    );
    let joined = desk.joined(case, high).await;
    let with = desk.get(&w.coordinator, &path).await;
    assert_eq!(
        (&with["score"], &with["last_referral_on"]),
        (&json!(15), &json!(today))
    );
    let repeats = || -> Vec<Text> {
        sql(
            "select concat_ws(' ', r.is_repeat, n.case_id = r.case_id) as text from referrals r \
             join referral_counts n on n.referral_id = r.id where r.id = $1",
        )
        .bind(id(&joined))
        .load(&mut desk.app.owner())
        .unwrap()
    };
    assert_eq!(repeats()[0].text, "t t");
    desk.unjoin(&joined).await.expect(200);
    let after = desk.get(&w.coordinator, &path).await;
    for field in [
        "status",
        "score",
        "raised",
        "higher_before",
        "beside",
        "criteria",
        "last_referral_on",
        "lapses_on",
        "has_children",
    ] {
        assert_eq!(after[field], stood[field], "{field}");
    }
    assert_eq!(repeats()[0].text, "f t");
    let own = desk
        .get(&w.coordinator, &format!("/cases/{}", file(&joined)))
        .await;
    assert_eq!(
        (&own["score"], &own["criteria"]),
        (&json!(15), &json!(["visible_high_risk"]))
    );
    assert_eq!(own["last_referral_on"], json!(today));
    // Both are found by their people again.
    let again = desk
        .sent(&w.officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    let known = desk.accept_with(&again, json!({})).await;
    let both: BTreeSet<String> = [case, file(&joined)].map(|one| one.to_string()).into();
    let found = known.body["ids"].as_array().unwrap().iter();
    assert_eq!(
        found
            .map(|one| one.as_str().unwrap().to_owned())
            .collect::<BTreeSet<_>>(),
        both
    );
}

#[actix_web::test]
async fn what_a_listing_of_the_joined_referral_opened_closes_and_its_file_waits_for_a_list() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let meeting = id(&planned(&desk.app, w).await);
    let sent = desk
        .sent(&w.other_officer, w.wcc, referral("Lind", "Moss"))
        .await;
    let agenda = json!({ "meeting_id": meeting, "agencies": [w.housing] });
    let body = json!({ "join_case_id": case, "reason": "She has married.", "agenda": agenda });
    desk.accept_with(&sent, body).await.expect(200);
    assert_eq!(desk.unjoin(&sent).await.body["reason"], "on_an_agenda");
    step(&desk.app, &w.coordinator, meeting, "circulate").await;
    desk.file(&w.housing_rep, case).await.expect(200);
    let list = agenda_of(&desk.app, &w.coordinator, meeting).await;
    let item = list["items"].as_array().unwrap()[0].clone();
    let off = format!("/agenda-items/{}/withdraw", id(&item));
    let caller = desk.app.as_(&w.coordinator).if_match(&etag(&item));
    let withdrawn = caller
        .post(&off, json!({ "reason": "Another family." }))
        .await;
    withdrawn.expect(200);
    desk.unjoin(&sent).await.expect(200);
    for side in [case, file(&sent)] {
        desk.assert_hidden(&w.housing_rep, side).await;
    }
    let own = desk
        .get(&w.coordinator, &format!("/cases/{}", file(&sent)))
        .await;
    assert_eq!(own["status"], "listed", "lists that are built take it up");
    // The reasons are read by coordinator and chair, and by nobody else.
    let joins = format!("/cases/{case}/joins");
    for by in [&w.coordinator, &w.chair] {
        let found = desk.get(by, &joins).await;
        let one = &found["items"][0];
        assert_eq!(one["reason"], "She has married.");
        assert_eq!(one["unjoin_reason"], "It was another family.");
        assert_eq!(one["unjoined_by"], json!(w.coordinator.id));
    }
    assert_eq!(desk.app.as_(&w.officer).get(&joins).await.status, 403);
}

#[actix_web::test]
async fn a_case_that_was_heard_with_it_keeps_it() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let meeting = id(&planned(&desk.app, w).await);
    let item = listed(&desk.app, w, meeting, case, &[w.housing]).await;
    let sent = desk.joined(case, referral("Okafor", "Stone")).await;
    step(&desk.app, &w.coordinator, meeting, "circulate").await;
    step(&desk.app, &w.chair, meeting, "start").await;
    let list = agenda_of(&desk.app, &w.coordinator, meeting).await;
    let now = list["items"].as_array().unwrap().iter();
    let now = now
        .into_iter()
        .find(|one| id(one) == id(&item))
        .unwrap()
        .clone();
    hear(&desk.app, w, &now).await;
    assert_eq!(desk.unjoin(&sent).await.body["reason"], "heard");
}

#[actix_web::test]
async fn a_case_that_had_lapsed_or_lapsed_since_rests_and_the_referral_does_not() {
    let desk = Desk::new().await;
    let w = &desk.world;
    for (number, since) in [false, true].into_iter().enumerate() {
        let name = ["Okafor", "Novak"][number];
        let case = desk.case(name).await;
        let lapse = || {
            sql("update cases set status = 'lapsed' where id = $1")
                .bind(case)
                .execute(&mut desk.app.owner())
                .unwrap();
        };
        if !since {
            lapse();
        }
        let sent = desk.joined(case, referral(name, "Stone")).await;
        if since {
            lapse();
        } else {
            desk.file(&w.officer, case).await.expect(200);
        }
        desk.unjoin(&sent).await.expect(200);
        let rests = desk.get(&w.coordinator, &format!("/cases/{case}")).await;
        assert_eq!(rests["status"], "lapsed");
        desk.assert_hidden(&w.officer, case).await;
        let own = desk.file(&w.other_officer, file(&sent)).await.expect(200);
        assert_eq!(own["status"], "listed");
    }
}

#[actix_web::test]
async fn a_case_waits_for_a_list_while_another_joined_referral_is_left_in_it() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let close = "update cases set status = 'closed', closed_at = now() where id = $1";
    sql(close)
        .bind(case)
        .execute(&mut desk.app.owner())
        .unwrap();
    let first = desk.joined(case, referral("Okafor", "Stone")).await;
    let second = desk.joined(case, referral("Okafor", "Stone")).await;
    let status = async || {
        let path = format!("/cases/{case}");
        desk.get(&desk.world.coordinator, &path).await["status"].clone()
    };
    desk.unjoin(&first).await.expect(200);
    assert_eq!(status().await, "listed", "the second one is to be heard");
    desk.unjoin(&second).await.expect(200);
    assert_eq!(status().await, "closed", "where it stood before both");
}

#[actix_web::test]
async fn a_number_that_a_joined_referral_calls_unsafe_is_unsafe() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let mut document = referral("Okafor", "Stone");
    document["survivor"]["contacts"][0]["safe_to_call"] = json!(false);
    let sent = desk.joined(case, document).await;
    let numbers = async || {
        let path = format!("/cases/{case}/parties");
        let parties = desk.get(&desk.world.coordinator, &path).await;
        let parties = parties["items"].as_array().unwrap().clone();
        let survivor = parties.into_iter().find(|one| one["role"] == "survivor");
        survivor.unwrap()["contacts"].as_array().unwrap().clone()
    };
    let safe = |numbers: Vec<Value>| numbers[0]["contact"]["safe_to_call"].clone();
    assert_eq!(safe(numbers().await), false);
    desk.unjoin(&sent).await.expect(200);
    assert_eq!(safe(numbers().await), false, "no guard falls by itself");
}

#[actix_web::test]
async fn an_exclusion_set_while_its_file_is_joined_holds_or_is_refused() {
    let desk = Desk::new().await;
    let w = &desk.world;
    for (number, name) in ["Okafor", "Novak", "Lind", "Moss", "Berg", "Hale"]
        .into_iter()
        .enumerate()
    {
        let case = desk.case(name).await;
        let document = referral(name, "Stone");
        let sent = desk.sent(&w.other_officer, w.wcc, document).await;
        let wait = std::time::Duration::from_millis(8 * number as u64);
        let exclude = async {
            actix_web::rt::time::sleep(wait).await;
            let path = format!("/cases/{}/exclusions", file(&sent));
            let body = json!({ "user_id": w.chair.id, "reason": "A brother of his." });
            desk.app.as_(&w.coordinator).post(&path, body).await.status
        };
        let body = json!({ "join_case_id": case, "reason": "The same people." });
        let (excluded, joined) =
            futures_util::future::join(exclude, desk.accept_with(&sent, body)).await;
        joined.expect(200);
        assert!([201, 404].contains(&excluded), "{excluded}");
        let seen = desk.file(&w.chair, case).await.status;
        assert_eq!(seen, if excluded == 201 { 404 } else { 200 }, "{name}");
        let path = format!("/cases/{case}/exclusions");
        desk.get(&w.coordinator, &path).await;
    }
}

/// The file that was joined is no more, but the audit tells of it.
#[actix_web::test]
async fn an_exclusion_or_restriction_set_after_a_join_holds_on_the_file_that_was_joined() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let sent = desk.joined(case, referral("Okafor", "Stone")).await;
    let told = async || {
        let path = format!("/audit?marac_id={}", w.wcc);
        let audit = desk.get(&w.chair, &path).await;
        audit.to_string().contains(&file(&sent).to_string())
    };
    assert!(told().await);
    let set = desk
        .excluded(&w.coordinator, case, json!({ "user_id": w.chair.id }))
        .await;
    assert!(!told().await);
    desk.lift(&w.coordinator, case, &set).await;
    assert!(told().await);
    desk.restrict(&w.coordinator, case, vec![w.idva.id]).await;
    assert!(!told().await);
    let path = format!("/cases/{case}/restriction");
    let state = desk.get(&w.coordinator, &path).await;
    let caller = desk.app.as_(&w.coordinator).if_match(&etag(&state));
    let lift = format!("{path}/lift");
    caller.post(&lift, Value::Null).await.expect(200);
    assert!(told().await);
}

#[actix_web::test]
async fn whoever_a_restriction_named_on_the_file_is_named_there_again() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let named = World::person(&desk.app, "named", w.health, &[(w.wcc, "practitioner")]);
    let sent = desk
        .sent(&w.other_officer, w.wcc, referral("Lind", "Moss"))
        .await;
    desk.restrict(&w.coordinator, file(&sent), vec![named.id])
        .await;
    let body = json!({ "join_case_id": case, "reason": "The same household." });
    desk.accept_with(&sent, body).await.expect(200);
    desk.assert_hidden(&named, case).await;
    desk.unjoin(&sent).await.expect(200);
    desk.file(&named, file(&sent)).await.expect(200);
    desk.assert_hidden(&named, case).await;
    for side in [case, file(&sent)] {
        desk.assert_hidden(&w.chair, side).await;
        desk.assert_hidden(&w.other_officer, side).await;
        let path = format!("/cases/{side}/restriction");
        let state = desk.get(&w.coordinator, &path).await;
        assert_eq!(state["restriction"]["reason"], "She works for a partner.");
    }
    let path = format!("/cases/{case}/restriction");
    let state = desk.get(&w.coordinator, &path).await;
    let caller = desk.app.as_(&w.coordinator).if_match(&etag(&state));
    let lift = format!("{path}/lift");
    caller.post(&lift, Value::Null).await.expect(200);
    desk.file(&w.chair, case).await.expect(200);
    desk.assert_hidden(&w.chair, file(&sent)).await;
    desk.file(&named, file(&sent)).await.expect(200);
    let path = format!("/cases/{}/restriction", file(&sent));
    let state = desk.get(&w.coordinator, &path).await;
    assert_eq!(state["restriction"]["laid"], Value::Null);
    let caller = desk.app.as_(&w.coordinator).if_match(&etag(&state));
    let lift = format!("{path}/lift");
    caller.post(&lift, Value::Null).await.expect(200);
    for side in [case, file(&sent)] {
        desk.file(&w.chair, side).await.expect(200);
        desk.assert_hidden(&named, side).await;
    }
    desk.file(&w.other_officer, file(&sent)).await.expect(200);
}

/// What a further referral says else of an address or a number that is known is kept beside it, and opens
/// nothing: not the address that the perpetrator is said to know, not the number that was called unsafe.
#[actix_web::test]
async fn what_is_said_else_of_a_known_address_or_number_is_kept_and_opens_nothing() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let mut document = referral("Okafor", "Stone");
    document["survivor"]["addresses"][0]["known_to_perpetrator"] = json!("no");
    document["survivor"]["contacts"][0]["safe_to_call"] = json!(false);
    let sent = desk.sent(&w.officer, w.wcc, document).await;
    desk.accept_with(&sent, json!({})).await.expect(200);
    let case = file(&sent);
    let mut other = referral("Okafor", "Stone");
    other["survivor"]["contacts"][0]["notes"] = json!("Never after five.");
    let sent = desk.joined(case, other).await;
    let survivor = async || {
        let path = format!("/cases/{case}/parties");
        let people = desk.get(&w.coordinator, &path).await;
        let people = people["items"].as_array().unwrap().clone();
        people
            .into_iter()
            .find(|one| one["role"] == "survivor")
            .unwrap()
    };
    let said = survivor().await;
    let known = |part: &Value| part["address"]["lines"] == "Flat 2, 11 Invented Street";
    let addresses = said["addresses"].as_array().unwrap();
    let marks: Vec<_> = addresses.iter().filter(|one| known(one)).collect();
    let marks: Vec<_> = marks
        .iter()
        .map(|one| {
            (
                &one["address"]["known_to_perpetrator"],
                &one["address"]["confidential"],
            )
        })
        .collect();
    assert_eq!(
        marks,
        [(&json!("no"), &json!(false)), (&json!("yes"), &json!(true))]
    );
    assert_eq!(addresses.len(), 3, "the refuge is said once: {said:#?}");
    let contacts = said["contacts"].as_array().unwrap();
    let notes: Vec<_> = contacts
        .iter()
        .map(|one| (&one["contact"]["notes"], &one["contact"]["safe_to_call"]))
        .collect();
    assert_eq!(
        notes,
        [
            (
                &json!("After ten, she says her sister is calling."),
                &json!(false)
            ),
            (&json!("Never after five."), &json!(false))
        ]
    );
    desk.unjoin(&sent).await.expect(200);
    let said = survivor().await;
    assert_eq!(said["addresses"].as_array().unwrap().len(), 2);
    assert_eq!(said["contacts"].as_array().unwrap().len(), 1);
}

/// An address or a number that is written in other words is no way around its guard, neither by a further
/// referral nor by adding it by hand.
#[actix_web::test]
async fn no_guard_falls_by_writing_an_address_or_a_number_in_other_words() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let at = |lines: &str, postcode: Value, more: Value| {
        let mut address = json!({ "kind": "current", "lines": lines, "postcode": postcode, "known_to_perpetrator": "no" });
        let fields = more.as_object().unwrap().clone();
        address.as_object_mut().unwrap().extend(fields);
        address
    };
    let hidden = at(
        "7 Larder Lane",
        json!("SW4 9NA"),
        json!({ "confidential": true }),
    );
    let opened = json!({ "known_to_perpetrator": "yes" });
    for (number, other) in [
        at("7 Larder Ln", json!("SW4 9NA"), opened.clone()),
        at("7 Larder Lane, London", json!("SW4 9NA"), opened.clone()),
        at("7 Larder Lane", Value::Null, opened.clone()),
        at(
            "Flat 2, 7 Larder Lane",
            json!("SW4 9NA"),
            json!({ "known_to_perpetrator": "yes", "confidential": false }),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let name = ["Lind", "Moss", "Berg", "Hale"][number];
        let document = |address: &Value, call: bool, phone: &str| {
            let mut document = referral(name, "Stone");
            document["survivor"]["addresses"] = json!([address]);
            document["survivor"]["contacts"] =
                json!([{ "kind": "phone", "value": phone, "safe_to_call": call }]);
            document
        };
        let unsafe_number = format!("07700 90011{number}");
        let sent = desk
            .sent(&w.officer, w.wcc, document(&hidden, false, &unsafe_number))
            .await;
        desk.accept_with(&sent, json!({})).await.expect(200);
        let case = file(&sent);
        let abroad = unsafe_number.replacen('0', "+44", 1);
        desk.joined(case, document(&other, true, &abroad)).await;
        let parties = format!("/cases/{case}/parties");
        let survivor = async || {
            let people = desk.get(&w.coordinator, &parties).await;
            let mut people = people["items"].as_array().unwrap().clone().into_iter();
            people.find(|one| one["role"] == "survivor").unwrap()
        };
        let said = survivor().await;
        for address in said["addresses"].as_array().unwrap() {
            assert_eq!(
                address["address"]["confidential"], true,
                "{name}: {said:#?}"
            );
        }
        let coordinator = desk.app.as_(&w.coordinator);
        let path = format!("{parties}/{}", id(&said));
        let mut unsaid = other.clone();
        unsaid.as_object_mut().unwrap().remove("confidential");
        let added = coordinator
            .post(&format!("{path}/addresses"), unsaid)
            .await
            .expect(201);
        assert_eq!(added["address"]["confidential"], true);
        let contact = json!({ "kind": "phone", "value": abroad, "safe_to_call": true });
        let added = coordinator
            .post(&format!("{path}/contacts"), contact)
            .await
            .expect(201);
        assert_eq!(added["contact"]["safe_to_call"], false);
        for contact in survivor().await["contacts"].as_array().unwrap() {
            assert_eq!(contact["contact"]["safe_to_call"], false, "{name}");
        }
    }
}

/// The other way round: what a further referral calls confidential or unsafe becomes so, in whatever words.
#[actix_web::test]
async fn a_guard_that_a_further_referral_raises_holds_for_other_words_of_the_same() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let said = |lines: &str, guarded: bool, phone: &str| {
        let mut document = referral("Okafor", "Stone");
        document["survivor"]["addresses"] = json!([{ "kind": "current", "lines": lines, "postcode": "SW4 9NA",
            "known_to_perpetrator": "no", "confidential": guarded }]);
        document["survivor"]["contacts"] =
            json!([{ "kind": "phone", "value": phone, "safe_to_call": !guarded }]);
        document
    };
    let document = said("7 Larder Ln", false, "+44 7700 900115");
    let sent = desk.sent(&w.officer, w.wcc, document).await;
    desk.accept_with(&sent, json!({})).await.expect(200);
    let case = file(&sent);
    desk.joined(case, said("7 Larder Lane", true, "07700900115"))
        .await;
    let people = desk
        .get(&w.coordinator, &format!("/cases/{case}/parties"))
        .await;
    let mut people = people["items"].as_array().unwrap().iter();
    let survivor = people.find(|one| one["role"] == "survivor").unwrap();
    for address in survivor["addresses"].as_array().unwrap() {
        assert_eq!(address["address"]["confidential"], true, "{survivor:#?}");
    }
    for contact in survivor["contacts"].as_array().unwrap() {
        assert_eq!(contact["contact"]["safe_to_call"], false, "{survivor:#?}");
    }
}

/// What is set anew on the case is the case's own: it stays there, and is laid on the file.
#[actix_web::test]
async fn a_restriction_that_was_set_anew_on_the_case_stays_there() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let document = referral("Lind", "Moss");
    let sent = desk.sent(&w.other_officer, w.wcc, document).await;
    desk.restrict(&w.coordinator, file(&sent), vec![]).await;
    let body = json!({ "join_case_id": case, "reason": "The same household." });
    desk.accept_with(&sent, body).await.expect(200);
    desk.restrict(&w.coordinator, case, vec![w.idva.id]).await;
    desk.unjoin(&sent).await.expect(200);
    for (side, laid) in [(case, false), (file(&sent), true)] {
        desk.assert_hidden(&w.chair, side).await;
        let state = desk
            .get(&w.coordinator, &format!("/cases/{side}/restriction"))
            .await;
        assert_eq!(state["restriction"]["laid"].is_object(), laid, "{state:#?}");
    }
}

/// An exclusion that had been laid on the case already, and passed on to an account, changes sides whole.
#[actix_web::test]
async fn what_was_laid_and_inherited_goes_back_with_the_exclusion_it_came_from() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let document = referral("Okafor", "Stone");
    let sent = desk.sent(&w.other_officer, w.wcc, document).await;
    let second = World::person(&desk.app, "second", w.health, &[(w.wcc, "chair")]);
    let whom = json!({ "user_id": w.chair.id });
    let set = desk.excluded(&w.coordinator, file(&sent), whom).await;
    desk.app
        .owner()
        .batch_execute(&format!(
            "begin; select set_config('toldonce.user', '{}', true); \
             update users set email = 'changed@example.org' where id = '{}'; commit",
            w.chair.id, second.id
        ))
        .unwrap();
    let body = json!({ "join_case_id": case, "reason": "The same people." });
    desk.accept_with(&sent, body).await.expect(200);
    for who in [&w.chair, &second] {
        desk.assert_hidden(who, case).await;
    }
    desk.unjoin(&sent).await.expect(200);
    for side in [case, file(&sent)] {
        for who in [&w.chair, &second] {
            desk.assert_hidden(who, side).await;
        }
    }
    let live = desk.live(&w.coordinator, case).await;
    assert!(live.iter().all(|one| one["laid"].is_object()), "{live:#?}");
    for one in &live {
        let now = desk.live(&w.coordinator, case).await;
        if let Some(one) = now.iter().find(|now| now["id"] == one["id"]) {
            desk.lift(&w.coordinator, case, one).await;
        }
    }
    for who in [&w.chair, &second] {
        desk.file(who, case).await.expect(200);
        desk.assert_hidden(who, file(&sent)).await;
    }
    let live = desk.live(&w.coordinator, file(&sent)).await;
    let set = live.iter().find(|one| one["id"] == set["id"]).unwrap();
    desk.lift(&w.coordinator, file(&sent), set).await;
    for who in [&w.chair, &second] {
        desk.file(who, file(&sent)).await.expect(200);
    }
}

/// Taken out is what only that referral said: what a later one says as well stays.
#[actix_web::test]
async fn what_another_referral_says_as_well_stays() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let mut other = referral("Okafor", "Stone");
    other["survivor"]["addresses"][0]["lines"] = json!("Her sister's flat");
    other["survivor"]["contacts"][0]["value"] = json!("07700 900777");
    other["children"][0]["identity"]["given_names"] = json!("Kim");
    let first = desk.joined(case, other.clone()).await;
    other["survivor"]["contacts"][0]["value"] = json!("07700 900888");
    let second = desk.joined(case, other).await;
    let seen = async |words: [&str; 4]| {
        let path = format!("/cases/{case}/parties");
        let people = desk.get(&w.coordinator, &path).await.to_string();
        words.map(|word| people.matches(word).count())
    };
    let words = ["Her sister's flat", "Kim", "07700 900777", "07700 900888"];
    assert_eq!(seen(words).await, [1, 1, 1, 1]);
    desk.unjoin(&first).await.expect(200);
    assert_eq!(seen(words).await, [1, 1, 0, 1]);
    desk.unjoin(&second).await.expect(200);
    assert_eq!(seen(words).await, [0, 0, 0, 0]);
}

/// Whoever loses hears that somebody was first, not that there is nothing.
#[actix_web::test]
async fn of_six_who_accept_or_take_out_at_once_one_does_and_the_others_are_late() {
    let desk = Desk::new().await;
    let case = desk.case("Okafor").await;
    let document = referral("Okafor", "Stone");
    let sent = desk
        .sent(&desk.world.other_officer, desk.world.wcc, document)
        .await;
    let coordinator = desk.app.as_(&desk.world.coordinator);
    let path = format!("/referrals/{}", id(&sent));
    for (what, body) in [
        (
            "accept",
            json!({ "join_case_id": case, "reason": "The same people." }),
        ),
        ("unjoin", json!({ "reason": "It was another family." })),
    ] {
        let read = coordinator.get(&path).await.expect(200);
        let caller = coordinator.clone().if_match(&etag(&read));
        let at = format!("{path}/{what}");
        let all = (0..6).map(|_| caller.post(&at, body.clone()));
        let answers = futures_util::future::join_all(all).await;
        let mut found: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        found.sort_unstable();
        assert_eq!(found, [200, 412, 412, 412, 412, 412], "{what}");
    }
}
