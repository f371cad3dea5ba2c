//! Names are found however they are written, also those of files that an older version of the program made; and what
//! is unlikely is said to the writer without refusing anything.

use casework::people::TOKENS_VERSION;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::Desk;
use crate::support::{Caller, TestApp, World, etag, id, referral};

struct Scene {
    app: TestApp,
    world: World,
}

impl Scene {
    async fn set() -> Self {
        let app = TestApp::new().await;
        let world = World::make(&app);
        Self { app, world }
    }

    fn coordinator(&self) -> Caller<'_> {
        self.app.as_(&self.world.coordinator)
    }

    async fn sent(&self, survivor: &str, given: &str) -> Value {
        let mut document = referral(survivor, "Stone");
        document["survivor"]["identity"]["given_names"] = json!(given);
        document["survivor"]["identity"]["date_of_birth"] = json!("1990-04-02");
        document["perpetrators"][0]["identity"]["date_of_birth"] = json!("1985-11-20");
        let body = json!({ "marac_id": self.world.wcc, "referral": document });
        let officer = self.app.as_(&self.world.officer);
        officer.post("/referrals", body).await.expect(201)
    }

    async fn accepted(&self, sent: &Value) -> Value {
        let path = format!("/referrals/{}/accept", id(sent));
        let coordinator = self.coordinator().if_match(&etag(sent));
        coordinator.post(&path, json!({})).await.expect(200)
    }

    async fn found(&self, family: &str, given: &str) -> usize {
        let who =
            json!({ "family_name": family, "given_names": given, "date_of_birth": "1990-04-02" });
        let found = self
            .coordinator()
            .post("/people/search", who)
            .await
            .expect(200);
        found["items"].as_array().unwrap().len()
    }
}

#[derive(Debug, Row)]
struct Versions {
    old: i64,
    tokens: i64,
}

#[derive(Debug, PartialEq, Row)]
struct Token {
    case_id: Uuid,
    kind: String,
    token: Vec<u8>,
}

impl Scene {
    /// What every file is found by today.
    fn tokens(&self) -> Vec<Token> {
        sql("select case_id, kind, token from match_tokens where version = $1 order by case_id, kind, token")
            .bind(TOKENS_VERSION)
            .load(&mut self.app.owner())
            .unwrap()
    }

    fn versions(&self) -> Versions {
        sql("select count(*) filter (where version < $1) as old, count(*) as tokens from match_tokens")
            .bind(TOKENS_VERSION)
            .get_result(&mut self.app.owner())
            .unwrap()
    }

