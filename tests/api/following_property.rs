//! Whatever is referred, joined, made, excluded and lifted, in whatever order: nobody who is excluded from
//! some people ever reads anything of them, by any operation that reads.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use directory::auth::Limits;
use kernel::audit::{Audited, Event};
use kernel::caller::Caller;
use kernel::clock::Clock;
use kernel::db::Tx;
use kernel::error::{Code, Result};
use kernel::policy::Act;
use kernel::schema::{actions, cases};
use kernel::sql::{Row, fragment};
use kernel::visibility::{visible_actions, visible_cases};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Things, meeting, operations};
use crate::casework::Desk;
use crate::support::{Client, Person, TestApp, World, etag, id, referral};

/// Two couples: what is told of each carries its word.
const COUPLES: [&str; 2] = ["Canaryalpha", "Canarybravo"];
const STEPS: usize = 22;

/// A generator that is good enough to choose with, and the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// Who asks: a person, or a client for one of its people.
#[derive(Clone)]
enum Who {
    Person(Person),
    Client(Client, Option<&'static str>),
}

/// An exclusion that somebody set.
struct Set {
    case: Uuid,
    made: Value,
    couple: usize,
}

#[derive(Row)]
struct Id {
    id: Uuid,
}

struct Play {
    desk: Desk,
    dice: Dice,
    meeting: Uuid,
    people: Vec<Who>,
    /// Who is shut out by which exclusions, by their places in `sets`; lifted ones are gone.
    out: BTreeMap<usize, BTreeSet<usize>>,
    sets: Vec<Option<Set>>,
    /// Files of each couple, and the referrals that wait.
    files: Vec<(usize, Uuid, Uuid)>,
    waiting: Vec<(usize, Uuid)>,
    opened: [Option<Uuid>; 2],
    said: Vec<String>,
}

impl Play {
    async fn new(seed: u64) -> Self {
        let many = std::num::NonZeroU32::new(10_000_000).unwrap();
        let limits = Limits {
            requests: many,
            searches: many,
        };
        let app = TestApp::with(Clock::system(), limits).await;
        let world = World::make(&app);
        let meeting = meeting(&app, &world.coordinator, world.wcc).await;
        let second = World::person(
            &app,
            "second",
            world.coordination,
            &[(world.wcc, "coordinator")],
        );
        let people = vec![
            Who::Person(world.chair.clone()),
            Who::Person(second),
            Who::Person(world.housing_rep.clone()),
            Who::Person(world.housing_lead.clone()),
            Who::Client(world.client.clone(), Some("h-17")),
        ];
        Self {
            desk: Desk { app, world },
            dice: Dice(seed),
            meeting,
            people,
            out: BTreeMap::new(),
            sets: Vec::new(),
            files: Vec::new(),
            waiting: Vec::new(),
            opened: [None, None],
            said: Vec::new(),
        }
    }

    fn document(&mut self, couple: usize) -> Value {
        let name = COUPLES[couple];
        let mut document = referral(name, &format!("{name}man"));
        for address in document["survivor"]["addresses"].as_array_mut().unwrap() {
            address["lines"] = json!(format!("4 {name} Road"));
        }
        document["account"]["what_happened"] = json!(name);
        // As people write: with another given name, without the date of birth, with all names and the
        // number of others at the same address, with both family names and the number of others at
        // another one, or as it was. Any two of these have something in common.
        let spelling = self.dice.below(5);
        self.said.push(format!("spelling {spelling}"));
        match spelling {
            0 => document["survivor"]["identity"]["given_names"] = json!("A."),
            1 => {
                document["perpetrators"][0]["identity"]["date_of_birth"] = Value::Null;
                document["perpetrators"][0]["identity"]
                    .as_object_mut()
                    .unwrap()
                    .remove("date_of_birth");
            }
            2 => self.respell(&mut document, true),
            3 => {
                self.respell(&mut document, false);
                let postcode = format!("N{} 1AA", 1 + self.dice.below(9));
                document["survivor"]["addresses"][0]["postcode"] = json!(postcode);
            }
            _ => {}
        }
        document
    }

