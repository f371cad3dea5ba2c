//! A small world: two MARACs, their agencies, and one person for each part.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use kernel::sql::sql;
use serde_json::{Value, json};
use uuid::Uuid;

use super::TestApp;

/// Somebody with an account and a session.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: Uuid,
    pub session_id: Uuid,
    pub agency_id: Uuid,
    pub email: String,
}

/// An API client of an agency.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: Uuid,
    pub secret: String,
}

/// Two MARACs that share the housing department and nothing else.
pub struct World {
    pub wcc: Uuid,
    pub kc: Uuid,
    pub police: Uuid,
    pub idva_service: Uuid,
    pub housing: Uuid,
    pub health: Uuid,
    pub coordination: Uuid,
    pub kc_police: Uuid,
    /// Practitioner at the police in WCC: refers.
    pub officer: Person,
    /// Another practitioner there.
    pub other_officer: Person,
    pub idva: Person,
    pub coordinator: Person,
    pub chair: Person,
    /// Representative of housing in both MARACs.
    pub housing_rep: Person,
    pub health_rep: Person,
    pub police_rep: Person,
    pub housing_lead: Person,
    pub observer: Person,
    pub analyst: Person,
    pub auditor: Person,
    pub administrator: Person,
    pub kc_coordinator: Person,
    pub kc_officer: Person,
    /// Housing's client in both MARACs, with every right, a service actor and the actor `h-17`.
    pub client: Client,
}

impl World {
    pub fn make(app: &TestApp) -> Self {
        Self::make_on(&mut app.owner(), app.now())
    }

    /// The same in a database that the program runs.
    pub fn make_on(conn: &mut PgConnection, now: DateTime<Utc>) -> Self {
        let mut maker = Maker { conn, now };
        let wcc = maker.marac("WCC", "Westminster");
        let kc = maker.marac("KC", "Kensington and Chelsea");
        let police = maker.agency("Metropolitan Police", "police", &[wcc]);
        let idva_service = maker.agency("Open Door IDVA Service", "idva", &[wcc]);
        let housing = maker.agency("City Housing", "housing", &[wcc, kc]);
        let health = maker.agency("St Mark's Hospital", "secondary_care_acute", &[wcc]);
        let coordination = maker.agency("Coordination Partnership", "coordination", &[wcc]);
        let kc_police = maker.agency("Kensington Police", "police", &[kc]);
        let kc_coordination = maker.agency("Kensington Coordination", "coordination", &[kc]);
        let person =
            |m: &mut Maker<'_>, name, agency, roles: &[(Uuid, &str)]| m.person(name, agency, roles);
        let officer = person(&mut maker, "officer", police, &[(wcc, "practitioner")]);
        Self {
            other_officer: person(
                &mut maker,
                "other-officer",
                police,
                &[(wcc, "practitioner")],
            ),
            idva: person(&mut maker, "idva", idva_service, &[(wcc, "idva")]),
            coordinator: person(
                &mut maker,
                "coordinator",
                coordination,
                &[(wcc, "coordinator")],
            ),
            chair: person(&mut maker, "chair", police, &[(wcc, "chair")]),
            housing_rep: person(
                &mut maker,
                "housing-rep",
                housing,
                &[(wcc, "representative"), (kc, "representative")],
            ),
            health_rep: person(&mut maker, "health-rep", health, &[(wcc, "representative")]),
            police_rep: person(&mut maker, "police-rep", police, &[(wcc, "representative")]),
            housing_lead: person(&mut maker, "housing-lead", housing, &[(wcc, "agency_lead")]),
            observer: person(&mut maker, "observer", health, &[(wcc, "observer")]),
            analyst: person(&mut maker, "analyst", coordination, &[(wcc, "analyst")]),
            auditor: person(&mut maker, "auditor", coordination, &[(wcc, "auditor")]),
            administrator: maker.administrator(coordination),
            kc_coordinator: person(
                &mut maker,
                "kc-coordinator",
                kc_coordination,
                &[(kc, "coordinator")],
            ),
            kc_officer: person(&mut maker, "kc-officer", kc_police, &[(kc, "practitioner")]),
            client: maker.client(
                housing,
                officer.id,
                &[(wcc, "representative"), (kc, "representative")],
            ),
            officer,
            wcc,
            kc,
            police,
            idva_service,
            housing,
            health,
            coordination,
            kc_police,
        }
    }

