//! Exclusions and restrictions follow people: from file to file, and to whatever an excluded person
//! makes.

use chrono::TimeDelta;
use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::casework::Desk;
use crate::support::{Client, Person, World, confirm_all, etag, id, referral};

#[derive(kernel::sql::Row)]
struct Row {
    id: Uuid,
}

impl Desk {
    pub async fn sent(&self, by: &Person, marac: Uuid, document: Value) -> Value {
        let body = json!({ "marac_id": marac, "referral": document });
        self.app.as_(by).post("/referrals", body).await.expect(201)
    }

    pub async fn excluded(&self, by: &Person, case: Uuid, whom: Value) -> Value {
        let mut body = whom;
        body["reason"] = json!("A brother of his.");
        let path = format!("/cases/{case}/exclusions");
        self.app.as_(by).post(&path, body).await.expect(201)
    }

    pub async fn lift(&self, by: &Person, case: Uuid, exclusion: &Value) {
        let path = format!("/cases/{case}/exclusions/{}/lift", id(exclusion));
        let caller = self.app.as_(by).if_match(&etag(exclusion));
        caller.post(&path, json!({})).await.expect(200);
    }

    /// The live exclusions of a file, as somebody reads them.
    pub async fn live(&self, by: &Person, case: Uuid) -> Vec<Value> {
        let path = format!("/cases/{case}/exclusions");
        let found = self.app.as_(by).get(&path).await.expect(200);
        let items = found["items"].as_array().unwrap().clone();
        items
            .into_iter()
            .filter(|one| one["live"] == true)
            .collect()
    }

    pub async fn restrict(&self, by: &Person, case: Uuid, named: Vec<Uuid>) -> Value {
        let path = format!("/cases/{case}/restriction");
        let state = self.app.as_(by).get(&path).await.expect(200);
        let body = json!({ "reason": "She works for a partner.", "named": named });
        let caller = self.app.as_(by).if_match(&etag(&state));
        caller.put(&path, body).await.expect(200)
    }

    async fn reads(&self, who: &Person, sent: &Value) -> u16 {
        let path = format!("/referrals/{}", id(sent));
        self.app.as_(who).get(&path).await.status
    }

    async fn inbox(&self, who: &Person, marac: Uuid) -> Vec<Uuid> {
        let path = format!("/referrals?inbox={marac}");
        let found = self.app.as_(who).get(&path).await.expect(200);
        found["items"].as_array().unwrap().iter().map(id).collect()
    }

    /// A session for an account that was made through the service.
    pub fn session(&self, user: Uuid) -> Person {
        let session_id = Uuid::now_v7();
        sql(
            "insert into sessions (id, user_id, password_at, expires_at, created_at) \
             values ($1, $2, $3, $3 + interval '1 year', $3)",
        )
        .bind(session_id)
        .bind(user)
        .bind(self.app.now())
        .execute(&mut self.app.owner())
        .unwrap();
        Person {
            id: user,
            session_id,
            agency_id: Uuid::nil(),
            email: String::new(),
        }
    }

    /// An agency's lead in WCC by somebody's word whom no exclusion concerns.
    pub fn made_lead(&self, user: Uuid) {
        sql("insert into role_grants (id, marac_id, user_id, role, created_at) values ($1, $2, $3, 'agency_lead', $4)")
            .bind(Uuid::now_v7())
            .bind(self.world.wcc)
            .bind(user)
            .bind(self.app.now())
            .execute(&mut self.app.owner())
            .unwrap();
    }

    pub async fn invited(&self, by: &Person, email: &str, roles: Value) -> Person {
        let body = json!({ "email": email, "name": "New Person", "roles": roles });
        let made = self.app.as_(by).post("/users", body).await.expect(201);
        self.session(id(&made["user"]))
    }
}

fn file(sent: &Value) -> Uuid {
    sent["case_id"].as_str().unwrap().parse().unwrap()
}

#[actix_web::test]
async fn a_chair_shut_out_of_a_case_never_sees_the_next_referral_of_the_couple() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let first = desk
        .excluded(&w.coordinator, case, json!({ "user_id": w.chair.id }))
        .await;
    let stranger = desk
        .sent(&w.other_officer, w.wcc, referral("Lind", "Moss"))
        .await;
    let sent = desk
        .sent(&w.other_officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    // The answer has the same shape whoever is known.
    let shape = |value: &Value| {
        let keys = value.as_object().unwrap().keys().cloned();
        (
            keys.collect::<Vec<_>>(),
            value["status"].clone(),
            value["etag"].clone(),
            value["advice"].clone(),
        )
    };
    assert_eq!(shape(&sent), shape(&stranger));
    let chair = desk.app.as_(&w.chair);
    let unknown = chair.get(&format!("/referrals/{}", Uuid::now_v7())).await;
    let hidden = chair.get(&format!("/referrals/{}", id(&sent))).await;
    assert_eq!(hidden.comparable(), unknown.comparable());
    assert_eq!(desk.inbox(&w.chair, w.wcc).await, [id(&stranger)]);
    let accept = format!("/referrals/{}/accept", id(&sent));
    let refused = chair
        .clone()
        .if_match(&etag(&sent))
        .post(&accept, json!({}))
        .await;
    assert_eq!(refused.status, 404);
    let told = chair.get("/notifications").await.expect(200);
    assert!(!told.to_string().contains(&id(&sent).to_string()));
    // The coordinator sees why, and where it was set.
    let laid = desk.live(&w.coordinator, file(&sent)).await;
    assert_eq!(laid.len(), 1);
    assert_eq!(laid[0]["user_id"], json!(w.chair.id));
    assert_eq!(
        laid[0]["laid"],
        json!({ "by": "same_pair", "from_case_id": case })
    );
    assert_eq!(laid[0]["reason"], "A brother of his.");
    // Lifting the first lifts what was laid from it.
    desk.lift(&w.coordinator, case, &first).await;
    assert_eq!(desk.reads(&w.chair, &sent).await, 200);
}