    fn respell(&mut self, document: &mut Value, given_too: bool) {
        let phone = format!("07700 7{:05}", self.dice.below(100_000));
        document["survivor"]["contacts"][0]["value"] = json!(phone);
        document["children"][0]["identity"] = json!({ "family_name": "Quill", "given_names": "Lee",
            "date_of_birth": format!("20{:02}-03-04", 10 + self.dice.below(9)) });
        for (who, given) in [("/survivor", "Jana"), ("/perpetrators/0", "Piotr")] {
            let identity = document.pointer_mut(&format!("{who}/identity")).unwrap();
            let letters: String = (0..6)
                .map(|_| char::from(b"bdflmnrstv"[self.dice.below(10)]))
                .collect();
            identity["family_name"] = json!(format!("Q{letters}"));
            if given_too {
                identity["given_names"] = json!(given);
            }
        }
    }

    async fn step(&mut self) {
        let couple = self.dice.below(2);
        match self.dice.below(8) {
            0 | 1 => self.refer(couple).await,
            2 | 3 => self.accept().await,
            4 => self.exclude(couple).await,
            5 => self.lift().await,
            6 => self.make_account().await,
            _ => self.make_client().await,
        }
    }

    async fn refer(&mut self, couple: usize) {
        let document = self.document(couple);
        let w = &self.desk.world;
        let sent = self.desk.sent(&w.officer, w.wcc, document).await;
        let case = sent["case_id"].as_str().unwrap().parse().unwrap();
        self.files.push((couple, case, id(&sent)));
        self.waiting.push((couple, id(&sent)));
        self.said
            .push(format!("refer {couple}: {case} {}", id(&sent)));
    }

    async fn accept(&mut self) {
        let Some((couple, referral)) = self.waiting.pop() else {
            return;
        };
        let coordinator = self.desk.app.as_(&self.desk.world.coordinator);
        let path = format!("/referrals/{referral}");
        let read = coordinator.get(&path).await.expect(200);
        let agenda = json!({ "meeting_id": self.meeting, "agencies": [self.desk.world.housing] });
        let mut body = match self.opened[couple] {
            Some(case) => json!({ "join_case_id": case, "reason": "The same people." }),
            None => json!({ "agenda": agenda }),
        };
        if self.dice.below(3) == 0 && self.opened[couple].is_some() {
            body = json!({ "separate": { "reason": "Kept apart for now." } });
        }
        let caller = coordinator.clone().if_match(&etag(&read));
        let done = caller
            .post(&format!("{path}/accept"), body.clone())
            .await
            .expect(200);
        let case: Uuid = done["case_id"].as_str().unwrap().parse().unwrap();
        self.opened[couple].get_or_insert(case);
        self.said.push(format!("accept {couple} {body}"));
    }

    /// By the coordinator whom nobody excludes here.
    async fn exclude(&mut self, couple: usize) {
        let files: Vec<_> = self
            .files
            .iter()
            .filter(|file| file.0 == couple)
            .map(|file| file.1)
            .collect();
        if files.is_empty() {
            return;
        }
        let at = self.dice.below(self.people.len());
        let mut case = files[self.dice.below(files.len())];
        let coordinator = self.desk.app.as_(&self.desk.world.coordinator);
        // The file of a referral that was joined is no more; its case is.
        if coordinator
            .get(&format!("/cases/{case}/exclusions"))
            .await
            .status
            == 404
        {
            case = self.opened[couple].unwrap();
        }
        let whom = match &self.people[at] {
            Who::Person(person) => json!({ "user_id": person.id }),
            Who::Client(client, _) => {
                let actors = self.actors(client).await;
                json!({ "actor_id": actors })
            }
        };
        let made = self
            .desk
            .excluded(&self.desk.world.coordinator, case, whom)
            .await;
        self.out.entry(at).or_default().insert(self.sets.len());
        self.sets.push(Some(Set { case, made, couple }));
        self.said
            .push(format!("exclude {at} from {couple} at {case}"));
    }

