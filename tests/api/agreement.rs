//! Lists, counts and single reads agree for everybody, whatever memberships, circles, exclusions,
//! restrictions and actions there are.

use std::collections::BTreeSet;

use diesel::prelude::*;
use kernel::sql::sql;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use crate::casework::Desk;
use crate::support::{Caller, Person, World, id};

const ROUNDS: u32 = 16;

/// A row about the case of this number and the person or agency of this number.
#[derive(Debug, Clone, Copy)]
enum Row {
    Named {
        case: usize,
        person: usize,
        live: bool,
    },
    Listed {
        case: usize,
        agency: usize,
        live: bool,
    },
    Allocated {
        case: usize,
        agency: usize,
        live: bool,
    },
    Shared {
        case: usize,
        agency: usize,
        live: bool,
    },
    Action {
        case: usize,
        agency: usize,
        outstanding: bool,
    },
    Suspended {
        agency: usize,
    },
    ExcludedPerson {
        case: usize,
        person: usize,
        live: bool,
    },
    ExcludedAgency {
        case: usize,
        agency: usize,
        exempt: Option<usize>,
    },
    Restricted {
        case: usize,
        live: bool,
    },
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let (case, person, agency) = (0..3usize, 0..8usize, 0..4usize);
    let row =
        prop_oneof![
            (case.clone(), person.clone(), any::<bool>())
                .prop_map(|(case, person, live)| Row::Named { case, person, live }),
            (case.clone(), agency.clone(), any::<bool>())
                .prop_map(|(case, agency, live)| Row::Listed { case, agency, live }),
            (case.clone(), agency.clone(), any::<bool>())
                .prop_map(|(case, agency, live)| Row::Allocated { case, agency, live }),
            (case.clone(), agency.clone(), any::<bool>())
                .prop_map(|(case, agency, live)| Row::Shared { case, agency, live }),
            (case.clone(), agency.clone(), any::<bool>()).prop_map(
                |(case, agency, outstanding)| Row::Action {
                    case,
                    agency,
                    outstanding
                }
            ),
            agency.clone().prop_map(|agency| Row::Suspended { agency }),
            (case.clone(), person.clone(), any::<bool>())
                .prop_map(|(case, person, live)| Row::ExcludedPerson { case, person, live }),
            (case.clone(), agency, proptest::option::of(person)).prop_map(
                |(case, agency, exempt)| Row::ExcludedAgency {
                    case,
                    agency,
                    exempt
                }
            ),
            (case, any::<bool>()).prop_map(|(case, live)| Row::Restricted { case, live }),
        ];
    proptest::collection::vec(row, 0..9)
}

struct Scene {
    desk: Desk,
    cases: Vec<Uuid>,
    /// Representative and IDVA at once.
    both: Person,
    /// A file whose referral nobody has accepted yet.
    unopened: Uuid,
}

impl Scene {
    fn people(&self) -> [Uuid; 8] {
        let w = &self.desk.world;
        [
            &w.officer,
            &w.other_officer,
            &w.idva,
            &w.coordinator,
            &w.chair,
            &w.housing_rep,
            &w.police_rep,
            &self.both,
        ]
        .map(|person| person.id)
    }

    fn agencies(&self) -> [Uuid; 4] {
        let w = &self.desk.world;
        [w.police, w.housing, w.idva_service, w.coordination]
    }

    fn callers(&self) -> Vec<(Uuid, Caller<'_>)> {
        let w = &self.desk.world;
        let app = &self.desk.app;
        let people = [
            &w.officer,
            &w.other_officer,
            &w.idva,
            &w.coordinator,
            &w.chair,
            &w.housing_rep,
            &w.police_rep,
            &w.kc_coordinator,
            &self.both,
        ];
        people
            .map(|person| (person.agency_id, app.as_(person)))
            .into_iter()
            .chain([
                (w.housing, app.as_client(&w.client, None)),
                (w.housing, app.as_client(&w.client, Some("h-17"))),
            ])
            .collect()
    }

    fn clear(&self) {
        let mut owner = self.desk.app.owner();
        for text in [
            "delete from circle where basis <> 'referrer'",
            "delete from exclusions",
            "delete from restrictions",
            "delete from action_changes",
            "delete from actions",
            "update marac_agencies set suspended_at = null, suspended_by = null, suspension_reason = null",
        ] {
            sql(text).execute(&mut owner).unwrap();
        }
    }