#[actix_web::test]
async fn it_follows_everybody_of_the_file_in_any_part_and_in_doubt_too() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let coordinator = desk.app.as_(&w.coordinator);
    let aunt = json!({ "role": "other_adult", "identity":
        { "family_name": "Bello", "given_names": "Ada", "date_of_birth": "1961-03-04" } });
    let path = format!("/cases/{case}/parties");
    coordinator.post(&path, aunt.clone()).await.expect(201);
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.chair.id }))
        .await;
    let known = referral("Okafor", "Stone");
    let person = |pointer: &str| known.pointer(pointer).unwrap().clone();
    let mut table: Vec<(&str, Value)> = Vec::new();
    let fresh = || {
        let mut other = referral("Lind", "Moss");
        other["survivor"]["identity"]["date_of_birth"] = json!("1971-09-09");
        other["perpetrators"][0]["identity"]["date_of_birth"] = json!("1969-08-08");
        other
    };
    for from in [
        "/survivor/identity",
        "/perpetrators/0/identity",
        "/children/0/identity",
    ] {
        for to in [
            "/survivor/identity",
            "/perpetrators/0/identity",
            "/children/0/identity",
        ] {
            let mut other = fresh();
            *other.pointer_mut(to).unwrap() = person(from);
            table.push(("same_person", other));
        }
    }
    let mut other = fresh();
    other["survivor"]["identity"] = aunt["identity"].clone();
    table.push(("same_person", other));
    let mut other = fresh();
    other["perpetrators"][0]["identity"]["aliases"] = json!(["stone KARL"]);
    other["perpetrators"][0]["identity"]["other_dates_of_birth"] = json!(["1985-11-20"]);
    table.push(("same_person", other));
    let mut other = fresh();
    other["survivor"]["contacts"][0]["value"] = json!("+44 (0)7700 900 123");
    table.push(("same_phone", other));
    let mut other = fresh();
    other["survivor"]["identity"]["family_name"] = json!("okafor");
    other["survivor"]["identity"]["given_names"] = json!("Ngozi");
    other["survivor"]["addresses"][0]["postcode"] = json!("w99zz");
    table.push(("same_place", other));
    let mut other = fresh();
    other["perpetrators"][0]["identity"] =
        json!({ "family_name": "Stohne", "given_names": "K.", "date_of_birth": "1985-01-01" });
    table.push(("similar_names", other));
    // No dates of birth at all: both whole names are enough.
    let mut other = fresh();
    other["survivor"]["identity"] = json!({ "family_name": "Okafor", "given_names": "Amina" });
    other["perpetrators"][0]["identity"] = json!({ "family_name": "Stone", "given_names": "Karl" });
    table.push(("similar_names", other));
    for (by, document) in table {
        let sent = desk.sent(&w.officer, w.wcc, document.clone()).await;
        assert_eq!(desk.reads(&w.chair, &sent).await, 404, "{document:#}");
        let laid = desk.live(&w.coordinator, file(&sent)).await;
        assert!(
            laid.iter().any(|one| one["laid"]["by"] == by),
            "{by}: {laid:#?}"
        );
    }
    let sent = desk.sent(&w.officer, w.wcc, fresh()).await;
    assert_eq!(desk.reads(&w.chair, &sent).await, 200);
}