    /// One more account.
    pub fn person(app: &TestApp, name: &str, agency: Uuid, roles: &[(Uuid, &str)]) -> Person {
        Maker {
            conn: &mut app.owner(),
            now: app.now(),
        }
        .person(name, agency, roles)
    }
}

struct Maker<'c> {
    conn: &'c mut PgConnection,
    now: DateTime<Utc>,
}

impl Maker<'_> {
    fn marac(&mut self, code: &'static str, name: &'static str) -> Uuid {
        let id = Uuid::now_v7();
        sql("insert into maracs (id, code, name, created_at) values ($1, $2, $3, $4)")
            .bind(id)
            .bind(code)
            .bind(name)
            .bind(self.now)
            .execute(self.conn)
            .unwrap();
        id
    }

    fn agency(&mut self, name: &'static str, kind: &'static str, maracs: &[Uuid]) -> Uuid {
        let id = Uuid::now_v7();
        sql("insert into agencies (id, name, kind, created_at) values ($1, $2, $3, $4)")
            .bind(id)
            .bind(name)
            .bind(kind)
            .bind(self.now)
            .execute(self.conn)
            .unwrap();
        for marac in maracs {
            sql("insert into marac_agencies (marac_id, agency_id, created_at) values ($1, $2, $3)")
                .bind(*marac)
                .bind(id)
                .bind(self.now)
                .execute(self.conn)
                .unwrap();
        }
        id
    }

    /// The session has always just had the password; [`TestApp::password_given`] says otherwise.
    fn person(&mut self, name: &str, agency: Uuid, roles: &[(Uuid, &str)]) -> Person {
        let (id, session_id) = (Uuid::now_v7(), Uuid::now_v7());
        let email = format!("{name}-{}@test.example", id.simple());
        sql("insert into users (id, agency_id, email, name, created_at) values ($1, $2, $3, $4, $5)")
            .bind(id).bind(agency).bind(email.clone()).bind(name.to_owned()).bind(self.now)
            .execute(self.conn).unwrap();
        for (marac, role) in roles {
            sql("insert into role_grants (id, marac_id, user_id, role, created_at) values ($1, $2, $3, $4, $5)")
                .bind(Uuid::now_v7()).bind(*marac).bind(id).bind((*role).to_owned()).bind(self.now)
                .execute(self.conn).unwrap();
        }
        sql(
            "insert into sessions (id, user_id, password_at, expires_at, created_at) \
             values ($1, $2, $3 + interval '10 years', $3 + interval '10 years', $3)",
        )
        .bind(session_id)
        .bind(id)
        .bind(self.now)
        .execute(self.conn)
        .unwrap();
        Person {
            id,
            session_id,
            agency_id: agency,
            email,
        }
    }

    fn administrator(&mut self, agency: Uuid) -> Person {
        let person = self.person("administrator", agency, &[]);
        sql("update users set administrator = true where id = $1")
            .bind(person.id)
            .execute(self.conn)
            .unwrap();
        person
    }

    fn client(&mut self, agency: Uuid, by: Uuid, roles: &[(Uuid, &str)]) -> Client {
        let (id, secret) = (Uuid::now_v7(), kernel::crypto::secret().unwrap());
        sql("insert into api_clients (id, agency_id, name, secret_hash, rights, created_by, created_at) \
             values ($1, $2, 'housing system', $3, '{referrals:write,cases:read,cases:write,actions:read,\
             actions:report,meetings:read}', $4, $5)")
            .bind(id).bind(agency).bind(kernel::crypto::hash_secret(&secret)).bind(by).bind(self.now)
            .execute(self.conn).unwrap();
        for (marac, role) in roles {
            sql("insert into role_grants (id, marac_id, client_id, role, created_at) values ($1, $2, $3, $4, $5)")
                .bind(Uuid::now_v7()).bind(*marac).bind(id).bind((*role).to_owned()).bind(self.now)
                .execute(self.conn).unwrap();
        }
        for (partner_ref, kind) in [("service", "service"), ("h-17", "person")] {
            sql("insert into registered_actors (id, agency_id, client_id, partner_ref, name, kind, created_at) \
                 values ($1, $2, $3, $4, 'A. Actor', $5, $6)")
                .bind(Uuid::now_v7()).bind(agency).bind(id).bind(partner_ref).bind(kind).bind(self.now)
                .execute(self.conn).unwrap();
        }
        Client { id, secret }
    }
}

