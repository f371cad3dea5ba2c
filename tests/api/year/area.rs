//! The area: one MARAC, twelve agencies that cases are listed to, and their people.

use serde_json::json;
use uuid::Uuid;

use super::wire::uuid;
use crate::support::{Person, TestApp, World, etag, id};

pub const AGENCIES: usize = 12;

pub const POLICE: usize = 0;
pub const IDVA: usize = 1;
pub const HOUSING: usize = 2;
pub const HEALTH: usize = 3;
pub const CHILDREN: usize = 4;
pub const MENTAL: usize = 5;
pub const VOLUNTEERS: usize = 11;

/// Those every case is listed to.
pub const CORE: [usize; 5] = [POLICE, IDVA, HOUSING, CHILDREN, MENTAL];

const FURTHER: [(&str, &str); 8] = [
    ("Children's Services", "childrens_social_care"),
    ("Mental Health Trust", "mental_health"),
    ("Adult Services", "adult_social_care"),
    ("Probation Service", "probation"),
    ("The Surgery", "primary_care"),
    ("Turning Tide", "substance_misuse"),
    ("Education Department", "education"),
    ("Women's Centre", "voluntary_sector"),
];

/// An agency and who works there.
pub struct Agency {
    pub id: Uuid,
    pub kind: String,
    /// Speaks for it: its representative, or for the IDVA service an IDVA.
    pub speaker: Person,
    /// Refers.
    pub worker: Person,
    pub lead: Person,
}

pub struct Area {
    pub world: World,
    pub agencies: Vec<Agency>,
    /// Takes over at the mental health trust.
    pub successor: Person,
}

impl Area {
    /// Set up by the administrator; the accounts and sessions are the test kit's.
    pub async fn settle(app: &TestApp) -> Self {
        let world = World::make(app);
        let admin = app.as_(&world.administrator);
        let mut founded = vec![
            (world.police, "police"),
            (world.idva_service, "idva"),
            (world.housing, "housing"),
            (world.health, "secondary_care_acute"),
        ];
        for (name, kind) in FURTHER {
            let made = admin.post("/agencies", json!({ "name": name, "kind": kind }));
            founded.push((id(&made.await.expect(201)), kind));
        }
        let members = format!("/maracs/{}/agencies", world.wcc);
        let known = admin.get(&members).await.expect(200);
        let known = known["items"].as_array().unwrap();
        for (at, (agency, _)) in founded.iter().enumerate() {
            let agreement = json!({ "core": CORE.contains(&at), "signed_on": "2025-11-03",
                "signatory": "The chief executive", "review_on": "2028-11-03" });
            let member = known.iter().find(|row| uuid(row, "agency_id") == *agency);
            let caller = match member {
                Some(member) => admin.clone().if_match(&etag(member)),
                None => admin.clone(),
            };
            let answer = caller.put(&format!("{members}/{agency}"), agreement).await;
            answer.expect(if member.is_some() { 200 } else { 201 });
        }
        let person = |name: String, agency, roles: &[&str]| {
            let roles: Vec<_> = roles.iter().map(|role| (world.wcc, *role)).collect();
            World::person(app, &name, agency, &roles)
        };
        let agencies = founded.into_iter().enumerate().map(|(at, (id, kind))| {
            let of = |what: &str| format!("{what}-{at}");
            // Allocated cases are seen by IDVAs, listed ones by representatives.
            let (speaks, works): (&[&str], _) = match at {
                IDVA => (&["idva", "representative"], "idva"),
                _ => (&["representative"], "practitioner"),
            };
            Agency {
                id,
                kind: kind.to_owned(),
                speaker: match at {
                    HOUSING => world.housing_rep.clone(),
                    _ => person(of("speaker"), id, speaks),
                },
                worker: person(of("worker"), id, &[works]),
                lead: match at {
                    HOUSING => world.housing_lead.clone(),
                    _ => person(of("lead"), id, &["agency_lead"]),
                },
            }
        });
        let agencies: Vec<_> = agencies.collect();
        let successor = person("successor".into(), agencies[MENTAL].id, &["representative"]);
        Self {
            agencies,
            successor,
            world,
        }
    }

    pub fn index(&self, id: Uuid) -> usize {
        self.agencies.iter().position(|one| one.id == id).unwrap()
    }

    pub fn ids(&self, agencies: &[usize]) -> Vec<Uuid> {
        agencies.iter().map(|at| self.agencies[*at].id).collect()
    }
}