/// What was corrected stands in the referral still, and whoever wrote it may write so again.
#[actix_web::test]
async fn a_referral_in_the_spelling_that_was_corrected_is_known_and_followed() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let coordinator = desk.app.as_(&w.coordinator);
    let parties = format!("/cases/{case}/parties");
    // Corrected twice: what stood in between was in no referral.
    for (role, family, given, born) in [
        ("survivor", "Vane", "Ada", "1988-02-03"),
        ("perpetrator", "Marsh", "Lew", "1977-03-04"),
        ("survivor", "Bello", "Ngozi", "1991-05-03"),
        ("perpetrator", "Reed", "Tom", "1980-01-02"),
    ] {
        let people = coordinator.get(&parties).await.expect(200);
        let people = people["items"].as_array().unwrap().clone();
        let party = people.iter().find(|one| one["role"] == role).unwrap();
        let identity =
            json!({ "family_name": family, "given_names": given, "date_of_birth": born });
        let caller = coordinator.clone().if_match(&etag(party));
        let path = format!("{parties}/{}", id(party));
        caller.patch(&path, identity).await.expect(200);
    }
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.chair.id }))
        .await;
    let mut again = referral("Okafor", "Stone");
    again["survivor"]["contacts"] = json!([]);
    again["survivor"]["addresses"] = json!([]);
    again["children"][0]["identity"] = json!({ "family_name": "Quill", "given_names": "Lee" });
    let sent = desk.sent(&w.other_officer, w.wcc, again.clone()).await;
    assert_eq!(desk.reads(&w.chair, &sent).await, 404);
    let laid = desk.live(&w.coordinator, file(&sent)).await;
    assert_eq!(laid[0]["laid"]["by"], "same_pair");
    let known = desk.accept_with(&sent, json!({})).await;
    assert_eq!(
        (known.status, &known.body["reason"], &known.body["ids"]),
        (409, &json!("pair_known"), &json!([case]))
    );
    let mut between = again;
    for (pointer, family, given, born) in [
        ("/survivor/identity", "Vane", "Ada", "1988-02-03"),
        ("/perpetrators/0/identity", "Marsh", "Lew", "1977-03-04"),
    ] {
        *between.pointer_mut(pointer).unwrap() =
            json!({ "family_name": family, "given_names": given, "date_of_birth": born });
    }
    let sent = desk.sent(&w.other_officer, w.wcc, between).await;
    assert_eq!(desk.reads(&w.chair, &sent).await, 404);
}

/// Both names are others, and so is the number: where they live, when they were born and how it sounds is
/// enough to lay what is set in doubt. A date, a given name or a refuge alone is not.
#[actix_web::test]
async fn a_couple_whose_names_and_number_are_others_is_followed_by_door_dates_and_sound() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let mut known = referral("Philips", "Kerrigan");
    known["survivor"]["identity"]["given_names"] = json!("Catherine Ann");
    let refuge = json!({ "kind": "refuge", "lines": "12 Haven Road", "postcode": "W9 7YY" });
    known["survivor"]["addresses"][1] = refuge.clone();
    let first = desk.sent(&w.officer, w.wcc, known.clone()).await;
    desk.excluded(
        &w.coordinator,
        file(&first),
        json!({ "user_id": w.chair.id }),
    )
    .await;
    let was = |pointer: &str| known.pointer(pointer).unwrap().clone();
    let (her, his) = (
        was("/survivor/identity/date_of_birth"),
        was("/perpetrators/0/identity/date_of_birth"),
    );
    let fresh = || {
        let mut other = referral("Lind", "Moss");
        other["survivor"]["identity"]["given_names"] = json!("Jana");
        other["perpetrators"][0]["identity"]["given_names"] = json!("Piotr");
        other["survivor"]["addresses"]
            .as_array_mut()
            .unwrap()
            .truncate(1);
        other
    };
    let lines = was("/survivor/addresses/0/lines");
    let number: String = lines.as_str().unwrap().chars().skip(8).take(3).collect();
    let mut table: Vec<(Option<&str>, Value)> = Vec::new();
    // The same door, however it is written, whoever of them lives there.
    for lines in [
        lines.as_str().unwrap().to_uppercase(),
        format!("{number} Invented St., flat 2\nLondon"),
    ] {
        let postcode = was("/survivor/addresses/0/postcode");
        let postcode = postcode.as_str().unwrap().replace(' ', "").to_lowercase();
        let address = json!({ "kind": "previous", "lines": lines, "postcode": postcode });
        let mut other = fresh();
        other["survivor"]["addresses"][0] = address.clone();
        table.push((Some("same_place"), other));
        let mut other = fresh();
        other["perpetrators"][0]["addresses"] = json!([address]);
        table.push((Some("same_place"), other));
    }
    // Moved, and both dates are the same; also where each is named in the other's part.
    let mut other = fresh();
    other["survivor"]["identity"]["date_of_birth"] = her.clone();
    other["perpetrators"][0]["identity"]["date_of_birth"] = his.clone();
    table.push((Some("same_dates"), other));
    let mut other = fresh();
    other["survivor"]["identity"]["other_dates_of_birth"] = json!([his]);
    other["perpetrators"][0]["identity"]["date_of_birth"] = her.clone();
    table.push((Some("same_dates"), other));
    // One of the given names with its date, and a family name that sounds the same.
    let mut other = fresh();
    other["survivor"]["identity"]["given_names"] = json!("Katharine");
    other["survivor"]["identity"]["date_of_birth"] = her.clone();
    table.push((Some("similar_names"), other));
    let mut other = fresh();
    other["survivor"]["identity"]["family_name"] = json!("Fillips");
    other["survivor"]["identity"]["given_names"] = json!("K.");
    other["survivor"]["identity"]["date_of_birth"] =
        json!(format!("{}-12-29", &her.as_str().unwrap()[..4]));
    table.push((Some("similar_names"), other));
    let mut other = fresh();
    other["survivor"]["identity"]["family_name"] = json!("Fillips");
    other["survivor"]["addresses"][0]["postcode"] = was("/survivor/addresses/0/postcode");
    table.push((Some("same_place"), other));
    // Not enough by itself.
    table.push((None, fresh()));
    let mut other = fresh();
    other["survivor"]["identity"]["date_of_birth"] = her.clone();
    table.push((None, other));
    let mut other = fresh();
    other["survivor"]["identity"]["given_names"] = json!("C.");
    other["survivor"]["identity"]["date_of_birth"] = her.clone();
    table.push((None, other));
    let mut other = fresh();
    other["survivor"]["identity"]["given_names"] = json!("Catherine");
    table.push((None, other));
    let mut other = fresh();
    other["survivor"]["addresses"][0] = refuge;
    table.push((None, other));
    for (by, document) in table {
        let sent = desk.sent(&w.officer, w.wcc, document.clone()).await;
        let status = if by.is_some() { 404 } else { 200 };
        assert_eq!(
            desk.reads(&w.chair, &sent).await,
            status,
            "{by:?} {document:#}"
        );
        let laid = desk.live(&w.coordinator, file(&sent)).await;
        let grounds: Vec<_> = laid.iter().map(|one| &one["laid"]["by"]).collect();
        let wanted: Vec<_> = by.into_iter().map(Value::from).collect();
        assert_eq!(grounds, wanted.iter().collect::<Vec<_>>(), "{document:#}");
    }
}