    fn make_old(&self, case: Uuid, people: &[(&'static str, [&str; 3])]) {
        make_old(&self.app, self.world.wcc, case, people);
    }
}

/// Puts the file's tokens there as the version before had made them.
fn make_old(app: &TestApp, marac: Uuid, case: Uuid, people: &[(&'static str, [&str; 3])]) {
    let mut owner = app.owner();
    for text in [
        "delete from match_tokens where case_id = $1",
        "update cases set tokens_version = 1 where id = $1",
    ] {
        sql(text).bind(case).execute(&mut owner).unwrap();
    }
    let hash = |kind: &'static str, parts: Vec<&str>| (kind, app.keys.index(kind, &parts));
    let mut tokens: Vec<_> = people
        .iter()
        .map(|(kind, who)| hash(kind, who.to_vec()))
        .collect();
    if let [survivor, perpetrator] = people {
        tokens.push(hash("pair", [survivor.1, perpetrator.1].concat()));
    }
    for (kind, token) in tokens {
        sql("insert into match_tokens (marac_id, case_id, kind, token) values ($1, $2, $3, $4)")
            .bind(marac)
            .bind(case)
            .bind(kind)
            .bind(token)
            .execute(&mut owner)
            .unwrap();
    }
}

#[actix_web::test]
async fn somebody_is_found_however_the_name_is_written() {
    let scene = Scene::set().await;
    let sent = scene.sent("Strauß-O’Brien", "Zoë İpek").await;
    scene.accepted(&sent).await;
    for (family, given) in [
        ("Strauß-O’Brien", "Zoë İpek"),
        ("STRAUSS OBRIEN", "ZOE IPEK"),
        ("strauss o'brien", "zoe ıpek"),
        ("Ｓtraußobrien", "Zoe\u{308} I\u{307}pek"),
    ] {
        assert_eq!(scene.found(family, given).await, 1, "{family} {given}");
    }
    assert_eq!(scene.found("Straus OBrien", "Zoe Ipek").await, 0);
    let kept = &sent["referral"]["survivor"]["identity"];
    assert_eq!(
        (&kept["family_name"], &kept["given_names"]),
        (&json!("Strauß-O’Brien"), &json!("Zoë İpek"))
    );
}

/// A repeat is a repeat, though the second form writes the name another way.
#[actix_web::test]
async fn a_pair_is_known_again_in_another_spelling() {
    let scene = Scene::set().await;
    let first = scene.sent("Łukasińska", "Zoë").await;
    scene.accepted(&first).await;
    let again = scene.sent("LUKASINSKA", "Zoe").await;
    let path = format!("/referrals/{}/matches", id(&again));
    let matches = scene.coordinator().get(&path).await.expect(200);
    assert_eq!(matches["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn older_tokens_are_made_anew_by_any_number_of_servers_and_from_where_one_stopped() {
    let scene = Scene::set().await;
    let mut files = Vec::new();
    for given in ["Zoë", "Anaïs", "Chloé"] {
        let sent = scene.sent("Strauß", given).await;
        let accepted = scene.accepted(&sent).await;
        let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
        files.push((case, given.to_lowercase()));
    }
    let made = scene.tokens();
    for (case, given) in &files {
        let survivor = ["strauß", given.as_str(), "1990-04-02"];
        let people = [
            ("survivor", survivor),
            ("perpetrator", ["stone", "karl", "1985-11-20"]),
        ];
        scene.make_old(*case, &people);
    }
    assert_eq!(scene.found("Strauss", "Zoe").await, 0);
    // As it was written it is found by the older tokens too.
    assert_eq!(scene.found("STRAUß", "zoË").await, 1);
    let before = scene.versions();
    assert_eq!((before.old, before.tokens), (9, 9));
    let servers = [
        scene.app.parts.db.clone(),
        scene.app.parts.db.clone(),
        scene.app.parts.db.clone(),
    ];
    let done: usize = std::thread::scope(|scope| {
        let renew = |db| casework::people::renew_old_tokens(db).unwrap();
        let running: Vec<_> = servers
            .iter()
            .map(|db| scope.spawn(move || renew(db)))
            .collect();
        running
            .into_iter()
            .map(|server| server.join().unwrap())
            .sum()
    });
    assert!((1..=6).contains(&done), "{done}");
    casework::people::renew_old_tokens(&scene.app.parts.db).unwrap();
    // Found by all that a file of today is found by: also by kinds of tokens that were not there before.
    let after = scene.versions();
    assert_eq!(after.old, 0);
    assert_eq!(scene.tokens(), made);
    for given in ["Zoe", "Anais", "CHLOÉ"] {
        assert_eq!(scene.found("STRAUSS", given).await, 1, "{given}");
    }
    // Nothing is left to do, and what cannot be read ends nobody's work.
    assert_eq!(
        casework::people::renew_old_tokens(&scene.app.parts.db).unwrap(),
        0
    );
}

/// Somebody who cannot be read keeps what they are found by, holds nobody else up, and is renewed once mended.
#[actix_web::test]
async fn somebody_who_cannot_be_read_is_renewed_once_they_can() {
    let scene = Scene::set().await;
    let mut files = Vec::new();
    for given in ["Zoë", "Chloé"] {
        let accepted = scene.accepted(&scene.sent("Strauß", given).await).await;
        let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
        let given = given.to_lowercase();
        let survivor = ["strauß", given.as_str(), "1990-04-02"];
        scene.make_old(case, &[("survivor", survivor)]);
        files.push(case);
    }
    let mut owner = scene.app.owner();
    owner
        .batch_execute(
            "create table kept_people as select id, identity from parties; \
             create table kept_forms as select id, document from referrals",
        )
        .unwrap();
    for text in [
        "update parties set identity = '\\x01' where case_id = $1",
        "update referrals set document = '\\x01' where case_id = $1",
    ] {
        sql(text).bind(files[0]).execute(&mut owner).unwrap();
    }
    let renew = || casework::people::renew_old_tokens(&scene.app.parts.db).unwrap();
    assert!(renew() >= 2);
    // The file that can be read is done; the other keeps its token, and nobody turns to it again and again.
    assert_eq!(scene.found("STRAUSS", "CHLOE").await, 1);
    assert_eq!(scene.found("Strauß", "Zoë").await, 1);
    assert_eq!(scene.found("STRAUSS", "ZOE").await, 0);
    assert_eq!((scene.versions().old, renew()), (1, 0));
    owner
        .batch_execute(
            "update parties p set identity = k.identity from kept_people k where k.id = p.id; \
             update referrals r set document = k.document from kept_forms k where k.id = r.id",
        )
        .unwrap();
    assert_eq!(renew(), 1);
    assert_eq!(scene.found("STRAUSS", "ZOE").await, 1);
    assert_eq!((scene.versions().old, renew()), (0, 0));
}

/// Of somebody without a date of birth the version before made no token.
#[actix_web::test]
async fn a_file_without_any_token_gets_its_first_ones() {
    let scene = Scene::set().await;
    let accepted = scene.accepted(&scene.sent("Strauß", "Zoë").await).await;
    let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
    casework::people::renew_old_tokens(&scene.app.parts.db).unwrap();
    let made = scene.tokens();
    assert!(made.len() > 5, "{made:?}");
    scene.make_old(case, &[]);
    assert_eq!(scene.tokens(), []);
    assert_eq!(
        casework::people::renew_old_tokens(&scene.app.parts.db).unwrap(),
        1
    );
    assert_eq!(scene.tokens(), made);
}

/// A case that was corrected is found in the spelling of its referral, also once its tokens are made anew.
#[actix_web::test]
async fn what_the_referral_of_a_corrected_case_says_is_made_anew_too() {
    let scene = Scene::set().await;
    let accepted = scene.accepted(&scene.sent("Strauß", "Zoë").await).await;
    let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
    let path = format!("/cases/{case}/parties");
    let people = scene.coordinator().get(&path).await.expect(200);
    let mut people = people["items"].as_array().unwrap().iter();
    let she = people.find(|one| one["role"] == "survivor").unwrap();
    let corrected = json!({ "family_name": "Weiß", "given_names": "Chloé" });
    let caller = scene.coordinator().if_match(&etag(she));
    let path = format!("{path}/{}", id(she));
    caller.patch(&path, corrected).await.expect(200);
    casework::people::renew_old_tokens(&scene.app.parts.db).unwrap();
    let made = scene.tokens();
    // As version 2 had left it, and as version 1 had.
    let mut owner = scene.app.owner();
    owner
        .batch_execute(
            "delete from match_tokens where kind in ('pair_born', 'given_born', 'place_sound', 'door'); \
             update match_tokens set version = 2; update cases set tokens_version = 2",
        )
        .unwrap();
    let renew = || casework::people::renew_old_tokens(&scene.app.parts.db).unwrap();
    assert_eq!(renew(), 1);
    assert_eq!(scene.tokens(), made);
    let born = "1990-04-02";
    let survivor = ("survivor", ["weiß", "chloé", born]);
    scene.make_old(
        case,
        &[survivor, ("perpetrator", ["stone", "karl", "1985-11-20"])],
    );
    assert_eq!(renew(), 1);
    assert_eq!(scene.tokens(), made);
    assert_eq!(scene.found("Strauss", "Zoe").await, 0);
    assert_eq!(scene.found("Weiss", "Chloe").await, 1);
    let again = scene.sent("STRAUSS", "ZOE").await;
    let path = format!("/referrals/{}/matches", id(&again));
    let matches = scene.coordinator().get(&path).await.expect(200);
    assert_eq!(matches["items"][0]["case_id"], json!(case));
}

/// Two files of one woman that the older folding told apart: whoever is shut out of one is shut out of both.
#[actix_web::test]
async fn what_a_renewed_token_links_is_followed_by_exclusions_and_restrictions() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let second = World::person(
        &desk.app,
        "second",
        w.coordination,
        &[(w.wcc, "coordinator")],
    );
    let born = "1990-04-02";
    let files = async |family: &str, given: &str| {
        let mut document = referral(family, "Stone");
        document["survivor"]["identity"]["given_names"] = json!(given);
        document["survivor"]["identity"]["date_of_birth"] = json!(born);
        desk.sent(&w.officer, w.wcc, document).await
    };
    let file = |sent: &Value| -> Uuid { sent["case_id"].as_str().unwrap().parse().unwrap() };
    let status = async |who, sent: &Value| {
        let path = format!("/referrals/{}", id(sent));
        desk.app.as_(who).get(&path).await.status
    };
    let marks = files("Strauß", "Zoë").await;
    let letters = files("Strauss", "Zoe").await;
    let old = |sent: &Value, who: [&str; 3]| {
        make_old(&desk.app, w.wcc, file(sent), &[("survivor", who)]);
    };
    old(&marks, ["strauß", "zoë", born]);
    old(&letters, ["strauss", "zoe", born]);
    let chair = json!({ "user_id": w.chair.id });
    let set = desk.excluded(&w.coordinator, file(&marks), chair).await;
    desk.restrict(&w.coordinator, file(&marks), vec![w.coordinator.id])
        .await;
    assert_eq!(status(&w.chair, &letters).await, 200);
    assert_eq!(status(&second, &letters).await, 200);
    // A file that comes in before the older ones are renewed is known by what they were made of.
    let same = files("STRAUß", "zoë").await;
    assert_eq!(status(&w.chair, &same).await, 404);
    assert_eq!(status(&second, &same).await, 404);
    let renewed = casework::people::renew_old_tokens(&desk.app.parts.db).unwrap();
    assert!(renewed >= 3, "{renewed}");
    for sent in [&marks, &letters, &same] {
        assert_eq!(status(&w.chair, sent).await, 404);
        assert_eq!(status(&second, sent).await, 404);
        assert_eq!(status(&w.coordinator, sent).await, 200);
    }
    let laid = desk.live(&w.coordinator, file(&letters)).await;
    assert_eq!(laid.len(), 1);
    assert_eq!(laid[0]["laid"]["from_case_id"], json!(file(&marks)));
    // They end with their origin, and what was lifted is not laid again by looking once more.
    desk.lift(&w.coordinator, file(&marks), &set).await;
    old(&letters, ["strauss", "zoe", born]);
    casework::people::renew_old_tokens(&desk.app.parts.db).unwrap();
    assert_eq!(desk.live(&w.coordinator, file(&letters)).await.len(), 0);
}

fn codes(answer: &Value) -> Vec<String> {
    let advice = answer["advice"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer:#}"));
    let one = |one: &Value| {
        assert!(!one["message"].as_str().unwrap().is_empty());
        format!(
            "{} {}",
            one["pointer"].as_str().unwrap(),
            one["code"].as_str().unwrap()
        )
    };
    advice.iter().map(one).collect()
}

/// From the draft to the case: the writer and the coordinator are told, and nobody is refused.
#[actix_web::test]
async fn what_is_unlikely_is_said_to_the_writer_and_to_the_coordinator() {
    let scene = Scene::set().await;
    let officer = scene.app.as_(&scene.world.officer);
    let mut document = referral("Okafor", "Okafor");
    document["perpetrators"][0]["identity"] = document["survivor"]["identity"].clone();
    document["perpetrators"][0]["addresses"] =
        json!([{ "kind": "current", "lines": "the safe house" }]);
    let child = json!({ "identity": { "family_name": "Okafor", "given_names": "Sam", "date_of_birth": "1989-06-01" } });
    document["children"] = json!([child, child]);
    document["survivor"]["addresses"][0]["postcode"] = json!("12345");
    let wanted = [
        "/referral/children/0/identity/date_of_birth child_is_adult",
        "/referral/children/0/identity/date_of_birth child_older_than_parent",
        "/referral/children/1/identity same_person_twice",
        "/referral/children/1/identity/date_of_birth child_is_adult",
        "/referral/children/1/identity/date_of_birth child_older_than_parent",
        "/referral/perpetrators/0/identity survivor_is_perpetrator",
        "/referral/survivor/addresses/0/postcode postcode_malformed",
        "/referral/survivor/addresses/1 confidential_address_of_both",
    ];
    let body = json!({ "marac_id": scene.world.wcc, "draft": true, "referral": document });
    let draft = officer.post("/referrals", body).await.expect(201);
    assert_eq!(codes(&draft), wanted);
    let path = format!("/referrals/{}", id(&draft));
    let sent = officer
        .clone()
        .if_match(&etag(&draft))
        .post(&format!("{path}/submit"), json!({}))
        .await;
    let sent = sent.expect(200);
    // What their addresses have in common is of a confidential one: the referrer no longer reads that.
    assert_eq!(codes(&sent), wanted[..6]);
    let read = scene.coordinator().get(&path).await.expect(200);
    assert_eq!(codes(&read), wanted);
    let accepted = scene.accepted(&read).await;
    assert_eq!(codes(&accepted), wanted);
    let people = format!("/cases/{}/parties", accepted["case_id"].as_str().unwrap());
    let read = scene.coordinator().get(&people).await.expect(200);
    assert_eq!(codes(&read).len(), wanted.len(), "{:#?}", codes(&read));
    let twin = json!({ "role": "child", "identity": child["identity"] });
    let added = scene.coordinator().post(&people, twin).await.expect(201);
    assert!(
        codes(&added).contains(&"/identity same_person_twice".to_owned()),
        "{:#?}",
        codes(&added)
    );
    let survivor = read["items"][0]["id"].as_str().unwrap();
    let address = json!({ "kind": "previous", "lines": "5 Rue Neuve", "postcode": "75008" });
    let added = scene
        .coordinator()
        .post(&format!("{people}/{survivor}/addresses"), address)
        .await
        .expect(201);
    assert!(
        codes(&added).contains(&"/postcode postcode_malformed".to_owned()),
        "{:#?}",
        codes(&added)
    );
}

#[actix_web::test]
async fn an_ordinary_referral_gets_no_advice() {
    let scene = Scene::set().await;
    let sent = scene.sent("Okafor", "Amina").await;
    assert_eq!(codes(&sent), Vec::<String>::new());
}
