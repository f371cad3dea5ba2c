//! Fixtures of the case tests: cases that came by a referral, and circles set behind the service's
//! back where the slice that sets them is another.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Person, TestApp, World, etag, id, referral};

pub struct Desk {
    pub app: TestApp,
    pub world: World,
}

impl Desk {
    pub async fn new() -> Self {
        let app = TestApp::new().await;
        let world = World::make(&app);
        Self { app, world }
    }

    /// A referral of the officer's, sent in and not decided.
    pub async fn referred(&self, survivor: &str) -> Value {
        let body = json!({ "marac_id": self.world.wcc, "referral": referral(survivor, "Stone") });
        self.app
            .as_(&self.world.officer)
            .post("/referrals", body)
            .await
            .expect(201)
    }

    /// A case that the officer referred and the coordinator accepted.
    pub async fn case(&self, survivor: &str) -> Uuid {
        let sent = self.referred(survivor).await;
        let path = format!("/referrals/{}/accept", id(&sent));
        let accepted = self
            .app
            .as_(&self.world.coordinator)
            .if_match(&etag(&sent))
            .post(&path, json!({}))
            .await
            .expect(200);
        accepted["case_id"].as_str().unwrap().parse().unwrap()
    }

    /// The file as somebody gets it.
    pub async fn file(&self, who: &Person, case: Uuid) -> Answer {
        self.app.as_(who).get(&format!("/cases/{case}")).await
    }

    pub async fn head_etag(&self, case: Uuid) -> String {
        etag(&self.file(&self.world.coordinator, case).await.expect(200))
    }

    /// Listed to an agency from now; the meeting starts at `full_at`, and everybody of the agency has
    /// accepted its confidentiality statement.
    pub fn list(&self, case: Uuid, agency: Uuid, full_at: DateTime<Utc>) {
        let (owner, meeting) = (&mut self.app.owner(), Uuid::now_v7());
        sql("insert into meetings (id, marac_id, kind, starts_at, time_zone, mode, status, minutes_per_case, \
             capacity, circulated_at, settings_version, created_at) \
             values ($1, $2, 'scheduled', $3, 'Europe/London', 'online', 'circulated', 15, 25, $4, 1, $4)")
            .bind(meeting)
            .bind(self.world.wcc)
            .bind(full_at)
            .bind(self.app.now())
            .execute(owner)
            .unwrap();
        sql("insert into attendances (id, marac_id, meeting_id, agency_id, user_id, role, presence, \
             confidentiality_accepted_at, confidentiality_version, created_at) \
             select gen_random_uuid(), $1, $2, $3, u.id, 'representative', 'present', $4, 0, $4 \
             from users u where u.agency_id = $3")
            .bind(self.world.wcc)
            .bind(meeting)
            .bind(agency)
            .bind(self.app.now())
            .execute(owner)
            .unwrap();
        sql("insert into circle (id, marac_id, case_id, basis, agency_id, opens_at, full_at, meeting_id, \
             created_at) values ($1, $2, $3, 'listing', $4, $5, $6, $7, $5)")
            .bind(Uuid::now_v7())
            .bind(self.world.wcc)
            .bind(case)
            .bind(agency)
            .bind(self.app.now())
            .bind(full_at)
            .bind(meeting)
            .execute(owner)
            .unwrap();
    }

    /// Named on the case.
    pub fn name(&self, case: Uuid, person: &Person) {
        sql(
            "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at) \
             values ($1, $2, $3, 'named', $4, $5, $5)",
        )
        .bind(Uuid::now_v7())
        .bind(self.world.wcc)
        .bind(case)
        .bind(person.id)
        .bind(self.app.now())
        .execute(&mut self.app.owner())
        .unwrap();
    }

    /// Allocated to the IDVA service.
    pub async fn allocate(&self, case: Uuid) {
        let tag = self.head_etag(case).await;
        self.app
            .as_(&self.world.coordinator)
            .if_match(&tag)
            .patch(
                &format!("/cases/{case}"),
                json!({ "idva_agency_id": self.world.idva_service }),
            )
            .await
            .expect(200);
    }

    /// An action of an agency on the case.
    pub async fn action(&self, case: Uuid, agency: Uuid, status: &str, text: &str) -> Uuid {
        let key = self.key(case);
        let action = Uuid::now_v7();
        let place = kernel::crypto::SealPlace::new("actions", "sealed", action);
        let sealed = key.seal_json(place, &json!({ "text": text })).unwrap();
        sql("insert into actions (id, marac_id, case_id, owner_agency_id, target, category, priority, due_on, \
             agreed_on, status, sealed, status_at, created_at) \
             values ($1, $2, $3, $4, 'survivor', 'other', 'normal', $5, $5, $6, $7, $8, $8)")
            .bind(action)
            .bind(self.world.wcc)
            .bind(case)
            .bind(agency)
            .bind(self.app.today())
            .bind(status.to_owned())
            .bind(sealed)
            .bind(self.app.now())
            .execute(&mut self.app.owner())
            .unwrap();
        action
    }

    /// The case's key.
    pub fn key(&self, case: Uuid) -> kernel::crypto::DataKey {
        #[derive(Row)]
        struct Row {
            master_key_id: String,
            wrapped: Vec<u8>,
        }
        let row: Row = sql("select master_key_id, wrapped from data_keys where case_id = $1")
            .bind(case)
            .get_result(&mut self.app.owner())
            .unwrap();
        self.app
            .keys
            .unwrap(case, &row.master_key_id, Some(&row.wrapped))
            .unwrap()
    }

    /// Codes of the cases on somebody's list, and its total.
    pub async fn listed(&self, who: &Person) -> (Vec<Uuid>, i64) {
        let list = self.app.as_(who).get("/cases?count=true").await.expect(200);
        let ids = list["items"].as_array().unwrap().iter().map(id).collect();
        (ids, list["total"].as_i64().unwrap())
    }

    /// Hidden everywhere: list, count, file and every child answer as an unknown case does.
    pub async fn assert_hidden(&self, who: &Person, case: Uuid) {
        let (ids, total) = self.listed(who).await;
        assert!(!ids.contains(&case));
        assert_eq!(ids.len() as i64, total);
        let caller = self.app.as_(who);
        let unknown = Uuid::now_v7();
        for child in [
            "",
            "/parties",
            "/risk-assessments",
            "/account",
            "/timeline",
            "/access-log",
            "/shares",
            "/exclusions",
            "/restriction",
        ] {
            let hidden = caller.get(&format!("/cases/{case}{child}")).await;
            let none = caller.get(&format!("/cases/{unknown}{child}")).await;
            assert_eq!(hidden.comparable(), none.comparable(), "{child}");
            assert!(matches!(hidden.status, 403 | 404), "{child}");
        }
    }
}

/// The groups withheld in a body.
pub fn withheld(body: &Value) -> Vec<&str> {
    body["withheld"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group.as_str().unwrap())
        .collect()
}

/// The party of this role.
#[track_caller]
pub fn party(body: &Value, role: &str) -> Value {
    let list = body["parties"].as_array().or(body["items"].as_array());
    list.unwrap()
        .iter()
        .find(|party| party["role"] == role)
        .unwrap()
        .clone()
}