#[actix_web::test]
async fn a_doubtful_one_is_lifted_by_hand_and_comes_back_only_on_a_better_ground() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.chair.id }))
        .await;
    let mut other = referral("Lind", "Moss");
    other["survivor"]["contacts"][0]["value"] = json!("07700 900123");
    let sent = desk.sent(&w.officer, w.wcc, other).await;
    let laid = desk.live(&w.coordinator, file(&sent)).await;
    desk.lift(&w.coordinator, file(&sent), &laid[0]).await;
    assert_eq!(desk.reads(&w.chair, &sent).await, 200);
    let coordinator = desk.app.as_(&w.coordinator);
    let accept = format!("/referrals/{}/accept", id(&sent));
    let sent = coordinator
        .get(&format!("/referrals/{}", id(&sent)))
        .await
        .expect(200);
    coordinator
        .clone()
        .if_match(&etag(&sent))
        .post(&accept, json!({}))
        .await
        .expect(200);
    // Something else is changed: the ground is no better.
    let child =
        json!({ "role": "child", "identity": { "family_name": "Lind", "given_names": "Pat" } });
    let path = format!("/cases/{}/parties", file(&sent));
    coordinator.post(&path, child).await.expect(201);
    assert_eq!(desk.file(&w.chair, file(&sent)).await.status, 200);
    // The perpetrator's name is corrected: he is the same man.
    let people = coordinator.get(&path).await.expect(200);
    let people = people["items"].as_array().unwrap();
    let man = people
        .iter()
        .find(|one| one["role"] == "perpetrator")
        .unwrap();
    let identity = referral("Okafor", "Stone")["perpetrators"][0]["identity"].clone();
    let one = format!("{path}/{}", id(man));
    coordinator
        .clone()
        .if_match(&etag(man))
        .patch(&one, identity)
        .await
        .expect(200);
    assert_eq!(desk.file(&w.chair, file(&sent)).await.status, 404);
}

#[actix_web::test]
async fn set_on_one_file_it_is_laid_on_those_that_are_there_and_each_origin_holds_by_itself() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let (a, b) = (desk.case("Okafor").await, desk.case("Adeyemi").await);
    desk.action(b, w.housing, "open", "Fit new locks").await;
    // They turn out to be one woman.
    let coordinator = desk.app.as_(&w.coordinator);
    let path = format!("/cases/{b}/parties");
    let people = coordinator.get(&path).await.expect(200);
    let people = people["items"].as_array().unwrap();
    let woman = people.iter().find(|one| one["role"] == "survivor").unwrap();
    let identity = referral("Okafor", "Stone")["survivor"]["identity"].clone();
    let one = format!("{path}/{}", id(woman));
    let of_a = desk
        .excluded(&w.coordinator, a, json!({ "user_id": w.housing_rep.id }))
        .await;
    desk.list(b, w.housing, desk.app.now() - TimeDelta::hours(1));
    assert_eq!(desk.file(&w.housing_rep, b).await.status, 200);
    coordinator
        .clone()
        .if_match(&etag(woman))
        .patch(&one, identity)
        .await
        .expect(200);
    assert_eq!(desk.file(&w.housing_rep, b).await.status, 404);
    let told: i64 = {
        #[derive(kernel::sql::Row)]
        struct Told {
            n: i64,
        }
        sql("select count(*) as n from action_changes where case_id = $1 and agency_id = $2 and announced")
            .bind(b)
            .bind(w.housing)
            .get_result::<Told>(&mut desk.app.owner())
            .unwrap()
            .n
    };
    assert_eq!(told, 1, "the feed is told that the action is out of sight");
    let of_b = desk
        .excluded(&w.coordinator, b, json!({ "user_id": w.housing_rep.id }))
        .await;
    assert_eq!(desk.live(&w.coordinator, a).await.len(), 2);
    assert_eq!(desk.live(&w.coordinator, b).await.len(), 2);
    desk.lift(&w.coordinator, a, &of_a).await;
    assert_eq!(
        desk.live(&w.coordinator, b).await,
        std::slice::from_ref(&of_b)
    );
    assert_eq!(desk.file(&w.housing_rep, b).await.status, 404);
    desk.lift(&w.coordinator, b, &of_b).await;
    assert_eq!(desk.live(&w.coordinator, a).await, Vec::<Value>::new());
    assert_eq!(desk.file(&w.housing_rep, b).await.status, 200);
    // Persons linked by hand in the database are one person as well.
    let c = desk.case("Marchetti").await;
    desk.excluded(&w.coordinator, c, json!({ "user_id": w.housing_rep.id }))
        .await;
    sql(
        "update parties p set person_id = q.person_id from parties q \
         where p.case_id = $1 and p.role = 'child' and q.case_id = $2 and q.role = 'perpetrator'",
    )
    .bind(b)
    .bind(c)
    .execute(&mut desk.app.owner())
    .unwrap();
    assert_eq!(desk.file(&w.housing_rep, b).await.status, 404);
    assert_eq!(
        desk.live(&w.coordinator, b).await[0]["laid"]["by"],
        "linked"
    );
}