    async fn actors(&self, client: &Client) -> Uuid {
        let administrator = self.desk.app.as_(&self.desk.world.administrator);
        let found = administrator
            .get(&format!("/api-clients/{}/actors", client.id))
            .await
            .expect(200);
        let found = found["items"].as_array().unwrap().clone();
        id(found.iter().find(|one| one["kind"] == "person").unwrap())
    }

    async fn lift(&mut self) {
        let standing: Vec<usize> = (0..self.sets.len())
            .filter(|at| self.sets[*at].is_some())
            .collect();
        if standing.is_empty() {
            return;
        }
        let at = standing[self.dice.below(standing.len())];
        let Set { case, made, couple } = self.sets[at].take().unwrap();
        let coordinator = self.desk.app.as_(&self.desk.world.coordinator);
        let mut there = case;
        if coordinator
            .get(&format!("/cases/{case}/exclusions"))
            .await
            .status
            == 404
        {
            there = self.opened[couple].unwrap();
        }
        self.desk
            .lift(&self.desk.world.coordinator, there, &made)
            .await;
        for sets in self.out.values_mut() {
            sets.remove(&at);
        }
        self.said.push(format!("lift {at}"));
    }

    async fn make_account(&mut self) {
        // Housing's lead, or somebody whom they made.
        let makers: Vec<usize> = (3..self.people.len())
            .filter(|at| matches!(self.people[*at], Who::Person(_)))
            .collect();
        let maker = makers[self.dice.below(makers.len())];
        let Who::Person(by) = self.people[maker].clone() else {
            return;
        };
        let email = format!("p{}@housing.example", self.people.len());
        let roles = json!([{ "marac_id": self.desk.world.wcc, "role": "representative" }]);
        let made = self.desk.invited(&by, &email, roles).await;
        self.desk.made_lead(made.id);
        self.inherits(maker, Who::Person(made));
    }

    async fn make_client(&mut self) {
        let Who::Person(by) = self.people[3].clone() else {
            return;
        };
        let body = json!({ "name": "System", "rights": ["cases:read", "referrals:write", "meetings:read", "actions:read"],
            "roles": [{ "marac_id": self.desk.world.wcc, "role": "representative" }] });
        let caller = self.desk.app.as_(&by);
        let made = caller.post("/api-clients", body).await.expect(201);
        let client = Client {
            id: id(&made["client"]),
            secret: String::new(),
        };
        let reference = ["a", "b", "c", "d", "e", "f", "g", "h"][self.people.len() % 8];
        let actor = json!({ "partner_ref": reference, "name": "X" });
        caller
            .post(&format!("/api-clients/{}/actors", client.id), actor)
            .await
            .expect(201);
        self.inherits(3, Who::Client(client, Some(reference)));
    }

    fn inherits(&mut self, maker: usize, made: Who) {
        let sets = self.out.get(&maker).cloned().unwrap_or_default();
        self.said
            .push(format!("{maker} makes {}", self.people.len()));
        self.out.insert(self.people.len(), sets);
        self.people.push(made);
    }

    /// Everything that one of them can read, as one text.
    async fn read(&self, who: &Who) -> String {
        let caller = match who {
            Who::Person(person) => self.desk.app.as_(person),
            Who::Client(client, actor) => self.desk.app.as_client(client, *actor),
        };
        let mut text = String::new();
        let w = &self.desk.world;
        let around = Things {
            marac: w.wcc,
            meeting: self.meeting,
            ..Things::unknown()
        };
        let mut uris = BTreeSet::new();
        for operation in operations()
            .iter()
            .filter(|operation| operation.method == "GET")
        {
            for (_, case, referral) in &self.files {
                uris.insert(operation.uri_of(Things {
                    case: *case,
                    referral: *referral,
                    ..around
                }));
            }
        }
        uris.insert(format!("/api/v1/referrals?inbox={}", w.wcc));
        for uri in uris {
            text += &caller.get(&uri).await.body.to_string().to_lowercase();
        }
        for name in COUPLES {
            let born = &referral(name, "")["survivor"]["identity"]["date_of_birth"];
            let body =
                json!({ "family_name": name, "given_names": "Amina", "date_of_birth": born });
            let found = caller.post("/people/search", body).await.body;
            text += &found["items"].to_string();
        }
        text
    }