    async fn put(&self, row: Row) {
        match row {
            Row::Action {
                case,
                agency,
                outstanding,
            } => {
                self.act(self.cases[case], self.agencies()[agency], outstanding)
                    .await
            }
            Row::Suspended { agency } => self.suspend(self.agencies()[agency]),
            other => self.insert(other),
        }
    }

    /// An action, and that its owner was told of it.
    async fn act(&self, case: Uuid, agency: Uuid, outstanding: bool) {
        let status = if outstanding { "open" } else { "completed" };
        let action = self.desk.action(case, agency, status, "Call.").await;
        sql("insert into action_changes (action_id, marac_id, case_id, agency_id) values ($1, $2, $3, $4)")
            .bind(action)
            .bind(self.desk.world.wcc)
            .bind(case)
            .bind(agency)
            .execute(&mut self.desk.app.owner())
            .unwrap();
    }

    fn suspend(&self, agency: Uuid) {
        sql("update marac_agencies set suspended_at = $2, suspended_by = $3, suspension_reason = 'test' where agency_id = $1")
            .bind(agency)
            .bind(self.desk.app.now())
            .bind(self.desk.world.administrator.id)
            .execute(&mut self.desk.app.owner())
            .unwrap();
    }

    fn insert(&self, row: Row) {
        let now = self.desk.app.now();
        let end = |live| now + chrono::TimeDelta::hours(if live { 1 } else { -1 });
        let start = now - chrono::TimeDelta::hours(2);
        let (case, text, user, agency, exempt, end) = match row {
            Row::Named { case, person, live } => {
                (case, "named", Some(person), None, None, end(live))
            }
            Row::Listed { case, agency, live } => {
                (case, "listing", None, Some(agency), None, end(live))
            }
            Row::Allocated { case, agency, live } => {
                (case, "allocation", None, Some(agency), None, end(live))
            }
            Row::Shared { case, agency, live } => {
                (case, "share", None, Some(agency), None, end(live))
            }
            Row::ExcludedPerson { case, person, live } => {
                (case, "", Some(person), None, None, end(live))
            }
            Row::ExcludedAgency {
                case,
                agency,
                exempt,
            } => (case, "", None, Some(agency), exempt, end(true)),
            Row::Restricted { case, live } => (case, "", None, None, None, end(live)),
            Row::Action { .. } | Row::Suspended { .. } => return,
        };
        let statement = match row {
            Row::Named { .. } | Row::Listed { .. } | Row::Allocated { .. } | Row::Shared { .. } => {
                "insert into circle (id, marac_id, case_id, basis, user_id, agency_id, ends_at, opens_at, created_at) \
                 select $1, $2, $3, $4, $5, $6, $8, $9, $9 where $7::uuid is null"
            }
            Row::ExcludedPerson { .. } | Row::ExcludedAgency { .. } => {
                "insert into exclusions (id, marac_id, case_id, reason, user_id, agency_id, exempt_user_id, ends_at, created_at) \
                 select $1, $2, $3, $4::text::bytea, $5, $6, $7, $8, $9"
            }
            Row::Restricted { .. } => {
                "insert into restrictions (id, marac_id, case_id, reason, ends_at, created_at) \
                 select $1, $2, $3, $4::text::bytea, $8, $9 \
                 where $5::uuid is null and $6::uuid is null and $7::uuid is null"
            }
            Row::Action { .. } | Row::Suspended { .. } => return,
        };
        sql(statement)
            .bind(Uuid::now_v7())
            .bind(self.desk.world.wcc)
            .bind(self.cases[case])
            .bind(text)
            .bind(user.map(|n| self.people()[n]))
            .bind(agency.map(|n| self.agencies()[n]))
            .bind(exempt.map(|n| self.people()[n]))
            .bind(end)
            .bind(start)
            .execute(&mut self.desk.app.owner())
            .unwrap();
    }

    async fn check(&self, rows: &[Row]) {
        let all = self
            .callers()
            .into_iter()
            .map(|(agency, caller)| async move {
                self.check_cases(&caller, rows).await;
                self.check_actions(agency, &caller, rows).await;
            });
        futures_util::future::join_all(all).await;
    }