/// The Dash from 24 letters: `Y`, `N`, `D`, `-`.
pub fn dash(letters: &str) -> Value {
    let answers: Vec<_> = letters
        .chars()
        .enumerate()
        .map(|(n, letter)| {
            let answer = match letter {
                'Y' => "yes",
                'N' => "no",
                'D' => "dont_know",
                _ => "not_asked",
            };
            json!({ "item": format!("q{}", n + 1), "answer": answer })
        })
        .collect();
    json!({ "tool": "safelives_dash", "assessed_on": "2026-01-05", "answers": answers })
}

/// A complete referral about a survivor and a perpetrator of these family names. Each survivor has a date
/// of birth, a door and a number of her own, each perpetrator a date of birth, and `Stone` is another man for
/// each of them: exclusions follow people.
pub fn referral(survivor: &str, perpetrator: &str) -> Value {
    let sum = |name: &str| {
        let bytes = name.bytes();
        bytes.fold(7_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 90_007)
    };
    // A day of one of 35 years, so that hardly two names have the same.
    let born = |from: u32, sum: u32| {
        let (year, month, day) = (from + sum % 35, 1 + sum / 35 % 12, 1 + sum / 420 % 28);
        format!("{year}-{month:02}-{day:02}")
    };
    let (mut phone, mut door) = ("07700 900123".to_owned(), 11);
    let (mut postcode, mut her, mut his) = (
        "W9 9ZZ".to_owned(),
        "1990-04-02".into(),
        "1985-11-20".into(),
    );
    if !practice::names::folded(survivor).starts_with("okafor") {
        let sum_of_her = sum(survivor);
        phone = format!("07700 8{sum_of_her:05}");
        door = 100 + sum_of_her % 900;
        postcode = format!("W9 {}AB", sum_of_her % 9);
        her = born(1955, sum_of_her);
        his = match perpetrator {
            "Stone" => born(1945, sum_of_her),
            _ => born(1945, sum(perpetrator)),
        };
    }
    json!({
        "referrer_contact": "Duty desk, 020 7946 0123",
        "survivor": {
            "identity": { "family_name": survivor, "given_names": "Amina", "date_of_birth": her, "gender": "female" },
            "characteristics": { "ethnicity": "black_african", "disabled": "no", "lgbt": "no" },
            "addresses": [
                { "kind": "current", "lines": format!("Flat 2, {door} Invented Street"), "postcode": postcode, "known_to_perpetrator": "yes" },
                { "kind": "refuge", "lines": "The Safe House", "confidential": true, "known_to_perpetrator": "no" },
            ],
            "contacts": [{ "kind": "phone", "value": phone, "safe_to_call": true, "notes": "After ten, she says her sister is calling." }],
        },
        "perpetrators": [{
            "identity": { "family_name": perpetrator, "given_names": "Karl", "date_of_birth": his, "gender": "male" },
            "relationship": "ex_partner",
        }],
        "children": [{ "identity": { "family_name": survivor, "given_names": "Sam", "date_of_birth": "2018-06-01" }, "lives_with_survivor": "yes" }],
        "assessment": dash("YYYYYYYYYYYYYYYNNNNNNNND"),
        "criteria": {},
        "awareness": { "survivor_aware": true, "consent": "given" },
        "account": { "what_happened": "He came to the flat again and broke the door.", "what_the_survivor_wants": "New locks, and not to move." },
        "idva_referral": "made",
        "children_safeguarding": "made",
    })
}
