//! One world for all requests: the same kind of case in every position towards the reader.

use diesel::prelude::*;
use directory::auth::Limits;
use kernel::clock::Clock;
use kernel::sql::{Row, sql};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, Person, TestApp, World, accept, confirm_all, etag, id, referral};

/// Where a thing stands towards those who work in the first MARAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// In their MARAC: referred by the officer, allocated to the IDVA service, listed to housing.
    Own,
    /// The same in another MARAC.
    Other,
    /// As `Own`, but everybody on the roster is excluded by name.
    ExcludedPerson,
    /// As `Own`, but every agency is excluded; housing names one exempt senior.
    ExcludedAgency,
    /// As `Own`, but open to one named practitioner only.
    Restricted,
    /// Nothing has this id.
    Unknown,
    /// A part of the restricted case, asked for under `Own`.
    Crossed,
    /// A part that does not exist, asked for under `Own`.
    UnknownPart,
}

impl Target {
    /// Its column.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Other => "other marac",
            Self::ExcludedPerson => "excluded",
            Self::ExcludedAgency => "agency excl.",
            Self::Restricted => "restricted",
            Self::Unknown => "unknown",
            Self::Crossed => "crossed",
            Self::UnknownPart => "unknown part",
        }
    }
}

/// The ids of a case and its parts, and of what surrounds it.
#[derive(Debug, Clone, Copy)]
pub struct Things {
    pub marac: Uuid,
    pub case: Uuid,
    pub referral: Uuid,
    pub meeting: Uuid,
    /// A meeting whose minutes are issued, and their version.
    pub minuted: Uuid,
    pub minutes: Uuid,
    pub item: Uuid,
    pub action: Uuid,
    pub party: Uuid,
    pub perpetrator: Uuid,
    pub address: Uuid,
    pub contact: Uuid,
    pub entry: Uuid,
    pub question: Uuid,
    pub share: Uuid,
    pub exclusion: Uuid,
    pub flag: Uuid,
    pub allocation: Uuid,
    /// Something said at the meeting.
    pub part: Uuid,
    /// A seat at the meeting.
    pub seat: Uuid,
    pub agency: Uuid,
    pub user: Uuid,
    pub client: Uuid,
    pub actor: Uuid,
    pub absence: Uuid,
    /// A grant that was confirmed.
    pub grant: Uuid,
}

impl Things {
    /// What does not exist.
    pub fn unknown() -> Self {
        let none = Uuid::now_v7;
        Self {
            marac: none(),
            case: none(),
            referral: none(),
            meeting: none(),
            minuted: none(),
            minutes: none(),
            item: none(),
            action: none(),
            party: none(),
            perpetrator: none(),
            address: none(),
            contact: none(),
            entry: none(),
            question: none(),
            share: none(),
            exclusion: none(),
            flag: none(),
            allocation: none(),
            part: none(),
            seat: none(),
            agency: none(),
            user: none(),
            client: none(),
            actor: none(),
            absence: none(),
            grant: none(),
        }
    }

    /// The parts of another case under this one.
    fn with_parts_of(self, other: Self) -> Self {
        Self {
            case: self.case,
            item: self.item,
            ..other
        }
    }
}

/// Where a case is made: a MARAC, its people, and the agencies a case is listed to.
pub struct Office<'a> {
    pub marac: Uuid,
    pub referrer: &'a Person,
    pub coordinator: &'a Person,
    pub meeting: Uuid,
    pub listed: Vec<Uuid>,
    pub owner: Uuid,
    pub shared_with: Uuid,
    pub outsider: Uuid,
    pub idva: Option<Uuid>,
    pub around: Things,
}

/// The stage.
pub struct Stage {
    pub app: TestApp,
    pub world: World,
    pub named: Person,
    pub other_idva: Person,
    pub was_shared: Person,
    pub senior: Person,
    pub suspended: Person,
    pub disabled: Person,
    pub reader: Client,
    own: Things,
    other: Things,
    excluded_person: Things,
    excluded_agency: Things,
    restricted: Things,
    unknown: Things,
}

impl Stage {
    pub async fn set() -> Self {
        let many = std::num::NonZeroU32::new(10_000_000).unwrap();
        let limits = Limits {
            requests: many,
            searches: many,
        };
        Self::set_on(TestApp::with(Clock::system(), limits).await).await
    }