    /// A case is on the list, counted, read, and has readable parts, or none of these.
    async fn check_cases(&self, caller: &Caller<'_>, rows: &[Row]) {
        let list = caller.get("/cases?count=true").await;
        if list.status == 403 {
            for case in &self.cases {
                assert_eq!(caller.get(&format!("/cases/{case}")).await.status, 403);
            }
            return;
        }
        let list = list.expect(200);
        let listed = ids(&list["items"]);
        assert_eq!(
            list["total"].as_u64().unwrap(),
            listed.len() as u64,
            "{rows:?}"
        );
        for case in self.cases.iter().chain([&self.unopened]) {
            let seen = listed.contains(case);
            let file = caller.get(&format!("/cases/{case}")).await;
            assert_eq!(file.status, if seen { 200 } else { 404 }, "{rows:?}");
            for part in [
                "parties",
                "risk-assessments",
                "account",
                "timeline",
                "actions",
            ] {
                let answer = caller.get(&format!("/cases/{case}/{part}")).await;
                assert_eq!(answer.status, file.status, "{part}: {rows:?}");
            }
        }
        let shares = format!("/cases/{}/shares", self.unopened);
        let shares = caller.get(&shares).await.status;
        assert!(
            matches!(shares, 403 | 404),
            "a file is no case before its referral is accepted"
        );
    }

    /// An action that is read is on its owner's list, and no list or feed tells of another.
    async fn check_actions(&self, agency: Uuid, caller: &Caller<'_>, rows: &[Row]) {
        let list = caller.get("/actions?status=all").await;
        if list.status == 403 {
            return;
        }
        assert_eq!(list.status, 200, "{rows:?}");
        let listed = ids(&list.body["items"]);
        let (mut read, mut owned) = (BTreeSet::new(), BTreeSet::new());
        for action in self.actions() {
            let answer = caller.get(&format!("/actions/{action}")).await;
            let history = caller.get(&format!("/actions/{action}/history")).await;
            assert_eq!(history.status, answer.status, "{rows:?}");
            if answer.status == 404 {
                continue;
            }
            let body = answer.expect(200);
            read.insert(action);
            if body["owner_agency_id"] == agency.to_string() {
                owned.insert(action);
            }
        }
        assert_eq!(listed, owned, "{rows:?}");
        for case in &self.cases {
            let page = caller.get(&format!("/cases/{case}/actions")).await;
            if page.status == 200 {
                assert!(ids(&page.body["items"]).is_subset(&read), "{rows:?}");
            }
        }
        let feed = caller.get("/actions?changed_after=start").await.expect(200);
        for item in feed["items"].as_array().unwrap() {
            let gone = item["gone"] == true;
            assert_eq!(gone, !read.contains(&id(item)), "{rows:?}");
            assert!(!gone || item.as_object().unwrap().len() == 2);
        }
    }

    fn actions(&self) -> Vec<Uuid> {
        #[derive(kernel::sql::Row)]
        struct Row {
            id: Uuid,
        }
        let rows: Vec<Row> = sql("select id from actions")
            .load(&mut self.desk.app.owner())
            .unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }
}

fn ids(items: &serde_json::Value) -> BTreeSet<Uuid> {
    items.as_array().unwrap().iter().map(id).collect()
}

#[actix_web::test]
async fn list_count_and_get_agree_for_everybody() {
    let desk = Desk::new().await;
    let mut cases = Vec::new();
    for name in ["Okafor", "Adeyemi", "Lindqvist"] {
        cases.push(desk.case(name).await);
    }
    let roles = [(desk.world.wcc, "representative"), (desk.world.wcc, "idva")];
    let both = World::person(&desk.app, "both", desk.world.idva_service, &roles);
    let referred = desk.referred("Bianchi").await;
    let unopened = referred["case_id"].as_str().unwrap().parse().unwrap();
    let scene = Scene {
        desk,
        cases,
        both,
        unopened,
    };
    let mut runner = TestRunner::new(Config {
        cases: ROUNDS,
        failure_persistence: None,
        ..Config::default()
    });
    // The strategy is drawn by hand: the service under test is asynchronous.
    for _ in 0..ROUNDS {
        let rows = rows().new_tree(&mut runner).unwrap().current();
        scene.clear();
        for row in &rows {
            scene.put(*row).await;
        }
        scene.check(&rows).await;
    }
}
