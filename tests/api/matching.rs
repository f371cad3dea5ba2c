//! What is corrected on a case is found. What it corrected is not found by the search, and is still by the
//! repeat check where a referral of the case says so.

use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{TestApp, World, etag, id, referral};

struct Scene {
    app: TestApp,
    world: World,
    /// The path of the case of Okafor and Stohne, a name somebody misheard.
    case: String,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let world = World::make(&app);
        let mut scene = Self {
            app,
            world,
            case: String::new(),
        };
        let sent = scene.submit("Okafor", "Stohne").await;
        let accept = format!("/referrals/{}/accept", id(&sent));
        let coordinator = scene.app.as_(&scene.world.coordinator);
        let accepted = coordinator
            .if_match(&etag(&sent))
            .post(&accept, json!({}))
            .await
            .expect(200);
        scene.case = format!("/cases/{}", accepted["case_id"].as_str().unwrap());
        scene
    }

    async fn submit(&self, survivor: &str, perpetrator: &str) -> Value {
        let body =
            json!({ "marac_id": self.world.wcc, "referral": referral(survivor, perpetrator) });
        let officer = self.app.as_(&self.world.officer);
        officer.post("/referrals", body).await.expect(201)
    }

    /// Whether a new referral of this pair is seen to be about the case.
    async fn finds(&self, survivor: &str, perpetrator: &str) -> bool {
        let sent = self.submit(survivor, perpetrator).await;
        let path = format!("/referrals/{}/matches", id(&sent));
        let coordinator = self.app.as_(&self.world.coordinator);
        let found = coordinator.get(&path).await.expect(200);
        // Files of the referrals asked with before are of the same pair too.
        let items = found["items"].as_array().unwrap();
        items
            .iter()
            .any(|item| self.case.ends_with(item["case_id"].as_str().unwrap()))
    }

    async fn searched(&self, family_name: &str) -> bool {
        let who = json!({ "family_name": family_name, "given_names": "Karl", "date_of_birth": "1985-11-20" });
        let coordinator = self.app.as_(&self.world.coordinator);
        let found = coordinator.post("/people/search", who).await.expect(200);
        let items = found["items"].as_array().unwrap();
        items
            .iter()
            .any(|item| self.case.ends_with(item["case_id"].as_str().unwrap()))
    }

    /// Sets fields of the identity of whoever has this role.
    async fn correct(&self, role: &str, fields: Value) {
        let coordinator = self.app.as_(&self.world.coordinator);
        let people = coordinator
            .get(&format!("{}/parties", self.case))
            .await
            .expect(200);
        let people = people["items"].as_array().unwrap().iter();
        let party = people
            .clone()
            .find(|party| party["role"] == role)
            .unwrap()
            .clone();
        let mut identity = party["identity"].clone();
        for (name, value) in fields.as_object().unwrap() {
            identity[name] = value.clone();
        }
        coordinator
            .if_match(&etag(&party))
            .patch(&format!("{}/parties/{}", self.case, id(&party)), identity)
            .await
            .expect(200);
    }
}

#[actix_web::test]
async fn a_corrected_name_is_found_and_the_wrong_one_no_longer() {
    let scene = Scene::new().await;
    assert!(!scene.finds("Okafor", "Stone").await);
    scene
        .correct("perpetrator", json!({ "family_name": "Stone" }))
        .await;
    assert!(scene.finds("Okafor", "Stone").await);
    assert!(scene.searched("Stone").await && !scene.searched("Stohne").await);
    // Whoever referred him misheard his name, and may do so again.
    assert!(scene.finds("Okafor", "Stohne").await);
    scene
        .correct("survivor", json!({ "family_name": "Okafor-Bell" }))
        .await;
    assert!(scene.finds("Okafor-Bell", "Stone").await);
    // Her name of the referral beside his of today, and the other way round.
    assert!(scene.finds("Okafor", "Stone").await);
    assert!(scene.finds("Okafor-Bell", "Stohne").await);
    assert!(scene.finds("Okafor", "Stohne").await);
    // A name that no referral of the case has was a mistake alone.
    scene
        .correct("survivor", json!({ "family_name": "Okafor-Hill" }))
        .await;
    assert!(scene.finds("Okafor-Hill", "Stone").await);
    assert!(!scene.finds("Okafor-Bell", "Stone").await);
    scene
        .correct("survivor", json!({ "date_of_birth": "1991-04-02" }))
        .await;
    assert!(!scene.finds("Okafor-Hill", "Stone").await);
    assert!(!scene.searched("Stohne").await);
}

#[actix_web::test]
async fn what_a_referral_that_cannot_be_read_may_say_is_not_forgotten() {
    let scene = Scene::new().await;
    let case: Uuid = scene.case["/cases/".len()..].parse().unwrap();
    sql("update referrals set document = '\\x01' where case_id = $1")
        .bind(case)
        .execute(&mut scene.app.owner())
        .unwrap();
    scene
        .correct("perpetrator", json!({ "family_name": "Stone" }))
        .await;
    assert!(scene.finds("Okafor", "Stone").await && scene.finds("Okafor", "Stohne").await);
    assert!(!scene.searched("Stohne").await);
}

#[actix_web::test]
async fn a_name_kept_as_an_alias_is_found_still() {
    let scene = Scene::new().await;
    let married = json!({ "family_name": "Stone", "aliases": ["Karl STOHNE"] });
    scene.correct("perpetrator", married).await;
    assert!(scene.finds("Okafor", "Stone").await);
    assert!(scene.finds("Okafor", "Stohne").await);
}

#[actix_web::test]
async fn somebody_added_to_a_case_is_found_with_its_survivor() {
    let scene = Scene::new().await;
    let added = json!({
        "role": "perpetrator",
        "identity": { "family_name": "Varga", "given_names": "Karl", "date_of_birth": "1985-11-20" },
    });
    let coordinator = scene.app.as_(&scene.world.coordinator);
    let path = format!("{}/parties", scene.case);
    coordinator.post(&path, added).await.expect(201);
    assert!(scene.finds("Okafor", "Varga").await);
    assert!(scene.finds("Okafor", "Stohne").await);
    assert!(scene.searched("Varga").await);
}