    /// The same before a server that is there.
    pub async fn set_on(app: TestApp) -> Self {
        let world = World::make(&app);
        let haven = agency(&app, &world, "Haven IDVA Service", "idva").await;
        let probation = agency(&app, &world, "Probation Service", "probation").await;
        let education = agency(&app, &world, "Education Department", "education").await;
        let person =
            |name: &str, agency, role| World::person(&app, name, agency, &[(world.wcc, role)]);
        let named = person("named", world.health, "practitioner");
        let other_idva = person("other-idva", haven, "idva");
        let was_shared = person("was-shared", probation, "representative");
        let senior = person("senior", world.housing, "representative");
        let suspended = person("suspended", education, "representative");
        let disabled = person("disabled", world.police, "practitioner");
        let outsider = person("outsider", world.health, "practitioner");
        let colleague = person("colleague", world.housing, "representative");
        let reader = client(&app, &world, world.housing, "reader", &["cases:read"], true).await;
        let kc_client = client(&app, &world, world.kc_police, "kc", &["cases:read"], false).await;

        let mut own = Things::unknown();
        own.marac = world.wcc;
        own.agency = world.housing;
        own.user = colleague.id;
        own.client = world.client.id;
        own.actor = actor_of(&app, world.client.id, "h-17");
        (own.minuted, own.minutes) = minuted(&app, &world.coordinator, world.wcc).await;
        own.meeting = meeting(&app, &world.coordinator, world.wcc).await;
        own.absence = absence(&app, &colleague).await;
        own.grant = grant_of(&app, reader.id);
        let mut other = Things::unknown();
        other.marac = world.kc;
        other.agency = world.kc_police;
        other.user = world.kc_officer.id;
        other.client = kc_client.id;
        other.actor = actor_of(&app, kc_client.id, "service");
        (other.minuted, other.minutes) = minuted(&app, &world.kc_coordinator, world.kc).await;
        other.meeting = meeting(&app, &world.kc_coordinator, world.kc).await;
        other.absence = absence(&app, &world.kc_officer).await;
        other.grant = grant_of(&app, kc_client.id);

        let here = Office {
            marac: world.wcc,
            referrer: &world.officer,
            coordinator: &world.coordinator,
            meeting: own.meeting,
            listed: vec![world.housing, education],
            owner: world.housing,
            shared_with: probation,
            outsider: outsider.id,
            idva: Some(world.idva_service),
            around: own,
        };
        let there = Office {
            marac: world.kc,
            referrer: &world.kc_officer,
            coordinator: &world.kc_coordinator,
            meeting: other.meeting,
            listed: vec![world.kc_police],
            owner: world.kc_police,
            shared_with: world.kc_police,
            outsider: world.kc_officer.id,
            idva: None,
            around: other,
        };
        let mut own = case(&app, &here, referral("Okafor", "Stone")).await;
        let mut excluded_person = case(&app, &here, referral("Adeyemi", "Stone")).await;
        let mut excluded_agency = case(&app, &here, referral("Lindqvist", "Stone")).await;
        let mut restricted = case(&app, &here, referral("Marchetti", "Stone")).await;
        let mut other = case(&app, &there, referral("Rahman", "Stone")).await;
        for (who, meeting) in [
            (&world.coordinator, own.meeting),
            (&world.kc_coordinator, other.meeting),
        ] {
            begin(&app, who, meeting).await;
        }
        for person in [&world.housing_rep, &senior, &world.idva, &world.observer] {
            accept(&app, person, own.meeting).await;
        }
        for (who, things) in [
            (&world.coordinator, &mut own),
            (&world.coordinator, &mut excluded_person),
            (&world.coordinator, &mut excluded_agency),
            (&world.coordinator, &mut restricted),
            (&world.kc_coordinator, &mut other),
        ] {
            things.seat = id(&accept(&app, who, things.meeting).await);
            let said = json!({ "nature": "fact", "sharing": "marac", "text": "Said." });
            let path = format!("/agenda-items/{}/information", things.item);
            things.part = id(&app.as_(who).post(&path, said).await.expect(201));
        }
        let mut owner = app.owner();
        sql("update marac_agencies set suspended_at = $2, suspended_by = $3, suspension_reason = 'test' where agency_id = $1")
            .bind(education)
            .bind(app.now())
            .bind(world.administrator.id)
            .execute(&mut owner)
            .unwrap();
        sql("update users set disabled_at = $2 where id = $1")
            .bind(disabled.id)
            .bind(app.now())
            .execute(&mut owner)
            .unwrap();
        let stage = Self {
            app,
            world,
            named,
            other_idva,
            was_shared,
            senior,
            suspended,
            disabled,
            reader,
            own,
            other,
            excluded_person,
            excluded_agency,
            restricted,
            unknown: Things::unknown(),
        };
        stage.close();
        stage
    }