#[actix_web::test]
async fn it_holds_in_another_marac_and_tells_of_no_stranger_there() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.housing_rep.id }))
        .await;
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.idva.id }))
        .await;
    let both = World::person(&desk.app, "both", w.coordination, &[(w.wcc, "chair")]);
    desk.excluded(&w.coordinator, case, json!({ "user_id": both.id }))
        .await;
    let sent = desk
        .sent(&w.kc_officer, w.kc, referral("Okafor", "Stone"))
        .await;
    let laid = desk.live(&w.kc_coordinator, file(&sent)).await;
    // Housing sits in both; the others are nobody's business there.
    assert_eq!(laid.len(), 1);
    assert_eq!(laid[0]["user_id"], json!(w.housing_rep.id));
    assert_eq!(
        (&laid[0]["reason"], &laid[0]["laid"]),
        (
            &json!(null),
            &json!({ "by": "same_pair", "from_case_id": null })
        )
    );
    let kc = desk.app.as_(&w.kc_coordinator);
    let accept = format!("/referrals/{}/accept", id(&sent));
    kc.clone()
        .if_match(&etag(&sent))
        .post(&accept, json!({}))
        .await
        .expect(200);
    let share = json!({ "agency_id": w.housing, "reason": "R" });
    kc.post(&format!("/cases/{}/shares", file(&sent)), share)
        .await
        .expect(201);
    assert_eq!(desk.file(&w.housing_rep, file(&sent)).await.status, 404);
    // Once their agency sits there, whom it names is shut out and shown.
    sql("insert into marac_agencies (marac_id, agency_id, created_at) values ($1, $2, $3)")
        .bind(w.kc)
        .bind(w.coordination)
        .bind(desk.app.now())
        .execute(&mut desk.app.owner())
        .unwrap();
    sql("insert into role_grants (id, marac_id, user_id, role, created_at) values ($1, $2, $3, 'chair', $4)")
        .bind(Uuid::now_v7())
        .bind(w.kc)
        .bind(both.id)
        .bind(desk.app.now())
        .execute(&mut desk.app.owner())
        .unwrap();
    assert_eq!(desk.file(&both, file(&sent)).await.status, 404);
    assert_eq!(desk.live(&w.kc_coordinator, file(&sent)).await.len(), 2);
}