    /// The rule of sight of diesel's builder, of a statement, and of finding one case, agree.
    fn check_one_rule(&self) {
        let people = self.people.iter().filter_map(|who| match who {
            Who::Person(person) => Some(person),
            Who::Client(..) => None,
        });
        for person in people.chain([&self.desk.world.coordinator]) {
            let caller = Caller::User {
                user_id: person.id,
                session_id: person.session_id,
            };
            let files: BTreeSet<Uuid> = self.files.iter().map(|(_, case, _)| *case).collect();
            let all =
                self.desk
                    .app
                    .parts
                    .db
                    .run_blocking(&caller, Act::ReadCase.ask(), move |tx| {
                        let built: Vec<Uuid> = cases::table
                            .filter(visible_cases(tx))
                            .select(cases::id)
                            .load(tx.conn)?;
                        let actions: Vec<Uuid> = actions::table
                            .filter(visible_actions(tx))
                            .select(actions::id)
                            .load(tx.conn)?;
                        let stated =
                            |tx: &mut Tx<'_>, text: &'static str| -> Result<BTreeSet<Uuid>> {
                                let rows: Vec<Id> = tx.sql(text).load(tx.conn)?;
                                Ok(rows.into_iter().map(|row| row.id).collect())
                            };
                        assert_eq!(
                            built.iter().copied().collect::<BTreeSet<_>>(),
                            stated(
                                tx,
                                concat!(
                                    "select c.id from cases c where ",
                                    fragment!("visible_cases", "c")
                                )
                            )?
                        );
                        assert_eq!(
                            actions.into_iter().collect::<BTreeSet<_>>(),
                            stated(
                                tx,
                                concat!(
                                    "select a.id from actions a where ",
                                    fragment!("visible_actions", "a")
                                )
                            )?
                        );
                        for id in files {
                            let found = kernel::visibility::case(tx, Act::ReadCase, id);
                            let hidden = found.is_err_and(|error| error.code() == Code::NotFound);
                            // A file that went into another is in sight, and its key is gone.
                            assert!(hidden || built.contains(&id));
                        }
                        Ok(Audited::new((), Event::new()))
                    });
            match all {
                Err(error) if error.code() != Code::Forbidden => panic!("{error}"),
                _ => {}
            }
        }
    }

    async fn check(&self) {
        for (at, who) in self.people.iter().enumerate() {
            let text = self.read(who).await;
            for (couple, name) in COUPLES.iter().enumerate() {
                let out = self.out.get(&at).into_iter().flatten();
                let out = out
                    .filter_map(|set| self.sets[*set].as_ref())
                    .any(|set| set.couple == couple);
                if !out {
                    continue;
                }
                assert!(
                    !text.contains(&name.to_lowercase()),
                    "{at} reads of {name}: {:#?}",
                    self.said
                );
                for (_, case, referral) in self.files.iter().filter(|file| file.0 == couple) {
                    for id in [case, referral] {
                        assert!(
                            !text.contains(&id.to_string()),
                            "{at} finds {id}, a file of {name}: {:#?}",
                            self.said
                        );
                    }
                }
            }
        }
    }
}

#[actix_web::test]
async fn nobody_excluded_ever_reads_anything_of_the_persons_concerned() {
    for seed in [3, 20, 441] {
        let mut play = Play::new(seed).await;
        for couple in [0, 1] {
            play.refer(couple).await;
            play.accept().await;
        }
        play.refer(0).await;
        for at in 0..STEPS {
            play.step().await;
            if at % 7 == 0 {
                play.check_one_rule();
            }
        }
        play.check().await;
        // Once nothing stands, everybody reads again what their part opens to them.
        while play.sets.iter().any(Option::is_some) {
            play.lift().await;
        }
        let text = play.read(&play.people[0]).await;
        assert!(
            COUPLES
                .iter()
                .all(|name| text.contains(&name.to_lowercase())),
            "{:#?}",
            play.said
        );
    }
}