    /// What a request to this target names.
    pub fn things(&self, target: Target) -> Things {
        match target {
            Target::Own => self.own,
            Target::Other => self.other,
            Target::ExcludedPerson => self.excluded_person,
            Target::ExcludedAgency => self.excluded_agency,
            Target::Restricted => self.restricted,
            Target::Unknown => self.unknown,
            Target::Crossed => self.own.with_parts_of(self.restricted),
            Target::UnknownPart => self.own.with_parts_of(self.unknown),
        }
    }

    /// Exclusions and the restriction, behind the service's back: who sets one may not shut
    /// themselves out through the API and go on.
    fn close(&self) {
        let mut owner = self.app.owner();
        let w = &self.world;
        let now = self.app.now() - chrono::TimeDelta::seconds(1);
        let people = [
            &w.officer,
            &w.other_officer,
            &w.idva,
            &w.coordinator,
            &w.chair,
            &w.housing_rep,
            &w.health_rep,
            &w.police_rep,
            &w.housing_lead,
            &w.observer,
            &w.analyst,
            &w.auditor,
            &w.administrator,
            &self.named,
            &self.other_idva,
            &self.was_shared,
            &self.senior,
            &self.suspended,
        ];
        for person in people {
            sql(
                "insert into exclusions (id, marac_id, case_id, user_id, reason, created_at) \
                 values ($1, $2, $3, $4, '', $5)",
            )
            .bind(Uuid::now_v7())
            .bind(w.wcc)
            .bind(self.excluded_person.case)
            .bind(person.id)
            .bind(now)
            .execute(&mut owner)
            .unwrap();
        }
        sql(
            "insert into exclusions (id, marac_id, case_id, actor_id, reason, created_at) \
             select gen_random_uuid(), $1, $2, r.id, '', $3 from registered_actors r",
        )
        .bind(w.wcc)
        .bind(self.excluded_person.case)
        .bind(now)
        .execute(&mut owner)
        .unwrap();
        sql(
            "insert into exclusions (id, marac_id, case_id, agency_id, exempt_user_id, reason, created_at) \
             select gen_random_uuid(), $1, $2, a.id, case when a.id = $4 then $5 end, '', $3 from agencies a",
        )
        .bind(w.wcc)
        .bind(self.excluded_agency.case)
        .bind(now)
        .bind(w.housing)
        .bind(self.senior.id)
        .execute(&mut owner)
        .unwrap();
        sql(
            "insert into restrictions (id, marac_id, case_id, reason, created_at) \
             values ($1, $2, $3, '', $4)",
        )
        .bind(Uuid::now_v7())
        .bind(w.wcc)
        .bind(self.restricted.case)
        .bind(now)
        .execute(&mut owner)
        .unwrap();
        sql(
            "insert into circle (id, marac_id, case_id, basis, user_id, opens_at, created_at) \
             values ($1, $2, $3, 'named', $4, $5, $5)",
        )
        .bind(Uuid::now_v7())
        .bind(w.wcc)
        .bind(self.restricted.case)
        .bind(self.named.id)
        .bind(now)
        .execute(&mut owner)
        .unwrap();
        sql("update cases set restricted = true where id = $1")
            .bind(self.restricted.case)
            .execute(&mut owner)
            .unwrap();
    }
}

pub async fn agency(app: &TestApp, world: &World, name: &str, kind: &str) -> Uuid {
    let admin = app.as_(&world.administrator);
    let made = admin
        .post("/agencies", json!({ "name": name, "kind": kind }))
        .await
        .expect(201);
    let agency = id(&made);
    let path = format!("/maracs/{}/agencies/{agency}", world.wcc);
    admin.put(&path, json!({})).await.expect(201);
    agency
}