#[actix_web::test]
async fn whoever_sends_a_referral_in_learns_nothing_by_it() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let (case, other) = (desk.case("Okafor").await, desk.case("Adeyemi").await);
    desk.excluded(
        &w.coordinator,
        case,
        json!({ "user_id": w.other_officer.id }),
    )
    .await;
    desk.restrict(&w.coordinator, other, vec![]).await;
    let mut seen = Vec::new();
    for survivor in ["Okafor", "Adeyemi", "Lind"] {
        let sent = desk
            .sent(&w.other_officer, w.wcc, referral(survivor, "Stone"))
            .await;
        let author = desk.app.as_(&w.other_officer);
        let path = format!("/referrals/{}", id(&sent));
        let read = author.get(&path).await;
        let mine = author.get("/referrals").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .len();
        let case = author.get(&format!("/cases/{}", file(&sent))).await.status;
        seen.push((read.status, mine - seen.len(), case));
        let text = read.body.to_string();
        assert!(!text.contains("A brother of his"));
    }
    assert_eq!(seen, [(200, 1, 404); 3]);
    // What was set on that very file by somebody holds for its author too, and what is decided is no
    // longer theirs.
    let sent = desk
        .sent(&w.other_officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    let accept = format!("/referrals/{}/accept", id(&sent));
    let coordinator = desk.app.as_(&w.coordinator);
    let body = json!({ "join_case_id": case });
    coordinator
        .if_match(&etag(&sent))
        .post(&accept, body)
        .await
        .expect(200);
    assert_eq!(desk.reads(&w.other_officer, &sent).await, 404);
    let sent = desk
        .sent(&w.other_officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    desk.excluded(
        &w.coordinator,
        file(&sent),
        json!({ "user_id": w.other_officer.id }),
    )
    .await;
    assert_eq!(desk.reads(&w.other_officer, &sent).await, 404);
    // Whoever decides on referrals is not spared by having written one.
    desk.excluded(&w.chair, case, json!({ "user_id": w.coordinator.id }))
        .await;
    let sent = desk
        .sent(&w.coordinator, w.wcc, referral("Okafor", "Stone"))
        .await;
    assert_eq!(desk.reads(&w.coordinator, &sent).await, 404);
}

#[actix_web::test]
async fn a_restricted_cases_repeat_reaches_its_named_people_else_somebody_who_decides() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let second = World::person(
        &desk.app,
        "second",
        w.coordination,
        &[(w.wcc, "coordinator")],
    );
    let third = World::person(
        &desk.app,
        "third",
        w.coordination,
        &[(w.wcc, "coordinator")],
    );
    let case = desk.case("Okafor").await;
    desk.restrict(&w.coordinator, case, vec![w.idva.id, w.coordinator.id])
        .await;
    let sent = desk
        .sent(&w.officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    let who = async |sent: &Value| {
        let mut seen = Vec::new();
        for person in [&w.coordinator, &second, &third, &w.chair] {
            seen.push(desk.reads(person, sent).await == 200);
        }
        seen
    };
    assert_eq!(who(&sent).await, [true, false, false, false]);
    let told = desk
        .app
        .as_(&second)
        .get("/notifications")
        .await
        .expect(200);
    assert!(!told.to_string().contains(&id(&sent).to_string()));
    let told = desk
        .app
        .as_(&w.coordinator)
        .get("/notifications")
        .await
        .expect(200);
    assert!(told.to_string().contains(&id(&sent).to_string()));
    // Who is named anew is named on both; the reason stands where it was given.
    desk.restrict(&w.coordinator, case, vec![second.id]).await;
    assert_eq!(who(&sent).await, [true, true, false, false]);
    let state = desk
        .app
        .as_(&second)
        .get(&format!("/cases/{}/restriction", file(&sent)))
        .await
        .expect(200);
    assert_eq!(state["restriction"]["reason"], "She works for a partner.");
    assert_eq!(state["restriction"]["laid"]["by"], "same_pair");
    // Nobody named decides any more: the coordinators who are not excluded, then the chairs.
    let ends = "update role_grants set ends_at = $2 where user_id = any ($1)";
    sql(ends)
        .bind(vec![w.coordinator.id, second.id])
        .bind(desk.app.now())
        .execute(&mut desk.app.owner())
        .unwrap();
    let sent = desk
        .sent(&w.officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    assert_eq!(who(&sent).await, [false, false, true, false]);
    desk.excluded(&third, file(&sent), json!({ "user_id": third.id }))
        .await;
    assert_eq!(who(&sent).await, [false; 4]);
    assert_eq!(
        conference::referrals::find_unseen(&desk.app.parts.db).unwrap(),
        2
    );
    let sent = desk
        .sent(&w.officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    assert_eq!(
        who(&sent).await,
        [false, false, false, true],
        "the third is excluded from its people"
    );
}

#[actix_web::test]
async fn lifting_a_restriction_lifts_what_was_laid_from_it_unless_another_holds() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let (a, b) = (desk.case("Okafor").await, desk.case("Adeyemi").await);
    let coordinator = desk.app.as_(&w.coordinator);
    let man = json!({ "role": "perpetrator", "identity": referral("Okafor", "Stone")["perpetrators"][0]["identity"] });
    coordinator
        .post(&format!("/cases/{b}/parties"), man)
        .await
        .expect(201);
    let set = desk.restrict(&w.coordinator, a, vec![]).await;
    desk.assert_hidden(&w.chair, a).await;
    desk.assert_hidden(&w.chair, b).await;
    assert_eq!(
        desk.file(&w.coordinator, b).await.expect(200)["restricted"],
        true
    );
    let own = desk.restrict(&w.coordinator, b, vec![]).await;
    let lift = async |case: Uuid| {
        let path = format!("/cases/{case}/restriction");
        let state = coordinator.get(&path).await.expect(200);
        coordinator
            .clone()
            .if_match(&etag(&state))
            .post(&format!("{path}/lift"), json!({}))
            .await
            .expect(200);
    };
    assert_ne!(id(&set), id(&own));
    lift(a).await;
    desk.file(&w.chair, a).await.expect(200);
    desk.assert_hidden(&w.chair, b).await;
    lift(b).await;
    desk.file(&w.chair, b).await.expect(200);
    let named = "select count(*) as n from circle where basis = 'named' and ends_at > $1";
    #[derive(kernel::sql::Row)]
    struct Count {
        n: i64,
    }
    let left: Count = sql(named)
        .bind(desk.app.now())
        .get_result(&mut desk.app.owner())
        .unwrap();
    assert_eq!(left.n, 0);
}

#[actix_web::test]
async fn an_actor_and_the_account_it_is_linked_to_are_one() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    let actor: Row = sql("select id from registered_actors where partner_ref = 'h-17'")
        .get_result(&mut desk.app.owner())
        .unwrap();
    let path = format!("/cases/{case}");
    let by_actor = async || {
        desk.app
            .as_client(&w.client, Some("h-17"))
            .get(&path)
            .await
            .status
    };
    let made = desk
        .excluded(&w.coordinator, case, json!({ "actor_id": actor.id }))
        .await;
    assert_eq!(
        (
            by_actor().await,
            desk.file(&w.housing_rep, case).await.status
        ),
        (404, 200)
    );
    // Linked afterwards.
    sql("update registered_actors set user_id = $1 where id = $2")
        .bind(w.housing_rep.id)
        .bind(actor.id)
        .execute(&mut desk.app.owner())
        .unwrap();
    assert_eq!(
        (
            by_actor().await,
            desk.file(&w.housing_rep, case).await.status
        ),
        (404, 404)
    );
    // Also once the actor is disabled.
    sql("update registered_actors set disabled_at = $1 where id = $2")
        .bind(desk.app.now())
        .bind(actor.id)
        .execute(&mut desk.app.owner())
        .unwrap();
    assert_eq!(desk.file(&w.housing_rep, case).await.status, 404);
    sql("update registered_actors set disabled_at = null")
        .execute(&mut desk.app.owner())
        .unwrap();
    desk.lift(&w.coordinator, case, &made).await;
    assert_eq!(
        (
            by_actor().await,
            desk.file(&w.housing_rep, case).await.status
        ),
        (200, 200)
    );
    desk.excluded(&w.coordinator, case, json!({ "user_id": w.housing_rep.id }))
        .await;
    assert_eq!(
        (
            by_actor().await,
            desk.file(&w.housing_rep, case).await.status
        ),
        (404, 404)
    );
    // The same partner's person, registered with another client and linked to nobody.
    let client = Client {
        id: Uuid::now_v7(),
        secret: String::new(),
    };
    let owner = &mut desk.app.owner();
    sql("insert into api_clients (id, agency_id, name, secret_hash, rights, created_by, created_at) \
         select $1, agency_id, 'another', secret_hash, rights, created_by, created_at from api_clients where id = $2")
    .bind(client.id).bind(w.client.id).execute(owner).unwrap();
    sql("insert into role_grants (id, marac_id, client_id, role, created_at) values ($1, $2, $3, 'representative', $4)")
        .bind(Uuid::now_v7()).bind(w.wcc).bind(client.id).bind(desk.app.now()).execute(owner).unwrap();
    sql("insert into registered_actors (id, agency_id, client_id, partner_ref, name, kind, created_at) \
         values ($1, $2, $3, 'h-17', 'A. Actor', 'person', $4)")
    .bind(Uuid::now_v7()).bind(w.housing).bind(client.id).bind(desk.app.now()).execute(owner).unwrap();
    assert_eq!(
        desk.app
            .as_client(&client, Some("h-17"))
            .get(&path)
            .await
            .status,
        404
    );
}

#[actix_web::test]
async fn whatever_an_excluded_person_makes_is_excluded_and_what_that_makes_as_well() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    let roles = json!([{ "marac_id": w.wcc, "role": "representative" }]);
    let before = desk
        .invited(&w.housing_lead, "before@housing.example", roles.clone())
        .await;
    desk.made_lead(before.id);
    let set = desk
        .excluded(
            &w.coordinator,
            case,
            json!({ "user_id": w.housing_lead.id }),
        )
        .await;
    let b = desk
        .invited(&w.housing_lead, "b@housing.example", roles.clone())
        .await;
    desk.made_lead(b.id);
    let c = desk.invited(&b, "c@housing.example", roles.clone()).await;
    desk.file(&before, case).await.expect(200);
    for who in [&b, &c] {
        desk.assert_hidden(who, case).await;
    }
    // A client and its actors, also one made before whose secret they are shown.
    let body = json!({ "name": "Case system", "rights": ["cases:read"], "roles": [{ "marac_id": w.wcc, "role": "representative" }] });
    let made = desk
        .app
        .as_(&b)
        .post("/api-clients", body)
        .await
        .expect(201);
    let client = Client {
        id: id(&made["client"]),
        secret: String::new(),
    };
    let actor = json!({ "partner_ref": "x-1", "name": "X", "user_id": before.id });
    let path = format!("/api-clients/{}/actors", client.id);
    let administrator = desk.app.as_(&w.administrator);
    administrator.post(&path, actor).await.expect(201);
    confirm_all(&desk.app.as_(&w.coordinator), client.id).await;
    assert_eq!(
        desk.app
            .as_client(&client, Some("x-1"))
            .get(&format!("/cases/{case}"))
            .await
            .status,
        404
    );
    let live = desk.live(&w.coordinator, case).await;
    let by = |key: &str, id: Uuid| live.iter().find(|one| one[key] == json!(id)).cloned();
    for one in [
        by("user_id", b.id),
        by("user_id", c.id),
        by("client_id", client.id),
    ] {
        let one = one.unwrap();
        assert_eq!(
            (&one["laid"]["by"], &one["reason"]),
            (&json!("maker"), &json!("A brother of his."))
        );
    }
    // It goes on to the next file of these people.
    let sent = desk
        .sent(&w.officer, w.wcc, referral("Okafor", "Stone"))
        .await;
    let follows = desk.live(&w.coordinator, file(&sent)).await;
    assert!(follows.iter().any(|one| one["user_id"] == json!(c.id)));
    // A coordinator who is not excluded lifts one; the others stay, until the first is lifted.
    desk.lift(&w.coordinator, case, &by("user_id", c.id).unwrap())
        .await;
    desk.file(&c, case).await.expect(200);
    desk.assert_hidden(&b, case).await;
    desk.lift(&w.coordinator, case, &set).await;
    desk.file(&b, case).await.expect(200);
    assert_eq!(desk.live(&w.coordinator, case).await, Vec::<Value>::new());
    assert_eq!(
        desk.live(&w.coordinator, file(&sent)).await,
        Vec::<Value>::new()
    );
}