async fn client(
    app: &TestApp,
    world: &World,
    agency: Uuid,
    name: &str,
    rights: &[&str],
    works: bool,
) -> Client {
    let role = json!({ "marac_id": world.wcc, "role": "representative" });
    let roles = works.then_some(role).into_iter().collect::<Vec<_>>();
    let body = json!({ "agency_id": agency, "name": name, "rights": rights, "roles": roles });
    let made = app
        .as_(&world.administrator)
        .post("/api-clients", body)
        .await
        .expect(201);
    if !rights.is_empty() {
        let client = id(&made["client"]);
        let here = confirm_all(&app.as_(&world.coordinator), client).await;
        let there = confirm_all(&app.as_(&world.kc_coordinator), client).await;
        assert_eq!(here + there, 1);
    }
    Client {
        id: id(&made["client"]),
        secret: made["client_secret"].as_str().unwrap().into(),
    }
}

fn actor_of(app: &TestApp, client: Uuid, partner_ref: &'static str) -> Uuid {
    #[derive(Row)]
    struct Row {
        id: Uuid,
    }
    let row: Row =
        sql("select id from registered_actors where client_id = $1 and partner_ref = $2")
            .bind(client)
            .bind(partner_ref)
            .get_result(&mut app.owner())
            .unwrap();
    row.id
}

fn grant_of(app: &TestApp, client: Uuid) -> Uuid {
    diesel::dsl::sql::<diesel::sql_types::Uuid>("select id from pending_grants where client_id = ")
        .bind::<diesel::sql_types::Uuid, _>(client)
        .get_result(&mut app.owner())
        .unwrap()
}

/// Somebody's days away, next year.
async fn absence(app: &TestApp, person: &Person) -> Uuid {
    let day = app.today() + chrono::TimeDelta::days(400);
    let path = format!("/users/{}/absences", person.id);
    let days = json!({ "from": day, "until": day });
    id(&app.as_(person).post(&path, days).await.expect(201))
}

pub async fn meeting(app: &TestApp, coordinator: &Person, marac: Uuid) -> Uuid {
    let body = json!({ "marac_id": marac, "kind": "scheduled", "mode": "online",
        "starts_at": app.now() + chrono::TimeDelta::hours(1) });
    let made = app.as_(coordinator).post("/meetings", body).await;
    id(&made.expect(201))
}

/// A meeting that was held over no case, and its minutes: the chair's word is put in by hand, for not
/// every MARAC here has one.
async fn minuted(app: &TestApp, coordinator: &Person, marac: Uuid) -> (Uuid, Uuid) {
    let held = meeting(app, coordinator, marac).await;
    begin(app, coordinator, held).await;
    let caller = app.as_(coordinator);
    let found = caller.get(&format!("/meetings/{held}")).await.expect(200);
    let close = caller.clone().if_match(&etag(&found));
    close
        .post(&format!("/meetings/{held}/close"), Value::Null)
        .await
        .expect(200);
    let first = caller.clone().if_match("\"0\"");
    let path = format!("/meetings/{held}/minutes");
    let drafted = first.post(&format!("{path}/draft"), json!({})).await;
    let version = id(&drafted.expect(200)["version"]);
    sql("update minutes_versions set status = 'approved', approved_at = $2 where id = $1")
        .bind(version)
        .bind(app.now())
        .execute(&mut app.owner())
        .unwrap();
    let issue = caller.if_match("\"1\"");
    issue
        .post(&format!("{path}/issue"), Value::Null)
        .await
        .expect(200);
    (held, version)
}

async fn begin(app: &TestApp, coordinator: &Person, meeting: Uuid) {
    for step in ["circulate", "start"] {
        let caller = app.as_(coordinator);
        let found = caller
            .get(&format!("/meetings/{meeting}"))
            .await
            .expect(200);
        let path = format!("/meetings/{meeting}/{step}");
        let bare = caller.if_match(&etag(&found));
        bare.send(actix_web::http::Method::POST, &path, None)
            .await
            .expect(200);
    }
}

/// A case with one of every part.
pub async fn case(app: &TestApp, office: &Office<'_>, document: Value) -> Things {
    let (referrer, coordinator) = (app.as_(office.referrer), app.as_(office.coordinator));
    let body = json!({ "marac_id": office.marac, "referral": document });
    let sent = referrer.post("/referrals", body).await.expect(201);
    let referral = id(&sent);
    let accepted = coordinator
        .clone()
        .if_match(&etag(&sent))
        .post(&format!("/referrals/{referral}/accept"), json!({}))
        .await
        .expect(200);
    let case: Uuid = accepted["case_id"].as_str().unwrap().parse().unwrap();
    let path = |rest: &str| format!("/cases/{case}{rest}");
    if let Some(idva) = office.idva {
        let file = coordinator.get(&path("")).await.expect(200);
        let change = json!({ "idva_agency_id": idva });
        let caller = coordinator.clone().if_match(&etag(&file));
        caller.patch(&path(""), change).await.expect(200);
    }
    let people = coordinator.get(&path("/parties")).await.expect(200);
    let found = |role: &str| -> Value {
        let items = people["items"].as_array().unwrap();
        items.iter().find(|p| p["role"] == role).unwrap().clone()
    };
    let person = found("survivor");
    let told = referrer.get(&path("/account")).await.expect(200);
    let entry = told["items"].as_array().unwrap().iter();
    let entry = id(&entry
        .flat_map(|h| h["entries"].as_array().unwrap())
        .next()
        .unwrap()
        .clone());
    let version = json!({ "sharing": "marac", "told_on": app.today(), "how_told": "phone", "text": "Again." });
    referrer
        .post(&path(&format!("/account/{entry}/versions")), version)
        .await
        .expect(201);
    let question = json!({ "heading": "what_is_feared", "text": "Is it safe to ring the bell?" });
    let question = referrer
        .post(&path("/questions"), question)
        .await
        .expect(201);
    let share = json!({ "agency_id": office.shared_with, "reason": "They know the family." });
    let share = coordinator.post(&path("/shares"), share).await.expect(201);
    coordinator
        .clone()
        .if_match(&etag(&share))
        .send(
            actix_web::http::Method::POST,
            &path(&format!("/shares/{}/end", id(&share))),
            None,
        )
        .await
        .expect(200);
    let exclusion = json!({ "user_id": office.outsider, "reason": "A cousin of his." });
    // In the other MARAC the outsider is the referrer, who is needed until the end.
    let exclusion = match office.outsider == office.referrer.id {
        true => Uuid::now_v7(),
        false => id(&coordinator
            .post(&path("/exclusions"), exclusion)
            .await
            .expect(201)),
    };
    let item = json!({ "case_id": case, "agencies": office.listed });
    let item = coordinator
        .post(&format!("/meetings/{}/agenda", office.meeting), item)
        .await
        .expect(201);
    let action = json!({ "text": "Change the locks.", "owner_agency_id": office.owner, "category": "target_hardening",
        "target": "survivor", "due_on": app.today() + chrono::TimeDelta::days(7), "needs": ["address", "safe_contact"] });
    let action = coordinator
        .post(&path("/actions"), action)
        .await
        .expect(201);
    Things {
        case,
        referral,
        item: id(&item),
        action: id(&action),
        party: id(&person),
        perpetrator: id(&found("perpetrator")),
        address: id(&person["addresses"][0]),
        contact: id(&person["contacts"][0]),
        entry,
        question: id(&question),
        share: id(&share),
        exclusion,
        flag: flag(app, office, case),
        allocation: allocation(app, case),
        ..office.around
    }
}

/// A flag that the owner of the action is asked to place.
fn flag(app: &TestApp, office: &Office<'_>, case: Uuid) -> Uuid {
    let flag = Uuid::now_v7();
    sql(
        "insert into flags (id, marac_id, case_id, agency_id, status, asked_on, due_on, expires_on, \
         created_at) values ($1, $2, $3, $4, 'asked', $5, $5, $5, $6)",
    )
    .bind(flag)
    .bind(office.marac)
    .bind(case)
    .bind(office.owner)
    .bind(app.today())
    .bind(app.now())
    .execute(&mut app.owner())
    .unwrap();
    flag
}

/// The allocation of a case that has one.
fn allocation(app: &TestApp, case: Uuid) -> Uuid {
    #[derive(Row)]
    struct Row {
        id: Uuid,
    }
    let row: Option<Row> = sql("select id from idva_allocations where case_id = $1")
        .bind(case)
        .get_result(&mut app.owner())
        .optional()
        .unwrap();
    row.map_or_else(Uuid::now_v7, |row| row.id)
}