#[actix_web::test]
async fn a_role_that_an_excluded_person_asked_for_passes_it_on_whoever_confirms() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    let administrator = json!({ "user_id": w.administrator.id });
    desk.excluded(&w.coordinator, case, administrator).await;
    let person = World::person(&desk.app, "new-idva", w.idva_service, &[]);
    let body = json!({ "roles": [{ "marac_id": w.wcc, "role": "idva" }] });
    let path = format!("/users/{}/roles", person.id);
    let caller = desk.app.as_(&w.administrator).if_match("\"1\"");
    caller.put(&path, body).await.expect(200);
    let of_person = async || {
        let live = desk.live(&w.coordinator, case).await;
        live.into_iter()
            .find(|one| one["user_id"] == json!(person.id))
    };
    assert_eq!(of_person().await, None);
    let coordinator = desk.app.as_(&w.coordinator);
    assert_eq!(confirm_all(&coordinator, person.id).await, 1);
    assert_eq!(of_person().await.unwrap()["laid"]["by"], "maker");
}

#[actix_web::test]
async fn opening_an_account_again_or_showing_a_secret_passes_an_exclusion_on() {
    let desk = Desk::new().await;
    let w = &desk.world;
    let case = desk.case("Okafor").await;
    desk.list(case, w.housing, desk.app.now() - TimeDelta::hours(1));
    let lead = desk.app.as_(&w.housing_lead);
    let roles = json!([{ "marac_id": w.wcc, "role": "representative" }]);
    let puppet = desk
        .invited(&w.housing_lead, "puppet@housing.example", roles.clone())
        .await;
    let path = format!("/users/{}", puppet.id);
    let body = json!({ "name": "Case system", "rights": ["cases:read"], "roles": roles });
    let made = lead.post("/api-clients", body).await.expect(201);
    let client = Client {
        id: id(&made["client"]),
        secret: String::new(),
    };
    let actor = json!({ "partner_ref": "x-1", "name": "X" });
    lead.post(&format!("/api-clients/{}/actors", client.id), actor)
        .await
        .expect(201);
    confirm_all(&desk.app.as_(&w.coordinator), client.id).await;
    let by_client = async || {
        desk.app
            .as_client(&client, Some("x-1"))
            .get(&format!("/cases/{case}"))
            .await
            .status
    };
    assert_eq!(by_client().await, 200);
    desk.excluded(
        &w.coordinator,
        case,
        json!({ "user_id": w.housing_lead.id }),
    )
    .await;
    let user = lead.get(&path).await.expect(200);
    lead.clone()
        .if_match(&etag(&user))
        .post(&format!("{path}/disable"), json!({}))
        .await
        .expect(200);
    let user = lead.get(&path).await.expect(200);
    lead.clone()
        .if_match(&etag(&user))
        .post(&format!("{path}/enable"), json!({}))
        .await
        .expect(200);
    let puppet = desk.session(puppet.id);
    desk.assert_hidden(&puppet, case).await;
    assert_eq!(by_client().await, 200);
    let path = format!("/api-clients/{}", client.id);
    let read = lead.get(&path).await.expect(200);
    lead.clone()
        .if_match(&etag(&read))
        .post(&format!("{path}/secret"), json!({}))
        .await
        .expect(200);
    assert_eq!(by_client().await, 401, "its tokens ended with the secret");
    let live = desk.live(&w.coordinator, case).await;
    assert!(
        live.iter()
            .any(|one| one["client_id"] == json!(client.id) && one["laid"]["by"] == "maker")
    );
}

#[actix_web::test]
async fn an_exclusion_set_while_a_referral_comes_in_misses_nobody() {
    let desk = Desk::new().await;
    let w = &desk.world;
    for round in 0..6 {
        let survivor = format!("Racer{round}");
        let case = desk.case(&survivor).await;
        let (set, sent) = futures_util::future::join(
            desk.excluded(&w.coordinator, case, json!({ "user_id": w.chair.id })),
            desk.sent(&w.officer, w.wcc, referral(&survivor, "Stone")),
        )
        .await;
        assert_eq!(set["live"], true);
        assert_eq!(desk.reads(&w.chair, &sent).await, 404, "round {round}");
    }
}
